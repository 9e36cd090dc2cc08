"""What other answers of a guest do to a device: it is gone, or its name is another's; and what is on it, by all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.inventory.guest_answers import in_order, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from reconcile.inventory.guest_answers import Answer, Boots, Chain
    from reconcile.machines.site_facts import SiteFacts


class Later:
    """What other answers say of a device that its `own` answers show under these names."""

    def __init__(self, answers: Iterable[Answer], ident: str, names: set[str], own: Sequence[Answer]) -> None:
        self._names = names
        self._own = own
        # Those of another boot, or of a time when it was not there.
        self._others = [
            answer for answer in answers if answer.dimms and not (ident in answer.dimms.values() if ident else names & answer.dimms.keys())
        ]

    def without(self, facts: SiteFacts, *, disabled: bool) -> str:
        """Name the source of an answer that shows all of the guest's dimms, this one not, and is later than all that do; else ``""``."""
        for other in self._others:
            if other.is_whole and self._is_later(other) and not (disabled and not _shows_disabled(facts, other.source)):
                return facts.sources[other.source].label
        return ""

    def is_anothers(self, names: Collection[str]) -> bool:
        """Tell whether later answers give these names to other devices."""
        taken = {name for other in self._others for name in other.dimms if self._is_later(other)}
        return taken.issuperset(names)

    def rival(self) -> str:
        """Return the id of another device that has its name in an answer of which nothing tells whether it is earlier or later."""
        for other in self._others:
            ident = next((other.dimms[name] for name in sorted(self._names) if other.dimms.get(name)), "")
            if ident and other.is_whole and not any(other.when.is_after(own.when) or own.when.is_after(other.when) for own in self._own):
                return ident
        return ""

    def _is_later(self, other: Answer) -> bool:
        return all(other.when.is_after(own.when) for own in self._own)


def _shows_disabled(facts: SiteFacts, source: int) -> bool:
    """Tell whether all lists in a source are of those that show disabled dimms: ndctl list -DRNi, ndctl list -vvv."""
    path, reading = facts.sources[source].path, facts.sources[source].reading
    asked = [text for text in reading.commands if "ndctl" in text] or [path.rpartition("/")[2].replace("_", " ")]
    return all(any(map(_asks_for_disabled, text.split())) for text in asked)


def _asks_for_disabled(word: str) -> bool:
    if word.startswith("--"):
        return word in {"--idle", "--configured"}
    return word.startswith("-") and ("i" in word or "c" in word or "vvv" in word)


class On(NamedTuple):
    """What is on a device, and its size; `disputes` say what captures disagree about."""

    bytes: int | None
    regions: tuple[str, ...]
    namespaces: tuple[str, ...]
    block_devices: tuple[str, ...]
    mountpoints: tuple[str, ...]
    disputes: tuple[str, ...]


_NOTHING: tuple[str, ...] = ()
# What the chain has, by the words for it.
_PARTS: tuple[tuple[str, Callable[[Chain], tuple[str, ...]]], ...] = (
    ("region", lambda chain: chain.regions),
    ("namespace", lambda chain: chain.namespaces),
    ("block device", lambda chain: chain.block_devices),
    ("mount point", lambda chain: chain.mounted.targets),
)


def what_is_on(boots: Boots, own: Sequence[tuple[Answer, str]], *, is_now: bool) -> On:
    """Return what is on a device that its own answers show, each under a name; of one that has no name now, its size alone."""
    names = {id(answer): name for answer, name in own}
    chains = [
        boot.chain({names[id(answer)] for answer in boot.answers if id(answer) in names})
        for boot in (boots.of([answer for answer, _ in own]) if is_now else ())
    ]
    sizes = {size for chain in chains for size in chain.sizes} or {
        size for answer, name in own if (size := size_of(answer, name)) is not None
    }
    disputes = [*_said("size", [(f"{size:,} bytes",) for size in sorted(sizes)])] if len(sizes) > 1 else []
    agreed: list[tuple[str, ...]] = []
    for word, part in _PARTS:
        found = [part(chain) for chain in chains]
        agreed.append(found[0] if len(set(found)) == 1 else _NOTHING)
        disputes += _said(word, found) if len(set(found)) > 1 else []
    disputed = in_order(text for chain in chains for text in chain.mounted.disputed)
    disputes += [f"mount point: {' or '.join(disputed)}"] if disputed else []
    disputes += _of_unknown_time(boots, chains)
    regions, namespaces, block_devices, mountpoints = agreed
    return On(next(iter(sizes)) if len(sizes) == 1 else None, regions, namespaces, block_devices, mountpoints, tuple(disputes))


def _said(word: str, found: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Say what captures do not agree about."""
    yield f"{word}: {' or '.join(dict.fromkeys(' and '.join(names) or 'none' for names in found))}"


def _of_unknown_time(boots: Boots, chains: Sequence[Chain]) -> Iterator[str]:
    """Say where something was mounted on a device of such a name in a capture that nothing puts in order with the others."""
    devices = {device for chain in chains for device in chain.block_devices}
    mounted = boots.unplaced.on(devices) if devices and boots.unplaced else None
    if mounted and (mounted.targets or mounted.disputed):
        yield f"mount point: {' or '.join((*mounted.targets, *mounted.disputed))}, by a capture of unknown time"

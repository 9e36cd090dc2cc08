"""What a guest's answers say of its dimms and of what is on them, and which of these answers are of one boot.

Names such as ``nmem0``, ``region0`` and ``pmem0`` mean something only within one boot: a device that was removed renumbers the others at
the next. Answers that contradict each other in any name are of two boots, or of two states of one. Where times tell, the later one
stands; where they do not, each stands for itself, and what they do not agree on is disputed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.inventory.block_layers import Mounted, Stack
from reconcile.machines.capture_times import newest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from reconcile.facts.records import Namespace
    from reconcile.inventory.block_layers import Layer
    from reconcile.machines.capture_times import When

_Claims = dict[tuple[str, str], frozenset[str]]
# Groups of answers that agree. More are not told apart, which costs the square of their number.
_MOST = 200


@dataclass(slots=True, eq=False)
class Answer:
    """One answer: its dimms with their ids, what of each is in which region, and the namespaces."""

    when: When
    is_whole: bool
    source: int
    dimms: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, dict[str, int | None]] = field(default_factory=dict)
    namespaces: list[Namespace] = field(default_factory=list)

    def claims(self) -> _Claims:
        """Return what the answer says of names. Two answers contradict each other where of one name they have nothing in common."""
        found: dict[tuple[str, str], set[str]] = {}
        for dev, ident in self.dimms.items():
            if ident:
                found.setdefault(("id of", dev), set()).add(ident)
                found.setdefault(("name of", ident), set()).add(dev)
        for dev, regions in self.lengths.items():
            found[("regions of", dev)] = set(regions)
        for namespace in self.namespaces:
            for name in (namespace.blockdev, namespace.chardev):
                if name:
                    found.setdefault(("device of", namespace.dev), set()).add(name)
                    found.setdefault(("namespace of", name), set()).add(namespace.dev)
        return {key: frozenset(names) for key, names in found.items()}


class Chain(NamedTuple):
    """From a dimm to its regions, their namespaces, their block devices and where these are mounted; its sizes, each in bytes."""

    regions: tuple[str, ...]
    namespaces: tuple[str, ...]
    block_devices: tuple[str, ...]
    mounted: Mounted
    sizes: frozenset[int]


class Boot:
    """Answers that do not contradict each other, and what else was said at their time of mounts."""

    def __init__(self, answers: Sequence[Answer], layers: Sequence[Layer]) -> None:
        self.answers = tuple(answers)
        self.layers = layers
        self._mapped = newest([answer for answer in answers if answer.lengths])
        self._spaced = newest([answer for answer in answers if answer.namespaces])

    @cached_property
    def _stack(self) -> Stack:
        return Stack(self.layers)

    def chain(self, names: Collection[str]) -> Chain:
        """Return what is on a dimm that goes by these names."""
        lengths = [found for answer in self._mapped for name in names if (found := answer.lengths.get(name))]
        regions = {region for found in lengths for region in found}
        namespaces = [
            namespace
            for answer in self._spaced
            for namespace in answer.namespaces
            # One of no size is a seed, which stands for what could be made.
            if namespace.region in regions and not (namespace.state == "disabled" and namespace.size_bytes == 0)
        ]
        devices = [name for namespace in namespaces for text in (namespace.blockdev, namespace.chardev) for name in text.split()]
        whole = [answer for answer in self._mapped if answer.is_whole] or self._mapped
        sizes = {size_of(answer, name) for answer in whole for name in names}
        return Chain(
            in_order(regions),
            in_order(namespace.dev for namespace in namespaces),
            in_order(devices),
            self._stack.on(devices) if devices else Mounted((), ()),
            frozenset(size for size in sizes if size is not None),
        )


def size_of(answer: Answer, name: str) -> int | None:
    """Return what a dimm gives to its regions in one answer: its size. None where the answer does not tell."""
    lengths = answer.lengths.get(name, {})
    known = [length for length in lengths.values() if length is not None]
    return sum(known) if known and len(known) == len(lengths) else None


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in natural order, each once."""
    return tuple(sorted({name for name in names if name}, key=natural))


class Boots:
    """A guest's answers by the boots that they are of. `past` are those that a later one contradicts.

    `unplaced` is what was said of mounts at a time that nothing puts in order with the boots.
    """

    def __init__(self, answers: Sequence[Answer], layers: Sequence[Layer]) -> None:
        alike: dict[frozenset[tuple[tuple[str, str], frozenset[str]]], list[Answer]] = {}
        for answer in answers:
            alike.setdefault(frozenset(answer.claims().items()), []).append(answer)
        groups = list(alike.values())
        against = _contradictions([dict(claims) for claims in alike])
        past = {at for at, others in enumerate(against) if any(_is_later(groups[other], groups[at]) for other in others)}
        split = [at for at, others in enumerate(against) if at not in past and others - past]
        agreed = [answer for at, group in enumerate(groups) if at not in past and at not in split for answer in group]
        self.past = tuple(answer for at in sorted(past) for answer in groups[at])
        if not past and not split:
            self.boots = [Boot(agreed, layers)] if agreed else []
            self._unplaced: list[Layer] = []
            return
        sets = [(groups[at], _at_the_time_of(groups[at], layers)) for at in split] or [(agreed, self._since(agreed, layers))]
        self.boots = [Boot([*group, *(agreed if split else ())], found) for group, found in sets]
        placed = {id(layer) for _, found in sets for layer in found}
        self._unplaced = [layer for layer in layers if id(layer) not in placed and not self._is_past(layer)]

    @cached_property
    def unplaced(self) -> Stack | None:
        """What was said of mounts in captures whose time is not known."""
        return Stack(self._unplaced) if self._unplaced else None

    @staticmethod
    def _since(answers: Sequence[Answer], layers: Sequence[Layer]) -> list[Layer]:
        return [
            layer
            for layer in layers
            if any(layer.when.is_of_visit(answer.when) or layer.when.is_after(answer.when) for answer in answers)
        ]  # fmt: skip

    def _is_past(self, layer: Layer) -> bool:
        """Tell whether something was said of mounts before the boot that counts."""
        return any(layer.when.is_of_visit(answer.when) or answer.when.is_after(layer.when) for answer in self.past)

    def of(self, answers: Sequence[Answer]) -> list[Boot]:
        """Return the boots of which one of these answers is."""
        wanted = set(map(id, answers))
        return [boot for boot in self.boots if not wanted.isdisjoint(map(id, boot.answers))]


def _at_the_time_of(answers: Sequence[Answer], layers: Sequence[Layer]) -> list[Layer]:
    return [layer for layer in layers if any(layer.when.is_of_visit(answer.when) for answer in answers)]


def _contradictions(claims: Sequence[_Claims]) -> list[set[int]]:
    """Return, for each group of answers, the groups that contradict it."""
    against: list[set[int]] = [set() for _ in claims]
    if len(claims) > _MOST:
        return [set(range(len(claims))) - {at} for at in range(len(claims))]
    for at, one in enumerate(claims):
        for before in range(at):
            other = claims[before]
            if any(names.isdisjoint(other[key]) for key, names in one.items() if key in other):
                against[at].add(before)
                against[before].add(at)
    return against


def _is_later(some: Sequence[Answer], others: Sequence[Answer]) -> bool:
    """Tell whether one of some answers is later than all others."""
    return any(all(answer.when.is_after(other.when) for other in others) for answer in some)

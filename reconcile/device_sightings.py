"""The guests' devices: every nmem once, however often it was captured, with its chain to mounted file systems.

Names such as ``nmem0`` and ``region0`` mean something only within one answer: a device that was removed renumbers the others
at the next boot. Facts from different answers are joined by them only where no two answers of the guest contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from reconcile.devices import VPMEM, Device, Sighting, split_id
from reconcile.moments import Moments
from reconcile.order import in_natural_order, natural
from reconcile.parsers.blocks import PlainDimms
from reconcile.parsers.records import Dimm, Mapping, Namespace
from reconcile.plain_guests import PlainGuest
from reconcile.stacks import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.site import Fact, SiteFacts


@dataclass(slots=True)
class _Guest:
    """What was said of one guest. An answer is the index of its source and its number in it."""

    dimms: list[tuple[Fact, Dimm]] = field(default_factory=list)
    mappings: dict[tuple[int, int], list[Mapping]] = field(default_factory=dict)
    namespaces: dict[tuple[int, int], list[Namespace]] = field(default_factory=dict)
    stack: Stack = field(default_factory=Stack)
    moments: Moments | None = None

    def is_consistent(self) -> bool:
        """Tell whether each name is one id and each id one name in all answers."""
        pairs = {(dimm.dev, dimm.id) for _, dimm in self.dimms}
        return len({dev for dev, _ in pairs}) == len({ident for _, ident in pairs}) == len(pairs)


def find_devices(facts: SiteFacts, stacks: dict[str, Stack]) -> list[Sequence[Device]]:
    """Make one device of all sightings of it; return those of each guest, the guests in natural order."""
    shown = _shown(facts)
    linked = {fact.machine.name for kind in (Mapping, Namespace) for fact, _ in facts.blocks(kind)}
    simple: dict[str, Sequence[Device]] = {}
    for name, blocks in shown.items():
        if len(blocks) == 1 and name not in linked:
            fact, dimms = blocks[0]
            if isinstance(dimms, PlainDimms):
                simple[name] = PlainGuest(name, fact.source, dimms)
            elif _is_seen_once(dimms):
                simple[name] = _seen_once(name, fact, dimms)
    guests = {name: _Guest([(fact, dimm) for fact, dimms in shown[name] for dimm in dimms]) for name in shown if name not in simple}
    for fact, mapping in facts.of(Mapping):
        if fact.machine.name in guests:
            guests[fact.machine.name].mappings.setdefault((fact.source, mapping.answer), []).append(mapping)
    for fact, namespace in facts.of(Namespace):
        if fact.machine.name in guests:
            guests[fact.machine.name].namespaces.setdefault((fact.source, namespace.answer), []).append(namespace)
    moments = Moments(facts)
    for name, guest in guests.items():
        guest.stack = stacks.get(name, guest.stack)
        guest.moments = moments
    return [simple[name] if name in simple else _in_natural_order(_devices_of(name, guests[name])) for name in in_natural_order(shown)]


def _in_natural_order(devices: list[Device]) -> list[Device]:
    return sorted(devices, key=lambda device: (natural(device.name), device.id, device.first))


def _shown(facts: SiteFacts) -> dict[str, list[tuple[Fact, Sequence[Dimm]]]]:
    """Return the dimms that each guest's answers show. Those of an answer that lost its prompt may be another's than its part's."""
    shown: dict[str, list[tuple[Fact, Sequence[Dimm]]]] = {}
    blocks = facts.blocks(Dimm)
    owners = _owners(facts) if any(fact.lost for fact, _ in blocks) else {}
    for fact, dimms in blocks:
        if not fact.lost:
            shown.setdefault(fact.machine.name, []).append((fact, dimms))
            continue
        for dimm in dimms:
            shown.setdefault(owners.get((fact.source, dimm.id), fact.machine.name), []).append((fact, (dimm,)))
    return shown


def _owners(facts: SiteFacts) -> dict[tuple[int, str], str]:
    """In a source where an answer lost its prompt: whose a dimm's id is by the answers of the same source that did not."""
    named: dict[tuple[int, str], set[str]] = {}
    for fact, dimm in facts.of(Dimm):
        if not fact.lost and dimm.id:
            named.setdefault((fact.source, dimm.id), set()).add(fact.machine.name)
    return {key: next(iter(names)) for key, names in named.items() if len(names) == 1}


def _with_ids(dimms: list[tuple[Fact, Dimm]]) -> list[tuple[Fact, Dimm]]:
    """Let a sighting that shows no id be one of the device that every other answer shows under its name, if there is one."""
    if all(dimm.id for _, dimm in dimms):
        return dimms
    ids: dict[str, set[str]] = {}
    for _, dimm in dimms:
        if dimm.id:
            ids.setdefault(dimm.dev, set()).add(dimm.id)
    if len(set().union(*ids.values())) != sum(len(found) for found in ids.values()):
        return dimms
    only = {dev: next(iter(found)) for dev, found in ids.items() if len(found) == 1}
    shown = {(fact.source, dimm.answer, dimm.dev) for fact, dimm in dimms if dimm.id}
    return [
        (fact, dimm) if dimm.id or (fact.source, dimm.answer, dimm.dev) in shown else (fact, dimm._replace(id=only.get(dimm.dev, "")))
        for fact, dimm in dimms
    ]


def _devices_of(name: str, guest: _Guest) -> list[Device]:
    guest.dimms = _with_ids(guest.dimms)
    twice = _ids_shown_twice(guest.dimms)
    groups: dict[tuple[str, str], list[tuple[Fact, Dimm]]] = {}
    for fact, dimm in guest.dimms:
        key = (dimm.id, "") if dimm.id and dimm.id not in twice else (dimm.id, dimm.dev)
        groups.setdefault(key, []).append((fact, dimm))
    consistent = guest.is_consistent()
    return [_device(name, guest, group, consistent=consistent) for group in groups.values()]


def _is_seen_once(dimms: Sequence[Dimm]) -> bool:
    idents = {dimm.id for dimm in dimms}
    return "" not in idents and len(idents) == len({dimm.dev for dimm in dimms}) == len(dimms)


def _seen_once(guest: str, fact: Fact, dimms: Sequence[Dimm]) -> list[Device]:
    """Make the devices of what nearly every guest is: each dimm was seen once, and nothing is known to be on it."""
    found = []
    for line, answer, dev, ident, _, _, state, flags, _, _ in sorted(dimms, key=lambda dimm: natural(dimm.dev)):
        vendor, serial = split_id(ident)
        flags_once = " ".join(sorted(set(flags.split()))) if flags else ""
        sightings = (Sighting(fact.source, line, dev, answer),)
        found.append(Device(guest, VPMEM, "", _alone(dev), ident, vendor, serial, state, flags_once, None, (), (), (), (), sightings))
    return found


@lru_cache(maxsize=1 << 10)
def _alone(dev: str) -> tuple[str, ...]:
    """Return one tuple for all devices of one name."""
    return (dev,)


def _ids_shown_twice(dimms: list[tuple[Fact, Dimm]]) -> set[str]:
    """Return the ids that one answer shows under two names: these are two devices."""
    seen: dict[tuple[int, int, str], set[str]] = {}
    for fact, dimm in dimms:
        if dimm.id:
            seen.setdefault((fact.source, dimm.answer, dimm.id), set()).add(dimm.dev)
    return {ident for (_, _, ident), names in seen.items() if len(names) > 1}


def _device(name: str, guest: _Guest, group: list[tuple[Fact, Dimm]], *, consistent: bool) -> Device:
    sightings = sorted(Sighting(fact.source, dimm.line, dimm.dev, dimm.answer) for fact, dimm in group)
    ident = group[0][1].id
    vendor, serial = split_id(ident)
    names, newest = newest_names(name, sightings, guest.moments)
    chain = _Chain(guest, newest, consistent=consistent)
    return Device(
        guest=name,
        kind=VPMEM,
        uuid="",
        names=names,
        id=ident,
        vendor=vendor,
        serial=serial,
        state=" ".join(sorted({dimm.state for _, dimm in group if dimm.state})),
        flags=" ".join(sorted({flag for _, dimm in group for flag in dimm.flags.split()})),
        bytes=chain.bytes(),
        regions=_in_order(chain.regions()),
        namespaces=_in_order(namespace.dev for namespace in chain.namespaces()),
        block_devices=_in_order(chain.block_devices()),
        mountpoints=_in_order(chain.mountpoints()) if consistent else (),
        sightings=tuple(sightings),
        former=tuple(sorted({sighting.dev for sighting in sightings}.difference(names), key=natural)),
    )


def newest_names(guest: str, sightings: list[Sighting], moments: Moments | None) -> tuple[tuple[str, ...], list[Sighting]]:
    """Return the names that a device goes by, and the sightings that show it so: the newest where all of them tell when they are of."""
    names = tuple(sorted({sighting.dev for sighting in sightings}, key=natural))
    if len(names) == 1 or moments is None:
        return names, sightings
    told = [moments.of(sighting.source, sighting.line, guest) for sighting in sightings]
    known = [moment for moment in told if moment is not None]
    if len(known) != len(told) or len({moment.zone for moment in known}) != 1:
        return names, sightings
    newest = [sighting for sighting, moment in zip(sightings, known, strict=True) if moment == max(known)]
    last = tuple(sorted({sighting.dev for sighting in newest}, key=natural))
    return (last, newest) if len(last) == 1 else (names, sightings)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}, key=natural))


class _Chain:
    """From a dimm to its regions, their namespaces, their block devices and where these are mounted."""

    def __init__(self, guest: _Guest, sightings: list[Sighting], *, consistent: bool) -> None:
        self._guest = guest
        self._pairs: set[tuple[tuple[int, int], str]] = set()
        self._mappings: list[Mapping] = []
        names = {sighting.dev for sighting in sightings}
        shown = {(sighting.answer, sighting.dev) for sighting in sightings}
        for answer, mappings in guest.mappings.items():
            for mapping in mappings:
                if (consistent and mapping.dimm in names) or (answer, mapping.dimm) in shown:
                    self._mappings.append(mapping)
                    self._pairs.add((answer, mapping.region))
        self._consistent = consistent

    def regions(self) -> set[str]:
        return {region for _, region in self._pairs}

    def bytes(self) -> int | None:
        """Return the dimm's size: what it gives to its regions, where the captures agree on that."""
        lengths: dict[str, set[int | None]] = {}
        for mapping in self._mappings:
            lengths.setdefault(mapping.region, set()).add(mapping.length)
        figures = [length for found in lengths.values() for length in found]
        if not figures or len(figures) != len(lengths):
            return None
        return sum(figure for figure in figures if figure is not None) if None not in figures else None

    def namespaces(self) -> list[Namespace]:
        regions = self.regions()
        return [
            namespace
            for answer, namespaces in self._guest.namespaces.items()
            for namespace in namespaces
            if ((answer, namespace.region) in self._pairs or (self._consistent and namespace.region in regions))
            and not (namespace.state == "disabled" and namespace.size_bytes == 0)
        ]

    def block_devices(self) -> list[str]:
        return [name for namespace in self.namespaces() for name in (namespace.blockdev, namespace.chardev) if name]

    def mountpoints(self) -> list[str]:
        return self._guest.stack.targets_on(set(self.block_devices()))

"""The guests' devices: every nmem once, however often it was captured, with its chain to mounted file systems.

Names such as ``nmem0`` and ``region0`` mean something only within one answer: a device that was removed renumbers the others
at the next boot: see `reconcile.inventory.guest_answers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import in_natural_order, natural
from reconcile.facts.record_blocks import PlainDimms
from reconcile.facts.records import Dimm, Mapping, Namespace, Partial
from reconcile.inventory.devices import VPMEM, Device, Sighting, split_id
from reconcile.inventory.guest_answers import Answer, Boots
from reconcile.inventory.later_answers import Later, what_is_on
from reconcile.inventory.uniform_guests import PlainGuest
from reconcile.machines.capture_times import are_last

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.inventory.block_layers import Layer
    from reconcile.machines.capture_times import Moments, When
    from reconcile.machines.places import Fact
    from reconcile.machines.site_facts import SiteFacts


@dataclass(slots=True)
class _Guest:
    """What was said of one guest. An answer is known by the index of its source and its number in it."""

    name: str
    dimms: list[tuple[Fact, Dimm]]
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    boots: Boots = field(default_factory=lambda: Boots((), ()))


class Found(NamedTuple):
    """The devices of each guest, the guests in natural order, and of which guests, each with the kind, no capture is known to show all."""

    devices: list[Sequence[Device]]
    partial: frozenset[tuple[str, str]]


def find_devices(facts: SiteFacts, layers: dict[str, list[Layer]], moments: Moments) -> Found:
    """Make one device of all sightings of it."""
    shown = _shown(facts)
    linked = {fact.machine.name for kind in (Mapping, Namespace) for fact, _ in facts.blocks(kind)}
    partial = {(fact.source, mark.answer) for fact, mark in facts.of(Partial) if mark.others}
    simple: dict[str, Sequence[Device]] = {}
    for name, blocks in shown.items():
        if len(blocks) == 1 and name not in linked:
            fact, dimms = blocks[0]
            if isinstance(dimms, PlainDimms):
                simple[name] = PlainGuest(name, fact.source, dimms)
            elif _is_seen_once(dimms):
                simple[name] = _seen_once(name, fact, dimms)
    guests = {
        name: _Guest(name, _with_ids([(fact, dimm) for fact, dimms in shown[name] for dimm in dimms]))
        for name in shown.keys() - simple.keys()
    }
    _answer(facts, guests, partial, moments)
    for name, guest in guests.items():
        guest.boots = Boots(tuple(guest.answers.values()), layers.get(name, ()))
    only_partial = {
        (name, VPMEM)
        for name, blocks in (shown if partial else {}).items()
        if all((fact.source, dimm.answer) in partial for fact, dimms in blocks for dimm in dimms[:1])
    }
    found = [simple[name] if name in simple else _in_natural_order(_devices_of(guests[name], facts)) for name in in_natural_order(shown)]
    return Found(found, frozenset(only_partial))


def _answer(facts: SiteFacts, guests: dict[str, _Guest], partial: set[tuple[int, int]], moments: Moments) -> None:
    """Put together what each answer says of a guest."""

    def answer_of(guest: _Guest, fact: Fact, number: int, line: int) -> Answer:
        key = (fact.source, number)
        if key not in guest.answers:
            guest.answers[key] = Answer(moments.of(fact.source, line, guest.name), key not in partial and not fact.lost, fact.source)
        return guest.answers[key]

    for guest in guests.values():
        for fact, dimm in guest.dimms:
            answer_of(guest, fact, dimm.answer, dimm.line).dimms.setdefault(dimm.dev, dimm.id)
    for fact, mapping in facts.of(Mapping):
        if fact.machine.name in guests:
            answer = answer_of(guests[fact.machine.name], fact, mapping.answer, mapping.line)
            answer.lengths.setdefault(mapping.dimm, {}).setdefault(mapping.region, mapping.length)
    for fact, namespace in facts.of(Namespace):
        if fact.machine.name in guests:
            answer_of(guests[fact.machine.name], fact, namespace.answer, namespace.line).namespaces.append(namespace)


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


def _devices_of(guest: _Guest, facts: SiteFacts) -> list[Device]:
    twice = _ids_shown_twice(guest.dimms)
    groups: dict[tuple[str, str], list[tuple[Fact, Dimm]]] = {}
    for fact, dimm in guest.dimms:
        key = (dimm.id, "") if dimm.id and dimm.id not in twice else (dimm.id, dimm.dev)
        groups.setdefault(key, []).append((fact, dimm))
    return [_device(guest, group, facts) for group in groups.values()]


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


def _device(guest: _Guest, group: list[tuple[Fact, Dimm]], facts: SiteFacts) -> Device:
    sightings = sorted(Sighting(fact.source, dimm.line, dimm.dev, dimm.answer) for fact, dimm in group)
    ident = group[0][1].id
    vendor, serial = split_id(ident)
    answers = {sighting.answer: guest.answers[sighting.answer] for sighting in sightings}
    state = " ".join(sorted({dimm.state for _, dimm in group if dimm.state}))
    seen_as = {sighting.dev for sighting in sightings}
    own = tuple(answers.values())
    later = Later(guest.answers.values(), ident, seen_as, own)
    gone = later.without(facts, disabled=state == "disabled")
    names = newest_names([(sighting.dev, answers[sighting.answer].when) for sighting in sightings])
    if gone or later.is_anothers(names):
        names = ()
    on = what_is_on(guest.boots, [(answers[sighting.answer], sighting.dev) for sighting in sightings], is_now=bool(names))
    return Device(
        guest=guest.name,
        kind=VPMEM,
        uuid="",
        names=names,
        id=ident,
        vendor=vendor,
        serial=serial,
        state=state,
        flags=" ".join(sorted({flag for _, dimm in group for flag in dimm.flags.split()})),
        bytes=on.bytes,
        regions=on.regions,
        namespaces=on.namespaces,
        block_devices=on.block_devices,
        mountpoints=on.mountpoints,
        sightings=tuple(sightings),
        former=tuple(sorted(seen_as.difference(names), key=natural)),
        gone=gone,
        disputes=on.disputes,
        rival=later.rival(),
    )


def newest_names(seen: Sequence[tuple[str, When]]) -> tuple[str, ...]:
    """Return the names that a device goes by: those under which it was seen that no later sighting takes back."""
    every = {name for name, _ in seen}
    if len(every) == 1:
        return tuple(every)
    last = {name for (name, _), is_last in zip(seen, are_last([when for _, when in seen]), strict=True) if is_last}
    return tuple(sorted(last if len(last) == 1 else every, key=natural))

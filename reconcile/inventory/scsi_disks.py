"""The guests' SCSI disks that show their vmdk's whole UUID: every disk once, and for each other disk why nothing joins it.

With ``disk.EnableUUID`` a virtual SCSI disk shows all 32 digits as its serial and as its WWN. Source: captures of guests; udev's
``scsi_id`` sets a 3 in front, for the type of the identification.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.facts.records import Disk, Partial
from reconcile.inventory.block_layers import Mounted, Stack
from reconcile.inventory.devices import DISK, Device, Sighting
from reconcile.inventory.find_devices import newest_names
from reconcile.machines.capture_times import are_last
from reconcile.machines.places import Place
from reconcile.parsers.partial_answers import is_named_after_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.inventory.block_layers import Layer
    from reconcile.machines.capture_times import Moments, When
    from reconcile.machines.places import Fact
    from reconcile.machines.site_facts import SiteFacts

_NAMED = re.compile(r"(?:sd[a-z]{1,3}|hd[a-z]|nvme[0-9]{1,3}n[0-9]{1,3}|PhysicalDrive[0-9]{1,5})$")
# NAA type 6 and VMware's OUI 00-0C-29, with the rest of 32 digits.
_UUID = re.compile(r"6000c29[0-9a-f]{25}$")
_WITH_TYPE = 33
# 8902-5e3b8b61: the form of a vPMem's id, VMware's vendor code and 8 digits
_VPMEM = re.compile(r"8902-([0-9a-fA-F]{8})$")


class Unjoinable(NamedTuple):
    """A disk that shows no vmdk's UUID, and why. `serial` are the 8 digits where it may be a vPMem device of Windows, else ``""``."""

    guest: str
    device: str
    reason: str
    place: Place
    serial: str = ""


class Disks(NamedTuple):
    """The disks with a UUID, in natural order, those without, and of which guests, each with the kind, no capture is known to show all."""

    devices: tuple[Device, ...]
    others: tuple[Unjoinable, ...]
    partial: frozenset[tuple[str, str]]


def disk_uuid(text: str) -> str:
    """Return the 32 digits of the vmdk's UUID that an identification holds, lower case, or ``""``.

    >>> disk_uuid("36000C2936db490d3b57d62fedc47adbf"), disk_uuid("0x5000c29f1e2d3c4b")
    ('6000c2936db490d3b57d62fedc47adbf', '')
    """
    digits = _digits(text)
    return digits if _UUID.match(digits) else ""


def _digits(text: str) -> str:
    digits = text.strip().lower().removeprefix("naa.").removeprefix("0x").rpartition("_")[2].replace("-", "").replace(" ", "")
    return digits[1:] if len(digits) == _WITH_TYPE and digits[0] == "3" else digits


def _uuid_and_text(disk: Disk, odd: frozenset[str]) -> tuple[str, str]:
    """Return the vmdk's UUID that a disk shows, and the text that holds it; ``""`` where none does.

    `odd` are UUIDs of vmdks that VMware did not make: where all 32 digits agree, whatever they begin with is no matter.
    """
    texts = (disk.serial, disk.wwn)
    found = next(((uuid, text) for text in texts if (uuid := disk_uuid(text))), None)
    return found or next(((digits, text) for text in texts if odd and (digits := _digits(text)) in odd), ("", ""))


class _Seen(NamedTuple):
    fact: Fact
    disk: Disk
    uuid: str
    text: str


class _List(NamedTuple):
    """An answer that shows all of a guest's disks, and what identifies each: their UUIDs, when, and the source's name."""

    uuids: frozenset[str]
    when: When
    label: str


@dataclass
class _Guest:
    """What was said of one guest's disks, by name."""

    by_name: dict[str, list[_Seen]] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)

    @cached_property
    def stack(self) -> Stack:
        """Where the disks are mounted, by all answers."""
        return Stack(self.layers)

    def by_uuid(self) -> dict[str, list[_Seen]]:
        found: dict[str, list[_Seen]] = {}
        for seen in self.by_name.values():
            for one in seen:
                if one.uuid:
                    found.setdefault(one.uuid, []).append(one)
        return found


def find_disks(facts: SiteFacts, layers: dict[str, list[Layer]], moments: Moments, odd: frozenset[str] = frozenset()) -> Disks:
    """Make one device of all sightings of a disk, guest by guest. `odd` are the vmdks' UUIDs that are not of VMware's form."""
    guests: dict[str, _Guest] = {}
    for fact, disk in facts.of(Disk):
        if disk.kind in {"disk", ""} and _NAMED.match(disk.device):
            uuid, text = _uuid_and_text(disk, odd)
            guests.setdefault(fact.machine.name, _Guest()).by_name.setdefault(disk.device, []).append(_Seen(fact, disk, uuid, text))
    for name, guest in guests.items():
        guest.layers = layers.get(name, guest.layers)
    for name, one in _whole_lists(facts, moments, odd) if any(len(guest.by_uuid()) > 1 for guest in guests.values()) else ():
        guests[name].lists.append(one)
    devices = [_device(name, guest, uuid, seen, moments) for name, guest in guests.items() for uuid, seen in guest.by_uuid().items()]
    others = [other for name, guest in guests.items() for other in _others(name, guest)]
    return Disks(
        tuple(sorted(devices, key=lambda device: (natural(device.guest), natural(device.name), device.uuid, device.first))),
        tuple(sorted(others, key=lambda other: (natural(other.guest), natural(other.device)))),
        frozenset((name, DISK) for name in guests.keys() - {name for name, _, _ in _whole_answers(facts)}),
    )


def _whole_lists(facts: SiteFacts, moments: Moments, odd: frozenset[str]) -> Iterator[tuple[str, _List]]:
    """Give the answers that show all of a guest's disks, no matter what became of them since. Of each disk the UUID is shown."""
    for name, source, disks in _whole_answers(facts):
        uuids = [_uuid_and_text(disk, odd)[0] for disk in disks]
        if all(uuids):
            yield name, _List(frozenset(uuids), moments.of(source, disks[0].line, name), facts.sources[source].label)


def _whole_answers(facts: SiteFacts) -> Iterator[tuple[str, int, list[Disk]]]:
    """Give each answer that shows all of a guest's disks, with the guest and the source."""
    partial = {(fact.source, mark.answer) for fact, mark in facts.of(Partial) if mark.disks}
    for fact, block in facts.blocks(Disk):
        source = facts.sources[fact.source]
        if fact.lost or (not source.reading.commands and is_named_after_one(source.path)):
            continue
        disks = [disk for disk in block if disk.kind in {"disk", ""} and _NAMED.match(disk.device)]
        if disks and (fact.source, disks[0].answer) not in partial:
            yield fact.machine.name, fact.source, disks


def _device(guest_name: str, guest: _Guest, uuid: str, seen: list[_Seen], moments: Moments) -> Device:
    sightings = sorted(Sighting(one.fact.source, one.disk.line, one.disk.device, one.disk.answer) for one in seen)
    all_names = tuple(sorted({sighting.dev for sighting in sightings}, key=natural))
    times = [(sighting.dev, moments.of(sighting.source, sighting.line, guest_name)) for sighting in sightings]
    gone = next((one.label for one in guest.lists if uuid not in one.uuids and all(one.when.is_after(when) for _, when in times)), "")
    names = () if gone else _without_taken(guest, uuid, newest_names(times), [when for _, when in times], moments)
    first = min(seen, key=lambda one: (one.fact.source, one.disk.line))
    # A name is this disk's in all answers only if none of them shows another disk under it.
    steady = all({one.uuid for one in guest.by_name[name] if one.uuid} == {uuid} for name in all_names)
    sizes = {one.disk.bytes for one in (_all_of(guest, all_names) if steady else seen) if one.disk.bytes is not None}
    mounted = Mounted((), ())
    if not gone:
        mounted = _mounted(guest, names if len(names) == 1 else all_names, [when for name, when in times if name in names], steady=steady)
    return Device(
        guest=guest_name,
        kind=DISK,
        uuid=uuid,
        names=names,
        id=first.text,
        vendor="",
        serial=uuid[-8:],
        state="",
        flags="",
        bytes=next(iter(sizes)) if len(sizes) == 1 else None,
        regions=(),
        namespaces=(),
        block_devices=names,
        mountpoints=mounted.targets,
        sightings=tuple(sightings),
        former=tuple(name for name in all_names if name not in names),
        gone=gone,
        disputes=(f"mount point: {' or '.join(mounted.disputed)}",) if mounted.disputed else (),
    )


def _without_taken(guest: _Guest, uuid: str, names: tuple[str, ...], own: list[When], moments: Moments) -> tuple[str, ...]:
    """Return a disk's names, none where later answers give all of them to other disks."""
    others = [one for name in names for one in guest.by_name[name] if one.uuid not in {"", uuid}]
    taken = {
        one.disk.device
        for one in others
        if all(moments.of(one.fact.source, one.disk.line, one.fact.machine.name).is_after(when) for when in own)
    }
    return () if taken.issuperset(names) else names


def _mounted(guest: _Guest, names: Sequence[str], times: Sequence[When], *, steady: bool) -> Mounted:
    """Return where a disk is mounted. If one of its names was another's, what was said since it has its own counts, where times tell."""
    if steady:
        return guest.stack.on(names)
    if len(names) > 1:
        return Mounted((), ())
    last = [when for when, is_last in zip(times, are_last(times), strict=True) if is_last]
    since = [layer for layer in guest.layers if all(layer.when.is_of_visit(when) or layer.when.is_after(when) for when in last)]
    return Stack(since).on(names)


def _all_of(guest: _Guest, names: tuple[str, ...]) -> list[_Seen]:
    return [one for name in names for one in guest.by_name[name]]


def _others(guest_name: str, guest: _Guest) -> list[Unjoinable]:
    """Give the disks that no answer shows a UUID of, where one was asked for it."""
    found: list[Unjoinable] = []
    for name, seen in guest.by_name.items():
        asked = [one for one in seen if one.disk.identified or one.disk.serial or one.disk.wwn]
        if asked and not any(one.uuid for one in seen):
            texts = [text for one in asked for text in (one.disk.serial, one.disk.wwn) if text]
            place = min(Place(one.fact.source, one.disk.line) for one in asked)
            found.append(Unjoinable(guest_name, name, _reason(texts), place, _serial_of_vpmem(texts)))
    return found


def _serial_of_vpmem(texts: list[str]) -> str:
    """Return the 8 digits of a vPMem's id that Windows may show as a disk's serial number, or ``""``."""
    return next((found[1].lower() for text in texts if (found := _VPMEM.match(text.strip()))), "")


def _reason(texts: list[str]) -> str:
    """Say why identifications as these join nothing."""
    if not texts:
        return "it shows no serial, as a VM's disk without disk.EnableUUID"
    shown = min(texts)
    if _serial_of_vpmem(texts):
        return f"{shown} may be a vPMem's id, which no capture of Windows that is known confirms"
    digits = [text.lower().removeprefix("naa.").removeprefix("0x") for text in texts]
    if any(text.startswith("VMware NVME") for text in texts):
        return f"a virtual NVMe disk shows no UUID, only {shown}"
    if any(text.startswith("5000c29") for text in digits):
        return f"{shown} is not the vmdk's UUID but of another scheme, as on a virtual SATA disk"
    if any(text.removeprefix("3").startswith("6000c29") for text in digits):
        return f"{shown} is only a part of the 32 digits"
    return f"{shown} is not of the form that VMware gives"

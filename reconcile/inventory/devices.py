"""The guests' devices: what a device is, once, however often and under whichever name it was captured."""

from __future__ import annotations

import re
from typing import NamedTuple

from reconcile.machines.places import Place

# 8902-206b080c        8089-a2-1834-00001d2c        Source: Linux, drivers/acpi/nfit/core.c, in NFIT byte order.
_ID = re.compile(r"([0-9a-f]{4})-(?:[0-9a-f]{2}-[0-9a-f]{4}-)?([0-9a-f]{8})$")
# JEP106 bank 10, code 0x02: VMware.
VMWARE = "8902"
VPMEM, DISK = "vPMem", "disk"


class Sighting(NamedTuple):
    """Where a device was seen, and under which name; `number` is that of the answer in its source. Flat, for there are 400,000 of them."""

    source: int
    line: int
    dev: str
    number: int

    @property
    def place(self) -> Place:
        """The place."""
        return Place(self.source, self.line)

    @property
    def answer(self) -> tuple[int, int]:
        """The answer in which it was seen."""
        return self.source, self.number


class Device(NamedTuple):
    """One device of one guest; `serial` is the 8 digits that join.

    `names` are all names under which it was seen. Where the captures tell which is the newest, that one alone, and `former` the others.
    `gone` says where a later answer shows all of the guest's devices without it; then it has no name. `disputes` are what captures of
    unknown order say of it that cannot all hold at one time, and `rival` is another device that such a capture shows in its place.

    `kind` is ``vPMem`` for an nmem, which joins on these digits, or ``disk`` for a SCSI disk, which joins on its whole `uuid`.
    """

    guest: str
    kind: str
    uuid: str
    names: tuple[str, ...]
    id: str
    vendor: str
    serial: str
    state: str
    flags: str
    bytes: int | None
    regions: tuple[str, ...]
    namespaces: tuple[str, ...]
    block_devices: tuple[str, ...]
    mountpoints: tuple[str, ...]
    sightings: tuple[Sighting, ...]
    former: tuple[str, ...] = ()
    gone: str = ""
    disputes: tuple[str, ...] = ()
    rival: str = ""

    @property
    def name(self) -> str:
        """The device's name; all of them where the captures disagree, and none where no capture shows the one that it has now."""
        return self.names[0] if len(self.names) == 1 else ", ".join(self.names)

    @property
    def is_vmwares(self) -> bool:
        """Whether the id says that VMware made it and gives a serial."""
        return self.kind == DISK or (self.vendor == VMWARE and self.serial != "")

    @property
    def joins(self) -> bool:
        """Whether its digits are looked for among the vmdks': not those of one that its guest has no longer."""
        return not self.gone and self.is_vmwares

    @property
    def first(self) -> Place:
        """Where it was seen first under the name that it goes by."""
        source, line, dev, _ = self.sightings[0]
        if dev in self.names:
            return Place(source, line)
        return next((sighting.place for sighting in self.sightings if sighting.dev in self.names), Place(source, line))


def split_id(text: str) -> tuple[str, str]:
    """Return vendor and serial of a dimm's id, lower case; both ``""`` where it has not the form of one."""
    found = _ID.match(text.lower())
    if not found:
        return "", ""
    vendor, serial = found.groups()
    # One object for all: a text of its own for each device of a fleet takes 20 MB.
    return (VMWARE if vendor == VMWARE else vendor), serial


def name_of_device(device: Device) -> str:
    """Say which device this is."""
    return f"{device.guest} {device.name}"

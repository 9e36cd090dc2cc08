"""Objects that PowerShell prints, by their properties: disks, partitions, the VM's own UUID."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Disk, Mount, Record, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(r"(?:\\\\\.\\PHYSICALDRIVE)?([0-9]{1,5})$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_LETTER = re.compile(r"([A-Z]):?$")
_NUMBERED_BY = ("number", "deviceid", "disknumber", "devicenumber", "index")
# What a list of the host's side shows beside a disk: whose list it is, no machine's name in it says.
_OF_HOSTS = frozenset({"filename", "vmname", "parent", "hddname", "disktype", "storageformat"})
# What Win32_ComputerSystemProduct has beside the BIOS UUID, and what stands beside a disk's.
_OF_SYSTEM = frozenset({"vendor", "identifyingnumber", "version"})
_OF_DISKS = _OF_HOSTS | {"model", "capacitygb", "capacitykb", "persistence", "size", "serialnumber", "uniqueid", "path"}
_VMDK = "6000c29"


class Properties(NamedTuple):
    """An object that was printed: its properties by name in lower case, with the line of the first and of the serial number."""

    line: int
    cells: dict[str, str]


def records_of(shown: Properties, answer: int) -> Iterator[Record]:
    """Read an object by its properties."""
    cells = shown.cells
    if not _OF_HOSTS.isdisjoint(cells):
        return
    if "partitionnumber" in cells:
        yield from _partition(shown, answer)
    elif "serialnumber" in cells:
        number = next((found[1] for key in _NUMBERED_BY if (found := _NUMBER.match(cells.get(key, "")))), "")
        if number:
            size = _bytes(cells)
            serial, unique = cells["serialnumber"].strip(), cells.get("uniqueid", "")
            yield Disk(
                shown.line, answer, _drive(number), "disk", serial, unique, cells.get("size", ""), size, "", identified=True
            )  # fmt: skip
    elif _UUID.match(cells.get("uuid", "")) and _is_of_system(cells):
        yield Said(shown.line, "bios uuid", cells["uuid"].replace("-", "").lower())
        for what, key in (("vendor", "vendor"), ("product", "name")):
            if cells.get(key):
                yield Said(shown.line, what, cells[key])


def _is_of_system(cells: dict[str, str]) -> bool:
    """Tell whether a UUID is the VM's: a disk's begins as all vmdks' do, or stands beside what only disks have."""
    digits = cells["uuid"].replace("-", "").lower()
    if digits.startswith(_VMDK) or not _OF_DISKS.isdisjoint(cells):
        return False
    return not _OF_SYSTEM.isdisjoint(cells) or "name" not in cells


def _partition(shown: Properties, answer: int) -> Iterator[Record]:
    cells = shown.cells
    disk, part = _NUMBER.match(cells.get("disknumber", "")), _NUMBER.match(cells["partitionnumber"])
    if not disk or not part:
        return
    device = f"{_drive(disk[1])}p{part[1]}"
    yield Disk(shown.line, answer, device, "part", "", "", cells.get("size", ""), _bytes(cells), _drive(disk[1]))
    letter = _LETTER.match(cells.get("driveletter", ""))
    if letter:
        yield Mount(shown.line, device, f"{letter[1]}:", "")


def _drive(number: str) -> str:
    """Return the name by which Windows opens a disk."""
    return f"PhysicalDrive{int(number)}"


def _bytes(cells: dict[str, str]) -> int | None:
    size = cells.get("size", "")
    return int(size) if re.fullmatch("[0-9]{1,19}", size) else None

"""Which files of a VM's folder are its disks.

A name's end alone tells nothing: ``river-delta.vmdk`` and ``srv-100234.vmdk`` are first disks of VMs of these names. So a file is a part
of a disk, or a snapshot of one, only where that disk is known in the same folder.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# vm-flat.vmdk        vm_1-ctk.vmdk        vm-000001.vmdk        vm-000001-delta.vmdk
_PART_OF_DISK = re.compile(r"-(?:flat|delta|sesparse|ctk|rdmp?|digest(?:-flat|-delta)?|[0-9]{6})\.vmdk$", re.IGNORECASE)
# vm_1-000002.vmdk        Evidence: VMware counts a disk's snapshots from 000001.
_SNAPSHOT = re.compile(r"(.+)-000(?!000)[0-9]{3}(\.vmdk)$", re.IGNORECASE)
_EXTENT = re.compile(r"(.+?)-(?:flat|delta|sesparse|ctk|rdmp?|digest(?:-flat|-delta)?)(\.vmdk)$", re.IGNORECASE)

# Failed to open virtual disk './app9/app9-flat.vmdk' : The file specified is not a virtual disk (15).
_NO_DISK = re.compile(r"-(?:flat|delta|sesparse|ctk|rdmp?|digest(?:-flat|-delta)?)\.vmdk\W.*not a virtual disk", re.IGNORECASE)


class PartOf(NamedTuple):
    """What a file may be by its name: a part of one of these files, or a snapshot of the one."""

    bases: tuple[str, ...]
    is_snapshot: bool


def is_disk(name: str) -> bool:
    """Tell whether a file is a disk by its name, whatever lies beside it."""
    return name.lower().endswith(".vmdk") and ("-" not in name or not _PART_OF_DISK.search(name))


def part_of(name: str, folder: str) -> PartOf | None:
    """Return what a file may be besides a disk; `folder` is the name of the folder that it lies in.

    A VM's folder is called like its first disk, so a file that is called like its folder is no part.
    """
    if "-" not in name or name[: -len(".vmdk")] == folder:
        return None
    snapshot = _SNAPSHOT.match(name)
    if snapshot:
        return PartOf((snapshot[1] + snapshot[2],), is_snapshot=True)
    extent = _EXTENT.match(name)
    if not extent:
        return None
    base = extent[1] + extent[2]
    of_snapshot = _SNAPSHOT.match(base)
    return PartOf((base, of_snapshot[1] + of_snapshot[2]) if of_snapshot else (base,), is_snapshot=False)


def base_of_snapshot(name: str, folder: str = "") -> str:
    """Return the disk that a file is a snapshot of if it is one, ``""`` where its name is no snapshot's."""
    part = part_of(name, folder)
    return part.bases[0] if part and part.is_snapshot else ""


def is_said_of_part(error: str) -> bool:
    """Tell whether an error says no more than that a part of a disk is no disk, which is so and stays so."""
    return bool(_NO_DISK.search(error))


def disk_of(name: str) -> str:
    """Return the name of the disk that a file is a part or a snapshot of, or the name itself.

    >>> disk_of("db01_1-000002-sesparse.vmdk")
    'db01_1.vmdk'
    """
    while found := _PART_OF_DISK.search(name):
        name = f"{name[: found.start()]}.vmdk"
    return name

"""Which files of a VM's folder are its disks, by their names."""

from __future__ import annotations

import re

# vm-flat.vmdk        vm_1-ctk.vmdk        vm-000001.vmdk        vm-000001-delta.vmdk
_PART_OF_DISK = re.compile(r"-(?:flat|delta|sesparse|ctk|rdmp?|digest(?:-flat|-delta)?|[0-9]{6})\.vmdk$", re.IGNORECASE)


def is_disk(name: str) -> bool:
    """Tell whether a file's name is a disk's, and not that of an extent, a snapshot or something else."""
    return name.lower().endswith(".vmdk") and ("-" not in name or not _PART_OF_DISK.search(name))

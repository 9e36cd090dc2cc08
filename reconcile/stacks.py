"""What lies on what in a guest, and where it is mounted: partitions, LVM and device-mapper between a device and its file systems."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.parsers.records import Disk, Mount

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconcile.site import SiteFacts

# pmem0        pmem1p1        pmem0.1        pmem1s1        sda3        nvme0n1p2: the device, and a partition of it.
_PARTITION = re.compile(r"(pmem[0-9]+(?:\.[0-9]+)?s?)(?:p?[0-9]+)?$|([svxh]d[a-z]{1,3}|xvd[a-z]{1,3})[0-9]+$|(nvme[0-9]+n[0-9]+)p[0-9]+$")
_DEPTH_OF_LV = 2


@dataclass(slots=True)
class Stack:
    """One guest's mounts, and for each device those that it lies on. Names are the kernel's, without ``/dev/``."""

    mounts: list[Mount] = field(default_factory=list)
    parents: dict[str, set[str]] = field(default_factory=dict)

    def targets_on(self, devices: Collection[str]) -> list[str]:
        """Return where file systems are mounted that lie on any of these devices."""
        return [mount.target for mount in self.mounts if not self._below(mount.device).isdisjoint(devices)] if devices else []

    def _below(self, path: str) -> set[str]:
        """Return a mounted device and all that it lies on."""
        pending = [_kernel_name(path)]
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            pending += self.parents.get(name, ())
            found = _PARTITION.match(name)
            if found:
                pending.append(next(whole for whole in found.groups() if whole))
        return seen


def find_stacks(facts: SiteFacts) -> dict[str, Stack]:
    """Put together what each machine's captures say of mounts and of what lies on what."""
    stacks: dict[str, Stack] = {}
    for fact, mount in facts.of(Mount):
        stacks.setdefault(fact.machine.name, Stack()).mounts.append(mount)
    for fact, disk in facts.of(Disk):
        if disk.parent:
            stacks.setdefault(fact.machine.name, Stack()).parents.setdefault(disk.device, set()).add(disk.parent)
    return stacks


def _kernel_name(path: str) -> str:
    """Return a mounted device's name as ``lsblk`` shows it: a logical volume is VG-LV, with the dashes in both doubled."""
    parts = path.removeprefix("/dev/").removeprefix("mapper/").split("/")
    if len(parts) == _DEPTH_OF_LV and path.startswith("/dev/"):
        return "-".join(part.replace("-", "--") for part in parts)
    return parts[0] if len(parts) == 1 else path

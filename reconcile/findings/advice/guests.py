"""What guests lack: their dimms, without which nothing joins; and what shows sizes and the way from a dimm to its mount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.natural_order import natural
from reconcile.facts.path_names import name_in_path
from reconcile.facts.records import Dimm, Disk, Mapping, Mount, Namespace, Region
from reconcile.findings.advice import shell_commands as shell
from reconcile.findings.advice.needs import Lacks, Need
from reconcile.inventory.devices import DISK, VPMEM
from reconcile.inventory.scsi_disks import disk_uuid
from reconcile.matching.rows import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row

# ndctl list -DRNi
_NDCTL = re.compile(r"\bndctl list\b(.*)")
# ndctl-list-NRD.json
_FLAGS = re.compile(r"list[-_ ]([A-Za-z]{1,20})")
# Linux' names of disks begin with small letters; Windows counts its disks, or calls them PhysicalDisk0.
_LINUX = re.compile(r"[a-z]")


# pmem0        dax0.0: what lies on persistent memory
_PMEM = re.compile(r"(?:pmem|dax)[0-9]")


class _Optional(NamedTuple):
    """What is good to have: what shows it, what it is for, and the command and the file that give it."""

    lacks: Lacks
    kind: type[tuple[object, ...]]
    message: str
    command: str
    word: str
    ending: str


_OPTIONAL = (
    _Optional(Lacks.REGIONS, Mapping, "regions with their dimms, which tell the devices' sizes", shell.NDCTL, "ndctl", "json"),
    _Optional(Lacks.NAMESPACES, Namespace, "namespaces, which lead from a dimm to its block device", shell.NDCTL, "ndctl", "json"),
    _Optional(Lacks.MOUNTS, Mount, "what is mounted where", "df -h", "df", "txt"),
    _Optional(Lacks.DISKS, Disk, "what lies between devices and mounts, and ordinary disks' UUIDs", shell.LSBLK, "lsblk", "json"),
)


class Guests:
    """The guests of one site."""

    def __init__(self, site: Site, guests: Iterable[str], rows: Sequence[Row]) -> None:
        self._site = site
        self.names = sorted(guests, key=natural)
        self._have: dict[type, set[str]] = {
            kind: {fact.machine.name for fact, _ in site.facts.of(kind)} for kind in (Dimm, Mapping, Namespace, Mount)
        }
        self._have[Disk] = {fact.machine.name for fact, disk in site.facts.of(Disk) if disk.kind != "devdax"}
        linux = {fact.machine.name for fact, disk in site.facts.of(Disk) if _LINUX.match(disk.device)}
        self._windows = self._have[Disk] - linux - self._have[Mount] - self._have[Dimm]
        self._sizes = {row.device.guest for row in rows if row.status is Status.AMBIGUOUS and row.device and row.device.bytes is None}
        self._with_uuids = {fact.machine.name for fact, disk in site.facts.of(Disk) if disk_uuid(disk.serial) or disk_uuid(disk.wwn)}
        self._is_pmem_left = any(row.status is Status.HOST_ONLY and row.vmdk and row.vmdk.on_pmem for row in rows)
        self._asks = self._gather_asks()
        self._blocks: dict[str, list[str]] = {}
        for fact, space in site.facts.of(Namespace):
            self._blocks.setdefault(fact.machine.name, []).append(space.blockdev)
        self._tools = shell.Tools(site)
        without = [name for name in self.names if self._lacks_dimms(name)]
        # A guest that shows SCSI disks, and nothing of persistent memory, need not have any.
        shown = {fact.machine.name for kind in (Mapping, Namespace, Region) for fact, _ in site.facts.of(kind)}
        shown |= {fact.machine.name for fact, disk in site.facts.of(Disk) if _PMEM.match(disk.device)}
        shown |= {fact.machine.name for fact, mount in site.facts.of(Mount) if _PMEM.match(mount.device.removeprefix("/dev/"))}
        joined = {device.guest for device in site.devices if device.kind == DISK}
        self.perhaps = [name for name in without if name in joined - shown]
        self.lacking = [name for name in without if name not in self.perhaps]

    def needs(self) -> Iterator[Need]:
        """Give what the guests lack."""
        for name in self.names:
            if name in self.lacking or name in self.perhaps:
                needed = name in self.lacking
                message = "its dimms' ids, which alone tie it to its disks" if needed else "its dimms' ids, if it has persistent memory"
                settles = ("no-dimms", "guest-not-captured") if needed else ()
                command = self._tools.ask(name, "ndctl")
                yield Need(self._site.name, name, "guest", Lacks.DIMMS, (), message, command, settles=settles, necessary=needed)
            elif name in self._have[Dimm]:
                if (name, VPMEM) in self._site.digits.partial:
                    yield self._whole_list(name)
                yield from self._optional(name)

    def _whole_list(self, name: str) -> Need:
        """Ask for all dimms of a guest of which no answer is known to show all; necessary where a vmdk is left that may be one of these."""
        message = "its other dimms, if it has any: what was captured shows some of them only"
        settles = ("guest-not-captured",) if self._is_pmem_left else ()
        command = self._tools.ask(name, "ndctl")
        return Need(self._site.name, name, "guest", Lacks.DIMMS, (), message, command, settles=settles, necessary=self._is_pmem_left)

    def _optional(self, name: str) -> Iterator[Need]:
        blocks = self._blocks.get(name, [])
        for one in _OPTIONAL:
            if name in self._have[one.kind] or (one.lacks is Lacks.NAMESPACES and self._asked(name, "N")):
                continue
            if one.lacks is Lacks.MOUNTS and blocks and not any(blocks):
                continue
            if one.word == "ndctl" and not self._tools.has(name, "ndctl"):
                continue
            command = self._tools.ask(name, one.word) if one.word in shell.TOOLS else shell.saved(one.command, name, one.word, one.ending)
            needed = one.lacks is Lacks.REGIONS and name in self._sizes
            settles = ("ambiguous",) if needed else ()
            yield Need(self._site.name, name, "guest", one.lacks, (), one.message, command, settles=settles, necessary=needed)

    def _lacks_dimms(self, name: str) -> bool:
        if name in self._have[Dimm] or name in self._windows or self._asked(name, "D"):
            return False
        # A guest that shows its SCSI disks need have no dimm, where no vmdk on persistent memory is left without a device.
        return name not in self._with_uuids or self._is_pmem_left

    def _asked(self, name: str, flag: str) -> bool:
        """Tell whether the guest was asked for something that it need not have, by a prompt's command or a file's name."""
        return any(text is None or flag in text for text in self._asks.get(name, ()))

    def _gather_asks(self) -> dict[str, list[str | None]]:
        """Return, by machine, what stood behind each ``ndctl list``; None for a file that is called after ndctl and holds nothing."""
        asks: dict[str, list[str | None]] = {}
        for source, machines in zip(self._site.facts.sources, self._site.facts.machines, strict=True):
            if not source.reading.parts and "ndctl" in source.path.lower():
                asks.setdefault(name_in_path(source.path), []).append(None)
            texts = [found[1] for command in source.reading.commands if (found := _NDCTL.search(command))]
            file = source.path.rpartition("/")[2]
            texts += _FLAGS.findall(file) if "ndctl" in file and not source.reading.commands else []
            for name in {machine.name for machine in machines}:
                asks.setdefault(name, []).extend(texts)
        return asks

"""What one visit knows, in words that both visits have in common: machines by one name, datastores by one identity.

A visit knows that something is not there only where it asked for all of it: a listing of the folder, or of a folder above it that does
not show it; an answer of the guest that no option and no pipe made shorter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Damage, Dimm, Disk, Entry, Mount, Partial
from reconcile.inventory.devices import DISK, VPMEM
from reconcile.inventory.scsi_disks import disk_uuid
from reconcile.machines.naming import canonical_names
from reconcile.parsers.partial_answers import is_named_after_one
from reconcile.results.changes import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.inventory.devices import Device
    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.matching.rows import Row

# A place behind a command that shows mounts: df -h /data
_MOUNTS = re.compile(r"\b(?:df|findmnt|mount|lsblk)\b.*(?:\s/|[|])")
# Devices that a chain ends at by their names. What lies on what must be known of the others: /dev/mapper/vg-lv, /dev/dm-0, /dev/md0
_PLAIN = re.compile(r"/dev/(?:sd|vd|xvd|hd|sr|loop|ram|zram|nvme|pmem|mmcblk|fd)[a-z0-9.]*$")


class Common(NamedTuple):
    """What two visits call one thing: a machine's name, of all its spellings, and a datastore's identity."""

    names: dict[str, str]
    volumes: dict[tuple[str, str], str]
    pmem: dict[str, str]

    def machine(self, name: str) -> str:
        """Return what a machine is known by."""
        return self.names.get(name, name).casefold()

    def identity(self, identity: str) -> str:
        """Return what a datastore is known by: an id where either visit ties the name to one, else host and name."""
        host, joint, name = identity.rpartition("\0")
        if joint:
            host = self.machine(host)
            identity = self.volumes.get((host, name), f"{host}\0{name}")
        return self.pmem.get(identity, identity)


def find_common(visits: Sequence[Sequence[tuple[Site, Sequence[Row]]]]) -> Common:
    """Put together what two visits, or more, say of names."""
    sites = [site for visit in visits for site, _ in visit]
    names: set[tuple[str, str]] = set()
    for site in sites:
        names.update(machine[:2] for machines in site.facts.machines for machine in machines)
    # Of a datastore's identity the host stands in small letters.
    canonical = canonical_names(names | {(name.casefold(), by) for name, by in names})
    common = Common(canonical, {}, {})
    ids: dict[tuple[str, str], set[str]] = {}
    for site in sites:
        for (host, name), volume_id in site.volumes.ties.items():
            ids.setdefault((common.machine(host), name), set()).add(volume_id)
            identity = site.volumes.identity(host, name)
            if identity != volume_id:
                common.pmem[volume_id] = identity
    # A name that was one volume's and then another's ties nothing.
    common.volumes.update((key, next(iter(found))) for key, found in ids.items() if len(found) == 1)
    return common


# A file: its datastore's identity and the path in it.
File = tuple[str, str]


class Visit:
    """One visit's devices and vmdks by what identifies them."""

    def __init__(self, found: Sequence[tuple[Site, Sequence[Row]]], common: Common) -> None:
        self.common = common
        self.devices: dict[tuple[str, str], Seen] = {}
        self.vmdks: dict[str, list[Seen]] = {}
        self.unknown: dict[File, Seen] = {}
        self.files: dict[File, list[Seen]] = {}
        self._listed: dict[tuple[str, str], set[str]] = {}
        self._whole: set[tuple[str, str]] = set()
        self._unidentified: set[tuple[str, str]] = set()
        self._unsteady: set[str] = set()
        self._mounts: set[str] = set()
        for site, rows in found:
            for row in rows:
                self._add(Seen(site, row))
            self._see_folders(site)
            self._see_guests(site)

    def _add(self, seen: Seen) -> None:
        device, vmdk = seen.row.device, seen.row.vmdk
        if device:
            self.devices[self.key(device)] = seen
            if not (device.uuid or device.id):
                self._unidentified.add((self.common.machine(device.guest), device.kind))
            if len(device.names) > 1 or device.former:
                self._unsteady.add(self.common.machine(device.guest))
        if vmdk:
            file = self.file(vmdk)
            if file:
                self.files.setdefault(file, []).append(seen)
            if vmdk.uuid:
                self.vmdks.setdefault(vmdk.uuid, []).append(seen)
            elif file:
                self.unknown[file] = seen

    def key(self, device: Device) -> tuple[str, str]:
        """Return what a device is known by in any visit."""
        return (self.common.machine(device.guest), device.uuid or device.id or f"({device.name})")

    def file(self, vmdk: Vmdk) -> File | None:
        """Return what a file is known by in any visit, or None where it is not known where it lies."""
        place = vmdk.place
        if place is None:
            # A path that does not begin at a datastore, on a host with a name.
            return (f"{self.common.machine(vmdk.host)}\0", vmdk.path) if vmdk.path.startswith("/") else None
        return (self.common.identity(place[0]), place[1])

    # Folders

    def _see_folders(self, site: Site) -> None:
        names: dict[tuple[str, str], set[str]] = {}
        doubtful: set[tuple[str, str]] = set()
        for fact, entry in site.facts.of(Entry):
            place = site.volumes.place(fact.machine.name, entry.directory)
            folder = (self.common.identity(place.datastore), place.inner)
            names.setdefault(folder, set()).add(entry.name)
            if not entry.certain:
                doubtful.add(folder)
        for datastore, inner in site.listed:
            folder = (self.common.identity(datastore), inner)
            if folder not in doubtful:
                self._listed.setdefault(folder, set()).update(names.get(folder, ()))

    def lacks(self, file: File | None) -> bool:
        """Tell whether a listing shows that a file is not there."""
        while file is not None:
            identity, path = file
            inner, _, name = path.rpartition("/")
            shown = self._listed.get((identity, inner))
            if shown is not None:
                # Names that a listing cannot print stand in it with ? for some of their letters.
                return name not in shown and not any("?" in other for other in shown)
            file = (identity, inner) if inner else None
        return False

    # Guests

    def _see_guests(self, site: Site) -> None:
        self._unidentified |= {(self.common.machine(other.guest), DISK) for other in site.unjoinable}
        damaged = {fact.source for fact, _ in site.facts.of(Damage)}
        for kind, guest, source in _shown_whole(site):
            if source not in damaged and not _is_of_one(site, source):
                self._whole.add((self.common.machine(guest), kind))
        mounted: dict[str, bool] = {}
        parents = {(fact.machine.name, disk.device) for fact, disk in site.facts.of(Disk) if disk.parent}
        for fact, mount in site.facts.of(Mount):
            name = mount.device.removeprefix("/dev/").removeprefix("mapper/")
            steps = name.split("/")
            names = {name, "-".join(step.replace("-", "--") for step in steps)}
            known = not mount.device.startswith("/dev/") or bool(_PLAIN.match(mount.device))
            known = known or any((fact.machine.name, one) in parents for one in names)
            commands = site.facts.sources[fact.source].reading.commands
            asked = fact.source not in damaged and not any(_MOUNTS.search(command) for command in commands)
            mounted[fact.machine.name] = mounted.get(fact.machine.name, True) and known and asked
        self._mounts |= {self.common.machine(guest) for guest, whole in mounted.items() if whole}

    def asked_for_all(self, guest: str, kind: str) -> bool:
        """Tell whether a guest was asked for all its devices of a kind and showed what each is; `guest` is what it is known by."""
        return (guest, kind) in self._whole - self._unidentified

    def is_steady(self, guest: str) -> bool:
        """Tell whether all captures of a guest agree on the names of its devices."""
        return guest not in self._unsteady

    def knows_mounts(self, guest: str, device: Device) -> bool:
        """Tell whether the whole way from a device to where it is mounted was captured, or to nowhere."""
        return guest in self._mounts and self.is_steady(guest) and bool(device.block_devices)


def _shown_whole(site: Site) -> Iterator[tuple[str, str, int]]:
    """Give the kinds of devices that answers show, each with what identifies it and none left out, with the guest and the source."""
    facts = site.facts
    marks = [(fact.source, mark) for fact, mark in facts.of(Partial)]
    partial = {VPMEM: {(source, mark.answer) for source, mark in marks if mark.others}}
    partial[DISK] = {(source, mark.answer) for source, mark in marks if mark.disks}
    for fact, dimms in facts.blocks(Dimm):
        if not fact.lost and (fact.source, dimms[0].answer) not in partial[VPMEM]:
            yield VPMEM, fact.machine.name, fact.source
    for fact, disks in facts.blocks(Disk):
        is_whole = not fact.lost and (fact.source, disks[0].answer) not in partial[DISK]
        if is_whole and any(disk_uuid(disk.serial) or disk_uuid(disk.wwn) for disk in disks):
            yield DISK, fact.machine.name, fact.source


def _is_of_one(site: Site, source: int) -> bool:
    """Tell whether a source in which no command stands is called after one device."""
    of = site.facts.sources[source]
    return not of.reading.commands and is_named_after_one(of.path)

"""The hosts' side: what their disks and datastores show before anything is joined."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reconcile import findings as rules
from reconcile.checks.base import Checker, count, some
from reconcile.findings import Finding
from reconcile.matching import name_of_vmdk
from reconcile.order import shared
from reconcile.parsers.records import Attached, Entry, Filesystem, UuidSet
from reconcile.site import Place
from reconcile.vmdks import is_disk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.sites import Site
    from reconcile.vmdks import Vmdk


# NAA type 6 and VMware's OUI 00-0C-29.
_VMWARE_UUID = "6000c29"


class Hosts(Checker):
    """Checks the disks and datastores of a site's hosts."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        # The disks of each folder: datastore and path in it.
        self._folders: defaultdict[tuple[str, str], list[Vmdk]] = defaultdict(list)
        for vmdk in site.vmdks:
            self._folders[vmdk.identity, vmdk.vm].append(vmdk)

    def check(self) -> Iterator[Finding]:
        """Give the findings about hosts, their datastores and their disks."""
        listed = self._site.listed
        for vmdk in self._site.vmdks:
            seen = vmdk.sightings
            # What nearly every vmdk is: answered, named, and listed where its folder was.
            if not (
                vmdk.uuid.startswith(_VMWARE_UUID)
                and vmdk.datastore
                and (not seen[-1].answered or not seen[0].answered or (vmdk.identity, vmdk.vm) not in listed)
            ):
                yield from self._vmdk(vmdk)
        yield from self._shared_uuids()
        yield from self._changed_uuids()
        yield from self._uncertain()
        yield from self._datastores()
        yield from self._snapshots()
        for host, directory, place in self._site.doubtful:
            message = f"What was printed in {directory} does not fit one directory; its files are shown without a folder."
            yield self._finding(rules.LOST_DIRECTORY, host, directory, message, place)

    def _shared_uuids(self) -> Iterator[Finding]:
        suffixes = shared(vmdk.uuid[-8:] for vmdk in self._site.vmdks if vmdk.uuid)
        by_uuid: dict[str, list[Vmdk]] = {}
        by_suffix: dict[str, dict[str, Vmdk]] = {}
        for vmdk in self._site.vmdks if suffixes else ():
            if vmdk.uuid[-8:] in suffixes:
                by_uuid.setdefault(vmdk.uuid, []).append(vmdk)
                by_suffix.setdefault(vmdk.suffix, {})[vmdk.uuid] = vmdk
        for uuid, found in by_uuid.items():
            if len(found) > 1:
                names = some(name_of_vmdk(vmdk) for vmdk in found)
                yield self._finding(
                    rules.DUPLICATE_UUID, "", uuid, f"{count(len(found), 'file')} with the UUID {uuid}: {names}.", found[0].first
                )
        for suffix, others in by_suffix.items():
            if len(others) > 1:
                names = some(name_of_vmdk(vmdk) for vmdk in others.values())
                first = min(vmdk.first for vmdk in others.values())
                yield self._finding(rules.SUFFIX_COLLISION, "", suffix, f"{count(len(others), 'UUID')} end in {suffix}: {names}.", first)

    def _changed_uuids(self) -> Iterator[Finding]:
        again = {folder for folder, inside in self._folders.items() if len({vmdk.name for vmdk in inside}) < len(inside)}
        by_place: dict[tuple[str, str, str], list[Vmdk]] = {}
        for vmdk in self._site.vmdks if again else ():
            if vmdk.uuid and vmdk.datastore and (vmdk.identity, vmdk.vm) in again:
                by_place.setdefault((vmdk.identity, vmdk.vm, vmdk.name), []).append(vmdk)
        for found in by_place.values():
            if len(found) > 1:
                path, uuids = found[0].path, ", ".join(vmdk.uuid for vmdk in found)
                yield self._finding(rules.UUID_CHANGED, found[0].host, path, f"{path} was seen with {uuids}.", found[-1].first)
        for fact, change in self._site.facts.of(UuidSet):
            path = change.path or "a file that the command does not plainly name"
            message = f"setuuid was run on {path}: what its UUID was before no longer counts."
            label = self._site.facts.label(fact)
            yield Finding(rules.UUID_CHANGED, self._site.name, fact.machine.name, path, message, label, change.line)

    def _uncertain(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        where, place, known = None, None, frozenset[str]()
        for fact, entry in facts.of(Entry):
            if entry.certain or not is_disk(entry.name):
                continue
            if place is None or where != (fact.machine.name, entry.directory):
                # The names of one folder stand together.
                where = (fact.machine.name, entry.directory)
                place = volumes.place(*where)
                known = frozenset(vmdk.name for vmdk in self._folders.get((place.datastore, place.inner), ()))
            if entry.name not in known and (not place.known or volumes.is_pmem(place.datastore)):
                message = f"{entry.name} may be a disk in {entry.directory or 'a folder that is not known'}, or a part of a name."
                label = facts.label(fact)
                yield Finding(
                    rules.UNCERTAIN_LISTING, self._site.name, fact.machine.name, entry.directory or label, message, label, entry.line
                )

    def _vmdk(self, vmdk: Vmdk) -> Iterator[Finding]:
        if vmdk.uuid and not vmdk.uuid.startswith(_VMWARE_UUID):
            message = f"The UUID of {vmdk.path or 'an unnamed file'} is {vmdk.uuid}."
            yield self._finding(rules.ODD_UUID, vmdk.host, vmdk.path or vmdk.uuid, message, vmdk.first)
        if not vmdk.uuid:
            why = f": {vmdk.errors[0]}" if vmdk.errors else "."
            yield self._finding(rules.NO_UUID, vmdk.host, vmdk.path, f"The UUID of {vmdk.path} is not known{why}", vmdk.first)
        elif not vmdk.path:
            message = f"The UUID {vmdk.uuid} was answered for a file that the capture does not name."
            yield self._finding(rules.UNNAMED_UUID, vmdk.host, vmdk.uuid, message, vmdk.first)
        elif vmdk.datastore and all(seen.answered for seen in vmdk.sightings) and self._is_listed(vmdk):
            message = f"{vmdk.path} has a UUID and does not stand in the listing of its folder."
            yield self._finding(rules.UNLISTED_VMDK, vmdk.host, vmdk.path, message, vmdk.first)

    def _is_listed(self, vmdk: Vmdk) -> bool:
        return (vmdk.identity, vmdk.vm) in self._site.listed

    def _datastores(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        have = {vmdk.identity for vmdk in self._site.vmdks} | {identity for identity, _ in self._site.listed}
        for fact, row in facts.of(Filesystem):
            if not row.mounted_on.startswith("/vmfs/volumes/"):
                continue
            place = volumes.place(fact.machine.name, row.mounted_on)
            if volumes.is_pmem(place.datastore) and place.datastore not in have:
                used = f", {row.used} used" if row.used else ""
                message = f"{row.mounted_on} ({row.size}{used}) was not listed."
                label = facts.label(fact)
                yield Finding(rules.UNLISTED_DATASTORE, self._site.name, fact.machine.name, row.mounted_on, message, label, row.line)

    def _snapshots(self) -> Iterator[Finding]:
        """Give the disks beside which a snapshot's disk lies, or of which a VM's configuration names one."""
        facts, volumes = self._site.facts, self._site.volumes
        snapshots = [(fact, entry) for fact, entry in facts.of(Entry) if entry.certain and entry.name[-12:-11] == "-"]
        for fact, entry in snapshots:
            found = _SNAPSHOT.match(entry.name)
            place = volumes.place(fact.machine.name, entry.directory) if found else None
            beside = self._folders.get((place.datastore, place.inner), ()) if place and place.known else ()
            # Of several that a file was, the last.
            vmdk = next((vmdk for vmdk in reversed(beside) if found and vmdk.name == f"{found[1]}.vmdk"), None)
            if vmdk:
                message = f"{entry.name} is a snapshot of {vmdk.path}."
                yield self._finding(rules.SNAPSHOT, vmdk.host, vmdk.path, message, Place(fact.source, entry.line))
        for fact, attached in facts.of(Attached):
            _, _, name = attached.file.rpartition("/")
            if _SNAPSHOT.match(name):
                message = f"{attached.vmx or 'A VM'} uses {attached.file} at {attached.slot}, a snapshot."
                subject = f"{attached.vmx} {attached.slot}".strip()
                yield self._finding(rules.SNAPSHOT, fact.machine.name, subject, message, Place(fact.source, attached.line))


# db01_1-000002.vmdk
_SNAPSHOT = re.compile(r"(.+)-[0-9]{6}\.vmdk$", re.IGNORECASE)

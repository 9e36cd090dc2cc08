"""The hosts' side: what their disks and datastores show before anything is joined."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from reconcile.base.uuid_text import uuid_text
from reconcile.facts.folder_visits import VisitEntries
from reconcile.facts.record_blocks import Block, may_hold
from reconcile.facts.records import Attached, Entry, Filesystem, Unpaired, UuidSet
from reconcile.facts.vmfs_names import base_of_snapshot, is_disk
from reconcile.findings import rules
from reconcile.findings.checker import Checker, beyond_path, count, some
from reconcile.findings.finding import Finding
from reconcile.findings.row_keys import Keys, file_of, keys_of
from reconcile.inventory.uniform_folders import DIRECTORY, PlainFolder
from reconcile.inventory.vmdks import VMWARE_UUID, name_of_vmdk
from reconcile.machines.places import Place
from reconcile.transcript.directories import is_plain_move, moves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.places import Fact


class Hosts(Checker):
    """Checks the disks and datastores of a site's hosts."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        # The disks of each folder: datastore and path in it. Those of a plain folder are nowhere else.
        self._plain: list[PlainFolder] = []
        self._closely: list[Vmdk] = []
        self._folders: dict[tuple[str, str], Sequence[Vmdk]] = {}
        folders: dict[tuple[str, str], list[Vmdk]] = {}
        for piece in site.vmdks.pieces:
            if isinstance(piece, PlainFolder):
                self._plain.append(piece)
                self._folders[piece.of.identity, piece.vm] = piece
                continue
            self._closely += piece
            for vmdk in piece:
                folders.setdefault((vmdk.identity, vmdk.vm), []).append(vmdk)
        self._folders.update(folders)
        self._names: tuple[tuple[str, str] | None, frozenset[str]] = (None, frozenset())
        # Why answers are of no named file, by source and line.
        self._unpaired: dict[tuple[int, int], str] | None = None

    def check(self) -> Iterator[Finding]:
        """Give the findings about hosts, their datastores and their disks."""
        listed = self._site.listed
        deviating = (vmdk for folder in self._plain if not (_is_ordinary(folder) and self._is_whole(folder)) for vmdk in folder)
        for vmdk in chain(deviating, self._closely):
            seen = vmdk.sightings
            # What nearly every vmdk is: answered, named, and listed where its folder was.
            if not (
                vmdk.uuid.startswith(VMWARE_UUID)
                and vmdk.datastore
                and (not seen[-1].answered or not seen[0].answered or (vmdk.identity, vmdk.vm) not in listed)
            ):
                yield from self._vmdk(vmdk)
        yield from self._shared_uuids()
        yield from self._changed_uuids()
        yield from self._uncertain()
        yield from self._datastores()
        yield from self._snapshots()
        yield from self._lost_directories()

    def _lost_directories(self) -> Iterator[Finding]:
        """Say which directories are contradicted, and which files have no folder for a ``cd`` of which it is not certain where it led."""
        lost: dict[tuple[str, int], list[Vmdk]] = {}
        for vmdk in self._closely:
            if vmdk.name and vmdk.name == vmdk.path:
                lost.setdefault((vmdk.host, vmdk.first.source), []).append(vmdk)
        for host, directory, place in self._site.doubtful:
            message = f"What was printed in {directory} does not fit one directory; its files are shown without a folder."
            rows = map(keys_of, lost.get((host, place.source), ()))
            yield self._finding(rules.LOST_DIRECTORY, host, directory, message, place, rows=rows)
        contradicted = {(host, place.source) for host, _, place in self._site.doubtful}
        for (host, source), vmdks in lost.items():
            led = [text for text in self._site.facts.sources[source].reading.commands if moves(text)]
            if led and (host, source) not in contradicted:
                names, place = some(vmdk.name for vmdk in vmdks), min(vmdk.first for vmdk in vmdks)
                unsure = next((f", such as in {text!r}," for text in led if not is_plain_move(text)), "")
                message = f"Nothing tells in which folder {names} was asked: where the shell stood behind a cd{unsure} is not certain."
                subject, rows = f"{self._site.facts.label(place)}: {names}", map(keys_of, vmdks)
                yield self._finding(rules.LOST_DIRECTORY, host, subject, message, place, rows=rows)

    def _is_whole(self, folder: PlainFolder) -> bool:
        """Tell whether all disks of a plain folder stand in the listing of their folder, if there is one."""
        listed = self._site.listed
        return not listed or (folder.of.identity, folder.vm) not in listed or bool(folder.listed)

    def _shared_uuids(self) -> Iterator[Finding]:
        suffixes = self._site.digits.shared_suffixes
        by_uuid: dict[str, list[Vmdk]] = {}
        by_suffix: dict[str, dict[str, Vmdk]] = {}
        for index, suffix in enumerate(self._site.digits.suffixes) if suffixes else ():
            if suffix in suffixes:
                vmdk = self._site.vmdks[index]
                by_uuid.setdefault(vmdk.uuid, []).append(vmdk)
                by_suffix.setdefault(suffix, {})[vmdk.uuid] = vmdk
        for uuid, found in by_uuid.items():
            keys = Keys(uuid=uuid_text(uuid), uuid_suffix=uuid[-8:])
            if len(found) > 1 and _may_be_one(found):
                names = some(name_of_vmdk(vmdk) for vmdk in found)
                message = f"{names} have the UUID {uuid_text(uuid)}, and may be one file: nothing says which id which datastore's name has."
                yield self._finding(
                    rules.NAME_OR_ID, ", ".join(dict.fromkeys(vmdk.host for vmdk in found)), uuid, message, found[0].first, keys=keys
                )
            elif len(found) > 1:
                names = some(name_of_vmdk(vmdk) for vmdk in found)
                yield self._finding(
                    rules.DUPLICATE_UUID,
                    "",
                    uuid_text(uuid),
                    f"{count(len(found), 'file')} with the UUID {uuid_text(uuid)}: {names}.",
                    found[0].first,
                    keys=keys,
                )
        for suffix, others in by_suffix.items():
            if len(others) > 1:
                names = some(name_of_vmdk(vmdk) for vmdk in others.values())
                first = min(vmdk.first for vmdk in others.values())
                message = f"{count(len(others), 'UUID')} end in {suffix}: {names}."
                yield self._finding(rules.SUFFIX_COLLISION, "", suffix, message, first, ", ".join(sorted(others)), Keys(uuid_suffix=suffix))

    def _changed_uuids(self) -> Iterator[Finding]:
        """Say once of each file what is known of its UUIDs: those that it was seen with, and that they were set."""
        facts, volumes = self._site.facts, self._site.volumes
        by_place: dict[tuple[str, str], list[Vmdk]] = {}
        for vmdk in self._closely if self._site.newest else ():
            if vmdk.uuid and vmdk.place in self._site.newest:
                by_place.setdefault(vmdk.place, []).append(vmdk)
        changes: dict[tuple[str, str], tuple[str, str, Place]] = {}
        for fact, change in facts.of(UuidSet):
            place = volumes.place(fact.machine.name, change.path)
            key = (place.datastore, place.inner) if change.path else (f"line {change.line}", facts.label(fact))
            changes.setdefault(key, (fact.machine.name, change.path, Place(fact.source, change.line)))
        for key, found in by_place.items():
            path, uuids = found[0].path, ", ".join(uuid_text(vmdk.uuid) for vmdk in found)
            message = f"{path} was seen with {uuids}."
            if key in changes:
                message += f" {_set_text('it', changes.pop(key)[2].line)}"
            newest = self._site.newest[key]
            message += f" The newest is {uuid_text(newest)}." if newest else " The captures do not tell which is the newest."
            yield self._finding(rules.UUID_CHANGED, found[0].host, path, message, found[-1].first, beyond_path(found[0]), file_of(found[0]))
        for host, path, at in changes.values():
            name = path or "a file that the command does not plainly name"
            message = f"{_set_text(name, at.line)} Only what it surely answered later counts."
            yield self._finding(rules.UUID_CHANGED, host, name, message, at, rows=self._files(host, path))

    def _files(self, host: str, path: str) -> list[Keys]:
        """Say which rows are a file's, by its path on a host; none where no row is."""
        directory, _, name = path.rpartition("/")
        folder = self._site.volumes.folder(host, directory) if directory else None
        return list(dict.fromkeys(file_of(vmdk) for vmdk in self._folders.get(folder, ()) if vmdk.name == name)) if folder else []

    def _uncertain(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        for fact, entries in facts.blocks(Entry):
            for entry in self._uncertain_disks(fact, entries):
                place = volumes.place(fact.machine.name, entry.directory)
                is_known = entry.name in self._names_in((place.datastore, place.inner))
                if not is_known and (not place.known or volumes.is_pmem(place.datastore)):
                    message = f"{entry.name} may be a disk in {entry.directory or 'a folder that is not known'}, or a part of a name."
                    label = facts.label(fact)
                    subject = entry.directory or label
                    yield Finding(rules.UNCERTAIN_LISTING, self._site.name, fact.machine.name, subject, message, label, entry.line)

    def _uncertain_disks(self, fact: Fact, entries: Sequence[Entry]) -> Iterator[Entry]:
        """Give the names that may be disks, where not all of a listing are those of known disks."""
        if not may_hold(entries, _CERTAIN, value=False):
            return
        if isinstance(entries, VisitEntries) and not self._site.facts.blocks(UuidSet):
            # Each was asked about and answered, and no answer was made void.
            return
        directory = entries.columns[DIRECTORY] if isinstance(entries, Block) else None
        if isinstance(entries, Block) and isinstance(directory, str):
            folder = self._site.volumes.folder(fact.machine.name, directory)
            names, found = entries.texts(_NAME), self._folders.get(folder, ()) if folder else ()
            if found and names and ((isinstance(found, PlainFolder) and names == found.names) or _names_of(found).issuperset(names)):
                return
        yield from (entry for entry in entries if not entry.certain and is_disk(entry.name))

    def _names_in(self, folder: tuple[str, str]) -> frozenset[str]:
        if self._names[0] != folder:
            # The names of one folder stand together.
            self._names = folder, _names_of(self._folders.get(folder, ()))
        return self._names[1]

    def _vmdk(self, vmdk: Vmdk) -> Iterator[Finding]:
        if vmdk.uuid and not vmdk.uuid.startswith(VMWARE_UUID):
            message = f"The UUID of {vmdk.path or 'an unnamed file'} is {uuid_text(vmdk.uuid)}."
            yield self._finding(
                rules.ODD_UUID, vmdk.host, vmdk.path or uuid_text(vmdk.uuid), message, vmdk.first, beyond_path(vmdk), keys_of(vmdk)
            )
        if not vmdk.uuid:
            why = f": {vmdk.errors[0]}" if vmdk.errors else "."
            yield self._finding(
                rules.NO_UUID,
                vmdk.host,
                vmdk.path,
                f"The UUID of {vmdk.path} is not known{why}",
                vmdk.first,
                beyond_path(vmdk),
                keys_of(vmdk),
            )
        elif not vmdk.path:
            why = self._why_unnamed(vmdk)
            message = f"The UUID {uuid_text(vmdk.uuid)} was answered for a file that the capture does not name{why}."
            yield self._finding(rules.UNNAMED_UUID, vmdk.host, uuid_text(vmdk.uuid), message, vmdk.first, keys=keys_of(vmdk))
        elif vmdk.datastore and all(seen.answered for seen in vmdk.sightings) and self._is_listed(vmdk):
            message = f"{vmdk.path} has a UUID and does not stand in the listing of its folder."
            yield self._finding(rules.UNLISTED_VMDK, vmdk.host, vmdk.path, message, vmdk.first, beyond_path(vmdk), keys_of(vmdk))

    def _why_unnamed(self, vmdk: Vmdk) -> str:
        """Return why nothing names the file, where that is known."""
        facts = self._site.facts
        if self._unpaired is None:
            self._unpaired = {(fact.source, one.line): one.why for fact, one in facts.of(Unpaired)}
        why = next((self._unpaired[key] for seen in vmdk.sightings if (key := (seen.source, seen.line)) in self._unpaired), "")
        return f": {why}" if why else ""

    def _is_listed(self, vmdk: Vmdk) -> bool:
        return (vmdk.identity, vmdk.vm) in self._site.listed

    def _datastores(self) -> Iterator[Finding]:
        facts, volumes = self._site.facts, self._site.volumes
        have = {identity for identity, _ in self._folders} | {identity for identity, _ in self._site.listed}
        told: set[tuple[str, str]] = set()
        for fact, row in facts.of(Filesystem):
            if not row.mounted_on.startswith("/vmfs/volumes/"):
                continue
            place = volumes.place(fact.machine.name, row.mounted_on)
            # A host shows it in df, in esxcli's list and more.
            is_told = (fact.machine.name, place.datastore) in told
            if volumes.is_pmem(place.datastore) and place.datastore not in have and not is_told:
                told.add((fact.machine.name, place.datastore))
                used = f", {row.used} used" if row.used else ""
                message = f"{row.mounted_on} ({row.size}{used}) was not listed."
                label = facts.label(fact)
                yield Finding(rules.UNLISTED_DATASTORE, self._site.name, fact.machine.name, row.mounted_on, message, label, row.line)

    def _snapshots(self) -> Iterator[Finding]:
        """Give the disks beside which a snapshot's disk lies, or of which a VM's configuration names one."""
        facts, volumes = self._site.facts, self._site.volumes
        for one in self._site.snapshots:
            message = f"{one.name} is a snapshot of {one.base}."
            if not one.base:
                message = (
                    f"{one.name} is called like a snapshot's disk, and the captures do not show the UUID of the disk that it is one of."
                )
            rows = self._files(one.host, one.base or one.path)
            yield self._finding(rules.SNAPSHOT, one.host, one.base or one.path, message, one.place, rows=rows)
        shown = {one.path for one in self._site.snapshots}
        for fact, attached in facts.of(Attached):
            folder, _, name = attached.file.rpartition("/")
            place = volumes.place(fact.machine.name, folder or attached.vmx.rpartition("/")[0])
            base = base_of_snapshot(name, place.inner.rpartition("/")[2])
            if not base:
                continue
            # One that has a UUID of its own is none, whatever it is called.
            beside = self._folders.get((place.datastore, place.inner), ())
            if not any(vmdk.name == name and vmdk.path not in shown for vmdk in beside):
                message = f"{attached.vmx or 'A VM'} uses {attached.file} at {attached.slot}, a snapshot."
                subject = f"{attached.vmx} {attached.slot}".strip()
                rows = list(dict.fromkeys(file_of(vmdk) for vmdk in beside if vmdk.name == base))
                yield self._finding(rules.SNAPSHOT, fact.machine.name, subject, message, Place(fact.source, attached.line), rows=rows)


def _may_be_one(vmdks: Sequence[Vmdk]) -> bool:
    """Tell whether files with one UUID may be one: at one path in a datastore whose name one capture shows and another its id."""
    if len({(vmdk.vm, vmdk.name) for vmdk in vmdks}) > 1 or not all(vmdk.datastore and vmdk.name for vmdk in vmdks):
        return False
    # An id that no name is known of is shown as the name.
    ids = {vmdk.datastore_id for vmdk in vmdks if vmdk.datastore_id == vmdk.datastore.lower()}
    names = {vmdk.datastore for vmdk in vmdks if not vmdk.datastore_id}
    return len(ids) == 1 and len(names) == 1 and len(vmdks) == len({(vmdk.identity, vmdk.vm) for vmdk in vmdks})


def _set_text(name: str, line: int) -> str:
    return f"setuuid was run on {name} at line {line}."


def _is_ordinary(folder: PlainFolder) -> bool:
    """Tell whether it is known where a plain folder is, and all its disks are VMware's."""
    # All begin with the same where the first and the last of them in order do.
    return folder.of.datastore != "" and min(folder.shown)[:7] == max(folder.shown)[:7] == VMWARE_UUID


def _names_of(folder: Sequence[Vmdk]) -> frozenset[str]:
    return frozenset(folder.names if isinstance(folder, PlainFolder) else [vmdk.name for vmdk in folder])


_NAME, _CERTAIN = (Entry._fields.index(name) for name in ("name", "certain"))

"""The files of one folder: what was said of each, and which of them are disks, which parts of disks, and which snapshots."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.vmfs_names import is_disk, part_of
from reconcile.inventory.vmdks import Seen, Vmdk, hosts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.inventory.datastores import DiskPlace, Volumes
    from reconcile.machines.places import Place

# A descriptor is a short text; VMware's own support script takes files of 1,024 bytes at most for one. No NVDIMM is smaller than this.
SMALLEST_DISK = 1 << 20
# Its size is its disk's.
EXTENT = "-flat.vmdk"
# Failed to open virtual disk 'app9-flat.vmdk' : The file specified is not a virtual disk (15).
_NO_DISK = re.compile(r"not a virtual disk")


class AtPlace:
    """What was said of one place: sightings with their UUID (``""`` for those that gave none), sizes, errors."""

    __slots__ = ("bytes", "errors", "seen", "wanted")

    def __init__(self) -> None:
        self.seen: list[tuple[str, Seen]] = []
        self.bytes: set[int] | None = None
        self.errors: list[str] | None = None
        self.wanted = False

    def add_bytes(self, size: int) -> None:
        """Take a size in bytes."""
        self.bytes = {size} if self.bytes is None else self.bytes | {size}

    def size(self) -> int | None:
        """Return the size, where all that was said of it agrees."""
        return next(iter(self.bytes)) if self.bytes and len(self.bytes) == 1 else None

    def causes(self) -> tuple[str, ...]:
        """Return what was printed instead of a UUID."""
        return tuple(dict.fromkeys(self.errors)) if self.errors else ()

    def by_uuid(self) -> Iterator[tuple[str, tuple[Seen, ...]]]:
        """Give each UUID with its sightings and those that gave none; one without a UUID only where there is no other and it is wanted."""
        found: dict[str, list[Seen]] = {}
        for uuid, seen in self.seen:
            found.setdefault(uuid, []).append(seen)
        unanswered = found.pop("", [])
        for uuid in sorted(found):
            yield uuid, tuple(sorted([*found[uuid], *unanswered]))
        if not found and unanswered and self.wanted:
            yield "", tuple(sorted(unanswered))


# What was said of nearly every place: one answer, the UUID and where it was seen, and nothing else.
Answered = tuple[str, Seen]
Files = dict[str, AtPlace | Answered]


def opened(files: Files, name: str) -> AtPlace:
    """Return what was said of a file so that more can be added."""
    said = files.get(name)
    if isinstance(said, AtPlace):
        return said
    at = files[name] = AtPlace()
    if said:
        at.seen.append(said)
    return at


class Snapshot(NamedTuple):
    """A snapshot's file beside its disk, and where it was seen; `base` is ``""`` where the captures do not show that the disk is there."""

    host: str
    path: str
    name: str
    base: str
    place: Place


class FolderFiles(NamedTuple):
    """What is in a folder: its disks, the snapshots of these, and whether a disk of unknown UUID is among them."""

    disks: list[Vmdk]
    snapshots: list[Snapshot]
    has_unknown: bool


def files_of(folder: DiskPlace, files: Files, volumes: Volumes) -> FolderFiles:
    """Tell what the files of a folder are, whose `inner` ends in a slash or is empty."""
    datastore, inner, known = folder
    vm = inner[:-1] if known else inner[:-1].rpartition("/")[2]
    sorter = _Sorter(files, vm.rpartition("/")[2])
    of_disks = sorter.disks()
    on_pmem = known and volumes.is_pmem(datastore)
    names = volumes.names
    disks: list[Vmdk] = []
    for name, said in of_disks.items():
        of_each = [(said[0], (said[1],))] if isinstance(said, tuple) else said.by_uuid()
        size, causes = (None, ()) if isinstance(said, tuple) else (said.size(), said.causes())
        for uuid, own in of_each:
            seen = (*own, *sorted(sorter.answers.get((name, uuid), ())))
            path = _path(name, own)
            shown = names(own[0].host, path)
            disks.append(Vmdk(hosts_of(seen), *shown, datastore, vm, name, path, uuid, size, on_pmem, causes, seen))
    rows = {disk.name: disk for disk in disks}
    snapshots = [
        Snapshot((rows.get(base) or rows[name]).host, seen.path, name, rows[base].path if base in rows else "", seen.place)
        for seen, name, base in sorter.snapshots
        if base in rows or name in rows
    ]
    return FolderFiles(disks, snapshots, has_unknown=any(map(_is_unknown, of_disks.values())))


def _path(name: str, seen: Sequence[Seen]) -> str:
    """Return the path under which a file was seen first; that of a snapshot leads to the folder."""
    path = seen[0].path
    if path.endswith(name):
        return path
    return next((one.path for one in seen if one.path.endswith(name)), f"{path[: path.rfind('/') + 1]}{name}")


def _is_unknown(said: AtPlace | Answered) -> bool:
    return isinstance(said, AtPlace) and bool(said.seen) and not _uuids(said)


def _uuids(said: AtPlace | Answered | None) -> set[str]:
    """Return the UUIDs that were answered for a file."""
    if said is None:
        return set()
    return {said[0]} if isinstance(said, tuple) else {uuid for uuid, _ in said.seen if uuid}


class _Sorter:
    """Sorts a folder's files: which are parts of disks, what their snapshots answered, and these."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        # By disk and UUID.
        self.answers: dict[tuple[str, str], list[Seen]] = {}
        self.snapshots: list[tuple[Seen, str, str]] = []

    def disks(self) -> Files:
        """Return the files that are disks."""
        if all(map(is_disk, self._files)):
            return self._files
        parts = {name for name, said in list(self._files.items()) if not is_disk(name) and self._is_part(name, said)}
        self.snapshots.sort()
        return {name: said for name, said in self._files.items() if name not in parts}

    def _is_part(self, name: str, said: AtPlace | Answered) -> bool:
        part = part_of(name, self._folder)
        if part is None:
            return False
        base = next((base for base in part.bases if base in self._files), "")
        if part.is_snapshot:
            return self._is_snapshot(name, base, said)
        if isinstance(said, tuple) or _uuids(said):
            return False
        if not base:
            return any(map(_NO_DISK.search, said.causes()))
        if base == part.bases[0] and name.lower().endswith(EXTENT):
            for size in said.bytes or ():
                opened(self._files, base).add_bytes(size)
        return True

    def _is_snapshot(self, name: str, base: str, said: AtPlace | Answered) -> bool:
        """Tell whether a file is a snapshot of `base`: it answers as that does, or not at all, and is no larger than a descriptor."""
        if isinstance(said, AtPlace) and any(size >= SMALLEST_DISK for size in said.bytes or ()):
            return False
        seen = [said] if isinstance(said, tuple) else said.seen
        own, of_base = _uuids(said), _uuids(self._files.get(base))
        if not seen or (own and of_base and not own <= of_base):
            return False
        self.snapshots.append((min(one for _, one in seen), name, base))
        if not base:
            # As it was printed.
            return False
        for uuid, one in seen:
            if uuid and uuid not in of_base:
                # The disk itself was not asked, or did not answer. A snapshot answers with its disk's UUID.
                opened(self._files, base).seen.append((uuid, one))
            elif uuid:
                self.answers.setdefault((base, uuid), []).append(one)
        return True


def nowhere(uuid: str, sightings: Iterable[Seen]) -> Vmdk:
    """Return the disk of a UUID that was answered for a file which nothing names."""
    seen = tuple(sorted(sightings))
    return Vmdk(hosts_of(seen), "", "", "", "", "", "", uuid, None, on_pmem=False, errors=(), sightings=seen)

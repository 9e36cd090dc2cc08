"""From sightings to vmdks: what was said of each place where a disk may lie is put together, and every disk is one.

An answer of ``vmkfstools``, a question that went unanswered, a listing and a size may all speak of one file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.order import natural
from reconcile.parsers.records import Answer, Asked, DiskSize, Entry, UuidSet
from reconcile.site import Place
from reconcile.vmdks import Seen, Vmdk, hosts_of, is_disk
from reconcile.volumes import DiskPlace, Volumes

if TYPE_CHECKING:
    from reconcile.site import Fact, SiteFacts

# A descriptor is a short text; VMware's own support script takes files of 1,024 bytes at most for one. No NVDIMM is smaller than this.
_SMALLEST_DISK = 1 << 20
# busybox's ls shows ? for each byte or, where it knows of UTF-8, each character that it cannot print.
_UNPRINTABLE = re.compile(r"[^ -~]")


class Vmdks(NamedTuple):
    """The disks, in natural order, and the directories whose followed facts contradict each other: host, directory, where."""

    disks: tuple[Vmdk, ...]
    doubtful: tuple[tuple[str, str, Place], ...]


def find_vmdks(facts: SiteFacts, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> Vmdks:
    """Make one vmdk of all sightings of it. `doubtful` is what `reconcile.followed.doubtful_directories` found."""
    places = _Places(volumes, doubtful)
    superseded = _superseded(facts)
    for fact, answer in facts.of(Answer):
        if (fact.source, answer.line) not in superseded:
            places.answer(fact, answer)
    for fact, asked in facts.of(Asked):
        places.asked(fact, asked)
    places.keep_answered()
    for fact, entry in facts.of(Entry):
        places.listed(fact, entry)
    for fact, size in facts.of(DiskSize):
        places.sized(fact, size)
    disks = _in_order(_folded(places.disks()))
    seen = sorted((host, directory, place) for (_, host, directory), place in doubtful.items())
    return Vmdks(tuple(disks), tuple(seen))


def _in_order(disks: list[Vmdk]) -> list[Vmdk]:
    """Sort by host, VM and name in natural order, and where these agree by UUID, path and place; folder by folder, which is quicker."""
    folders: dict[tuple[str, str], list[Vmdk]] = {}
    for disk in disks:
        folders.setdefault((disk.host, disk.vm), []).append(disk)
    found: list[Vmdk] = []
    for folder in sorted(folders, key=lambda folder: (natural(folder[0]), natural(folder[1]))):
        inside = folders[folder]
        found += sorted(inside, key=lambda disk: (natural(disk.name), disk.uuid, disk.path, disk.first)) if len(inside) > 1 else inside
    return found


def _superseded(facts: SiteFacts) -> set[tuple[int, int]]:
    """Return source and line of the answers that a ``setuuid`` further down in the same source made void."""
    last: dict[tuple[int, str], int] = {}
    if not facts.blocks(UuidSet):
        return set()
    for fact, change in facts.of(UuidSet):
        if change.path:
            key = (fact.source, change.path)
            last[key] = max(last.get(key, 0), change.line)
    return {
        (fact.source, answer.line)
        for fact, answer in facts.of(Answer)
        if answer.path and answer.line < last.get((fact.source, answer.path), 0)
    }


class _AtPlace:
    """What was said of one place: sightings with their UUID (``""`` for those that gave none), sizes, errors."""

    __slots__ = ("bytes", "errors", "seen", "wanted")

    def __init__(self) -> None:
        self.seen: list[tuple[str, Seen]] = []
        self.bytes: set[int] | None = None
        self.errors: list[str] | None = None
        self.wanted = False

    def add_bytes(self, size: int) -> None:
        self.bytes = {size} if self.bytes is None else self.bytes | {size}

    def by_uuid(self) -> dict[str, list[Seen]]:
        found: dict[str, list[Seen]] = {}
        for uuid, seen in self.seen:
            found.setdefault(uuid, []).append(seen)
        return found


class _Places:
    """Collects sightings by place."""

    def __init__(self, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> None:
        self._volumes = volumes
        self._doubtful = doubtful
        self._at: dict[DiskPlace, _AtPlace] = {}
        self._nameless: list[tuple[str, Seen]] = []
        # The places that answers name; and their paths, by datastore and path as a listing shows it.
        self._answered: tuple[DiskPlace, ...] = ()
        self._shown: dict[tuple[str, str], list[str]] = {}

    def _path(self, fact: Fact, path: str, *, followed: bool) -> str:
        """Return a path as far as it is certain: only the name where the directory was followed and is in doubt."""
        if followed:
            directory, _, name = path.rpartition("/")
            if (fact.source, fact.machine.name, directory) in self._doubtful:
                return name
        return path

    def _at_place(self, fact: Fact, path: str) -> _AtPlace:
        place = self._volumes.file_place(fact.machine.name, path)
        if not place.known and not path.startswith("/"):
            # A name alone means something only in its own source.
            place = place._replace(datastore=f"{place.datastore}{fact.source}")
        at = self._at.get(place)
        if at is None:
            at = self._at[place] = _AtPlace()
        return at

    def answer(self, fact: Fact, answer: Answer) -> None:
        path = self._path(fact, answer.path, followed=answer.followed)
        seen = Seen(Place(fact.source, answer.line), fact.machine.name, path, answered=True)
        if path:
            self._at_place(fact, path).seen.append((answer.uuid, seen))
        else:
            self._nameless.append((answer.uuid, seen))

    def keep_answered(self) -> None:
        """Remember the places that answers name, before listings add others."""
        self._answered = tuple(self._at)

    def _shown_as(self, fact: Fact, path: str) -> str:
        """Return the path that a listing means which shows ``?`` for what it cannot print, where an answer says which that is."""
        place = self._volumes.place(fact.machine.name, path)
        if place in self._at:
            return path
        if not self._shown:
            for known in self._answered:
                folder, slash, name = known.inner.rpartition("/")
                for shown in {_UNPRINTABLE.sub("?", name), _UNPRINTABLE.sub(lambda one: "?" * len(one[0].encode()), name)} - {name}:
                    self._shown.setdefault((known.datastore, f"{folder}{slash}{shown}"), []).append(known.inner)
        meant = self._shown.get((place.datastore, place.inner), [])
        return f"{path[: len(path) - len(place.inner)]}{meant[0]}" if len(meant) == 1 else path

    def asked(self, fact: Fact, asked: Asked) -> None:
        path = self._path(fact, asked.path, followed=asked.followed)
        if not is_disk(path):
            return
        at = self._at_place(fact, path)
        at.seen.append(("", Seen(Place(fact.source, asked.line), fact.machine.name, path, answered=False)))
        at.wanted = at.wanted or not path.startswith("/vmfs/") or self._volumes.is_on_pmem(fact.machine.name, path)
        if asked.error:
            at.errors = [*(at.errors or ()), asked.error]

    def listed(self, fact: Fact, entry: Entry) -> None:
        disk = entry.name
        if not disk.lower().endswith(".vmdk") or entry.kind not in {"", "file"} or not entry.certain:
            return
        full = f"{entry.directory}/{disk}" if entry.directory else disk
        path = self._path(fact, full, followed=entry.followed)
        path = self._shown_as(fact, path) if "?" in path else path
        if disk.lower().endswith("-flat.vmdk"):
            path, disk = path[: -len("-flat.vmdk")] + ".vmdk", ""
        elif not is_disk(disk):
            return
        at = self._at_place(fact, path)
        if entry.bytes is not None and (not disk or entry.bytes >= _SMALLEST_DISK):
            at.add_bytes(entry.bytes)
        if disk:
            at.seen.append(("", Seen(Place(fact.source, entry.line), fact.machine.name, path, answered=False)))
            at.wanted = at.wanted or self._volumes.is_on_pmem(fact.machine.name, full)

    def sized(self, fact: Fact, size: DiskSize) -> None:
        self._at_place(fact, self._path(fact, size.path, followed=size.followed)).add_bytes(size.bytes)

    def disks(self) -> list[Vmdk]:
        found: list[Vmdk] = []
        for place, at in self._at.items():
            if len(at.seen) == 1 and at.seen[0][0]:
                uuid, seen = at.seen[0]
                found.append(self._disk(place, at, uuid, (seen,)))
                continue
            by_uuid = at.by_uuid()
            uuids = sorted(uuid for uuid in by_uuid if uuid)
            if not uuids and at.wanted and by_uuid:
                uuids = [""]
            unanswered = by_uuid.get("", [])
            found += [self._disk(place, at, uuid, tuple(sorted([*by_uuid.get(uuid, []), *(unanswered if uuid else [])]))) for uuid in uuids]
        nameless: dict[str, list[Seen]] = {}
        for uuid, seen in self._nameless:
            nameless.setdefault(uuid, []).append(seen)
        nowhere = DiskPlace("", "", known=False)
        return found + [self._disk(nowhere, _AtPlace(), uuid, tuple(sorted(seen))) for uuid, seen in nameless.items()]

    def _disk(self, place: DiskPlace, at: _AtPlace, uuid: str, sightings: tuple[Seen, ...]) -> Vmdk:
        first = sightings[0]
        datastore, datastore_id = self._volumes.names(first.host, first.path)
        vm, _, name = place.inner.rpartition("/")
        return Vmdk(
            hosts_of(sightings),
            datastore,
            datastore_id,
            place.datastore,
            vm if place.known else vm.rpartition("/")[2],
            name,
            first.path,
            uuid,
            next(iter(at.bytes)) if at.bytes and len(at.bytes) == 1 else None,
            place.known and self._volumes.is_pmem(place.datastore),
            tuple(dict.fromkeys(at.errors)) if at.errors else (),
            sightings,
        )


def _folded(disks: list[Vmdk]) -> list[Vmdk]:
    """Add the sightings that do not say where to the one disk of that UUID that is known to be somewhere, if there is one.

    An answer without a file name, or with a name in an unknown directory, is a second sighting and no second disk as long as
    nothing in it says otherwise.
    """
    if all(disk.datastore for disk in disks):
        return disks
    known: dict[str, list[int]] = {}
    for index, disk in enumerate(disks):
        if disk.uuid and disk.datastore:
            known.setdefault(disk.uuid, []).append(index)
    homes = [_home(disk, disks, known) for disk in disks]
    more: dict[int, list[Seen]] = {}
    for disk, home in zip(disks, homes, strict=True):
        if home is not None:
            more.setdefault(home, []).extend(disk.sightings)
    return [_with_sightings(disk, more[index]) if index in more else disk for index, disk in enumerate(disks) if homes[index] is None]


def _home(disk: Vmdk, disks: list[Vmdk], known: dict[str, list[int]]) -> int | None:
    if not disk.uuid or disk.datastore:
        return None
    homes = known.get(disk.uuid, [])
    return homes[0] if len(homes) == 1 and disk.name in {"", disks[homes[0]].name} else None


def _with_sightings(disk: Vmdk, more: list[Seen]) -> Vmdk:
    sightings = sorted([*disk.sightings, *more])
    located = [seen for seen in sightings if seen.path.startswith("/")]
    return disk._replace(sightings=(*located, *(seen for seen in sightings if seen not in located)), hosts=hosts_of(sightings))

"""From sightings to vmdks: what was said of each place where a disk may lie is put together, and every disk is one.

An answer of ``vmkfstools``, a question that went unanswered, a listing and a size may all speak of one file.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from reconcile.disk_names import is_disk
from reconcile.made import made
from reconcile.parsers.blocks import Block, FolderAnswers
from reconcile.parsers.records import Answer, Asked, DiskSize, Entry, UuidSet
from reconcile.parsers.visits import VisitEntries, Visits
from reconcile.pieces import Pieces
from reconcile.plain_folders import DIRECTORY, FolderOf, PlainAnswers, PlainFolder, shows_no_disk
from reconcile.vmdk_order import folded, in_order
from reconcile.vmdks import Seen, Vmdk, alone, hosts_of
from reconcile.volumes import ROOT, DiskPlace, Volumes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.site import Fact, Place, SiteFacts

# A descriptor is a short text; VMware's own support script takes files of 1,024 bytes at most for one. No NVDIMM is smaller than this.
_SMALLEST_DISK = 1 << 20
# What a listing calls a file; one of names alone does not say.
_OF_FILES = frozenset({"", "file"})
# busybox's ls shows ? for each byte or, where it knows of UTF-8, each character that it cannot print.
_UNPRINTABLE = re.compile(r"[^ -~]")


class Vmdks(NamedTuple):
    """The disks, in natural order, and the directories whose followed facts contradict each other: host, directory, where."""

    disks: Pieces[Vmdk]
    doubtful: tuple[tuple[str, str, Place], ...]


def find_vmdks(facts: SiteFacts, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> Vmdks:
    """Make one vmdk of all sightings of it. `doubtful` is what `reconcile.followed.doubtful_directories` found."""
    places = _Places(volumes, doubtful)
    superseded = _superseded(facts)
    for fact, answers in facts.blocks(Answer):
        places.answers(fact, [answer for answer in answers if (fact.source, answer.line) not in superseded] if superseded else answers)
    for fact, asked in facts.of(Asked):
        places.asked(fact, asked)
    places.keep_answered()
    for fact, entries in facts.blocks(Entry):
        if isinstance(entries, VisitEntries) and not superseded:
            # They were taken with their answers.
            continue
        if not places.listed_plainly(fact, entries):
            for entry in entries:
                if entry.certain and entry.kind in _OF_FILES and entry.name.lower().endswith(".vmdk"):
                    places.listed(fact, entry)
    for fact, size in facts.of(DiskSize):
        places.sized(fact, size)
    disks = Pieces(in_order(*folded(places.plain_folders(), places.disks())))
    seen = sorted((host, directory, place) for (_, host, directory), place in doubtful.items())
    return Vmdks(disks, tuple(seen))


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
_Answered = tuple[str, Seen]
_Files = dict[str, "_AtPlace | _Answered"]


def _opened(files: _Files, name: str) -> _AtPlace:
    """Return what was said of a file so that more can be added."""
    said = files.get(name)
    if isinstance(said, _AtPlace):
        return said
    at = files[name] = _AtPlace()
    if said:
        at.seen.append(said)
    return at


class _Places:
    """Collects sightings by place."""

    def __init__(self, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> None:
        self._volumes = volumes
        self._doubtful = doubtful
        # By folder, whose `inner` ends in a slash or is empty, and by the file's name.
        self._folders: dict[DiskPlace, _Files | PlainAnswers | PlainFolder] = {}
        self._nameless: list[_Answered] = []
        # How many files of each folder answers name; and see `_as_shown`.
        self._answered: dict[DiskPlace, int] = {}
        self._shown: dict[tuple[str, str], list[str]] | None = None

    def _path(self, fact: Fact, path: str, *, followed: bool) -> str:
        """Return a path as far as it is certain: only the name where the directory was followed and is in doubt."""
        if followed:
            directory, _, name = path.rpartition("/")
            if (fact.source, fact.machine.name, directory) in self._doubtful:
                return name
        return path

    def _file(self, fact: Fact, path: str) -> tuple[_Files, str]:
        """Return what was said of the files in a file's folder, and the file's name in it."""
        place = self._volumes.file_place(fact.machine.name, path)
        # A name alone means something only in its own source.
        datastore = place.datastore if place.known or path.startswith("/") else f"{place.datastore}{fact.source}"
        end = place.inner.rfind("/") + 1
        return self._opened(DiskPlace(datastore, place.inner[:end], place.known)), place.inner[end:]

    def _opened(self, folder: DiskPlace) -> _Files:
        """Return what was said of a folder's files so that more can be added."""
        said = self._folders.get(folder)
        if isinstance(said, dict):
            return said
        files: _Files = {}
        self._folders[folder] = files
        for vmdk in () if said is None else self._plain(folder, said):
            for seen in vmdk.sightings:
                if seen.answered and vmdk.name not in files:
                    files[vmdk.name] = (vmdk.uuid, seen)
                else:
                    _opened(files, vmdk.name).seen.append((vmdk.uuid if seen.answered else "", seen))
        return files

    def _plain(self, place: DiskPlace, said: PlainAnswers | PlainFolder) -> PlainFolder:
        return said if isinstance(said, PlainFolder) else said.folder(place, self._volumes)

    def _at_place(self, fact: Fact, path: str) -> _AtPlace:
        return _opened(*self._file(fact, path))

    def answers(self, fact: Fact, answers: Sequence[Answer]) -> None:
        """Take the answers of one part. Mostly one folder is asked file by file, so it is not looked up for each of them."""
        if isinstance(answers, Visits):
            self._visited(fact, answers)
            return
        if self._answered_plainly(fact, answers):
            return
        source, host = fact.source, fact.machine.name
        files: _Files = {}
        before = ""
        for line, folder, shown, uuid, followed in answers:
            path = self._path(fact, folder + shown, followed=True) if followed else folder + shown
            seen = Seen(source, line, host, path, answered=True)
            directory, _, name = path.rpartition("/")
            if not path:
                self._nameless.append((uuid, seen))
                continue
            if directory != before or not before:
                files, name = self._file(fact, path)
                before = directory if directory.startswith(ROOT) else ""
            if name in files:
                _opened(files, name).seen.append((uuid, seen))
            else:
                files[name] = (uuid, seen)

    def _visited(self, fact: Fact, visits: Visits) -> None:
        """Take visits' answers and listings as they stand, each of which is the first that speaks of its folder."""
        host, folders = fact.machine.name, self._folders
        above = self._volumes.place(host, visits.above)
        inside = f"{above.inner}/" if above.inner else ""
        identity, root = above.datastore, f"{visits.above}/"[: len(visits.above) + 1 - len(inside)]
        of = FolderOf(
            alone(host), *self._volumes.names(host, root), identity, self._volumes.is_pmem(identity), root, fact.source, fact.source
        )
        for index, (line, name, shown, shape) in enumerate(zip(visits.lines, visits.folders, visits.shown, visits.shapes, strict=True)):
            vm = inside + name
            place: DiskPlace = made(DiskPlace, (identity, f"{vm}/", True))
            if place not in folders:
                folders[place] = PlainFolder(of, vm, line, shown, shape)
                continue
            self.answers(fact, tuple(visits.answers_of(index)))
            for entry in visits.entries_of(index):
                if entry.certain:
                    self.listed(fact, entry)

    def _answered_plainly(self, fact: Fact, answers: Sequence[Answer]) -> bool:
        """Take answers as they stand where they are plain, and the first about their folder; else return False."""
        place = self._folder(fact, answers.folder[:-1]) if isinstance(answers, FolderAnswers) else None
        if not isinstance(answers, FolderAnswers) or place is None or place in self._folders:
            return False
        self._folders[place] = PlainAnswers(fact, answers)
        return True

    def _folder(self, fact: Fact, directory: str) -> DiskPlace | None:
        """Return which folder a directory is, or None where that is not known."""
        found = self._volumes.folder(fact.machine.name, directory)
        return DiskPlace(found[0], f"{found[1]}/" if found[1] else "", known=True) if found else None

    def listed_plainly(self, fact: Fact, entries: Sequence[Entry]) -> bool:
        """Take a listing as it stands where it shows no disk for certain, or each of a plain folder's once; else return False."""
        if not isinstance(entries, Block) or shows_no_disk(entries):
            return isinstance(entries, Block)
        directory = entries.columns[DIRECTORY]
        place = self._folder(fact, directory) if isinstance(directory, str) else None
        said = self._folders.get(place) if place else None
        return isinstance(said, PlainAnswers) and said.is_listed_by(fact, entries)

    def keep_answered(self) -> None:
        """Remember which places answers name, before listings add others behind them."""
        self._answered = {folder: len(said) for folder, said in self._folders.items()}

    def _shown_as(self, fact: Fact, path: str) -> str:
        """Return the path that a listing means which shows ``?`` for what it cannot print, where an answer says which that is."""
        place = self._volumes.place(fact.machine.name, path)
        end = place.inner.rfind("/") + 1
        said = self._folders.get(place._replace(inner=place.inner[:end]))
        if said and place.inner[end:] in (said if isinstance(said, dict) else said.names):
            return path
        if self._shown is None:
            self._shown = self._as_shown()
        meant = self._shown.get((place.datastore, place.inner), [])
        return f"{path[: len(path) - len(place.inner)]}{meant[0]}" if len(meant) == 1 else path

    def _as_shown(self) -> dict[tuple[str, str], list[str]]:
        """Return the paths that answers name, by datastore and path as a listing shows it."""
        found: dict[tuple[str, str], list[str]] = {}
        for folder, count in self._answered.items():
            said = self._folders[folder]
            for name in islice(said if isinstance(said, dict) else said.names, count):
                for shown in {_UNPRINTABLE.sub("?", name), _UNPRINTABLE.sub(lambda one: "?" * len(one[0].encode()), name)} - {name}:
                    found.setdefault((folder.datastore, f"{folder.inner}{shown}"), []).append(f"{folder.inner}{name}")
        return found

    def asked(self, fact: Fact, asked: Asked) -> None:
        path = self._path(fact, asked.path, followed=asked.followed)
        if not is_disk(path):
            return
        at = self._at_place(fact, path)
        at.seen.append(("", Seen(fact.source, asked.line, fact.machine.name, path, answered=False)))
        at.wanted = at.wanted or not path.startswith("/vmfs/") or self._volumes.is_on_pmem(fact.machine.name, path)
        if asked.error:
            at.errors = [*(at.errors or ()), asked.error]

    def listed(self, fact: Fact, entry: Entry) -> None:
        disk = entry.name
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
            at.seen.append(("", Seen(fact.source, entry.line, fact.machine.name, path, answered=False)))
            at.wanted = at.wanted or self._volumes.is_on_pmem(fact.machine.name, full)

    def sized(self, fact: Fact, size: DiskSize) -> None:
        self._at_place(fact, self._path(fact, size.path, followed=size.followed)).add_bytes(size.bytes)

    def plain_folders(self) -> list[PlainFolder]:
        """Return the plain folders."""
        return [
            said if type(said) is PlainFolder else self._plain(place, said)
            for place, said in self._folders.items()
            if not isinstance(said, dict)
        ]

    def disks(self) -> list[Vmdk]:
        """Return the disks that are in no plain folder."""
        found = [disk for place, said in self._folders.items() if isinstance(said, dict) for disk in self._disks_in(place, said)]
        nameless: dict[str, list[Seen]] = {}
        for uuid, seen in self._nameless:
            nameless.setdefault(uuid, []).append(seen)
        return found + [_nowhere(uuid, tuple(sorted(seen))) for uuid, seen in nameless.items()]

    def _disks_in(self, folder: DiskPlace, files: _Files) -> Iterator[Vmdk]:
        datastore, inner, known = folder
        vm = inner[:-1] if known else inner[:-1].rpartition("/")[2]
        on_pmem = known and self._volumes.is_pmem(datastore)
        names = self._volumes.names
        for name, said in files.items():
            if isinstance(said, tuple):
                uuid, seen = said
                shown = names(seen.host, seen.path)
                yield Vmdk(hosts_of((seen,)), *shown, datastore, vm, name, seen.path, uuid, None, on_pmem, (), (seen,))
                continue
            for uuid, sightings in said.by_uuid():
                first = sightings[0]
                shown = names(first.host, first.path)
                yield Vmdk(
                    hosts_of(sightings), *shown, datastore, vm, name, first.path, uuid, said.size(), on_pmem, said.causes(), sightings
                )


def _nowhere(uuid: str, sightings: tuple[Seen, ...]) -> Vmdk:
    """Return the disk of a UUID that was answered for a file which nothing names."""
    return Vmdk(hosts_of(sightings), "", "", "", "", "", "", uuid, None, on_pmem=False, errors=(), sightings=sightings)

"""From sightings to vmdks: what was said of each place where a disk may lie is put together, and every disk is one.

An answer of ``vmkfstools``, a question that went unanswered, a listing and a size may all speak of one file.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.chained_sequence import Pieces
from reconcile.base.named_tuples import made
from reconcile.facts.folder_visits import VisitEntries, Visits
from reconcile.facts.record_blocks import Block, FolderAnswers, may_hold
from reconcile.facts.records import Answer, Asked, DiskSize, Entry
from reconcile.facts.vmfs_names import is_disk
from reconcile.inventory.datastores import ROOT, DiskPlace, Volumes
from reconcile.inventory.folder_files import EXTENT, SMALLEST_DISK, AtPlace, FolderFiles, Snapshot, files_of, nowhere, opened
from reconcile.inventory.order_vmdks import folded, in_order
from reconcile.inventory.uniform_folders import DIRECTORY, FolderOf, PlainAnswers, PlainFolder, shows_no_disk
from reconcile.inventory.vmdks import Seen, Vmdk, alone
from reconcile.inventory.void_uuids import find_void_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.inventory.folder_files import Answered, Files
    from reconcile.machines.places import Fact, Place
    from reconcile.machines.site_facts import SiteFacts

# What a listing calls a file; one of names alone does not say.
_OF_FILES = frozenset({"", "file"})
# busybox's ls shows ? for each byte or, where it knows of UTF-8, each character that it cannot print.
_UNPRINTABLE = re.compile(r"[^ -~]")


class Vmdks(NamedTuple):
    """The disks, in natural order, and the directories whose followed facts contradict each other: host, directory, where.

    `snapshots` are those of disks; `unknown` are the folders, datastore and path in it, that hold a disk of unknown UUID;
    `several` are the files, so too, that were seen with several UUIDs, and `void` folders with the UUIDs that setuuid made void there.
    """

    disks: Pieces[Vmdk]
    doubtful: tuple[tuple[str, str, Place], ...]
    snapshots: tuple[Snapshot, ...]
    unknown: frozenset[tuple[str, str]]
    several: frozenset[tuple[str, str]]
    void: frozenset[tuple[tuple[str, str], str]]


def find_vmdks(facts: SiteFacts, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> Vmdks:
    """Make one vmdk of all sightings of it. `doubtful` is what `reconcile.inventory.doubtful_directories.doubtful_directories` found."""
    places = _Places(volumes, doubtful)
    has_links = places.link(facts)
    void = find_void_answers(facts, places.place_of)
    for fact, answers in facts.blocks(Answer):
        if not void and not has_links:
            places.answers(fact, answers)
            continue
        places.answers(fact, [answer for answer in answers if (fact.source, answer.line) not in void])
        places.voided(fact, [answer for answer in answers if (fact.source, answer.line) in void])
    for fact, asked in facts.of(Asked):
        places.asked(fact, asked)
    places.keep_answered()
    for fact, entries in facts.blocks(Entry):
        if isinstance(entries, VisitEntries) and not void and not has_links:
            # They were taken with their answers.
            continue
        if not places.listed_plainly(fact, entries):
            places.listing(fact, entries)
    for fact, size in facts.of(DiskSize):
        places.sized(fact, size)
    others = places.others()
    disks = Pieces(in_order(*folded(places.plain_folders(), others.disks, volumes)))
    seen = sorted((host, directory, place) for (_, host, directory), place in doubtful.items())
    return Vmdks(disks, tuple(seen), tuple(others.snapshots), places.unknown(), places.several(others.disks), frozenset(places.void))


class _Places:
    """Collects sightings by place."""

    def __init__(self, volumes: Volumes, doubtful: dict[tuple[int, str, str], Place]) -> None:
        self._volumes = volumes
        self._doubtful = doubtful
        # Folders, each with a UUID that a file there had, as far as a void answer tells.
        self.void: set[tuple[tuple[str, str], str]] = set()
        # By folder, whose `inner` ends in a slash or is empty, and by the file's name.
        self._folders: dict[DiskPlace, Files | PlainAnswers | PlainFolder] = {}
        self._nameless: list[Answered] = []
        # How many files of each folder answers name; and see `_as_shown`.
        self._answered: dict[DiskPlace, int] = {}
        self._shown: dict[tuple[str, str], list[str]] | None = None
        self._unknown: frozenset[tuple[str, str]] = frozenset()
        self._links: dict[DiskPlace, str] = {}
        # How often one listing shows a name that has a ?, by datastore and path as shown.
        self._alike: dict[tuple[str, str], int] = {}

    def _path(self, fact: Fact, path: str, *, followed: bool) -> str:
        """Return a path as far as it is certain: only the name where the directory was followed and is in doubt."""
        if followed:
            directory, _, name = path.rpartition("/")
            if (fact.source, fact.machine.name, directory) in self._doubtful:
                return name
        return path

    def _file(self, fact: Fact, path: str) -> tuple[Files, str]:
        """Return what was said of the files in a file's folder, and the file's name in it."""
        place = self._place(fact, path)
        end = place.inner.rfind("/") + 1
        return self._opened(place._replace(inner=place.inner[:end])), place.inner[end:]

    def _place(self, fact: Fact, path: str) -> DiskPlace:
        place = self._volumes.file_place(fact.machine.name, path)
        if place.known or path.startswith("/"):
            return place
        # A name alone means something only in its own source.
        return place._replace(datastore=f"{place.datastore}{fact.source}")

    def link(self, facts: SiteFacts) -> bool:
        """Remember which files are links to others, and tell whether there are any: what answers through a link is no second file."""
        for fact, entries in facts.blocks(Entry):
            for entry in entries if may_hold(entries, _KIND, "link") else ():
                if entry.kind == "link" and entry.directory and entry.target.lower().endswith(".vmdk"):
                    place = self._place(fact, f"{entry.directory}/{entry.name}")
                    self._links[place] = posixpath.normpath(posixpath.join(entry.directory, entry.target))
        return bool(self._links)

    def _resolved(self, fact: Fact, path: str) -> str:
        return self._links.get(self._place(fact, path), path) if self._links else path

    def place_of(self, fact: Fact, path: str, followed: bool) -> DiskPlace:  # noqa: FBT001 -- a column of what is asked about
        """Return which file a path means."""
        return self._place(fact, self._resolved(fact, self._path(fact, path, followed=followed)))

    def _opened(self, folder: DiskPlace) -> Files:
        """Return what was said of a folder's files so that more can be added."""
        said = self._folders.get(folder)
        if isinstance(said, dict):
            return said
        files: Files = {}
        self._folders[folder] = files
        for vmdk in () if said is None else self._plain(folder, said):
            for seen in vmdk.sightings:
                if seen.answered and vmdk.name not in files:
                    files[vmdk.name] = (vmdk.uuid, seen)
                else:
                    opened(files, vmdk.name).seen.append((vmdk.uuid if seen.answered else "", seen))
        return files

    def _plain(self, place: DiskPlace, said: PlainAnswers | PlainFolder) -> PlainFolder:
        return said if isinstance(said, PlainFolder) else said.folder(place, self._volumes)

    def _at_place(self, fact: Fact, path: str) -> AtPlace:
        return opened(*self._file(fact, path))

    def answers(self, fact: Fact, answers: Sequence[Answer]) -> None:
        """Take the answers of one part. Mostly one folder is asked file by file, so it is not looked up for each of them."""
        if isinstance(answers, Visits):
            self._visited(fact, answers)
            return
        if self._answered_plainly(fact, answers):
            return
        source, host = fact.source, fact.machine.name
        files: Files = {}
        before = ""
        for line, folder, shown, uuid, followed in answers:
            path = self._path(fact, folder + shown, followed=True) if followed else folder + shown
            path = self._resolved(fact, path)
            seen = Seen(source, line, host, path, answered=True)
            directory, _, name = path.rpartition("/")
            if not path:
                self._nameless.append((uuid, seen))
                continue
            if directory != before or not before:
                files, name = self._file(fact, path)
                before = directory if directory.startswith(ROOT) else ""
            if name in files:
                opened(files, name).seen.append((uuid, seen))
            else:
                files[name] = (uuid, seen)

    def voided(self, fact: Fact, answers: Sequence[Answer]) -> None:
        """Take answers that are void: the files are there, and their UUIDs are not known by them."""
        for answer in answers:
            path = self._resolved(fact, self._path(fact, answer.path, followed=answer.followed))
            at = self._at_place(fact, path)
            at.seen.append(("", Seen(fact.source, answer.line, fact.machine.name, path, answered=False)))
            at.wanted = True
            place = self._place(fact, path)
            if place.known:
                self.void.add(((place.datastore, place.inner.rpartition("/")[0]), answer.uuid))

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
        names = answers.texts(_NAME_OF_ANSWER)
        if "-" in "".join(names) and not all(map(is_disk, names)):
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

    def _shown_as(self, fact: Fact, path: str, nth: int) -> tuple[str, bool]:
        """Return the path that a listing means which shows ``?`` for what it cannot print, where answers say which that is.

        It is the `nth` of that listing that is shown so. What answers name that fits it are these files; tell also whether it is known which.
        """
        place = self._volumes.place(fact.machine.name, path)
        shown = (place.datastore, place.inner)
        self._alike[shown] = max(self._alike.get(shown, 0), nth + 1)
        end = place.inner.rfind("/") + 1
        said = self._folders.get(place._replace(inner=place.inner[:end]))
        if said and nth == 0 and place.inner[end:] in (said if isinstance(said, dict) else said.names):
            return path, True
        if self._shown is None:
            self._shown = self._as_shown()
        meant = self._shown.get(shown, [])
        if nth >= len(meant):
            return path, True
        return f"{path[: len(path) - len(place.inner)]}{meant[nth]}", len(meant) == 1

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
        """Take a question that got no UUID."""
        path = self._resolved(fact, self._path(fact, asked.path, followed=asked.followed))
        if not path.lower().endswith(".vmdk"):
            return
        at = self._at_place(fact, path)
        at.seen.append(("", Seen(fact.source, asked.line, fact.machine.name, path, answered=False)))
        at.wanted = True
        if asked.error:
            at.errors = [*(at.errors or ()), asked.error]

    def listing(self, fact: Fact, entries: Sequence[Entry]) -> None:
        """Take a listing name by name."""
        times: Counter[tuple[int, str, str]] = Counter()
        for entry in entries:
            if entry.certain and entry.kind in _OF_FILES and entry.name.lower().endswith(".vmdk"):
                shown = (entry.answer, entry.directory, entry.name)
                self.listed(fact, entry, times[shown])
                times[shown] += "?" in entry.name

    def listed(self, fact: Fact, entry: Entry, nth: int = 0) -> None:
        """Take a name in a listing, the `nth` of that listing that is shown so."""
        full = f"{entry.directory}/{entry.name}" if entry.directory else entry.name
        path = self._path(fact, full, followed=entry.followed)
        path, is_sure = self._shown_as(fact, path, nth) if "?" in path else (path, True)
        at = self._at_place(fact, path)
        if entry.bytes is not None and is_sure and (entry.bytes >= SMALLEST_DISK or path.lower().endswith(EXTENT)):
            at.add_bytes(entry.bytes)
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

    def others(self) -> FolderFiles:
        """Return the disks that are in no plain folder, and the snapshots of these."""
        found = [(folder, files_of(folder, said, self._volumes)) for folder, said in self._folders.items() if isinstance(said, dict)]
        self._unknown = frozenset((folder.datastore, folder.inner[:-1]) for folder, files in found if folder.known and files.has_unknown)
        nameless: dict[tuple[str, str], list[Seen]] = {}
        for uuid, seen in self._nameless:
            nameless.setdefault((uuid, seen.host), []).append(seen)
        disks = [disk for _, files in found for disk in files.disks]
        disks += [nowhere(uuid, seen) for (uuid, _), seen in nameless.items()]
        return FolderFiles(disks, [snapshot for _, files in found for snapshot in files.snapshots], bool(self._unknown))

    def unknown(self) -> frozenset[tuple[str, str]]:
        """Return the folders that hold a disk of unknown UUID, once `others` was asked."""
        return self._unknown

    def several(self, disks: Sequence[Vmdk]) -> frozenset[tuple[str, str]]:
        """Return the places of files that were seen with several UUIDs. Names that a listing shows as often are as many files."""
        times = Counter(disk.place for disk in disks if disk.uuid and disk.place)
        return frozenset(place for place, count in times.items() if count > max(1, self._alike.get(place, 0)))


_KIND = Entry._fields.index("kind")
_NAME_OF_ANSWER = Answer._fields.index("name")

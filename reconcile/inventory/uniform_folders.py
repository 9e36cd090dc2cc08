"""Plain folders: one host answered for each of a VM's disks once, and listed the folder at most once, and nothing else is known of them.

Nearly every folder of a fleet is such. Its disks are kept as columns, and a vmdk is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from reconcile.base.named_tuples import made
from reconcile.base.uuid_text import uuid_text
from reconcile.facts.folder_visits import VisitShape
from reconcile.facts.records import Answer, Entry
from reconcile.facts.vmfs_names import is_disk
from reconcile.inventory.vmdks import Seen, Vmdk, alone

if TYPE_CHECKING:
    from reconcile.facts.record_blocks import Block, FolderAnswers
    from reconcile.inventory.datastores import DiskPlace, Volumes
    from reconcile.machines.places import Fact


class FolderOf(NamedTuple):
    """What is the same of all plain folders of one part of a source: where they are, as whom it was said, and in which source.

    `root` is the datastore's path as the host was asked, with a slash at its end; `listed_in` is the source of the listing, if there is one.
    """

    hosts: tuple[str, ...]
    datastore: str
    datastore_id: str
    identity: str
    on_pmem: bool
    root: str
    source: int
    listed_in: int


class PlainFolder(Sequence[Vmdk]):
    """The disks of one folder in natural order.

    `vm` is its path in the datastore, `line` what the lines of `shape` count from. `shown` are the UUIDs with dashes.
    """

    __slots__ = ("line", "of", "shape", "shown", "vm")

    def __init__(self, of: FolderOf, vm: str, line: int, shown: tuple[str, ...], shape: VisitShape) -> None:
        self.of = of
        self.vm = vm
        self.line = line
        self.shown = shown
        self.shape = shape

    @property
    def uuids(self) -> tuple[str, ...]:
        """The UUIDs, 32 digits each."""
        return tuple([shown.replace("-", "") for shown in self.shown])

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names."""
        return self.shape.names(self.vm[self.vm.rfind("/") + 1 :])

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the answers."""
        line = self.line
        return tuple([line + at for at in self.shape.answered])

    @property
    def listed(self) -> tuple[int, ...]:
        """The lines of the names in the listing, none where the folder was not listed or its names were not told apart for certain."""
        line = self.line
        return tuple([line + at for at in self.shape.listed_of]) if self.shape.is_certain else ()

    @property
    def directory(self) -> str:
        """The folder's path as the host was asked, with a slash at its end."""
        return f"{self.of.root}{self.vm}/" if self.vm else self.of.root

    def __len__(self) -> int:
        return len(self.shown)

    def __iter__(self) -> Iterator[Vmdk]:
        listed = self.listed or (None,) * len(self.shown)
        return map(self._disk, self.names, self.shown, self.lines, listed)

    def _disk(self, name: str, shown: str, line: int, listed: int | None) -> Vmdk:
        of, path = self.of, self.directory + name
        seen: tuple[Seen, ...] = (made(Seen, (of.source, line, of.hosts[0], path, True)),)
        if listed is not None:
            also = Seen(of.listed_in, listed, of.hosts[0], path, answered=False)
            seen = (also, *seen) if also < seen[0] else (*seen, also)
        uuid = shown.replace("-", "")
        return made(Vmdk, (of.hosts, of.datastore, of.datastore_id, of.identity, self.vm, name, path, uuid, None, of.on_pmem, (), seen))

    @overload
    def __getitem__(self, index: int) -> Vmdk: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Vmdk]: ...
    def __getitem__(self, index: int | slice) -> Vmdk | Sequence[Vmdk]:
        if isinstance(index, slice):
            return tuple(self)[index]
        return self._disk(self.names[index], self.shown[index], self.lines[index], self.listed[index] if self.shape.is_certain else None)

    @property
    def host(self) -> str:
        """The host."""
        return self.of.hosts[0]

    @property
    def folder(self) -> tuple[str, str] | None:
        """What identifies the VM's folder, or None where it is not known; see `Vmdk.folder`."""
        return (self.of.identity, self.vm) if self.of.datastore and self.vm else None


class PlainAnswers:
    """What was said of a folder by one row of plain answers, and by one plain listing at most."""

    __slots__ = ("answers", "fact", "listing", "listing_fact")

    def __init__(self, fact: Fact, answers: FolderAnswers) -> None:
        self.fact = fact
        self.answers = answers
        self.listing_fact = fact
        self.listing: Block[Entry] | None = None

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names."""
        return self.answers.texts(_NAME_OF_ANSWER)

    def is_listed_by(self, fact: Fact, entries: Block[Entry]) -> bool:
        """Take a listing where it is the first, of the same machine and directory, and shows each disk once; tell whether it was taken."""
        if self.listing or self.fact.machine != fact.machine or entries.columns[DIRECTORY] != self.answers.folder[:-1]:
            return False
        if any(entries.columns[field] != value for field, value in _PLAINLY_LISTED):
            return False
        names = self.names
        disks = [name for name in entries.texts(_NAME) if name.lower().endswith(".vmdk")]
        if len(disks) != len(names) or set(disks) != set(names) or not all(map(is_disk, disks)):
            return False
        self.listing_fact, self.listing = fact, entries
        return True

    def folder(self, place: DiskPlace, volumes: Volumes) -> PlainFolder:
        """Return the folder, which is `place`, with its disks."""
        directory, names, vm = self.answers.folder, self.names, place.inner[:-1]
        host = self.fact.machine.name
        root = directory[: len(directory) - len(place.inner)]
        of = FolderOf(
            alone(host), *volumes.names(host, directory), place.datastore, volumes.is_pmem(place.datastore), root,
            self.fact.source, self.listing_fact.source,
        )  # fmt: skip
        shape = VisitShape(names, False, self.answers.numbers(0), *self._listed(names), self.listing is not None)  # noqa: FBT003 -- a column
        return PlainFolder(of, vm, 0, tuple(map(uuid_text, self.answers.texts(_UUID))), shape)

    def _listed(self, names: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return which of the names the listing's disks are, and their lines."""
        if self.listing is None:
            return (), ()
        place_of = {name: place for place, name in enumerate(names)}
        found = [
            (place_of[name], line)
            for name, line in zip(self.listing.texts(_NAME), self.listing.numbers(0), strict=True)
            if name in place_of
        ]
        places, lines = zip(*found, strict=True)
        return places, lines


def shows_no_disk(entries: Block[Entry]) -> bool:
    """Tell whether a listing shows no disk for certain."""
    names = entries.texts(_NAME)
    return entries.columns[_CERTAIN] is False or (bool(names) and ".vmdk" not in "\n".join(names).lower())


_NAME_OF_ANSWER, _UUID = (Answer._fields.index(name) for name in ("name", "uuid"))
DIRECTORY, _NAME, _CERTAIN = (Entry._fields.index(name) for name in ("directory", "name", "certain"))
_PLAINLY_LISTED = [
    (Entry._fields.index(name), value) for name, value in (("kind", ""), ("bytes", None), ("followed", False), ("certain", True))
]

"""Plain folders: one host answered for each of a VM's disks once, and listed the folder at most once, and nothing else is known of them.

Nearly every folder of a fleet is such. Its disks are kept as columns, and a vmdk is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from reconcile.parsers.records import Answer, Entry
from reconcile.vmdks import Seen, Vmdk, alone, is_disk

if TYPE_CHECKING:
    from reconcile.parsers.blocks import Block, FolderAnswers
    from reconcile.site import Fact
    from reconcile.volumes import DiskPlace, Volumes


@dataclass(slots=True, eq=False)  # not frozen: there are 100,000, and to set each field past the freeze takes longer than all else
class PlainFolder(Sequence[Vmdk]):
    """The disks of one folder in natural order. `directory` is the folder's path as the host was asked, with a slash at its end.

    `lines` are those of the answers in the source with index `source`, `listed` those of the listing in `listed_in`, empty where the
    folder was not listed.
    """

    hosts: tuple[str, ...]
    datastore: str
    datastore_id: str
    identity: str
    vm: str
    on_pmem: bool
    directory: str
    names: tuple[str, ...]
    uuids: tuple[str, ...]
    source: int
    lines: tuple[int, ...]
    listed_in: int
    listed: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Vmdk]:
        return map(self._disk, range(len(self.names)))

    @overload
    def __getitem__(self, index: int) -> Vmdk: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Vmdk]: ...
    def __getitem__(self, index: int | slice) -> Vmdk | Sequence[Vmdk]:
        return tuple(self)[index] if isinstance(index, slice) else self._disk(range(len(self.names))[index])

    @property
    def host(self) -> str:
        """The host."""
        return self.hosts[0]

    @property
    def folder(self) -> tuple[str, str] | None:
        """What identifies the VM's folder, or None where it is not known; see `Vmdk.folder`."""
        return (self.identity, self.vm) if self.datastore and self.vm else None

    def _disk(self, index: int) -> Vmdk:
        name = self.names[index]
        path = self.directory + name
        seen: tuple[Seen, ...] = (Seen(self.source, self.lines[index], self.hosts[0], path, answered=True),)
        if self.listed:
            listed = Seen(self.listed_in, self.listed[index], self.hosts[0], path, answered=False)
            seen = (listed, *seen) if listed < seen[0] else (*seen, listed)
        return Vmdk(
            self.hosts,
            self.datastore,
            self.datastore_id,
            self.identity,
            self.vm,
            name,
            path,
            self.uuids[index],
            None,
            self.on_pmem,
            (),
            seen,
        )


class PlainAnswers:
    """What was said of a folder by one row of plain answers, and by one plain listing at most."""

    __slots__ = ("answers", "fact", "listing", "listing_fact")

    def __init__(self, fact: Fact, answers: FolderAnswers) -> None:
        self.fact = fact
        self.answers = answers
        self.listing_fact = fact
        self.listing: Block[Entry] | None = None

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
        lines, directory, names, uuids = self.answers.numbers(0), self.answers.folder, self.names, self.answers.texts(_UUID)
        host = self.fact.machine.name
        return PlainFolder(
            alone(host), *volumes.names(host, directory), place.datastore, place.inner[:-1], volumes.is_pmem(place.datastore),
            directory, names, uuids, self.fact.source, lines, self.listing_fact.source, self._listed(names),
        )  # fmt: skip

    def _listed(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Return on which line of its listing each of the names stands."""
        if self.listing is None:
            return ()
        if self.listing.texts(_NAME) == names:
            return self.listing.numbers(0)
        line_of = dict(zip(self.listing.texts(_NAME), self.listing.numbers(0), strict=True))
        return tuple([line_of[name] for name in names])


def shows_no_disk(entries: Block[Entry]) -> bool:
    """Tell whether a listing shows no disk for certain."""
    names = entries.texts(_NAME)
    return entries.columns[_CERTAIN] is False or (bool(names) and ".vmdk" not in "\n".join(names).lower())


_NAME_OF_ANSWER, _UUID = (Answer._fields.index(name) for name in ("name", "uuid"))
DIRECTORY, _NAME, _CERTAIN = (Entry._fields.index(name) for name in ("directory", "name", "certain"))
_PLAINLY_LISTED = [
    (Entry._fields.index(name), value) for name, value in (("kind", ""), ("bytes", None), ("followed", False), ("certain", True))
]

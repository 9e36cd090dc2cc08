"""Plain folders: one host answered for each of a VM's disks once, and listed the folder at most once, and nothing else is known of them.

Nearly every folder of a fleet is such. Its disks are kept as columns, and a vmdk is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, overload

from reconcile.order import natural
from reconcile.parsers.blocks import Block
from reconcile.parsers.records import Answer, Entry
from reconcile.vmdks import Seen, Vmdk, alone, is_disk

if TYPE_CHECKING:
    from reconcile.site import Fact
    from reconcile.volumes import DiskPlace, Volumes

# What a number goes on with: pmem1 is no beginning of pmem10.vmdk.
_FIGURES = frozenset("0123456789")


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
    """What was said of a folder by one row of plain answers, each about another file, and by one plain listing at most."""

    __slots__ = ("answers", "directory", "fact", "listing", "listing_fact", "names")

    def __init__(self, fact: Fact, answers: Block[Answer], directory: str, names: tuple[str, ...]) -> None:
        self.fact = fact
        self.answers = answers
        self.directory = directory
        self.names = names
        self.listing_fact = fact
        self.listing: Block[Entry] | None = None

    def is_listed_by(self, fact: Fact, entries: Block[Entry]) -> bool:
        """Take a listing where it is the first, of the same machine and directory, and shows each disk once; tell whether it was taken."""
        if self.listing or self.fact.machine != fact.machine or entries.columns[DIRECTORY] != self.directory[:-1]:
            return False
        if any(entries.columns[field] != value for field, value in _PLAINLY_LISTED):
            return False
        disks = [name for name in entries.texts(_NAME) if name.lower().endswith(".vmdk")]
        if len(disks) != len(self.names) or set(disks) != set(self.names) or not all(map(is_disk, disks)):
            return False
        self.listing_fact, self.listing = fact, entries
        return True

    def folder(self, place: DiskPlace, volumes: Volumes) -> PlainFolder:
        """Return the folder, which is `place`, with its disks."""
        names, uuids, lines, listed = self.names, self.answers.texts(_UUID), self.answers.numbers(0), self._listed()
        vm = place.inner[:-1]
        order = order_of(vm, names)
        if order != tuple(range(len(names))):
            names, uuids = tuple([names[at] for at in order]), tuple([uuids[at] for at in order])
            lines, listed = tuple([lines[at] for at in order]), tuple([listed[at] for at in order] if listed else ())
        host = self.fact.machine.name
        return PlainFolder(
            alone(host), *volumes.names(host, self.directory), place.datastore, vm, volumes.is_pmem(place.datastore),
            self.directory, names, uuids, self.fact.source, lines, self.listing_fact.source, listed,
        )  # fmt: skip

    def _listed(self) -> tuple[int, ...]:
        """Return on which line of its listing each of the names stands."""
        if self.listing is None:
            return ()
        if self.listing.texts(_NAME) == self.names:
            return self.listing.numbers(0)
        line_of = dict(zip(self.listing.texts(_NAME), self.listing.numbers(0), strict=True))
        return tuple([line_of[name] for name in self.names])


def plain_answers(fact: Fact, answers: Sequence[Answer]) -> PlainAnswers | None:
    """Return answers about one folder's files, each about another, or None where they are not that."""
    if not isinstance(answers, Block):
        return None
    lines, directory, _, _, followed = answers.columns
    names = answers.texts(_NAME_OF_ANSWER)
    if not isinstance(directory, str) or not directory or followed is not False or len(set(names)) < len(names):
        return None
    return PlainAnswers(fact, answers, directory, names) if names and type(lines) is tuple and answers.texts(_UUID) else None


def shows_no_disk(entries: Block[Entry]) -> bool:
    """Tell whether a listing shows no disk for certain."""
    names = entries.texts(_NAME)
    return entries.columns[_CERTAIN] is False or (bool(names) and ".vmdk" not in "\n".join(names).lower())


_NAME_OF_ANSWER, _UUID = (Answer._fields.index(name) for name in ("name", "uuid"))
DIRECTORY, _NAME, _CERTAIN = (Entry._fields.index(name) for name in ("directory", "name", "certain"))
_PLAINLY_LISTED = [
    (Entry._fields.index(name), value) for name, value in (("kind", ""), ("bytes", None), ("followed", False), ("certain", True))
]


def order_of(vm: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return the indexes of a folder's names in their natural order."""
    # Most are called after their VM. Then the rest of the name decides, and the same few rests are met in every folder.
    end = len(vm)
    for name in names:
        if not name.startswith(vm) or name[end : end + 1] in _FIGURES:
            end = 0
            break
    return _in_order(tuple([name[end:] for name in names]))


@lru_cache(maxsize=1 << 12)
def _in_order(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(names)), key=lambda index: natural(names[index])))

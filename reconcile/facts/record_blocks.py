"""Records of one kind, kept as columns: what all have in common stands once, and a record is made when it is asked for.

A fleet has a million records, and nearly all stand in rows of alike ones: the disks of a folder, the dimms of a guest. As columns they
take a third of the memory and of the time that handing each on by itself takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from reconcile.base.named_tuples import made
from reconcile.base.natural_order import order_of
from reconcile.facts.records import Answer, Dimm

if TYPE_CHECKING:
    from reconcile.facts.records import Record

RecordType = TypeVar("RecordType", bound="Record", covariant=True)  # noqa: PLC0105 -- of a sequence that nobody adds to
# A value that all records share, or a tuple with one for each.
Column = str | int | None | tuple[str | int | None, ...]


class Block(Sequence[RecordType], Generic[RecordType]):
    """Records of one kind, at least one. `columns` has their fields in order; at least one of them is a tuple."""

    __slots__ = ("_size", "columns", "kind")

    def __init__(self, kind: type[RecordType], columns: Sequence[Column]) -> None:
        self.kind = kind
        self.columns = columns
        self._size = 0

    def texts(self, field: int) -> tuple[str, ...]:
        """Return the text that each record has of its own in a field of texts, nothing where they share one."""
        column = self.columns[field]
        return column if type(column) is tuple else ()  # type: ignore[return-value]  # a field of texts has texts

    def numbers(self, field: int) -> tuple[int, ...]:
        """Return the number that each record has of its own in a field of numbers, nothing where they share one."""
        column = self.columns[field]
        return column if type(column) is tuple else ()  # type: ignore[return-value]  # and one of numbers numbers

    def may_hold(self, field: int, value: str | int | None) -> bool:
        """Tell whether a field may have a value in any record: not where all have another one in common."""
        column = self.columns[field]
        return value in column if type(column) is tuple else column == value

    def __len__(self) -> int:
        self._size = self._size or next(len(column) for column in self.columns if type(column) is tuple)
        return self._size

    def __iter__(self) -> Iterator[RecordType]:
        columns = [column if type(column) is tuple else repeat(column) for column in self.columns]
        return map(partial(made, self.kind), zip(*columns))  # noqa: B905 -- some have no end

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Block | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, index: int) -> RecordType: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RecordType]: ...
    def __getitem__(self, index: int | slice) -> RecordType | Sequence[RecordType]:
        return tuple(self)[index]


# What the id of a dimm begins with that VMware made.
VMWARE = "8902-"


class DimmsShape:
    """What plain dimms of alike answers have in common: all but their serials. The columns have a value for each, as printed."""

    def __init__(
        self,
        lines: tuple[int, ...],
        answer: int,
        devs: tuple[str, ...],
        handles: tuple[int | None, ...],
        phys_ids: tuple[int | None, ...],
    ) -> None:
        self.answer = answer
        self.columns = (lines, answer, devs, handles, phys_ids)
        # Which is which in the natural order of the names, and the names and lines so.
        self.order = order_of(devs) or tuple(range(len(devs)))
        self.devs = tuple([devs[at] for at in self.order])
        self.lines = tuple([lines[at] for at in self.order])


class PlainDimms(Block[Dimm]):
    """The dimms of one answer, all of them VMware's: no id and no name stands twice, and nothing ails any.

    `serials` are the 8 figures of each id, in the natural order of the names.
    """

    __slots__ = ("serials", "shape")
    kind = Dimm

    def __init__(self, shape: DimmsShape, serials: tuple[str, ...]) -> None:
        self.shape = shape
        self.serials = serials

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]  # made when asked for, which is seldom
        """Their fields in order."""
        lines, answer, devs, handles, phys_ids = self.shape.columns
        serial_of = dict(zip(self.shape.order, self.serials, strict=True))
        idents = tuple([VMWARE + serial_of[at] for at in range(len(devs))])
        return lines, answer, devs, idents, handles, phys_ids, "", "", "", ""

    def __len__(self) -> int:
        return len(self.serials)


class FolderAnswers(Block[Answer]):
    """Answers about the files of one folder in the natural order of their names, each about another."""

    __slots__ = ()

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(Answer, columns)

    @property
    def folder(self) -> str:
        """The folder's path, with a slash at its end."""
        return self.columns[1]  # type: ignore[return-value]


def by_kind(records: Iterable[Record]) -> tuple[Sequence[Record], ...]:
    """Put the records of each kind together, in the order in which the kinds are met."""
    found: dict[object, list[Record]] = {}
    for record in records:
        found.setdefault(type(record), []).append(record)
    return tuple(map(tuple, found.values()))


def kind_of(block: Sequence[RecordType]) -> type[RecordType]:
    """Return the kind of a block's records. `block` is not empty, and either a `Block` or a tuple."""
    # Of a Sequence, isinstance takes seven times as long to tell.
    return type(block[0]) if type(block) is tuple else block.kind  # type: ignore[attr-defined]


def may_hold(block: Sequence[RecordType], field: int, value: str | int | None) -> bool:
    """Tell whether a field may have a value in any record of a block: not where all have another one in common. For `block` see `kind_of`."""
    return type(block) is tuple or block.may_hold(field, value)  # type: ignore[attr-defined]

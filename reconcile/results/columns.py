"""What a table is made of: columns, each with name, type, width and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Type(StrEnum):
    """What a column holds. Ids, serials and UUIDs are text from the first byte to the last cell."""

    TEXT = "text"
    PROSE = "prose"
    ID = "id"
    COUNT = "count"
    BYTES = "bytes"


Cell = str | int | None
TableRow = tuple[Cell, ...]


class Gap:
    """Stands in a row for what others fill in."""

    __slots__ = ()


OWN, SHARED = Gap(), Gap()


class AlikeRows(NamedTuple):
    """Rows that have much in common: a row with gaps, the texts that all of these rows have in some of them, and what each has in the others.

    `frame` is one object for many such; `shared` fills its ``SHARED``, and `own` has in order the columns of its ``OWN``, of which there is
    at least one. `free` are the indexes of those of any text; the others hold whole numbers that are not negative, or words of small
    letters, figures and dashes that begin with a letter or a figure.
    """

    frame: tuple[Cell | Gap, ...]
    shared: tuple[str, ...]
    own: tuple[Sequence[str | int], ...]
    free: tuple[int, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.own[0])

    def rows(self) -> Iterator[TableRow]:
        """Give the rows."""
        own, shared, number = iter(self.own), iter(self.shared), self.number
        return zip(
            *[next(own) if cell is OWN else repeat(next(shared) if cell is SHARED else cell, number) for cell in self.frame], strict=True
        )


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is in characters, for the workbook."""

    name: str
    type: Type
    width: int
    meaning: str

    @property
    def is_number(self) -> bool:
        """Whether it holds whole numbers, or nothing."""
        return self.type in {Type.COUNT, Type.BYTES}


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its name in the contract, its sheet's title, what a row of it is, and its columns."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]


def text(name: str, width: int, meaning: str) -> Column:
    """Return a column of short text."""
    return Column(name, Type.TEXT, width, meaning)


def prose(name: str, width: int, meaning: str) -> Column:
    """Return a column of text that may be long."""
    return Column(name, Type.PROSE, width, meaning)


def ident(name: str, width: int, meaning: str) -> Column:
    """Return a column of ids, serials or UUIDs: text, whatever it looks like."""
    return Column(name, Type.ID, width, meaning)


def count(name: str, width: int, meaning: str) -> Column:
    """Return a column of whole numbers."""
    return Column(name, Type.COUNT, width, meaning)


def size(name: str, meaning: str) -> Column:
    """Return a column of sizes in bytes."""
    return Column(name, Type.BYTES, 17, meaning)

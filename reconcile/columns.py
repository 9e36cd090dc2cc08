"""What a table is made of: columns, each with name, type, width and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a column holds. Ids, serials and UUIDs are text from the first byte to the last cell."""

    TEXT = "text"
    PROSE = "prose"
    ID = "id"
    COUNT = "count"
    BYTES = "bytes"


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

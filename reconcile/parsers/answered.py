"""A section beside what a parser made of it: which lines have a record, and what the records say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.facts.records import Parsed, Record
    from reconcile.transcript.sections import Section


_BETWEEN = str.maketrans("", "", " \t-\\")


class Answered:
    """A section with what a parser made of it."""

    def __init__(self, section: Section, parsed: Parsed) -> None:
        self._section = section
        self._parsed = parsed

    def text(self, number: int) -> str:
        """Return a line by its number."""
        return self._section.lines[number - self._section.first]

    @property
    def _records(self) -> Iterator[Record]:
        yield from self._parsed.records
        yield from (record for _, record in self._parsed.owned)

    @cached_property
    def values(self) -> frozenset[str]:
        """What the records say, in lower case and without blanks and hyphens, as a whole and word by word."""
        said = "\n".join(value for record in self._records for value in record if type(value) is str)
        words = said.replace("-", "").replace("\\", "").lower().split()
        # A drive is E: in a record, and E in its list.
        return frozenset((*squeezed(said).split("\n"), *words, *(word[0] for word in words if word[1:] == ":")))

    def says(self, value: str) -> bool:
        """Tell whether a record says a value, in whatever spelling; of nothing, that it is none."""
        return squeezed(value) in NOTHING or squeezed(value) in self.values

    def ends_near(self, number: int, text: str) -> bool:
        """Tell whether something that a record says ends so, and the record stands a few lines from here."""
        end = squeezed(text)
        near = range(number - _MOST_PARTS, number + _MOST_PARTS)
        return bool(end) and any(squeezed(str(value)).endswith(end) for record in self._records if record.line in near for value in record)

    @cached_property
    def _widest(self) -> int:
        return max(map(len, self._section.lines))

    def begins(self, number: int, value: str) -> bool:
        """Tell whether a value is the beginning of what a record says, cut where its line fills the terminal's width."""
        return len(self.text(number)) == self._widest and any(said.startswith(squeezed(value)) for said in self.values)

    def is_below_widest(self, number: int) -> bool:
        """Tell whether a line stands below one that fills the terminal's width, which broke it there."""
        return len(next(self.above(number), "")) == self._widest

    def unsaid(self) -> list[int]:
        """Return the lines that were recognised and have no record on them."""
        first, size = self._section.first, len(self._section.lines)
        told = {record.line for record in self._records}.union(self._parsed.noise, self._parsed.not_understood)
        return [number for number in range(first, first + size) if number not in told]

    def above(self, number: int) -> Iterator[str]:
        """Give the lines above one, the nearest first."""
        return (self.text(at) for at in range(number - 1, self._section.first - 1, -1))

    def below(self, number: int) -> Iterator[str]:
        """Give the lines below one."""
        return (self.text(at) for at in range(number + 1, self._section.first + len(self._section.lines)))


# Into so many lines at most a terminal breaks a row.
_MOST_PARTS = 8
NOTHING = frozenset({"", "null", "none"})


def squeezed(value: str) -> str:
    """Return a value as it is compared: in lower case, without blanks, hyphens and backslashes."""
    return value.translate(_BETWEEN).lower()


# The pattern of a kind's lines, or what tells whether the line of this number is of it.
Kind = str | Callable[[Answered, int], bool]

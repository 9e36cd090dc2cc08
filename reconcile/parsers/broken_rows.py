"""Rows that a terminal broke at its width, as one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.transcript.sections import Section

# A terminal is wider.
_NARROWEST = 40


def whole_rows(section: Section, goes_on: Callable[[str, str], bool]) -> Iterator[tuple[int, str]]:
    """Give the lines of a section with their numbers, each with what a terminal broke off it.

    A line that was broken is as wide as the widest. `goes_on` tells from a line so far and the next whether the next belongs to it.
    """
    widest = max(map(len, section.lines), default=0)
    current: tuple[int, str] | None = None
    width = 0
    for number, line in section.numbered():
        if current and width == widest >= _NARROWEST and line.strip() and goes_on(current[1], line):
            current = (current[0], current[1] + line)
        else:
            if current:
                yield current
            current = (number, line)
        width = len(line)
    if current:
        yield current

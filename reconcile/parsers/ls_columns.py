"""Undo the columns in which ``ls`` prints names on a terminal.

busybox sets every name on a multiple of the longest name plus two, fills columns first, and pads all cells of a line but the last
(source: busybox coreutils/ls.c; the strides 40, 17, 23 and 46 of real captures agree). So a block of lines either cuts exactly
at some width or it was not printed in columns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = 2


class Cell(NamedTuple):
    """A name, and the index of the line that it stands on. `certain` is False where the cut is a guess."""

    row: int
    name: str
    certain: bool


def names_in(lines: Sequence[str]) -> list[Cell]:
    """Return the names in a block of lines, in the order in which ``ls`` sorted them. Blanks behind a line are no part of a name."""
    lines = [line.rstrip() for line in lines]
    width = _width(lines)
    if width:
        rows = [_cells(line, width) for line in lines]
        deepest = max(len(row) for row in rows)
        return [Cell(index, row[column], certain=True) for column in range(deepest) for index, row in enumerate(rows) if column < len(row)]
    cells: list[Cell] = []
    for index, line in enumerate(lines):
        parts = (_COLLAPSED if line.rstrip().endswith(".vmdk") else _WIDE_GAP).split(line)
        if len(parts) > 1:
            cells += [Cell(index, part, certain=False) for part in parts if part]
        else:
            cells.append(Cell(index, line, certain=True))
    return cells


class Names(NamedTuple):
    """The names of a block, the index of each one's line, and whether the cut is certain: of all, or of each."""

    rows: Sequence[int]
    names: tuple[str, ...]
    certain: bool | tuple[bool, ...]


def plain_names_in(lines: Sequence[str]) -> Names:
    """Return what `names_in` does, for lines of names without a blank that are parted by at least two, in half the time."""
    if " " not in "".join(lines):
        return Names(range(len(lines)), tuple(lines), certain=True)
    line = lines[0]
    if len(lines) > 1 or line[-1] == " ":
        return _of_cells(names_in(lines))
    names = line.split()
    longest = max(map(len, names))
    if line == "".join([name.ljust(longest + _GAP) for name in names]).rstrip(" "):
        return Names((0,) * len(names), tuple(names), certain=True)
    # Where the second column begins is how wide the first is, or one more where names begin with a blank; see `_width`.
    width = line.index(names[1], len(names[0]))
    for wide in (width, width - 1):
        if 0 <= wide - _GAP - longest <= 1 and line[2 * wide : 2 * wide + 2] != "  ":
            return _of_cells(names_in(lines))
    return Names((0,) * len(names), tuple(names), certain=False)


def _of_cells(cells: Sequence[Cell]) -> Names:
    rows, names, certain = zip(*cells, strict=True)
    return Names(rows, names, certain)


# Two blanks inside a line, or names of disks with one blank between them: columns whose padding was lost, or one odd name.
_COLLAPSED = re.compile(r"(?<=\.vmdk)\s+(?=\S)|(?<=\S)\s{2,}(?=\S)")
# The end of a run of blanks that is wide enough to part two columns.
_WIDE_GAP = re.compile(r"(?<=\S)\s{2,}(?=\S)")


def _width(lines: Sequence[str]) -> int:
    """Return the width at which the lines cut into columns, or 0 where they are one name each."""
    # No name has two blanks inside, so the first column ends at the first gap.
    found = _WIDE_GAP.search(lines[0])
    if not found:
        return 0
    # A name may begin with a blank itself.
    for width, lead in ((found.end(), 0), (found.end() - 1, 1), (found.end(), 1)):
        if _fits(lines, width, lead):
            return width
    return 0


def _fits(lines: Sequence[str], width: int, lead: int) -> bool:
    longest = 0
    most = before = len(_cells(lines[0], width))
    for line in lines:
        row = _cells(line, width)
        # Columns are filled first: only the last one may be short, so some first lines have one cell more than the rest.
        if not most - 1 <= len(row) <= before:
            return False
        before = len(row)
        for index, cell in enumerate(row):
            raw = line[index * width : (index + 1) * width]
            # A name with two blanks inside is rarer than columns that were set by hand and only seem to fit.
            if (
                not cell.strip()
                or "  " in cell.strip()
                or raw.startswith(" " * (lead + 1))
                or (index < len(row) - 1 and not raw.endswith("  "))
            ):
                return False
            longest = max(longest, len(cell))
    return longest + _GAP == width


def _cells(line: str, width: int) -> list[str]:
    line = line.rstrip(" ")
    return [line[start : start + width].rstrip(" ") for start in range(0, len(line), width)]

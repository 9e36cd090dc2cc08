"""The columns of ``lsblk``: what stands under which header, and what is in rows that no header stands over or whose cells one blank parts.

With ``-n`` the command alone says which columns there are, and a cell may be empty. A row is read only if its words can be put into the
columns in one way. With ``-r`` one blank parts two cells, so two blanks are an empty cell between them. Source: util-linux 2.38.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Simple

NAMES = ("NAME", "KNAME", "PATH")
# What lsblk --help lists, in any version.
COLUMNS = frozenset(
    "NAME KNAME PATH PKNAME MAJ:MIN MAJ MIN RM SIZE RO TYPE MOUNTPOINT MOUNTPOINTS FSTYPE FSVER FSSIZE FSUSED FSAVAIL FSUSE% FSROOTS LABEL"
    " UUID PTUUID PTTYPE PARTTYPE PARTTYPENAME PARTLABEL PARTUUID PARTFLAGS PARTN RA HOTPLUG MODEL SERIAL STATE OWNER GROUP MODE ALIGNMENT"
    " MIN-IO OPT-IO PHY-SEC LOG-SEC ROTA SCHED RQ-SIZE DISC-ALN DISC-GRAN DISC-MAX DISC-ZERO WSAME WWN RAND HCTL TRAN SUBSYSTEMS REV VENDOR"
    " ZONED DAX START DISK-SEQ ID ID-LINK MQ ZONE-SZ ZONE-WGRAN ZONE-APP ZONE-NR ZONE-OMAX ZONE-AMAX".split()
)
TREE = re.compile(r"[\s\u2502\u251c\u2514\u2500|`-]*")
LONGEST = 16384
DEFAULT = ("NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINTS")
# What a cell of a column looks like, where that is known. In the others anything may stand, with blanks in it.
_SHAPES = {
    "MAJ:MIN": r"[0-9]{1,4}:[0-9]{1,7}", "RM": "[01]", "RO": "[01]", "HOTPLUG": "[01]", "ROTA": "[01]", "RAND": "[01]", "DAX": "[01]",
    "SIZE": r"[0-9]{1,15}(?:[.,][0-9]{1,3})?[BKMGTPE]?", "FSAVAIL": r"[0-9]{1,15}(?:[.,][0-9]{1,3})?[BKMGTPE]?",
    "FSUSED": r"[0-9]{1,15}(?:[.,][0-9]{1,3})?[BKMGTPE]?", "FSSIZE": r"[0-9]{1,15}(?:[.,][0-9]{1,3})?[BKMGTPE]?", "FSUSE%": "[0-9]{1,3}%",
    "TYPE": "disk|part|lvm|crypt|dm|mpath|loop|rom|raid[0-9]{1,2}|linear|md", "TRAN": "[a-z]{2,5}", "HCTL": r"[0-9]{1,4}(?::[0-9]{1,4}){3}",
    "WWN": r"0x[0-9a-f]{16,32}|(?:naa|eui|nvme|t10|uuid)\.\S{4,200}", "FSTYPE": "(?:ext[234]|xfs|btrfs|vfat|exfat|ntfs|swap|iso9660|squashfs|zfs_member|LVM2_member|crypto_LUKS|linux_raid_member|udf|f2fs)",
    "KNAME": r"[a-z][a-z0-9!_.-]{1,40}", "PKNAME": r"[a-z][a-z0-9!_.-]{1,40}", "PATH": r"/dev/\S{2,200}",
    "UUID": r"[0-9A-Za-z]{4,8}(?:-[0-9A-Za-z]{4,12}){1,6}|[0-9A-F]{16}", "PARTUUID": r"[0-9a-f]{8}(?:-[0-9a-f]{2,12}){1,4}",
    "MOUNTPOINT": r"/.*|\[SWAP\]", "MOUNTPOINTS": r"/.*|\[SWAP\]", "REV": r"\S{1,8}", "STATE": "running|live|offline|blocked",
}  # fmt: skip
_SHAPE_OF = {name: re.compile(shape) for name, shape in _SHAPES.items()}
# A serial number has a figure in it; the words of a model or a label are no serial, and digits of an identification are no model.
_SERIAL = re.compile(r"(?=.*[0-9])\S.*")
_IDENTIFICATION = re.compile(r"(?:0x)?[0-9a-fA-F]{16,}$")
_FREE = ("MODEL", "VENDOR", "LABEL", "PARTLABEL", "PARTTYPENAME", "FSVER", "SERIAL")
_NEVER_EMPTY = frozenset({"NAME", "KNAME", "PATH", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE"})
_MOST_WORDS = 24
_MOST_OF_ONE = 8
_OUTPUT = re.compile(r"--output=(.+)$")
_CLUSTER = re.compile(r"-([a-zA-Z]{0,12}?)o(.*)$")


class Asked:
    """What a command line of lsblk says of its output: `columns` in order, ``()`` where it does not tell, `raw`, and `bare` without header."""

    def __init__(self, simple: Simple | None, known: frozenset[str]) -> None:
        words = simple.words[1:] if simple else ()
        short = "".join(word[1:].partition("o")[0] for word in words if re.match(r"-[a-zA-Z]", word))
        self.raw = "r" in short or "--raw" in words
        self.bare = "n" in short or "--noheadings" in words
        listed = outputs(words)
        names = tuple(",".join(listed).removeprefix("+").upper().split(",")) if listed else ()
        if not listed:
            names = DEFAULT if simple and not set("SfmtOD") & set(short) else ()
        elif listed[0].startswith("+"):
            names = (*DEFAULT, *names)
        self.columns = names if len(set(names)) == len(names) and known.issuperset(names) else ()


def outputs(words: Sequence[str]) -> list[str]:
    """Return what stands behind ``-o``, ``--output`` and ``-dno``."""
    found: list[str] = []
    for index, word in enumerate(words):
        behind = words[index + 1] if index + 1 < len(words) else ""
        if word == "--output":
            found.append(behind)
        elif long := _OUTPUT.match(word):
            found.append(long[1])
        elif not word.startswith("--") and (short := _CLUSTER.match(word)):
            found.append(short[2] or behind)
    return [text for text in found if text]


def raw_cells(line: str, columns: Sequence[str]) -> dict[str, str] | None:
    """Cut a row of ``-r`` at each blank; None where that does not give each column a cell.

    A terminal's copy may lack the blanks at its end: then its words must fit in one way.
    """
    cells = line.split(" ")
    while len(cells) > len(columns) and not cells[-1]:
        del cells[-1]
    if len(cells) < len(columns):
        return bare_cells(line, columns)
    return dict(zip(columns, cells, strict=True)) if len(cells) == len(columns) and cells[0] and cells[0][0] not in _DRAWING else None


_DRAWING = "\u2502\u251c\u2514|`"


def bare_cells(text: str, columns: Sequence[str]) -> dict[str, str] | None:
    """Put a row's words into columns, each of which may be empty; None unless there is one way to do that."""
    words = [(found.start(), found.end()) for found in re.finditer(r"\S+", text)]
    if not words or len(words) > _MOST_WORDS:
        return None
    # For each column and each number of words that those in front of it took: in how many ways, and of one of them the cells.
    ways: dict[int, tuple[int, tuple[str, ...]]] = {0: (1, ())}
    for column in columns:
        further: dict[int, tuple[int, tuple[str, ...]]] = {}
        for used, (count, cells) in ways.items():
            for number in range(column in _NEVER_EMPTY, min(_most_of(column), len(words) - used) + 1):
                cell = text[words[used][0] : words[used + number - 1][1]] if number else ""
                if not number or _fits(column, cell):
                    before, given = further.get(used + number, (0, (*cells, cell)))
                    further[used + number] = (before + count, given)
        ways = further
    count, cells = ways.get(len(words), (0, ()))
    return dict(zip(columns, cells, strict=True)) if count == 1 else None


def _most_of(column: str) -> int:
    """Return how many words a cell may have."""
    return _MOST_WORDS if column.startswith("MOUNTPOINT") else _MOST_OF_ONE if column in _FREE else 1


def _fits(column: str, cell: str) -> bool:
    if column == "SERIAL":
        return _SERIAL.fullmatch(cell) is not None and (" " not in cell or not any(_IDENTIFICATION.match(word) for word in cell.split()))
    if column in _FREE:
        return not any(_IDENTIFICATION.match(word) for word in cell.split())
    shape = _SHAPE_OF.get(column)
    return shape is None or shape.fullmatch(cell) is not None


def header_of(line: str) -> list[tuple[str, int, int]]:
    """Return the columns of a header with where each word begins and ends; nothing where this is none."""
    if len(line) > LONGEST or not line.startswith(_HEADER_BEGINS):
        return []
    words = [(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", line)]
    names = [word for word, _, _ in words]
    known = len(names) > 1 and COLUMNS.issuperset(names) and len(set(names)) == len(names) and any(name in names for name in NAMES)
    return words if known else []


def is_raw(header: list[tuple[str, int, int]]) -> bool:
    """Tell whether one blank parts the words of a header, as with ``-r``."""
    return all(first == end + 1 for (_, _, end), (_, first, _) in pairwise(header))


_HEADER_BEGINS = tuple(f"{name} " for name in sorted(COLUMNS))


def cells_below(line: str, header: list[tuple[str, int, int]]) -> dict[str, str] | None:
    """Cut a line into the cells below each header; None where a word stands under none, or under two.

    A cell's text begins or ends where its header does, for columns are as wide as their widest cell, to the left or to the right.
    """
    cells: dict[str, str] = {}
    column = end = -1
    for word in re.finditer(r"\S+", line):
        under = [index for index, (_, first, last) in enumerate(header) if word.start() < last and word.end() > first]
        goes_on = word.start() == end + 1 and column >= 0 and not (under and under[0] > column)
        # A mount point may hold any blanks, and ends where the line does.
        goes_on = goes_on or (column == len(header) - 1 and header[column][0] in _TARGETS and cells[header[column][0]].startswith("/"))
        if goes_on or (not under and column == 0 and not TREE.sub("", line[: word.start()])):
            cells[header[column][0]] += " " * (word.start() - end) + word[0]
        elif not under and not cells:
            # The drawing of a tree may be all that stands in front of a name: how far to the right it stands is its depth.
            column = 0
            cells[header[0][0]] = " " * (word.start() - header[0][1]) + word[0]
        elif len(under) == 1 and under[0] > column and _stands_below(word.start(), word.end(), header[under[0]]):
            column = under[0]
            cells[header[column][0]] = " " * (word.start() - header[column][1]) + word[0] if column == 0 else word[0]
        else:
            return None
        end = word.end()
    return cells


_TARGETS = frozenset({"MOUNTPOINT", "MOUNTPOINTS"})


def _stands_below(begin: int, end: int, header: tuple[str, int, int]) -> bool:
    name, first, last = header
    return begin == first or end == last or name in _PADDED


# A disk gives these with blanks of its own around them; MAJ:MIN is set around its colon.
_PADDED = frozenset({"MAJ:MIN", "MODEL", "REV", "VENDOR", *NAMES})


# What stands in a column, whatever the device: a row in which something else does is none.
_CELLS = {
    "NAME": re.compile(r"[\w.].*"),
    "TYPE": re.compile(r"[a-z][a-z0-9]{1,15}"),
    "MAJ:MIN": re.compile(r"[0-9]{1,4}:[0-9]{1,7}"),
    "RM": re.compile("[01]"),
    "RO": re.compile("[01]"),
    "SIZE": re.compile("[0-9].*|"),
    "MOUNTPOINT": re.compile(r"(?:/|\[).*|"),
}


def is_plausible(cells: dict[str, str]) -> bool:
    """Tell whether a row's cells can be what their columns hold; every device has a type and numbers."""
    return all(pattern.fullmatch(cells[name]) for name, pattern in _CELLS.items() if name in cells)

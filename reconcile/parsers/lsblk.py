"""``lsblk``: a guest's block devices, what lies on what, their serials, and where they are mounted.

As a table (any columns, a tree or a list), as JSON (``-J``) and as pairs (``-P``). A table's cells are found under their headers and
never by counting blanks: a disk without a serial has an empty cell. Source: util-linux 2.23 to 2.38, whose older versions print every
value of the JSON as a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.parsers.failures import is_failure
from reconcile.parsers.json_text import Document, JsonValue, find_documents
from reconcile.parsers.records import Damage, Disk, Failure, Mount, Parsed, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.commands import Simple
    from reconcile.transcript import Section

_NAMES = ("NAME", "KNAME", "PATH")
# What lsblk --help lists, in any version.
_COLUMNS = frozenset(
    "NAME KNAME PATH PKNAME MAJ:MIN MAJ MIN RM SIZE RO TYPE MOUNTPOINT MOUNTPOINTS FSTYPE FSVER FSSIZE FSUSED FSAVAIL FSUSE% FSROOTS LABEL"
    " UUID PTUUID PTTYPE PARTTYPE PARTTYPENAME PARTLABEL PARTUUID PARTFLAGS PARTN RA HOTPLUG MODEL SERIAL STATE OWNER GROUP MODE ALIGNMENT"
    " MIN-IO OPT-IO PHY-SEC LOG-SEC ROTA SCHED RQ-SIZE DISC-ALN DISC-GRAN DISC-MAX DISC-ZERO WSAME WWN RAND HCTL TRAN SUBSYSTEMS REV VENDOR"
    " ZONED DAX START DISK-SEQ ID ID-LINK MQ ZONE-SZ ZONE-WGRAN ZONE-APP ZONE-NR ZONE-OMAX ZONE-AMAX".split()
)
_TREE = re.compile(r"[\s\u2502\u251c\u2514\u2500|`-]*")
_PAIR = re.compile(r'([A-Z][A-Z0-9:%_-]{1,20})="((?:[^"\\]|\\.)*)"')
_PAIRS = re.compile(r'(?:[A-Z][A-Z0-9:%_-]{1,20}="(?:[^"\\]|\\.)*"(?: |$))+$')
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})")
# sda2   8:2    0   39G  0 part   /boot -- the columns of lsblk without -o, known by what is in them where blanks were lost.
_DEFAULT = ("NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE")
_LOOSE = re.compile(
    r"[\s\u2502\u251c\u2514\u2500|`-]{0,200}([^\s\u2502\u251c\u2514\u2500|`-]\S{0,255})(?: \(dm-[0-9]{1,4}\))? +([0-9]{1,4}:[0-9]{1,7}) +([01]) +([0-9.,]{1,12}[BKMGTPE]?)"
    r" +([01]) +([a-z]+[0-9]{0,2})(?: +(/.*|\[SWAP\]))?\s*$"
)
# vg-root (dm-0), as old versions show it
_NUMBER = re.compile(r" \(dm-[0-9]{1,4}\)$")
_LONGEST = 16384
# Over these names mounts are reached; lsblk shows them without the folder.
_MAPPED = frozenset({"lvm", "crypt", "mpath", "dm", "linear", "raid"})
_ON_SOMETHING = frozenset({"part", "lvm", "crypt"})


class _Row(NamedTuple):
    """A device as any of the forms shows it. `indent` is its depth, or -1 where the form shows no tree.

    `identified` says that serials are shown, so that an empty cell is one.
    """

    line: int
    indent: int
    cells: dict[str, str]
    identified: bool


def runs(simple: Simple) -> bool:
    """Tell whether this command is lsblk."""
    return simple.name == "lsblk"


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; of JSON any might, and what is in it tells."""
    if line.startswith("{"):
        return line.strip() == "{" or '"blockdevices"' in line
    return bool(_header(line)) or (('NAME="' in line and '="' in line[:40]) and bool(_PAIRS.match(line[:_LONGEST].rstrip())))


def parse(section: Section) -> Parsed:
    """Read devices, and what is mounted."""
    if any('"blockdevices"' in line for line in section.lines):
        return _parse_json(section)
    return _parse_lines(section)


# As JSON


def _parse_json(section: Section) -> Parsed:
    found = find_documents(section.lines, section.first)
    records: list[Record] = [Damage(line, status) for line, status in found.damage]
    taken: set[int] = set()
    over = False
    for document in found.documents:
        rows = list(_json_rows(document))
        if rows and not (over and section.command.simples):
            # One command prints one answer. A second one lost its prompt.
            records += _records(rows, section)
            taken.update(range(document.first, document.last + 1))
            over = document.whole
    taken |= found.brackets if taken else set()
    noise = [number for number, line in section.numbered() if number not in taken and not line.strip()]
    rest = [number for number, line in section.numbered() if number not in taken and line.strip()]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _json_rows(document: Document) -> Iterator[_Row]:
    lines = iter(document.lines_of(frozenset({"name", "kname"})))
    value = document.value
    devices = value.get("blockdevices") if isinstance(value, dict) else None
    if not document.whole and isinstance(value, dict) and "name" in value:
        # Of a broken document each device that is whole stands alone; what it lies on may be among what is lost.
        devices = [value]
    pending: list[tuple[JsonValue, int]] = [(device, 0) for device in reversed(devices)] if isinstance(devices, list) else []
    while pending:
        device, depth = pending.pop()
        if not isinstance(device, dict):
            continue
        cells = {key.upper(): _json_text(cell) for key, cell in device.items() if key != "children"}
        name = cells.get("NAME") or cells.get("KNAME") or ""
        line = next((line for line, _, text in lines if text == name), document.first)
        yield _Row(line, depth, cells, identified="SERIAL" in cells)
        children = device.get("children")
        if isinstance(children, list):
            pending.extend((child, depth + 1) for child in reversed(children))


def _json_text(value: JsonValue) -> str:
    """Return a cell's text; of a list, such as the mount points, one a line."""
    if isinstance(value, list):
        return "\n".join(text for text in value if isinstance(text, str))
    return "" if value is None or isinstance(value, dict) else str(value)


# As a table, or as pairs


def _parse_lines(section: Section) -> Parsed:
    reader = _Table(section)
    for number, line in section.numbered():
        reader.read(number, line)
    return Parsed((*reader.others, *_records(reader.rows, section)), tuple(reader.noise), tuple(reader.rest))


class _Table:
    def __init__(self, section: Section) -> None:
        self._section = section
        self._header: list[tuple[str, int, int]] = []
        self._over = False
        self._lost = False
        self.rows: list[_Row] = []
        self.others: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []

    def read(self, number: int, line: str) -> None:
        header = _header(line)
        self._over = self._over or bool(header and (self._header or self.rows))
        if not line.strip():
            self.noise.append(number)
        elif self._over or len(line) > _LONGEST:
            self.rest.append(number)
        elif header:
            self._header = header
        elif is_failure(line.strip()):
            self.others.append(Failure(number, self._section.command.text, line.strip()))
        elif not (self._pairs(number, line) if not self._header else self._row(number, line)):
            self.rest.append(number)

    def _pairs(self, number: int, line: str) -> bool:
        if not _PAIRS.match(line.rstrip()):
            return False
        cells = {key.replace("_", "-"): _unescaped(value) for key, value in _PAIR.findall(line)}
        self.rows.append(_Row(number, -1, cells, identified="SERIAL" in cells))
        return any(cells.get(name) for name in _NAMES)

    def _row(self, number: int, line: str) -> bool:
        cells = _cells(line, self._header)
        if cells is None:
            # Where one row has lost its place, nothing tells what those below it lie on, up to the next that lies on nothing.
            self._lost = True
            return self._loose(number, line)
        name = next((name for name in _NAMES if name in cells), "")
        shown = cells.get(name, "")
        tree = _TREE.match(shown)
        bare = shown[tree.end() :] if tree else shown
        if not bare:
            return self._more_mounts(number, cells)
        indent = len(shown) - len(bare)
        self._lost = self._lost and indent > 0
        self.rows.append(_Row(number, -1 if self._lost else indent, {**cells, name: _NUMBER.sub("", bare)}, self._shows_serials()))
        return True

    def _loose(self, number: int, line: str) -> bool:
        """Read a row that does not stand under its headers, if it can only be one of lsblk without -o."""
        names = [name for name, _, _ in self._header]
        found = _LOOSE.match(line) if tuple(names[:-1]) == _DEFAULT and names[-1] in {"MOUNTPOINT", "MOUNTPOINTS"} else None
        if found:
            self.rows.append(
                _Row(number, -1, {name: text or "" for name, text in zip(names, found.groups(), strict=True)}, identified=False)
            )
        return found is not None

    def _shows_serials(self) -> bool:
        return any(name == "SERIAL" for name, _, _ in self._header)

    def _more_mounts(self, number: int, cells: dict[str, str]) -> bool:
        """Read a line that holds a mount point alone: one more of the device in front."""
        given = {name for name, text in cells.items() if text and name not in _NAMES}
        if not self.rows or given != {"MOUNTPOINTS"}:
            return False
        self.rows.append(
            self.rows[-1]._replace(line=number, cells={**self.rows[-1].cells, "MOUNTPOINTS": cells["MOUNTPOINTS"], "AGAIN": "1"})
        )
        return True


def _header(line: str) -> list[tuple[str, int, int]]:
    """Return the columns of a header with where each word begins and ends; nothing where this is none."""
    if len(line) > _LONGEST or not line.startswith(_HEADER_BEGINS):
        return []
    words = [(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", line)]
    names = [word for word, _, _ in words]
    known = len(names) > 1 and _COLUMNS.issuperset(names) and len(set(names)) == len(names) and any(name in names for name in _NAMES)
    return words if known else []


_HEADER_BEGINS = tuple(f"{name} " for name in sorted(_COLUMNS))


def _cells(line: str, header: list[tuple[str, int, int]]) -> dict[str, str] | None:
    """Cut a line into the cells below each header; None where a word stands under none, or under two.

    A cell's text begins or ends where its header does, for columns are as wide as their widest cell, to the left or to the right.
    """
    cells: dict[str, str] = {}
    column = end = -1
    for word in re.finditer(r"\S+", line):
        under = [index for index, (_, first, last) in enumerate(header) if word.start() < last and word.end() > first]
        goes_on = word.start() == end + 1 and column >= 0 and not (under and under[0] > column)
        if goes_on or (not under and column == 0 and not _TREE.sub("", line[: word.start()])):
            cells[header[column][0]] += f" {word[0]}"
        elif not under and not cells:
            # The drawing of a tree may be all that stands in front of a name.
            column = 0
            cells[header[0][0]] = word[0]
        elif len(under) == 1 and under[0] > column and _fits(word.start(), word.end(), header[under[0]]):
            column = under[0]
            cells[header[column][0]] = " " * (word.start() - header[column][1]) + word[0] if column == 0 else word[0]
        else:
            return None
        end = word.end()
    return cells


def _fits(begin: int, end: int, header: tuple[str, int, int]) -> bool:
    name, first, last = header
    return begin == first or end == last or name in _PADDED


# A disk gives these with blanks of its own around them; MAJ:MIN is set around its colon.
_PADDED = frozenset({"MAJ:MIN", "MODEL", "REV", "VENDOR", *_NAMES})


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


# Rows to records


def _records(rows: list[_Row], section: Section) -> Iterator[Record]:
    inverse = _is_inverse(rows, section)
    above: list[tuple[int, str]] = []
    for row in rows:
        cells = row.cells
        device = (cells.get("NAME") or cells.get("KNAME") or cells.get("PATH") or "").removeprefix("/dev/").removeprefix("mapper/")
        parent = cells.get("PKNAME", "").removeprefix("/dev/")
        if row.indent >= 0 and "AGAIN" not in cells:
            while above and above[-1][0] >= row.indent:
                above.pop()
            if above and inverse:
                yield _disk(row, section.first, above[-1][1], device, of_another=True)
            parent = parent or (above[-1][1] if above and not inverse else "")
            above.append((row.indent, device))
        if "AGAIN" not in cells:
            yield _disk(row, section.first, device, parent, of_another=False)
        for target in (cells.get("MOUNTPOINTS") or cells.get("MOUNTPOINT") or "").split("\n"):
            if target.startswith("/"):
                folder = "/dev/mapper" if cells.get("TYPE", "").rstrip("0123456789") in _MAPPED else "/dev"
                yield Mount(row.line, f"{folder}/{device}", target, cells.get("FSTYPE", ""))


def _disk(row: _Row, answer: int, device: str, parent: str, *, of_another: bool) -> Disk:
    cells = {} if of_another else row.cells
    size = cells.get("SIZE", "")
    exact = int(size) if size.isdecimal() and size.isascii() and len(size) < _MOST_DIGITS else None
    serial, wwn = cells.get("SERIAL", ""), cells.get("WWN", "")
    return Disk(row.line, answer, device, cells.get("TYPE", ""), serial, wwn, size, exact, parent, row.identified and not of_another)


_MOST_DIGITS = 20


def _is_inverse(rows: list[_Row], section: Section) -> bool:
    """Tell whether the tree stands on its head (``-s``): what lies on something is at its top."""
    only = section.command.only()
    words = only.words if only else ()
    if any(word == "--inverse" or re.match(r"-[a-zA-Z]*s", word) for word in words):
        return True
    return any(row.indent == 0 and row.cells.get("TYPE") in _ON_SOMETHING for row in rows) and any(row.indent > 0 for row in rows)

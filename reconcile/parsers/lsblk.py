"""``lsblk``: a guest's block devices, what lies on what, their serials, and where they are mounted.

As a table (any columns, a tree or a list), as JSON (``-J``) and as pairs (``-P``). A table's cells are found under their headers and
never by counting blanks: a disk without a serial has an empty cell. Source: util-linux 2.23 to 2.38, whose older versions print every
value of the JSON as a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Damage, Disk, Failure, Mount, Parsed, Record
from reconcile.parsers.escapes import from_hexadecimal
from reconcile.parsers.kinds import MEMBER, json_kinds, json_value
from reconcile.parsers.lsblk_columns import (
    COLUMNS,
    LONGEST,
    NAMES,
    TREE,
    Asked,
    bare_cells,
    cells_below,
    header_of,
    is_plausible,
    is_raw,
    raw_cells,
)
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure
from reconcile.transcript.json_text import Document, JsonValue, find_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.parsers.answered import Answered
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_PAIR = re.compile(r'([A-Z][A-Z0-9:%_-]{1,20})="((?:[^"\\]|\\.)*)"')
_PAIRS = re.compile(r'(?:[A-Z][A-Z0-9:%_-]{1,20}="(?:[^"\\]|\\.)*"(?: |$))+$')
# sda2   8:2    0   39G  0 part   /boot -- the columns of lsblk without -o, known by what is in them where blanks were lost.
_DEFAULT = ("NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE")
_LOOSE = re.compile(
    r"[\s\u2502\u251c\u2514\u2500|`-]{0,200}([^\s\u2502\u251c\u2514\u2500|`-]\S{0,255})(?: \(dm-[0-9]{1,4}\))? +([0-9]{1,4}:[0-9]{1,7}) +([01]) +([0-9.,]{1,12}[BKMGTPE]?)"
    r" +([01]) +([a-z]+[0-9]{0,2})(?: +(/.*|\[SWAP\]))?\s*$"
)
# vg-root (dm-0), as old versions show it
_NUMBER = re.compile(r" \(dm-[0-9]{1,4}\)$")
# Over these names mounts are reached; lsblk shows them without the folder.
_MAPPED = frozenset({"lvm", "crypt", "mpath", "dm"})
# What stands for a mount point where a device is swapped to.
SWAP = "[SWAP]"
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
    return bool(header_of(line)) or (
        ('NAME="' in line or 'PATH="' in line) and '="' in line[:40] and bool(_PAIRS.match(line[:LONGEST].rstrip()))
    )


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
        self._asked = Asked(section.command.only(), COLUMNS)
        self._header: list[tuple[str, int, int]] = []
        self._over = False
        self._lost = False
        self.rows: list[_Row] = []
        self.others: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []

    def read(self, number: int, line: str) -> None:
        header = header_of(line)
        self._over = self._over or bool(header and (self._header or self.rows))
        if not line.strip():
            self.noise.append(number)
        elif self._over or len(line) > LONGEST:
            self.rest.append(number)
        elif header:
            self._header = header
        elif is_failure(line.strip()):
            self.others.append(Failure(number, self._section.command.text, line.strip()))
        elif not (self._row(number, line) if self._header else self._pairs(number, line) or self._bare(number, line)):
            self.rest.append(number)

    def _pairs(self, number: int, line: str) -> bool:
        if not _PAIRS.match(line.rstrip()):
            return False
        cells = {key.replace("_", "-"): from_hexadecimal(value) for key, value in _PAIR.findall(line)}
        return self._flat(number, cells)

    def _flat(self, number: int, cells: dict[str, str]) -> bool:
        """Add a row of a form that shows no tree, if it names its device."""
        named = any(cells.get(name) for name in NAMES) and is_plausible(cells)
        if named:
            self.rows.append(_Row(number, -1, cells, identified="SERIAL" in cells))
        return named

    def _bare(self, number: int, line: str) -> bool:
        """Read a row of a table without a header, whose columns the command names."""
        if not self._asked.bare or not self._asked.columns:
            return False
        if self._asked.raw:
            return self._raw(number, raw_cells(line, self._asked.columns))
        tree = TREE.match(line)
        indent = tree.end() if tree else 0
        cells = bare_cells(line[indent:], self._asked.columns) if not indent or self._asked.columns[0] == "NAME" else None
        if cells is None:
            self._lost = True
            return False
        self._lost = self._lost and indent > 0
        is_tree = self._asked.columns[0] == "NAME" and not self._lost
        cells = {name: from_hexadecimal(cell) for name, cell in cells.items()}
        if not any(cells.get(name) for name in NAMES) or not is_plausible(cells):
            return False
        self.rows.append(_Row(number, indent if is_tree else -1, cells, identified="SERIAL" in cells))
        return True

    def _raw(self, number: int, cells: dict[str, str] | None) -> bool:
        return cells is not None and self._flat(number, {name: from_hexadecimal(cell) for name, cell in cells.items()})

    def _row(self, number: int, line: str) -> bool:
        names = tuple(name for name, _, _ in self._header)
        parted = raw_cells(line, names) if is_raw(self._header) else None
        if self._asked.raw and parted is not None:
            return self._raw(number, parted)
        cells = cells_below(line, self._header)
        unknown = not self._section.command.simples and line.count(" ") == len(names) - 1
        if unknown and parted is not None and parted != {name: (cells or {}).get(name, "") for name in names}:
            # The header of a table whose columns are as wide as their names, or that of -r: where both read, they must agree.
            self._lost = True
            return cells is None and self._raw(number, parted)
        if cells is None:
            # Where one row has lost its place, nothing tells what those below it lie on, up to the next that lies on nothing.
            self._lost = True
            return self._loose(number, line)
        cells = {name: from_hexadecimal(cell) for name, cell in cells.items()}
        name = next((name for name in NAMES if name in cells), "")
        shown = cells.get(name, "")
        tree = TREE.match(shown)
        bare = shown[tree.end() :] if tree else shown
        if not bare:
            return self._more_mounts(number, cells)
        if not is_plausible({**dict.fromkeys(names, ""), **cells, name: bare}):
            self._lost = True
            return self._loose(number, line)
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
        given = {name for name, text in cells.items() if text and name not in NAMES}
        if not self.rows or given != {"MOUNTPOINTS"}:
            return False
        self.rows.append(
            self.rows[-1]._replace(line=number, cells={**self.rows[-1].cells, "MOUNTPOINTS": cells["MOUNTPOINTS"], "AGAIN": "1"})
        )
        return True


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
        for target in _targets(cells):
            if target.startswith("/") or target == SWAP:
                folder = "/dev/mapper" if cells.get("TYPE", "").rstrip("0123456789") in _MAPPED else "/dev"
                yield Mount(row.line, f"{folder}/{device}", target, cells.get("FSTYPE", ""))


def _targets(cells: dict[str, str]) -> list[str]:
    """Return the mount points of a row. Those of MOUNTPOINTS are parted by line ends; of a name that has one itself none is known."""
    several = cells.get("MOUNTPOINTS", "").split("\n")
    if not cells.get("MOUNTPOINTS"):
        return [cells.get("MOUNTPOINT", "")]
    return several if all(not target or target.startswith(("/", "[")) for target in several) else []


def _disk(row: _Row, answer: int, device: str, parent: str, *, of_another: bool) -> Disk:
    cells = {} if of_another else row.cells
    size = cells.get("SIZE", "")
    exact = int(size) if size.isdecimal() and size.isascii() and len(size) < _MOST_DIGITS else None
    serial, wwn = cells.get("SERIAL", ""), cells.get("WWN", "")
    kname = cells.get("KNAME", "").removeprefix("/dev/")
    return Disk(row.line, answer, device, cells.get("TYPE", ""), serial, wwn, size, exact, parent, row.identified and not of_another, kname)


_MOST_DIGITS = 20


def _is_inverse(rows: list[_Row], section: Section) -> bool:
    """Tell whether the tree stands on its head (``-s``): what lies on something is at its top."""
    only = section.command.only()
    words = only.words if only else ()
    if any(word == "--inverse" or re.match(r"-[a-zA-Z]*s", word) for word in words):
        return True
    return any(row.indent == 0 and row.cells.get("TYPE") in _ON_SOMETHING for row in rows) and any(row.indent > 0 for row in rows)


def _is_name_below(answered: Answered, number: int) -> bool:
    """Tell whether a device's name stands below its kernel's name, which bears the record: ``lsblk -O`` shows both."""
    names = [json_value(value) for key, value in MEMBER.findall(answered.text(number)) if key == "name"]
    if len(names) != 1 or not answered.says(names[0]):
        return False
    for line in answered.above(number):
        members = dict(MEMBER.findall(line))
        if "kname" in members or "name" in members:
            return "kname" in members
    return False


_LSBLK = json_kinds(("name",), ("kname", "serial", "wwn", "mountpoint"), ("mountpoints",))


PARSER = Parser(
    name="lsblk",
    where="guest",
    command="lsblk -J -b -O",
    reads="block devices, what lies on what, serials, mounts; as a table, -J or -P",
    runs=runs,
    starts=starts,
    parse=parse,
    marks=('"blockdevices"', "NAME", "PATH"),
    without_facts={
        "a heading": r"[A-Z][A-Z0-9:%_-]{1,20}(?:\s+[A-Z][A-Z0-9:%_-]{1,20})*\s*$",
        **_LSBLK,
        "a name below the kernel's name": _is_name_below,
    },
)

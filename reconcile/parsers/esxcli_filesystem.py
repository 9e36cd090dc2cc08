"""``esxcli storage filesystem list``: which datastore's name is which volume id, and how large it is.

The table is cut at its ruler of dashes and never at blanks: a volume's name may be empty or hold blanks, and so may its type.
The CSV form has its keys in alphabetical order, without blanks, and a comma at each row's end. Source: captures of ESXi 5.5 to 8.
The JSON form is a list of objects with the keys of the CSV form; no capture of it was ever published.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from reconcile.parsers.failures import is_failure
from reconcile.parsers.json_text import Document, find_documents
from reconcile.parsers.records import Damage, Failure, Filesystem, Parsed, Record, Volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.commands import Simple
    from reconcile.transcript import Section

# Mount Point            Volume Name            UUID            Mounted  Type           Size         Free
_HEADER = re.compile(r"Mount Point {2,}Volume Name {2,}UUID {2,}Mounted {2,}Type {2,}Size {2,}Free *$")
_RULER = re.compile(r"-{2,}(?:  -{2,}){6} *$")
_CSV_HEADER = "Free,MountPoint,Mounted,Size,Type,UUID,VolumeName"
_KEYS = ("MountPoint", "VolumeName", "UUID", "Mounted", "Type", "Size", "Free")
_COLUMNS = len(_KEYS)


def runs(simple: Simple) -> bool:
    """Tell whether this command lists file systems."""
    words = [word for word in simple.words[1:] if not word.startswith("-") and word not in {"csv", "xml", "keyvalue", "json"}]
    return simple.name in {"esxcli", "localcli"} and words[:3] == ["storage", "filesystem", "list"]


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    if line.startswith(("[", "{")):
        return line.strip() in {"[", "{"} or '"VolumeName"' in line
    return bool(_HEADER.match(line)) or line.startswith(_CSV_HEADER)


def parse(section: Section) -> Parsed:
    """Read file systems, and the ties of names and ids."""
    if any('"VolumeName"' in line for line in section.lines):
        return _parse_json(section)
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    spans: list[tuple[int, int]] = []
    comma = header = False
    for number, line in section.numbered():
        if not line.strip():
            noise.append(number)
        elif _HEADER.match(line) or line.startswith(_CSV_HEADER):
            if header:
                # One command prints one table; a second one lost its prompt.
                rest += range(number, section.first + len(section.lines))
                break
            header, comma = True, line.startswith(_CSV_HEADER)
        elif header and not comma and _RULER.match(line):
            spans = [found.span() for found in re.finditer("-+", line)]
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        else:
            cells = _csv_cells(line) if comma else _cells(line, spans)
            made = _row(number, cells)
            records += made
            if not made:
                rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _parse_json(section: Section) -> Parsed:
    found = find_documents(section.lines, section.first)
    records: list[Record] = []
    taken: set[int] = set()
    over = False
    for document in found.documents:
        made = [] if over else list(_rows(document))
        if made:
            records += made
            taken.update(range(document.first, document.last + 1))
            # One command prints one list. A second one lost its prompt; what was saved of a broken one is objects, one by one.
            over = document.whole and not document.comma and bool(section.command.simples)
    if taken:
        records += [Damage(line, status) for line, status in found.damage]
        taken |= found.brackets
    noise = [number for number, line in section.numbered() if number not in taken and not line.strip()]
    rest = [number for number, line in section.numbered() if number not in taken and line.strip()]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _rows(document: Document) -> Iterator[Record]:
    lines = iter(document.lines_of(frozenset({"UUID"})))
    for value in document.value if isinstance(document.value, list) else [document.value]:
        if isinstance(value, dict) and value.keys() >= {"MountPoint", "VolumeName", "UUID", "Mounted"}:
            cells = [cell if isinstance(cell, str) else str(cell).lower() for cell in (value.get(key, "") for key in _KEYS)]
            line = next((line for line, _, text in lines if text == cells[2]), document.first)
            yield from _row(line, cells)


def _cells(line: str, spans: list[tuple[int, int]]) -> list[str]:
    """Cut a row where the ruler's dashes begin; two blanks stand between columns."""
    if not spans:
        return []
    ends = [start for start, _ in spans[1:]] + [max(len(line), spans[-1][1])]
    if any(line[start - 2 : start].strip() for start, _ in spans[1:]):
        return []
    return [line[start:end].strip() for (start, _), end in zip(spans, ends, strict=True)]


def _csv_cells(line: str) -> list[str]:
    cells = next(csv.reader([line]), [])
    if len(cells) < _COLUMNS:
        return []
    free, mount, mounted, size, kind, ident, name = cells[:_COLUMNS]
    return [mount, name, ident, mounted, kind, size, free]


def _row(number: int, cells: list[str]) -> list[Record]:
    if len(cells) != _COLUMNS or cells[3] not in {"true", "false"} or not (cells[5].isdecimal() and cells[6].isdecimal()) or not cells[2]:
        return []
    mount, name, ident, _, kind, size, free = cells
    records: list[Record] = [Volume(number, name, ident)] if name and name != ident else []
    if mount:
        records.append(Filesystem(number, kind, size, "", free, int(size), None, int(free), None, mount))
    return records or [Volume(number, ident, ident)]

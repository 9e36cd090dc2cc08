"""``esxcli storage filesystem list``: which datastore's name is which volume id, and how large it is.

The table is cut at its ruler of dashes and never at blanks: a volume's name may be empty or hold blanks, and so may its type.
The CSV form has its keys in alphabetical order, without blanks, and a comma at each row's end. Source: captures of ESXi 5.5 to 8.
The JSON form is a list of objects with the keys of the CSV form; no capture of it was ever published.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.records import Damage, Failure, Filesystem, Parsed, Record, Volume
from reconcile.facts.volume_ids import is_volume_id
from reconcile.parsers.kinds import is_end_of_row, json_kinds
from reconcile.parsers.parser import Parser
from reconcile.transcript.asked_machine import without_login
from reconcile.transcript.failures import is_failure
from reconcile.transcript.json_text import Document, find_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# Mount Point            Volume Name            UUID            Mounted  Type           Size         Free
_HEADING = "Mount Point Volume Name UUID Mounted Type Size Free"
_BEGINS = re.compile(r"\s{0,200}Mount\s{1,9}Point\s{1,200}Volume\s{1,9}Name\b")
_RULER = re.compile(r"\s{0,200}-{2,}(?:  -{2,}){6}\s*$")
_DASHES = re.compile(r"[- ]*--[- ]*\s*$")
# ... 66b0c33b-d2f3dff8-8f53-1e00f500013e true VMFS-6 96368328704 1 -- the end of a row whose blanks were lost
_END = re.compile(r"(?<!\S)(\S{8,64})\s{1,200}(true|false)\s{1,200}(\S(?:.{0,40}?\S)?)\s{1,200}([0-9]{1,20})\s{1,200}([0-9]{1,20})\s*$")
# A terminal breaks a table's lines into so many parts at most.
_MOST_PARTS = 8
_LONGEST = 4096
_CSV_HEADER = "Free,MountPoint,Mounted,Size,Type,UUID,VolumeName"
_KEYS = ("MountPoint", "VolumeName", "UUID", "Mounted", "Type", "Size", "Free")
_COLUMNS = len(_KEYS)


def runs(simple: Simple) -> bool:
    """Tell whether this command lists file systems."""
    words = [
        word for word in without_login(simple.words)[1:] if not word.startswith("-") and word not in {"csv", "xml", "keyvalue", "json"}
    ]
    return simple.name in {"esxcli", "localcli"} and words[:3] == ["storage", "filesystem", "list"]


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    if line.startswith(("[", "{")):
        return line.strip() in {"[", "{"} or '"VolumeName"' in line
    return bool(_BEGINS.match(line)) or line.startswith(_CSV_HEADER)


def parse(section: Section) -> Parsed:
    """Read file systems, and the ties of names and ids."""
    if any('"VolumeName"' in line for line in section.lines):
        return _parse_json(section)
    return _parse_lines(section, is_csv=any(line.startswith(_CSV_HEADER) for line in section.lines))


def _parse_lines(section: Section, *, is_csv: bool) -> Parsed:
    records: list[Record] = []
    noise = [number for number, line in section.numbered() if not line.strip()]
    rest: list[int] = []
    lines = [(number, line) for number, line in section.numbered() if line.strip()]
    head = _csv_head(lines) if is_csv else _head(lines)
    rest += [number for number, _ in lines[: head.start]] if head else []
    at = head.stop if head else 0
    while at < len(lines):
        number, line = lines[at]
        if is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
            at += 1
            continue
        if head is None or (_BEGINS.match(line) or line.startswith(_CSV_HEADER)):
            # One command prints one table; a second one lost its prompt.
            rest += [later for later, _ in lines[at:]] if head else [number]
            at = len(lines) if head else at + 1
            continue
        parts = lines[at : at + head.parts]
        cells = _csv_cells(line) if is_csv else _cells(_whole(parts), head.spans) or _collapsed(_whole(parts))
        made = _row(number, cells)
        records += made
        if not made:
            rest.append(number)
        at += head.parts if made else 1
    return Parsed(tuple(records), tuple(noise), tuple(sorted(rest)))


class _Head(NamedTuple):
    """Which lines a table's heading has, with its ruler; where the ruler's dashes are; and into how many lines each row is broken."""

    start: int
    stop: int
    spans: list[tuple[int, int]]
    parts: int


def _csv_head(lines: list[tuple[int, str]]) -> _Head | None:
    start = next((at for at, (_, line) in enumerate(lines) if line.startswith(_CSV_HEADER)), None)
    return None if start is None else _Head(start, start + 1, [], 1)


def _head(lines: list[tuple[int, str]]) -> _Head | None:
    """Find the heading: on one line, or broken by the terminal, as the ruler below it may be; the rows are then, too."""
    for start, (_, line) in enumerate(lines):
        if not _BEGINS.match(line):
            continue
        for stop in range(start + 1, min(len(lines), start + _MOST_PARTS) + 1):
            if " ".join(" ".join(text for _, text in lines[start:stop]).split()) == _HEADING:
                return _ruled(lines, start, stop)
    return None


def _ruled(lines: list[tuple[int, str]], start: int, stop: int) -> _Head:
    end = stop
    while end < len(lines) and end - stop < _MOST_PARTS and _DASHES.match(lines[end][1].replace("\\", "")):
        end += 1
    ruler = _whole(lines[stop:end])
    spans = [found.span() for found in re.finditer("-+", ruler)] if _RULER.match(ruler) else []
    return _Head(start, end, spans, max(1, end - stop) if spans else 1)


def _whole(parts: list[tuple[int, str]]) -> str:
    """Put the parts of a line together that a terminal broke: all but the last are as wide as it was."""
    widest = max((len(line) for _, line in parts), default=0)
    return "".join(line.ljust(widest) for _, line in parts[:-1]) + (parts[-1][1] if parts else "")


def _collapsed(line: str) -> list[str]:
    """Read a row whose blanks were lost or doubled: by its volume id and what stands behind it."""
    found = _END.search(line) if len(line) <= _LONGEST else None
    if not found or not is_volume_id(found[1]):
        return []
    before = line[: found.start()].strip()
    mount, _, name = before.partition(" ") if before.startswith("/vmfs/") else ("", "", before)
    return [mount, " ".join(name.split()), found[1], found[2], " ".join(found[3].split()), found[4], found[5]]


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
    mount, name, ident, _, kind, size, free = (cell.replace("\t", " ") for cell in cells)
    records: list[Record] = [Volume(number, name, ident)] if name and name != ident else []
    if mount:
        records.append(Filesystem(number, kind, size, "", free, int(size), None, int(free), None, mount))
    return records or [Volume(number, ident, ident)]


PARSER = Parser(
    name="esxcli",
    where="host",
    command="esxcli storage filesystem list",
    reads="datastores with name, volume id and size; text, --formatter=csv, --formatter=json",
    runs=runs,
    starts=starts,
    parse=parse,
    marks=('"VolumeName"', "Mount Point", "MountPoint"),
    without_facts={
        "a heading, or a part of one": r"(?:Mount\s+Point|Volume\s+Name|UUID|Mounted|Type|Size|Free|[,\s])+$|Free,MountPoint,",
        "a rule": r"[\s\\-]+$",
        **json_kinds((), ("MountPoint", "UUID", "VolumeName")),
        "the end of a row": is_end_of_row,
    },
)

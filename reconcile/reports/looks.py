"""What a workbook hides or shows otherwise, which its cells do not tell: hidden rows and columns, filters, notes, sheets that are not ours.

None of it makes a report one that does not follow, and who looks at it must know of it all the same.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.reports.plans import WORKBOOK_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

# <sheet name="Findings" sheetId="2" state="visible" r:id="rId2"/>
_SHEET = re.compile(r'<(?:[a-z]{1,9}:)?sheet\s[^>]{0,500}?name="([^"]{1,200})"[^>]{0,500}?\bid="([^"]{1,50})"')
# <Relationship Type="..." Target="/xl/worksheets/sheet2.xml" Id="rId2"/>
_RELATION = re.compile(r"<(?:[a-z]{1,9}:)?Relationship\s([^>]{1,800})>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]{1,300})"')
# <row r="3" hidden="1" ...>        <row r="3" ht="0" customHeight="1">        <col min="3" max="5" hidden="1" .../>
_HIDDEN = re.compile(rb'<(?:[a-z]{1,9}:)?(row|col)\b(?=[^>]{0,400}?\b(?:hidden="(?:1|true)"|ht="0"|width="0"))[^>]{0,400}>')
# <col min="11" max="34" hidden="1" outlineLevel="1" .../>: a group of columns that is folded, and whose button is in sight.
_GROUPED = re.compile(rb'\boutlineLevel="[1-7]"')
# <sheetFormatPr zeroHeight="1" .../>: every row of which nothing else is said is hidden.
_ALL_HIDDEN = re.compile(rb'\bzeroHeight="(?:1|true)"')
_FILTER = re.compile(rb"<(?:[a-z]{1,9}:)?filterColumn\b")
_SPAN = re.compile(rb'\b(min|max)="([0-9]{1,5})"')


def remarks(report: str) -> Iterator[str]:
    """Give what a workbook, or that of a folder, hides or shows otherwise, in words; nothing of what is none."""
    path = Path(report)
    path = path / WORKBOOK_FILE if path.is_dir() else path
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        return
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for title, part in _sheets(archive):
            if part in names:
                yield from (f"{title}: {remark}" for remark in _of_sheet(archive.read(part)))
        if any(name.startswith("xl/tables/") and _FILTER.search(archive.read(name)) for name in sorted(names)):
            yield "a table is filtered: not all of its rows may be shown"
        if any(re.match(r"xl/(?:comments|threadedComments)", name) for name in names):
            yield "cells have notes, which are not the report's"
        if "Past reviews" in {title for title, _ in _sheets(archive)}:
            yield "the sheet 'Past reviews' is what reviewers wrote, and follows from no captures"


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the sheets' titles, each with its part of the archive."""
    relations: dict[str, str] = {}
    for found in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
        said = dict(_ATTRIBUTE.findall(found[1]))
        target = said.get("Target", "")
        relations[said.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    text = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    return [(title, relations.get(ident, "")) for title, ident in _SHEET.findall(text)]


def _of_sheet(xml: bytes) -> Iterator[str]:
    rows = columns = 0
    for found in _HIDDEN.finditer(xml):
        if found[1] == b"row":
            rows += 1
        elif not _GROUPED.search(found[0]):
            span = {name: int(number) for name, number in _SPAN.findall(found[0])}
            columns += span.get(b"max", 1) - span.get(b"min", 1) + 1
    for number, noun in ((rows, "row"), (columns, "column")):
        if number:
            yield f"{number:,} {noun}{'' if number == 1 else 's'} hidden"
    if _ALL_HIDDEN.search(xml[:5000]):
        yield "rows are hidden unless something else is said of them"
    if _FILTER.search(xml):
        yield "filtered: not all rows may be shown"

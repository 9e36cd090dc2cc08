"""Does a report follow from captures? The report is made anew and compared with the one at hand, which is read as it is.

Of a workbook every cell of every sheet is compared, but for those that a person fills in; not its looks. Rows may stand in another
order, for people sort. CSV, JSON and the page are compared byte for byte.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.errors import CaptureError
from reconcile.base.printable import visible
from reconcile.reports.csv_file import csv_blocks, csv_bytes
from reconcile.reports.datapackage_file import package_bytes, written
from reconcile.reports.plans import PACKAGE_FILE, PAGE_FILE, RUN_FILE, SUMS_FILE, WORKBOOK_FILE
from reconcile.reports.write import blocks_of
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl import Workbook

    from reconcile.results.reconciliation import Reported

_BOM = b"\xef\xbb\xbf"
_MOST_SHOWN = 200


class Difference(NamedTuple):
    """Where a report is not what follows from the captures: what stands there, and what would have to."""

    where: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: the report says {_quoted(self.found)}, and from these captures follows {_quoted(self.expected)}"


def differences(report: str, result: Reported) -> Iterator[Difference]:
    """Compare a report, a file or a folder, with what `result` gives, and give what differs, in order.

    `result` must follow from captures read with ``keep=True`` where the report is a page or a folder. Raises `CaptureError` where the
    report cannot be read.
    """
    path = Path(report)
    try:
        if path.is_dir():
            yield from _of_folder(path, result)
        else:
            yield from _of_file(path, path.name, result)
    except OSError as error:
        message = f"The report '{visible(report)}' cannot be read: {error.strerror or error}. Name a report that this tool wrote."
        raise CaptureError(message) from error


def _of_folder(folder: Path, result: Reported) -> Iterator[Difference]:
    tables = {f"{spec.name}.csv": spec for spec in schema.ALL}
    there = sorted(entry.name for entry in folder.iterdir())
    # A folder of tables alone has neither workbook nor page, and its list of sums names none.
    whole = {WORKBOOK_FILE, PAGE_FILE} if {WORKBOOK_FILE, PAGE_FILE} & {*there, *_sums(folder)} else set()
    wanted = {*tables, *whole, PACKAGE_FILE, RUN_FILE, SUMS_FILE}
    for name in sorted(wanted - set(there)):
        yield Difference(name, "nothing: the file is missing", "a file")
    for name in there:
        if name not in wanted:
            yield Difference(name, "a file of that name", "none")
        elif name == PACKAGE_FILE:
            made = {file: written(csv_blocks(result.table(spec.name), bom=_has_bom(folder / file))) for file, spec in tables.items()}
            yield from _of_lines(name, (folder / name).read_bytes(), package_bytes(result, made))
        elif name == SUMS_FILE:
            yield from _of_sums(folder, there)
        elif name != RUN_FILE:
            yield from _of_file(folder / name, name, result)


def _has_bom(path: Path) -> bool:
    if not path.is_file():
        return True
    with path.open("rb") as file:
        return file.read(3) == _BOM


def _of_sums(folder: Path, there: list[str]) -> Iterator[Difference]:
    """Compare the sums with the files as they are: of run.json, which is of another run, nothing else can be said."""
    # The workbook's changes when a person fills it in.
    files = [name for name in there if name not in {SUMS_FILE, WORKBOOK_FILE} and (folder / name).is_file()]
    said = _sums(folder)
    for name in sorted(said.keys() - set(there)):
        yield Difference(f"{SUMS_FILE}, {name}", said[name], "nothing: there is no such file")
    lines = (folder / SUMS_FILE).read_text("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        if line != f"{said[line[66:]]}  {line[66:]}" or not line[66:]:
            yield Difference(f"{SUMS_FILE}, line {number}", line, "one line a file: its SHA-256 and its name")
    for name in files:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if said.get(name) != digest:
            yield Difference(f"{SUMS_FILE}, {name}", said.get(name, "nothing"), digest)


def _sums(folder: Path) -> dict[str, str]:
    """Return what a folder's list of sums says, by the files' names."""
    file = folder / SUMS_FILE
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    return {line[66:]: line[:64] for line in lines}


def _of_file(path: Path, name: str, result: Reported) -> Iterator[Difference]:
    match path.suffix.lower():
        case ".xlsx":
            yield from _of_workbook(path, name, result)
        case ".csv":
            data = path.read_bytes()
            yield from _of_lines(name, data.removeprefix(_BOM), csv_bytes(result.table(_table_of(data, name)), bom=False))
        case ".html" | ".json" as suffix:
            yield from _of_lines(name, path.read_bytes(), b"".join(blocks_of(suffix, result)))
        case _:
            message = f"'{visible(name)}' is no report: its name ends in none of .xlsx, .html, .csv and .json."
            raise CaptureError(message)


def _table_of(data: bytes, name: str) -> str:
    """Tell by its header which table a CSV holds."""
    header = data.removeprefix(_BOM).partition(b"\n")[0].strip().decode("utf-8", "replace")
    found = [spec.name for spec in schema.ALL if ",".join(column.name for column in spec.columns) == header]
    if len(found) != 1:
        message = f"'{visible(name)}' is no table of this tool: its first line is {_quoted(header)}."
        raise CaptureError(message)
    return found[0]


def _of_lines(name: str, found: bytes, expected: bytes) -> Iterator[Difference]:
    if found == expected:
        return
    pairs = zip_longest(found.split(b"\n"), expected.split(b"\n"))
    for number, (one, other) in enumerate(pairs, 1):
        if one != other:
            texts = ("no line" if line is None else line.decode("utf-8", "replace") for line in (one, other))
            yield Difference(f"{name}, line {number}", *texts)


# A cell is its kind and its value, a row its cells without the empty ones at its end.
_Cell = tuple[str, object]
_Row = tuple[_Cell, ...]
_NOTHING: _Cell = ("", None)


def _of_workbook(path: Path, name: str, result: Reported) -> Iterator[Difference]:
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow to import

    from reconcile.reports.workbook.review import check_workbook  # noqa: PLC0415
    from reconcile.reports.workbook.workbook import PAST, workbook_bytes  # noqa: PLC0415

    data = workbook_bytes(result)
    if path.read_bytes() == data:
        return
    try:
        check_workbook(path)
        found = load_workbook(path, read_only=True)
    except OSError:
        raise
    except Exception as error:  # whatever openpyxl meets in a file that is none
        message = f"'{visible(name)}' is no workbook: {error}. Name a report that this tool wrote."
        raise CaptureError(message) from error
    expected = load_workbook(io.BytesIO(data), read_only=True)
    try:
        titles = [title for title in found.sheetnames if title != PAST]
        if titles != expected.sheetnames:
            yield Difference(f"{name}, sheets", ", ".join(titles), ", ".join(expected.sheetnames))
        for title in expected.sheetnames:
            if title in titles:
                yield from _of_sheet(f"{name}, {title}", title, found, expected)
    finally:
        found.close()
        expected.close()


def _of_sheet(where: str, title: str, found: Workbook, expected: Workbook) -> Iterator[Difference]:
    if found[title].sheet_state != "visible":
        yield Difference(where, "a hidden sheet", "a visible one")
    yield from _of_formats(where, found, title)
    ours, theirs = (_rows(book, title) for book in (expected, found))
    if theirs == ours:
        return
    if theirs[:1] == ours[:1] and title != "Summary" and Counter(theirs) == Counter(ours):
        # Somebody sorted the sheet.
        return
    for number, (one, other) in enumerate(zip_longest(theirs, ours, fillvalue=()), 1):
        for column, (cell, wanted) in enumerate(zip_longest(one, other, fillvalue=_NOTHING), 1):
            if cell != wanted:
                yield Difference(f"{where}!{_letter(column)}{number}", _said(cell), _said(wanted))


# Those that show a figure as it is.
_FORMATS = frozenset({"General", "GENERAL", "0", "#,##0", "@", "0.00", "#,##0.00"})


def _of_formats(where: str, book: Workbook, title: str) -> Iterator[Difference]:
    """Give the first figure that is shown as another."""
    sheet = book[title]
    # What a file says of its own size is not believed.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and cell.number_format not in _FORMATS:
                at = f"{where}!{_letter(cell.column)}{cell.row}"
                yield Difference(at, f"{cell.value} in the format {cell.number_format}", f"{cell.value} as it is")
                return


def _rows(book: Workbook, title: str) -> list[_Row]:
    """Return a sheet's rows without what a person fills in."""
    from reconcile.reports.workbook.layouts import BEFORE_REVIEW, heading  # noqa: PLC0415
    from reconcile.reports.workbook.review import CARRIED, COLUMNS  # noqa: PLC0415
    from reconcile.reports.workbook.summary_sheet import SIGN_OFF  # noqa: PLC0415

    sheet = book[title]
    # What a file says of its own size is not believed.
    sheet.reset_dimensions()
    rows: list[_Row] = []
    entries: set[int] = set()
    for cells in sheet.iter_rows():
        row = [_cell(cell.value, cell.data_type) if cell.value is not None else _NOTHING for cell in cells]
        if not rows and title.startswith("Findings"):
            own = enumerate((*COLUMNS, CARRIED), BEFORE_REVIEW)
            entries = {at for at, name in own if at < len(row) and row[at][1] == heading(name)}
        entries_here = {1} if title == "Summary" and row and row[0][1] in SIGN_OFF else entries
        row = [_NOTHING if at in entries_here else cell for at, cell in enumerate(row)]
        while row and row[-1] == _NOTHING:
            row.pop()
        rows.append(tuple(row))
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _cell(value: object, kind: str) -> _Cell:
    from reconcile.reports.workbook.review import unescaped  # noqa: PLC0415

    if kind in {"f", "e"}:
        return (kind, str(value))
    if isinstance(value, bool):
        return ("b", str(value).upper())
    return ("s", unescaped(value)) if isinstance(value, str) else ("n", value)


def _said(cell: _Cell) -> str:
    kind, value = cell
    words = {"f": "the formula ", "e": "the error "}
    return "nothing" if cell == _NOTHING else f"{words.get(kind, '')}{value}"


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    return get_column_letter(column)


def _quoted(text: str) -> str:
    shown = visible(text)
    return f"'{shown if len(shown) <= _MOST_SHOWN else shown[:_MOST_SHOWN] + ' ...'}'"

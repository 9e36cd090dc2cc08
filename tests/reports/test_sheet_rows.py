"""The rows that are written without openpyxl: what it reads of them is what it would have written itself."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import hostile_text
import openpyxl
import pytest
from hypothesis import example, given
from python_calamine import CalamineWorkbook

from reconcile.reports.escape import cell_text
from reconcile.reports.workbook import review, sheet_pages, sheet_rows, sheets
from reconcile.reports.workbook import zip_file as book_file
from reconcile.reports.workbook.layouts import SheetField
from reconcile.reports.workbook.sheet_rows import SLACK, SheetColumn, SheetRows, line_count
from reconcile.reports.workbook.zip_file import abandon, write_book
from reconcile.results import schema
from reconcile.results.columns import Type, count, ident, text

COLUMNS = (text("name", 12, ""), ident("id", 20, ""), count("number", 8, ""))
WIDTHS = [12, 20, 12]
NUMBERS = [0, -1, 7, 10**15 - 1, 10**15, -(10**15), 2**70, None]


def book_bytes(book) -> bytes:
    out = io.BytesIO()
    write_book(book, out)
    return out.getvalue()


def book_of(rows, columns=COLUMNS, widths=WIDTHS) -> openpyxl.Workbook:
    book = openpyxl.Workbook(write_only=True)
    sheet = sheet_pages.new_sheet(book, "A", widths, "x")
    sheets.begin(sheet)
    sheets.heading(sheet, [column.name for column in columns])
    fields = [SheetField(column, at) for at, column in enumerate(columns)]
    book_file.put_rows(sheet, SheetRows(sheets.data_columns(sheet, fields, widths, {}), rows))
    return book


def slow_book(rows) -> openpyxl.Workbook:
    """Write the same with a cell of openpyxl for each value."""
    book = openpyxl.Workbook(write_only=True)
    sheet = sheet_pages.new_sheet(book, "A", WIDTHS, "x")
    sheets.begin(sheet)
    sheets.heading(sheet, [column.name for column in COLUMNS])
    for number, row in enumerate(rows, 2):
        cells = []
        for value, column, width in zip(row, COLUMNS, WIDTHS, strict=True):
            if value is None or value == "":
                cells.append(None)
            elif isinstance(value, int):
                cells.append(sheets.number_cell(sheet, value))
            else:
                font = sheets._MONO if column.type is Type.ID else sheets.PLAIN  # noqa: SLF001
                wrapped = sheets._WRAP if len(value) * SLACK > width else sheets._TOP  # noqa: SLF001
                cells.append(sheets.text_cell(sheet, value, font, wrapped))
        long = [(value, width / SLACK) for value, width in zip(row, WIDTHS, strict=True) if isinstance(value, str)]
        needed = [line_count(cell_text(value), room) if len(value) > room else 1 for value, room in long]
        if max(needed) > 1:
            sheet.row_dimensions[number].height = min(15 * max(needed), 409)
        sheet.append(cells)
    return book


def looks(data: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["A"]
    return [
        [
            sheet.row_dimensions[row[0].row].height,
            *(
                (cell.value, cell.data_type, cell.number_format, cell.quotePrefix, repr(cell.font), repr(cell.alignment), repr(cell.fill))
                for cell in row
            ),
        ]
        for row in sheet.iter_rows()
    ]


def rows_of(texts) -> list[tuple[object, ...]]:
    return [(value, value[::-1] if at % 3 else "", NUMBERS[at % len(NUMBERS)]) for at, value in enumerate(texts)]


@hostile_text.quick
@given(hostile_text.many_texts)
@example([*hostile_text.ALL, *("plain text", "1234", "a" * 12, "a" * 13, "a" * 10, "a" * 11, "datastore", "x" * 5000)])
def test_a_cell_is_what_openpyxl_makes_of_it_with_the_same_look_and_height(texts):
    rows = rows_of(texts)
    assert looks(book_bytes(book_of(rows))) == looks(book_bytes(slow_book(rows)))


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, 1), ("a" * 10, 10, 1), ("a" * 11, 10, 2), ("one two", 10, 1), ("one two three", 10, 2), ("aaaa bbbb cccc", 4, 3),
        ("aaaa bbbb cccc", 9, 2), ("a" * 25 + " b", 10, 3), ("x " + "a" * 25, 10, 4), ("/vmfs/volumes/PMemDS-1/db01", 14, 2),
    ],
)  # fmt: skip
def test_lines_end_where_words_do(text, room, lines):
    assert line_count(text, room) == lines


def test_a_folded_column_makes_no_row_higher():
    book = openpyxl.Workbook(write_only=True)
    sheet = sheet_pages.new_sheet(book, "A", [10], "x")
    look = sheets._look(sheet, sheets.PLAIN)  # noqa: SLF001
    told = [SheetColumn("A", look, 10, is_seen=is_seen) for is_seen in (True, False)]
    abandon(book)
    assert [b" ht=" in next(iter(SheetRows([column], [("word " * 9,)]))) for column in told] == [True, False]


@pytest.mark.parametrize("value", [" ", "  a  b  ", "a ", " a", "\u3000"])
def test_blanks_around_a_text_are_kept(value):
    data = book_bytes(book_of([(value, value, 1)]))
    shown = cell_text(value)
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("A").to_python()[1] == [shown, shown, 1.0]
    assert next(openpyxl.load_workbook(io.BytesIO(data))["A"].iter_rows(min_row=2, values_only=True)) == (shown, shown, 1)


def test_rows_of_many_blocks_stand_where_they_should():
    rows = [(f"name {n % 7}", f"{n:08x}", n) for n in range(sheet_rows._BLOCK * 2 + 3)]  # noqa: SLF001
    data = book_bytes(book_of(rows))
    assert list(openpyxl.load_workbook(io.BytesIO(data))["A"].iter_rows(min_row=2, values_only=True)) == rows
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("A").to_python()[1:] == [list(row) for row in rows]


def test_what_is_remembered_of_values_changes_nothing(monkeypatch):
    rows = rows_of([*hostile_text.ALL, *("a b" * (n % 9) for n in range(300))])
    once = b"".join(book_sheet(rows))
    monkeypatch.setattr(sheet_rows, "_BLOCK", 7)
    monkeypatch.setattr(sheet_rows, "_MOST_KNOWN", 3)
    assert b"".join(book_sheet(rows)) == once


def book_sheet(rows) -> list[bytes]:
    book = book_of(rows)
    blocks = list(book.worksheets[0]._writer.blocks)  # noqa: SLF001
    abandon(book)
    return blocks


def test_blocks_of_any_size_give_the_same_file(monkeypatch):
    rows = [(f"name {n % 7}", f"{n * 7919:08x}", n) for n in range(5000)]
    once = book_bytes(book_of(rows))
    for size in (1, 50, 4999, 100_000):
        monkeypatch.setattr(sheet_rows, "_BLOCK", size)
        assert book_bytes(book_of(rows)) == once


def test_a_sheet_too_long_for_the_form_of_zip_that_all_read_is_written_in_the_other(monkeypatch):
    rows = [(f"name {n}", f"{n:08x}", n) for n in range(3000)]
    usual = book_bytes(book_of(rows))
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 200_000)
    data = book_bytes(book_of(rows))
    monkeypatch.undo()
    with zipfile.ZipFile(io.BytesIO(data)) as long, zipfile.ZipFile(io.BytesIO(usual)) as short:
        assert long.testzip() is None
        assert {name: long.read(name) for name in long.namelist()} == {name: short.read(name) for name in short.namelist()}
        assert long.getinfo("xl/worksheets/sheet1.xml").file_size > 200_000
    assert list(openpyxl.load_workbook(io.BytesIO(data))["A"].iter_rows(min_row=2, values_only=True)) == rows
    # The version that a reader must know: 45 for long files.
    assert b"PK\x03\x04\x2d\x00" in data
    assert b"PK\x03\x04\x2d\x00" not in usual


def test_the_parts_stand_in_order_without_a_date_of_their_own():
    with zipfile.ZipFile(io.BytesIO(book_bytes(book_of([("a", "b", 1)])))) as archive:
        names = archive.namelist()
        assert names[0] == "[Content_Types].xml"
        assert names[1:] == sorted(names[1:])
        assert {(info.date_time, info.create_system, info.external_attr, info.flag_bits) for info in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16, 0)
        }


class FullDisk(io.BytesIO):
    """A file on a disk that takes no more than some bytes."""

    def write(self, data) -> int:
        """Write as long as there is room."""
        if self.tell() > 3000:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_said_so():
    book = book_of([(f"{n * 7919:x}", f"{n * 104729:08x}", n) for n in range(20_000)])
    with pytest.raises(OSError, match="No space left"):
        write_book(book, FullDisk())


@pytest.mark.parametrize("at", range(1, 8))
def test_a_block_that_is_not_written_is_never_passed_over(monkeypatch, at):
    """Also not the last ones, which are still waited for when all rows are made."""
    monkeypatch.setattr(sheet_rows, "_BLOCK", 1000)
    book = book_of([(f"{n * 7919:x}", f"{n * 104729:08x}", n) for n in range(5000)])
    calls = []
    real = zipfile._ZipWriteFile.write  # noqa: SLF001

    def write(part, data):
        if part._zinfo.filename.endswith("sheet1.xml"):  # noqa: SLF001
            calls.append(data)
            if len(calls) == at:
                raise OSError(5, "Input/output error")
        return real(part, data)

    monkeypatch.setattr(zipfile._ZipWriteFile, "write", write)  # noqa: SLF001
    with pytest.raises(OSError, match="Input/output error"):
        write_book(book, io.BytesIO())


def test_a_failure_while_rows_are_made_is_not_hidden():
    book = book_of([("a", "b", 1), ("a", "b")])
    with pytest.raises(ValueError, match="zip"):
        write_book(book, io.BytesIO())


def test_entries_are_there_to_be_filled_in_and_days_are_days():
    book = openpyxl.Workbook(write_only=True)
    sheet = sheet_pages.new_sheet(book, "A", [10] * 4, "x")
    sheets.begin(sheet)
    sheets.heading(sheet, review.COLUMNS)
    day = dt.date(2024, 2, 29)
    rows = [("", "", "", ""), ("Accepted", "=1", day, "x" * 100), ("#N/A", "a", "soon", "-")]
    book_file.put_rows(sheet, SheetRows(sheets.entry_columns(sheet, 1, review.COLUMNS), rows))
    read = openpyxl.load_workbook(io.BytesIO(book_bytes(book)))["A"]
    assert [cell.value for cell in read[2]] == [None] * 4
    assert [cell.value for cell in read[3]] == ["Accepted", "=1", dt.datetime(2024, 2, 29), "x" * 100]  # noqa: DTZ001
    assert [cell.data_type for cell in read[3]] == ["s", "s", "d", "s"]
    assert [cell.value for cell in read[4]] == ["#N/A", "a", "soon", "-"]
    assert all(cell.fill.fgColor.rgb == "00FFFFE5" for row in read.iter_rows(min_row=2) for cell in row)
    assert all(read.row_dimensions[row].height is None for row in (2, 3, 4))
    assert review.COLUMNS[2] == "reviewed_on"
    assert {row[2].number_format for row in read.iter_rows(min_row=2)} == {"yyyy-mm-dd"}


def test_the_rows_of_every_table_of_the_contract_have_a_column_each():
    for spec in schema.ALL:
        book = book_of([], spec.columns, [column.width for column in spec.columns])
        abandon(book)

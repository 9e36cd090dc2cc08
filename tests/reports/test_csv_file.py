"""CSV: what a spreadsheet and a program read back is what was meant."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import hostile_text
import pandas as pd
import pytest
from hypothesis import example, given
from small_site import SERIALS, of_serials

from reconcile import match, read
from reconcile.reports import csv_file
from reconcile.reports.csv_file import csv_bytes, csv_lines, guarded
from reconcile.reports.escape import csv_text
from reconcile.results import schema
from reconcile.results.columns import OWN, SHARED, AlikeRows
from reconcile.results.mapping_rows import MappingRows
from reconcile.results.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def fields(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def meant(table) -> list[list[str]]:
    return [["" if value is None else str(value) if isinstance(value, int) else csv_text(value) for value in row] for row in table.rows]


def test_a_file_begins_with_a_bom_and_its_lines_end_with_crlf(result):
    data = csv_bytes(result.table("mapping"))
    assert data.startswith(b"\xef\xbb\xbfsite,status,")
    assert data.count(b"\xef\xbb\xbf") == 1
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == 1 + len(result.mapping)


def test_a_stream_gets_neither(result):
    text = "".join(csv_lines(result.table("mapping")))
    assert text.startswith("site,status,")
    assert "\r" not in text


@pytest.mark.parametrize("spec", schema.ALL, ids=lambda spec: spec.name)
def test_every_table_is_read_back_as_it_was(result, spec):
    table = result.table(spec.name)
    assert fields(csv_bytes(table)) == [[column.name for column in spec.columns], *meant(table)]


def test_a_table_without_rows_is_its_header(result):
    assert fields(csv_bytes(result.table("disks"))) == [[column.name for column in schema.DISKS.columns]]


@hostile_text.thorough
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_hostile_text_is_read_back_as_meant_and_calculates_nothing(saying, texts):
    table = saying(texts).table("findings")
    data = csv_bytes(table)
    rows = fields(data)[1:]
    assert rows == meant(table)
    assert data.count(b"\n") == 1 + len(rows)
    frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert frame.to_numpy().tolist() == rows
    for field in (field for row in rows for field in row):
        assert not field.strip().startswith(FORMULA_SIGNS) or field.lstrip("+-").replace(".", "", 1).isdigit()


def test_serials_that_look_like_numbers_are_the_bytes_that_went_in(captures):
    result = match(read(captures(of_serials(*SERIALS))))
    data = csv_bytes(result.table("dimms"))
    for serial in SERIALS:
        assert f",8902,{serial},".encode() in data


def plainly(table) -> bytes:
    """Write a table field by field, as the standard library does."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.spec.columns])
    numbers = [column.is_number for column in table.spec.columns]
    writer.writerows(
        [value if number or not value else csv_text(value) for value, number in zip(row, numbers, strict=True)] for row in table.rows
    )
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def changed(table) -> int:
    return sum(isinstance(value, str) and csv_text(value) != value for row in table.rows for value in row)


def table_of(texts) -> Table:
    """Make a table whose text columns hold one of the texts, or a plain one, and whose numbers are any."""
    numbers = [None, 0, -5, 12, 10**18]
    return Table(
        schema.FINDINGS,
        [
            tuple(
                numbers[(row + at) % 5] if column.is_number else text if (row + at) % 4 else ("plain", "", "nmem0", "a-b_c.vmdk")[row % 4]
                for at, column in enumerate(schema.FINDINGS.columns)
            )
            for row, text in enumerate(texts)
        ],
    )


@hostile_text.thorough
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
@example(["plain", "8902-206b080c", "", "a b", "a,b", 'a"b', "x"])
def test_the_bytes_are_those_of_the_standard_librarys_writer(texts):
    table = table_of(texts)
    assert csv_bytes(table) == plainly(table)
    assert guarded(table) == changed(table)


@pytest.mark.parametrize("block", [1, 2, 5, 1000])
def test_the_bytes_do_not_depend_on_how_many_rows_are_looked_at_together(monkeypatch, block):
    table = table_of([*hostile_text.ALL, *("plain",) * 50])
    monkeypatch.setattr(csv_file, "_BLOCK", block)
    assert csv_bytes(table) == plainly(table)
    assert guarded(table) == changed(table) > 0


class Parts(MappingRows):
    """Rows of the mapping in parts that are given."""

    def __init__(self, parts: list[AlikeRows]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(part.number for part in self._parts)

    def cut(self, most: int) -> Sequence[list[AlikeRows]]:
        """Give them, a few at a time."""
        return [self._parts[start : start + most] for start in range(0, len(self._parts), most)]


def alike(site: str, shared: str, names: tuple[str, ...]) -> AlikeRows:
    middle = [1 if column.is_number else site if at % 3 else "%d" for at, column in enumerate(schema.MAPPING.columns[1:-4])]
    return AlikeRows((SHARED, *middle, OWN, OWN, SHARED, None), (shared, "plain"), (names, tuple(range(len(names)))), (0,))


@hostile_text.thorough
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
@example(["plain", "a%sb", "%", "a b", "a,b", 'a"b', "=1"])
def test_rows_that_are_alike_are_written_as_each_by_itself(texts):
    parts = [
        *(alike("L", text, ("a.vmdk", "b.vmdk")) for text in texts),
        *(alike(text, "db01", ("a.vmdk",)) for text in texts),
        *(alike("L", "db01", (text, "b.vmdk")) for text in texts),
    ]
    table = Table(schema.MAPPING, Parts(parts))
    assert [len(row) for row in table.rows] == [len(schema.MAPPING.columns)] * len(table.rows)
    for block in (1, 3, 2000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_file, "_BLOCK", block)
            assert csv_bytes(table) == plainly(table)

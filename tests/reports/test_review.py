"""A reviewer's decisions come over to a new workbook by the findings' ids, and none is lost or put where it does not belong."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from small_site import PAIR, UNSETTLED

from reconcile import CaptureError, match, read
from reconcile.reports.workbook import review
from reconcile.reports.workbook.review import read_reviews
from reconcile.reports.workbook.summary_sheet import SIGN_OFF
from reconcile.reports.workbook.workbook import PAST, workbook_bytes

OTHER = {**UNSETTLED, "app01.txt": 'root@app01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-00abcdef"}]\nthis neither\n'}


def filled(result, path, entries: dict[str, tuple[object, ...]]) -> None:
    """Write a workbook, and fill in a reviewer's columns of findings, given by their rule."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(result)))
    sheet = book["Findings"]
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for value, name in zip(entries.get(row[names.index("rule")].value, ()), review.COLUMNS, strict=False):
            row[names.index(name.replace("_", " "))].value = value
    for name, cell in book["Summary"].iter_rows(max_col=2):
        if name.value in SIGN_OFF:
            cell.value = "somebody"
    book.save(path)


def rows_of(data: bytes, title: str) -> list[dict[str, object]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(data))[title].iter_rows(values_only=True)
    return [dict(zip((name.replace(" ", "_") for name in header), row, strict=True)) for row in rows]


@pytest.fixture
def first(captures):
    return match(read(captures(UNSETTLED, "first")))


DAY = dt.date(2026, 11, 24)
TEXT = "_x0041_ is =text; 00012345"


def test_decisions_come_over_to_the_findings_with_the_same_ids(first, captures, tmp_path):
    filled(
        first, tmp_path / "old.xlsx", {"not-understood": ("Accepted", "AB", DAY, TEXT), "guest-not-captured": (None, "=1+1", None, None)}
    )
    reviews = read_reviews(tmp_path / "old.xlsx")
    data = workbook_bytes(match(read(captures(OTHER, "first"))), reviews)
    rows = {(row["rule"], row["machine"] or row["subject"]): row for row in rows_of(data, "Findings")}
    carried = {key: tuple(row[name] for name in review.COLUMNS) for key, row in rows.items() if row["carried"]}
    assert len(carried) == len(reviews)
    (entries,) = [entries for (rule, _), entries in carried.items() if rule == "not-understood"]
    assert entries == ("Accepted", "AB", dt.datetime(2026, 11, 24), "_x005F_x0041_ is =text; 00012345")  # noqa: DTZ001
    assert PAST not in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert all(value is None for key, row in rows.items() if key not in carried for value in (row[name] for name in review.COLUMNS))


def test_a_second_time_they_come_over_unchanged(first, tmp_path):
    filled(first, tmp_path / "old.xlsx", {"not-understood": ("Rejected", "AB", DAY, TEXT)})
    once = workbook_bytes(first, read_reviews(tmp_path / "old.xlsx"))
    (tmp_path / "newer.xlsx").write_bytes(once)
    assert workbook_bytes(first, read_reviews(tmp_path / "newer.xlsx")) == once


def test_what_looks_like_a_formula_comes_over_as_text(first, tmp_path):
    filled(first, tmp_path / "old.xlsx", {"not-understood": ("Accepted", "=1+1", "tomorrow", "#REF!")})
    data = workbook_bytes(first, read_reviews(tmp_path / "old.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Findings"]
    cells = {cell.value: cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row}
    assert cells["=1+1"] == cells["tomorrow"] == cells["#REF!"] == "s"


def test_a_decision_about_a_finding_that_is_gone_is_kept_and_said_so(first, captures, tmp_path):
    filled(first, tmp_path / "old.xlsx", {"not-understood": ("Accepted", "AB", DAY, "why not")})
    now = match(read(captures(PAIR, "other")))
    data = workbook_bytes(now, read_reviews(tmp_path / "old.xlsx"))
    (past,) = rows_of(data, PAST)
    assert (past["rule"], past["decision"], past["comment"]) == ("not-understood", "Accepted", "why not")
    assert [row["decision"] for row in rows_of(data, "Findings")] == [None]
    assert now.all_findings == ()
    summary = openpyxl.load_workbook(io.BytesIO(data))["Summary"]
    assert [row[1] for row in summary.iter_rows(values_only=True, max_col=2) if row[0] == PAST] == [1]
    # And from there it is not lost either.
    (tmp_path / "newer.xlsx").write_bytes(data)
    again = workbook_bytes(match(read(captures(UNSETTLED, "first"))), read_reviews(tmp_path / "newer.xlsx"))
    assert [row["decision"] for row in rows_of(again, "Findings") if row["rule"] == "not-understood"] == ["Accepted"]


def test_a_decision_about_a_finding_that_says_something_else_now_says_so(captures, tmp_path):
    shared = {**PAIR, "clone.txt": str(PAIR["db01.txt"]).replace("@db01", "@clone01")}
    first = match(read(captures(shared, "first")))
    filled(first, tmp_path / "old.xlsx", {"shared-id": ("Accepted", "", "", "")})
    more = {**shared, "clone2.txt": str(PAIR["db01.txt"]).replace("@db01", "@clone02")}
    now = match(read(captures(more, "first")))
    (row,) = [row for row in rows_of(workbook_bytes(now, read_reviews(tmp_path / "old.xlsx")), "Findings") if row["rule"] == "shared-id"]
    assert row["decision"] == "Accepted"
    (before,) = [finding.message for finding in first.all_findings if finding.rule.name == "shared-id"]
    assert row["message"] != before
    assert row["carried"] == f"carried; the message then: {before}"


# What a file of one name held, and what it holds later: the messages about it are the same.
OTHER_CONTENT = [
    ("not-understood", "the array of rack 7 was cabled anew\n", "the disk of rack 9 was taken out\n"),
    ("truncated", 'root@db01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c"},', 'root@db01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-77777777"},'),
    ("command-failed", "[root@esx01:~] vmkfstools -J getuuid a.vmdk\nFailed to open : Failed to lock the file (16392).\n", "[root@esx01:~] vmkfstools -J getuuid b.vmdk\nFailed to open : Failed to lock the file (16392).\n"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "before", "after"), OTHER_CONTENT, ids=[rule for rule, _, _ in OTHER_CONTENT])
def test_a_decision_is_not_carried_to_other_content_of_the_same_file(rule, before, after, captures, tmp_path):
    filled(match(read(captures({**PAIR, "more.txt": before}, "first"))), tmp_path / "old.xlsx", {rule: ("Accepted", "AB", "", "fine")})
    now = match(read(captures({**PAIR, "more.txt": after}, "first")))
    data = workbook_bytes(now, read_reviews(tmp_path / "old.xlsx"))
    (row,) = [row for row in rows_of(data, "Findings") if row["rule"] == rule]
    assert row["decision"] is None
    assert str(row["carried"]).startswith("not carried, for what it is about was another: Accepted, AB; the message then: ")
    assert [past["comment"] for past in rows_of(data, PAST)] == ["fine"]
    same = workbook_bytes(match(read(captures({**PAIR, "more.txt": before}, "first"))), read_reviews(tmp_path / "old.xlsx"))
    assert [row["carried"] for row in rows_of(same, "Findings") if row["rule"] == rule] == ["carried"]


def test_nothing_filled_in_is_nothing_to_carry(first, tmp_path):
    filled(first, tmp_path / "old.xlsx", {})
    assert read_reviews(tmp_path / "old.xlsx") == {}


@pytest.mark.parametrize("name", ["old.xlsx", "folder.xlsx", "text.xlsx", "zip.xlsx", "other.xlsx", "dtd.xlsx"])
def test_what_is_no_workbook_of_this_tool_is_refused_in_a_sentence(name, run, first, captures, tmp_path):
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "text.xlsx").write_text("no")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("a", "b")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(first))) as good, zipfile.ZipFile(tmp_path / "dtd.xlsx", "w") as bad:
        for member in good.namelist():
            data = good.read(member)
            bad.writestr(
                member, data.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst') if member == "xl/sharedStrings.xml" else data
            )
        bad.writestr("xl/more.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    ran = run("report", captures(PAIR), "-o", tmp_path / "new.xlsx", "--carry-review", tmp_path / name)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert name in ran.err
    assert "this is a bug" not in ran.err
    assert not (tmp_path / "new.xlsx").exists()
    with pytest.raises(CaptureError):
        read_reviews(tmp_path / name)


def test_the_command_line_carries_them(run, first, captures, tmp_path):
    filled(first, tmp_path / "old.xlsx", {"not-understood": ("Accepted", "AB", DAY, "fine")})
    ran = run(
        "report",
        captures(UNSETTLED, "first"),
        "-o",
        tmp_path / "new.xlsx",
        "-o",
        f"{tmp_path}/all/",
        "--carry-review",
        tmp_path / "old.xlsx",
    )
    assert ran.code == 1
    for path in (tmp_path / "new.xlsx", tmp_path / "all" / "audit.xlsx"):
        assert "Accepted" in [row["decision"] for row in rows_of(path.read_bytes(), "Findings")]
    first.to_excel(tmp_path / "library.xlsx", carry_review=tmp_path / "old.xlsx")
    assert (tmp_path / "library.xlsx").read_bytes() == (tmp_path / "new.xlsx").read_bytes()

"""``reconcile report``: what stands on standard output, and which exit code a script gets."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from openpyxl import load_workbook
from small_site import PAIR, UNSETTLED, contents, of_serials

from reconcile import match, read

REFUSED = {**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1crest"}


def test_without_an_output_rows_and_findings_stand_on_stdout_and_no_file_is_written(captures, run, tmp_path, monkeypatch):
    folder = captures(UNSETTLED)
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    ran = run("report", folder)
    assert ran.code == 1
    assert contents(tmp_path) == before
    told = ran.out.splitlines()
    assert told[0].split() == ["status", "guest", "device", "host", "vm", "vmdk", "digits"]
    assert ["matched", "db01", "nmem0", "esx01", "db01", "db01.vmdk", "206b080c"] in [line.split() for line in told]
    for finding in match(read(folder)).all_findings:
        at = told.index(f"{finding.rule.severity} {finding.rule.name} {finding.id}")
        assert told[at + 1].endswith(finding.message)
        assert told[at + 2] == f"  -> {finding.rule.advice}"
    assert ran.err.startswith("FINDINGS PRESENT")
    assert "  report    " not in ran.err


def test_a_pipe_gets_every_row_and_whole_lines(captures, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    ran = run("report", captures(of_serials(*(f"{number:08x}" for number in range(1, 60)))), "-q")
    assert sum(line.startswith("matched") for line in ran.out.splitlines()) == 59
    assert ran.err == ""


def test_a_terminal_gets_the_first_of_many_and_is_told_how_to_have_all(captures, run, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def reconfigure(self, **_: object) -> None:
            """Take what a stream takes."""

    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    folder = captures(of_serials(*(f"{number:08x}" for number in range(1, 60))))
    monkeypatch.setattr(sys, "stdout", stream)
    run("report", folder, "-q")
    told = stream.getvalue()
    assert "34 more rows; -o audit.xlsx writes them all to a file." in told
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", told).splitlines()) <= 80


def test_findings_as_json_are_the_table(captures, run, tmp_path):
    folder = captures(UNSETTLED)
    table = json.loads(run("report", folder, "-o", "-", "--table", "findings", "--format", "json", "-q").out)
    assert json.loads(run("report", folder, "--format", "json", "-q").out) == table
    ran = run("report", folder, "--format", "json", "-o", tmp_path / "a.csv", "-q")
    assert json.loads(ran.out) == table
    assert (tmp_path / "a.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "csv"], "--format csv says which table goes to standard output. Add -o - for it."),
        (["--table", "dimms"], "--table says which table goes to standard output. Add -o - for it."),
        (["-o", "-", "--format", "sarif"], "-o - prints tables, and --format sarif findings. Leave one of them out."),
        (["--carry-review", "old.xlsx"], "--carry-review keeps decisions in a workbook, and none is written. Add -o audit.xlsx"),
        (["--carry-review", "old.xlsx", "-o", "a.csv"], "--carry-review keeps decisions in a workbook"),
    ],
)
def test_what_does_not_fit_together_is_said(captures, run, tmp_path, monkeypatch, arguments, said):
    folder = captures(PAIR)
    monkeypatch.chdir(tmp_path)
    ran = run("report", folder, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


NOTED = {**PAIR, "note.txt": "root@db01:~# hostname\ndb01\n"}


@pytest.mark.parametrize(
    ("files", "options", "code"),
    [
        (PAIR, [], 0),
        (UNSETTLED, [], 1),
        (UNSETTLED, ["--fail-on", "warning"], 1),
        (UNSETTLED, ["--fail-on", "error"], 0),
        (UNSETTLED, ["--fail-on", "note"], 1),
        (UNSETTLED, ["--exit-zero"], 0),
        (REFUSED, [], 2),
        (REFUSED, ["--exit-zero"], 2),
        (REFUSED, ["--fail-on", "error"], 2),
    ],
)
def test_a_script_says_what_fails(captures, run, files, options, code):
    assert run("report", captures(files), "-q", *options).code == code


def test_an_error_fails_at_any_weight_and_a_note_only_where_notes_do(root, run):
    assert run("report", root / "samples" / "site", "-q", "--fail-on", "error").code == 1


def test_a_note_fails_where_notes_do(captures, run):
    folder = captures({"db01.txt": PAIR["db01.txt"], "esx01.txt": PAIR["esx01.txt"], "nobody/ndctl.json": '[{"dev":"region0","size":1}]'})
    found = match(read(folder))
    assert (found.totals.errors, found.totals.warnings) == (0, 0)
    assert found.totals.notes
    assert [run("report", folder, "-q", "--fail-on", weight).code for weight in ("error", "warning", "note")] == [0, 0, 1]


def test_it_is_said_how_many_decisions_came_over_and_how_many_are_gone(captures, run, tmp_path):
    folder = captures(UNSETTLED)
    old, new, third = tmp_path / "old.xlsx", tmp_path / "new.xlsx", tmp_path / "third.xlsx"
    run("report", folder, "-o", old, "-q")
    book = load_workbook(old)
    sheet = book["Findings"]
    header = [cell.value for cell in sheet[1]]
    for number in (2, 3):
        sheet.cell(number, header.index("decision") + 1).value = "Accepted"
    book.save(old)
    assert f"  review    2 of 2 decisions in {old} came over\n" in run("report", folder, "-o", new, "--carry-review", old).err
    (folder / "web01.txt").unlink()
    ran = run("report", folder, "-o", third, "--carry-review", old)
    assert f"decisions in {old} came over; " in ran.err
    assert "of findings that are gone: see the sheet Past reviews" in ran.err
    assert "review" not in run("report", folder, "-o", tmp_path / "quiet.xlsx", "--carry-review", old, "-q").err

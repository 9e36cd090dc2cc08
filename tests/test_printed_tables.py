"""Tables on standard output, and commands that say nothing else."""

from __future__ import annotations

import csv
import io
import json

import pytest
from small_site import PAIR, UNSETTLED

from reconcile.results import schema


@pytest.mark.parametrize("spec", schema.ALL, ids=lambda spec: spec.name)
def test_a_report_prints_any_one_table(captures, run, spec):
    folder = captures(UNSETTLED)
    ran = run("report", folder, "-o", "-", "--table", spec.name, "-q")
    assert (ran.code, ran.err) == (1, "")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    told = json.loads(run("report", folder, "-o", "-", "--table", spec.name, "--format", "json", "-q").out)
    assert [list(row) for row in told] == [[column.name for column in spec.columns]] * len(rows)
    assert ran.out == run("report", folder, "--sites", "-o", "-", "--table", spec.name, "-q").out


def test_without_a_table_it_is_the_mapping_as_csv_or_every_table_as_json(captures, run, tmp_path):
    folder = captures(UNSETTLED)
    assert run("report", folder, "-o", "-", "-q").out == run("report", folder, "-o", "-", "--format", "csv", "--table", "mapping", "-q").out
    run("report", folder, "-o", tmp_path / "all.json", "-q")
    assert json.loads(run("report", folder, "-o", "-", "--format", "json", "-q").out) == json.loads((tmp_path / "all.json").read_bytes())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "a.csv", "--table", "dimms"], "Add -o - for it"),
        (["-o", "a.csv", "--format", "csv"], "Add -o - for it"),
        (["-o", "-", "--table", "dimm"], "There is no table 'dimm'. Take one of: mapping, findings"),
    ],
)
def test_what_cannot_be_printed_is_said_before_anything_is_read(captures, run, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reconcile.capture.read_file.read", None)
    ran = run("report", captures(PAIR), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (tmp_path / "a.csv").exists()


def test_changes_are_printed_as_either(captures, run):
    old, new = captures(PAIR, "old"), captures(UNSETTLED, "new")
    rows = list(csv.DictReader(io.StringIO(run("diff", old, new, "-o", "-", "-q").out)))
    assert json.loads(run("diff", old, new, "-o", "-", "--format", "json", "-q").out) == [
        {
            name: (int(cell) if name.endswith("_line") and cell else cell or (None if name.endswith("_line") else ""))
            for name, cell in row.items()
        }
        for row in rows
    ]
    assert rows
    assert "Add -o - for it" in run("diff", old, new, "--format", "json").err


@pytest.mark.parametrize(
    ("arguments", "code", "prints"),
    [
        (["parse", "SITE"], 2, True),
        (["check", "SITE"], 2, False),
        (["check", "SITE", "--format", "json"], 2, True),
        (["explain", "db01", "SITE"], 2, True),
        (["verify", "a.csv", "SITE"], 0, False),
        (["verify", "b.csv", "SITE"], 1, False),
        (["diff", "SITE", "SITE"], 2, False),
        (["report", "SITE", "-o", "c.csv"], 2, False),
    ],
)
def test_whoever_asks_for_quiet_has_data_and_an_exit_code(captures, run, tmp_path, monkeypatch, arguments, code, prints):
    folder = captures({**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40)})
    monkeypatch.chdir(tmp_path)
    run("report", folder, "-o", "a.csv")
    (tmp_path / "b.csv").write_bytes((tmp_path / "a.csv").read_bytes().replace(b"nmem", b"mmem"))
    call = [str(folder) if word == "SITE" else word for word in arguments]
    loud, quiet = run(*call), run(*call, "-q", *(["--force"] if "c.csv" in call else []))
    assert (quiet.code, quiet.err, bool(quiet.out)) == (code, "", prints)
    assert loud.code == code
    if prints:
        assert loud.out == quiet.out
    else:
        assert loud.out + loud.err

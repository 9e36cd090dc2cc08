"""Writing: whole or not at all, with the rights that other files get, and hashes that hold."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from small_site import contents

from reconcile import OutputError, __version__
from reconcile.reports import write as output
from reconcile.reports.plans import plan_outputs
from reconcile.reports.write import write_reports
from reconcile.results import schema

if TYPE_CHECKING:
    from pathlib import Path

EVERY = ["a.csv", "b.json", "c.xlsx", "d.html", "out"]


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "reports"
    made.mkdir()
    return made


def write(result, folder: Path, names=EVERY, *, force: bool = False) -> list[str]:
    return write_reports(result, [str(folder / name) for name in names], force=force)


def failing(real, at: int, error: BaseException):
    """Make a function that fails the `at`-th time that it is called, counted from 1."""
    calls = []

    def call(*arguments: object, **options: object):
        calls.append(arguments)
        if len(calls) == at:
            raise error
        return real(*arguments, **options)

    return call


FULL = OSError(28, "No space left on device")


def test_outputs_are_returned_as_they_were_said(result, folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert write_reports(result, ["a.csv", "./out/"]) == ["a.csv", "./out/"]


def test_a_folder_holds_workbook_page_a_csv_a_table_and_what_proves_them(result, folder):
    write(result, folder, ["out"])
    tables = {*(f"{spec.name}.csv" for spec in schema.ALL), "datapackage.json", "run.json", "SHA256SUMS"}
    assert {path.name for path in (folder / "out").iterdir()} == {*tables, "audit.xlsx", "audit.html"}
    result.to_csv(folder / "tables/")
    assert {path.name for path in (folder / "tables").iterdir()} == tables


def test_nothing_else_is_left_beside_the_outputs(result, folder):
    write(result, folder)
    assert sorted(path.name for path in folder.iterdir()) == EVERY
    write(result, folder, force=True)
    assert sorted(path.name for path in folder.iterdir()) == EVERY


def test_the_sums_verify(result, folder):
    write(result, folder, ["out"])
    lines = (folder / "out" / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ", 1)) for line in lines)
    assert set(named) == {path.name for path in (folder / "out").iterdir()} - {"SHA256SUMS"}
    for name, digest in named.items():
        assert hashlib.sha256((folder / "out" / name).read_bytes()).hexdigest() == digest
    assert lines == sorted(lines, key=lambda line: line[66:])


def test_run_json_says_who_when_and_with_what(result, folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["reconcile", "report", "caf\u00e9\udcff", "-o", "out"])
    monkeypatch.setattr("getpass.getuser", lambda: "auditor")
    write(result, folder, ["out"])
    told = json.loads((folder / "out" / "run.json").read_bytes())
    assert told["tool"] == f"vpmem-reconcile {__version__}"
    assert told["user"] == "auditor"
    assert told["command"] == ["reconcile", "report", "caf\u00e9\udcff", "-o", "out"]
    assert told["written"].endswith("+00:00")
    assert told["exit_code"] == result.exit_code == 1
    assert told["files"]["mapping.csv"] == hashlib.sha256((folder / "out" / "mapping.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("error", [OSError(), KeyError("pw"), ImportError()])
def test_a_user_without_a_name_may_write_too(result, folder, monkeypatch, error):
    def nobody():
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    write(result, folder, ["out"])
    assert json.loads((folder / "out" / "run.json").read_bytes())["user"] == ""


def test_run_json_and_its_hash_are_all_that_changes_between_runs(result, folder, monkeypatch):
    write(result, folder, ["out"])
    monkeypatch.setattr(sys, "argv", ["another", "day"])
    write(result, folder, ["again"])
    changed = [name for name in contents(folder / "out") if contents(folder / "out")[name] != contents(folder / "again")[name]]
    assert changed == ["SHA256SUMS", "run.json"]
    sums = [set((folder / name / "SHA256SUMS").read_text().splitlines()) for name in ("out", "again")]
    assert {line[66:] for line in sums[0] ^ sums[1]} == {"run.json"}


@pytest.mark.parametrize(
    ("umask", "file", "directory"), [(0o022, 0o644, 0o755), (0o027, 0o640, 0o750), (0o077, 0o600, 0o700), (0o002, 0o664, 0o775)]
)
def test_outputs_have_the_rights_that_the_umask_gives(result, folder, umask, file, directory):
    before = os.umask(umask)
    try:
        write(result, folder)
        write(result, folder, force=True)
    finally:
        os.umask(before)
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (directory if path.is_dir() else file), path


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt(), ValueError("a bug"), MemoryError()], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("names", [["a.csv", "b.json"], ["out", "b.json"], ["a.csv", "c.xlsx"], ["b.json", "out"]])
@pytest.mark.parametrize("old", [False, True])
def test_a_failure_while_writing_leaves_all_as_it_was(result, folder, monkeypatch, error, names, old):
    if old:
        write(result, folder, names)
    before = contents(folder)
    broken = {"b.json": "json_blocks", "c.xlsx": "_write_file", "out": "run_bytes"}[names[1]]
    monkeypatch.setattr(output, broken, failing(getattr(output, broken), 1, error))
    with pytest.raises(OutputError if isinstance(error, OSError) else type(error)):
        write(result, folder, names, force=True)
    assert contents(folder) == before


STEPS = [(function, at) for function in ("replace", "rename") for at in (1, 2, 3)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]}{step[1]}")
@pytest.mark.parametrize("names", [["a.csv", "b.json"], ["out", "b.json"], ["a.csv", "out"], ["one", "two"], ["out"]], ids=" ".join)
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_a_failure_while_putting_reports_in_place_leaves_all_as_it_was(result, folder, monkeypatch, step, names, old):
    """All of them or none, and an existing one is not lost. Where nothing fails, as there is no such step, all are written."""
    if old:
        write(result, folder, names)
        monkeypatch.setattr(sys, "argv", ["another", "day"])
    before = contents(folder)
    function, at = step
    fail = failing(getattr(os, function), at, FULL)
    monkeypatch.setattr(os, function, fail)
    written = []
    with contextlib.suppress(OutputError):
        written = write(result, folder, names, force=True)
    if written:
        assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    else:
        assert contents(folder) == before


def test_the_failures_above_do_happen(result, folder, monkeypatch):
    for function in ("replace", "rename"):
        monkeypatch.setattr(os, function, failing(getattr(os, function), 1, FULL))
    with pytest.raises(OutputError, match="No space left on device"):
        write(result, folder, ["a.csv", "out"])


def test_what_appears_after_the_check_is_not_replaced_without_force(result, folder):
    plans = plan_outputs([str(folder / "a.csv")])
    (folder / "a.csv").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_reports(result, plans)
    assert (folder / "a.csv").read_text() == "mine"


def test_a_plan_knows_a_folder_from_a_file(folder):
    said = ["a.csv", "B.JSON", "c.xlsx", "out", "audit.xlsx.d/", "v1/"]
    assert [plan.folder for plan in plan_outputs([str(folder / name) if not name.endswith("/") else f"{folder}/{name}" for name in said], takes_bare=True)] == [
        False, False, False, True, True, True,
    ]  # fmt: skip


def test_an_ending_in_capitals_is_the_same_format(result, folder):
    write(result, folder, ["a.csv", "B.CSV"])
    assert (folder / "a.csv").read_bytes() == (folder / "B.CSV").read_bytes()


def test_the_temporary_files_lie_beside_the_output(result, folder, monkeypatch):
    """So that putting them in place is one step, and nothing of a capture goes to another disk."""
    monkeypatch.setenv("TMPDIR", str(folder / "no such folder"))
    monkeypatch.setattr("tempfile.tempdir", str(folder / "no such folder"))
    write(result, folder)
    assert sorted(path.name for path in folder.iterdir()) == EVERY

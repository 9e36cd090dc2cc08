"""How the command line ends when something breaks off: a bug, an interrupt, a stream that is closed or full."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_site import GUEST, PAIR, UNSETTLED, contents

if TYPE_CHECKING:
    from typing import BinaryIO

FULL = Path("/dev/full")


def raising(error):
    def call(*_: object, **__: object):
        raise error

    return call


def start(*arguments: object, **streams: BinaryIO | int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "reconcile", *map(str, arguments)], **streams)  # noqa: S603


@pytest.mark.parametrize(
    "place", ["reconcile.results.fleet.read", "reconcile.results.fleet.reconcile_sites", "reconcile.reports.write.csv_blocks"]
)
def test_a_bug_is_one_line_and_exit_2(captures, run, tmp_path, monkeypatch, place):
    folder = captures(PAIR)
    before = contents(tmp_path)
    monkeypatch.delenv("RECONCILE_DEBUG", raising=False)
    monkeypatch.setattr(place, raising(ValueError("boom \x1b[31m\n[datastore1]")))
    ran = run("report", folder, "-o", tmp_path / "a.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(r"reconcile: this is a bug: ValueError: boom \x1b[31m\n[datastore1].")
    assert "Please report it" in ran.err
    assert ran.err.count("\n") == 1
    assert contents(tmp_path) == before


def test_a_bug_shows_its_place_where_asked(captures, run, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILE_DEBUG", "1")
    monkeypatch.setattr("reconcile.results.fleet.reconcile_sites", raising(ValueError("boom")))
    with pytest.raises(ValueError, match="boom"):
        run("report", captures(PAIR), "-o", tmp_path / "a.csv")


@pytest.mark.parametrize(
    "place", ["reconcile.results.fleet.read", "reconcile.results.fleet.reconcile_sites", "reconcile.reports.write.json_blocks"]
)
def test_an_interrupt_exits_130_with_nothing_half_written(captures, run, tmp_path, monkeypatch, place):
    folder = captures(PAIR)
    before = contents(tmp_path)
    monkeypatch.setattr(place, raising(KeyboardInterrupt()))
    ran = run("report", folder, "-o", tmp_path / "a.csv", "-o", f"{tmp_path}/out/", "-o", tmp_path / "b.json")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.strip() == "reconcile: interrupted; nothing was left half-written"
    assert contents(tmp_path) == before


def test_whoever_has_read_enough_sees_no_complaint(captures):
    folder = captures({"db01.txt": GUEST + "nobody knows this line, and there are many of it\n" * 4000})
    with start("parse", folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 2


def test_a_full_disk_behind_stdout_is_no_bug(captures):
    if not FULL.exists():
        pytest.skip("no /dev/full here")
    with FULL.open("wb") as full, start("parse", captures(PAIR), stdout=full, stderr=subprocess.PIPE) as process:
        assert process.stderr
        said = process.stderr.read().decode()
        assert process.wait(timeout=20) == 2
    assert "No space left" in said
    assert "this is a bug" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_closed_stream_is_no_bug(captures, tmp_path, closed):
    """As under a scheduler. What needs no such stream is done."""
    shut = ["sh", "-c", f'exec "$@" {closed}<&-', "sh", sys.executable, "-m", "reconcile"]
    folder = captures(PAIR)
    ran = subprocess.run([*shut, "report", str(folder), "-o", str(tmp_path / "a.csv")], capture_output=True, check=False)  # noqa: S603
    assert b"Traceback" not in ran.stderr
    assert b"this is a bug" not in ran.stderr
    assert ran.returncode == 0
    assert (tmp_path / "a.csv").is_file()


def test_a_closed_standard_input_that_is_a_capture_is_refused(tmp_path):
    shut = ["sh", "-c", 'exec "$@" 0<&-', "sh", sys.executable, "-m", "reconcile"]
    ran = subprocess.run([*shut, "report", "-", "-o", str(tmp_path / "a.csv")], capture_output=True, check=False)  # noqa: S603
    assert ran.returncode == 2
    assert b"this is a bug" not in ran.stderr
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_on_stdout_is_json_in_any_encoding(captures, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    folder = captures({"db01.txt": GUEST + "caf\u00e9 \U0001f600 \u0142\n"})
    with start("parse", folder, stdout=subprocess.PIPE) as process:
        assert process.stdout
        out = process.stdout.read()
    told = json.loads(out.decode(encoding))
    assert [row["text"] for row in told["unread"]] == ["caf\u00e9 \U0001f600 \u0142"]


def test_words_that_a_terminal_cannot_show_are_escaped(captures, run, tmp_path, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    run("report", captures(PAIR), "-o", tmp_path / "caf\u00e9.csv")
    stream.flush()
    assert rb"caf\xe9.csv" in stream.buffer.getvalue()


def test_nothing_of_a_capture_reaches_the_terminal_unescaped(captures, run, tmp_path):
    evil = "\x1b]0;owned\x07\x9b31m\u202e"
    name = "web\x1b[31m\u202e01.txt"
    folder = captures({**UNSETTLED, name: UNSETTLED["web01.txt"] + evil + "\n", "z\x1b[2J.7z": b"7z\xbc\xaf\x27\x1c"})
    told = run("report", folder, "-o", "-").out + run("parse", folder).err
    told += "".join(run("parse", folder, "--table", table).out for table in ("sources", "unread", "dimms", "sightings"))
    assert r"web\x1b[31m\u202e01.txt" in told
    assert all(character.isprintable() or character in "\r\n" for character in told)


def test_an_interrupt_in_the_middle_of_the_workbook_is_quiet_too(captures, tmp_path):
    script = (
        "import sys, reconcile.commands.app, reconcile.reports.workbook.workbook as workbook\n"
        "def interrupt(*_): raise KeyboardInterrupt\n"
        "workbook.sources_digest = interrupt\n"
        "sys.argv[0] = 'reconcile'; reconcile.commands.app.main()"
    )
    command = [sys.executable, "-c", script, "report", str(captures(PAIR)), "-o", str(tmp_path / "a.xlsx")]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, env={**os.environ, "TMPDIR": str(tmp_path)})  # noqa: S603
    assert ran.returncode == 130
    assert ran.stderr.strip() == "reconcile: interrupted; nothing was left half-written"
    assert [path.name for path in tmp_path.iterdir()] == ["captures"]

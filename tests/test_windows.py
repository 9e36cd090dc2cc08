"""What Windows does otherwise, with stand-ins for it: junctions, names of devices, closed pipes, line ends, rights of folders."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from types import SimpleNamespace

import pytest
from small_site import PAIR

from reconcile import CaptureError, OutputError, match, read
from reconcile.base import windows
from reconcile.capture import sources
from reconcile.reports.plans import plan_outputs
from reconcile.reports.write import write_reports

_JUNCTION = 0xA0000003


@pytest.fixture
def on_windows(monkeypatch):
    monkeypatch.setattr(windows, "IS_WINDOWS", True)


class Entry(SimpleNamespace):
    """An entry of a folder, as scandir gives it."""

    def is_symlink(self) -> bool:
        """Tell whether it is a symbolic link, which a junction is not."""
        return self.kind == "symlink"

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        """Tell whether it is a folder, which a junction is."""
        assert not follow_symlinks
        return self.kind in {"folder", "junction", "cloud folder"}

    def stat(self, *, follow_symlinks: bool) -> SimpleNamespace:
        """Return what it is in the file system's own words."""
        assert not follow_symlinks
        return SimpleNamespace(st_reparse_tag={"junction": _JUNCTION, "cloud folder": 0x9000701A}.get(self.kind, 0))


@pytest.mark.parametrize(
    ("kind", "is_link"), [("symlink", True), ("junction", True), ("folder", False), ("file", False), ("cloud folder", False)]
)
def test_a_junction_is_a_link(on_windows, kind, is_link):
    assert windows.is_link(Entry(kind=kind)) is is_link


def test_a_junction_that_is_met_is_listed_and_not_walked(captures, monkeypatch):
    """One may lead back to the folder above it, and so on without end."""
    folder = captures({**PAIR, "back/db09.txt": "x\n"})
    monkeypatch.setattr(sources, "is_link", lambda entry: entry.name == "back")
    table = read(folder).sources.set_index("path")
    assert (table.loc["back"]["status"], table.loc["back"]["note"]) == ("link", "a link, not followed")
    assert "back/db09.txt" not in table.index


RESERVED = [
    "con",
    "NUL",
    "aux.xlsx",
    "COM1.csv",
    "lpt9.json",
    "folder/prn.html",
    "C:\\out\\Con.txt",
    "nul .csv",
    "com\u00b9.csv",
    "conin$",
    "nul/",
]
ORDINARY = ["console.csv", "null.csv", "com.csv", "com10.csv", "auxiliary/", "con/a.csv", "a.con", "lpt.json", "audit.nul.csv"]


@pytest.mark.parametrize("name", RESERVED)
def test_a_devices_name_is_no_output(on_windows, name):
    with pytest.raises(OutputError, match=r"is a device's name on Windows, whatever its ending\. Name another output"):
        plan_outputs([name])


@pytest.mark.parametrize("name", RESERVED)
def test_a_devices_name_is_no_capture_and_is_not_opened(on_windows, name, monkeypatch):
    monkeypatch.setattr(os, "open", None)
    with pytest.raises(CaptureError, match="is a device's name on Windows, whatever its ending"):
        read(name)


@pytest.mark.parametrize("name", ORDINARY)
def test_a_name_that_only_begins_so_is_none(on_windows, name):
    assert not windows.is_reserved(name)


def test_elsewhere_such_a_name_is_as_any_other(captures, tmp_path):
    (tmp_path / "aux").mkdir()
    folder = captures({"con.txt": PAIR["db01.txt"]}, "nul")
    assert len(read(folder / "con.txt").dimms) > 0
    plan_outputs([str(tmp_path / "com1.csv")])


class Closed(io.RawIOBase):
    """A pipe whose reader has gone, as Windows says it."""

    def __init__(self, error: OSError) -> None:
        self._error = error
        self._null = os.open(os.devnull, os.O_WRONLY)

    def writable(self) -> bool:
        """Tell that it is there to be written to."""
        return True

    def write(self, _: object) -> int:
        """Fail."""
        raise self._error

    def fileno(self) -> int:
        """Return a descriptor that takes anything."""
        return self._null


@pytest.mark.parametrize("command", [["parse", "--table", "dimms"], ["check"], ["report", "-o", "-"]])
@pytest.mark.parametrize("error", [OSError(errno.EINVAL, "Invalid argument"), BrokenPipeError(errno.EPIPE, "Broken pipe")])
def test_a_closed_pipe_ends_quietly(captures, run, on_windows, monkeypatch, command, error):
    stream = io.TextIOWrapper(Closed(error), write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    ran = run(command[0], captures(PAIR), *command[1:], *(["-q"] if command[0] == "report" else []))
    assert (ran.code, ran.err) == (2, "")
    monkeypatch.setattr(Closed, "write", lambda _, data: len(data))


def test_elsewhere_an_invalid_argument_is_said(captures, run, monkeypatch):
    stream = io.TextIOWrapper(Closed(OSError(errno.EINVAL, "Invalid argument")), write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    ran = run("parse", captures(PAIR))
    assert (ran.code, "Invalid argument" in ran.err) == (2, True)
    monkeypatch.setattr(Closed, "write", lambda _, data: len(data))


@pytest.mark.parametrize(
    "arguments", [["report", "-o", "-", "-q"], ["parse"], ["parse", "--table", "dimms"], ["check"], ["explain", "db01"]]
)
def test_lines_on_standard_output_end_as_everywhere(captures, run, monkeypatch, arguments):
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, newline="\r\n"))
    command, *others = arguments
    subject = [others.pop(0)] if command == "explain" else []
    run(command, *subject, captures(PAIR), *others)
    sys.stdout.flush()
    assert out.getvalue().count(b"\n") > 1
    assert b"\r" not in out.getvalue()


def test_a_folder_has_the_rights_of_a_folder_from_its_beginning(captures, tmp_path, monkeypatch):
    """To be made for oneself alone is on Windows a list of rights that no chmod takes away."""
    modes = []
    mkdir = os.mkdir

    def make(path, mode=0o777, dir_fd=None):
        modes.append(mode)
        mkdir(path, mode, dir_fd=dir_fd)

    result = match(read(captures(PAIR)))
    monkeypatch.setattr(os, "mkdir", make)
    write_reports(result, [f"{tmp_path}/audit/"])
    assert modes == [0o777]
    before = os.umask(0)
    os.umask(before)
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o777 & ~before

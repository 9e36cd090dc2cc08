"""Promise 7: any bytes in, a clear answer out; no network, no program, and nothing written but the outputs."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_site import GUEST, HOST, UNSETTLED, contents

from reconcile.commands.app import main

if TYPE_CHECKING:
    from collections.abc import Sequence

quick = settings(max_examples=60, derandomize=True, deadline=None, database=None)

WATCHED = """
import json, os, sys
seen = []
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile", "pty.spawn"}
CHANGES = {
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime",
    "shutil.rmtree", "shutil.move", "shutil.copyfile", "tempfile.mkstemp", "tempfile.mkdtemp", "os.setxattr",
}
def watch(event, args):
    if event.startswith("socket.") or event in STARTS:
        seen.append([event, ""])
    elif event in CHANGES:
        seen.append([event, os.path.abspath(os.fsdecode(args[0]))])
    elif event == "open" and isinstance(args[0], (str, bytes)):
        if args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            seen.append([event, os.path.abspath(os.fsdecode(args[0]))])
# Modules may do at their import what they like.
import pandas, openpyxl, reconcile.commands.app, reconcile.reports.workbook.workbook, reconcile.library
sys.addaudithook(watch)
told = []
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["reconcile", *arguments]
    try:
        reconcile.commands.app.main()
    except SystemExit as ended:
        told.append([ended.code, seen[:]])
        seen.clear()
json.dump(told, sys.stderr)
"""


def watched(*runs: Sequence[object]) -> list[tuple[int, list[tuple[str, str]]]]:
    """Run command lines in one process under watch; return for each its exit code and what the system was asked for."""
    command = [sys.executable, "-B", "-c", WATCHED, json.dumps([[str(argument) for argument in run] for run in runs])]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    return [(code, [(event, path) for event, path in seen]) for code, seen in json.loads(ran.stderr.splitlines()[-1])]


def in_this_process(*arguments: object, stdin: bytes = b"") -> tuple[int, str]:
    """Run the command line; return its exit code and what it said. What is raised is a failed test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with (
        mock.patch.object(sys, "argv", ["reconcile", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    err.flush()
    code = ended.value.code
    assert isinstance(code, int)
    return code, err.buffer.getvalue().decode()


OUTPUTS = ["a.xlsx", "b.csv", "c.json", "d.html", "out/"]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Make a report, print a table and be refused, all under watch; return the folder and what the system was asked for."""
    folder = tmp_path_factory.mktemp("watched")
    captures = folder / "captures"
    captures.mkdir()
    for name, text in UNSETTLED.items():
        (captures / name).write_text(str(text))
    (folder / "reports").mkdir()
    (folder / "useless.txt").write_text("nothing of use\n")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in captures.iterdir()}
    outputs = [word for name in OUTPUTS for word in ("-o", f"{folder}/reports/{name}")]
    refused = ["report", folder / "useless.txt", "-o", folder / "reports" / "x.xlsx"]
    told = watched(["report", captures, *outputs], ["parse", captures, "--table", "dimms"], refused)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in captures.iterdir()} == before
    assert [code for code, _ in told] == [1, 0, 2]
    return folder, *(events for _, events in told)


def test_a_report_opens_no_socket_and_starts_no_program(seen):
    _, report, _, _ = seen
    assert [event for event, path in report if not path] == []


def test_a_report_writes_its_outputs_and_nothing_elsewhere(seen):
    folder, report, _, _ = seen
    elsewhere = {path for _, path in report if path and not path.startswith(f"{folder / 'reports'}/")}
    # To throw output away is not to write.
    assert elsewhere - {"/dev/null"} == set()


def test_the_watch_sees_what_it_should(seen):
    folder, report, _, _ = seen
    assert any(path.startswith(str(folder / "reports" / ".reconcile-")) for _, path in report)


def test_parse_and_a_refusal_write_nothing_at_all(seen):
    _, _, parse, refused = seen
    assert (parse, refused) == ([], [])


words = st.sampled_from([
    GUEST, HOST, "[", "]", "{", "}", '{"dev":"nmem0"', '"id":"8902-206b080c"', "UUID is 60 00", "\n", "\r\n", "[root@esx01:~] ", "root@db01:~# ",
    "cd /vmfs/volumes/PMemDS-1/x\n", "cd ..\n", "ls -lR\n", "df -h\n", "Filesystem Size Used Available Use% Mounted on\n", "total 4\n",
    "-rw------- 1 root root 9 Nov 18 09:12 a.vmdk\n", "vmkfstools -J getuuid a.vmdk\n", "vmkfstools -J setuuid a.vmdk\n", "ndctl list -DRNi\n",
    "\x1b[31m", "\x1b]0;", "\b\b", "\r", "\0", "\u2028", "\x85", "=1+1", "9" * 30, "1e999", "NaN", "\ud800", "hostname\n", "exit\n", "uname -a\n",
])  # fmt: skip
soups = (
    st.lists(words | st.text(st.characters(), max_size=8), max_size=30).map("".join).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
sixteen = soups.map(lambda data: data.decode("utf-8", "replace").encode("utf-16"))
captured = soups | st.binary(max_size=300) | sixteen | st.binary(max_size=20).map(lambda data: b"PK\x03\x04" + data)


@quick
@given(st.lists(captured, min_size=1, max_size=3), st.booleans())
def test_any_bytes_end_in_0_1_or_2_and_a_report_that_is_whole_or_not_there(contents_of_files, together):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "captures").mkdir()
        for number, data in enumerate(contents_of_files):
            (folder / "captures" / f"{number}.txt").write_bytes(data)
        outputs = ["-o", folder / "a.json", "-o", folder / "b.csv", *(("-o", folder / "c.xlsx") if together else ())]
        before = contents(folder / "captures")
        code, said = in_this_process("report", folder / "captures", *outputs)
        assert code in {0, 1, 2}
        assert "this is a bug" not in said
        assert said.endswith("\n")
        assert all(character.isprintable() or character == "\n" for character in said)
        assert contents(folder / "captures") == before
        written = sorted(path.name for path in folder.iterdir())
        assert written == (
            ["captures"] if said.startswith("reconcile: ") else [*(["a.json", "b.csv", "c.xlsx"][: 2 + together]), "captures"]
        )
        if len(written) > 1:
            check_the_ledger(json.loads((folder / "a.json").read_bytes()))


def check_the_ledger(told) -> None:
    """Every line is accounted for, and every device and vmdk stands on one row."""
    for source in told["sources"]:
        if source["lines"] is not None:
            assert source["lines"] == source["recognised"] + source["noise"] + source["not_understood"]
    assert sum(source["not_understood"] or 0 for source in told["sources"]) == len(told["unread"])
    hosts = [row for row in told["mapping"] if row["host_source"]]
    assert len(hosts) == len(told["vmdks"])


@quick
@given(captured)
def test_any_bytes_on_standard_input_end_in_0_or_2(data):
    code, said = in_this_process("parse", "-", stdin=data)
    assert code in {0, 2}
    assert "this is a bug" not in said


@settings(quick, max_examples=30)
@given(soups)
def test_any_capture_can_be_had_as_frames(data):
    """By the library, which has no last line of defence."""
    from reconcile import CaptureError, match, read  # noqa: PLC0415
    from reconcile.results import schema  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "x.txt").write_bytes(data)
        with contextlib.suppress(CaptureError):
            result = match(read(name))
            for spec in schema.ALL:
                assert len(result.table(spec.name).frame) == len(result.table(spec.name).rows)

"""The capture scripts where something is wrong: no room, a folder that takes no file, a command that hangs, a signal, an odd name."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress

import pytest
import stand_ins
from stand_ins import HOST_COMMANDS, PMEM, commands, run_script, shells, started_script, uuid

from reconcile import match, read
from reconcile.scripts.capture_scripts import Side, script

VOLUME = f"vmfs/volumes/{PMEM}"
# Seconds in which a test gives up; nothing here takes a tenth of them.
DEADLINE = 60


@pytest.fixture
def host(tmp_path):
    root = tmp_path / "root"
    (root / VOLUME / "db01").mkdir(parents=True)
    for number, name in enumerate(("db01.vmdk", "db01_1.vmdk", "db01_2.vmdk"), 1):
        (root / VOLUME / "db01" / name).write_text(f"{uuid(number)}\n")
    return root


# A disk whose question is never answered.
HANGING_DISK = f"case $3 in *db01_1.vmdk) exec sleep {DEADLINE * 10} ;; esac\n{HOST_COMMANDS['vmkfstools']}"
HANGING = f"exec sleep {DEADLINE * 10}\n"


def known_uuids(file):
    result = match(read(file))
    return {row.vmdk: row.uuid_suffix for row in result.mapping.itertuples() if row.uuid}


@pytest.mark.parametrize("shell", shells())
def test_a_disk_that_hangs_does_not_stop_the_others_and_is_named(shell, host, tmp_path):
    made = run_script(
        Side.HOST,
        shell,
        host,
        commands(tmp_path / "bin", HOST_COMMANDS | {"vmkfstools": HANGING_DISK}),
        environment={"CAPTURE_SECONDS": "1"},
    )
    assert made.code == 1
    assert made.out.count("without an answer") == 1
    assert f"{VOLUME}/db01/db01_1.vmdk (ended after 1 seconds without an answer)" in made.out
    assert known_uuids(made.file) == {"db01.vmdk": "00000001", "db01_2.vmdk": "00000003"}
    assert "truncated" not in set(match(read(made.file)).findings["rule"])


@pytest.fixture
def held_up(tmp_path):
    """Return a pipe that nothing is written to before the test has ended."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    yield pipe
    with suppress(OSError):
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


@pytest.mark.parametrize("shell", shells())
def test_a_command_that_cannot_even_be_killed_does_not_stop_the_others(shell, host, tmp_path, held_up, monkeypatch):
    """As one whose disk is ill, until the kernel gives up: the shell of this one hears no TERM, and nothing else is sent."""
    monkeypatch.setattr(stand_ins, "script", lambda side: script(side).replace('kill -9 "$1"', ":"))
    ill = f"case $3 in *db01_1.vmdk) trap '' TERM; echo half; read -r never <{held_up} ;; esac\n{HOST_COMMANDS['vmkfstools']}"
    made = run_script(
        Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS | {"vmkfstools": ill}), environment={"CAPTURE_SECONDS": "1"}
    )
    assert made.code == 1
    assert f"{VOLUME}/db01/db01_1.vmdk (ended after 1 seconds without an answer)" in made.out
    assert "db01_1.vmdk\n| half\n= 137\n" in made.file.read_text()
    assert known_uuids(made.file) == {"db01.vmdk": "00000001", "db01_2.vmdk": "00000003"}


@pytest.mark.parametrize("shell", shells())
def test_what_a_command_leaves_running_does_not_hold_it_up(shell, host, tmp_path, held_up):
    left = f"(read -r never <{held_up}) & printf 'no line feed'\n"
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS | {"vim-cmd": left}))
    assert made.code == 0
    assert "getallvms\n| no line feed\n= 0\n" in made.file.read_text()


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\n\n", "\n\na", "= 0\n", "| x\n! y", "end-of-answer-1\n"])
@pytest.mark.parametrize("shell", shells())
def test_what_was_printed_stands_as_it_was_line_by_line(shell, text, host, tmp_path):
    (tmp_path / "text").write_text(text)
    says = f"cat {tmp_path}/text; cat {tmp_path}/text >&2; exit 3\n"
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS | {"vim-cmd": says}))
    lines = text.removesuffix("\n").split("\n") if text else []
    told = [*(f"| {line}" for line in lines), *(f"! {line}" for line in lines if line), "= 3"]
    assert "\n".join(["$ vim-cmd vmsvc/getallvms", *told, "", "commands"]) in made.file.read_text()


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP"])
@pytest.mark.parametrize("shell", shells())
def test_a_signal_ends_the_file_as_a_truncated_capture_and_says_what_hung(shell, name, host, tmp_path):
    with started_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS | {"vim-cmd": HANGING})) as started:
        until = time.monotonic() + DEADLINE
        while "getallvms" not in started.text() and time.monotonic() < until:
            time.sleep(0.02)
        started.process.send_signal(signal.Signals[f"SIG{name}"])
        _, err = started.process.communicate(timeout=DEADLINE)
    assert started.process.returncode == 128 + signal.Signals[f"SIG{name}"]
    assert f"Ended by {name} while this ran: vim-cmd vmsvc/getallvms" in err
    assert f"What was captured until then is {started.file()}" in err
    result = match(read(started.file()))
    assert "truncated" in set(result.findings["rule"])
    assert sorted(result.mapping["uuid_suffix"]) == ["00000001", "00000002", "00000003"]


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of a few pages, which only root may do."""
    folder = tmp_path / "small"
    folder.mkdir()

    def mount(kilobytes, options=""):
        mounted = subprocess.run(  # noqa: S603 -- a test runs what it looked up
            [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=777{options}", "small", str(folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if mounted.returncode:
            pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
        return folder

    yield mount
    subprocess.run([shutil.which("umount") or "umount", str(folder)], capture_output=True, check=False)  # noqa: S603 -- as above


@pytest.mark.parametrize("shell", shells())
def test_on_a_disk_that_fills_up_it_does_not_say_that_all_is_well(shell, host, tmp_path, small_disk):
    folder = small_disk(4)
    for number in range(20):
        (host / VOLUME / "db01" / f"more{number:02}.vmdk").write_text(f"{uuid(100 + number)}\n")
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS), here=folder)
    assert made.code == 2
    assert "could not be written" in made.err
    assert "The capture is " not in made.out
    # What fitted is kept, and what reads it says that it is not whole.
    assert made.file.stat().st_size > 0
    assert "truncated" in set(match(read(made.file)).findings["rule"])


@pytest.mark.parametrize("shell", shells())
@pytest.mark.parametrize("why", ["read-only", "full"])
def test_where_no_file_can_be_written_it_is_written_in_tmp(shell, why, host, tmp_path, small_disk):
    folder = small_disk(4, ",ro" if why == "read-only" else "")
    if why == "full":
        (folder / "ballast").write_bytes(b"x" * 4096)
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS), here=folder, tmp=tmp)
    assert (made.code, made.err) == (0, "")
    assert made.file.parent == tmp
    assert {file.name for file in folder.iterdir()} <= {"ballast"}
    assert len(known_uuids(made.file)) == 3


@pytest.mark.parametrize("shell", shells())
@pytest.mark.parametrize("hostname", ["a/b", "", "..", "db 01; rm -rf x", "k\u00f6ln"])
def test_an_odd_host_name_does_not_stop_it(shell, hostname, host, tmp_path):
    named = HOST_COMMANDS | {"hostname": f"printf '%s\\n' '{hostname}'\n"}
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", named))
    assert made.code == 0
    assert f"machine: {hostname}\n" in made.file.read_text()
    assert len(known_uuids(made.file)) == 3


@pytest.mark.parametrize("shell", shells())
def test_disks_come_before_what_asks_the_agents(shell, host, tmp_path):
    text = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS)).file.read_text()
    last = text.rindex("\n$ vmkfstools")
    assert last < text.index("\n$ esxcli")
    assert last < text.index("\n$ vim-cmd")


@pytest.mark.parametrize("shell", shells())
def test_a_disk_in_capitals_and_one_called_like_a_part_are_asked(shell, host, tmp_path):
    folder = host / VOLUME / "db01"
    (folder / "OLD.VMDK").write_text(f"{uuid(4)}\n")
    (folder / "river-delta.vmdk").write_text(f"{uuid(5)}\n")
    (folder / "db01-flat.vmdk").write_text("no descriptor\n")
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS))
    text = made.file.read_text()
    known = known_uuids(made.file)
    assert (known["OLD.VMDK"], known["river-delta.vmdk"]) == ("00000004", "00000005")
    assert f"db01/OLD.VMDK\n| UUID is {uuid(4)}" in text
    assert f"db01/river-delta.vmdk\n| UUID is {uuid(5)}" in text
    assert "getuuid" in text
    assert "db01-flat.vmdk\n| UUID" not in text


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there is no terminal here")
@pytest.mark.parametrize("shell", shells())
def test_a_terminal_shows_what_it_is_at(shell, host, tmp_path):
    controller, terminal = os.openpty()
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS), errors=terminal)
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(controller, 65536):
            shown += chunk
    except OSError:
        pass  # its end, on Linux
    os.close(controller)
    assert made.code == 0
    assert b"vmkfstools -J getuuid" in shown

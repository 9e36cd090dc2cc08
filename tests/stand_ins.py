"""A host and a guest to run our shell scripts on: folders with files, and stand-ins for the commands that only they have."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from reconcile.scripts.capture_scripts import Side, script

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELLS = {"busybox": ("busybox", "sh"), "dash": ("dash",), "bash": ("bash",)}
# What the scripts say in absolute paths is said in relative ones here; the reader knows that the scripts work in the root folder.
ROOTS = (" /vmfs/", " /sys/bus/", " /dev/disk/", " /sys/class/")

VMKFSTOOLS = """[ "$1 $2" = "-J getuuid" ] || { echo "unknown option" >&2; exit 1; }
[ -e "$3" ] || { echo "Failed to open '$3' : The system cannot find the file specified (25)." >&2; exit 255; }
read -r answer <"$3"
case $answer in
locked) echo "Failed to open '$3' : Failed to lock the file (16392)." >&2; exit 255 ;;
odd) echo "no words that anybody knows" >&2; exit 3 ;;
*) echo "UUID is $answer" ;;
esac
"""
ESXCLI = """case $* in
"storage filesystem list")
echo "Mount Point                                        Volume Name  UUID                                 Mounted  Type           Size          Free"
echo "-------------------------------------------------  -----------  -----------------------------------  -------  ------  -----------  ------------"
echo "/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f  datastore1   5f8b4c97-234dcc30-d982-54ea7418ec3f     true  VMFS-6  10000000000  5000000000"
;;
"vm process list") ;;
*) echo "Error: Unknown command or namespace $*" >&2; exit 1 ;;
esac
"""
VIM_CMD = """[ "$1" = vmsvc/getallvms ] || exit 1
echo "Vmid   Name                  File                    Guest OS      Version   Annotation"
echo "1      db01   [datastore1] db01/db01.vmx   rhel8_64Guest   vmx-19   = 0"
"""
PMEM = "PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d"
DF = f"""echo "Filesystem       Bytes        Used   Available Use% Mounted on"
echo "VMFS-6     10000000000  5000000000  5000000000  50% /vmfs/volumes/datastore1"
echo "PMEM       20000000000 10000000000 10000000000  50% /vmfs/volumes/{PMEM}"
"""
HOST_COMMANDS = {
    "hostname": "echo esx01.example.net\n",
    "uname": "echo VMkernel esx01.example.net 7.0.3 \\#1 SMP Release build-1 x86_64 x86_64 x86_64 ESXi\n",
    "df": DF,
    "vmkfstools": VMKFSTOOLS,
    "esxcli": ESXCLI,
    "vim-cmd": VIM_CMD,
}


class Made(NamedTuple):
    """What a run of a script came to: its exit code, what it printed, and the one file that it left."""

    code: int
    out: str
    err: str
    file: Path


def shells() -> list[object]:
    """Return the shells to run under; a test under one that cannot run it here is skipped, and says why."""
    return [pytest.param(SHELLS[name], id=name, marks=[pytest.mark.skip(reason=why)] if (why := _why_not(name)) else []) for name in SHELLS]


def _why_not(name: str) -> str:
    """Return what keeps this machine's shell from running the tests."""
    found = shutil.which(name)
    if not found:
        return f"there is no {name} here"
    # Debian's busybox-static takes its own commands before those that a PATH leads to, so nothing can stand in for them.
    alone = subprocess.run([found, *SHELLS[name][1:], "-c", "ls /"], env={"PATH": "/nowhere"}, capture_output=True, check=False)  # noqa: S603 -- as found
    return f"this {name} takes its own commands before those of PATH" if alone.returncode == 0 else ""


def commands(folder: Path, stand_ins: dict[str, str], *, without: tuple[str, ...] = ()) -> Path:
    """Make a folder of commands: all of busybox's, as on ESXi, and the stand-ins; those in `without` are missing."""
    busybox = shutil.which("busybox")
    if not busybox:
        pytest.skip("there is no busybox here")
    folder.mkdir()
    subprocess.run([busybox, "--install", "-s", str(folder)], check=True)  # noqa: S603 -- a test runs what it looked up
    for name, text in stand_ins.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{text}")
        (folder / name).chmod(0o755)
    for name in without:
        (folder / name).unlink(missing_ok=True)
    return folder


def text_for(side: Side, root: Path, tmp: Path) -> str:
    """Return a script as printed, but that `root` stands for the root folder and `tmp` for /tmp."""
    text = script(side).replace("cd / ", f"cd '{root}' ").replace('"$PWD" /tmp', f'"$PWD" {tmp}')
    for begin in ROOTS:
        text = text.replace(begin, f" {begin[2:]}")
    for begin in ROOTS:
        # At the beginning of a line, and in patterns of case.
        text = text.replace(f"        {begin[1:]}PMemDS", f"        {begin[2:]}PMemDS")
    return text


class Started:
    """A script that runs: its process, and the file that it writes."""

    def __init__(self, process: subprocess.Popen[str], here: Path) -> None:
        self.process = process
        self._here = here

    def file(self) -> Path:
        """Return the one file that it left."""
        (found,) = self._here.iterdir()
        return found

    def text(self) -> str:
        """Return what it has written until now."""
        return "".join(file.read_text() for file in self._here.iterdir())


@contextmanager
def _signals_heard() -> Iterator[None]:
    """Let what is started meanwhile hear the signals that nohup, say, had this process ignore; a shell can trap no others."""
    ignored = [one for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_IGN]
    for one in ignored:
        signal.signal(one, signal.SIG_DFL)
    try:
        yield
    finally:
        for one in ignored:
            signal.signal(one, signal.SIG_IGN)


@contextmanager
def started_script(
    side: Side, shell: tuple[str, ...], root: Path, path: Path, *arguments: str, here: Path | None = None, tmp: Path | None = None,
    errors: int = subprocess.PIPE, user: int | None = None, environment: dict[str, str] | None = None,
) -> Iterator[Started]:  # fmt: skip
    """Start a script as printed in a folder `here`; it is killed when whoever asked has left."""
    here = here or root.parent / "here"
    here.mkdir(exist_ok=True)
    if tmp is None:
        here.chmod(0o777)
    file = root.parent / f"{side}.sh"
    file.write_text(text_for(side, root, tmp or root.parent / "no such folder"))
    program = shutil.which(shell[0]) or shell[0]
    with _signals_heard():
        process = subprocess.Popen(  # noqa: S603 -- a test runs what it looked up
            [program, *shell[1:], str(file), *arguments],
            cwd=here,
            env={"PATH": str(path), "USER": "admin", "HOME": str(root.parent)} | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            user=user,
        )
    try:
        yield Started(process, here)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def run_script(
    side: Side, shell: tuple[str, ...], root: Path, path: Path, *arguments: str, user: int | None = None, here: Path | None = None,
    tmp: Path | None = None, environment: dict[str, str] | None = None, errors: int = subprocess.PIPE,
) -> Made:  # fmt: skip
    """Run a script to its end; but for its one file, nothing may have been left in `root` or `here`."""
    before = snapshot(root)
    with started_script(
        side, shell, root, path, *arguments, here=here, tmp=tmp, errors=errors, user=user, environment=environment
    ) as started:  # fmt: skip
        out, err = started.process.communicate(timeout=60)
    folder = tmp if tmp and any(tmp.iterdir()) else here or root.parent / "here"
    left = sorted(folder.iterdir())
    assert len(left) == 1, (left, out, err)
    assert snapshot(root) == before
    return Made(started.process.returncode, out, err or "", left[0])


def snapshot(root: Path) -> dict[str, tuple[int, int, int]]:
    """Return size, time and mode of everything in a folder."""
    found = {}
    for folder, names, files in os.walk(root):
        for name in (*names, *files):
            status = (Path(folder) / name).lstat()
            found[f"{folder}/{name}"] = (status.st_size, status.st_mtime_ns, status.st_mode)
    return found


def uuid(number: int) -> str:
    """Return a UUID as vmkfstools prints it."""
    digits = f"6000c29{number:09x}{number:016x}"
    pairs = [digits[at : at + 2] for at in range(0, 32, 2)]
    return f"{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"

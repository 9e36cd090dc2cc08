"""One run of a command, watched: how long, how much of the processors, and how much memory all its processes took at once."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 0.02
_MIB = 1 << 20


class Run(NamedTuple):
    """What a run took. `cpu` counts the children that were waited for; `others` is the share of the machine that others had meanwhile."""

    code: int
    wall: float
    cpu: float
    others: float
    peak: float
    said: str


def watch(command: Sequence[str], *, memory: bool = False) -> Run:
    """Run a command. With `memory` its tree's peak is sampled every 20 ms in MiB, which costs it a little time."""
    with tempfile.TemporaryFile() as said:
        before = _busy()
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=_environment())  # noqa: S603 -- what the bench was told to run
        sampler = _Sampler(process.pid) if memory else None
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = sampler.stop() if sampler else 0.0
        cpu = used.ru_utime + used.ru_stime
        others = max(0.0, _busy() - before - cpu) / (wall * (os.cpu_count() or 1))
        said.seek(0)
        return Run(process.returncode, wall, cpu, others, peak, said.read().decode(errors="replace").strip())


def _environment() -> dict[str, str]:
    """Return this process's environment, in which Python may keep compiled modules, as pip keeps those of what it installs."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _busy() -> float:
    """Return the seconds that all processors have worked so far: all but idle and waiting for disks."""
    with Path("/proc/stat").open(encoding="ascii") as stat:
        spent = [int(field) for field in stat.readline().split()[1:9]]
    return (sum(spent) - spent[3] - spent[4]) / _TICK


class _Sampler:
    """Looks at a process and all below it until stopped. What processes share is counted once, for each is asked for its share (PSS)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the peak in MiB."""
        self._done.set()
        self._thread.join()
        return self._peak / _MIB

    def _look(self) -> None:
        while not self._done.wait(_EVERY):
            self._peak = max(self._peak, sum(_share(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):  # noqa: PTH208 -- fifty times a second
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as children:  # noqa: PTH123 -- as above
                    found += [int(child) for child in children.read().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def _share(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:  # noqa: PTH123 -- as above
            return next((int(line.split()[1]) << 10 for line in rollup if line.startswith("Pss:")), 0)
    except OSError:
        return 0

"""Processes of this machine: how many there may be, how they are started, and when this one may be forked."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import BaseContext


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_be_copied() -> bool:
    """Tell whether this process may be copied with all that it holds, and nothing runs beside that a copy would lack."""
    return hasattr(os, "memfd_create") and not multiprocessing.current_process().daemon and process_context().get_start_method() == "fork"


def process_context() -> BaseContext:
    """Return the way to start a process that is safe here. Forking is fast, and safe where nothing runs beside: no thread holds a lock."""
    wanted = multiprocessing.get_start_method(allow_none=True)
    if wanted in {None, "fork"}:
        possible = multiprocessing.get_all_start_methods()
        wanted = "fork" if _is_alone() else "forkserver" if "forkserver" in possible else "spawn"
    return multiprocessing.get_context(wanted)


def _is_alone() -> bool:
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        # Libraries in C have threads that Python does not know.
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 -- their number is all
    except OSError:
        return False


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Block Ctrl-C while this runs, and for good in processes that are started here: the terminal sends it to all, and only one may answer."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""Forked copies of this process that share its work.

A fork costs a few hundredths of a second and the pages that it touches, so it is made for much work alone, and only where a process can be
forked safely. If a copy dies, this process does its part; the output is the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import ExitStack, suppress
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from reconcile.base.processes import can_be_copied, processors, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

# From so many blocks on, copies are worth it. A mapping of 200 blocks, 409,000 rows, took 1.2 to 1.4 s with one process and 0.9 s with two.
ENOUGH = 50
_MOST_COPIES = 3

ThingType = TypeVar("ThingType")


def shared_out(make: Callable[[ThingType], bytes], things: Sequence[ThingType], workers: int | None = 1) -> Iterator[bytes]:
    """Give what is made of each thing, in order. `workers` is how many processes may make it, None or 0 one for each processor.

    This one makes the first ones itself, and then it takes what copies have made of the others.
    """
    count = min(workers or processors(), 1 + _MOST_COPIES) if len(things) >= ENOUGH and can_be_copied() else 1
    ends = _ends(len(things), count)
    copies = [Copy(partial(map, make, things[start:end])) for start, end in pairwise(ends)]
    try:
        yield from map(make, things[: ends[0]])
        for copy, (start, end) in zip(copies, pairwise(ends), strict=True):
            for thing in things[start:end]:
                yield copy.take() or make(thing)
    finally:
        for copy in copies:
            copy.end()


def _ends(total: int, count: int) -> list[int]:
    """Return where each process's part of some things ends."""
    own = round(total / count)
    return [own + (total - own) * number // max(1, count - 1) for number in range(count)]


class Copy:
    """One copy, which gives what it makes piece by piece, none of it empty."""

    def __init__(self, give: Callable[[], Iterable[bytes]]) -> None:
        self._ends = ExitStack()
        self._at = 0
        self._is_there = False
        # Where there is no room for one more pipe, file or process, there is no copy.
        with suppress(OSError):
            self._start(give)
            self._is_there = True

    def _start(self, give: Callable[[], Iterable[bytes]]) -> None:
        context = multiprocessing.get_context("fork")
        # How long each piece is goes through a pipe, and the piece into memory, where it does not wait to be taken.
        self._memory = os.memfd_create("reconcile")
        self._ends.callback(os.close, self._memory)
        self._lengths, other = context.Pipe(duplex=False)
        self._ends.enter_context(self._lengths)
        process = context.Process(target=_give, args=(other, self._memory, give), daemon=True)
        # Its end of the pipe is its own, so that the pipe ends where it does.
        with other, uninterrupted():
            process.start()
        self._ends.callback(process.join)
        self._ends.callback(process.kill)

    def take(self) -> bytes:
        """Return what it made next, nothing where it is there no more."""
        if self._is_there:
            try:
                size = self._lengths.recv()
                self._at += size
                return os.pread(self._memory, size, self._at - size)
            except (EOFError, OSError):
                self._is_there = False
        return b""

    def end(self) -> None:
        """Do without it."""
        self._ends.close()


def _give(connection: Connection, memory: int, give: Callable[[], Iterable[bytes]]) -> None:
    """Make and send, until there is no more or nobody takes it. What goes wrong here goes wrong again where it is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception), os.fdopen(memory, "wb", buffering=0) as stream:
        for piece in give():
            if stream.write(piece) != len(piece):
                break
            connection.send(len(piece))
    os._exit(0)

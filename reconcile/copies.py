"""Copies of this process, which hold all that it holds and do a part of its work meanwhile.

A copy costs a few hundredths of a second and the pages that it touches, so it is made for much work alone, and only where a process can be
copied safely. What one that died did not do, this process does itself: the same comes of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reconcile.workers import can_be_copied, processors, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

# From so many blocks on, copies are worth it. A mapping of 200 blocks, 409,000 rows, took 1.2 to 1.4 s with one process and 0.9 s with two.
ENOUGH = 50
_MOST_COPIES = 3
# A block of a few hundred thousand bytes fits in, so that a copy goes on while its last is not yet taken. As much as anybody may ask for.
_PIPE_BYTES = 1 << 20

ThingType = TypeVar("ThingType")


def in_turns(make: Callable[[ThingType], bytes], things: Sequence[ThingType], workers: int | None = 1) -> Iterator[bytes]:
    """Give what is made of each thing, in order. `workers` is how many processes may make it, None or 0 one for each processor."""
    count = min(workers or processors(), 1 + _MOST_COPIES) if len(things) >= ENOUGH and can_be_copied() else 1
    copies = [Copy(partial(map, make, things[number::count])) for number in range(1, count)]
    try:
        for number, thing in enumerate(things):
            turn = number % count
            yield (copies[turn - 1].take() if turn else b"") or make(thing)
    finally:
        for copy in copies:
            copy.end()


class Copy:
    """One copy, which gives what it makes piece by piece, none of it empty."""

    def __init__(self, give: Callable[[], Iterable[bytes]]) -> None:
        context = multiprocessing.get_context("fork")
        self._connection, other = context.Pipe(duplex=False)
        _widen(self._connection.fileno())
        self._process = context.Process(target=_give, args=(other, give), daemon=True)
        self._is_there = True
        try:
            with uninterrupted():
                self._process.start()
        except OSError:
            self._is_there = False
        finally:
            # Its end of the pipe is its own, so that the pipe ends where it does.
            other.close()

    def take(self) -> bytes:
        """Return what it made next, nothing where it is there no more."""
        if self._is_there:
            try:
                return self._connection.recv_bytes()
            except (EOFError, OSError):
                self._is_there = False
        return b""

    def end(self) -> None:
        """Do without it."""
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._connection.close()


def _widen(pipe: int) -> None:
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 -- not everywhere

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _give(connection: Connection, give: Callable[[], Iterable[bytes]]) -> None:
    """Make and send, until there is no more or nobody takes it. What goes wrong here goes wrong again where it is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception):
        for piece in give():
            connection.send_bytes(piece)
    os._exit(0)

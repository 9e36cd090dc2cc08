"""Blocks of a long file, made by several processes that take turns: copies of this one, which hold all that it holds.

A copy costs a few hundredths of a second and the pages that it touches, so it is made for long files alone, and only where a process can be
copied safely. A copy that dies leaves its turns to this process: the same bytes come of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from reconcile.workers import can_be_copied, processors, uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

# From so many blocks on, copies are worth it. A mapping of 200 blocks, 409,000 rows, took 1.3 s with one process and 0.8 s with two.
ENOUGH = 50
_MOST_COPIES = 3
# A block of a few hundred thousand bytes fits in, so that a copy goes on while its last is not yet taken. As much as anybody may ask for.
_PIPE_BYTES = 1 << 20

ThingType = TypeVar("ThingType")


def in_turns(make: Callable[[ThingType], bytes], things: Sequence[ThingType], workers: int | None = 1) -> Iterator[bytes]:
    """Give what is made of each thing, in order. `workers` is how many processes may make it, None or 0 one for each processor."""
    count = min(workers or processors(), 1 + _MOST_COPIES)
    copies = [_Copy(make, things, number, count) for number in range(1, count)] if _is_worth(count, len(things)) else []
    try:
        for number, thing in enumerate(things):
            turn = number % (1 + len(copies))
            made = copies[turn - 1].take() if turn else b""
            yield made or make(thing)
    finally:
        for copy in copies:
            copy.end()


def _is_worth(count: int, blocks: int) -> bool:
    return count > 1 and blocks >= ENOUGH and can_be_copied()


class _Copy:
    """A copy of this process that makes every so many-th thing."""

    def __init__(self, make: Callable[[ThingType], bytes], things: Sequence[ThingType], number: int, count: int) -> None:
        context = multiprocessing.get_context("fork")
        self._connection, other = context.Pipe(duplex=False)
        _widen(self._connection.fileno())
        self._process = context.Process(target=_make, args=(other, make, things[number::count]), daemon=True)
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
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._connection.close()


def _widen(pipe: int) -> None:
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 -- not everywhere

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _make(connection: Connection, make: Callable[[ThingType], bytes], things: Sequence[ThingType]) -> None:
    """Make things and send them, until there are no more or nobody takes them. What goes wrong goes wrong again where it is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception):
        for thing in things:
            connection.send_bytes(make(thing))
    os._exit(0)

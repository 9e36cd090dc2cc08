"""Worker processes of this machine. They read chunks of sources; one that dies takes nothing with it but the source that killed it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import traceback
from collections import deque
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.errors import EXIT_TROUBLE, CaptureError
from reconcile.base.processes import process_context, processors, uninterrupted
from reconcile.capture.chunks import Bounds, read_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

    from reconcile.base.limits import Limits
    from reconcile.capture.chunks import Chunk

BOUNDS = Bounds(1024, 1 << 20)
# Below this many files one process is as fast. Whole reports in turn, on two processors: 2,600 files took 0.42 to 0.51 s with one process and
# 0.42 to 0.46 with two; 5,200 files 0.62 to 0.68 and 0.54 to 0.61; 10,200 files 0.98 to 1.10 and 0.85 to 0.92.
ENOUGH = 4000
# A machine that kills worker after worker is no place for them.
_MOST_DEATHS = 100
# Seconds from the end of a process's pipe to its own.
_MOST_PATIENCE = 5


def how_many(wanted: int | None, files: int) -> int:
    """Return how many processes are to read: as many as wanted, else by the number of files.

    Unsaid, there are several only where a process is copied. Where it is not, each begins by running the program's main module again, and a
    script that expects none of this would do twice what it does.
    """
    if multiprocessing.current_process().daemon:
        # Which may start no other.
        return 1
    if wanted:
        return wanted
    if files < ENOUGH or (wanted is None and process_context().get_start_method() != "fork"):
        return 1
    return processors()


class Answer(NamedTuple):
    """A chunk, and what a worker read of it; None, and how the worker ended, where its only source killed the worker."""

    chunk: Chunk
    data: bytes | None
    death: str = ""


class _Worker:
    """One process, and the chunk that it reads."""

    def __init__(self, context: BaseContext, limits: Limits, *, keep: bool, most: int) -> None:
        self.connection, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(other, limits, keep, most), daemon=True)  # type: ignore[attr-defined]
        self.chunk: Chunk | None = None
        self.has_begun = False
        try:
            with uninterrupted():
                self.process.start()
        finally:
            # Its end of the pipe is its own, so that the pipe ends where it does.
            other.close()

    def give(self, chunk: Chunk) -> None:
        self.chunk = chunk
        with suppress(OSError):  # one that died meanwhile is found dead by whoever waits for its answer
            self.connection.send(chunk.files)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class Workers:
    """Worker processes, at most `count` of them. `most` is how many bytes one reads before it answers."""

    def __init__(self, count: int, limits: Limits, *, keep: bool, most: int = BOUNDS.bytes) -> None:
        self._count = count
        self._most = most
        self._limits = limits
        self._keep = keep
        self._workers: list[_Worker] = []
        self._pending: deque[Chunk] = deque()
        self._deaths = 0
        self._have_begun = False
        self._can_start = True

    def read(self, chunks: Iterator[Chunk]) -> Iterator[Answer]:
        """Give each chunk with its answer, in the order in which they are done; none where no worker can be started.

        A chunk whose worker died is given source by source.
        """
        answers: deque[Answer] = deque()
        try:
            while True:
                # Who waits for work gets it before what is done is looked at.
                self._start(chunks)
                self._give_work(chunks)
                if answers:
                    yield answers.popleft()
                if any(worker.chunk for worker in self._workers) or (self._workers and self._pending):
                    for worker in self._answering(0 if answers else None):
                        self._take_answer(worker, answers)
                elif not answers:
                    return
        finally:
            for worker in self._workers:
                worker.end()

    def _start(self, chunks: Iterator[Chunk]) -> None:
        """Start as many workers as there are chunks for."""
        starting = sum(not worker.has_begun for worker in self._workers)
        while self._can_start and len(self._workers) < self._count and self._are_pending(starting + 1, chunks):
            try:
                self._workers.append(_Worker(process_context(), self._limits, keep=self._keep, most=self._most))
            except OSError:
                self._can_start = False
            starting += 1

    def _are_pending(self, many: int, chunks: Iterator[Chunk]) -> bool:
        self._pending.extend(islice(chunks, max(0, many - len(self._pending))))
        return len(self._pending) >= many

    def _give_work(self, chunks: Iterator[Chunk]) -> None:
        for worker in self._workers:
            if worker.has_begun and not worker.chunk and self._are_pending(1, chunks):
                worker.give(self._pending.popleft())

    def _answering(self, timeout: float | None) -> list[_Worker]:
        """Wait until workers answer or die; return them."""
        waiting: dict[Connection | int, _Worker] = {}
        for worker in self._workers:
            waiting[worker.connection] = waiting[worker.process.sentinel] = worker
        return list(dict.fromkeys(waiting[awake] for awake in wait(list(waiting), timeout)))  # type: ignore[index]

    def _take_answer(self, worker: _Worker, answers: deque[Answer]) -> None:
        try:
            # What one that died said before is still in the pipe.
            if not worker.connection.poll():
                self._note_dead(worker, answers)
                return
            said = worker.connection.recv_bytes()
            error = worker.connection.recv_bytes() if not said and worker.chunk else b""
        except (EOFError, OSError):
            self._note_dead(worker, answers)
            return
        if error:
            raise pickle.loads(error)  # noqa: S301 -- a worker of ours sent it
        if worker.chunk:
            # Where nothing else waits, there is a part of the rest for everybody.
            chunk, data, rest = worker.chunk.after(said, 1 if self._pending else self._count)
            answers.append(Answer(chunk, data))
            self._pending.extendleft(reversed(rest))
        worker.chunk = None
        worker.has_begun = self._have_begun = True

    def _note_dead(self, worker: _Worker, answers: deque[Answer]) -> None:
        """Take note of a dead worker. The sources of its chunk are read again one by one; one that was alone in its chunk is the cause."""
        worker.process.join(_MOST_PATIENCE)
        worker.end()
        self._workers.remove(worker)
        chunk, death = worker.chunk, _how_it_ended(worker.process.exitcode)
        self._deaths += 1
        # Where the first one never began, as where a program may not start others, nobody will.
        self._can_start = self._have_begun
        if self._deaths > _MOST_DEATHS:
            message = (
                f"{self._deaths} worker processes died one after the other, the last by {death}. Give --workers 1, or make memory free."
            )
            raise CaptureError(message)
        if chunk and chunk.is_suspect:
            answers.append(Answer(chunk, None, death))
        elif chunk:
            self._pending.extend(chunk.apart())


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit {code}"


def _work(connection: Connection, limits: Limits, keep: bool, most: int) -> None:  # noqa: FBT001 -- what a process is started with
    """Say that it has begun, and read chunks until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The other end is gone where the process that wants the answers is.
    with suppress(EOFError, OSError):
        connection.send_bytes(b"")
        while True:
            files = connection.recv()
            try:
                answer = read_chunk(files, limits, keep=keep, most=most)
            except MemoryError:
                # As if it had been killed for it: all that it has is given back, and each source is tried by itself.
                os._exit(EXIT_TROUBLE)
            except Exception as error:  # noqa: BLE001 -- a bug, which is shown where the user is
                error.add_note(traceback.format_exc())
                connection.send_bytes(b"")
                answer = pickle.dumps(error)
            connection.send_bytes(answer)

"""All sources read, here or by workers. What is read, and in which order it stands, does not depend on who reads.

What counts over a whole run, the bytes that archives unpack to, is counted in one place: archives and standard input are read here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from reconcile.capture import read_file as captures
from reconcile.capture.chunks import cut, outcomes_of
from reconcile.capture.sources import STDIN, Outcome
from reconcile.capture.workers import BOUNDS, Workers, how_many

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from reconcile.capture.compressed_streams import Meter
    from reconcile.capture.sources import Source
    from reconcile.capture.workers import Answer

Progress = Callable[[str, int, int], object]


class Sources(Protocol):
    """Sources that can be gone over as often as they are needed."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __iter__(self) -> Iterator[Source]:
        """Give them in order."""
        ...


def read_all(
    found: Sequence[Source], meter: Meter, *, workers: int | None = None, dask: str | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Read sources; return what came of them, in their order."""
    with closing(read_by_site([found], meter, workers=workers, dask=dask, progress=progress)) as read:
        return next(read)


def read_by_site(
    sites: Sequence[Sources],
    meter: Meter,
    *,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Generator[list[Outcome]]:
    """Read the sources of sites; give what came of each site's, in their order, when all of them are read.

    Workers go on reading meanwhile, but no further than their answers are taken. What was given is not held here.
    """
    files = sum(len(_files(found)) for found in sites)
    with closing(_answers(sites, files, meter, workers, dask)) as answers:
        reader = _Reader(answers, files, sum(map(len, sites)), meter, progress)
        yield from map(reader.read, sites)


class _Reader:
    """Collects what workers have read, and reads the other sources itself. Sources bear numbers, in the order in which they are asked for."""

    def __init__(self, answers: Generator[Answer], files: int, total: int, meter: Meter, progress: Progress | None) -> None:
        self._answers = answers
        # Those that others may read, and have not yet.
        self._left = files
        self._total = total
        self._meter = meter
        self._progress = progress
        self._first = 0
        self._answered: set[int] = set()
        self._known: dict[int, Outcome] = {}
        self._heard = 0

    def read(self, found: Sources) -> list[Outcome]:
        """Return what came of a site's sources."""
        self._hear({number for number, _ in _files(found, self._first)} if self._left else set())
        outcomes: list[Outcome] = []
        for number, source in enumerate(found, self._first):
            self._answered.discard(number)
            if number in self._known:
                outcomes.append(self._known.pop(number))
                continue
            self._say(max(number, self._heard))
            outcomes += captures.read(source, self._meter)
        self._first += len(found)
        return outcomes

    def _hear(self, wanted: set[int]) -> None:
        """Wait until these sources are read by others, as far as any others read."""
        while not wanted <= self._answered:
            answer = next(self._answers, None)
            if answer is None:
                self._left = 0
                return
            self._left -= len(answer.chunk.numbers)
            self._answered.update(answer.chunk.numbers)
            before = len(self._known)
            self._known.update(_outcomes(answer, self._meter))
            self._heard += len(self._known) - before
            self._say(self._heard)
        if not self._left:
            # Nobody is kept waiting for work that there is no more of.
            self._answers.close()

    def _say(self, done: int) -> None:
        if self._progress:
            self._progress("reading", done, self._total)


def _files(found: Sources, first: int = 0) -> list[tuple[int, Source]]:
    """Return the sources that anybody who sees the same files can read, with their numbers, which begin at `first`."""
    return [(number, source) for number, source in enumerate(found, first) if source.status == "" and source.file != STDIN]


def _numbered(sites: Sequence[Sources]) -> Iterator[tuple[int, Source]]:
    first = 0
    for found in sites:
        yield from _files(found, first)
        first += len(found)


def _answers(sites: Sequence[Sources], files: int, meter: Meter, workers: int | None, dask: str | None) -> Generator[Answer]:
    there = _numbered(sites)
    count, keep = how_many(workers, files), meter.kept is not None
    if dask is not None:
        from reconcile.capture.dask_cluster import Cluster  # noqa: PLC0415 -- only whoever has a cluster has dask

        yield from Cluster(dask, meter.limits, keep=keep).read(list(there))
    elif count > 1:
        yield from Workers(count, meter.limits, keep=keep, most=BOUNDS.bytes).read(cut(there, BOUNDS.files))


def _outcomes(answer: Answer, meter: Meter) -> Iterator[tuple[int, Outcome]]:
    if answer.data is not None:
        yield from outcomes_of(answer.chunk, answer.data, meter)
        return
    note = f"the process that read it died ({answer.death}); a smaller file may be readable, or more memory may help"
    for number, source in zip(answer.chunk.numbers, answer.chunk.sources, strict=True):
        yield number, Outcome(source._replace(status="refused", note=note), None)

"""All sources read: here, or by workers. Wherever they are read, the same comes of them, in the same order.

What counts over a whole run, the bytes that archives unpack to, is counted in one place: archives and standard input are read here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconcile import captures
from reconcile.captures import STDIN, Outcome
from reconcile.chunks import cut, outcomes_of
from reconcile.workers import BOUNDS, Workers, how_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.captures import Source
    from reconcile.compressed import Meter
    from reconcile.workers import Answer

Progress = Callable[[str, int, int], object]


def read_all(
    found: Sequence[Source], meter: Meter, *, workers: int | None = None, dask: str | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """Read sources; return what came of them, in their order."""
    known: dict[int, Outcome] = {}
    for answer in _answers(found, meter, workers, dask):
        known.update(_outcomes(answer, meter))
        if progress:
            progress("reading", len(known), len(found))
    outcomes: list[Outcome] = []
    for number, source in enumerate(found):
        if number in known:
            outcomes.append(known[number])
            continue
        if progress:
            progress("reading", max(number, len(known)), len(found))
        outcomes += captures.read(source, meter)
    return outcomes


def _answers(found: Sequence[Source], meter: Meter, workers: int | None, dask: str | None) -> Iterator[Answer]:
    files = [(number, source) for number, source in enumerate(found) if not source.status and source.file != STDIN]
    count, keep = how_many(workers, len(files)), meter.kept is not None
    if dask is not None:
        from reconcile.cluster import Cluster  # noqa: PLC0415 -- only whoever has a cluster has dask

        return Cluster(dask, meter.limits, keep=keep).read(files)
    return Workers(count, meter.limits, keep=keep).read(cut(files, BOUNDS)) if count > 1 else iter(())


def _outcomes(answer: Answer, meter: Meter) -> Iterator[tuple[int, Outcome]]:
    if answer.data is not None:
        yield from outcomes_of(answer.chunk, answer.data, meter)
        return
    note = f"the process that read it died ({answer.death}); a smaller file may be readable, or more memory may help"
    for number, source in zip(answer.chunk.numbers, answer.chunk.sources, strict=True):
        yield number, Outcome(source._replace(status="refused", note=note), None)

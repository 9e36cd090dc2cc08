"""Chunks of sources: what a worker is given to read, and what it hands back as plain data.

What comes back is marshalled, not pickled. Of 5,200 files with 66,000 facts, pickle took 0.13 to 0.18 s of the workers' time and 0.05 to
0.07 s of the parent's; marshal, which knows plain tuples alone, took 0.06 to 0.08 s with taking the facts apart, and 0.06 to 0.10 s with
making them anew. What both sides take is what counts where there are as many workers as processors.
"""

from __future__ import annotations

import marshal
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from reconcile.base.garbage_collection import uncollected
from reconcile.base.named_tuples import made
from reconcile.capture.compressed_streams import Meter
from reconcile.capture.read_file import read_file
from reconcile.capture.sources import Outcome, Source
from reconcile.facts.folder_visits import VisitEntries, Visits, VisitShape
from reconcile.facts.record_blocks import Block, Column, DimmsShape, FolderAnswers, PlainDimms
from reconcile.facts.records import Answer, Entry, Record, Volume
from reconcile.facts.source_reading import Bound, Ledger, Part, PlainReading, Reading, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.base.limits import Limits

_KINDS: tuple[type[Record], ...] = get_args(Record)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_PLAIN_DIMMS, _FOLDER_ANSWERS, _VISITS, _VISIT_ENTRIES = -1, -2, -3, -4
_NAMES: dict[type[Record], int] = {Answer: Answer._fields.index("name"), Entry: Entry._fields.index("name")}
# It gives a text that stands in many facts once, which version 2 does not.
_VERSION = 4


class Bounds(NamedTuple):
    """How many files a chunk has at most, and how many bytes are read of it before what was read is handed back."""

    files: int
    bytes: int


class Chunk(NamedTuple):
    """Sources that one worker is given, each with its number among all. `is_suspect`: a worker died of a chunk that it was in."""

    numbers: tuple[int, ...]
    sources: tuple[Source, ...]
    is_suspect: bool = False

    def apart(self) -> Iterator[Chunk]:
        """Give each source as a chunk of its own."""
        for number, source in zip(self.numbers, self.sources, strict=True):
            yield Chunk((number,), (source,), is_suspect=True)

    def after(self, answer: bytes, parts: int) -> tuple[Chunk, bytes, list[Chunk]]:
        """Return what was read of it, what is said of that, and the rest in some parts; `answer` is what `read_chunk` returned."""
        done, total = int.from_bytes(answer[:_COUNT_BYTES]), len(self.numbers)
        size = -(-(total - done) // parts)
        rest = [self._cut(start, min(start + size, total)) for start in range(done, total, size or 1)]
        return self._cut(0, done), answer[_COUNT_BYTES:], rest

    def _cut(self, start: int, stop: int) -> Chunk:
        return self._replace(numbers=self.numbers[start:stop], sources=self.sources[start:stop])

    @property
    def files(self) -> list[tuple[str, str]]:
        """What a worker needs to know: where each file is, and what it is called below its CAPTURE."""
        return [(source.file, source.path) for source in self.sources]


def cut(sources: Iterable[tuple[int, Source]], files: int) -> Iterator[Chunk]:
    """Cut sources into chunks of so many, one when it is asked for. How large a file is, whoever reads it finds out."""
    sources = iter(sources)
    while found := list(islice(sources, files)):
        yield Chunk(tuple([number for number, _ in found]), tuple([source for _, source in found]))


# How many bytes the number of files read takes, in front of what is said of them.
_COUNT_BYTES = 4
# What a worker says of an archive.
_ARCHIVE = "archive"


class _Taken(NamedTuple):
    """What is handed over of a chunk, all of it tuples, lists, numbers and texts.

    `guests` are the columns of the plain readings, with the place of each among the files, and each shape as the number of one in `shapes`.
    `others` has place, status, note and what was read of every other file.
    """

    guests: tuple[Sequence[Any], ...]
    shapes: list[tuple[Column, ...]]
    others: list[tuple[int, str, str, tuple[object, ...] | None]]
    kept: list[tuple[int, bytes]]


def read_chunk(files: list[tuple[str, str]], limits: Limits, *, keep: bool, most: int) -> bytes:
    """Read files until they have so many bytes, at least one; return how many were read, and what they say as plain data."""
    with uncollected():
        count, taken = _read(files, Meter(limits, keep=keep), most)
        plain: tuple[Any, ...] = (*taken,)
        return count.to_bytes(_COUNT_BYTES) + marshal.dumps(plain, _VERSION)


def _read(files: list[tuple[str, str]], meter: Meter, most: int) -> tuple[int, _Taken]:
    plain: list[tuple[int, PlainReading]] = []
    others: list[tuple[int, str, str, tuple[object, ...] | None]] = []
    kept: list[tuple[int, bytes]] = []
    seen: dict[Column, Column] = {}
    size = count = 0
    for place, (file, path) in enumerate(files):
        if size >= most:
            break
        count += 1
        outcome = read_file(Source("", "", path, file), meter)
        if outcome is None:
            others.append((place, _ARCHIVE, "", None))
            continue
        if meter.kept:
            kept += [(place, data) for data in meter.kept.values()]
            meter.kept.clear()
        reading = outcome.reading
        size += reading.bytes if reading else 0
        if type(reading) is PlainReading:
            plain.append((place, reading))
        else:
            taken = _taken_apart(reading.in_full(), seen) if reading else None
            others.append((place, outcome.source.status, outcome.source.note, taken))
    shapes: dict[DimmsShape, int] = {}
    numbers = [shapes.setdefault(reading.shape, len(shapes)) for _, reading in plain]
    *columns, _, serials = zip(*[reading for _, reading in plain], strict=True) if plain else _NO_COLUMNS
    guests = ([place for place, _ in plain], *columns, numbers, serials)
    return count, _Taken(guests, [shape.columns for shape in shapes], others, kept)


_NO_COLUMNS: tuple[tuple[Any, ...], ...] = ((),) * len(PlainReading._fields)


def _taken_apart(reading: Reading, seen: dict[Column, Column]) -> tuple[object, ...]:
    return (
        *reading[:6],
        [(*part[:-1], [_as_columns(block, seen) for block in part.blocks]) for part in reading.parts],
        [tuple(volume) for volume in reading.volumes],
        [tuple(unread) for unread in reading.unread],
        tuple(reading.ledger),
        reading.prompted,
        reading.in_path,
        reading.mentions,
        [tuple(bound) for bound in reading.bounds],
    )


def _as_columns(block: Sequence[Record], seen: dict[Column, Column]) -> tuple[int, Sequence[object]]:
    """Return what a block is, and its columns."""
    if not isinstance(block, Block):
        return _NUMBERS[type(block[0])], list(zip(*block, strict=True))
    if isinstance(block, PlainDimms):
        return _PLAIN_DIMMS, (*block.shape.columns, block.serials)
    if isinstance(block, Visits):
        # Each shape once, and its columns once for all sources.
        shapes = {shape: number for number, shape in enumerate(dict.fromkeys(block.shapes))}
        numbers = [shapes[shape] for shape in block.shapes]
        return _VISITS, (block.above, block.lines, block.folders, block.shown, numbers, [shape.columns for shape in shapes])
    if isinstance(block, VisitEntries):
        # Of the visits in front of it.
        return _VISIT_ENTRIES, ()
    own = _FOLDER_ANSWERS if isinstance(block, FolderAnswers) else None
    at = _NAMES.get(block.kind)
    if at is None:
        return _NUMBERS[block.kind] if own is None else own, block.columns
    # A folder's files are listed, and then asked about.
    columns = list(block.columns)
    columns[at] = seen.setdefault(columns[at], columns[at])
    return _NUMBERS[block.kind] if own is None else own, columns


def _blocks(taken: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Block[Record]]:
    visits: Visits | None = None
    for number, columns in taken:
        if number == _PLAIN_DIMMS:
            *shape, serials = columns
            yield PlainDimms(_dimms_shape(tuple(shape)), serials)
        elif number == _FOLDER_ANSWERS:
            yield FolderAnswers(columns)
        elif number == _VISITS:
            above, lines, folders, shown, numbers, shapes = columns
            known = [_visit_shape(columns) for columns in shapes]
            visits = Visits(above, lines, folders, shown, [known[number] for number in numbers])
            yield visits
        elif visits and number == _VISIT_ENTRIES:
            yield VisitEntries(visits)
        else:
            yield Block(_KINDS[number], columns)


def outcomes_of(chunk: Chunk, answer: bytes, meter: Meter) -> Iterator[tuple[int, Outcome]]:
    """Give what came of a chunk's sources, each with its number; nothing for archives, which no worker reads."""
    taken = _Taken(*marshal.loads(answer))  # noqa: S302 -- a worker of ours made it
    numbers, sources = chunk.numbers, chunk.sources
    if meter.kept is not None:
        meter.kept.update({(sources[place].site, sources[place].label): data for place, data in taken.kept})
    for place, status, note, parts in taken.others:
        if status != _ARCHIVE:
            source = sources[place]._replace(status=status, note=note) if status else sources[place]
            yield numbers[place], Outcome(source, _put_together(parts) if parts else None)
    places, *columns, shapes, serials = taken.guests
    known = [_dimms_shape(columns) for columns in taken.shapes]
    readings = map(partial(made, PlainReading), zip(*columns, [known[number] for number in shapes], serials, strict=True))
    outcomes = map(partial(made, Outcome), zip([sources[place] for place in places], readings, strict=True))
    yield from zip([numbers[place] for place in places], outcomes, strict=True)


@lru_cache(maxsize=1 << 10)
def _dimms_shape(columns: tuple[Any, ...]) -> DimmsShape:
    """Return one shape for all answers that are alike, whichever chunks they are of."""
    return DimmsShape(*columns)


@lru_cache(maxsize=1 << 12)
def _visit_shape(columns: tuple[Any, ...]) -> VisitShape:
    """Return one shape for all visits that are alike."""
    return VisitShape(*columns)


def _put_together(taken: tuple[Any, ...]) -> Reading:
    sha256, size, encoding, status, note, typed, parts, volumes, unread, ledger, prompted, in_path, mentions, bounds = taken
    return Reading(
        sha256, size, encoding, status, note, typed,
        tuple([
            Part(line, machine, named_by, shell, lost, tuple(_blocks(blocks)))
            for line, machine, named_by, shell, lost, blocks in parts
        ]),
        tuple([Volume(*volume) for volume in volumes]) if volumes else (),
        tuple([Unread(*line) for line in unread]) if unread else (),
        Ledger(*ledger),
        prompted,
        in_path,
        mentions,
        tuple([Bound(*bound) for bound in bounds]) if bounds else (),
    )  # fmt: skip

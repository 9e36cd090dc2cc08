"""Chunks of sources: what a worker is given to read, and what it hands back as plain data.

What comes back is marshalled, not pickled. Of 5,200 files with 66,000 facts, pickle took 0.13 to 0.18 s of the workers' time and 0.05 to
0.07 s of the parent's; marshal, which knows plain tuples alone, took 0.06 to 0.08 s with taking the facts apart, and 0.06 to 0.10 s with
making them anew. What both sides take is what counts where there are as many workers as processors.
"""

from __future__ import annotations

import marshal
import os
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from reconcile.captures import Outcome, Source
from reconcile.captures import read as read_one
from reconcile.compressed import Meter
from reconcile.garbage import uncollected
from reconcile.parsers.blocks import Block, FolderAnswers, PlainDimms, kind_of
from reconcile.parsers.records import Record, Volume
from reconcile.reading import Ledger, Part, Reading, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.limits import Limits
    from reconcile.parsers.blocks import Column

_KINDS: tuple[type[Record], ...] = get_args(Record)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_PLAIN_DIMMS, _FOLDER_ANSWERS = -1, -2
# It gives a text that stands in many facts once, which version 2 does not.
_VERSION = 4


class Bounds(NamedTuple):
    """How large a chunk is at most: whichever of these it comes to first."""

    files: int
    bytes: int


class Chunk(NamedTuple):
    """Sources that one worker reads in one go, each with its number among all. `is_suspect`: a worker died of a chunk that it was in."""

    numbers: tuple[int, ...]
    sources: tuple[Source, ...]
    is_suspect: bool = False

    def apart(self) -> Iterator[Chunk]:
        """Give each source as a chunk of its own."""
        for number, source in zip(self.numbers, self.sources, strict=True):
            yield Chunk((number,), (source,), is_suspect=True)

    @property
    def files(self) -> list[tuple[str, str]]:
        """What a worker needs to know: where each file is, and what it is called below its CAPTURE."""
        return [(source.file, source.path) for source in self.sources]


def cut(sources: Iterable[tuple[int, Source]], bounds: Bounds) -> Iterator[Chunk]:
    """Cut sources into chunks by their files' sizes, one when it is asked for."""
    numbers: list[int] = []
    found: list[Source] = []
    size = 0
    for number, source in sources:
        numbers.append(number)
        found.append(source)
        size += _size(source.file)
        if len(found) >= bounds.files or size >= bounds.bytes:
            yield Chunk(tuple(numbers), tuple(found))
            numbers, found, size = [], [], 0
    if found:
        yield Chunk(tuple(numbers), tuple(found))


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size  # noqa: PTH116 -- strings all the way: this runs for each of 100,000 files
    except OSError:
        return 0


class _ArchiveError(Exception):
    """An archive, which is read where all that archives unpack to is counted."""


class _Files(Meter):
    """A meter for files alone."""

    def begin_archive(self) -> None:
        raise _ArchiveError


# What a worker says of an archive.
_ARCHIVE = "archive"


def read_chunk(files: list[tuple[str, str]], limits: Limits, *, keep: bool) -> bytes:
    """Read files; return what they say as plain data."""
    with uncollected():
        seen: dict[Column, Column] = {}
        return marshal.dumps([_read(file, path, _Files(limits, keep=keep), seen) for file, path in files], _VERSION)


def _read(file: str, path: str, meter: _Files, seen: dict[Column, Column]) -> tuple[object, ...]:
    try:
        (outcome,) = read_one(Source("", "", path, file), meter)
    except _ArchiveError:
        return (_ARCHIVE, "", None, None)
    data = meter.kept.get(("", "")) if meter.kept else None
    return (outcome.source.status, outcome.source.note, _taken_apart(outcome.reading, seen) if outcome.reading else None, data)


def _taken_apart(reading: Reading, seen: dict[Column, Column]) -> tuple[object, ...]:
    parts = [(*part[:-1], [_as_columns(block, seen) for block in part.blocks]) for part in reading.parts]
    return (
        *reading[:6],
        parts,
        [tuple(volume) for volume in reading.volumes],
        [tuple(unread) for unread in reading.unread],
        tuple(reading.ledger),
        *reading[10:],
    )


def _as_columns(block: Sequence[Record], seen: dict[Column, Column]) -> tuple[int, list[Column], list[Column]]:
    """Return what a block is, its columns, and of plain dimms these in order."""
    if isinstance(block, PlainDimms):
        return _PLAIN_DIMMS, _shared(block.columns, seen), _shared(block.ordered, seen)
    number = _FOLDER_ANSWERS if isinstance(block, FolderAnswers) else _NUMBERS[kind_of(block)]
    return number, _shared(block.columns if isinstance(block, Block) else zip(*block, strict=True), seen), []


def _shared(columns: Iterable[Column], seen: dict[Column, Column]) -> list[Column]:
    """Return columns. The same few stand in block after block, and each is handed over once."""
    # True equals 1, and must not stand for it.
    return [seen.setdefault(column, column) if type(column) is tuple and type(column[0]) is not bool else column for column in columns]


def _block(number: int, columns: list[Column], ordered: list[Any]) -> Block[Record]:
    if number == _PLAIN_DIMMS:
        names, ids, serials, lines = ordered
        return PlainDimms(columns, (names, ids, serials, lines))
    return FolderAnswers(columns) if number == _FOLDER_ANSWERS else Block(_KINDS[number], columns)


def outcomes_of(chunk: Chunk, answer: bytes, meter: Meter) -> Iterator[tuple[int, Outcome]]:
    """Give what came of a chunk's sources, each with its number; nothing for archives, which no worker reads."""
    taken_apart = marshal.loads(answer)  # noqa: S302 -- a worker of ours made it
    for number, source, (status, note, taken, data) in zip(chunk.numbers, chunk.sources, taken_apart, strict=True):
        if status == _ARCHIVE:
            continue
        if data is not None and meter.kept is not None:
            meter.kept[source.site, source.label] = data
        yield number, Outcome(source._replace(status=status, note=note) if status else source, _put_together(taken) if taken else None)


def _put_together(taken: tuple[Any, ...]) -> Reading:
    sha256, size, encoding, status, note, typed, parts, volumes, unread, ledger, *rest = taken
    return Reading(
        sha256, size, encoding, status, note, typed,
        tuple([
            Part(line, machine, named_by, shell, lost, tuple([_block(*block) for block in blocks]))
            for line, machine, named_by, shell, lost, blocks in parts
        ]),
        tuple([Volume(*volume) for volume in volumes]) if volumes else (),
        tuple([Unread(*line) for line in unread]) if unread else (),
        Ledger(*ledger),
        *rest,
    )  # fmt: skip

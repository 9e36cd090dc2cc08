"""From sources to what their bytes say.

Captures are only ever read. What is no regular file is not opened; of an archive nothing is extracted.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError
from reconcile.base.limits import MIB
from reconcile.base.named_tuples import made
from reconcile.capture.archives import HEAD, Member, Whole, kind_of, members, unsupported
from reconcile.capture.read_source import archive_reading, read_source
from reconcile.capture.sources import STDIN, Outcome, Source, visible_path
from reconcile.facts.path_names import hint_and_name_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from reconcile.capture.compressed_streams import Meter

# Archives by their bytes, and no archives to anybody who saved one among his captures.
_DOCUMENTS = frozenset({".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt", ".jar", ".whl"})


def read(source: Source, meter: Meter) -> Iterator[Outcome]:
    """Read a source's bytes and what they say; of an archive, each member's, and last the archive's own outcome.

    Never raises for what a file holds, or for what the system refuses. `meter` counts what the run unpacks.
    """
    if source.status:
        yield Outcome(source, None)
        return
    try:
        if source.file == STDIN:
            yield from _read_bytes(source, _standard_input(meter), meter, depth=0)
            return
        outcome = read_file(source, meter)
        if outcome:
            yield outcome
            return
        with os.fdopen(os.open(source.file, _FLAGS), "rb") as stream:
            yield from _read_archive(source, stream, meter, depth=1)
    except OSError as error:
        yield _unreadable(source, error)


def read_file(source: Source, meter: Meter) -> Outcome | None:
    """Read one file and what it says; return None where it is an archive. Never raises, as `read`."""
    try:
        descriptor = os.open(source.file, _FLAGS)
        try:
            return _read_open(source, descriptor, meter)
        finally:
            os.close(descriptor)
    except OSError as error:
        return _unreadable(source, error)


def _read_open(source: Source, descriptor: int, meter: Meter) -> Outcome | None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return _refused(source, "not a regular file; what a pipe gives is read with -")
    # One more byte than the file has says that there are no more, in the same call.
    data = os.read(descriptor, min(status.st_size + 1, _CHUNK))
    if _is_archive(data, source.path):
        return None
    # A file that is read at once is the rule, so what is hashed is what is parsed.
    if len(data) == status.st_size < _CHUNK:
        return _read_plain(source, data, meter)
    chunks, size = [data], len(data)
    while chunks[-1] and size <= meter.limits.member_bytes:
        chunks.append(os.read(descriptor, _CHUNK))
        size += len(chunks[-1])
    return _read_plain(source, b"".join(chunks), meter)


def _unreadable(source: Source, error: OSError) -> Outcome:
    return _refused(source, f"cannot be read: {error.strerror or error}")


_CHUNK = 1 << 18
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _read_bytes(source: Source, data: bytes, meter: Meter, depth: int) -> Iterator[Outcome]:
    """Read what is in memory already: standard input, or an archive's member."""
    if not _is_archive(data[:HEAD], source.path):
        yield _read_plain(source, data, meter)
    elif depth >= meter.limits.depth:
        yield _refused(source, "an archive in an archive in an archive; unpack it and name the folder (--max-depth)")
    else:
        yield from _read_archive(source, io.BytesIO(data), meter, depth + 1)


def _is_archive(head: bytes, path: str) -> bool:
    return bool(kind_of(head)) and PurePath(path).suffix.lower() not in _DOCUMENTS


def _read_plain(source: Source, data: bytes, meter: Meter) -> Outcome:
    if len(data) > meter.limits.member_bytes:
        return _refused(source, f"larger than {meter.limits.member_bytes // MIB} MiB; no terminal prints that much (--max-file)")
    foreign = unsupported(data[:HEAD])
    if foreign:
        return _refused(source, f"{foreign}; unpack it and name the folder")
    if meter.kept is not None:
        meter.kept[source.site, source.label] = data
    return Outcome(source, read_source(data, *hint_and_name_in(source.path)))


def _read_archive(source: Source, stream: BinaryIO, meter: Meter, depth: int) -> Iterator[Outcome]:
    """Read an archive's members, and archives among them as deep as the limits allow."""
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(MIB):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    seen: dict[str, int] = {}
    for count, member in enumerate(members(stream, source.path, meter)):
        if isinstance(member, Whole):
            if member.status == "refused":
                yield _refused(source, member.note)
            else:
                note = "; ".join(text for text in (f"an archive, {count:,} members", member.note) if text)
                yield Outcome(source, archive_reading(digest.hexdigest(), size, member.status, note))
            return
        name = visible_path(member.path.removeprefix("./"))
        times = seen[name] = seen.get(name, 0) + 1
        again = f" ({times})" if times > 1 else ""
        inner: Source = made(
            Source, (source.site, f"{source.label}!/{name}{again}", f"{source.path}!/{name}", source.file, "", "", source.argument)
        )
        if member.data is not None and not member.status and not _is_archive(member.data[:HEAD], inner.path):
            yield _read_plain(inner, member.data, meter)
        else:
            yield from _read_member(inner, member, meter, depth)


def _read_member(source: Source, member: Member, meter: Meter, depth: int) -> Iterator[Outcome]:
    if member.data is None:
        yield Outcome(source._replace(status=member.status, note=member.note), None)
        return
    for outcome in _read_bytes(source, member.data, meter, depth):
        if outcome.reading and member.status and outcome.source.label == source.label:
            yield outcome._replace(reading=outcome.reading.in_full()._replace(status=member.status, note=member.note))
        else:
            yield outcome


def _refused(source: Source, note: str) -> Outcome:
    return Outcome(source._replace(status="refused", note=note), None)


def _standard_input(meter: Meter) -> bytes:
    if sys.stdin is None:
        message = "Standard input is closed, so - gives nothing. Name files, or send something in."
        raise CaptureError(message)
    return sys.stdin.buffer.read(meter.limits.archive_bytes)

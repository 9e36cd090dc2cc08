"""Streams of compressed bytes, read as far as they go. Nothing is ever written to disk."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from typing import TYPE_CHECKING

from reconcile.base.limits import MIB, RATIO_FROM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from reconcile.base.limits import Limits

_CHUNK = 1 << 16
_PIECE = 1 << 20
# A dictionary larger than this is no capture's.
_XZ_MEMORY = 128 * MIB


class TooMuchError(Exception):
    """A limit was passed; the text says which."""


class Meter:
    """Counts what a run unpacks, over all its archives. `kept` are the sources' bytes by site and label, where they are wanted."""

    def __init__(self, limits: Limits, *, keep: bool = False) -> None:
        self.limits = limits
        self.kept: dict[tuple[str, str], bytes] | None = {} if keep else None
        self._run = 0

    def count(self, size: int) -> None:
        """Add bytes to the run's sum; raises `TooMuchError`."""
        self._run += size
        if self._run > self.limits.run_bytes:
            message = f"more than {self.limits.run_bytes // MIB} MiB unpacked in this run (--max-run)"
            raise TooMuchError(message)


def magic_of(head: bytes) -> str:
    """Name the compression that bytes begin with, or ``""``."""
    return next((name for name, magic in _MAGIC.items() if magic.match(head)), "")


# A text may well begin with BZh; a bzip2 stream goes on with the size of its blocks and the digits of pi.
_MAGIC = {"gzip": re.compile(rb"\x1f\x8b\x08"), "bzip2": re.compile(rb"BZh[1-9]1AY&SY"), "xz": re.compile(rb"\xfd7zXZ\x00")}


class _Codec:
    """One compressed stream. Gives what it unpacks in pieces, for a few bytes may unpack to gigabytes."""

    def __init__(self, kind: str) -> None:
        self._zlib = zlib.decompressobj(wbits=31) if kind == "gzip" else None
        self._other = bz2.BZ2Decompressor() if kind == "bzip2" else lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    @property
    def eof(self) -> bool:
        return self._zlib.eof if self._zlib else self._other.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data if self._zlib else self._other.unused_data

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        if self._zlib:
            while chunk:
                yield self._zlib.decompress(chunk, _PIECE)
                chunk = self._zlib.unconsumed_tail
            return
        yield self._other.decompress(chunk, _PIECE)
        while not self._other.eof and not self._other.needs_input:
            yield self._other.decompress(b"", _PIECE)


BROKEN = (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError)


class Unpacked:
    """A compressed file as a stream of what is in it.

    `status` is ``""`` while all is well, ``truncated`` where the end is missing, ``damaged`` where the bytes make no sense. What
    came before was given. Raises `TooMuchError` where a limit is passed.
    """

    def __init__(self, stream: BinaryIO, kind: str, meter: Meter) -> None:
        self.status = ""
        self._stream = stream
        self._kind = kind
        self._codec = _Codec(kind)
        self._meter = meter
        self._ready = bytearray()
        self._at = 0
        self._in = 0
        self._out = 0
        self._over = False

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        while not self._over and (size < 0 or len(self._ready) - self._at < size):
            # What was given is taken away once a chunk, for taking it from the front moves all that is behind it.
            del self._ready[: self._at]
            self._at = 0
            self._more()
        end = len(self._ready) if size < 0 else min(self._at + size, len(self._ready))
        data = bytes(memoryview(self._ready)[self._at : end])
        self._at = end
        return data

    def _more(self) -> None:
        chunk = self._stream.read(_CHUNK)
        if not chunk:
            self._over = True
            if not self._codec.eof:
                self.status = self.status or "truncated"
            return
        self._in += len(chunk)
        while chunk and not self._over:
            if self._codec.eof:
                # Several streams may stand one behind the other; padding and rubbish behind the last one may, too.
                if not magic_of(chunk):
                    self._over = True
                    return
                self._codec = _Codec(self._kind)
            try:
                for piece in self._codec.pieces(chunk):
                    self._take(piece)
            except BROKEN:
                self.status, self._over = "damaged", True
                return
            chunk = self._codec.unused_data if self._codec.eof else b""

    def _take(self, data: bytes) -> None:
        self._out += len(data)
        limits = self._meter.limits
        if self._out > limits.archive_bytes:
            message = f"more than {limits.archive_bytes // MIB} MiB unpacked from it (--max-archive)"
            raise TooMuchError(message)
        if self._out > RATIO_FROM and self._out > self._in * limits.ratio:
            message = f"unpacks to more than {limits.ratio} times its size (--max-ratio)"
            raise TooMuchError(message)
        self._meter.count(len(data))
        self._ready += data

"""The members of a tar archive, from one header to the next, in a stream that is read once.

`tarfile` needs some 60 microseconds for a member, which for 100,000 of them is most of the time that a report takes. So the headers that
nearly all members have are read here: a plain one, alone, behind one pax header, or behind one long name of GNU's. Whatever else there is
(links, devices, sparse files, numbers in base 256, chains of headers, odd checksums), `tarfile` reads, one header at a time.
"""

from __future__ import annotations

import re
import tarfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Readable(Protocol):
        """What bytes come from."""

        def read(self, size: int = -1, /) -> bytes:
            """Return up to `size` bytes, fewer only at the end."""


BLOCK = 512
# tar writes records of this size, so nothing behind the last one is asked for.
_RECORD = 20 * BLOCK
# Long names and pax headers have some hundred bytes. What is larger is no capture's.
_MOST_HEADER = 1 << 16
# A file's name has 255 characters at most, and tarfile's patterns take the square of the digits that stand together.
_DIGITS = re.compile(rb"[0-9]{1000}")
_NO_BYTES = b"\0" * BLOCK

# name, mode, uid, gid, size, mtime, checksum, type: a file, a directory, pax or a long name; link, magic, owner, device, prefix
_PLAIN = re.compile(
    rb"(.{100})(?:[0-7]{7}[\0 ]){3}([0-7]{11})[\0 ][0-7]{11}[\0 ]([0-7]{6})\0.([0\0005xL])"
    rb".{100}.{8}.{64}(?:[0-7]{7}[\0 ]|\0{8}){2}(.{155}).{12}",
    re.DOTALL,
)
# 27 mtime=1795505218.1234567
_PAX = re.compile(rb"([0-9]{1,5}) ([A-Za-z][A-Za-z.]*)=([^\n\0]*)\n")
# These change what a member is, or how its name reads.
_PAX_ODD = frozenset({b"size", b"hdrcharset", b"linkpath"})
_GLOBAL_ODD = frozenset({"path", "linkpath", "size", "hdrcharset"})


class Entry(NamedTuple):
    """A member. `size` are its bytes, which the stream gives next; `other` is what tarfile says of one that is no plain file."""

    name: str
    size: int
    directory: bool = False
    other: tarfile.TarInfo | None = None


class NoEndError(tarfile.ReadError):
    """The archive ends where more was to come."""


class Blocks:
    """A stream with the bytes in front that were looked at already."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._ready = b""
        self._at = 0
        self._before = 0

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self._before + self._at

    def look(self, size: int, behind: int = 0) -> bytes:
        """Return the bytes from `behind` the place reached on, fewer only at the end, and leave them there."""
        begin = self._at + behind
        if begin + size > len(self._ready):
            self._fill(behind + size)
            begin = self._at + behind
        return self._ready[begin : begin + size]

    def _fill(self, size: int) -> None:
        self._ready, self._before, self._at = self._ready[self._at :], self._before + self._at, 0
        parts, have = [self._ready], len(self._ready)
        while have < size:
            part = self._stream.read(-(-(size - have) // _RECORD) * _RECORD if size - have < _MOST_HEADER else 6 * _RECORD)
            if not part:
                break
            parts.append(part)
            have += len(part)
        self._ready = b"".join(parts)

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        data = self.look(max(size, 0))
        self._at += len(data)
        return data

    def read(self, size: int) -> bytes:
        """Return the next bytes of a header, for `tarfile`."""
        if size > _MOST_HEADER:
            message = f"a header of {size:,} bytes"
            raise tarfile.ReadError(message)
        data = self.take(size)
        if _DIGITS.search(data):
            message = "a header full of digits"
            raise tarfile.ReadError(message)
        return data

    def skip_to(self, offset: int) -> None:
        """Go on to a place in the archive; raises `NoEndError` where it ends before."""
        while (left := offset - self.tell()) > 0:
            if not self.take(min(left, 6 * _RECORD)):
                message = "unexpected end of data"
                raise NoEndError(message)


class _Headers(tarfile.TarFile):
    """What `tarfile` must know of an archive to read one header of it."""

    def __init__(self, blocks: Blocks) -> None:  # it opens nothing, so there is nothing that the class above it should do
        self.fileobj = blocks  # type: ignore[assignment]
        self.offset = 0
        self.pax_headers: dict[str, str] = {}
        self.encoding = tarfile.ENCODING
        self.errors = "surrogateescape"


def entries(blocks: Blocks) -> Iterator[Entry]:
    """Give an archive's members, until the empty block behind the last one.

    Whoever takes an entry may take as many of its bytes as he likes before the next. Raises `NoEndError` where the archive has no end,
    and what `tarfile` raises where a header makes no sense.
    """
    headers = _Headers(blocks)
    plain = True
    while (block := blocks.look(BLOCK)) != _NO_BYTES:
        found = _common(blocks, block, headers.encoding) if plain else None
        if found:
            entry, length = found
            blocks.take(length)
            end = blocks.tell() + (0 if entry.directory else _padded(entry.size))
        else:
            entry = _uncommon(headers)
            end = headers.offset
            plain = not any(name in _GLOBAL_ODD or name.startswith("GNU.") for name in headers.pax_headers)
        yield entry
        blocks.skip_to(end)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _common(blocks: Blocks, block: bytes, encoding: str) -> tuple[Entry, int] | None:
    """Read a member that begins as nearly all do; return it and the length of its headers, or None where it is another."""
    fields = _fields(block)
    if fields is None:
        return None
    name, size, kind, prefix = fields
    length = BLOCK
    path: bytes | None = None
    if kind in {b"x", b"L"}:
        length += _padded(size) + BLOCK
        if length > _MOST_HEADER:
            return None
        inner = _fields(blocks.look(BLOCK, length - BLOCK))
        before = blocks.look(size, BLOCK)
        if inner is None or inner[2] in {b"x", b"L"} or len(before) < size:
            return None
        path = before.partition(b"\0")[0] if kind == b"L" else _pax_path(before)
        if path is None or (kind == b"L" and not path):
            return None
        named, (name, size, inner_kind, prefix) = kind, inner
        kind = b"5" if inner_kind == b"\0" and name.endswith(b"/") else inner_kind
        # A pax header that says nothing of the name leaves it as it is.
        path = path.rstrip(b"/") if named == b"x" else path
    elif kind == b"\0" and name.endswith(b"/"):
        kind = b"5"
    whole = path or (prefix + b"/" + name if prefix else name)
    if path is not None and not _is_utf8(path):
        return None
    return Entry(whole.decode(encoding, "surrogateescape"), size, directory=kind == b"5"), length


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fields(block: bytes) -> tuple[bytes, int, bytes, bytes] | None:
    """Return name, size, type and prefix of a plain header, or None where it is none or its checksum is another."""
    match = _PLAIN.fullmatch(block)
    if match is None:
        return None
    name, size, checksum, kind, prefix = match.groups()
    # The checksum's own eight bytes count as blanks.
    if sum(block.translate(None, b"\0")) - sum(block[148:156]) + 8 * 32 != int(checksum, 8):
        return None
    return name.partition(b"\0")[0], int(size, 8), kind, prefix.partition(b"\0")[0]


def _pax_path(header: bytes) -> bytes | None:
    """Return the path that a pax header names, ``b""`` where it names none, or None where it says what only `tarfile` understands."""
    path = b""
    at = 0
    while at < len(header):
        record = _PAX.match(header, at)
        if record is None or int(record[1]) != record.end() - at or record[2] in _PAX_ODD or record[2].startswith(b"GNU."):
            return None
        if record[2] == b"path":
            path = record[3]
            if not path.rstrip(b"/"):
                return None
        at = record.end()
    return path


def _uncommon(headers: _Headers) -> Entry:
    """Let `tarfile` read the next member's headers."""
    try:
        info = tarfile.TarInfo.fromtarfile(headers)
    except (tarfile.EmptyHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
        raise NoEndError(str(error)) from None
    except (IndexError, OverflowError) as error:
        message = f"invalid header: {error}"
        raise tarfile.ReadError(message) from None
    if info.size < 0:
        message = "a member of a negative size"
        raise tarfile.ReadError(message)
    return Entry(info.name, info.size, directory=info.isdir(), other=None if info.isreg() and not info.issparse() else info)

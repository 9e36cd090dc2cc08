"""Archives, read member by member as streams. Nothing is extracted: names are labels, links lead nowhere, devices are only listed.

A member is read whole up to a limit, for what is hashed is what is parsed. An archive that ends too early is read as far as it goes.
"""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.limits import MIB
from reconcile.capture.compressed_streams import BROKEN, Meter, TooMuchError, Unpacked, magic_of
from reconcile.capture.tar_stream import Blocks, NoEndError, entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from reconcile.capture.tar_stream import Entry

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_TAR_MAGIC_AT = 257
_TAR_MAGIC = b"ustar"
HEAD = 512
_FOREIGN = ((b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"Rar!\x1a\x07", "a rar archive"), (b"\x28\xb5\x2f\xfd", "zstd-compressed"))

_FOREIGN_MAGIC = tuple(magic for magic, _ in _FOREIGN)
# What zips are made by, in the list of members: FAT, NTFS and VFAT. Windows PowerShell's Compress-Archive writes 0, and \ between folders.
_MADE_BY_WINDOWS = frozenset({0, 10, 14})
# What gzip, bzip2 and xz begin with.
_COMPRESSED = frozenset({b"\x1f", b"B", b"\xfd"})


class Member(NamedTuple):
    """One member: its path in the archive, and its bytes, or None where `status` and `note` say why there are none.

    A member whose end is missing has its bytes and the status ``truncated``.
    """

    path: str
    data: bytes | None
    status: str = ""
    note: str = ""


class Whole(NamedTuple):
    """How reading an archive ended: ``read``, ``truncated``, ``damaged`` or ``refused``, and why."""

    status: str
    note: str


def kind_of(head: bytes) -> str:
    """Name the archive that a file's first bytes begin: zip, tar, gzip, bzip2, xz, or ``""``."""
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return "zip"
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + len(_TAR_MAGIC)] == _TAR_MAGIC:
        return "tar"
    return magic_of(head) if head[:1] in _COMPRESSED else ""


def unsupported(head: bytes) -> str:
    """Name the archive that cannot be read here, or ``""``."""
    if not head.startswith(_FOREIGN_MAGIC):
        return ""
    return next(what for magic, what in _FOREIGN if head.startswith(magic))


def members(stream: BinaryIO, name: str, meter: Meter) -> Iterator[Member | Whole]:
    """Give the members of an archive in their order, and last how it ended. Never raises for what the archive holds."""
    head = stream.read(HEAD)
    stream.seek(0)
    kind = kind_of(head)
    try:
        if kind == "zip":
            yield from _zip(stream, meter)
        elif kind == "tar":
            yield from _tar(stream, meter)
        else:
            yield from _compressed(stream, kind, name, meter)
    except TooMuchError as error:
        yield Whole("refused", str(error))
    except (tarfile.TarError, zipfile.BadZipFile, struct.error, MemoryError, NotImplementedError, RuntimeError, *BROKEN) as error:
        yield Whole("damaged", f"cannot be read to its end: {error}")


def _compressed(stream: BinaryIO, kind: str, name: str, meter: Meter) -> Iterator[Member | Whole]:
    unpacked = Unpacked(stream, kind, meter)
    head = unpacked.read(HEAD)
    joined = _Joined(head, unpacked)
    if kind_of(head) == "tar":
        yield from _tar(joined, meter, unpacked)
        return
    inner = name.rpartition("/")[2]
    for suffix in (".gz", ".bz2", ".xz", ".tgz"):
        inner = inner.removesuffix(suffix) or inner
    data = joined.read(meter.limits.member_bytes + 1)
    if len(data) > meter.limits.member_bytes:
        yield Member(inner, None, "refused", _too_large(meter))
    else:
        yield Member(inner, data, unpacked.status, "its end is missing" if unpacked.status == "truncated" else "")
    yield _end(unpacked)


def _end(unpacked: Unpacked | None) -> Whole:
    if unpacked and unpacked.status:
        return Whole(
            unpacked.status, "the compressed data has no end" if unpacked.status == "truncated" else "the compressed data is broken"
        )
    return Whole("read", "")


def _too_large(meter: Meter) -> str:
    return f"larger than {meter.limits.member_bytes // MIB} MiB; no terminal prints that much (--max-file)"


class _Joined(io.RawIOBase):
    """A stream with the bytes in front of it that were read to see what it is."""

    def __init__(self, head: bytes, rest: Unpacked) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            data, self._head = self._head + self._rest.read(), b""
            return data
        data, self._head = self._head[:size], self._head[size:]
        return data + self._rest.read(size - len(data)) if len(data) < size else data


def _tar(stream: BinaryIO | _Joined, meter: Meter, unpacked: Unpacked | None = None) -> Iterator[Member | Whole]:
    blocks = Blocks(stream)
    whole = None
    try:
        for number, entry in enumerate(entries(blocks), 1):
            if number > meter.limits.members:
                message = f"more than {meter.limits.members:,} members (--max-members)"
                raise TooMuchError(message)
            if not entry.directory:
                yield _tar_member(blocks, entry, meter, counted=unpacked is not None)
    except NoEndError:
        whole = Whole("truncated", "the archive has no end")
    except tarfile.TarError as error:
        whole = Whole("damaged", f"cannot be read to its end: {error}")
    # Where the compressed data is broken, the archive in it can be no better.
    packed = _end(unpacked)
    yield whole if whole and packed.status == "read" else packed


def _tar_member(blocks: Blocks, entry: Entry, meter: Meter, *, counted: bool) -> Member:
    name, size, info = entry.name, entry.size, entry.other
    if info and (info.issym() or info.islnk()):
        return Member(name, None, "link", f"a link to {info.linkname}, not followed")
    if info and info.issparse():
        return Member(name, None, "refused", "a sparse file, which no capture is")
    if info:
        return Member(name, None, "empty", "no file: a device or a pipe has nothing to read")
    if size > meter.limits.member_bytes:
        return Member(name, None, "refused", _too_large(meter))
    data = blocks.take(size)
    if not counted:
        meter.count(len(data))
    if len(data) < size:
        return Member(name, data, "truncated", "its end is missing")
    return Member(name, data)


def _zip(stream: BinaryIO, meter: Meter) -> Iterator[Member | Whole]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        # The list of members stands at the end, so it is the first thing that a cut archive loses.
        yield from _cut_zip(stream, meter)
        return
    total = 0
    with archive:
        infos = archive.infolist()
        if len(infos) > meter.limits.members:
            message = f"more than {meter.limits.members:,} members (--max-members)"
            raise TooMuchError(message)
        slashed = any("/" in info.filename for info in infos)
        for info in infos:
            windows = info.create_system in _MADE_BY_WINDOWS or not slashed
            name = info.filename.replace("\\", "/") if windows else info.filename
            if name.endswith("/"):
                continue
            member = _zip_member(archive, info, meter)._replace(path=name)
            total += len(member.data or b"")
            if total > meter.limits.archive_bytes:
                message = f"more than {meter.limits.archive_bytes // MIB} MiB unpacked from it (--max-archive)"
                raise TooMuchError(message)
            yield member
    yield Whole("read", "")


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Member:
    name = info.filename
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return Member(name, None, "link", "a link, not followed")
    if info.flag_bits & 1:
        return Member(name, None, "refused", "encrypted; unpack it with its password and name the folder")
    limit = meter.limits.member_bytes
    if info.file_size > limit:
        return Member(name, None, "refused", _too_large(meter))
    chunks: list[bytes] = []
    try:
        with archive.open(info) as stream:
            size = 0
            while size <= limit and (chunk := stream.read(1 << 16)):
                chunks.append(chunk)
                size += len(chunk)
                meter.count(len(chunk))
                if size > MIB and size > max(info.compress_size, 1) * meter.limits.ratio:
                    return Member(name, None, "refused", f"unpacks to more than {meter.limits.ratio} times its size (--max-ratio)")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, struct.error, *BROKEN) as error:
        return Member(name, b"".join(chunks) or None, "damaged", f"cannot be read to its end: {error}")
    data = b"".join(chunks)
    return Member(name, None, "refused", _too_large(meter)) if len(data) > limit else Member(name, data)


def _cut_zip(stream: BinaryIO, meter: Meter) -> Iterator[Member | Whole]:
    """Read a zip archive without its list of members, from one member's own header to the next."""
    stream.seek(0)
    data = stream.read(meter.limits.archive_bytes)
    at = 0
    while data[at : at + 4] == _ZIP and at + 30 <= len(data):
        _, flags, method, _, _, _, packed, _, name_size, extra_size = struct.unpack("<HHHHHIIIHH", data[at + 4 : at + 30])
        begin = at + 30 + name_size + extra_size
        name = data[at + 30 : at + 30 + name_size].decode("utf-8" if flags & 0x800 else "cp437", "replace")
        # A member's own header does not say what made it.
        name = name if "/" in name else name.replace("\\", "/")
        end = begin + packed
        if name.endswith("/"):
            at = end
            continue
        if flags & 1 or method not in {0, 8} or (flags & 8 and method == 0):
            yield Member(name, None, "refused", "encrypted, or packed in a way that needs the archive's lost end")
            if flags & 8:
                break
        elif method == 0:
            meter.count(packed)
            yield Member(name, data[begin:end], "truncated" if end > len(data) else "", "its end is missing" if end > len(data) else "")
        else:
            codec = zlib.decompressobj(-15)
            unpacked = codec.decompress(data[begin : None if flags & 8 else end], meter.limits.member_bytes)
            meter.count(len(unpacked))
            yield Member(name, unpacked, "" if codec.eof else "truncated", "" if codec.eof else "its end is missing")
            if flags & 8:
                # Behind the data stand its checksum and sizes, with or without a mark of their own.
                end = data.find(_ZIP, len(data) - len(codec.unused_data) if codec.eof else len(data))
                end = end if end >= 0 else len(data)
        at = end
    yield Whole("truncated", "the archive has no end")

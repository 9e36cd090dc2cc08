"""The walk over a tar archive's headers gives what tarfile gives, and tells an end that is missing from one that is there."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from functools import partial

import pytest
from growth import TIMES, grows_with_the_square

from reconcile.base.limits import Limits
from reconcile.capture.archives import Member, Whole, members
from reconcile.capture.compressed_streams import Meter
from reconcile.capture.tar_stream import Blocks, entries

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
KINDS = [tarfile.REGTYPE] * 6 + [
    tarfile.AREGTYPE, tarfile.CONTTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, b"V",
]  # fmt: skip
CHARACTERS = "abcxyz019 ._-=\n'ä漢\U0001f600\udc80"


def ours(data: bytes, limits: Limits | None = None) -> list[Member | Whole]:
    return list(members(io.BytesIO(data), "x.tar", Meter(limits or Limits())))


def theirs(data: bytes) -> tuple[list[Member], str]:
    """Read the members as tarfile gives them, and say whether it met an error, or an end with or without the empty block."""
    found = []
    with io.BytesIO(data) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    if member.issym() or member.islnk():
                        found.append(Member(member.name, None, "link", f"a link to {member.linkname}, not followed"))
                    elif member.issparse():
                        found.append(Member(member.name, None, "refused", "a sparse file, which no capture is"))
                    elif member.isreg():
                        found.append(Member(member.name, archive.extractfile(member).read()))
                    elif not member.isdir():
                        found.append(Member(member.name, None, "empty", "no file: a device or a pipe has nothing to read"))
                return found, "end" if data[archive.offset :][:512] == b"\0" * 512 else "no end"
        except tarfile.TarError as error:
            return found, str(error)


def packed(dice: random.Random, form: str, count: int) -> bytes:
    """Write an archive with members of all kinds, and names and numbers of all sizes."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=FORMATS[form], errors="surrogateescape") as archive:
        for _ in range(count):
            name = "".join(dice.choice(CHARACTERS) for _ in range(dice.choice([1, 5, 50, 99, 100, 101])))
            if dice.random() < 0.3:
                name = f"{'d' * dice.choice([3, 60, 154, 155])}/{name}"
            info = tarfile.TarInfo(name if form != "ustar" else name.encode(errors="replace").decode("ascii", "replace")[:250] or "n")
            info.type = dice.choice(KINDS)
            info.mtime = dice.choice([0, 1_795_505_218, 1_795_505_218.5 if form == "pax" else 1])
            info.uid = dice.choice([0, 1000, 2_097_151 if form == "ustar" else 3_000_000])
            info.uname = dice.choice(["", "root", "ä" if form != "ustar" else "a"])
            info.linkname = "t" * dice.choice([3, 100, 99 if form == "ustar" else 180]) if info.issym() or info.islnk() else ""
            data = dice.randbytes(dice.choice([0, 1, 511, 512, 513, 3000])) if info.isreg() or info.type == b"V" else b""
            info.size = len(data)
            if form == "pax" and dice.random() < 0.3:
                info.pax_headers = {dice.choice(["comment", "SCHILY.dev", "path", "atime"]): dice.choice(["5", "a=b", "ä/", "x" * 200])}
            try:
                archive.addfile(info, io.BytesIO(data))
            except (ValueError, UnicodeError):
                continue  # a name that this format has no room for
    return stream.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(12))
def test_the_members_are_those_that_tarfile_gives(form, seed):
    data = packed(random.Random(seed), form, 40)
    found, end = theirs(data)
    assert end == "end"
    assert found
    assert ours(data) == [*found, Whole("read", "")]
    assert list(members(io.BytesIO(gzip.compress(data)), "x.tgz", Meter(Limits())))[:-1] == found


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(40))
def test_cut_or_spoiled_it_gives_what_tarfile_gives_and_is_never_called_whole_without_its_end(form, seed):
    dice = random.Random(seed)
    data = bytearray(packed(dice, form, 12))
    if seed % 2:
        data = data[: max(512, dice.choice([dice.randrange(len(data)), dice.randrange(len(data) // 512) * 512]))]
    for _ in range(0 if seed % 2 else 3):
        data[dice.randrange(262, len(data))] ^= 1 << dice.randrange(8)
    found, end = theirs(bytes(data))
    got, whole = ours(bytes(data))[:-1], ours(bytes(data))[-1]
    # Of a member that is cut, what there is of it is given, which tarfile does not.
    partial = [member for member in got if member.status == "truncated"]
    assert got[: len(found)] == found
    assert got[len(found) :] == partial
    assert (whole.status == "read") == (end == "end")


def header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    block = bytearray(name.ljust(100, b"\0") + b"0000644\0" * 3 + size + b"00000000000\0" + b" " * 8 + kind)
    block += bytes(100) + b"ustar\00000" + bytes(247)
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


END = bytes(1024)
FIRST = header(b"first", b"00000000005\0") + b"first".ljust(512, b"\0")
ODD = {
    "a size in base 256": header(b"n", b"\x80" + bytes(10) + b"\x05") + b"other".ljust(512, b"\0"),
    "a size with blanks": header(b"n", b"         5 \0") + b"other".ljust(512, b"\0"),
    "a directory of old": header(b"n/", b"00000000000\0", b"\0"),
    "an empty long name": header(b"L", b"00000000001\0", b"L") + bytes(512) + FIRST,
    "two long names": header(b"L", b"00000000002\0", b"L") + b"a".ljust(512, b"\0") + header(b"L", b"2".rjust(11, b"0") + b"\0", b"L")
    + b"b".ljust(512, b"\0") + FIRST,
    "a pax size": header(b"x", b"00000000011\0", b"x") + b"9 size=5\n".ljust(512, b"\0") + header(b"n", b"00000000000\0") + bytes(512),
    "a pax name in bytes": header(b"x", b"00000000013\0", b"x") + b"11 path=\xff\xfe\n".ljust(512, b"\0") + FIRST,
    "a global name": header(b"g", b"00000000012\0", b"g") + b"10 path=b\n".ljust(512, b"\0") + FIRST + FIRST,
    "a global remark": header(b"g", b"00000000015\0", b"g") + b"13 comment=b\n".ljust(512, b"\0") + FIRST + FIRST,
    "a sparse file": header(b"s", b"00000000000\0", b"S"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("behind", [END, END + b"garbage" * 100, END + FIRST, bytes(512)])
def test_uncommon_headers_are_read_as_tarfile_reads_them(what, behind):
    data = FIRST + ODD[what] + FIRST + behind
    found, end = theirs(data)
    assert end == "end"
    assert ours(data) == [*found, Whole("read", "")]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (FIRST, "truncated"),
        (FIRST + FIRST[:300], "truncated"),
        (FIRST + b"x" * 512 + FIRST + END, "damaged"),
        (FIRST + header(b"n", b"-0000000777\0") + FIRST + END, "damaged"),
        (FIRST + header(b"n", b"\xff" * 12) + FIRST + END, "damaged"),
        (FIRST + header(b"n", b"\x80" + b"\xff" * 11) + END, "truncated"),
        (FIRST + header(b"s", b"00000000000\0", b"S")[:482] + b"\x01" + bytes(29), "damaged"),
        (FIRST + header(b"x", b"00000200001\0", b"x") + bytes(70_000) + FIRST + END, "damaged"),
    ],
    ids=["no end", "half a header", "no header", "octal below 0", "base 256 below 0", "all there is", "a sparse map cut", "a large header"],
)
def test_what_makes_no_sense_is_damaged_and_what_has_no_end_truncated(data, status):
    result = ours(data)
    assert result[0] == Member("first", b"first")
    assert result[-1].status == status


def test_a_sparse_map_that_is_cut_is_no_crash():
    block = bytearray(header(b"s", b"00000000000\0", b"S"))
    block[482] = 1
    block[483:495] = b"00000000777\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    assert ours(FIRST + bytes(block))[-1].status == "damaged"


def test_a_pax_header_of_digits_takes_no_time():
    def data(number: int) -> bytes:
        digits = b"1" * number
        return FIRST + header(b"x", b"%011o\0" % number, b"x") + digits.ljust(-(-number // 512) * 512, b"\0") + FIRST + END

    assert ours(data(60_000))[-1].status == "damaged"
    assert not grows_with_the_square(partial(ours, data(60_000)), partial(ours, data(60_000 // TIMES)))


def test_what_is_not_asked_for_is_passed_over_and_not_kept():
    class Zeros(io.RawIOBase):
        def __init__(self) -> None:
            super().__init__()
            self.largest = 0
            self.left = FIRST + header(b"big", b"%011o\0" % (1 << 30))

        def read(self, size=-1, /):
            self.largest = max(self.largest, size)
            data, self.left = self.left[:size], self.left[size:]
            return data + b"\0" * (size - len(data))

    stream = Zeros()
    assert [entry.name for entry in entries(Blocks(stream))] == ["first", "big"]
    assert stream.largest < 1 << 20


@pytest.mark.parametrize("form", FORMATS)
def test_nearly_all_members_go_without_tarfile(form, monkeypatch):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=FORMATS[form]) as archive:
        for name in ("guests", "guests/db01.json", f"{'d' * 60}/{'n' * 60}"):
            info = tarfile.TarInfo(name)
            info.type = tarfile.REGTYPE if "/" in name else tarfile.DIRTYPE
            info.mtime = 1_795_505_218.5 if form == "pax" else 0
            archive.addfile(info)
    monkeypatch.delattr(tarfile.TarInfo, "fromtarfile")
    assert len(list(entries(Blocks(io.BytesIO(stream.getvalue()))))) == 3

"""Every limit is an option, and what is beyond it is refused by that option's name."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from small_site import PAIR

BLANK = b" " * 1024


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def text(size: int) -> bytes:
    """Return text that hardly compresses."""
    state, out = 1, bytearray()
    while len(out) < size:
        state = state * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
        out += b"%016x%s" % (state, b"" if len(out) % 4096 else b"\n")
    return bytes(out)


BEYOND = {
    "--max-file": ("1", {"big.txt": text(1 << 20) + b"more\n"}),
    "--max-archive": ("1", {"a.tgz": tarred({"a.txt": text(700_000), "b.txt": text(700_000)})}),
    "--max-run": ("1", {"a.zip": zipped({"a.txt": text(700_000)}), "b.zip": zipped({"b.txt": text(700_000)})}),
    "--max-members": ("2", {"a.zip": zipped({"a": b"x", "b": b"x", "c": b"x"})}),
    "--max-ratio": ("20", {"a.zip": zipped({"a.txt": BLANK * 3000})}),
    "--max-depth": ("1", {"a.zip": zipped({"b.zip": zipped({"c.txt": b"x\n"})})}),
}


@pytest.fixture
def site(tmp_path):
    for name, capture in PAIR.items():
        (tmp_path / name).write_text(capture)
    return tmp_path


@pytest.mark.parametrize("option", BEYOND)
def test_what_is_beyond_a_limit_is_refused_and_the_option_named(option, site, run):
    value, files = BEYOND[option]
    for name, data in files.items():
        (site / name).write_bytes(data)
    ran = run("report", str(site), "-o", "-", option, value)
    assert ran.code == 2
    assert f"({option})" in ran.err
    assert "INCOMPLETE" in ran.err
    assert "matched" in ran.out


@pytest.mark.parametrize("option", BEYOND)
def test_what_is_within_the_limits_is_read(option, site, run):
    for name, data in BEYOND[option][1].items():
        (site / name).write_bytes(data)
    more = ["--max-ratio", "10000"] if option == "--max-ratio" else []
    assert run("report", str(site), "-o", "-", *more).code != 2
    assert run("parse", str(site), "--table", "sources", *more).code == 0


@pytest.mark.parametrize("value", ["0", "-1", "x", "99999999999999999999"])
def test_a_limit_is_a_sensible_number(value, site, run):
    ran = run("parse", str(site), "--max-file", value)
    assert ran.code == 2
    assert "--max-file" in ran.err

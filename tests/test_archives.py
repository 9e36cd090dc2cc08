"""Archives are read as they are: nothing is extracted, nothing is followed, and what is cut is read as far as it goes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import stat
import tarfile
import zipfile

import pandas as pd
import pytest
from small_site import GUEST, HOST

from reconcile import CaptureError, match, read
from reconcile.base.limits import Limits

SHOWN = ["status", "guest", "device", "device_id", "host", "datastore", "vm", "vmdk", "uuid", "evidence", "guest_line", "host_line"]


@pytest.fixture(scope="module")
def files(root):
    site = root / "samples" / "site"
    return {file.relative_to(site).as_posix(): file.read_bytes() for file in sorted(site.rglob("*")) if file.is_file()}


@pytest.fixture(scope="module")
def clean(root):
    return match(read(root / "samples" / "site")).mapping[SHOWN]


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 10, 0, 0)), data, method)
    return stream.getvalue()


CONTAINERS = {
    "site.zip": zipped,
    "stored.zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "site.tar": tar,
    "site.tar.gz": lambda files: tar(files, "w:gz"),
    "site.tgz": lambda files: gzip.compress(tar(files)),
    "site.tar.bz2": lambda files: tar(files, "w:bz2"),
    "site.tar.xz": lambda files: tar(files, "w:xz"),
    "called.txt": lambda files: tar(files, "w:gz"),
    "tgz-in.zip": lambda files: zipped({"inner/site.tgz": tar(files, "w:gz")}),
    "zip-in.tar": lambda files: tar({"./site.zip": zipped(files)}),
    "each-packed.zip": lambda files: zipped({f"{name}.gz": gzip.compress(data) for name, data in files.items()}),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_the_mapping_is_that_of_the_folder(name, files, clean, tmp_path):
    file = tmp_path / name
    file.write_bytes(CONTAINERS[name](files))
    result = match(read(file))
    assert result.mapping[SHOWN].equals(clean)
    assert result.captures.unread.empty
    paths = set(result.captures.sources["path"])
    assert {name} < paths
    assert any(path.startswith(f"{name}!/") for path in paths)
    assert result.exit_code == 1


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_compressed_file_is_read(pack, files, tmp_path):
    file = tmp_path / "app02.txt.packed"
    file.write_bytes(pack(files["guests/app02.txt"]))
    captures = read(file)
    assert set(captures.dimms["guest"]) == {"app02"}
    assert list(captures.sources["status"]) == ["read", "read"]


def test_an_archive_is_read_from_standard_input(files, run):
    ran = run("parse", "-", "--table", "dimms", stdin=tar(files, "w:gz"))
    assert ran.code == 0
    assert "8902-12345678" in ran.out


def test_names_are_labels_and_nothing_is_written(files, tmp_path, root):
    guest = files["guests/web03.txt"]
    names = ["../../escaped.txt", "/absolute.txt", "C:\\evil.txt", "a\x1b[2J.txt", "twice.txt", "twice.txt"]
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(guest)
            archive.addfile(info, io.BytesIO(guest))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.tar").write_bytes(stream.getvalue())
    before = sorted(tmp_path.rglob("*"))
    captures = read(tmp_path / "in")
    assert sorted(tmp_path.rglob("*")) == before
    assert list(captures.sources["path"].sort_values()) == sorted(
        ["x.tar", "x.tar!/../../escaped.txt", "x.tar!//absolute.txt", "x.tar!/C:\\evil.txt", "x.tar!/a\\x1b[2J.txt", "x.tar!/twice.txt",
         "x.tar!/twice.txt (2)"]
    )  # fmt: skip


def test_links_and_devices_are_listed_and_lead_nowhere(files, tmp_path):
    (tmp_path / "secret.txt").write_bytes(files["guests/web03.txt"])
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind in (("sym", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("fifo", tarfile.FIFOTYPE), ("dev", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(tmp_path / "secret.txt")
            archive.addfile(info)
        info = tarfile.TarInfo("app02.txt")
        info.size = len(files["guests/app02.txt"])
        archive.addfile(info, io.BytesIO(files["guests/app02.txt"]))
    (tmp_path / "x.tar").write_bytes(stream.getvalue())
    captures = read(tmp_path / "x.tar")
    status = dict(zip(captures.sources["path"], captures.sources["status"], strict=True))
    assert status == {"x.tar": "read", "x.tar!/app02.txt": "read", "x.tar!/dev": "empty", "x.tar!/fifo": "empty",
                      "x.tar!/hard": "link", "x.tar!/sym": "link"}  # fmt: skip
    assert set(captures.dimms["guest"]) == {"app02"}


def test_links_and_encrypted_members_of_a_zip_are_not_read(files, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.txt", b"\0" * 40)
        archive.writestr("app02.txt", files["guests/app02.txt"])
    data = bytearray(stream.getvalue())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(magic, data.index(b"secret.txt") - 60 if magic == b"PK\x03\x04" else data.index(b"PK\x01\x02"))
        while data[at + (30 if magic == b"PK\x03\x04" else 46) :][:10] != b"secret.txt":
            at = data.index(magic, at + 1)
        data[at + offset] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    result = match(read(tmp_path / "x.zip"))
    sources = result.captures.sources.set_index("path")
    assert sources.loc["x.zip!/link.txt", "status"] == "link"
    assert sources.loc["x.zip!/secret.txt", "status"] == "refused"
    assert "encrypted" in sources.loc["x.zip!/secret.txt", "note"]
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(member_bytes=1000), "larger than 0 MiB"),
        (Limits(archive_bytes=3000), "MiB unpacked from it"),
        (Limits(run_bytes=3000), "unpacked in this run"),
        (Limits(members=3), "more than 3 members"),
    ],
)
@pytest.mark.parametrize("name", ["site.zip", "site.tar.gz"])
def test_beyond_a_limit_the_report_is_incomplete(limits, what, name, files, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(CONTAINERS[name](files))
    (tmp_path / "in" / "web03.txt").write_bytes(files["guests/web03.txt"])
    result = match(read(tmp_path / "in", limits=limits))
    assert what in " ".join(result.captures.sources["note"])
    assert result.exit_code == 2


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped({"bomb.txt": data})])
def test_a_bomb_is_refused_before_it_goes_off(pack, files, tmp_path):
    (tmp_path / "bomb").write_bytes(pack(b"\n" * (40 << 20)))
    (tmp_path / "web03.txt").write_bytes(files["guests/web03.txt"])
    result = match(read(tmp_path))
    assert "unpacks to more than 200 times its size" in " ".join(result.captures.sources["note"])
    assert result.exit_code == 2


def test_an_archive_too_deep_is_refused(files, tmp_path):
    data = zipped({"c.zip": zipped({"b.zip": zipped({"a.txt": files["guests/web03.txt"]})})})
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(CaptureError, match="an archive in an archive in an archive"):
        read(tmp_path / "x.zip")


@pytest.mark.parametrize("seed", range(80))
def test_cut_or_spoiled_anywhere_no_pair_is_wrong_and_it_is_said(seed, files, clean, tmp_path):
    dice = random.Random(seed)
    name = dice.choice(sorted(CONTAINERS))
    data = bytearray(CONTAINERS[name](files))
    if dice.random() < 0.6:
        data = data[: dice.randrange(1, len(data))]
    else:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.bin").write_bytes(data)
    (tmp_path / "in" / "esx09.txt").write_bytes(files["hosts/esx01.txt"])
    result = match(read(tmp_path / "in"))
    whole = {tuple(row) for row in clean[["guest", "device_id", "uuid"]].itertuples(index=False)}
    pairs = result.mapping[result.mapping["status"] == "matched"]
    for row in pairs[["guest", "device_id", "uuid"]].itertuples(index=False):
        assert tuple(row) in whole or row.guest == "web03" or row.guest.startswith("("), row
    assert result.exit_code in {1, 2}


PLAIN_GUEST = (
    'root@db01:~# ndctl list -D\n[\n  {\n    "dev":"nmem0",\n    "id":"8902-206b080c",\n    "handle":1,\n    "phys_id":0\n  }\n]\n'
)


@pytest.mark.parametrize("text", [HOST, GUEST, PLAIN_GUEST], ids=["host", "guest", "plain guest"])
def test_a_member_whose_end_is_missing_is_said_so_though_what_is_there_reads_well(text, tmp_path):
    """Nothing in the text shows that there was more: the archive alone knows how long it was."""
    whole = tar({"x.txt": f"{text}{'more' * 300}\n".encode()})
    (tmp_path / "a.tar").write_bytes(whole[: 512 + len(text)])
    captures = read(tmp_path / "a.tar")
    sources = captures.sources.set_index("path")
    assert sources.loc["a.tar!/x.txt", ["status", "note"]].tolist() == ["truncated", "its end is missing"]
    assert sources.loc["a.tar!/x.txt", "bytes"] == len(text)
    assert len(captures.dimms) + len(captures.vmdks) == 1
    assert "truncated" in set(match(captures).findings["rule"])


def back_slashed(files: dict[str, bytes], made_by: int, *, also: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {f"captures\\{path.replace('/', chr(92))}": data for path, data in files.items()}.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.create_system = made_by
            archive.writestr(info, data)
        if also:
            archive.writestr(also, b"")
    return stream.getvalue()


@pytest.mark.parametrize(("made_by", "also"), [(0, ""), (0, "other/empty.txt"), (3, ""), (11, "")])
def test_folders_in_a_zip_made_by_windows_are_folders(made_by, also, files, clean, tmp_path):
    (tmp_path / "site.zip").write_bytes(back_slashed(files, made_by, also=also))
    result = match(read(tmp_path / "site.zip"))
    pd.testing.assert_frame_equal(result.mapping[SHOWN], clean)
    assert any(path.endswith("!/captures/hosts/esx01.txt") for path in result.captures.sources["path"])


def test_folders_in_a_zip_made_by_windows_are_folders_where_its_end_is_missing(files, clean, tmp_path):
    whole = back_slashed(files, 0)
    (tmp_path / "site.zip").write_bytes(whole[: whole.index(b"PK\x01\x02")])
    result = match(read(tmp_path / "site.zip"))
    pd.testing.assert_frame_equal(result.mapping[SHOWN], clean)
    assert "truncated" in set(result.findings["rule"])


def test_a_backslash_in_a_name_made_by_unix_is_a_backslash(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("a/odd\\name.txt", "a/b.txt"):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            archive.writestr(info, HOST)
    (tmp_path / "site.zip").write_bytes(stream.getvalue())
    assert [path for path in read(tmp_path / "site.zip").sources["path"] if "odd" in path] == ["site.zip!/a/odd\\name.txt"]

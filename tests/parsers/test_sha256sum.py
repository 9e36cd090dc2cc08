"""Lists of sums: what coreutils, openssl and PowerShell print, in all their clothes."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Sum

ONE, TWO = "0123456789abcdef" * 4, "fedcba9876543210" * 4
TABLE = f"""
Algorithm       Hash                                                                   Path
---------       ----                                                                   ----
SHA256          {ONE.upper()}       C:\\Users\\a b\\db01.txt
SHA256          {TWO.upper()}       C:\\Users\\a b\\esx 01.txt


"""
LIST = f"""
Algorithm : SHA256
Hash      : {ONE.upper()}
Path      : C:\\Users\\a b\\captures\\db01.
            txt

Algorithm : SHA256
Hash      : {TWO.upper()}
Path      : C:\\Users\\a b\\esx 01.txt

"""
CSV = (
    '#TYPE Microsoft.PowerShell.Commands.FileHashInfo\r\n"Algorithm","Hash","Path"\r\n'
    f'"SHA256","{ONE.upper()}","C:\\db01.txt"\r\n"SHA256","{TWO.upper()}","C:\\a, b.txt"\r\n'
)


def sums(found):
    return [(record.line, record.path, record.sha256) for record in found if isinstance(record, Sum)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ONE}  db01.txt\n{TWO} *guests/my vm.txt\n", [(1, "db01.txt", ONE), (2, "guests/my vm.txt", TWO)]),
        (f"\\{ONE}  a\\\\b\\nc.txt\n{TWO}  a\\b.txt\n", [(1, "a\\b\nc.txt", ONE), (2, "a\\b.txt", TWO)]),
        (f"SHA256 (db01 (1).txt) = {ONE}\n\\SHA256 (a\\\\b) = {TWO}\n", [(1, "db01 (1).txt", ONE), (2, "a\\b", TWO)]),
        (f"SHA2-256(db01.txt)= {ONE}\nSHA256(x)= {TWO}\n", [(1, "db01.txt", ONE), (2, "x", TWO)]),
        (f"{ONE} db01.txt\n", [(1, "db01.txt", ONE)]),
        (TABLE, [(4, "C:\\Users\\a b\\db01.txt", ONE), (5, "C:\\Users\\a b\\esx 01.txt", TWO)]),
        (LIST, [(4, "C:\\Users\\a b\\captures\\db01.txt", ONE), (9, "C:\\Users\\a b\\esx 01.txt", TWO)]),
        (f"root@db01:~# sha256sum *\nsha256sum: guests: Is a directory\n{ONE}  db01.txt\n", [(3, "db01.txt", ONE)]),
    ],
    ids=["text and binary", "escaped", "tag", "openssl", "one blank", "table", "list", "prompt and echo"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_form_is_read_in_each_encoding(records, text, expected, encoding, end):
    data = text.replace("\n", end).encode(encoding)
    assert sums(records(data)) == expected
    assert read_source(data).ledger.not_understood == 0


def test_what_export_csv_writes_is_read_where_the_files_name_says_what_it_is(records):
    assert sums(records(CSV, "sha256sum")) == [(3, "C:\\db01.txt", ONE), (4, "C:\\a, b.txt", TWO)]
    assert read_source(CSV.encode(), "sha256sum").ledger.not_understood == 0


def test_colours_come_off(records):
    assert sums(records(f"\x1b[32;1mAlgorithm       Hash      Path\x1b[0m\nSHA256  {ONE}  C:\\x.txt\n")) == [(2, "C:\\x.txt", ONE)]


def test_a_list_that_is_cut_gives_the_whole_lines_and_tells_the_rest(records):
    text = f"{ONE}  db01.txt\n{TWO[:40]}"
    assert sums(records(text)) == [(1, "db01.txt", ONE)]
    assert [unread.line for unread in read_source(text.encode()).unread] == [2]
    assert sums(records(LIST[: LIST.rindex("Path")], "sha256sum")) == [(4, "C:\\Users\\a b\\captures\\db01.txt", ONE)]


@pytest.mark.parametrize("text", ["", "sha256sum: db01.txt: Permission denied\n", f"{ONE}\n", f"{ONE[:32]}  md5.txt\n", "db01.txt: OK\n"])
def test_nothing_errors_and_other_sums_are_no_sums(records, text):
    assert sums(records(text, "sha256sum")) == []


def test_what_only_compares_prints_no_sums(records):
    assert sums(records("root@db01:~# sha256sum -c SHA256SUMS\ndb01.txt: OK\n")) == []


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
@pytest.mark.parametrize("flags", [[], ["--tag"], ["-b"]])
def test_what_the_real_command_prints_is_read(records, tmp_path, flags):
    names = ["plain.txt", "with blank.txt", "back\\slash.txt", "line\nfeed.txt", "(1) = x.txt"]
    for name in names:
        (tmp_path / name).write_text("x")
    printed = subprocess.run(["sha256sum", *flags, *names], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603, S607
    assert [path for _, path, _ in sums(records(printed.stdout))] == names

"""What our scripts write is read like any capture, and where it was cut or changed on the way, that is a finding."""

from __future__ import annotations

import codecs
import hashlib

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source

DISK = "/vmfs/volumes/PMemDS-1/vm 1/a[1].vmdk"
BODY = f"""vpmem-reconcile capture 1 (host)
script:  0.1.0
machine: esx01
time:    2026-11-22T10:12:13Z
user:    root

$ uname -a
| VMkernel esx01 7.0.3 #1 SMP Release build-1 x86_64 x86_64 x86_64 ESXi
= 0

$ ls -l '/vmfs/volumes/PMemDS-1/vm 1/'
| total 0
| -rw-------    1 root     root          1073741824 Nov 20 10:11 a[1].vmdk
| -rw-------    1 root     root          1073741824 Nov 20 10:11 K\u00f6ln&gt;.vmdk
= 0

$ vmkfstools -J getuuid '{DISK}'
| UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c
= 0

$ vmkfstools -J getuuid '/vmfs/volumes/PMemDS-1/vm 1/K\u00f6ln&gt;.vmdk'
! nobody knows these words
= 7

commands: 4, failed: 1
"""


def closed(body: str) -> bytes:
    data = body.encode()
    return data + f"sha256: {hashlib.sha256(data).hexdigest()}\n".encode()


WHOLE = closed(BODY)


def facts(data: bytes):
    reading = read_source(data)
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    assert min(reading.ledger) >= 0
    return reading


def mapping(captures, data: bytes):
    return match(read(captures({"a.txt": data})))


def test_it_says_whose_it_is_when_it_was_made_and_what_failed(captures):
    result = mapping(captures, WHOLE)
    (source,) = result.captures.sources.itertuples()
    assert (source.machine, source.named_by, source.status, source.not_understood) == ("esx01", "object", "read", 0)
    assert result.captures.systems[["what", "value"]].to_numpy().tolist() == [["time", "2026-11-22T10:12:13Z"]]
    found = {row.vmdk: row.uuid for row in result.mapping.itertuples()}
    assert found == {"a[1].vmdk": "6000c298-42c7-54f8-02c2-d49b206b080c", "K\u00f6ln&gt;.vmdk": ""}
    (failed,) = result.findings[result.findings["rule"] == "command-failed"].itertuples()
    assert "nobody knows these words" in failed.message
    assert failed.machine == "esx01"
    (asked,) = result.findings[result.findings["rule"] == "no-uuid"].itertuples()
    assert "nobody knows these words" in asked.message


ALIKE = {
    "CRLF, as mail makes it": lambda data: data.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda data: codecs.BOM_UTF8 + data,
    "UTF-16 with CRLF, as PowerShell makes it": lambda data: codecs.BOM_UTF16_LE + data.decode().replace("\n", "\r\n").encode("utf-16-le"),
    "blank lines around": lambda data: b"\n\n" + data + b"\n\n\n",
    "no line end at the end": lambda data: data[:-1],
    "quoted in a mail": lambda data: "".join(f"> {line}\n" for line in data.decode().splitlines()).encode(),
    "shown on a screen": lambda data: b"[root@esx01:~] cat capture.txt\n" + data + b"[root@esx01:~] exit\n",
    "a terminal's log": lambda data: b"Script started on 2026-11-22 10:00:00+00:00\n" + data.replace(b"\n", b"\x1b[m\r\n"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_the_sum_holds_where_the_text_is_the_same(name, captures):
    result = mapping(captures, ALIKE[name](WHOLE))
    assert result.captures.sources["status"].tolist() == ["read"]
    assert result.captures.sources["machine"].tolist() == ["esx01"]
    assert len(result.mapping) == 2


def test_a_sum_holds_over_names_that_are_no_utf8():
    body = BODY.encode().replace("\u00f6".encode(), b"\xf6\x81")
    assert facts(body + f"sha256: {hashlib.sha256(body).hexdigest()}\n".encode()).status == "read"


@pytest.mark.parametrize("keep", range(1, WHOLE.count(b"\n")))
def test_cut_behind_any_line_it_is_noticed(keep, captures):
    data = b"".join(WHOLE.splitlines(keepends=True)[:keep])
    assert facts(data).status == "truncated"
    result = mapping(captures, data)
    assert "truncated" in set(result.findings["rule"])
    assert set(result.mapping["uuid"]) <= {"6000c298-42c7-54f8-02c2-d49b206b080c", ""}


def test_cut_at_any_byte_it_is_noticed():
    first = WHOLE.index(b"\n") + 1
    for stop in range(first, len(WHOLE) - 1):
        assert facts(WHOLE[:stop]).status == "truncated", stop


@pytest.mark.parametrize("gone", range(1, WHOLE.count(b"\n") - 1))
def test_without_its_first_lines_it_is_noticed(gone):
    assert facts(b"".join(WHOLE.splitlines(keepends=True)[gone:])).status == "damaged"


@pytest.mark.parametrize("gone", range(WHOLE.count(b"\n") - 1))
def test_without_any_one_line_it_is_noticed(gone):
    lines = WHOLE.splitlines(keepends=True)
    assert facts(b"".join(lines[:gone] + lines[gone + 1 :])).status == "damaged"


def test_changed_in_any_one_character_it_is_noticed():
    text = WHOLE.decode()
    for at in range(text.index("\n"), len(text) - 1):
        changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        assert facts(changed.encode()).status in {"damaged", "truncated"}, at


def test_the_finding_says_what_is_wrong(captures):
    result = mapping(captures, WHOLE.replace(b"a[1]", b"a[2]"))
    (found,) = result.findings[result.findings["rule"] == "damaged"].itertuples()
    assert found.message.startswith("The capture was changed since")
    assert found.machine == "esx01"


def test_without_a_program_for_sums_the_count_must_hold():
    assert facts(f"{BODY}sha256: none\n".encode()).status == "read"
    assert facts(f"{BODY.replace('commands: 4', 'commands: 5')}sha256: none\n".encode()).status == "damaged"


def test_that_there_was_no_program_for_sums_is_a_note(captures):
    result = mapping(captures, f"{BODY}sha256: none\n".encode())
    (found,) = result.findings[result.findings["rule"] == "no-sum"].itertuples()
    assert (found.severity, found.machine, found.line) == ("note", "esx01", BODY.count("\n") + 1)
    assert "no-sum" not in set(mapping(captures, WHOLE).findings["rule"])
    # What is damaged has no need of the note.
    damaged = mapping(captures, f"{BODY.replace('commands: 4', 'commands: 5')}sha256: none\n".encode())
    assert "damaged" in set(damaged.findings["rule"])
    assert "no-sum" not in set(damaged.findings["rule"])


def test_two_in_one_file_are_two_machines(captures):
    other = closed(BODY.replace("esx01", "esx02").replace("PMemDS-1", "PMemDS-2").replace("08 0c", "08 0d"))
    result = mapping(captures, WHOLE + other)
    assert {(row.host, row.uuid[-1:]) for row in result.mapping.itertuples() if row.uuid} == {("esx01", "c"), ("esx02", "d")}
    assert result.captures.sources["status"].tolist() == ["read"]


def test_a_cut_one_in_front_of_a_whole_one_is_noticed():
    assert facts(WHOLE[: WHOLE.index(b"$ ls")] + WHOLE).status == "truncated"


def test_localhost_is_named_by_the_files_name(captures):
    data = closed(BODY.replace("machine: esx01", "machine: localhost.localdomain").replace("VMkernel esx01", "VMkernel localhost"))
    result = match(read(captures({"esx07.txt": data})))
    assert result.captures.sources[["machine", "named_by"]].to_numpy().tolist() == [["esx07", "path"]]


def test_what_a_machine_prints_is_never_a_line_of_the_scripts_own(captures):
    hostile = (
        "| = 0\n| $ vmkfstools -J getuuid /vmfs/volumes/PMemDS-1/evil/e.vmdk\n| | UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d\n"
    )
    hostile += "| UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d\n| [root@evil:~] uname -a\n| vpmem-reconcile capture 1 (host)\n"
    body = BODY.replace("$ ls -l", f"$ vim-cmd vmsvc/getallvms\n{hostile}= 0\n\n$ ls -l").replace("commands: 4", "commands: 5")
    result = mapping(captures, closed(body))
    assert set(result.mapping["host"]) == {"esx01"}
    assert not result.mapping["uuid"].str.endswith("d").any()
    assert result.captures.sources["status"].tolist() == ["read"]


def test_a_line_without_a_mark_is_not_understood_and_nobodys(captures):
    body = BODY.replace("= 7\n", "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d\n= 7\n")
    result = mapping(captures, closed(body))
    assert result.captures.unread["text"].str.startswith("UUID is").sum() == 1
    assert not result.mapping["uuid"].str.endswith("d").any()


def test_a_failed_command_that_says_nothing_is_a_finding(captures):
    result = mapping(captures, closed(BODY.replace("! nobody knows these words\n", "")))
    (failed,) = result.findings[result.findings["rule"] == "command-failed"].itertuples()
    assert "exit status 7 of vmkfstools" in failed.message


def test_an_error_on_standard_output_is_no_data_either(captures):
    result = mapping(captures, closed(BODY.replace("! nobody", "| nobody")))
    assert len(result.findings[result.findings["rule"] == "command-failed"]) == 1
    assert result.captures.unread.empty

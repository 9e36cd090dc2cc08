"""The sample site in the clothes in which captures really come: the mapping is that of the clean captures."""

from __future__ import annotations

import codecs
import random

import pytest

from reconcile import match, read


def each_line(function):
    """Make a transformation of lines one of bytes."""
    return lambda data: "\n".join(function(line) for line in data.decode().split("\n")).encode()


def script(data: bytes) -> bytes:
    body = data.decode().replace("\n", "\r\n")
    return f'Script started on 2026-11-22 10:00:00+00:00 [TERM="xterm"]\n{body}\nScript done on 2026-11-22 10:01:00+00:00\n'.encode()


def putty(data: bytes) -> bytes:
    return b"=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=\r\n" + data.replace(b"\n", b"\r\n")


def coloured(data: bytes) -> bytes:
    return data.replace(b"[root@", b"\x1b[?2004h\x1b]0;title\x07[\x1b[01;31mroot\x1b[0m@").replace(b".vmdk", b"\x1b[0;0m.vmdk\x1b[m")


CLOTHES = {
    "BOM": lambda data: codecs.BOM_UTF8 + data,
    "UTF-16 LE": lambda data: codecs.BOM_UTF16_LE + data.decode().encode("utf-16-le"),
    "UTF-16 BE": lambda data: codecs.BOM_UTF16_BE + data.decode().encode("utf-16-be"),
    "UTF-16 LE without BOM": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16 BE without BOM": lambda data: data.decode().encode("utf-16-be"),
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR alone": lambda data: data.replace(b"\n", b"\r"),
    "no line end at the end": lambda data: data.rstrip(b"\n"),
    "blank lines around": lambda data: b"\n\n" + data + b"\n\n",
    "indented by blanks": each_line(lambda line: f"    {line}"),
    "indented by a tab": each_line(lambda line: f"\t{line}"),
    "quoted in a mail": each_line(lambda line: f"> {line}"),
    "in a comment": each_line(lambda line: f"// {line}"),
    "script": script,
    "PuTTY": putty,
    "coloured": coloured,
}
# Whoever quotes bare names, figures or answers takes the prompts and JSON away by which the quotation is known.
BARE = {"hosts/esx02/df.txt", "hosts/esx02/ls-lR.txt", "hosts/esx02/getuuid.txt", "guests/db01/df-h.txt"}
ONLY_TELLING = {"quoted in a mail", "in a comment"}
WITHOUT_LINES = ["site", "guest_line", "host_line"]


def dressed(root, tmp_path, name: str, function):
    for file in sorted((root / "samples" / "site").rglob("*")):
        if file.is_file():
            path = file.relative_to(root / "samples" / "site")
            target = tmp_path / "site" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            leave = name in ONLY_TELLING and path.as_posix() in BARE
            target.write_bytes(file.read_bytes() if leave else function(file.read_bytes()))
    return match(read(tmp_path / "site"))


@pytest.fixture(scope="module")
def clean(root):
    return match(read(root / "samples" / "site"))


@pytest.mark.parametrize("name", CLOTHES)
def test_the_mapping_is_that_of_the_clean_captures(name, root, tmp_path, clean):
    result = dressed(root, tmp_path, name, CLOTHES[name])
    assert result.mapping.drop(columns=WITHOUT_LINES).equals(clean.mapping.drop(columns=WITHOUT_LINES))
    sources = result.captures.sources
    assert (sources["lines"] == sources["recognised"] + sources["noise"] + sources["not_understood"]).all()
    assert not result.captures.unread.shape[0]


@pytest.mark.parametrize("seed", range(60))
def test_cut_at_any_byte_no_row_is_wrong(seed, root, tmp_path, clean):
    """What is left of a capture that was cut gives pairs that the whole one gives, or none."""
    dice = random.Random(seed)
    result = dressed(root, tmp_path, "cut", lambda data: data[: dice.randrange(len(data) + 1)])
    whole = {tuple(row) for row in clean.mapping[["guest", "device_id", "uuid", "vmdk", "vm"]].itertuples(index=False)}
    pairs = result.mapping[result.mapping["status"] == "matched"]
    for row in pairs[["guest", "device_id", "uuid", "vmdk", "vm"]].itertuples(index=False):
        # With one of two clones cut away the other is the only one captured. Cut between names and answers, no name is believed.
        nameless = (row.guest, row.device_id, row.uuid, "", "")
        known = {(guest, ident, uuid, "", "") for guest, ident, uuid, _, _ in whole}
        assert tuple(row) in whole or nameless in known or row.guest == "web03", row
        if row.vmdk == "":
            assert result.exit_code == 1

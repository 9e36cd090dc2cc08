"""The sample site in the clothes in which captures really come: the mapping is that of the clean captures."""

from __future__ import annotations

import codecs
import io
import random
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from reconcile import match, read

CASES = Path(__file__).parent / "cases"


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


def redrawn(line: str) -> str:
    """Write a line as a terminal does that draws it, goes back, wipes it and draws it again, with one letter too many."""
    return f"{line[:9]}\r\x1b[K{line}?\x08\x1b[K" if line else line


# The commands whose answers the sample site's captures are, where they do not show it themselves.
COMMANDS = {
    "hosts/esx02/df.txt": "[root@esx02:~] df",
    "hosts/esx02/ls-lR.txt": "[root@esx02:~] ls -lR /vmfs/volumes/PMemDS-*/",
    "hosts/esx02/getuuid.txt": '[root@esx02:~] for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done',
    "guests/db01/df-h.txt": "[root@db01 ~]# df -h",
    "guests/db01/ndctl-list-NRD.json": "[root@db01 ~]# ndctl list -NRD",
    "guests/db02.ndctl.json": "[root@db02 ~]# ndctl list -DRNi",
}
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
    "redrawn": each_line(redrawn),
    "logout behind": lambda data: data + (b"" if data.endswith(b"\n") else b"\n") + b"logout\nConnection to 192.0.2.7 closed.\n",
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


@pytest.mark.parametrize("behind", ["", "\n[root@{0}:~] exit\nlogout\n"])
def test_with_the_prompt_and_the_command_in_front_it_is_the_same(behind, root, tmp_path, clean):
    for path in COMMANDS:
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
    for file in sorted((root / "samples" / "site").rglob("*.*")):
        path = file.relative_to(root / "samples" / "site").as_posix()
        prompt = COMMANDS.get(path, "")
        machine = prompt.partition("@")[2].replace(":", " ").split(" ")[0]
        text = f"{prompt}\n{file.read_text()}{behind.format(machine)}" if prompt else file.read_text()
        (tmp_path / "site" / path).write_text(text)
    result = match(read(tmp_path / "site"))
    assert result.mapping.drop(columns=WITHOUT_LINES).equals(clean.mapping.drop(columns=WITHOUT_LINES))
    assert not result.captures.unread.shape[0]


def zipped(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder))
    return made.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*.*"))}


PACKED = {
    "site.zip": zipped,
    "site.tar": lambda folder: tarred(contents(folder), "w"),
    "site.tgz": lambda folder: tarred(contents(folder), "w:gz"),
    "site.tar.bz2": lambda folder: tarred(contents(folder), "w:bz2"),
    "site.tar.xz": lambda folder: tarred(contents(folder), "w:xz"),
    "nested.tgz": lambda folder: tarred({"all.tgz": tarred(contents(folder), "w:gz")}, "w:gz"),
    "nested.zip.tar": lambda folder: tarred({"all.zip": zipped(folder)}, "w"),
}
# The ids of findings say which site they are of.
WITHOUT_PLACES = [*WITHOUT_LINES, "guest_source", "host_source", "findings"]


@pytest.mark.parametrize("name", PACKED)
def test_packed_it_is_the_same(name, root, tmp_path, clean):
    (tmp_path / name).write_bytes(PACKED[name](root / "samples" / "site"))
    result = match(read(tmp_path / name))
    assert result.mapping.drop(columns=WITHOUT_PLACES).equals(clean.mapping.drop(columns=WITHOUT_PLACES))
    assert not result.captures.unread.shape[0]


# In every case's captures: what changes no line's text.
LOSSLESS = [
    "BOM",
    "UTF-16 LE",
    "UTF-16 BE",
    "UTF-16 LE without BOM",
    "UTF-16 BE without BOM",
    "CRLF",
    "script",
    "PuTTY",
    "coloured",
    "redrawn",
    "logout behind",
]


def case_sites(folder: Path, function) -> list[Path]:
    """Write the captures of all cases, each a folder of its own, so that one run reads them all."""
    for case in sorted(CASES.iterdir()):
        for file in sorted((case / "input").rglob("*")):
            if file.is_file():
                target = folder / case.name / file.relative_to(case / "input")
                target.parent.mkdir(parents=True, exist_ok=True)
                data = file.read_bytes()
                target.write_bytes(function(data) if is_plain(data) else data)
    return sorted(folder.iterdir())


def is_plain(data: bytes) -> bool:
    try:
        return bool(data.strip()) and not data.startswith(codecs.BOM_UTF8) and "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


@pytest.fixture(scope="module")
def clean_cases(tmp_path_factory):
    return match(read(*case_sites(tmp_path_factory.mktemp("clean"), bytes), sites=True))


@pytest.mark.parametrize("name", LOSSLESS)
def test_every_cases_mapping_is_that_of_its_clean_captures(name, tmp_path, clean_cases):
    result = match(read(*case_sites(tmp_path / "cases", CLOTHES[name]), sites=True))
    columns = [column for column in result.mapping.columns if column not in {"guest_line", "host_line", "findings"}]
    assert [len(ids.split(", ")) for ids in result.mapping["findings"]] == [len(ids.split(", ")) for ids in clean_cases.mapping["findings"]]
    for (_, expected), (_, found) in zip(clean_cases.mapping[columns].iterrows(), result.mapping[columns].iterrows(), strict=True):
        # What nothing names is called after a line, and more lines may stand in front of it.
        assert [_OF_LINE.sub(")", str(cell)) for cell in found] == [_OF_LINE.sub(")", str(cell)) for cell in expected]


# (desk.txt:16)
_OF_LINE = re.compile(r":[0-9]+\)")


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

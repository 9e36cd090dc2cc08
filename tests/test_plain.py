"""The short way through plain sections gives what the ordinary way gives, whatever was done to the text."""

from __future__ import annotations

import random

import pytest
from plain_texts import DS, UUID, VISITS, told, visit

from reconcile.capture.read_source import read_source
from reconcile.facts.source_reading import PlainReading, added_up
from reconcile.parsers.bulk_answers import Answers
from reconcile.parsers.ndctl import PLAIN

HOST = (
    f"[root@esx01:~] df -h\nFilesystem   Size   Used Available Use% Mounted on\nPMEM         5.9T   2.1G      5.9T   0% {DS}\n"
    f"[root@esx01:~] cd {DS}\n[root@esx01:{DS}] ls\ndb01\ndb02\n[root@esx01:{DS}] cd db01\n"
    f"[root@esx01:{DS}/db01] ls\ndb01.vmdk       db01_1.vmdk     db01_2.vmdk\ndb01_3.vmdk     db01_4.vmdk\n"
    + "".join(
        f"[root@esx01:{DS}/db01] vmkfstools -J getuuid {name}\n{UUID}" for name in ("db01.vmdk", "db01_1.vmdk", f"{DS}/db01/db01_2.vmdk")
    )
    + f"[root@esx01:{DS}/db01] cd ..\n[root@esx01:{DS}] cd db02\n[root@esx01:{DS}/db02] ls\na.vmdk    a_1.vmdk   long name.vmdk\n"
    f"[root@esx01:{DS}/db02] vmkfstools -J getuuid a.vmdk\n{UUID}[root@esx02:~] cd /vmfs/volumes/data\n"
    "[root@esx02:/vmfs/volumes/5e7b2b4a-0d5d5c38-6a0e-0025b5a0001f] vmkfstools -J getuuid /vmfs/volumes/data/x/y.vmdk\n"
    f"{UUID}[root@esx02:~] vmkfstools -J getuuid y.vmdk\n{UUID}"
)
_OBJECTS = ",\n".join(
    f'  {{\n    "dev":"nmem{number}",\n    "id":"8902-0000000{number}",\n    "handle":{number + 1},\n    "phys_id":{number}\n  }}'
    for number in range(4)
)
BARE = f"[\n{_OBJECTS}\n]\n"
PROMPTED = f"root@db01:~# ndctl list -D\n{BARE}"
TEXTS = {"host": HOST, "visits": VISITS, "bare": BARE, "prompted": PROMPTED}
# What changes a section's meaning, and what does not.
PIECES = [
    "\n", " ", "  ", "[", "]", "#", "$ ", ">", ":", "/", "..", "-", "~", "\r", "\t", "\x00", "\x1b[0m", "\b", "é", "0", "f", "z", "Z", "ls", "cd ", "exit\n",
    "logout\n", "Killed\n", "total 4\n", "sh: x: not found\n", "[root@esx01:~] ", "[root@esx09:/vmfs] ls\n", "root@db01:~# ndctl list -D\n", UUID, "\\\n",
    "> x\n", '"', "{", "}", ",", "*", "a.vmdk", "> ", "+ ls\n", "[root@localhost:~] ls\n", "# ls\n", "cd -\n", "; ls", "&gt;", "// ",
]  # fmt: skip


def kinds(whole):
    return [type(block) for block in whole.blocks] if whole else []


def mutated(text: str, chance: random.Random) -> bytes:
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        at = chance.randrange(len(text) + 1)
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randrange(1, 4) :]
            case 2:
                text = "\n".join([*lines[:line], *lines[line + 1 :]])
            case 3:
                text = "\n".join([*lines[: line + 1], *lines[line:]])
            case 4:
                text = "\n".join([*lines[:line], chance.choice(PIECES) + lines[line], *lines[line + 1 :]])
            case _:
                text = "\n".join([*lines[:line], lines[line] + chance.choice(PIECES), *lines[line + 1 :]])
    text = chance.choice([text, text, text, text.replace("\n", "\r\n"), text.rstrip("\n"), text[: chance.randrange(len(text) + 1)]])
    return text.encode(chance.choice(["utf-8"] * 9 + ["utf-16"]))


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_taken(name):
    ordinary, short = read_source(TEXTS[name].encode(), plain=False), read_source(TEXTS[name].encode())
    assert len(short.parts) < len(ordinary.parts) or name != "host"
    assert told(TEXTS[name].encode(), plain=True) == told(TEXTS[name].encode(), plain=False)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("seed", range(4))
def test_it_gives_what_the_ordinary_way_gives(name, seed):
    chance = random.Random(f"{name} {seed}")
    for _ in range(250):
        data = mutated(TEXTS[name], chance)
        assert told(data, plain=True) == told(data, plain=False), data


@pytest.mark.parametrize(
    "text",
    [
        "[root@e:/a] ls\nKilled\n", "[root@e:/a] ls\na.vmdk\nKilled\n", "[root@e:/a/..] vmkfstools -J getuuid a.vmdk\n" + UUID,
        "[root@e:/a/.] ls\nb.vmdk\n", "[root@e:/] ls\nb.vmdk\n", "[root@e:/dev/disk/by-id] ls\nwwn-0x6000c29842c754f802c2d49b206b080c\n",
        "[root@e:~] cd a\n[root@e:/a] cd ../b\n[root@e:/c] ls\nx\n", "[root@e:/a] ls\nexit\n", "[root@e:/a] ls\na.vmdk  b.vmdk\nc.vmdk\n",
        "[root@e:/a] vmkfstools -J getuuid b/a.vmdk\n" + UUID, "[root@e:/a] vmkfstools -J getuuid a.vmdk\n" + UUID * 2,
        "[root@e:/a] vmkfstools -J getuuid a.vmdk\n" + UUID + "[root@e\n", "[root@e:/a] cd b\n\n[root@e:/a/b] ls\nx\n",
        f"[root@e:~] cd /vmfs/volumes/data/x\n[root@e:/vmfs/volumes/5e7b2b4a-0d5d5c38-6a0e-0025b5a0001f/x] vmkfstools -J getuuid a.vmdk\n{UUID}",
        "[root@e:~] cd /vmfs/volumes/data\n[root@f:/b] ls\nx\n[root@e:/vmfs/volumes/5e7b2b4a-0d5d5c38-6a0e-0025b5a0001f] ls\ny\n",
        BARE.replace("8902-00000001", "8902-00000000"), BARE.replace("nmem1", "nmem0"), BARE + "\n", "\n" + BARE, BARE.replace('":0', '":00'),
        PROMPTED.replace("db01", "localhost"), PROMPTED.replace("list -D", "list -DD -X"), PROMPTED + BARE, BARE + BARE,
    ],
)  # fmt: skip
def test_what_is_nearly_plain_is_read_as_ever(text):
    assert told(text.encode(), plain=True) == told(text.encode(), plain=False)


ID = "/vmfs/volumes/5e7b2b4a-0d5d5c38-6a0e-0025b5a0001f"


@pytest.mark.parametrize(
    "text",
    [
        visit("~", "db01"), visit("/dev/disk", "by-id"), visit(DS, "db01", host="localhost"), visit(DS, "db01").replace("\n", "\r\n"),
        visit("/", "db01", shown="/db01"), visit(DS, "db01") * 3, visit(DS, "a..b"), visit(DS, "-x"), visit(DS, "db01", shown=f"{DS}/db02"),
        visit(DS, "db01").replace("ls\na.vmdk", "ls\nKilled"), f"[root@esx01:~] cd /vmfs/volumes/data\n{visit(ID, 'db01')}",
        f"[root@esx01:/a] cd ..\n[root@esx01:/] vmkfstools -J getuuid a.vmdk\n{UUID}", f"[root@esx01:/a] cd ..\n{visit('/', 'db01')}",
        visit(DS, "db01") + visit(DS, "db02", host="esx02"), visit(DS, "db01").replace("cd ..", "cd ../x"), visit(DS, "db01")[:-4],
    ],
)  # fmt: skip
def test_a_visit_to_a_folder_is_read_as_its_sections_are(text):
    assert told(text.encode(), plain=True) == told(text.encode(), plain=False)


DIRECTORIES = [
    "~",
    "~/db01",
    "/",
    "/db01",
    "/a",
    "/vmfs/volumes/data",
    "/vmfs/volumes/data/db01",
    ID,
    f"{ID}/db01",
    "/dev/disk",
    "/dev/disk/by-id",
    "/a/d b",
]
ANSWERED = [
    f"vmkfstools -J getuuid {name}\n{UUID}" for name in ("a.vmdk", "a_1.vmdk", "b/a.vmdk", "a b.vmdk", "/vmfs/volumes/data/q/a.vmdk")
]
LISTED = ["ls\na.vmdk\n", "ls\na.vmdk  a_1.vmdk\n", "ls\nx\ny\n", "ls\n", "ls\nKilled\n", "ls\nls: x: No such file or directory\n"]
WENT = [f"cd {target}\n" for target in ("db01", "..", "/vmfs/volumes/data", "by-id", "~", "-", "a/b", "db01/", ".")]
OTHERS = ["pwd\n/a\n", "df -h\n", "date\n", "\n", "vmkfstools -J getuuid a.vmdk\n", f"vmkfstools -J getuuid a.vmdk\n{UUID}{UUID}"]


def wandering(chance: random.Random) -> str:
    """Make a transcript of sections in any directories, and of visits to folders, most of which end where they began."""
    host, cwd, text = "esx01", chance.choice(DIRECTORIES), ""
    for _ in range(chance.randrange(1, 6)):
        name = chance.choice(["db01", "by-id", "a..b"])
        inside = chance.choice([*[f"{cwd}/{name}"] * 8, f"/{name}", "~"])
        sections = [
            chance.choice(LISTED[:2]),
            *chance.sample(ANSWERED[:2], chance.randrange(1, 3)),
            chance.choice([*["cd ..\n"] * 8, "cd ../x\n"]),
        ]
        if chance.random() < 0.3:
            sections.insert(chance.randrange(4), chance.choice([*ANSWERED, *LISTED, *WENT, *OTHERS]))
        text += f"[root@{host}:{cwd}] cd {name}\n" + "".join(f"[root@{host}:{inside}] {section}" for section in sections)
        cwd = chance.choice([*[cwd] * 6, *DIRECTORIES])
        if chance.random() < 0.5:
            text += f"[root@{host}:{cwd}] {chance.choice([*ANSWERED, *LISTED, *WENT, *OTHERS])}"
        host = chance.choice([*["esx01"] * 9, "esx02", "localhost"])
    return text if chance.random() < 0.7 else text[: chance.randrange(len(text))]


@pytest.mark.parametrize("seed", range(4))
def test_whoever_wanders_through_folders_is_followed_as_ever(seed):
    chance = random.Random(f"wandering {seed}")
    for _ in range(200):
        text = wandering(chance)
        assert told(text.encode(), plain=True) == told(text.encode(), plain=False), text


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (PROMPTED, PROMPTED.replace("db01", "db02")), (PROMPTED, PROMPTED.replace("db01", "localhost")), (PROMPTED, PROMPTED.partition("# ")[2]),
        (PROMPTED, BARE), (BARE, PROMPTED), (BARE, f"root@db01:~# {BARE}"), (BARE, BARE.replace('"id":"8902-00000001"', "\0")),
        (BARE, BARE.replace("8902-00000001", "8902-00000000")), (BARE.replace("nmem1", "nmem0"), BARE.replace("nmem1", "nmem0").replace("8902-0000", "8902-abcd")),
        (BARE.replace("8902-00000001", "8902-00000000"), BARE), (BARE, BARE.replace("8902-00000001", "8903-00000001")), (BARE, BARE[:-3] + "\0"),
        (BARE, BARE.replace("00000001", "0000000A")), (BARE, BARE.replace("8902-0000", "8902-feed")),
    ],
)  # fmt: skip
def test_what_is_like_something_known_is_read_as_if_nothing_were(known, text):
    fresh = Answers([PLAIN]).read(text)
    again = Answers([PLAIN])
    again.read(known)
    found = again.read(text)
    assert found == fresh
    assert kinds(found) == kinds(fresh)
    assert told(text.encode(), plain=True) == told(text.encode(), plain=False)


def test_no_more_answers_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("reconcile.parsers.bulk_answers._MOST_KNOWN", 2)
    read = []
    answers = Answers([PLAIN._replace(read=lambda *answer: read.append(answer) or PLAIN.read(*answer))])
    for number in range(5):
        text = BARE.replace('"phys_id":3', f'"phys_id":{number + 3}')
        assert answers.read(text) == answers.read(text) == Answers([PLAIN]).read(text)
    assert len(read) == 2 + 3 * 2


def test_on_every_capture_it_gives_what_the_ordinary_way_gives(root):
    files = sorted(path for folder in ("samples", "tests/cases") for path in (root / folder).rglob("*") if path.is_file())
    assert len(files) > 100
    for path in files:
        data = path.read_bytes()
        assert told(data, plain=True) == told(data, plain=False), path


def test_the_lines_of_plain_and_other_readings_are_added_up():
    readings = [read_source(text.encode()) for text in (BARE, PROMPTED, HOST, "what is this\n", PROMPTED)]
    assert [type(reading) is PlainReading for reading in readings] == [True, True, False, False, True]
    ledgers = [reading.ledger for reading in readings]
    assert added_up(iter(readings)) == tuple(map(sum, zip(*ledgers, strict=True)))
    assert all(value > 0 for value in added_up(readings))
    assert added_up([]) == (0, 0, 0, 0)


@pytest.mark.parametrize("text", [BARE, PROMPTED, BARE.rstrip("\n"), PROMPTED.replace("# ndctl", "# sudo ndctl")])
def test_a_plain_reading_says_what_any_says(text):
    """What is made of it when asked for is what another reading has from the beginning."""
    plain, ordinary = read_source(text.encode(), in_path="db02"), read_source(text.encode(), in_path="db02", plain=False)
    assert isinstance(plain, PlainReading)
    for name in (
        "sha256",
        "bytes",
        "encoding",
        "status",
        "note",
        "typed",
        "volumes",
        "unread",
        "ledger",
        "prompted",
        "in_path",
        "commands",
    ):
        assert getattr(plain, name) == getattr(ordinary, name) == getattr(plain.in_full(), name)
    assert [list(part.records) for part in plain.parts] == [list(part.records) for part in ordinary.parts]
    assert ordinary.in_full() is ordinary

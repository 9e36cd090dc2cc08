"""Visits to folders, which are read at a stroke and kept as columns, give what their sections would one by one."""

from __future__ import annotations

import random

import pytest
from plain_texts import DS, UUID, VISITS, told, visit

from reconcile.base.natural_order import natural
from reconcile.capture.read_source import read_source
from reconcile.facts.folder_visits import VisitEntries, Visits
from reconcile.facts.records import Answer, Entry
from reconcile.facts.vmfs_names import is_disk
from reconcile.parsers.bulk_sections import Forms
from reconcile.parsers.ls import PLAIN as LS
from reconcile.parsers.vmkfstools import PLAIN as VMKFSTOOLS

FOLDERS = ["db1", "dbx", "db-", "db-000001", "a.vmdk", "b.vmdk", "1", "2", "vm", "mv", "v", "Killed", "db01", "db02", "db-001", "db-002"]
TAILS = [
    ".vmdk",
    "_1.vmdk",
    "_2.vmdk",
    "_10.vmdk",
    "0.vmdk",
    "-flat.vmdk",
    "-000001.vmdk",
    "x.vmdk",
    "-1.vmdk",
    "_1-ctk.vmdk",
    ".VMDK.vmdk",
]


def visited(chance: random.Random, above: str) -> tuple[str, bool]:
    """Make a visit to a folder, and tell whether its listing shows just what was asked about, as one sees it."""
    vm = chance.choice(FOLDERS)
    begin = chance.choice([vm, vm, vm, vm, "other"])
    tails = chance.sample(TAILS[: chance.choice([4, 4, 4, len(TAILS)])], chance.randrange(1, 5))
    asked = [begin + tail for tail in tails]
    shown = sorted(asked) if chance.random() < 0.8 else chance.sample(asked, len(asked))
    match chance.randrange(8):
        case 0:
            shown = [*shown, chance.choice(["vm.vmx", "new.vmdk", asked[0]])]
        case 1:
            shown = shown[1:] or ["new.vmdk"]
        case 2:
            asked = [*asked, asked[0]]
    width = max(map(len, shown)) + 2
    listing = chance.choice(["\n".join(shown), "    ".join(shown), "".join(name.ljust(width) for name in shown).rstrip(), "  ".join(shown)])
    inside = f"[root@esx01:{above}/{vm}] "
    answers = "".join(
        f"{inside}vmkfstools -J getuuid {name}\n{UUID.replace('98 42', f'{chance.randrange(256):02x} {chance.randrange(256):02X}')}"
        for name in asked
    )
    return f"[root@esx01:{above}] cd {vm}\n{inside}ls\n{listing}\n{answers}{inside}cd ..\n", sorted(asked) == sorted(shown)


def visits_in(reading) -> list[Visits]:
    return [block for part in reading.parts for block in part.blocks if isinstance(block, Visits)]


@pytest.mark.parametrize("seed", range(6))
def test_visits_are_read_as_their_sections_are_whatever_was_read_before(seed):
    """Folders with names of one length, and names that go on with figures or hyphens: what is known of one visit is used for others."""
    chance = random.Random(f"visits {seed}")
    taken = 0
    for _ in range(60):
        above = chance.choice([DS, DS, f"{DS}/deep", "/dev/disk", "/vmfs/volumes"])
        made = [visited(chance, above) for _ in range(chance.randrange(1, 8))]
        data = "".join(text for text, _ in made).encode()
        if chance.random() < 0.5:
            data += f"[root@esx01:{above}] ls\nx\n".encode()
        assert told(data, plain=True) == told(data, plain=False), data
        visits = visits_in(read_source(data))
        assert sum(len(block.lines) for block in visits) <= sum(fits for _, fits in made)
        assert above not in {"/dev/disk", "/vmfs/volumes"} or not visits
        taken += sum(len(block.lines) for block in visits)
        for names in (shape.names(folder) for block in visits for folder, shape in zip(block.folders, block.shapes, strict=True)):
            assert list(names) == sorted(names, key=natural)
            assert all(map(is_disk, names))
    assert taken > 30


@pytest.mark.parametrize("folders", [["db1", "dbx"], ["dbx", "db1"], ["db1", "db2", "dbx", "db3"]])
def test_in_what_order_files_stand_that_go_on_with_a_figure_is_asked_of_each_folder(folders):
    """db1.vmdk is in front of db10.vmdk, and dbx0.vmdk in front of dbx.vmdk."""
    text = ""
    for folder in folders:
        inside = f"[root@esx01:{DS}/{folder}] "
        asked = "".join(f"{inside}vmkfstools -J getuuid {folder}{tail}.vmdk\n{UUID}" for tail in ("", "0"))
        text += f"[root@esx01:{DS}] cd {folder}\n{inside}ls\n{folder}.vmdk\n{folder}0.vmdk\n{asked}{inside}cd ..\n"
    answers = [record for part in read_source(text.encode()).parts for record in part.records if isinstance(record, Answer)]
    for folder in folders:
        names = [answer.name for answer in answers if answer.folder == f"{DS}/{folder}/"]
        assert names == sorted([f"{folder}.vmdk", f"{folder}0.vmdk"], key=natural)


def test_alike_visits_are_one_block_that_gives_what_their_sections_do():
    data = VISITS.encode()
    (visits,) = visits_in(read_source(data))
    assert (list(visits.folders), visits.above, len(visits), len(visits.lines)) == (["db02"], DS, 2, 1)
    assert not visits_in(read_source(data, plain=False))
    text = "".join(visit(DS, f"db{number:02}").partition(f"[root@esx01:{DS}] ls")[0] for number in range(9))
    (visits,) = visits_in(reading := read_source(text.encode()))
    assert len(set(map(id, visits.shapes))) == 1
    kinds_of = {Answer: visits, Entry: VisitEntries(visits)}
    for kind, block in kinds_of.items():
        records = [record for part in reading.parts for record in part.records if isinstance(record, kind)]
        assert list(block) == records
        assert len(block) == len(records) == 9
        for number, field in enumerate(kind._fields):
            values = {getattr(record, field) for record in records}
            assert values <= {*block.columns[number]}
            for value in (*values, "nothing of it", True, False, None):
                assert block.may_hold(number, value) or value not in values


def test_no_more_shapes_of_visits_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("reconcile.parsers.bulk_visits._MOST_KNOWN", 2)
    forms = Forms([VMKFSTOOLS, LS])
    for number in range(5):
        text = visit(DS, "v" * (number + 1))
        assert forms.take(text, 0, 1, "", lambda *_: None) == Forms([VMKFSTOOLS, LS]).take(text, 0, 1, "", lambda *_: None)
    assert [len(one._known) for one in forms._visits] == [2]  # noqa: SLF001

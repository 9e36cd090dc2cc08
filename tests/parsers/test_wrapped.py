"""What a narrow terminal breaks in two is joined where the two parts prove that they are one, and nobody's otherwise."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Asked, Filesystem

PATH = "/vmfs/volumes/PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d/pmem-guest-001/pmem-guest-001.vmdk"
ANSWER = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"
UUID = "6000c29842c754f802c2d49b206b080c"
LOOP = '[root@esx01:~] for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done\n'


def answers(text: str) -> list[tuple[int, str, str]]:
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [(record.line, record.path, record.uuid) for part in reading.parts for record in part.records if isinstance(record, Answer)]


def asked(text: str) -> list[str]:
    return [record.path for part in read_source(text.encode()).parts for record in part.records if isinstance(record, Asked)]


@pytest.mark.parametrize("width", [60, 72, 79, 80, 90])
def test_a_path_that_fills_its_line_goes_on_in_the_next(width):
    text = f"{LOOP}{PATH[:width]}\n{PATH[width:]}\n{ANSWER}\n"
    assert answers(text) == [(4, PATH, UUID)]
    assert read_source(text.encode()).unread == ()


@pytest.mark.parametrize("cut", range(8, len(ANSWER)))
def test_a_uuid_in_two_parts_is_one_where_both_have_16_octets(cut):
    text = f"[root@esx01:~] vmkfstools -J getuuid {PATH}\n{ANSWER[:cut]}\n{ANSWER[cut:]}\n"
    assert answers(text) == [(2, PATH, UUID)]
    assert read_source(text.encode()).unread == ()
    assert asked(text) == []


@pytest.mark.parametrize("end", ["08 0", "08 0c 0d", "UUID is 08 0c", "08 0g", ""])
def test_a_uuid_whose_parts_have_not_16_octets_is_none(end):
    text = f"[root@esx01:~] vmkfstools -J getuuid {PATH}\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b\n{end}\n"
    assert answers(text) == []
    assert asked(text) == [PATH]


def test_two_whole_names_are_not_joined():
    text = f"{LOOP}{PATH}\nFailed to lock the file (16392).\n{PATH[:-5]}_1.vmdk\n{ANSWER}\n"
    assert answers(text) == [(5, PATH[:-5] + "_1.vmdk", UUID)]


def test_the_end_of_a_short_line_is_nobodys_name():
    """A folder's own line in front of a name is not the first part of a path."""
    text = f"{LOOP}/vmfs/volumes/ds\na.vmdk\n{ANSWER}\n"
    assert all(not path.startswith("/vmfs/volumes/dsa") for _, path, _ in answers(text))


def test_what_is_broken_twice_is_not_put_together():
    text = f"{LOOP}{PATH[:60]}\n{PATH[60:70]}\n{PATH[70:]}\n{ANSWER}\n"
    assert all(path != PATH for _, path, _ in answers(text))


ROW = "PMEM         4.0G   3.4G    600.0M  85% /vmfs/volumes/PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d"
HEADER = "Filesystem   Size   Used Available Use% Mounted on"


def mounts(text: str) -> list[tuple[int, str]]:
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [(record.line, record.mounted_on) for part in reading.parts for record in part.records if isinstance(record, Filesystem)]


@pytest.mark.parametrize("width", [60, 72, 80])
def test_a_row_of_df_that_fills_its_line_goes_on_in_the_next(width):
    text = f"[root@esx01:~] df -h\n{HEADER}\n{ROW[:width]}\n{ROW[width:]}\nVMFS-6     348.8G  19.7G    329.1G   6% /vmfs/volumes/ds\n"
    assert mounts(text) == [(3, ROW[40:]), (5, "/vmfs/volumes/ds")]
    assert read_source(text.encode()).unread == ()


def test_what_stands_behind_a_row_that_does_not_fill_the_width_is_not_its_end():
    text = f"[root@esx01:~] df -h\n{HEADER}\n{ROW[:70]}\nwhatever\n{ROW}\n"
    assert mounts(text) == [(3, ROW[40:70]), (5, ROW[40:])]
    assert [unread.line for unread in read_source(text.encode()).unread] == [4]


SHOWN = "[root@esx01:~] "


def wrapped(command: str, width: int) -> str:
    line = SHOWN + command
    return "\n".join(line[at : at + width] for at in range(0, len(line), width)) + "\n"


@pytest.mark.parametrize("width", [72, 79, 80, 100, 120])
def test_a_command_that_the_terminal_broke_is_one_command(width):
    text = wrapped(f"vmkfstools -J getuuid {PATH}", width) + ANSWER + "\n"
    assert [(path, uuid) for _, path, uuid in answers(text)] == [(PATH, UUID)]
    assert read_source(text.encode()).unread == ()


@pytest.mark.parametrize("tail", ["1", "m", "old", "2 /tmp"])
def test_the_end_of_a_listings_command_is_no_file(tail):
    command = ("ls -l /vmfs/volumes/" + "x" * 80)[: 80 - len(SHOWN)]
    text = f"{SHOWN}{command}\n{tail}\ntotal 8\n-rw-------    1 root     root     8589934592 Nov 18 09:12 vm1.vmdk\n"
    entries = [record for part in read_source(text.encode()).parts for record in part.records if type(record).__name__ == "Entry"]
    assert [(entry.directory, entry.name) for entry in entries] == [(f"{command[6:]}{tail}", "vm1.vmdk")] or tail == "2 /tmp"
    assert tail not in [entry.name for entry in entries]


def test_where_a_name_may_be_the_end_of_the_command_the_listing_is_nobodys():
    command = ("ls /vmfs/volumes/" + "x" * 80)[: 80 - len(SHOWN)]
    reading = read_source(f"{SHOWN}{command}\n1\nvm1.vmdk\n{SHOWN}exit\n".encode())
    assert all(part.named_by == "nobody" for part in reading.parts)
    assert not [record for part in reading.parts for record in part.records if getattr(record, "name", "") == "1"]


def test_a_loop_that_the_terminal_broke_goes_on():
    loop = 'for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done'
    text = wrapped(loop, 80) + f"{PATH}\n{ANSWER}\n"
    assert [(path, uuid) for _, path, uuid in answers(text)] == [(PATH, UUID)]


@pytest.mark.parametrize("command", ["ls", "ls -1", "pwd", "hostname", "cat db.vmx", "vim-cmd vmsvc/getallvms"])
def test_a_line_as_wide_as_a_terminal_is_not_broken_for_that(command):
    """Its command is whole: what stands behind it is its answer."""
    prompt = f"[root@esx01:/vmfs/volumes/PMemDS-1/{'v' * (80 - 37 - len(command))}] "
    reading = read_source(f"{prompt}{command}\na.vmdk\nb.vmdk\n".encode())
    assert reading.commands == (command,)
    assert all(part.named_by != "nobody" for part in reading.parts)


@pytest.mark.parametrize(
    "command",
    [
        'ls *.vmdk | while read f; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done',
        "vmkfstools -J getuuid $f",
        "vmkfstools -J getuuid x; ls",
    ],
)
def test_a_command_that_says_where_it_ends_is_whole(command):
    text = f"[root@esx01:/vmfs/volumes/PMemDS-11111111-2222-3333-4444-555555555555/a-long-folder] {command}\na.vmdk\n{ANSWER}\n"
    assert read_source(text.encode()).commands == (command,)

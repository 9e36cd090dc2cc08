"""find: each path a name in its folder; with an action it is somebody else's."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Entry, Failure

PROMPT = "[root@esx01:/vmfs/volumes/ds]"


def records(text: str, kind: type):
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [record for part in reading.parts for record in part.records if isinstance(record, kind)]


@pytest.mark.parametrize(
    ("command", "line", "directory"),
    [
        ("find /vmfs/volumes -name '*.vmdk'", "/vmfs/volumes/ds/vm/a.vmdk", "/vmfs/volumes/ds/vm"),
        ("find -name '*.vmdk'", "./vm/a.vmdk", "/vmfs/volumes/ds/vm"),
        ("find . -iname *.vmdk", "./vm 1/a.vmdk", "/vmfs/volumes/ds/vm 1"),
        ("find vm -type f", "vm/a.vmdk", "/vmfs/volumes/ds/vm"),
        ("find /vmfs/volumes/PMemDS-*/ -name '*.vmdk'", "/vmfs/volumes/PMemDS-1/vm/a.vmdk", "/vmfs/volumes/PMemDS-1/vm"),
        ("find / -name '*.vmdk'", "/vmfs/volumes/ds/vm/a.vmdk", "/vmfs/volumes/ds/vm"),
    ],
)
def test_a_path_is_a_name_in_its_folder(command, line, directory):
    assert [(entry.line, entry.directory, entry.name, entry.bytes) for entry in records(f"{PROMPT} {command}\n{line}\n", Entry)] == [
        (2, directory, "a.vmdk", None)
    ]


def test_what_is_not_below_the_folder_is_not_understood():
    text = f"{PROMPT} find /vmfs/volumes/ds -name '*.vmdk'\n/vmfs/volumes/other/a.vmdk\nhello\n"
    assert records(text, Entry) == []
    assert {unread.line for unread in read_source(text.encode()).unread} == {2, 3}


def test_an_error_is_no_path():
    text = f"{PROMPT} find /vmfs/volumes/ds -name '*.vmdk'\nfind: /vmfs/volumes/ds/x: No such file or directory\n"
    assert records(text, Entry) == []
    assert [failure.line for failure in records(text, Failure)] == [2]


@pytest.mark.parametrize(
    "command",
    [
        "find /vmfs/volumes -name '*.vmdk' -print -exec vmkfstools -J getuuid {} \\;",
        "find /vmfs/volumes -name '*.vmdk' | while read f; do echo $f; vmkfstools -J getuuid $f; done",
    ],
)
def test_one_that_asks_for_uuids_gives_answers(command):
    text = f"{PROMPT} {command}\n/vmfs/volumes/ds/vm/a.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    assert [(answer.path, answer.line) for answer in records(text, Answer)] == [("/vmfs/volumes/ds/vm/a.vmdk", 3)]
    assert records(text, Entry) == []


@pytest.mark.parametrize("behind", [" ", "\t", "      ", "  <-- new", " # data", "*"])
def test_what_stands_behind_a_path_is_no_part_of_it(behind):
    found = records(f"{PROMPT} find /vmfs/volumes/ds -name '*.vmdk'\n/vmfs/volumes/ds/vm 1/a.vmdk{behind}\n", Entry)
    assert [(entry.directory, entry.name, entry.certain) for entry in found] == [("/vmfs/volumes/ds/vm 1", "a.vmdk", True)]

"""Every way to ask for UUIDs that people use: the prompt's host holds, names are where the text has them."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Asked, Failure, Unpaired

U, V = "60 00 C2 91 5d 0e 77 a1-3c 48 f2 06 9b e4 10 27", "60 00 C2 94 e8 33 1b 6f-a0 9d 52 c7 7e 01 b8 f3"
HOME = "/vmfs/volumes/PMemDS-6d20b4f8-18ce-4a73-9b55-c04e7f3a1d92/crm"
PROMPT = f"[root@esx31:{HOME}]"
LOCKED = "Failed to open 'crm_1.vmdk' : Failed to lock the file (16392)."


def read_all(text: str):
    parts = read_source(text.encode()).parts
    return [(part.machine, record) for part in parts for record in part.records]


def answers(text: str) -> list[tuple[str, str, str]]:
    """List machine, path below the folder, and the first figures of each answer."""
    return [
        (machine, record.path.removeprefix(f"{HOME}/"), record.uuid[6:8])
        for machine, record in read_all(text)
        if isinstance(record, Answer)
    ]


BOTH = [("esx31", "crm.vmdk", "91"), ("esx31", "crm_1.vmdk", "94")]
NOBODYS = [("esx31", "", "91"), ("esx31", "", "94")]

TRACED = f"vmkfstools -J getuuid crm.vmdk\nUUID is {U}\nvmkfstools -J getuuid crm_1.vmdk\nUUID is {V}"


@pytest.mark.parametrize(
    ("command", "printed", "expected"),
    [
        ("grep -i uuid *.vmdk", f'crm.vmdk:ddb.uuid = "{U}"\ncrm_1.vmdk:ddb.uuid = "{V}"', BOTH),
        ("grep -n uuid *.vmdk", f'crm.vmdk:12:ddb.uuid = "{U}"\ncrm_1.vmdk:9:ddb.uuid = "{V}"', BOTH),
        ("grep uuid crm.vmdk", f'ddb.uuid = "{U}"', BOTH[:1]),
        ("egrep 'uuid|RW' crm.vmdk", f'RW 2097152 VMFS "crm-flat.vmdk"\nddb.uuid = "{U}"', BOTH[:1]),
        ("cat crm.vmdk | grep uuid", f'ddb.uuid = "{U}"', BOTH[:1]),
        ("cat *.vmdk | grep uuid", f'ddb.uuid = "{U}"\nddb.uuid = "{V}"', NOBODYS),
        ("find . -name '*.vmdk' -exec grep -H uuid {} \\;", f'./crm.vmdk:ddb.uuid = "{U}"\n./crm_1.vmdk:ddb.uuid = "{V}"', BOTH),
        ("for f in *.vmdk; do echo $f; grep ddb.uuid $f; done", f'crm.vmdk\nddb.uuid = "{U}"\ncrm_1.vmdk\nddb.uuid = "{V}"', BOTH),
        ("vmkfstools -J getuuid crm.vmdk | cut -d' ' -f3-", U, BOTH[:1]),
        ("vmkfstools -J getuuid crm.vmdk", f"UUID\tis\t{U}", BOTH[:1]),
        ("vmkfstools -J getuuid crm.vmdk", f"UUID  is  {U.replace(' ', '  ')}", BOTH[:1]),
        ("for f in *.vmdk; do vmkfstools -J getuuid $f | awk '{print $3,$4}'; done", f"{U}\n{V}", NOBODYS),
        ("find . -name '*.vmdk' | xargs -n1 vmkfstools -J getuuid", f"UUID is {U}\nUUID is {V}", NOBODYS),
        ("ls *.vmdk | xargs -t -n1 vmkfstools -J getuuid", TRACED, BOTH),
        ("find . -name 'crm*.vmdk' | xargs --verbose -L 1 vmkfstools -J getuuid", TRACED.replace("crm", "./crm"), BOTH),
        ('for f in *.vmdk; do echo "$(date +%T) $f"; vmkfstools -J getuuid $f; done', f"09:12:01 crm.vmdk\nUUID is {U}\n09:12:02 crm_1.vmdk\nUUID is {V}", BOTH),
        ("find . -name '*.vmdk' | xargs -tn1 vmkfstools -J getuuid", TRACED, BOTH),
        ("find . -name '*.vmdk' -print0 | xargs -0t -n 1 vmkfstools -J getuuid", TRACED, BOTH),
        ('vmkfstools -J getuuid "[old] crm.vmdk"', f"UUID is {U}", [("esx31", "[old] crm.vmdk", "91")]),
        ('vmkfstools -J getuuid "a\'b.vmdk"', f"UUID is {U}", [("esx31", "a'b.vmdk", "91")]),
        ("vmkfstools -J getuuid \u201ccrm 2.vmdk\u201d", f"UUID is {U}", [("esx31", "crm 2.vmdk", "91")]),
        ("vmkfstools -J getuuid \u2018crm 2.vmdk\u2019", f"UUID is {U}", [("esx31", "crm 2.vmdk", "91")]),
        ("for f in */d.vmdk; do basename $f; vmkfstools -J getuuid $f; done", f"d.vmdk\nUUID is {U}\nd.vmdk\nUUID is {V}", NOBODYS),
    ],
)  # fmt: skip
def test_each_way_gives_host_and_name(command, printed, expected):
    assert answers(f"{PROMPT} {command}\n{printed}\n{PROMPT} \n") == expected


@pytest.mark.parametrize(("echo", "between"), [('echo -n "$f "', " "), ('printf "%s: " $f', ": ")])
def test_an_error_behind_the_name_on_one_line_is_that_files(echo, between):
    command = f"for f in *.vmdk; do {echo}; vmkfstools -J getuuid $f; done"
    text = f"{PROMPT} {command}\ncrm.vmdk{between}UUID is {U}\ncrm_1.vmdk{between}{LOCKED}\n"
    assert answers(text) == BOTH[:1]
    assert [record.text for _, record in read_all(text) if isinstance(record, Failure)] == [LOCKED]
    assert [(record.path, record.error) for _, record in read_all(text) if isinstance(record, Asked)] == [(f"{HOME}/crm_1.vmdk", LOCKED)]


@pytest.mark.parametrize("behind", [f"{PROMPT} vmkfstools -J getuuid crm_1.vmdk\nUUID is {V}\n", f"{PROMPT} UUID is {V}\n{PROMPT} \n"])
def test_what_was_typed_ahead_names_nothing_by_its_place(behind):
    """The terminal shows the second command at once, and a shell that edits lines shows it again."""
    found = answers(f"{PROMPT} vmkfstools -J getuuid crm.vmdk\nvmkfstools -J getuuid crm_1.vmdk\nUUID is {U}\n{behind}")
    assert found == [NOBODYS[0], BOTH[1] if "-J" in behind else NOBODYS[1]]


def test_an_extent_of_a_disk_that_was_asked_is_no_failure():
    error = "Failed to open virtual disk './crm-flat.vmdk' : The file specified is not a virtual disk (15)."
    command = "find . -name '*.vmdk' -print -exec vmkfstools -J getuuid {} \\;"
    text = f"{PROMPT} {command}\n./crm-flat.vmdk\n{error}\n./crm.vmdk\nUUID is {U}\n"
    assert answers(text) == BOTH[:1]
    assert not [record for _, record in read_all(text) if isinstance(record, Failure)]


def test_two_answers_behind_one_question_where_the_one_before_got_none_are_nobodys():
    """And the report says why."""
    ask = f"{PROMPT} vmkfstools -J getuuid"
    text = f"{ask} crm.vmdk\n{ask} crm_1.vmdk\nUUID is {U}\nUUID is {V}\n{PROMPT} \n"
    assert answers(text) == NOBODYS
    assert len({record.why for _, record in read_all(text) if isinstance(record, Unpaired)}) == 1

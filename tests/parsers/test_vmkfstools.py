"""``vmkfstools -J getuuid``: a UUID goes with a name only where the capture itself puts them together."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Asked, Failure, UuidSet

A = "6000c298-42c7-54f8-02c2-d49b206b080c"
B = "6000c29d-9045-4266-d7cf-edf7a2ebf260"
C = "6000c290-0000-0000-0000-000000012345"
FOLDER = "/vmfs/volumes/PMemDS-1/vm"
HERE = f"[root@esx01:{FOLDER}]"
ERROR = "Failed to open 'b.vmdk' : The system cannot find the file specified (25)."
ECHO_BEFORE = 'for f in *.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done'
ECHO_AFTER = 'for f in *.vmdk; do vmkfstools -J getuuid "$f"; echo "$f"; done'


def answer(uuid: str) -> str:
    """Lay a UUID out as vmkfstools does."""
    octets = [uuid.replace("-", "")[at : at + 2] for at in range(0, 32, 2)]
    octets[2] = octets[2].upper()
    return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}"


def facts(text: str):
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [record for part in reading.parts for record in part.records]


def pairs(text: str) -> list[tuple[str, str]]:
    """List name and UUID of each answer, the folder left out."""
    return [(fact.path.removeprefix(f"{FOLDER}/"), fact.uuid) for fact in facts(text) if isinstance(fact, Answer)]


def asked(text: str) -> list[tuple[str, str]]:
    return [(fact.path.removeprefix(f"{FOLDER}/"), fact.error) for fact in facts(text) if isinstance(fact, Asked)]


def digits(uuid: str) -> str:
    return uuid.replace("-", "")


def test_the_command_names_the_file(records):
    found = records(f"{HERE} vmkfstools -J getuuid a.vmdk\n{answer(A)}\n")
    assert found == [Answer.of(2, f"{FOLDER}/a.vmdk", digits(A), followed=False)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("vmkfstools -J getuuid a.vmdk", "a.vmdk"), ("vmkfstools -J getuuid ./a.vmdk", "a.vmdk"), ("vmkfstools a.vmdk -J getuuid", "a.vmdk"),
        ("vmkfstools --objectuuid getuuid a.vmdk", "a.vmdk"), ("vmkfstools -v 10 -J getuuid a.vmdk", "a.vmdk"),
        ("vmkfstools -J getuuid 'a b.vmdk'", "a b.vmdk"), ('vmkfstools -J getuuid "a b.vmdk"', "a b.vmdk"),
        (r"vmkfstools -J getuuid a\ b.vmdk", "a b.vmdk"), ("vmkfstools  -J  getuuid   a.vmdk  ", "a.vmdk"),
        (f"vmkfstools -J getuuid {FOLDER}/a.vmdk", "a.vmdk"), ("vmkfstools -J getuuid ../vm/a.vmdk", "a.vmdk"),
        ("vmkfstools -J getuuid x/../a.vmdk", "a.vmdk"), ("vmkfstools -J getuuid a.vmdk 2>&1", "a.vmdk"),
        ("vmkfstools -J getuuid a.vmdk 2>/dev/null", "a.vmdk"), ("/sbin/vmkfstools -J getuuid a.vmdk", "a.vmdk"),
        ("time vmkfstools -J getuuid a.vmdk", "a.vmdk"), ("vmkfstools -J getuuid a.vmdk | tee out.txt", "a.vmdk"),
        ("cd /tmp; cd - ; vmkfstools -J getuuid /x/a.vmdk", "/x/a.vmdk"), ("vmkfstools -J getuuid ü.vmdk", "ü.vmdk"),
        ("vmkfstools -J getuuid 'it'\\''s.vmdk'", "it's.vmdk"), ("vmkfstools -J getuuid -- a.vmdk", "a.vmdk"),
        ('vmkfstools -J getuuid "[PMemDS-1] vm/a.vmdk"', "a.vmdk"), ("vmkfstools -J getuuid '[datastore1] crm/my crm.vmdk'", "/vmfs/volumes/datastore1/crm/my crm.vmdk"),
        ('vmkfstools -J getuuid "[1] a.vmdk"', "[1] a.vmdk"), ('vmkfstools -J getuuid "[1]/a.vmdk"', "[1]/a.vmdk"),
    ],
)  # fmt: skip
def test_the_file_is_the_one_that_was_typed(typed, name):
    assert pairs(f"{HERE} {typed}\n{answer(A)}\n") == [(name, digits(A))]


@pytest.mark.parametrize(
    "typed",
    [
        "vmkfstools -J getuuid *.vmdk", "vmkfstools -J getuuid $f", "vmkfstools -J getuuid", "vmkfstools -J getuuid a.vmdk b.vmdk",
        "vmkfstools -J getuuid [ab].vmdk", "vmkfstools -J getuuid `ls`", "vmkfstools -J getuuid a?.vmdk", "vmkfstools -J getuuid {a,b}.vmdk",
        "vmkfstools -J getuuid 'a.vmdk",
    ],
)  # fmt: skip
def test_where_it_is_not_plain_which_file_the_answer_is_nameless(typed):
    assert pairs(f"{HERE} {typed}\n{answer(A)}\n") == [("", digits(A))]


@pytest.mark.parametrize(
    "line", [f"a.vmdk {answer(A)}", f"./a.vmdk: {answer(A)}", f"{FOLDER}/a.vmdk: {answer(A)}", f'"a.vmdk" {answer(A)}']
)
def test_a_name_on_the_answers_own_line_is_its_name(line):
    """``echo -n`` in front; also where no command is known."""
    assert [(path.rpartition("/")[2].lstrip('"'), uuid) for path, uuid in pairs(f"{line}\n")] == [("a.vmdk", digits(A))]
    assert pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\n{line}\n") == [("a.vmdk", digits(A))]


def test_a_name_on_the_line_that_is_not_the_commands_is_not_believed():
    found = pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\nb.vmdk {answer(A)}\n")
    assert ("a.vmdk", digits(A)) not in found


@pytest.mark.parametrize(
    "line",
    [
        answer(A),
        answer(A).lower().replace("uuid is", "UUID is"),
        answer(A).upper().replace("IS", "is"),
        f"  {answer(A)}  ",
        answer(A).replace("-", " "),
    ],
)
def test_an_answer_in_any_case_is_32_lower_case_digits(line):
    assert [uuid for _, uuid in pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\n{line}\n")] == [digits(A)]


@pytest.mark.parametrize(
    "line",
    [
        answer(A)[:-3], answer(A) + " 00", answer(A).replace("60", "6g"), "UUID is", f"{A}", f"uuid = {answer(A)[8:]}",
        f"UUID: {answer(A)[8:]}", "UUID: 66b0c33b-d2f3dff8-8f53-1e00f500013e", answer(A)[:-1],
    ],
)  # fmt: skip
def test_anything_else_is_no_answer(line):
    """Other ids look alike: 16 octets with a dash in them. A cut one is no UUID."""
    text = f"{HERE} vmkfstools -J getuuid a.vmdk\n{line}\n"
    assert pairs(text) == []
    assert asked(text) == [("a.vmdk", "")]
    assert [unread.line for unread in read_source(text.encode()).unread] == [2]


def test_a_second_answer_to_one_command_is_nameless():
    """One command gives one; the prompt of the other was lost."""
    assert pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\n{answer(A)}\n{answer(B)}\n") == [("a.vmdk", digits(A)), ("", digits(B))]


def test_an_answer_that_does_not_stand_right_behind_the_command_is_nameless():
    found = pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\nsomething else\n{answer(A)}\n")
    assert found == [("", digits(A))]


def test_a_blank_line_between_command_and_answer_is_nothing():
    assert pairs(f"{HERE} vmkfstools -J getuuid a.vmdk\n\n{answer(A)}\n\n") == [("a.vmdk", digits(A))]


def test_an_error_in_place_of_the_answer_leaves_the_file_asked():
    text = f"{HERE} vmkfstools -J getuuid b.vmdk\n{ERROR}\n"
    assert asked(text) == [("b.vmdk", ERROR)]
    assert [fact.text for fact in facts(text) if isinstance(fact, Failure)] == [ERROR]
    assert pairs(text) == []


def test_an_answer_behind_an_error_is_not_the_asked_files():
    assert pairs(f"{HERE} vmkfstools -J getuuid b.vmdk\n{ERROR}\n{answer(A)}\n") == [("", digits(A))]


def test_no_answer_at_all_leaves_the_file_asked():
    assert asked(f"{HERE} vmkfstools -J getuuid b.vmdk\n{HERE} \n") == [("b.vmdk", "")]


def test_other_runs_of_vmkfstools_are_not_asked_anything():
    text = f"{HERE} vmkfstools -P /vmfs/volumes/a\nUUID: 66b0c33b-d2f3dff8-8f53-1e00f500013e\n{HERE} vmkfstools -q b.vmdk\n{ERROR}\n"
    assert {type(fact) for fact in facts(text)} == {Failure}


@pytest.mark.parametrize("name", ["{}", "./{}", f"{FOLDER}/{{}}", "== {} ==", "{}:", '"{}"', "'{}'", "--- {} ---", "* {}"])
def test_a_loop_that_echoes_the_name_before_the_answer(name):
    lines = [HERE + " " + ECHO_BEFORE, name.format("a.vmdk"), answer(A), name.format("b b.vmdk"), answer(B), f"{HERE} "]
    assert pairs("\n".join(lines)) == [("a.vmdk", digits(A)), ("b b.vmdk", digits(B))]


def test_a_loop_that_echoes_the_name_after_the_answer():
    lines = [f"{HERE} {ECHO_AFTER}", answer(A), "a.vmdk", answer(B), "b.vmdk", f"{HERE} "]
    assert sorted(pairs("\n".join(lines))) == sorted([("a.vmdk", digits(A)), ("b.vmdk", digits(B))])


@pytest.mark.parametrize(
    "command",
    [
        ECHO_BEFORE, 'for f in *.vmdk\n> do\n> echo "$f"\n> vmkfstools -J getuuid "$f"\n> done',
        "find . -name '*.vmdk' -print -exec vmkfstools -J getuuid {} \\;", 'for f in *.vmdk; do printf "%s\\n" $f; vmkfstools -J getuuid $f; done',
        'ls *.vmdk | while read f; do echo "$f"; vmkfstools -J getuuid "$f" 2>&1; done',
    ],
    ids=["one line", "continued", "find -print", "printf", "while read"],
)  # fmt: skip
def test_each_loop_that_people_write(command):
    assert pairs(f"{HERE} {command}\na.vmdk\n{answer(A)}\nb.vmdk\n{answer(B)}\n") == [("a.vmdk", digits(A)), ("b.vmdk", digits(B))]


@pytest.mark.parametrize(
    "command", ["for f in *.vmdk; do vmkfstools -J getuuid $f; done", "find . -name '*.vmdk' -exec vmkfstools -J getuuid {} \\;"]
)
def test_a_loop_without_echo_has_nameless_answers(command):
    """Also where names stand in the capture: they are a listing's, and a listing's order is no evidence."""
    assert pairs(f"{HERE} {command}\n{answer(A)}\n{answer(B)}\n") == [("", digits(A)), ("", digits(B))]
    assert pairs(f"{HERE} ls\na.vmdk\nb.vmdk\n{HERE} {command}\n{answer(A)}\n{answer(B)}\n") == [("", digits(A)), ("", digits(B))]


def test_in_a_loop_a_name_followed_by_an_error_has_no_uuid():
    text = f"{HERE} {ECHO_BEFORE}\na.vmdk\n{answer(A)}\nb.vmdk\n{ERROR}\nc.vmdk\n{answer(C)}\n"
    assert pairs(text) == [("a.vmdk", digits(A)), ("c.vmdk", digits(C))]
    assert asked(text) == [("b.vmdk", ERROR)]


def test_in_a_loop_a_name_followed_by_a_name_has_no_uuid():
    """Its error went to a stream that was not saved."""
    text = f"{HERE} {ECHO_BEFORE}\na.vmdk\nb.vmdk\n{answer(B)}\nc.vmdk\n"
    assert pairs(text) == [("b.vmdk", digits(B))]
    assert asked(text) == [("a.vmdk", ""), ("c.vmdk", "")]


def test_in_a_loop_a_second_answer_behind_a_name_is_nameless():
    assert pairs(f"{HERE} {ECHO_BEFORE}\na.vmdk\n{answer(A)}\n{answer(B)}\n") == [("a.vmdk", digits(A)), ("", digits(B))]


def test_a_line_that_is_neither_parts_a_name_from_an_answer():
    text = f"{HERE} {ECHO_BEFORE}\na.vmdk\nwhat is this\n{answer(A)}\n"
    assert pairs(text) == [("", digits(A))]
    assert asked(text) == [("a.vmdk", "")]


def test_setuuid_is_told_and_the_answer_behind_it_counts():
    text = f"{HERE} vmkfstools -J setuuid a.vmdk\n{HERE} vmkfstools -J getuuid a.vmdk\n{answer(B)}\n"
    assert facts(text) == [
        UuidSet(1, f"{FOLDER}/a.vmdk", followed=False), Answer.of(3, f"{FOLDER}/a.vmdk", digits(B), followed=False),
    ]  # fmt: skip


def test_a_loop_under_set_x_is_named_by_its_trace():
    text = (
        f"{HERE} for f in *.vmdk; do vmkfstools -J getuuid $f; done\n+ vmkfstools -J getuuid a.vmdk\n{answer(A)}\n"
        f"+ vmkfstools -J getuuid 'b b.vmdk'\n{answer(B)}\n"
    )
    assert pairs(text) == [("a.vmdk", digits(A)), ("b b.vmdk", digits(B))]


@pytest.mark.parametrize("remark", ["", "  # the log disk", " #Delta", " # b.vmdk is another"])
def test_a_remark_names_nothing_and_hides_nothing(remark, records):
    answer = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"
    prompt = "[root@esx01:/vmfs/volumes/ds/vm]"
    texts = (
        f"{prompt} vmkfstools -J getuuid a.vmdk{remark}\n{answer}\n",
        f"{prompt} vmkfstools -J getuuid a.vmdk\n{answer}{remark}\n",
        f'{prompt} for f in *.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done\na.vmdk{remark}\n{answer}{remark}\n',
    )
    for text in texts:
        assert [record.path for record in records(text) if isinstance(record, Answer)] == ["/vmfs/volumes/ds/vm/a.vmdk"]

"""UUIDs in files without a prompt, damaged ones, and directories that were followed: no pair but those that are certain."""

from __future__ import annotations

import itertools

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Asked

UUIDS = [f"6000c29{number}{number:024d}" for number in range(6)]
NAMES = ["a.vmdk", "a_1.vmdk", "b b.vmdk", "c.vmdk", "d.vmdk", "e.vmdk"]
WHOLE = "/vmfs/volumes/PMemDS-1/vm 1/"
TRUTH = set(zip(NAMES, UUIDS, strict=True))


def answer(uuid: str) -> str:
    octets = [uuid[at : at + 2] for at in range(0, 32, 2)]
    return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}"


def before(count: int, folder: str = WHOLE) -> list[str]:
    return [line for name, uuid in zip(NAMES[:count], UUIDS, strict=False) for line in (folder + name, answer(uuid))]


def after(count: int, folder: str = WHOLE) -> list[str]:
    return [line for name, uuid in zip(NAMES[:count], UUIDS, strict=False) for line in (answer(uuid), folder + name)]


def answers(lines) -> list[Answer]:
    reading = read_source("\n".join(lines).encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [record for part in reading.parts for record in part.records if isinstance(record, Answer)]


def pairs(lines) -> set[tuple[str, str]]:
    return {(found.path.rpartition("/")[2], found.uuid) for found in answers(lines)}


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_whole_paths_each_in_front_of_its_answer_are_pairs(count):
    """So the loop prints that we recommend, into a file."""
    assert pairs(before(count)) == set(zip(NAMES[:count], UUIDS, strict=False))


@pytest.mark.parametrize("lines", [before(3, ""), after(3), after(3, ""), after(3, "")[1:-1], before(1, ""), after(1)])
def test_where_a_piece_of_another_layout_would_look_the_same_nobody_is_named(lines):
    """Names behind, the first line and the last one lost, begin with a name and end with an answer."""
    assert {name for name, _ in pairs(lines)} == {""}


@pytest.mark.parametrize("layout", [before, after])
@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_with_any_one_line_lost_no_pair_is_wrong(layout, count):
    """Names and answers would be one off on one side of the loss."""
    lines = layout(count)
    for lost in range(len(lines)):
        kept = [*lines[:lost], *lines[lost + 1 :]]
        assert {pair for pair in pairs(kept) if pair[0]} <= TRUTH, lost


@pytest.mark.parametrize("layout", [before, after])
def test_with_any_one_line_lost_between_prompts_no_pair_is_wrong(layout):
    """The loop says whether it prints the name before or after."""
    loop = (
        "for f in *.vmdk; do "
        + ("echo $f; vmkfstools -J getuuid $f" if layout is before else "vmkfstools -J getuuid $f; echo $f")
        + "; done"
    )
    lines = [f"[root@esx01:/vmfs/volumes/x/vm] {loop}", *layout(4), "[root@esx01:/vmfs/volumes/x/vm] "]
    assert pairs(lines) == set(zip(NAMES[:4], UUIDS, strict=False))
    for lost in range(len(lines)):
        kept = [*lines[:lost], *lines[lost + 1 :]]
        assert {pair for pair in pairs(kept) if pair[0]} <= TRUTH, lost


@pytest.mark.parametrize("layout", [before, after])
def test_with_an_error_for_any_one_answer_no_pair_is_wrong(layout):
    for failed in range(4):
        lines = [
            f"Failed to open '{NAMES[failed]}' : The system cannot find the file specified (25)." if line == answer(UUIDS[failed]) else line
            for line in layout(4)
        ]
        assert {pair for pair in pairs(lines) if pair[0]} <= TRUTH - {(NAMES[failed], UUIDS[failed])}, failed


def test_a_list_of_names_and_a_list_of_answers_are_never_paired():
    """Their order is no evidence, in either order of the lists, with any line between them, however many there are."""
    uuids = [answer(uuid) for uuid in UUIDS]
    for named, answered, between in itertools.product((2, 3), (1, 2, 3), ([], [""], ["what is this"])):
        for lines in ([*NAMES[:named], *between, *uuids[:answered]], [*uuids[:answered], *between, *NAMES[:named]]):
            assert {pair for pair in pairs(lines) if pair[0]} == set(), lines


def test_blank_lines_between_do_not_part_a_pair():
    lines = [line for pair in zip(before(3)[::2], before(3)[1::2], strict=True) for line in (*pair, "")]
    assert pairs(lines) == set(zip(NAMES[:3], UUIDS, strict=False))


@pytest.mark.parametrize("layout", [before, after])
def test_blank_lines_between_pairs_show_which_they_are(layout):
    """Then bare names will do, on either side."""
    printed = layout(2, "")
    lines = [*printed[:2], "", *printed[2:]]
    assert pairs(lines) == set(zip(NAMES[:2], UUIDS, strict=False))


def test_answers_alone_are_nameless():
    assert pairs([answer(uuid) for uuid in UUIDS[:2]]) == {("", UUIDS[0]), ("", UUIDS[1])}


ASK = "vmkfstools -J getuuid a.vmdk"
ROOT = "/vmfs/volumes/ds"


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ([f"# cd {ROOT}/vm"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}", "# cd vm"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}", "# cd 'vm 1'"], f"{ROOT}/vm 1/a.vmdk"),
        ([f"# cd {ROOT}", r"# cd vm\ 1/"], f"{ROOT}/vm 1/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd .."], f"{ROOT}/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd ../x/."], f"{ROOT}/x/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd ./y"], f"{ROOT}/vm/y/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# ls", "a.vmdk"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}/vm && ls", "a.vmdk"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}; cd vm"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd nowhere", "-sh: cd: can't cd to nowhere: No such file or directory"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd nowhere", "bash: cd: nowhere: No such file or directory"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd secret", "sh: cd: can't cd to secret: Permission denied"], f"{ROOT}/vm/a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd -"], "a.vmdk"), ([f"# cd {ROOT}/vm", "# cd"], "a.vmdk"), ([f"# cd {ROOT}/vm", "# cd ~"], "a.vmdk"),
        ([f"# cd {ROOT}/vm", "# cd $X"], "a.vmdk"), ([f"# cd {ROOT}/vm", "# cd vm*"], "a.vmdk"), ([f"# cd {ROOT}/vm", "# cd 'x"], "a.vmdk"),
        (["# cd vm"], "vm/a.vmdk"), ([], "a.vmdk"),
    ],
)  # fmt: skip
def test_a_name_is_taken_from_the_directory_that_cd_led_to(lines, path):
    """Where a cd cannot be followed the directory is unknown, and where it was refused it is as before."""
    (found,) = answers([*lines, f"# {ASK}", answer(UUIDS[0])])
    assert found == Answer.of(len(lines) + 2, path, UUIDS[0], followed=True)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        (f"cd {ROOT}/vm && {ASK}", f"{ROOT}/vm/a.vmdk"), (f"cd {ROOT}/vm; {ASK}", f"{ROOT}/vm/a.vmdk"),
        (f"cd {ROOT} && cd vm && {ASK}", f"{ROOT}/vm/a.vmdk"), (f"cd vm && {ASK}", "/x/vm/a.vmdk"),
    ],
)  # fmt: skip
def test_a_cd_in_front_of_the_command_on_its_line_counts(typed, path):
    (found,) = answers([f"[root@esx01:/x] {typed}", answer(UUIDS[0])])
    assert (found.path, found.followed) == (path, True)


def test_a_prompt_that_shows_the_directory_is_believed_before_any_cd():
    (found,) = answers(["[root@esx01:~] cd /x", f"[root@esx01:/y] {ASK}", answer(UUIDS[0])])
    assert found == Answer.of(3, "/y/a.vmdk", UUIDS[0], followed=False)


def test_an_absolute_name_is_not_followed():
    (found,) = answers(["# cd /x", f"# vmkfstools -J getuuid {ROOT}/a.vmdk", answer(UUIDS[0])])
    assert found == Answer.of(3, f"{ROOT}/a.vmdk", UUIDS[0], followed=False)


def test_each_shell_has_a_directory_of_its_own():
    """Two screens pasted into one file."""
    found = answers(
        ["esx01 # cd /x", "esx02 # cd /y", f"esx01 # {ASK}", answer(UUIDS[0]), f"esx02 # {ASK}", answer(UUIDS[1])],
    )
    assert [(one.path, one.uuid) for one in found] == [("/x/a.vmdk", UUIDS[0]), ("/y/a.vmdk", UUIDS[1])]


def test_over_ssh_a_relative_name_is_the_home_directorys():
    (found,) = answers(["admin@jump:/x$ ssh root@esx01 'vmkfstools -J getuuid a.vmdk'", answer(UUIDS[0])])
    assert found.path == "a.vmdk"


def test_a_path_below_the_home_directory_is_not_made_absolute():
    assert [record.path for record in answers([f"[root@esx01:~] {ASK}", answer(UUIDS[0])])] == ["a.vmdk"]
    lines = [f"[root@esx01:~] {ASK}", ""]
    assert [record for part in read_source("\n".join(lines).encode()).parts for record in part.records if isinstance(record, Asked)]

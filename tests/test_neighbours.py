"""Two neighbouring lines changed places, a line was lost, a line stands twice: no vmdk bears another's UUID, in the whole report."""

from __future__ import annotations

import random

import pytest

from reconcile import read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer

STORE = "/vmfs/volumes/PMemDS-5a1c77e0-2b93-4d18-9f60-7e4b21c8d935"
FILES = [f"{vm}/{vm}{end}.vmdk" for vm in ("ora1", "ora2") for end in ("", "_1")]
TRUTH = {f"{STORE}/{file}": f"6000c29{number + 1:025x}" for number, file in enumerate(FILES)}


def answer(uuid: str) -> str:
    octets = [uuid[at : at + 2] for at in range(0, 32, 2)]
    return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}"


def session() -> list[str]:
    """One command for each disk, folder by folder."""
    lines = [f"[root@esx21:~] cd {STORE}", f"[root@esx21:{STORE}] ls", "ora1  ora2"]
    for vm in ("ora1", "ora2"):
        mine = [file for file in FILES if file.startswith(vm)]
        lines += [f"[root@esx21:{STORE}] cd {vm}", f"[root@esx21:{STORE}/{vm}] ls", "  ".join(file.rpartition("/")[2] for file in mine)]
        for file in mine:
            lines += [f"[root@esx21:{STORE}/{vm}] vmkfstools -J getuuid {file.rpartition('/')[2]}", answer(TRUTH[f"{STORE}/{file}"])]
        lines.append(f"[root@esx21:{STORE}/{vm}] cd ..")
    return [*lines, f"[root@esx21:{STORE}] "]


def traced() -> list[str]:
    """Under ``set -x``."""
    lines = [f"[root@esx21:{STORE}] for f in */*.vmdk; do vmkfstools -J getuuid $f; done"]
    for file in FILES:
        lines += [f"+ vmkfstools -J getuuid {file}", answer(TRUTH[f"{STORE}/{file}"])]
    return [*lines, f"[root@esx21:{STORE}] "]


# What stands in the loop; what each turn prints, N being the name, A the answer and nothing a blank line; whether every pair is proved.
LOOPS = {
    "before": ('echo "$f"; vmkfstools -J getuuid "$f"', ["N", "A"], True),
    "behind": ('vmkfstools -J getuuid "$f"; echo "$f"', ["A", "N"], True),
    "words": ('echo "Checking $f ..."; vmkfstools -J getuuid "$f"', ["Checking N ...", "A"], True),
    "label": ('echo "FILE=$f"; vmkfstools -J getuuid "$f"', ["FILE=N", "A"], True),
    "number": ('n=$((n+1)); echo "$n) $f"; vmkfstools -J getuuid "$f"', ["7) N", "A"], True),
    "clock": ('echo "$(date +%H:%M) $f"; vmkfstools -J getuuid "$f"', ["09:12 N", "A"], True),
    "words behind": ('vmkfstools -J getuuid "$f"; echo "^-- $f"', ["A", "^-- N"], True),
    "both": ('echo "== $f"; vmkfstools -J getuuid "$f"; echo "== end $f"', ["== N", "A", "== end N"], True),
    "same line": ('echo -n "$f "; vmkfstools -J getuuid "$f"', ["N A"], True),
    "printf on the line": ('printf "%-40s" "$f"; vmkfstools -J getuuid "$f"', ["N      A"], True),
    "inside": ('echo "$f;$(vmkfstools -J getuuid $f)"', ["N;A"], True),
    "name last": ('echo "$(vmkfstools -J getuuid $f)  $f"', ["A  N"], True),
    "ls": ('ls "$f"; vmkfstools -J getuuid "$f"; echo', ["N", "A", ""], True),
    "blank first": ('echo; vmkfstools -J getuuid "$f"; echo "$f"', ["", "A", "N"], True),
    "escapes": ('echo -e "\\n"; vmkfstools -J getuuid "$f"; echo $f', ["", "", "A", "N"], True),
    "rule": ('echo "-----"; echo "$f"; vmkfstools -J getuuid "$f"', ["-----", "N", "A"], True),
    "whole path": ('echo "$PWD/$f"; vmkfstools -J getuuid "$f"', [f"{STORE}/N", "A"], True),
    "figures alone": ('echo "$f"; vmkfstools -J getuuid "$f" | cut -d" " -f3-', ["N", "F"], True),
    "silent": ('vmkfstools -J getuuid "$f"', ["A"], False),
    "last part": ('echo "${f##*/}"; vmkfstools -J getuuid "$f"', ["B", "A"], True),
    "signs around": ('echo ">>> $f <<<"; vmkfstools -J getuuid "$f"', [">>> N <<<", "A"], True),
    "a shell's sign": ('echo "> ls $f"; vmkfstools -J getuuid "$f"', ["> ls N", "A"], True),
    "as if typed": ('echo "\\$ vmkfstools -J getuuid $f"; vmkfstools -J getuuid "$f"', ["$ vmkfstools -J getuuid N", "A"], True),
    "date of any length": ('echo "$(date) $f"; vmkfstools -J getuuid "$f"', ["Mi 2 Dez 10:02:11 2026 N", "A"], False),
    "last part by basename": ('vmkfstools -J getuuid "$f"; basename "$f"', ["A", "B"], True),
}
COMMANDS = {name: (f"for f in */*.vmdk; do {body}; done", printed, proved) for name, (body, printed, proved) in LOOPS.items()} | {
    "find": ("find . -name '*.vmdk' -print -exec vmkfstools -J getuuid {} \\;", ["./N", "A"], True),
    "find behind": ("find . -name '*.vmdk' -exec vmkfstools -J getuuid {} \\; -print", ["A", "./N"], True),
    "find and a shell": ("find . -name '*.vmdk' -exec sh -c 'echo \"$1\"; vmkfstools -J getuuid \"$1\"' _ {} \\;", ["./N", "A"], True),
    "xargs": ("ls */*.vmdk | xargs -t -n1 vmkfstools -J getuuid", ["vmkfstools -J getuuid N", "A"], True),
    "while": ('ls */*.vmdk | while read f; do echo "$f"; vmkfstools -J getuuid "$f"; done', ["N", "A"], True),
    "heading": ('echo "UUIDs of ora"; for f in */*.vmdk; do vmkfstools -J getuuid "$f"; echo "$f"; done', ["A", "N"], True),
    "sorted": ('for f in */*.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done | sort', ["N", "A"], False),
    "said where it fails": ('for f in */*.vmdk; do vmkfstools -J getuuid "$f" || echo "$f"; done', ["A"], False),
}  # fmt: skip


def printed_by(name: str, failing: set[int] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Return the loop's command and what it prints."""
    command, printed, _ = COMMANDS[name]
    lines = [f"[root@esx21:{STORE}] {command}"]
    for number, file in enumerate(FILES):
        said = answer(TRUTH[f"{STORE}/{file}"])
        if number in failing:
            said = f"Failed to open '{file}' : Failed to lock the file (16392)."
        for line in printed:
            figures = line.replace("F", said.removeprefix("UUID is ")) if line == "F" else line
            lines.append(
                figures if line == "F" else line.replace("A", said, 1).replace("N", file) if line != "B" else file.rpartition("/")[2]
            )
    return [*lines, f"[root@esx21:{STORE}] "]


def wrong(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of path and UUID that are not so. Of a file whose folder is not known, the name counts."""
    return [
        (path, uuid)
        for path, uuid in found
        if path and uuid and not any(uuid == true and whole.endswith(path if "/" not in path else path.lstrip("/")) for whole, true in TRUTH.items())
    ]  # fmt: skip


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    parts = read_source("\n".join(lines).encode()).parts
    return [(record.path, record.uuid) for part in parts for record in part.records if isinstance(record, Answer)]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_loop_names_what_its_command_proves(name):
    lines = printed_by(name)
    found = pairs(lines)
    assert not wrong(found)
    assert sorted(uuid for _, uuid in found) == sorted(TRUTH.values())
    assert all(path for path, _ in found) == COMMANDS[name][2]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_loop_with_failures_names_no_other_file(name):
    dice = random.Random(name)
    for _ in range(10):
        failing = set(dice.sample(range(len(FILES)), dice.randint(1, 3)))
        found = pairs(printed_by(name, failing))
        assert not wrong(found), failing
        silent = [line for line in printed_by(name, failing) if not line.startswith("Failed to")]
        assert not wrong(pairs(silent)), failing


def neighbours(lines: list[str]) -> list[list[str]]:
    """Return the lines with each pair of neighbours swapped, with each line lost, and with each line twice."""
    swapped = [[*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]] for at in range(len(lines) - 1)]
    lost = [[*lines[:at], *lines[at + 1 :]] for at in range(len(lines))]
    return [*swapped, *lost, *([*lines[: at + 1], *lines[at:]] for at in range(len(lines)))]


TEXTS = {"session": session(), "set -x": traced()} | {name: printed_by(name) for name in COMMANDS}
TEXTS |= {f"{name}, and a session behind": [*printed_by(name)[:-1], *session()[4:]] for name in ("before", "behind", "same line")}
LISTING = [f"[root@esx21:{STORE}] ls -1R", *(line for vm in ("ora1", "ora2") for line in (f"./{vm}:", f"{vm}.vmdk", f"{vm}_1.vmdk", ""))]
TEXTS |= {"a date, and a listing": [*LISTING, *printed_by("date of any length")]}
TEXTS |= {f"{name}, no command": printed_by(name)[1:-1] for name in ("before", "behind", "whole path", "ls", "same line")}


def test_a_listing_says_which_of_the_words_are_the_name():
    assert sorted(pairs(TEXTS["a date, and a listing"])) == sorted(TRUTH.items())


@pytest.mark.parametrize("name", TEXTS)
def test_no_answer_goes_to_another_file(name):
    for lines in neighbours(TEXTS[name]):
        assert not wrong(pairs(lines)), lines


@pytest.mark.parametrize("name", ["session", "before", "behind", "both", "xargs", "before, and a session behind", "a date, and a listing"])
def test_no_vmdk_of_the_report_bears_anothers_uuid(name, tmp_path):
    for number, lines in enumerate(neighbours(TEXTS[name])):
        folder = tmp_path / f"{number:03}" / "esx21"
        folder.mkdir(parents=True)
        (folder / "getuuid.txt").write_text("\n".join(lines) + "\n")
    vmdks = read(*sorted(tmp_path.iterdir()), sites=True).vmdks
    found = [(path, uuid.replace("-", "")) for path, uuid in zip(vmdks["path"], vmdks["uuid"], strict=True)]
    assert len(found) > len(FILES)
    assert not wrong(found)
    assert set(vmdks["host"]) <= {"esx21", "(esx21/getuuid.txt)"}

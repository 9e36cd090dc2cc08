"""A setting that makes VMware's remote tools ask another host holds from its line on: what they print then is that host's, not the prompt's."""

from __future__ import annotations

import pytest

import reconcile
from reconcile.transcript.split import split

ASKS = "vmkfstools -J getuuid /vmfs/volumes/datastore4/ledger/ledger.vmdk"
ANSWER = "UUID is 60 00 C2 9e 11 22 33 44-55 66 77 88 0f 1e 2d 3c"


def machines(*commands: str, prompt: str = "ops@tools:~$ ") -> list[tuple[str, str]]:
    lines = [line for command in commands for line in (prompt + command, *([ANSWER] if "getuuid" in command else []))]
    return [(section.machine, section.named_by) for section in split(lines).sections if section.lines]


@pytest.mark.parametrize(
    "setting",
    [
        "export VI_SERVER=north2", "VI_SERVER=north2", "export VI_USERNAME=root VI_SERVER='north2'", "VI_SERVER=north2 VI_USERNAME=root",
        "set VI_SERVER=north2", "setenv VI_SERVER north2", "$env:VI_SERVER='north2'", '$env:VI_SERVER = "north2"', "declare -x VI_SERVER=north2",
        "vifptarget -s north2", "vifptarget --set north2", "export VI_SERVER=centre VI_VIHOST=north2", "export VI_SERVER=centre; export VI_VIHOST=north2",
    ],
)  # fmt: skip
def test_a_setting_holds_for_the_lines_behind_it(setting):
    assert machines(setting, ASKS) == [("north2", "command")]
    assert machines(setting, f"for f in /vmfs/volumes/*/*/*.vmdk; do echo $f; {ASKS}; done") == [("north2", "command")]


@pytest.mark.parametrize(
    "end", ["unset VI_SERVER", "exit", "export VI_SERVER=", "$env:VI_SERVER=''", "vifptarget -c", "export VI_SERVER=localhost"]
)
def test_a_setting_ends(end):
    assert machines("export VI_SERVER=north2", end, ASKS) == [("tools", "prompt")]


@pytest.mark.parametrize("command", [ASKS + " --server north3", "VI_SERVER=north3 " + ASKS])
def test_what_a_command_says_itself_is_stronger(command):
    assert machines("export VI_SERVER=north2", command) == [("north3", "command")]


def test_programs_that_do_not_read_the_setting_answer_for_the_prompt():
    lines = ["ops@tools:~$ export VI_SERVER=north2", "ops@tools:~$ hostname", "tools"]
    assert [section.machine for section in split(lines).sections if section.lines] == ["tools"]


@pytest.mark.parametrize("command", [f"hostname; {ASKS}", f"{ASKS}; ls -l /vmfs/volumes"])
def test_a_line_that_asks_both_is_nobodys(command):
    assert machines("export VI_SERVER=north2", command) == [("", "nobody")]


def test_a_setting_that_is_no_name_makes_answers_nobodys():
    assert machines("export VI_SERVER=$1", ASKS) == [("", "nobody")]


def test_a_setting_is_its_shells_own():
    lines = ["ops@tools:~$ export VI_SERVER=north2", f"[root@south1:~] {ASKS}", ANSWER]
    assert [section.machine for section in split(lines).sections if section.lines] == ["south1"]


def test_the_short_way_for_plain_sessions_follows_a_setting(tmp_path):
    folder = "/vmfs/volumes/PMemDS-5b1e7c20-43d8-9a4f-b1c6-2f90e6d7a811/ledger"
    prompt = f"[root@tools:{folder}] "
    asks = f"vmkfstools -J getuuid {folder}/ledger.vmdk"
    lines = [
        prompt + "export VI_SERVER=north2",
        prompt + asks,
        ANSWER,
        prompt + asks.replace(".vmdk", "_1.vmdk"),
        ANSWER.replace("3c", "4d"),
    ]
    (tmp_path / "session.txt").write_text("\n".join([*lines, prompt, ""]))
    assert set(reconcile.read(tmp_path).vmdks["host"]) == {"north2"}

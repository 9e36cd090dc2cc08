"""A source taken apart: which lines one command printed, on what machine and in which directory; all else is noise."""

from __future__ import annotations

import pytest

from reconcile.facts.records import Volume
from reconcile.facts.volume_ids import is_volume_id
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.split import split

ID = "622aec5b-de94a27c-948e-00505680fb1d"


def cut(text: str, hint: str = ""):
    transcript = split(text.split("\n"), hint)
    numbers = sorted([number for section in transcript.sections for number, _ in section.numbered()] + list(transcript.noise))
    assert numbers == list(range(1, text.count("\n") + 2))
    return transcript


def shown(text: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """List machine, directory, command and output of each section."""
    return [(section.machine, section.cwd, section.command.text, section.lines) for section in cut(text).sections]


def test_a_bare_answer_is_one_section_of_no_command():
    transcript = cut("a\nb\n")
    assert not transcript.has_prompts
    assert [(section.first, section.lines, section.command.text) for section in transcript.sections] == [(1, ("a", "b", ""), "")]


def test_a_hint_counts_only_where_no_prompt_is():
    assert [section.command.text for section in cut("a\nb", "ls -l").sections] == ["ls -l"]
    assert [section.command.text for section in cut("# df\nb", "ls -l").sections] == ["df"]


def test_each_prompt_begins_a_section():
    assert shown("x\n[root@esx01:~] df\na\nb\n[root@esx01:/y] ls\nc\n[root@esx01:/y] ") == [
        ("", "", "", ("x",)), ("esx01", "~", "df", ("a", "b")), ("esx01", "/y", "ls", ("c",)), ("esx01", "/y", "", ()),
    ]  # fmt: skip


def test_several_machines_in_one_file_are_told_apart():
    text = "[root@esx01:~] df\na\nroot@db01:~# ndctl list -D\n[]\n[root@esx02:~] df\nb\n[root@localhost:~] df\nc"
    assert [(section.machine, section.shell) for section in cut(text).sections] == [
        ("esx01", "esx01"), ("db01", "db01"), ("esx02", "esx02"), ("", "localhost"),
    ]  # fmt: skip


def test_a_plain_prompt_once_seen_is_known_with_any_command_or_none():
    """``make`` is in no vocabulary, so at first sight ``NAME> make`` could be anything."""
    text = "host7> df -h\na\nhost7> make it so\nb\nhost7>\nc"
    assert shown(text) == [("host7", "", "df -h", ("a",)), ("host7", "", "make it so", ("b",)), ("host7", "", "", ("c",))]


def test_a_plain_prompt_not_seen_before_is_output():
    assert shown("host7> make it so\nb") == [("", "", "", ("host7> make it so", "b"))]


def test_a_bare_hash_is_learned_without_a_command_but_not_with_any():
    """``# remark`` is what people write."""
    assert shown("# df\na\n# a remark\n#\nb") == [("", "", "df", ("a", "# a remark")), ("", "", "", ("b",))]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["# for f in *.vmdk", "> do", ">   echo $f", "> done"], "for f in *.vmdk; do echo $f; done"),
        (["# ls \\", "> -l"], "ls -l"), (["# for f in a; do echo $f", "> done"], "for f in a; do echo $f; done"),
    ],
)  # fmt: skip
def test_a_command_goes_on_behind_the_second_prompt(lines, text):
    transcript = cut("\n".join([*lines, "out"]))
    assert [(section.command.text, section.lines) for section in transcript.sections] == [(text, ("out",))]
    assert transcript.noise == tuple(range(1, len(lines) + 1))


def test_a_command_that_is_finished_does_not_go_on():
    assert shown("# ls\n> x") == [("", "", "ls", ("> x",))]


def test_set_x_shows_what_the_shell_in_front_runs():
    sections = cut("[root@esx01:/x] sh all.sh\n+ ls -l\na\n+ vmkfstools -J getuuid a.vmdk\nb").sections
    assert [(section.machine, section.cwd, section.command.text) for section in sections] == [
        ("esx01", "/x", "sh all.sh"), ("esx01", "/x", "ls -l"), ("esx01", "/x", "vmkfstools -J getuuid a.vmdk"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "machines"),
    [
        ("$ ssh db01\n$ ls\na\n$ exit\n$ ls\nb", ["", "db01", "db01", ""]), ("$ ssh db01\nssh: connect to host db01 port 22: refused\n$ ls\na", ["", ""]),
        ("C:\\>plink root@esx12\n~ # ls\na", ["", "esx12"]), ("# kubectl exec -it db-0 -- bash\n# ls\na\n# exit\n# ls", ["", "", "", ""]),
        ("[root@a:~] ssh db01\n# ls\nx\n[root@a:~] ls\n# ls", ["db01", "db01", "a", ""]), ("$ ssh a\n$ ssh b\n$ exit\n$ ls", ["a", "b", "b", "a"]),
        ("$ ssh db01\n$ ls\na\nConnection to db01 closed.\n$ ls", ["", "db01", ""]),
    ],
)  # fmt: skip
def test_behind_a_jump_a_prompt_that_names_nobody_is_the_others(text, machines):
    found = [section.machine for section in cut(text).sections]
    assert found[-len(machines) + 1 :] == machines[1:]


def test_a_programs_prompt_is_nobodys_and_hides_no_name():
    sections = cut("[root@db01 ~]# mysql\nmysql> ls\na\nmysql> exit\n[root@db01 ~]# ls\nb").sections
    assert [section.machine for section in sections] == ["db01"] * 4
    assert [section.command.only().name if section.command.only() else "" for section in sections][-1] == "ls"
    assert [section.command.text for section in sections if section.lines == ("a",)] == ["ls"]
    assert not any(simple.name == "ls" for simple in sections[1].command.simples)


def test_what_a_server_says_before_a_login_is_noise():
    lines = [
        "Pre-authentication banner message from server:",
        "| UUID is none of your business",
        "| a.vmdk",
        "End of banner message from server",
    ]
    transcript = cut("\n".join([*lines, "[root@esx01:~] ls", "a"]))
    assert transcript.noise == (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("login", "machine"),
    [
        ("root@app01's password: ", "app01"),
        ("login as: root\nroot@app01.example.com's password: ", "app01.example.com"),
        ("root@app01's password: \nAccess denied\nroot@app01's password: \nLast login: Fri Nov 20 09:11:02 2026 from 192.0.2.7", "app01"),
        # An address is no name, and whoever was refused is not there.
        ("root@192.0.2.1's password: ", ""),
        ("root@localhost's password: ", ""),
        ("root@app01's password: \nPermission denied, please try again.", ""),
    ],
)
def test_a_login_says_whose_the_prompts_behind_it_are_that_name_nobody(login, machine):
    sections = cut(f"{login}\n# ls\na\n# exit\nroot@app02's password: \n# ls\nb\n[root@db03 ~]# ls\nc").sections
    assert [section.machine for section in sections if section.command.text == "ls"] == [machine, "app02", "db03"]


def test_a_password_that_a_command_asked_for_moves_nobody():
    sections = cut("[root@db01 ~]# scp root@app01:/tmp/a .\nroot@app01's password: \n[root@db01 ~]# ls\na\n# ls\nb").sections
    assert next(section.machine for section in sections if section.command.text == "ls") == "db01"
    assert "app01" not in [section.machine for section in sections]


def test_the_trace_of_a_cd_moves_what_is_traced_behind_it():
    sections = cut("[root@esx01:/x] sh all.sh\n+ cd y\n+ ls\na\n[root@esx01:/x] ls").sections
    assert [section.cwd for section in sections] == ["/x", "/x", "/x/y", "/x"]


@pytest.mark.parametrize("head", ["\u00ab{}\u00bb", "|{}|>", "{} ==>", "[#12 {}]", "{}! >"])
def test_a_prompt_never_seen_ends_what_stands_in_front_of_it(head):
    text = "".join(f"{head.format(host)} ls -l\na\n" for host in ("esx1", "esx2"))
    assert [(section.machine, section.named_by, section.lines[0]) for section in cut(text).sections] == [("", "unknown prompt", "a")] * 2


def test_prompts_that_are_all_alike_are_one_machines_even_if_nothing_knows_them():
    assert {section.named_by for section in cut("|x|> ls -l\na\n|x|> df -h\nb").sections} == {""}


@pytest.mark.parametrize("line", ["# test -d x || cd ../db02", "# . ./env", "# source env"])
def test_a_line_that_may_have_moved_the_shell_makes_its_directory_doubtful(line):
    sections = cut(f"# cd /vmfs/volumes/ds/db01\n# ls\na\n{line}\n# ls\nb").sections
    assert sections[-1].cwd == ""


def test_a_remark_moves_nobody():
    assert cut("# cd /vmfs/volumes/ds/db01\n# ls\na\n# and now the other\n# ls\nb").sections[-1].cwd == "/vmfs/volumes/ds/db01"


def test_over_ssh_the_machine_is_the_one_that_ran_it():
    (section, after) = cut('bob@jump:/x$ ssh root@esx01 "ls -l"\na\nbob@jump:/x$ ls\n').sections
    assert (section.machine, section.named_by, section.cwd, section.followed) == ("esx01", "ssh", "~", True)
    assert (after.machine, after.cwd) == ("jump", "/x")


def test_a_cd_over_ssh_moves_nobody_here():
    sections = cut("jump $ cd /x\njump $ ssh root@esx01 'cd /y; ls'\na\njump $ ls\n").sections
    assert [(section.machine, section.cwd) for section in sections] == [("jump", ""), ("esx01", "/y"), ("jump", "/x")]


@pytest.mark.parametrize(
    "line",
    [
        'Script started on 2026-11-22 21:48:48+00:00 [COMMAND="bash"]', "Script done on 2026-11-22 21:48:48+00:00", "Script started, file is x",
        "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=", "[sudo] password for admin: ", "(root@192.0.2.1) Password: ",
        "Password:", "root@192.0.2.1's password: ", "Connection to esx01 closed.", "  Password:", "BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.",
        "The time and date of this login have been sent to the system logs.", "WARNING:",
        "The ESXi Shell can be disabled by an administrative user. See the", "vSphere Security documentation for more information.",
        "see https://developer.vmware.com for details.", "login as: root", 'Using username "root".', "Using keyboard-interactive authentication.",
        "Keyboard-interactive authentication prompts from server:", "| Password: ", "End of keyboard-interactive prompts from server", "Access denied",
        'Authenticating with public key "ops" from agent', "Warning: Permanently added 'esx01' (ED25519) to the list of known hosts.",
        "Last login: Mon Nov 23 09:12:44 2026 from 192.0.2.7", "Microsoft Windows [Version 10.0.20348.2700]", "Leaving DiskPart...", "On computer: WIN07",
        "(c) Microsoft Corporation. All rights reserved.", 'DISKLIB-LINK  : Opened "./a.vmdk" (0x15): vmfs, 33554432 sectors / 16 GB.',
        "OBJLIB-LIB: ObjLib cleanup done.", "WORKER: asyncOps=0 maxActiveOps=0", "Shared connection to db01 closed.",
    ],
)  # fmt: skip
def test_the_talk_of_terminals_and_logins_is_chatter(line):
    assert is_chatter(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a.vmdk",
        "Script.vmdk",
        "password.vmdk",
        "Password: hunter2",
        "WARNING: x",
        "Connection.vmdk",
        "total 8",
        "DISKLIB-LINK  : failed to open './a.vmdk'",
        "WORKER.vmdk",
        "Access denied to x",
        "[",
        "UUID is 60",
    ],
)
def test_data_is_no_chatter(line):
    assert not is_chatter(line)


@pytest.mark.parametrize(
    "lines",
    [
        ["Script started on 2026-11-22 21:48:48+00:00", "[root@esx01:~] exit", "logout"], ["[root@esx01:~] exit", "exit", "Connection to esx01 closed."],
        ["[root@esx01:~] sudo ls", "[sudo] password for bob:"], ["[root@esx01:~] ", "logout"], ["[root@esx01:~] clear", "", ""],
    ],
)  # fmt: skip
def test_coming_and_going_is_noise(lines, records):
    assert [record for record in records("\n".join(lines)) if type(record).__name__ != "Listed"] == []
    assert not _unread(lines)


def _unread(lines):
    from reconcile.capture.read_source import read_source  # noqa: PLC0415 -- one test's only

    return read_source("\n".join(lines).encode()).unread


@pytest.mark.parametrize(
    ("lines", "volumes"),
    [
        (["[root@esx01:~] cd /vmfs/volumes/ds1", f"[root@esx01:/vmfs/volumes/{ID}] ls"], [(2, "ds1", ID)]),
        (["~ # cd /vmfs/volumes/Tier 3/vm".replace("Tier 3", "'Tier 3'"), "/vmfs/volumes/55ab62ec-2abeb31b/vm # ls"], [(2, "Tier 3", "55ab62ec-2abeb31b")]),
        (["[root@a:/vmfs/volumes] cd ds1/vm", f"[root@a:/vmfs/volumes/{ID}/vm] "], [(2, "ds1", ID)]),
        (["[root@a:~] cd /vmfs/volumes/ds1", f"[root@a:/vmfs/volumes/{ID}/vm] "], []),
        (["[root@a:~] cd /vmfs/volumes/ds1/vm", f"[root@a:/vmfs/volumes/{ID}/other] "], []),
        (["[root@a:~] cd /vmfs/volumes/ds1", "[root@a:/vmfs/volumes/ds1] "], []),
        (["[root@a:~] cd /vmfs/volumes/ds1", f"[root@b:/vmfs/volumes/{ID}] "], []),
        (["[root@a:/vmfs/volumes/ds1] ls", f"[root@a:/vmfs/volumes/{ID}] "], []),
        ([f"[root@a:~] cd /vmfs/volumes/{ID}", "[root@a:/vmfs/volumes/55ab62ec-2abeb31b] "], []),
        (["[root@a:~] cd /vmfs/volumes/ds1", f"[root@a:/tmp/volumes/{ID}] "], []),
    ],
)  # fmt: skip
def test_a_prompt_that_shows_the_id_of_what_was_entered_by_name_ties_both(lines, volumes):
    """Only right behind the cd, for the same shell, and where the rest of both paths is the same."""
    assert cut("\n".join(lines)).volumes == tuple(Volume(*volume) for volume in volumes)


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        (ID, True), (ID.upper(), True), ("55ab62ec-2abeb31b", True), ("vsan:52a59308860999bb-a80c6ed5bd953476", True),
        ("PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d", True), ("7849317b-fa83-44b9-8924-0fedcd6ef784", True), ("datastore1", False), (ID[:-1], False),
        (ID + "0", False), ("snap-69a82519-Storage1", False), ("OSDATA-" + ID, False), ("", False), ("55ab62ec", False),
    ],
)  # fmt: skip
def test_the_shapes_of_volume_ids(name, is_id):
    assert is_volume_id(name) == is_id


def test_a_cut_section_keeps_machine_and_directory_only_where_it_is_its_own():
    (section,) = cut("[root@esx01:/x] ls\na\nb\nc").sections
    own, others = section.cut(3, 4, own=True), section.cut(3, 4, own=False)
    assert (own.first, own.lines, own.machine, own.cwd, own.command.text) == (3, ("b",), "esx01", "/x", "")
    assert (others.first, others.lines, others.machine, others.cwd, others.shell) == (3, ("b",), "", "", "esx01")


@pytest.mark.parametrize("head", ["", "esx{} ", "esx{}: ", "root@esx{}: ", "on esx{} "])
def test_a_command_line_without_any_sign_ends_what_stands_in_front_of_it(head):
    text = "".join(f"{head.format(n)}vmkfstools -J getuuid /vmfs/volumes/ds/{n}/{n}.vmdk\nUUID {n}\n" for n in (1, 2))
    sections = cut(text).sections
    assert [(section.machine, section.lines[0]) for section in sections] == [("", "UUID 1"), ("", "UUID 2")]
    assert {section.named_by for section in sections} == {"unknown prompt" if head else ""}


@pytest.mark.parametrize(
    "line", ["then run vmkfstools -J getuuid a.vmdk", 'cmd = "ndctl list -D"', "see ndctl list -D for more", "a vmkfstools -J getuuid"]
)
def test_prose_is_no_prompt(line):
    assert [section.lines for section in cut(f"[root@esx01:~] cat x\n{line}\nb").sections] == [(line, "b")]


def test_what_a_loop_says_before_it_asks_is_no_prompt():
    lines = ("vmkfstools -J getuuid a.vmdk", "UUID 1")
    text = "\n".join(["[root@esx01:/x] for f in *.vmdk; do echo vmkfstools -J getuuid $f; vmkfstools -J getuuid $f; done", *lines])
    assert [section.lines for section in cut(text).sections] == [lines]


@pytest.mark.parametrize(
    "loop", ['for f in *.vmdk; do echo "$f"; vmkfstools -J getuuid $f; done', 'for f in *; do if :; then echo "$f"; fi; done']
)
@pytest.mark.parametrize("prompt", ["\u2514\u2500# ", "\u00abesx02\u00bb ", "$ ", "esx02 says] "])
def test_behind_a_loop_that_prints_names_an_unknown_prompt_is_one(loop, prompt):
    text = f"[root@esx01:/x] {loop}\na.vmdk\nUUID 1\n{prompt}vmkfstools -J getuuid /vmfs/volumes/ds/b/b.vmdk\nUUID 2"
    assert [(section.machine, section.lines[-1]) for section in cut(text).sections] == [("esx01", "UUID 1"), ("", "UUID 2")]


@pytest.mark.parametrize(
    "end", ["$ client_loop: send disconnect: Broken pipe", "Connection to db01 closed by remote host.", "Timeout, server db01 not responding.",
            "Connection closed by foreign host.", "Shared connection to db01 closed.", "Read from remote host db01: Connection reset by peer"],
)  # fmt: skip
def test_behind_a_connection_that_broke_the_shell_is_the_one_in_front(end):
    sections = cut(f"ops@hop:~$ ssh db01\n$ ls\na\n{end}\n$ ls\nb").sections
    assert [section.machine for section in sections if section.command.text == "ls"] == ["db01", ""]


def test_a_jump_with_no_prompt_in_front_asks_the_machine_that_it_names():
    sections = cut("ssh db01 sudo ndctl list -D\n[]\nssh -p 22 ops@db02 ndctl list\n[]").sections
    assert [(section.machine, section.lines) for section in sections] == [("db01", ("[]",)), ("db02", ("[]",))]


def test_what_history_lists_was_not_typed_there():
    sections = cut("[root@esx01:~] history\n  1  vmkfstools -J getuuid a.vmdk\n  2  ndctl list -D\n[root@esx01:~] ls\na").sections
    assert [(section.command.text, section.machine) for section in sections] == [("history", "esx01"), ("ls", "esx01")]


def test_behind_what_a_trace_asked_elsewhere_the_trace_is_the_shells_again():
    sections = cut("[root@esx01:~] sh x.sh\n+ ssh esx02 ls\na\n+ ls\nb").sections
    assert [section.machine for section in sections] == ["esx01", "esx02", "esx01"]


def test_an_upper_line_tells_one_shell_from_another():
    sections = cut("esx1 in ~ \n\u276f ls -l\na\nesx2 in ~ \n\u276f ls -l\nb").sections
    assert [(section.machine, section.named_by, section.lines[0]) for section in sections if section.prompt_line] == [
        ("", "unknown prompt", "a"), ("", "unknown prompt", "b"),
    ]  # fmt: skip

"""Whose capture it is: what the capture says, else what its path says, else nobody's."""

from __future__ import annotations

import random
import re

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.path_names import _BUNDLE_FOLDERS, _name_in, _name_in_part, hint_and_name_in, hint_in_path, name_in_path
from reconcile.machines.machines_file import Override
from reconcile.machines.naming import Machine, name_machines

DIMMS = '[\n  {\n    "dev":"nmem0",\n    "id":"8902-206b080c"\n  }\n]\n'
DF = "VMFS-6     348.8G  19.7G    329.1G   6% /vmfs/volumes/datastore1\n"


def named(*sources: tuple[str, str]) -> list[tuple[str, str]]:
    """Name the machines of sources, given as path and text: name and what named it, of each part."""
    read = [(path, path, read_source(text.encode())) for path, text in sources]
    return [(machine.name, machine.named_by) for machines in name_machines(read) for machine in machines]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("guests/guest-0100/ndctl-list-D.json", "guest-0100"), ("guests/db01/ndctl-list-D.json", "db01"), ("db01.ndctl.json", "db01"),
        ("ndctl_db01.txt", "db01"), ("db01/ndctl.json", "db01"), ("db01/ndctl-list-DRNi.txt", "db01"), ("db01_ndctl_list_-vvv", "db01"),
        ("ndctl-list-D.json", ""), ("guest/ndctl-list-D.json", ""), ("hosts/esxi/df-h.txt", ""), ("esx01/df_h.txt", "esx01"), ("esx01-df.txt", "esx01"),
        ("esx01.example.net.txt", "esx01.example.net"), ("esx01.example.net/df.txt", "esx01.example.net"), ("hosts/esx01/vmkfstools-getuuid.txt", "esx01"),
        ("site-a/esx01/ls-la.txt", "esx01"), ("localhost/df.txt", ""), ("db01/localhost/df.txt", "db01"), ("db01/output.log", "db01"),
        ("db01/2026-11-22/ndctl.json", "db01"), ("ndctl-db01-2026-11-22.txt", "db01"), ("db01_20261122T1012_ndctl.txt", "db01"),
        ("db 01/ndctl.txt", "db 01"), ("bundle.zip!/db01/ndctl.txt", "db01"), ("db01.zip!/ndctl.txt", "db01"), ("ndctl list -D (db01).txt", "db01"),
        ("ndctl-list-D-d-nmem0.txt", ""), ("ndctl-list-R-r-region0_db01.txt", "db01"), ("lsblk-J.json", ""), ("db01/lsblk-J.json", "db01"),
        ("df.txt", ""), ("uname_-a.txt", ""), ("hostname", ""), ("db01/hostname", "db01"), ("1/2/3.txt", ""), ("vm-db01/ndctl.txt", "vm-db01"),
        ("DB01/NDCTL.JSON", "DB01"), ("db01.ndctl.json.gz", "db01"), ("pmem-guest-001/ndctl.txt", "pmem-guest-001"), ("session.txt", ""),
        ("esx01/session.typescript", "esx01"), ("10.0.0.5/df.txt", "10.0.0.5"), ("-", ""), ("", ""), ("list/list.txt", ""), ("captures/all.txt", ""),
        ("db01/before/ndctl.txt", "db01"), ("db-list-01/ndctl.txt", "db-01"), ("esx01/df-h-k.txt", "esx01"), ("bücher/ndctl.txt", "bücher"),
    ],
)  # fmt: skip
def test_a_path_names_a_machine_where_a_part_of_it_does(path, name):
    assert name_in_path(path) == name
    assert hint_and_name_in(path) == (hint_in_path(path), name)


WORDS = [
    "db01", "DB01", "ndctl", "ls", "list", "guest", "nmem0", "region12", "2026", "20261122", "19", "x2020y", "localhost", "hostname", "date", "etc",
    "Sys", "10.0.0.5", "a.vmdk", "a.vmx", "vmfs", "volumes", "sha256", "bücher", "٣", "1234", "db", "sosreport-db01-2026-11-22-abcdefg", "",
]  # fmt: skip
ENDINGS = ["", ".txt", ".json", ".JSON", ".log.gz", ".vmdk", ".vmdk.txt", ".x", "."]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_looked_up_together_is_what_each_look_gives(seed):
    chance = random.Random(f"paths {seed}")
    for _ in range(2000):
        parts = [
            chance.choice(["", "_", "-", " "]).join(chance.sample(WORDS, chance.randrange(1, 3))) for _ in range(chance.randrange(1, 4))
        ]
        path = "/".join(parts) + chance.choice(ENDINGS)
        assert hint_and_name_in(path) == (hint_in_path(path), name_in_path(path)), path


def test_a_name_of_one_word_is_found_as_one_of_several_is():
    """The short look at one word, and the look at the words of a name, say the same of it."""
    for word in [*WORDS, "vmfs1", "PMEM", "nmem", "nmem0x", "namespace0", "bus0", "ndbus0", "2019", "a19", "uuids", "Block"]:
        assert _name_in_part(word) == ("" if word.casefold() in _BUNDLE_FOLDERS else _name_in(word)), word


@pytest.mark.parametrize(
    "path",
    [
        "sosreport-{}-2026-11-22-abcdefg/sos_commands/pmem/ndctl_list_-vvv", "{}/sos_commands/pmem/ndctl_list_-iBDFHMNRX", "{}/uname_-a.txt",
        "{}/insights_commands/ndctl_list_-Ni", "esx-{}-2026-11-22--10.12-12345/commands/df.txt", "{}/hostname_-f", "{}/commands/uname_-a.txt",
    ],
)  # fmt: skip
def test_folders_that_every_bundle_has_name_nobody(path):
    """Two machines' bundles side by side would become one machine."""
    first, second = name_in_path(path.format("db01")), name_in_path(path.format("db02"))
    assert "db01" in first
    assert first != second


@pytest.mark.parametrize("prompt", ["", "root@db01:~# ndctl list -D\n"])
def test_a_plain_guest_is_named_as_any(prompt):
    """By the file that --machines gives, its prompt, its bundle, its path, or nothing."""
    answer = '[\n  {\n    "dev":"nmem0",\n    "id":"8902-206b080c",\n    "handle":1,\n    "phys_id":0\n  }\n]\n'
    plain, ordinary = (read_source(f"{prompt}{answer}".encode(), plain=plain) for plain in (True, False))
    assert type(plain) is not type(ordinary)
    overrides = [Override(re.compile("x/"), "said", "x/*")]
    for label in ("x/a.json", "y/db02.json", "list.json"):
        for bundled in ({}, {label: "bundle01"}):
            for in_path in (None, "", "db03"):
                named = [name_machines([(label, label, one._replace(in_path=in_path))], overrides, bundled) for one in (plain, ordinary)]
                assert named[0] == named[1]
                path = name_in_path(label) if in_path is None else in_path
                by_others = ("bundle01", "answer") if bundled else (path, "path") if path else (f"({label})", "nothing")
                expected = ("said", "override") if label[0] == "x" else ("db01", "prompt") if prompt else by_others
                assert named[0] == [(Machine(*expected, "guest"),)]


def test_addresses_side_by_side_are_not_one_machine():
    assert name_in_path("acme/10.0.0.5/ndctl.json") != name_in_path("acme/10.0.0.6/ndctl.json")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("esx01/ls.txt", "ls"), ("esx01/ls-l.txt", "ls"), ("ls_vmfs.txt", "ls"), ("db01/hostname", "hostname"), ("hostname.txt", "hostname"),
        ("ndctl.txt", ""), ("df.txt", ""), ("ls/x.txt", ""), ("tools.txt", ""), ("ndctl-ls.txt", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_name_hints_at_a_command_whose_output_does_not_show_it(path, hint):
    assert hint_in_path(path) == hint


@pytest.mark.parametrize(
    ("path", "text", "machine"),
    [
        ("x/y.txt", f"[root@esx01:~] df\n{DF}", ("esx01", "prompt")), ("db01/ndctl.txt", f"root@db02:~# ndctl list -D\n{DIMMS}", ("db02", "prompt")),
        ("db01/ndctl.txt", f"# ndctl list -D\n{DIMMS}", ("db01", "path")), ("db01/ndctl.txt", DIMMS, ("db01", "path")),
        ("ndctl.txt", DIMMS, ("(ndctl.txt)", "nothing")), ("ndctl.txt", f"[root@localhost:~] ndctl list\n{DIMMS}", ("(ndctl.txt)", "nothing")),
        ("db01/x.txt", f"[root@localhost:~] ndctl list\n{DIMMS}", ("x", "path")), ("localhost.txt", DIMMS, ("(localhost.txt)", "nothing")),
        ("x.txt", f"bob@jump:~$ ssh root@db01 'ndctl list -D'\n{DIMMS}", ("db01", "ssh")),
        ("x.txt", f"bob@jump:~$ ssh root@192.0.2.1 'ndctl list -D'\n{DIMMS}", ("192.0.2.1", "ssh")),
    ],
)  # fmt: skip
def test_one_part_is_named(path, text, machine):
    assert named((path, text)) == [machine]


def test_a_machine_that_says_its_name_is_believed_before_the_path():
    for command, answer in (("hostname", "db02"), ("uname -n", "db02"), ("uname -a", "Linux db02 6.1.0 #1 SMP x86_64 GNU/Linux")):
        found = named(("db01/session.txt", f"# {command}\n{answer}\n# ndctl list -D\n{DIMMS}"))
        assert {name for name, _ in found} == {"db02"}, command


def test_a_machine_may_say_its_name_behind_its_capture():
    assert {name for name, _ in named(("x.txt", f"# ndctl list -D\n{DIMMS}# hostname\ndb02\n"))} == {"db02"}


def test_a_localhost_prompt_is_named_by_its_own_hostname():
    assert {name for name, _ in named(("x.txt", f"[root@localhost:~] hostname\nesx07\n[root@localhost:~] df\n{DF}"))} == {"esx07"}


def test_a_hostname_that_is_localhost_names_nobody():
    assert {name for name, _ in named(("x-1/df.txt", f"# hostname\nlocalhost\n# df\n{DF}"))} == {"x-1"}


TWO_NAMES = "# {command}\n{first}\n# ndctl list -D\n{dimms}# {command}\n{second}\n# ndctl list -D\n{others}"


@pytest.mark.parametrize(("command", "answer"), [("hostname", "{}"), ("uname -a", "Linux {} 6.1.0 #1 SMP x86_64 GNU/Linux")])
def test_of_two_names_of_one_shell_each_counts_for_what_stands_below_it(command, answer):
    """Two captures that one recipe made, in one file; it begins with the name."""
    others = DIMMS.replace("206b080c", "a2ebf260")
    text = TWO_NAMES.format(command=command, first=answer.format("db01"), second=answer.format("db02"), dimms=DIMMS, others=others)
    assert [name for name, _ in named(("berlin.txt", text))] == ["db01", "db01", "db02", "db02"]


def test_of_two_names_of_one_shell_none_counts_where_an_answer_stands_above_both():
    """Where a recipe does not begin with the name, what stands between two names may be either's."""
    found = named(("berlin.txt", f"# ndctl list -D\n{DIMMS}# hostname\ndb01\n# ndctl list -D\n{DIMMS}# hostname\ndb02\n"))
    assert {name for name, _ in found} == {"(berlin.txt)"}


def test_what_a_machine_says_of_itself_outranks_the_prompt():
    """A clone keeps its original's prompt until somebody sets it; a full name is the short one in the prompt."""
    assert {name for name, _ in named(("x.txt", f"root@web03:~# hostname\nweb03-clone\nroot@web03:~# ndctl list -D\n{DIMMS}"))} == {
        "web03-clone"
    }
    assert {name for name, _ in named(("x.txt", f"root@db01.a.net:~# uname -n\ndb01\nroot@db01.a.net:~# df\n{DF}"))} == {"db01.a.net"}


@pytest.mark.parametrize("between", ["and the other one", "web07 ->", "-- next --"])
def test_a_path_names_no_source_in_which_two_machines_answered(between):
    """Two answers to one question that show other ids, and a line between them that nobody understands."""
    others = DIMMS.replace("206b080c", "a2ebf260")
    found = named(("appdb/list.txt", f"{DIMMS}{between}\n{others}"))
    assert found == [("(appdb/list.txt)", "nothing"), ("(appdb/list.txt:10)", "nothing")]
    assert {name for name, _ in named(("appdb/list.txt", f"{DIMMS}{between}\n{DIMMS}"))} == {"appdb"}
    assert {name for name, _ in named(("appdb/list.txt", f"{DIMMS}{others}"))} == {"appdb"}


@pytest.mark.parametrize("asks", ["for h in $list; do ssh $h ndctl list -D; done", "ssh app1 ndctl list -D; ssh app2 ndctl list -D"])
def test_what_several_machines_answered_to_one_line_is_not_one_nobodys(asks):
    """A name that comes again with another id begins another's answer; one that comes again with the same id need not."""
    two = DIMMS.replace("  }\n]", '  },\n  {\n    "dev":"nmem1",\n    "id":"8902-0bd31c77"\n  }\n]')
    others = DIMMS.replace("206b080c", "a2ebf260")
    assert named(("all.txt", f"ops@hop:~$ {asks}\n{two}{others}{two}ops@hop:~$ ")) == [
        (name, "nothing") for name in ("(all.txt)", "(all.txt:14)", "(all.txt:20)")
    ]
    assert named(("all.txt", f"ops@hop:~$ {asks}\n{DIMMS}{DIMMS}ops@hop:~$ ")) == [("(all.txt)", "nothing")]


def test_a_bare_word_names_a_machine_only_where_its_path_does_not():
    text = f"guestvm $ ndctl list -D\n{DIMMS}"
    assert named(("db01/ndctl.txt", text), ("ndctl.txt", text)) == [("db01", "path"), ("guestvm", "word")]
    assert named(("berlin.txt", f"guestvm $ ndctl list -D\n{DIMMS}[root@esx01:~] df\n{DF}")) == [("guestvm", "word"), ("esx01", "prompt")]


def test_a_hostname_over_ssh_is_not_the_jump_hosts():
    found = named(("x.txt", f"$ ssh root@esx01 hostname\nesx01\n$ ndctl list -D\n{DIMMS}"))
    assert found[-1] != ("esx01", "hostname")


def test_several_machines_of_one_file_keep_their_own_names():
    text = f"[root@esx01:~] df\n{DF}root@db01:~# ndctl list -D\n{DIMMS}[root@esx02:~] df\n{DF}"
    assert named(("x.txt", text)) == [("esx01", "prompt"), ("db01", "prompt"), ("esx02", "prompt")]


def test_a_lost_answer_never_inherits_a_name():
    """Behind another command's output stands an answer whose prompt was lost; it may be another machine's."""
    text = f"root@db01:~# ndctl list -D\n{DIMMS}{DIMMS.replace('206b080c', 'a2ebf260')}"
    assert named(("db09/x.txt", text)) == [("db01", "prompt"), ("(db09/x.txt)", "nothing")]
    assert named(("db09/x.txt", f"[root@esx01:~] uptime\nup\n{DIMMS}")) == [("(db09/x.txt)", "nothing")]


LOST = f"{DIMMS}{DIMMS.replace('206b080c', 'a2ebf260')}"


@pytest.mark.parametrize(
    ("prompt", "elsewhere"),
    [("root@db01:~#", ""), ("root@localhost:~#", f"[root@esx01:~] df\n{DF}"), ("root@localhost:~#", ""), ("#", "")],
    ids=["named", "localhost beside a named one", "localhost alone", "plain"],
)
def test_a_lost_answer_does_not_take_the_name_that_a_hostname_said(prompt, elsewhere):
    """Its prompt is not there to say that it came from the same machine."""
    found = named(("x.txt", f"{elsewhere}{prompt} hostname\ndb01\n{prompt} ndctl list -D\n{LOST}"))
    assert [name for name, _ in found][-3:] == ["db01", "db01", "(x.txt)"]


def test_what_stands_before_the_first_named_prompt_does_not_take_the_paths_name():
    assert named(("db09/x.txt", f"{DIMMS}root@db01:~# ndctl list -D\n{DIMMS}")) == [("(db09/x.txt)", "nothing"), ("db01", "prompt")]


def test_nobodies_are_not_each_other():
    found = named(("a/ndctl.txt".replace("a/", "guests/"), DIMMS), ("vms/ndctl.txt", DIMMS))
    assert found == [("(guests/ndctl.txt)", "nothing"), ("(vms/ndctl.txt)", "nothing")]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["ESX01", "esx01"], ["ESX01", "ESX01"]), (["esx01", "esx01.example.net"], ["esx01.example.net"] * 2),
        (["ESX01", "esx01.Example.net"], ["esx01.Example.net"] * 2), (["esx01", "esx01.a.net", "esx01.b.net"], ["esx01", "esx01.a.net", "esx01.b.net"]),
        (["esx01", "esx011.a.net"], ["esx01", "esx011.a.net"]), (["10", "10.0.0.5"], ["10", "10.0.0.5"]), (["esx01.a.net", "esx01.a.net"], ["esx01.a.net"] * 2),
        (["db01", "esx01"], ["db01", "esx01"]), (["esx01.a", "esx01.a.net"], ["esx01.a", "esx01.a.net"]),
    ],
)  # fmt: skip
def test_names_are_compared_without_case_and_a_short_one_is_the_one_full_one(names, shown):
    found = named(*((f"{number}.txt", f"root@{name}:~# ndctl list -D\n{DIMMS}") for number, name in enumerate(names)))
    assert [name for name, _ in found] == shown


def test_order_of_sources_changes_no_name():
    sources = [("1.txt", f"[root@ESX01:~] df\n{DF}"), ("2.txt", f"[root@esx01.a.net:~] df\n{DF}"), ("3.txt", f"[root@Esx01:~] df\n{DF}")]
    assert {name for name, _ in named(*sources)} == {name for name, _ in named(*reversed(sources))} == {"esx01.a.net"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [(DIMMS, "guest"), (DF, "host"), ("# hostname\nx\n", ""), ("# ls /vmfs/volumes/a\nb\n", "host"), ("# ls /mnt\nb\n", ""),
     ("UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n", "host"), ("# vmkfstools -J setuuid a.vmdk\n", "host"),
     ("Filesystem  Size  Used Avail Use% Mounted on\n/dev/pmem0  1G  1G  1G  1% /mnt\n", "guest")],
)  # fmt: skip
def test_a_part_is_a_hosts_or_a_guests_by_what_it_holds(text, kind):
    ((machine, *_),) = name_machines([("x.txt", "x.txt", read_source(text.encode()))])
    assert machine.kind == kind

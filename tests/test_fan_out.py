"""One file with the answers of many machines: each is its own machine's where a header says so, and nobody's else."""

from __future__ import annotations

import json
import random
import shlex

import fleet as fleets
import pytest

from reconcile.capture.read_source import read_source
from reconcile.capture.sources import Outcome, Source
from reconcile.facts.records import Dimm, Failure
from reconcile.inventory.site import gather
from reconcile.matching.match import match
from reconcile.matching.rows import Status


def dimms(*serials: str) -> str:
    """Return what ndctl prints of dimms with these serials."""
    return (
        json.dumps([{"dev": f"nmem{n}", "id": f"8902-{serial}", "handle": n, "phys_id": 0} for n, serial in enumerate(serials)], indent=2)
        + "\n"
    )


def ansible(answers):
    return "".join(f"{name} | CHANGED | rc=0 >>\n{text}" for name, text in answers)


def ansible_shell(answers):
    return f"me@jump:~$ ansible guests -b -a 'ndctl list -D'\n{ansible(answers)}me@jump:~$ df -h\nme@jump:~$ \n"


def ansible_old(answers):
    return "".join(f"{name} | success | rc=0 >>\n{text}\n" for name, text in answers)


def ansible_line(answers):
    return "".join(f"{name} | CHANGED | rc=0 | (stdout) {text.rstrip()!r}\n".replace("'", "") for name, text in answers)


def ansible_json(answers):
    return "".join(
        f"{name} | SUCCESS => {json.dumps({'changed': True, 'rc': 0, 'stdout': text, 'stdout_lines': text.split(chr(10))}, indent=4)}\n"
        for name, text in answers
    )


def ansible_json_without_lines(answers):
    return "".join(f"{name} | SUCCESS => {json.dumps({'rc': 0, 'stdout': text}, indent=4)}\n" for name, text in answers)


def clush(answers):
    return "".join(f"{'-' * 15}\n{name}\n{'-' * 15}\n{text}" for name, text in answers)


def dshbak(answers):
    return "me@jump:~$ pdsh -w 'g[1-9]' ndctl list -D | dshbak -c\n" + "".join(
        f"{'-' * 16}\n{name}\n{'-' * 16}\n{text}" for name, text in answers
    )


def pdsh(answers):
    return "".join(f"{name}: {line}\n" for name, text in answers for line in text.splitlines())


def pdsh_mixed(answers):
    """Let the lines of all machines come as they please, each machine's in order."""
    dice = random.Random("pdsh")
    lines = [[f"{name}: {line}\n" for line in text.splitlines()] for name, text in answers]
    return "".join(left.pop(0) for left in iter(lambda: dice.choice([one for one in lines if one] or [[""]]), [""]))


def salt(answers):
    return "".join(f"{name}:\n" + "".join(f"    {line}\n" for line in text.splitlines()) for name, text in answers)


def pssh(answers):
    return "".join(f"[{n}] 03:44:2{n % 10} [SUCCESS] admin@{name}:22\n{text}" for n, (name, text) in enumerate(answers, 1))


def loop(answers):
    return "".join(f"=== {name} ===\n{text}\n" for name, text in answers)


def loop_dashes(answers):
    return "".join(f"--- {name} ---\n{text}" for name, text in answers)


def loop_hashes(answers):
    return "".join(f"### {name}\n{text}" for name, text in answers)


def loop_labelled(answers):
    return "".join(f"***** Host: {name} *****\n{text}" for name, text in answers)


def loop_echo(answers):
    names = " ".join(name for name, _ in answers)
    return f"me@jump:~$ for h in {names}; do echo $h; ssh $h sudo ndctl list -D; done\n" + "".join(
        f"{name}\n{text}" for name, text in answers
    )


def bare(answers):
    return "".join(f"{name}\n{text}" for name, text in answers)


def pods(answers):
    return "".join(
        f"me@jump:~$ oc debug node/{name} -- chroot /host ndctl list -D\nStarting pod/{name}-debug ...\nTo use host binaries, run `chroot /host`\n{text}"
        "\nRemoving debug pod ...\n"
        for name, text in answers
    )


def files(answers):
    return "\n".join(f"==> guests/{name}.json <==\n{text}" for name, text in answers)


def headed_prompts(answers):
    return "".join(f"=== {name} ===\n# ndctl list -D\n{text}" for name, text in answers)


def playbook(answers):
    """Show each answer as the JSON that it is."""
    return "TASK [debug] *****\n" + "".join(
        f"ok: [{name}] => {json.dumps({'msg': json.loads(text)}, indent=4)}\n" for name, text in answers
    )


def playbook_lines(answers):
    return "".join(f"ok: [{name}] => {json.dumps({'said.stdout_lines': text.splitlines()}, indent=4)}\n" for name, text in answers)


def fabric(answers):
    return "".join(f"[{name}] out: {line}\n" for name, text in answers for line in text.splitlines())


def tagged(answers):
    return "".join(f"{name}\t{line}\n" for name, text in answers for line in text.splitlines())


def called(answers):
    return "".join(f"Host: {name}\n{text}\n" for name, text in answers)


def chapters(answers):
    return "".join(f"# Guest {name}\n\n```json\n{text}```\n\n" for name, text in answers)


def each(command: str):
    """Return a style: one remote command for each machine."""

    def poured(answers):
        return "".join(f"me@jump:~$ {command.format(name)}\n{text}" for name, text in answers) + "me@jump:~$ \n"

    poured.__name__ = command.split(maxsplit=1)[0]
    return poured


def jumps(answers):
    """Go to each machine, whose prompts name nobody, and back."""
    return "".join(
        f"me@jump:~$ ssh {name}\nLast login: Sun Nov 22 10:12:13 2026 from 192.0.2.1\n# ndctl list -D\n{text}# exit\nConnection to {name} closed.\n"
        for name, text in answers
    )


REMOTE = [
    each("ssh {} sudo ndctl list -D"),
    each("plink -batch root@{} ndctl list -D"),
    each("sshpass -p x ssh -tt ops@{} 'ndctl list -D'"),
    jumps,
]
STYLES = [
    *REMOTE, playbook, playbook_lines, fabric, tagged, called, chapters,
    ansible, ansible_shell, ansible_old, ansible_line, ansible_json, ansible_json_without_lines, clush, dshbak, pdsh, pdsh_mixed, salt, pssh, loop,
    loop_dashes, loop_hashes, loop_labelled, loop_echo, bare, pods, files, headed_prompts,
]  # fmt: skip
# Under these a reader cannot tell, so nothing may be matched to a machine's name.
WEAK = {
    "one prompt": lambda answers: "".join(f"guestvm $ ndctl list -D\n{text}" for _, text in answers),
    "one name": lambda answers: "".join(f"db $ ndctl list -D\n{text}" for _, text in answers),
    "pods": each("kubectl exec {} -- ndctl list -D"),
    "a loop without names": lambda answers: (
        "me@jump:~$ for h in $(cat list); do ssh $h ndctl list -D; done\n" + "".join(text for _, text in answers)
    ),
    "titles": lambda answers: "".join(f"Answer of number {n}\n{text}" for n, (_, text) in enumerate(answers)),
    "folded": lambda answers: f"{'-' * 15}\n{','.join(name for name, _ in answers)}\n{'-' * 15}\n{answers[0][1]}",
    "nothing": lambda answers: "".join(text for _, text in answers),
}


def site_of(files: dict[str, str]):
    outcomes = [Outcome(Source("s", name, name, name), read_source(text.encode(), in_path=None)) for name, text in sorted(files.items())]
    (site,) = gather(outcomes)
    return site, match(site.devices, site.vmdks, site.ties, site.folders)


def poured(seed: int, style) -> tuple[fleets.Fleet, dict[str, str]]:
    fleet = fleets.make(seed, collisions=False)
    dice = random.Random(seed)
    answers = [
        (guest, dimms(*(disk.uuid[-8:] if isinstance(disk, fleets.Disk) else disk for disk in disks)))
        for guest, disks in fleet.guests.items()
        if disks
    ]
    files = {
        f"h-{host}.txt": fleets.host_text(dice, host, [disk for disk in fleet.disks if disk.host == host])
        for host in {disk.host for disk in fleet.disks}
    }
    return fleet, files | ({"all.txt": style(answers)} if answers else {})


def found_and_true(seed: int, style):
    fleet, files = poured(seed, style)
    _, rows = site_of(files)
    pairs = {(row.device.guest, row.device.name): (row.vmdk.host, row.vmdk.path) for row in rows if row.status is Status.MATCHED}
    return pairs, {device: (disk.host, disk.path) for device, disk in fleet.truth().items() if device[1].startswith("nmem")}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_headers_that_name_find_every_pair_and_no_other(style):
    count = 0
    for seed in range(12):
        pairs, truth = found_and_true(seed, style)
        assert pairs == truth, seed
        count += len(pairs)
    assert count > 30


def truth_of(seed: int) -> set[str]:
    """Return the guests that have an answer."""
    return {guest for guest, disks in fleets.make(seed, collisions=False).guests.items() if disks}


@pytest.mark.parametrize("weak", WEAK)
def test_without_headers_no_device_is_given_to_a_machine_that_is_not_its_own(weak):
    for seed in range(12):
        pairs, truth = found_and_true(seed, WEAK[weak])
        for (guest, device), disk in pairs.items():
            assert (
                guest.startswith("(") or (guest in {"guestvm", "db"} and len(truth_of(seed)) == 1) or truth.get((guest, device)) == disk
            ), (
                seed,
                guest,
                device,
            )
            assert disk in truth.values()


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_every_line_of_such_a_file_is_accounted_for(style):
    answers = [("db01", dimms("206b080c")), ("web07", dimms("a2ebf260", "9d02aac4"))]
    reading = read_source(style(answers).encode())
    total = len(style(answers).splitlines())
    assert reading.ledger.lines == total
    assert not reading.unread
    assert reading.ledger.noise + reading.ledger.recognised == total
    shown = {record.dev + record.id: record.line for part in reading.parts for record in part.records if isinstance(record, Dimm)}
    lines = style(answers).splitlines()
    for dimm, line in shown.items():
        assert dimm[-8:] in "\n".join(lines[line - 1 : line + 3]), dimm


def failures(text: str) -> list[tuple[str, int, str]]:
    reading = read_source(text.encode())
    assert not any(
        isinstance(record, Dimm)
        for part in reading.parts
        if any(isinstance(one, Failure) for one in part.records)
        for record in part.records
    )
    return [(part.machine, record.line, record.text) for part in reading.parts for record in part.records if isinstance(record, Failure)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("db03 | FAILED | rc=127 >>\n/bin/sh: ndctl: command not foundnon-zero return code\n", ("db03", 2, "/bin/sh: ndctl: command not found")),
        (f"db03 | FAILED | rc=1 >>\n{dimms('0badcafe')}non-zero return code\n", ("db03", 2, "[")),
        ('db03 | UNREACHABLE! => {\n    "changed": false,\n    "msg": "Failed to connect to the host via ssh",\n    "unreachable": true\n}\n',
         ("db03", 1, "Failed to connect to the host via ssh")),
        ('db03 | FAILED! => {\n    "msg": "Missing sudo password"\n}\n', ("db03", 1, "Missing sudo password")),
        ("db03 | FAILED | rc=127 | (stdout)  (stderr) /bin/sh: ndctl: command not found\n", ("db03", 1, "/bin/sh: ndctl: command not found")),
        ("[1] 03:44:22 [FAILURE] db03 Exited with error code 127\nStderr: sh: ndctl: not found\n", ("db03", 2, "Stderr: sh: ndctl: not found")),
        ("db03:\n    Minion did not return. [No response]\n", ("db03", 2, "Minion did not return. [No response]")),
    ],
)  # fmt: skip
def test_a_failed_answer_is_an_error_of_its_machine_and_never_data(text, found):
    whole = text + f"db01 | CHANGED | rc=0 >>\n{dimms('206b080c')}" if "|" in text else text
    assert failures(whole) == [found]
    assert not read_source(whole.encode()).unread


@pytest.mark.parametrize(
    "text",
    [
        # Titles of one machine's own sections.
        f"=== dimms ===\n{dimms('206b080c')}=== mounts ===\n/dev/pmem0 on /mnt type ext4 (rw)\n",
        f"--- before ---\n{dimms('206b080c')}--- after ---\n{dimms('206b080c')}",
        f"### rack4\n{dimms('206b080c')}### rack5\n{dimms('206b080c')}",
        f"=== nmem0 ===\n{dimms('206b080c')}=== nmem1 ===\n{dimms('a2ebf260')}",
        f"=== 2026-11-22 ===\n{dimms('206b080c')}=== 2026-11-23 ===\n{dimms('a2ebf260')}",
        # A loop over a host's own folders, and over its disks.
        '[root@esx01:~] for v in db01 db02; do echo "== $v =="; ls -l /vmfs/volumes/ds/$v; done\n== db01 ==\ntotal 0\n== db02 ==\ntotal 0\n',
        "=== db01 ===\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n=== db02 ===\nUUID is 60 00 C2 9d 90 45 42 66-d7 cf ed f7 a2 eb f2 60\n",
        # Another machine's path.
        f"=== web07 ===\n{dimms('206b080c')}",
        f"-----\nweb07\n-----\n{dimms('206b080c')}",
        f"{'-' * 15}\nweb07\n{'-' * 15}\nfirst visit\n{dimms('206b080c')}",
        f"{'-' * 15}\nweb\n{'-' * 15}\n{dimms('206b080c')}",
        # Files of a machine, as head and tail show them.
        "==> /sys/bus/nd/devices/nmem0/nfit/id <==\n8902-206b080c\n",
        "ls: cannot access '/x': No such file or directory\nls: cannot access '/y': No such file or directory\n",
    ],
)  # fmt: skip
def test_what_may_be_a_title_names_no_machine(text):
    reading = read_source(text.encode(), in_path="appdb")
    assert "header" not in {part.named_by for part in reading.parts}


def test_a_header_outranks_the_path_and_what_is_said_inside_outranks_the_header():
    answer = dimms("206b080c")
    files = {
        "appdb.ndctl.txt": f"web07 | CHANGED | rc=0 >>\n{answer}",
        "x.txt": f"alias1 | CHANGED | rc=0 >>\nLinux db01 6.1.0 #1 SMP x86_64 GNU/Linux\n{answer}",
        "y.txt": f"=== alias2 ===\nroot@db02:~# ndctl list -D\n{answer}",
    }
    site, _ = site_of(files)
    assert [[(machine.name, machine.named_by) for machine in machines] for machines in site.facts.machines] == [
        [("web07", "header")], [("db01", "answer")] * 2, [("db02", "prompt")],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "machine"),
    [("Host: appdb", "appdb"), ("hostname=APPDB.corp.example", "APPDB.corp.example"), ("Guest: webdb", ""), ("# Host web07", "")],
)
def test_one_label_names_its_machine_where_the_path_does_not_say_another(said, machine):
    (part,) = read_source(f"{said}\n{dimms('206b080c')}".encode(), in_path="appdb").parts
    assert (part.machine, part.named_by) == (machine, "header" if machine else "nobody")


@pytest.mark.parametrize("dashes", [15, 16])
@pytest.mark.parametrize(("said", "machine"), [("web07", "web07"), ("appdb", "appdb"), ("webdb", ""), ("web[07-09]", "")])
def test_one_block_of_clush_or_dshbak_is_its_machines_whatever_the_path_says(dashes, said, machine):
    text = f"{'-' * dashes}\n{said}\n{'-' * dashes}\n{dimms('206b080c')}"
    reading = read_source(text.encode(), in_path="appdb")
    assert not reading.unread
    assert [(part.machine, part.named_by) for part in reading.parts] == [(machine, "header" if machine else "nobody")]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "db[01-03]", "db01,db02"])
def test_a_header_of_nobody_or_of_several_names_nobody(name):
    text = f"{'-' * 15}\n{name}\n{'-' * 15}\n{dimms('206b080c')}{'-' * 15}\nweb07\n{'-' * 15}\n{dimms('a2ebf260')}"
    if name in {"localhost", "127.0.0.1"}:
        text = f"{name} | CHANGED | rc=0 >>\n{dimms('206b080c')}web07 | CHANGED | rc=0 >>\n{dimms('a2ebf260')}"
    site, _ = site_of({"guests/appdb.txt": text})
    assert {machine.name for machines in site.facts.machines for machine in machines} == {"(guests/appdb.txt)", "web07"}


def test_what_a_tool_says_of_itself_is_no_answer():
    text = (
        "[WARNING]: Platform linux on host db01 is using the discovered Python interpreter\n"
        f"db01 | CHANGED | rc=0 >>\n{dimms('206b080c')}Shared connection to db01 closed.\n"
    )
    assert not read_source(text.encode()).unread


def test_the_shell_that_asked_is_nobody_elses_behind_the_answers():
    text = f"$ ansible all -a 'ndctl list'\ndb01 | CHANGED | rc=0 >>\n{dimms('206b080c')}$ ndctl list -D\n{dimms('a2ebf260')}"
    parts = read_source(text.encode()).parts
    assert [part.machine for part in parts] == ["db01", ""]


def test_the_shell_that_asked_ends_an_answer_whatever_its_prompt_ends_in():
    text = (
        f"(ops@hop) ansible all -a 'ndctl list'\ndb01 | CHANGED | rc=0 >>\n{dimms('206b080c')}(ops@web2) ndctl list -D\n{dimms('a2ebf260')}"
    )
    assert [part.machine for part in read_source(text.encode()).parts] == ["db01", "web2"]


@pytest.mark.parametrize("ident", ["36000c29d0c1b2a394857667584930211", "8902-0a0b0c0d", "naa.6000c29d0c1b2a394857667584930211"])
def test_an_id_in_front_of_what_begins_like_json_is_no_machine(ident):
    text = f"{{ops@db01}} scsi_id -g -u -d /dev/sda\n{ident}\n{{ops@db01}} ndctl list -D\n{dimms('206b080c')}"
    assert {part.machine for part in read_source(text.encode()).parts} == {"db01"}
    assert "header" not in {
        part.named_by for part in read_source(f"{ident}\n{dimms('206b080c')}x1\n{dimms('a2ebf260')}".encode()).parts[:1]
    }


def test_a_script_that_is_shown_is_no_answer():
    line = shlex.join(["for", "h", "in", "a", "b"])
    assert not any(part.named_by == "header" for part in read_source(f"{line}; do echo === $h ===; done\n".encode()).parts)


TWO = (dimms("5d20c7e1"), dimms("09be44f3"))
PROMPT = "ops@hop:~$ "


def guests_of(text: str) -> list[str]:
    site, _ = site_of({"all.log": text})
    return [device.guest for device in site.devices]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("for h in ledger1 ledger2; do ssh $h ndctl list -D; echo $h; done", "{0}ledger1\n{1}ledger2\n"),
        ('for h in ledger1 ledger2; do ssh $h ndctl list -D; echo "== $h"; done', "{0}== ledger1\n{1}== ledger2\n"),
        ('for h in ledger1 ledger2; do ssh $h ndctl list -D; echo "== $h"; done', "Connection refused\n== ledger1\n{1}== ledger2\n"),
        ("for h in `cat list`; do ssh $h 'ndctl list -D; hostname'; done", "{0}ledger1\n{1}ledger2\n"),
        ("./ask-all.sh", "{0}=== ledger1\n{1}=== ledger2\n"),
        ("ssh ledger1 'hostname; ndctl list -D'; ssh ledger2 ndctl list -D", "ledger1\n{0}{1}"),
        ("ssh ledger1 ndctl list -D; hostname; ssh ledger2 ndctl list -D", "{0}hop\n{1}"),
        ("hostname; ssh ledger1 ndctl list -D", "hop\n{0}"),
        ("ssh relay 'hostname; ssh ledger1 ndctl list -D'", "relay\n{0}"),
        ("echo ledger1; ssh ledger1 ndctl list -D; ssh ledger2 ndctl list -D", "ledger1\n{0}{1}"),
        ("", "{0}=== ledger1\n{1}=== ledger2\n{2}=== ledger3\n"),
        ("", "{0}==> ledger1 <==\n{1}==> ledger2 <==\n"),
        ('for h in ledger1 ledger2; do cat $h.json; echo "==> $h <=="; done', "{0}==> ledger1 <==\n{1}==> ledger2 <==\n"),
        ("for h in `cat list`; do ssh $h ndctl list -D; ./title.sh $h; done", "{0}-----\nledger1\n-----\n{1}-----\nledger2\n-----\n"),
    ],
)
def test_a_name_that_stands_behind_its_answer_or_is_another_machines_names_nobody(command, answer):
    text = answer.format(*TWO, dimms("71aa0b6c"))
    text = f"{PROMPT}{command}\n{text}{PROMPT}\n" if command else text
    found = guests_of(text)
    assert found
    assert all(guest.startswith("(all.log") for guest in found), found


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("for h in ledger1 ledger2; do ssh $h hostname; ssh $h ndctl list -D; done", "ledger1\n{0}ledger2\n{1}"),
        ("for h in $(cat list); do echo $h; ssh relay ssh $h ndctl list -D; done", "ledger1\n{0}ledger2\n{1}"),
        ('for h in ledger1 ledger2; do echo "== $h"; ssh $h ndctl list -D; echo; done', "== ledger1\n{0}\n== ledger2\n{1}\n"),
        ("ssh ledger1 'hostname; ndctl list -D'; ssh ledger2 'hostname; ndctl list -D'", "ledger1\n{0}ledger2\n{1}"),
        ("./ask-all.sh", "=== ledger1\n{0}=== ledger2\n{1}"),
    ],
)
def test_a_name_in_front_of_its_answer_names_its_machine(command, answer):
    assert sorted(guests_of(f"{PROMPT}{command}\n{answer.format(*TWO)}{PROMPT}\n")) == ["ledger1", "ledger2"]

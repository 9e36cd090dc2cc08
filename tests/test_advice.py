"""`check`: what was taken away is what is named, and what it advises gives it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_site import GUEST, PAIR
from whole_site import as_files, as_sessions, sections

from reconcile import match, read
from reconcile.facts.path_names import name_in_path
from reconcile.findings.advice import shell_commands as shell
from reconcile.findings.advice.needs import Lacks
from reconcile.findings.advice.shell_commands import Tools

SEEDS = range(5)
CASES = sorted((Path(__file__).parent / "cases").iterdir())
LAYOUTS = {"files": as_files, "sessions": as_sessions}


def advice_of(folder):
    return match(read(folder, keep=False)).advice()


def keys(advice):
    return {(need.lacks.value, need.machine, need.subjects) for need in advice.needs}


def lacking(advice):
    return {(need.lacks.value, need.machine) for need in advice.needs}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_site_of_which_all_was_captured_lacks_nothing(captures, run, seed, layout):
    folder = captures(LAYOUTS[layout](sections(seed)))
    assert keys(advice_of(folder)) == set()
    ran = run("check", folder)
    assert (ran.code, ran.out.split("\n")[0]) == (0, "COMPLETE: a report would need nothing more.")
    assert run("report", folder, "-o", "-", "-q").code == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_command_taken_away_is_named_and_nothing_else(captures, seed, layout):
    whole = sections(seed)
    for number, taken in enumerate(whole):
        folder = captures(LAYOUTS[layout](whole[:number] + whole[number + 1 :]), f"{layout}{number}")
        advice = advice_of(folder)
        assert lacking(advice) == {(taken.lacks, taken.machine)}, taken.command
        assert advice.exit_code == (1 if taken.lacks in {"datastores", "listing", "uuids", "dimms"} else 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_machine_taken_away_is_named_by_what_the_others_know_of_it(captures, seed):
    whole = sections(seed)
    for machine in dict.fromkeys(one.machine for one in whole):
        advice = advice_of(captures(as_sessions([one for one in whole if one.machine != machine]), f"without {machine}"))
        kind = next(one.side for one in whole if one.machine == machine)
        others = {one.side for one in whole if one.machine != machine}
        assert lacking(advice) == {(kind, "")}
        if kind == "host" and others == {"host", "guest"}:
            guests = {guest for need in advice.needs for guest in need.subjects}
            vms = {line.split("/")[4].replace(" ", "") for one in whole if (one.machine, one.lacks) == (machine, "uuids")
                   for line in one.text.split("\n") if line.startswith("/")}  # fmt: skip
            assert guests == {f"guest-{vm}" for vm in vms}


SAMPLE = {
    "guests/app02.txt": ("guest", ""), "guests/db02.ndctl.json": ("guest", ""), "guests/web03.txt": ("guest", ""),
    "guests/db01/df-h.txt": ("mounts", "db01"), "guests/db01/ndctl-list-NRD.json": ("dimms", "db01"),
    "hosts/esx01.txt": ("host", ""), "hosts/esx02/df.txt": ("datastores", "esx02"),
    "hosts/esx02/ls-lR.txt": ("listing", "esx02"), "hosts/esx02/getuuid.txt": ("uuids", "esx02"),
}  # fmt: skip


@pytest.mark.parametrize("file", SAMPLE)
def test_each_file_taken_from_the_sample_is_named(root, tmp_path, file):
    site = root / "samples" / "site"
    shutil.copytree(site, tmp_path / "site")
    (tmp_path / "site" / file).unlink()
    new = keys(advice_of(tmp_path / "site")) - keys(advice_of(site))
    assert {(lacks, machine) for lacks, machine, _ in new if lacks != "look"} == {SAMPLE[file]}


STORE = "/vmfs/volumes/PMemDS-3f0c7a52-91d4-4e0b-b6a7-5d2e18c4f963"
PROMPT = re.compile(r"\[root@esx01:([^\]]+)\] ?(.*)")


def expected_of(where, command):
    """Return what the sample's host lacks without a command that was run in a directory."""
    if command == "df -h":
        return {("datastores", ())}
    if command in {"ls", "ls -l"}:
        return {("listing", (where,))}
    return {("uuids", (f"{where}/{command.split()[-1]}",))} if "getuuid" in command else set()


def test_each_command_taken_from_the_samples_session_is_named(root, tmp_path):
    site = root / "samples" / "site"
    before = {(need.lacks.value, need.machine, need.subjects) for need in advice_of(site).needs}
    lines = (site / "hosts" / "esx01.txt").read_text().split("\n")
    starts = [number for number, line in enumerate(lines) if PROMPT.match(line)]
    seen = set()
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        folder = tmp_path / f"site{start}"
        shutil.copytree(site, folder)
        (folder / "hosts" / "esx01.txt").write_text("\n".join(lines[:start] + lines[stop:]))
        where, command = PROMPT.match(lines[start]).groups()
        new = {(lacks, subjects) for lacks, machine, subjects in keys(advice_of(folder)) - before if machine == "esx01" and lacks != "look"}
        assert new == expected_of(where, command), lines[start]
        seen |= {lacks for lacks, _ in new}
    assert seen == {"datastores", "listing", "uuids"}


def test_a_datastore_of_which_only_folders_were_listed_may_have_others(captures):
    text = f"[root@esx01:~] df\nFilesystem Bytes Used Available Use% Mounted on\nPMEM 100 10 90 10% {STORE}\n"
    text += f"[root@esx01:{STORE}/db01] ls -l\ntotal 0\n-rw-------    1 root     root     1073741824 Nov 18 09:12 db01.vmdk\n"
    text += f"[root@esx01:{STORE}/db01] vmkfstools -J getuuid db01.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    needs = advice_of(captures({"db01.txt": GUEST, "esx01.txt": text})).necessary
    assert [(need.lacks, need.machine, need.subjects) for need in needs] == [("listing", "esx01", (STORE,))]


def test_the_sample_has_no_other_file(root):
    site = root / "samples" / "site"
    assert {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} == set(SAMPLE)


STAND_INS = """
vmkfstools() { cat "$3"; }
df() { cat "$ANSWERS/df"; }
ndctl() { cat "$ANSWERS/ndctl"; }
lsblk() { cat "$ANSWERS/lsblk"; }
uname() { echo "Linux other 6.1.0 #1 SMP"; }
"""


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@pytest.mark.parametrize("seed", [0, 1])
def test_what_check_advises_gives_what_is_missing(captures, tmp_path, seed):
    whole = sections(seed)
    for number, taken in enumerate(whole):
        if taken.lacks == "namespaces":
            continue
        folder = captures(as_files(whole[:number] + whole[number + 1 :]), f"lacking{number}")
        (need,) = advice_of(folder).needs
        answers, out, volumes = (tmp_path / f"{name}{number}" for name in ("answers", "out", "volumes"))
        answers.mkdir()
        out.mkdir()
        for one in whole:
            if one.machine == taken.machine:
                (answers / one.word.partition("-")[0]).write_text(one.text)
            if one.machine == taken.machine and one.lacks == "uuids":
                lines = one.text.rstrip("\n").split("\n")
                for path, answer in zip(lines[::2], lines[1::2], strict=True):
                    file = volumes / path.removeprefix("/vmfs/volumes/")
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(f"{answer}\n")
        if taken.lacks == "dimms":
            (answers / "ndctl").write_text(taken.text)
        script = need.command.replace("/vmfs/volumes", str(volumes)).replace("> /tmp/", f"> {out}/")
        ran = subprocess.run(  # noqa: S603
            ["sh", "-c", STAND_INS + script],  # noqa: S607
            env={"ANSWERS": str(answers), "PATH": "/bin:/usr/bin", "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        assert ran.stderr == b""
        for file in out.iterdir():
            (folder / file.name).write_text(file.read_text().replace(str(volumes), "/vmfs/volumes"))
        assert lacking(advice_of(folder)) == set(), (taken.lacks, script)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_check_is_content_only_where_the_report_is(case):
    result = match(read(case / "input", site="case"))
    advice = result.advice()
    assert advice.exit_code >= result.exit_code
    assert all(need.command or need.advice or need.source for need in advice.necessary)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_terminal_of_80_columns_shows_it_and_no_word_is_cut(case, run):
    ran = run("check", case / "input")
    for line in ran.out.split("\n"):
        assert len(line) < 80 or len(line.split()) <= 2 or line.startswith("    "), line
    told = "".join(ran.out.split())
    for need in match(read(case / "input")).advice().needs:
        assert "".join(need.message.split()) in told
        assert "".join(need.command.split()) in told


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
def test_every_command_is_right_for_a_shell():
    commands = {need.command for case in CASES for need in match(read(case / "input")).advice().needs if need.lacks.value != "answer"}
    for command in commands:
        assert subprocess.run(["sh", "-n", "-c", command], capture_output=True, check=False).returncode == 0, command  # noqa: S603, S607


def test_a_datastore_that_only_a_listing_of_the_volumes_shows_is_named(captures):
    text = "[root@esx01:~] ls /vmfs/volumes\nPMemDS-2\n[root@esx01:~] hostname\nesx01\n"
    needs = [need for need in advice_of(captures({**PAIR, "more.txt": text})).needs if need.lacks == "listing"]
    assert [(need.machine, need.subjects) for need in needs][-1:] == [("esx01", ("/vmfs/volumes/PMemDS-2",))]


def test_cut_failed_unreadable_and_nameless_captures_come_first(captures, run):
    files = {
        **PAIR,
        "web01.ndctl.json": '{"dimms":[{"dev":"nmem0","id":"8902-00012345"},\n{"dev":"nm',
        "app01.txt": "root@app01:~# ndctl list -D\nbash: ndctl: command not found\n",
        "host.txt": "/vmfs/volumes/PMemDS-1/x/x.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d\n",
        "old.7z": b"7z\xbc\xaf\x27\x1crest",
        "empty.txt": "",
    }
    folder = captures(files)
    needs = advice_of(folder).needs
    by_lacks = {need.lacks.value: need for need in reversed(needs)}
    assert [need.lacks.value for need in needs][:3] == ["source", "again", "answer"]
    assert (by_lacks["again"].machine, by_lacks["again"].command) == ("web01", "ndctl list -DRNi > /tmp/web01.ndctl.json 2>&1")
    assert (by_lacks["answer"].machine, by_lacks["answer"].command) == (
        "app01",
        "grep . /sys/bus/nd/devices/nmem*/nfit/id > /tmp/app01.ndctl.txt 2>&1",
    )
    assert "--machines" in by_lacks["name"].advice
    ran = run("check", folder)
    assert ran.code == 2
    assert "reconcile script guest" in ran.out
    assert "empty.txt is empty" in ran.out


def test_sums_that_differ_are_said(captures, run):
    ran = run("check", captures({**PAIR, "SHA256SUMS": f"{'0' * 64}  db01.txt\n{'1' * 64}  gone.txt\n"}))
    assert ran.code == 1
    assert "[sum-differs]" in ran.out
    assert "[listed-file-missing]" in ran.out
    assert "lists of sums: 1 differs, 1 list, 1 not listed" in ran.out


def test_json_says_the_same(captures, run):
    folder = captures({"db01.txt": GUEST})
    ran = run("check", folder, "--format", "json")
    told = json.loads(ran.out)
    assert ran.code == 1
    assert [(need["lacks"], need["machine"]) for need in told["needs"]] == [
        (need.lacks.value, need.machine) for need in advice_of(folder).needs
    ]
    assert told["machines"][0]["name"] == "db01"


@pytest.mark.parametrize("machine", ["esx01", "esx01.lab.example", "host1", "db-01", "10.0.0.1", "vm_7"])
def test_the_file_that_is_advised_says_whose_it_is(machine):
    for word in ("df", "ls", "getuuid", "ndctl", "lsblk", "findmnt"):
        file = shell.file_for(machine, word)
        assert not file or name_in_path(file.rpartition("/")[2]) == machine
    assert shell.file_for("db-01", "ndctl", "json").endswith("/db-01.ndctl.json")


@pytest.mark.parametrize("name", ["a b.vmdk", "it's.vmdk", "$(x).vmdk", "-rf.vmdk", "a\nb.vmdk", "\x1b[2J.vmdk", "*.vmdk"])
def test_odd_names_are_quoted_and_nothing_in_them_runs_or_moves_the_cursor(tmp_path, name):
    (tmp_path / name).write_text("")
    words = shell.quoted(name)
    assert words.isprintable()
    printed = subprocess.run(["sh", "-c", f"cd '{tmp_path}'; printf %s ./{words}"], capture_output=True, check=True).stdout  # noqa: S603, S607
    assert printed.decode() == f"./{name}"


def test_check_loads_neither_numpy_nor_pandas_nor_openpyxl(root):
    script = (
        "import sys; sys.argv = ['reconcile', 'check', 'samples/site']\n"
        "from reconcile.commands.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pandas', 'openpyxl')))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, check=False).returncode == 0  # noqa: S603


EVERY_CASE = sorted((Path(__file__).parent / "cases").iterdir())


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.name)
def test_what_is_complete_gives_a_report_that_needs_nobody(case):
    result = match(read(case / "input", site="case"))
    advice = result.advice()
    assert advice.exit_code or not result.exit_code
    assert all(need.necessary for need in advice.needs if need.settles)


def lsblk_of(guest: str, serial: str) -> str:
    disk = f'{{"blockdevices":[{{"name":"sda","serial":"{serial}","size":1073741824,"type":"disk"}}]}}'
    return f"[root@{guest} ~]# lsblk -J -b -o NAME,SERIAL,SIZE,TYPE\n{disk}\n"


def test_a_scsi_disk_whose_host_was_not_captured_is_no_complete_capture(captures):
    host = (
        "[root@esx31:~] df -h\nFilesystem   Size   Used Available Use% Mounted on\nVMFS-6     100.0G   2.0G     98.0G   2% /vmfs/volumes/fast\n"
        "[root@esx31:/vmfs/volumes/fast/hr] vmkfstools -J getuuid hr.vmdk\nUUID is 60 00 c2 9b 01 02 03 04-05 06 07 08 09 0a 0b 0c\n"
    )
    files = {
        "esx31.txt": host,
        "hr01.txt": lsblk_of("hr01", "6000c29b0102030405060708090a0b0c"),
        "hr02.txt": lsblk_of("hr02", "6000c29b010203040506070811223344"),
    }
    result = match(read(captures(files)))
    (need,) = [need for need in result.advice().necessary if "host-not-captured" in need.settles]
    assert (need.lacks, need.subjects) == (Lacks.HOST, ("hr02",))
    assert "1 disk with no vmdk" in need.message
    assert "/vmfs/volumes/*/*/*.vmdk" in need.command
    # Its dimms are asked for as what it may not have.
    assert {need.necessary for need in result.advice().needs if need.lacks is Lacks.DIMMS} <= {False}


def test_no_tool_is_advised_that_the_guest_has_not(captures):
    files = {
        "hr03.txt": "[root@hr03 ~]# ndctl list -D\n-bash: ndctl: command not found\n[root@hr03 ~]# df -h\nFilesystem Size Used Avail Use% Mounted on\n/dev/pmem0 1008M 2.0M 955M 1% /redo\n"
    }
    files["hr04.txt"] = (
        '[root@hr04 ~]# ndctl list -D\n[{"dev":"nmem0","id":"8902-0a0b0c0d"}]\n[root@hr04 ~]# lsblk -J\n-bash: lsblk: command not found\n'
    )
    commands = {
        machine: "\n".join(need.command for need in match(read(captures(files))).advice().needs if need.machine == machine)
        for machine in ("hr03", "hr04")
    }
    assert "ndctl list" not in commands["hr03"]
    assert "/sys/bus/nd/devices/nmem*/nfit/id" in commands["hr03"]
    assert "lsblk" not in commands["hr04"].replace("ls -l /dev/disk/by-id/", "")


def test_where_no_guest_was_captured_its_scsi_disks_are_asked_for_too(captures):
    host = "[root@esx32:~] vmkfstools -J getuuid /vmfs/volumes/fast/hr/hr.vmdk\nUUID is 60 00 c2 9b 01 02 03 04-05 06 07 08 09 0a 0b 0c\n"
    (need,) = [need for need in match(read(captures({"esx32.txt": host}))).advice().needs if "no-guest-capture" in need.settles]
    assert "lsblk -J -b -O" in need.advice
    assert "ndctl list -DRNi" in need.advice


@pytest.mark.parametrize(
    ("guest", "commands"),
    [
        ("root@hr05:~# sg_inq /dev/sda\n Unit serial number: {}\n", ["lsblk -J -b -O > /tmp/hr05.lsblk.json 2>&1"]),
        ("C:\\> wmic diskdrive get serialnumber\nSerialNumber\n{}\n", [""]),
        ("PS C:\\> hostname\nHR06\nPS C:\\> Invoke-Command HR07 {{ Get-Disk }}\n{}\n", [""]),
    ],
)
def test_digits_not_read_are_asked_for_again_where_they_were_asked(captures, guest, commands):
    """Nothing of Linux is advised for Windows, and no file is called after a machine without a name."""
    host = "[root@esx32:~] vmkfstools -J getuuid /vmfs/volumes/fast/hr/hr.vmdk\nUUID is 60 00 c2 9b 01 02 03 04-05 06 07 08 09 0a 0b 0c\n"
    files = {"esx32.txt": host, "all.txt": guest.format("6000c29b0102030405060708090a0b0c")}
    needs = [need for need in match(read(captures(files))).advice().needs if "digits-unread" in need.settles]
    assert [need.command for need in needs] == commands
    assert all(need.command or "Get-PhysicalDisk" in need.advice for need in needs)


@pytest.mark.parametrize("left", [True, False])
def test_a_guest_that_was_asked_for_one_dimm_is_asked_for_all(captures, left):
    home = "[root@esx44:/vmfs/volumes/PMemDS-0b7e3f15-64aa-4c02-9d8e-17f5a2c3b690/till]"
    asked = [("till.vmdk", "5a 10 e2 07")] + [("till_1.vmdk", "77 3c 91 b4")] * left
    host = "".join(f"{home} vmkfstools -J getuuid {name}\nUUID is 60 00 C2 9d 41 f0 2a 86-b3 1e 70 c5 {end}\n" for name, end in asked)
    guest = '[\n  {"dev":"nmem2", "id":"8902-5a10e207"}\n]\n'
    folder = captures({"esx44.txt": host, "till/ndctl-list-D-d-nmem2.json": guest})
    result = match(read(folder))
    assert set(result.findings["rule"]) == ({"guest-not-captured"} if left else set())
    (need,) = [need for need in result.advice().needs if need.lacks is Lacks.DIMMS]
    assert (need.machine, need.necessary, "ndctl list" in need.command) == ("till", left, True)
    assert not [need for need in result.advice().needs if need.lacks is Lacks.GUEST]


@pytest.mark.parametrize(
    "error",
    [
        "-bash: ndctl: command not found", "sudo: ndctl : commande introuvable", "-bash: ndctl: Kommando nicht gefunden.", "bash: ndctl: orden no encontrada",
        "bash: ndctl: \u672a\u627e\u5230\u547d\u4ee4", "Command 'ndctl' not found, but can be installed with:",
        "La commande \u00ab ndctl \u00bb n'a pas \u00e9t\u00e9 trouv\u00e9e, mais peut \u00eatre install\u00e9e avec :",
    ],
)  # fmt: skip
def test_a_tool_that_is_missing_is_known_in_any_language(captures, error):
    site = read(captures({"hr07.txt": f"[root@hr07 ~]# ndctl list -D\n{error}\n[root@hr07 ~]# hostname\nhr07\n"})).sites[0]
    assert not Tools(site).has("hr07", "ndctl")
    assert Tools(site).has("hr07", "lsblk")

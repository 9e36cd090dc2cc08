"""Error messages are known as such, and names, answers and rows are not taken for them."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Failure
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.failures import FAILED_TO_OPEN, is_failure

FAILURES = [
    "sh: ndctl: not found", "-bash: ndctl: command not found", "bash: line 1: vmkfstools: command not found", "-sh: cd: can't cd to vm 1",
    "ls: sql-000001.vmdk: No such file or directory", "df: /nowhere: can't find mount point", "sudo: a password is required",
    "ls: cannot access 'x y': No such file or directory", "vmkfstools: unrecognized option",
    "ndctl-76.1: filter_dimm: 12: x", "Failed to open 'a.vmdk' : The parent of this virtual disk could not be opened (23).",
    "Failed to open \u2018a b.vmdk\u2019 : The system cannot find the file specified (25).", "Failed to open 'x': y (67).",
    "Failed to lock the file (16392)", "Failed to lock the file (40003).",
    'DISKLIB-LINK : "/vmfs/volumes/x/a.vmdk" : failed to open (no).', "DISKLIB-LIB : Failed to open 'a.vmdk' with flags 0x17", "  Error: unknown switch `Z'", "Unknown command: 'lsit'",
    "no matching devices found", "failed to create namespace: No space left on device", "nmem3 is active, skipping...",
    "error destroying namespaces: Device or resource busy", "libndctl: ndctl_namespace_enable: namespace1.0: failed to enable",
    "Error when running esxcli, return status was: 1", "Permission denied (publickey,password).", "Operation not permitted",
    "Host key verification failed.", "ssh: connect to host x port 22: Connection refused", "Killed", "Segmentation fault (core dumped)",
]  # fmt: skip
NO_FAILURES = [
    "", " ", "a.vmdk", "ls", "df.vmdk", "Killed by accident.vmdk", "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c", "total 8",
    '  "dev":"nmem0",', "/vmfs/volumes/PMemDS-1/vm:", "VMFS-6  1.0G 0 1.0G 0% /vmfs/volumes/a", "Linux db01 6.1.0-56-amd64 #1 SMP x",
    "Failed.vmdk", "Error.vmdk", "nmem0", "region0", "[", "disabled 1 nmem", "namespace0.0", "shell: x.vmdk", "finder: a.vmdk",
    'DISKLIB-VMFS : "./a-delta.vmdk" : closed.',
]  # fmt: skip


@pytest.mark.parametrize("line", FAILURES)
def test_an_error_message_is_a_failure(line):
    assert is_failure(line)


@pytest.mark.parametrize("line", NO_FAILURES)
def test_what_is_data_is_no_failure(line):
    assert not is_failure(line)


@pytest.mark.parametrize("line", FAILURES)
@pytest.mark.parametrize(
    "command", ["ndctl list -D", "vmkfstools -J getuuid a.vmdk", "df -h", "ls -l", "ls", "hostname", "pwd", "uname -a"]
)
def test_an_error_instead_of_output_is_a_finding_and_never_data(command, line):
    """Each command of the vocabulary, each message: one failure, with its command, and no fact that the message made."""
    reading = read_source(f"[root@esx01:~] {command}\n{line}\n".encode())
    found = [record for part in reading.parts for record in part.records]
    assert [record for record in found if isinstance(record, Failure)] == [Failure(2, command, line.strip())]
    assert {type(record).__name__ for record in found} <= {"Failure", "Asked", "Listed"}
    assert reading.ledger.not_understood == 0
    assert {part.machine for part in reading.parts} == {"esx01"}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Failed to open 'a.vmdk' : The system cannot find the file specified (25).", "a.vmdk"),
        ("Failed to open '/vmfs/volumes/x/it's a.vmdk' : no (25).", "/vmfs/volumes/x/it's a.vmdk"),
        ("Failed to open \u2018a b.vmdk\u2019 : no (25).", "a b.vmdk"), ('Failed to open disk "a.vmdk": no', "a.vmdk"),
    ],
)  # fmt: skip
def test_the_message_that_names_the_disk_gives_its_name(line, name):
    found = FAILED_TO_OPEN.match(line)
    assert found
    assert found[1].strip() == name


def test_the_failures_of_real_tools_are_known(shared):
    """What real commands wrote to their error streams, in a file of its own: no line of it is data."""
    folder = shared / "qemu"
    files = [
        *folder.glob("g*/s3_destroy_mounted.txt"), *folder.glob("g*/s2_create_nospace.txt"), *folder.glob("g*/s2_check_namespace.txt"),
        *folder.glob("g*/list_badopt_short.txt"), *folder.glob("g*/ndctl_typo.txt"), folder / "busybox" / "ls_missing.stderr.txt",
        folder / "busybox" / "df_h_missing.stderr.txt",
    ]  # fmt: skip
    assert len(files) > 5
    for file in files:
        reading = read_source(file.read_bytes())
        assert {type(record) for part in reading.parts for record in part.records} <= {Failure}, file.name


@pytest.mark.parametrize(
    "line",
    [
        "Command 'ndctl' not found, but can be installed with:", "La commande \u00ab lsscsi \u00bb n'a pas \u00e9t\u00e9 trouv\u00e9e, mais peut \u00eatre install\u00e9e avec :",
        "Befehl \u00bbndctl\u00ab nicht gefunden.", "Der Befehl 'ndctl' wurde nicht gefunden.", "No se ha encontrado la orden \u00abndctl\u00bb, pero se puede instalar con:",
        "Comando \u00abndctl\u00bb non trovato", "Comando 'ndctl' n\u00e3o encontrado", "\u30b3\u30de\u30f3\u30c9 'ndctl' \u304c\u898b\u3064\u304b\u308a\u307e\u305b\u3093",
        "\u627e\u4e0d\u5230\u547d\u4ee4 \u201cndctl\u201d\uff0c\u4f46\u53ef\u4ee5\u901a\u8fc7\u4ee5\u4e0b\u8f6f\u4ef6\u5305\u5b89\u88c5\u5b83\uff1a", "bash: ndctl: Kommando nicht gefunden.", "sudo: ndctl : commande introuvable",
        "Get-PhysicalDisk : Zugriff verweigert", "Get-PhysicalDisk : The term 'Get-PhysicalDisk' is not recognized as the name of a cmdlet",
    ],
)  # fmt: skip
def test_an_error_message_in_any_of_the_languages(line):
    assert is_failure(line)


@pytest.mark.parametrize(
    "line", ["Befehl.vmdk", "Command line", "Comando", "La commande", "SerialNumber : 6000c29d0c1b2a394857667584930211"]
)
def test_words_of_those_languages_alone_are_none(line):
    assert not is_failure(line)


@pytest.mark.parametrize("line", ["[sudo] Mot de passe de admin : ", "[sudo] Passwort f\u00fcr admin:", "[sudo] contrase\u00f1a para admin:", "[sudo] admin \u7684\u5bc6\u7801\uff1a", "[sudo] senha para admin: "])  # fmt: skip
def test_sudos_question_is_a_terminals_talk(line):
    assert is_chatter(line)


@pytest.mark.parametrize(
    ("command", "line", "rule"),
    [
        ("htop", "-bash: htop: command not found", "not-read"),
        ("systemctl status foo", "Failed to open 'x': no (25).", "not-read"),
        ("uptime", "Permission denied", "not-read"),
        ("cat /etc/motd", "cat: /etc/motd: No such file or directory", "not-read"),
        ("grep x /etc/hosts", "grep: /etc/hosts: Permission denied", "not-read"),
        # Of disks, or of what may have kept an answer back.
        ("nvme list", "-bash: nvme: command not found", "command-failed"),
        ("ndctl list -D", "-bash: ndctl: command not found", "command-failed"),
        ("cat a.vmdk", "cat: a.vmdk: Device or resource busy", "command-failed"),
        ("sudo htop", "sudo: a password is required", "command-failed"),
        ("cd /vmfs/volumes/x", "-sh: cd: can't cd to /vmfs/volumes/x", "command-failed"),
        ("ssh db02 ndctl list", "Permission denied (publickey,password).", "command-failed"),
    ],
)
def test_an_error_of_a_command_that_is_of_no_disk_is_a_note(captures, command, line, rule):
    found = match(read(captures({"db01.txt": f"[root@db01 ~]# hostname\ndb01\n[root@db01 ~]# {command}\n{line}\n"}))).all_findings
    (one,) = (finding for finding in found if finding.rule.name in {"not-read", "command-failed"})
    assert one.rule.name == rule
    assert one.rule.severity == ("note" if rule == "not-read" else "warning")


CHATTER = [
    "[sudo] Mot de passe de admin : ", "[sudo] Passwort f\u00fcr admin: ", "[sudo] admin \u7684\u5bc6\u7801\uff1a", "Sorry, try again.", "D\u00e9sol\u00e9, essayez de nouveau.",
    "Letzte Anmeldung: Mo M\u00e4r  2 10:00:00 2026 von 192.0.2.4", "\u4e0a\u6b21\u767b\u5f55\uff1a\u65e5 3\u6708  1 10:00:00 2026", "sudo apt install ndctl", "yum install ndctl",
    "Reading package lists... Done", "E: Unable to locate package ndctl", "No package ndctl available.", "Last metadata expiration check: 0:12:01 ago on Mon 02 Mar 2026.",
]  # fmt: skip


@pytest.mark.parametrize("line", CHATTER)
def test_what_logins_and_package_managers_say_is_no_answer_in_any_language(line):
    reading = read_source(f"[root@db01 ~]# ndctl list -D\n{line}\n[root@db01 ~]# hostname\ndb01\n".encode())
    assert reading.unread == ()
    assert [record.name for part in reading.parts for record in part.records] == ["db01"]

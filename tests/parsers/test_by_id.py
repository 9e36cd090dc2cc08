"""Links of /dev/disk/by-id wherever they stand: each names one device, and a line that tells less is unread and never lost."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Disk

FIRST, SECOND = "6000c29d0c1b2a394857667584930211", "6000c2917263544536271809fedcba98"
LONG = (
    f"lrwxrwxrwx 1 root root  9 Mar 14 07:31 scsi-3{FIRST} -> ../../sdc\n"
    f"lrwxrwxrwx 1 root root 10 Mar 14 07:31 scsi-3{FIRST}-part2 -> ../../sdc2\n"
    f"lrwxrwxrwx 1 root root  9 Mar 14 07:31 wwn-0x{SECOND} -> ../../sdaa\n".replace("  9 Mar 14 07:31 wwn", " 10 Mar 14 07:31 wwn")
)
SHORT = f"scsi-3{FIRST} -> ../../sdc\nscsi-3{FIRST}-part2 -> ../../sdc2\nwwn-0x{SECOND} -> ../../sdaa\n"
EXPECTED = {("sdc", "disk", f"3{FIRST}", ""), ("sdc2", "part", f"3{FIRST}", ""), ("sdaa", "disk", "", f"0x{SECOND}")}
PROMPT = "[root@ora3 ~]# "


def disks(text: str):
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    found = {
        (record.device, record.kind, record.serial, record.wwn)
        for part in reading.parts
        for record in part.records
        if isinstance(record, Disk)
    }
    return found, reading


@pytest.mark.parametrize(
    "text",
    [
        f"total 0\n{LONG}",
        LONG,
        f"{PROMPT}ls -l /dev/disk/by-id\nOutput:\n\ntotal 0\n{LONG}",
        f"{PROMPT}ls -l /dev/disk/by-id\n**Example output.**\n{LONG}",
        f"{PROMPT}ls -l /dev/disk/by-id | awk '{{print $9,$10,$11}}'\n  \n{SHORT}",
        f"{PROMPT}ls -l /dev/disk/by-id/scsi* /dev/disk/by-id/wwn*\n" + LONG.replace("scsi", "/dev/disk/by-id/scsi").replace("wwn", "/dev/disk/by-id/wwn"),
        f"{PROMPT}ls -li /dev/disk/by-id\ntotal 0\n" + "".join(f"{number} {line}\n" for number, line in enumerate(LONG.splitlines(), 411)),
        f"{PROMPT}ls -lZ /dev/disk/by-id\ntotal 0\n" + LONG.replace("root root", "root root system_u:object_r:device_t:s0"),
        f"{PROMPT}ls -l --time-style=full-iso /dev/disk/by-id\n" + LONG.replace("Mar 14 07:31", "2026-03-14 07:31:07.000000000 +0100"),
        f"{PROMPT}ls -l /dev/disk/by-id\ntotal 0\n" + LONG.replace("Mar 14", "14 mars "),
        f"ora3 ~ # ls -lF /dev/disk/by-id/\ntotal 0\n{LONG}",
        f"{PROMPT}tree /dev/disk/by-id\n/dev/disk/by-id\n"
        + "".join(f"\u251c\u2500\u2500 {line}\n" for line in SHORT.splitlines())
        + "\n0 directories, 3 files\n",
        f"{PROMPT}tree -p /dev/disk/by-id\n/dev/disk/by-id\n" + "".join(f"|-- [lrwxrwxrwx]  {line}\n" for line in SHORT.splitlines()),
        f"{PROMPT}find /dev/disk/by-id -type l -ls\n"
        + "".join(f"     {number}      0 {line}\n" for number, line in enumerate(LONG.splitlines(), 417)).replace("scsi", "/dev/disk/by-id/scsi").replace("wwn", "/dev/disk/by-id/wwn"),
        f"{PROMPT}find /dev/disk/by-id -type l -printf '%f -> %l\\n'\n{SHORT}",
        LONG.replace("../../sdc\n", "../../sdc   (the log)\n"),
        f"What I have seen:\n\n{SHORT}",
    ],
)  # fmt: skip
def test_a_link_is_read_wherever_it_stands(text):
    assert disks(text)[0] == EXPECTED


def test_the_prompts_machine_is_the_answers():
    reading = disks(f"{PROMPT}ls -l /dev/disk/by-id\nOutput:\n{LONG}")[1]
    assert {part.machine for part in reading.parts} == {"ora3"}
    assert [unread.text for unread in reading.unread] == ["Output:"]


@pytest.mark.parametrize(
    "line",
    [
        f"scsi-3{FIRST}",
        f"scsi-3{FIRST} -> ../../dm-3",
        f"scsi-3{FIRST}-part2 -> ../../sdc1",
        f"scsi-3{FIRST}-part2 -> ../../sdc",
        f"-scsi-3{FIRST} -> ../../sdc",
        f"- scsi-3{FIRST} -> ../../sdc",
        f"no longer scsi-3{FIRST} -> ../../sdc",
        f"scsi-3{FIRST} -> ../../sdc -> ../../sdd",
        f"lrwxrwxrwx 1 root root  9 Mar 14 07:31 scsi-3{FIRST} -> ../../sdc4",
        f"../../sdc scsi-3{FIRST}",
        f"scsi-3{FIRST[:-1]} -> ../../sdc",
        f"scsi-3{FIRST}a -> ../../sdc",
    ],
)
@pytest.mark.parametrize("command", ["", f"{PROMPT}ls -l /dev/disk/by-id | tail -1\n", f"{PROMPT}find /dev/disk/by-id -ls\n"])
def test_a_line_that_tells_less_is_unread(command, line):
    found, reading = disks(f"{command}{line}\n")
    if FIRST in line and f"{FIRST}a" not in line:
        assert found == set()
        assert [unread.text for unread in reading.unread] == [line]
    else:
        # What is not all of an identification is no vmdk's: it stands where the folder says so, and bare it is nobody's.
        assert not any((serial or wwn)[-32:] == FIRST for _, _, serial, wwn in found)


def test_names_alone_are_unread_and_what_stands_beside_them_is_listed():
    found, reading = disks(f"{PROMPT}ls -1 /dev/disk/by-id\nata-CDRW_1\nscsi-3{FIRST}\nwwn-0x{SECOND}\n")
    assert found == set()
    assert {f"scsi-3{FIRST}", f"wwn-0x{SECOND}"} <= {unread.text for unread in reading.unread}

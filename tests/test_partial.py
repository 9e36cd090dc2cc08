"""Which command lines show less than there is: what such an answer does not show is not missing."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.parsers.partial_answers import may_drop, may_drop_disks
from reconcile.transcript.command_lines import parse_command


@pytest.mark.parametrize(
    "text",
    [
        "ndctl list -D -d nmem0", "ndctl list -Dd nmem0", "ndctl list -dnmem0 -D", "sudo ndctl list -DR -r region1", "ndctl list --dimm=nmem2 -D",
        "ndctl list -DRNi | grep -A4 nmem1", "ndctl list -D | head -20", "ndctl list -D | jq '.[0]'", "ndctl list -N -m fsdax", "ndctl list -D -U 1",
        "lsblk /dev/pmem0", "lsblk -d", "lsblk -J | jq .blockdevices", "df /srv", "df -t xfs", "findmnt /srv", "findmnt -t xfs -J",
        "mount -t xfs", "cat /sys/bus/nd/devices/nmem0/nfit/id", "ssh db07 'ndctl list -D | tail -3'",
    ],
)  # fmt: skip
def test_what_filters_is_not_whole(text):
    assert may_drop(parse_command(text))


@pytest.mark.parametrize(
    "text",
    [
        "ndctl list", "ndctl list -DRNi", "sudo ndctl list -BDRNui", "ndctl list -D -d all", "ndctl list -DRN | tee db07.json", "ndctl list -D | jq .",
        "ndctl list -vvv | python3 -m json.tool", "lsblk", "lsblk -J -b -O", "lsblk -o NAME,SERIAL,MOUNTPOINT -P", "df -hT", "findmnt -J", "mount",
        "cat /proc/mounts", "grep . /sys/bus/nd/devices/nmem*/nfit/id", "ndctl list -D > db07.json 2>&1",
    ],
)  # fmt: skip
def test_what_shows_all_is_whole(text):
    assert not may_drop(parse_command(text))


@pytest.mark.parametrize(
    "text",
    [
        "lsblk sda", "lsblk -dno NAME,SERIAL /dev/sdb", "lsblk -J -o NAME,SERIAL | grep sda", "lsblk -I 8 -o NAME,SERIAL", "Get-Disk -Number 1",
        "Get-Disk 1", "Get-Disk | Where-Object Number -eq 1", "Get-PhysicalDisk -SerialNumber 6000c29a", "wmic diskdrive where index=1 get serialnumber",
        "ls -l /dev/disk/by-id/scsi-36000c29*", "lsscsi -i 2:0:0:0", "for d in sda sdb; do lsblk -no SERIAL /dev/$d; done",
        "udevadm info --query=all --name=/dev/sda", "/lib/udev/scsi_id -g -u /dev/sda", "ssh db07 lsblk -o NAME,SERIAL sda",
    ],
)  # fmt: skip
def test_what_asks_for_some_disks_is_no_list_of_all(text):
    assert may_drop_disks(parse_command(text))


@pytest.mark.parametrize(
    "text",
    [
        "lsblk -J -b -O", "lsblk -d -o NAME,SERIAL", "lsblk -dno NAME,SERIAL", "lsblk -S", "sudo lsblk -o NAME,SERIAL | tee a.txt", "lsblk --nodeps -o NAME,WWN",
        "Get-Disk", "Get-PhysicalDisk -CimSession win07 | Select-Object DeviceId,SerialNumber | Format-List", "wmic diskdrive get index,serialnumber",
        "ls -l /dev/disk/by-id", "ls -l /dev/disk/by-id/", "lsscsi -i",
    ],
)  # fmt: skip
def test_what_lists_disks_lists_all(text):
    assert not may_drop_disks(parse_command(text))


HOST = """\
[root@esx31:/vmfs/volumes/PMemDS-77777777-aaaa-4bbb-8ccc-dddddddddddd/mill] vmkfstools -J getuuid mill.vmdk
UUID is 60 00 C2 9d 4e 5f 60 71-82 93 a4 b5 0a 0b 0c 0d
[root@esx31:/vmfs/volumes/PMemDS-77777777-aaaa-4bbb-8ccc-dddddddddddd/mill] vmkfstools -J getuuid mill_1.vmdk
UUID is 60 00 C2 9d 4e 5f 60 71-82 93 a4 b5 1a 1b 1c 1d
"""
ALL = '[{"dev":"nmem0","id":"8902-0a0b0c0d"},{"dev":"nmem1","id":"8902-1a1b1c1d"}]\n'
ONE = '[{"dev":"nmem1","id":"8902-1a1b1c1d"}]\n'


def asked(command: str, shown: str, date: str = "") -> str:
    return (f"root@mill:~# date\n{date}\n" if date else "") + f"root@mill:~# {command}\n{shown}"


@pytest.mark.parametrize(("command", "rule"), [("ndctl list -D -d nmem1", "guest-not-captured"), ("ndctl list -D", "no-device")])
def test_what_a_filter_does_not_show_is_not_contradicted(command, rule, captures):
    result = match(read(captures({"esx31.txt": HOST, "mill.txt": asked(command, ONE)})))
    assert result.findings["rule"].tolist() == [rule]
    assert result.totals.contradicted == (rule == "no-device")


@pytest.mark.parametrize(
    ("command", "shown", "gone"),
    [
        ("ndctl list -D", ONE, True),
        ("ndctl list -D -d nmem1", ONE, False),
        ("ndctl list -D | grep nmem1", ONE, False),
        ("ndctl list -D", '[{"dev":"nmem1","id":"8902-1a1b1c1d"},\n{"dev":"nm', False),
        ("ndctl list -D", ONE + "ndctl: error while loading shared libraries: libdaxctl.so.1\n", False),
    ],
)
def test_only_a_whole_later_list_says_that_a_dimm_is_gone(command, shown, gone, captures):
    before, after = asked("ndctl list -D", ALL, "2026-11-10 08:00:00 UTC"), asked(command, shown, "2026-11-11 08:00:00 UTC")
    result = match(read(captures({"esx31.txt": HOST, "a.txt": after, "b.txt": before})))
    row = result.mapping.set_index("device_id").loc["8902-0a0b0c0d"]
    assert (row["status"], row["device"]) == (("guest-only", "") if gone else ("matched", "nmem0"))
    assert ("gone-since" in result.findings["rule"].tolist()) is gone


@pytest.mark.parametrize(("flags", "gone"), [("-D", False), ("-Di", True)])
def test_a_disabled_dimm_is_gone_only_from_a_list_that_would_show_it(flags, gone, captures):
    disabled = ALL.replace('"8902-0a0b0c0d"', '"8902-0a0b0c0d","state":"disabled"')
    before, after = (
        asked("ndctl list -Di", disabled, "2026-11-10 08:00:00 UTC"),
        asked(f"ndctl list {flags}", ONE, "2026-11-11 08:00:00 UTC"),
    )
    result = match(read(captures({"esx31.txt": HOST, "a.txt": after, "b.txt": before})))
    assert ("gone-since" in result.findings["rule"].tolist()) is gone

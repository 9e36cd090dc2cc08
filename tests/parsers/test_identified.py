"""Identifications of SCSI disks: /dev/disk/by-id, scsi_id, lsscsi. Each as printed, and of the device that the command names."""

from __future__ import annotations

import pytest

from reconcile.parsers.records import Disk

UUIDS = {"sdb": "6000c2936db490d3b57d62fedc47adbf", "sdc": "6000c2900f670669a5a217dc5d17dc90"}
BY_ID = "total 0\n" + "".join(
    f"lrwxrwxrwx 1 root root {9 + len(part)} Jun 27 15:05 {kind}{uuid}{'-part' if part else ''}{part} -> ../../{device}{part}\n"
    for device, uuid in UUIDS.items()
    for kind in ("scsi-3", "wwn-0x")
    for part in ("", "1")
)


def disks(found):
    return {(record.device, record.kind, record.serial, record.wwn) for record in found if isinstance(record, Disk)}


EXPECTED = {
    (f"{device}{part}", "part" if part else "disk", serial, wwn)
    for device, uuid in UUIDS.items()
    for part in ("", "1")
    for serial, wwn in ((f"3{uuid}", ""), ("", f"0x{uuid}"))
}


@pytest.mark.parametrize("command", ["ls -l /dev/disk/by-id", "ls -l /dev/disk/by-id/", "ls -la /dev/disk/by-id | grep -v cdrom"])
def test_links_name_devices(command, records):
    assert disks(records(f"[root@db01 ~]# {command}\n{BY_ID}")) == EXPECTED


def test_links_below_a_header(records):
    text = (
        f"[root@db01 ~]# ls -lR /dev/disk\n/dev/disk:\ntotal 0\ndrwxr-xr-x 2 root root 220 Jun 27 15:05 by-id\n\n/dev/disk/by-id:\n{BY_ID}"
    )
    assert disks(records(text)) == EXPECTED


def test_links_in_the_directory_one_is_in(records):
    assert disks(records(f"[root@db01:/dev/disk/by-id] ls -l\n{BY_ID}")) == EXPECTED


def test_links_elsewhere_identify_nothing(records):
    assert disks(records(f"[root@db01 ~]# ls -l /tmp/copy\n{BY_ID}")) == set()


def test_cut_anywhere_no_device_gets_another_id(records):
    data = f"[root@db01 ~]# ls -l /dev/disk/by-id\n{BY_ID}"
    for stop in range(len(data)):
        assert disks(records(data[:stop])) <= EXPECTED, stop


@pytest.mark.parametrize(
    ("command", "output", "expected"),
    [
        ("/lib/udev/scsi_id -g -u -d /dev/sdb", "36000c2936db490d3b57d62fedc47adbf", {("sdb", "disk", "36000c2936db490d3b57d62fedc47adbf", "")}),
        ("scsi_id --whitelisted --device=/dev/sdb", "36000c2936db490d3b57d62fedc47adbf", {("sdb", "disk", "36000c2936db490d3b57d62fedc47adbf", "")}),
        ("scsi_id -g -u /dev/sdb /dev/sdc", "36000c2936db490d3b57d62fedc47adbf", set()),
        ("scsi_id -g -u -d $d", "36000c2936db490d3b57d62fedc47adbf", set()),
        ("for d in /dev/sd?; do scsi_id -g -u -d $d; done", "36000c2936db490d3b57d62fedc47adbf", set()),
        ("scsi_id -g -u -d /dev/sdb", "bash: scsi_id: command not found", set()),
        ("lsscsi -i", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   36000c2936db490d3b57d62fedc47adbf", {("sdb", "disk", "36000c2936db490d3b57d62fedc47adbf", "")}),
        ("lsscsi -w", "[2:0:0:0]    disk    0x6000c2936db490d3b57d62fedc47adbf          /dev/sdb", {("sdb", "disk", "", "")}),
        ("lsscsi -i", "[1:0:0:0]    cd/dvd  NECVMWar VMware IDE CDR10 1.00  /dev/sr0   -", set()),
        ("lsscsi", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb ", {("sdb", "disk", "", "")}),
        ("lsscsi -i", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   -   36000c2936db490d3b57d62fedc47adbf", set()),
    ],
)  # fmt: skip
def test_what_scsi_id_and_lsscsi_say(command, output, expected, records):
    assert disks(records(f"[root@db01 ~]# {command}\n{output}\n")) == expected


def test_the_published_one(shared, records):
    found = disks(records((shared / "public" / "guest" / "scsi_vmware_oracle_by_id_and_scsi_id.txt").read_bytes()))
    assert len(found) == 6
    assert {(device, serial[1:] or wwn[2:]) for device, _, serial, wwn in found} == {
        *UUIDS.items(), ("sdd", "6000c2952cee635f69d25fa273461f6d")
    }  # fmt: skip

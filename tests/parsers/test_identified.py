"""Identifications of SCSI disks: /dev/disk/by-id, scsi_id, lsscsi. Each as printed, and of the device that the command names."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Disk

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
        ("lsscsi -w", "[2:0:0:0]    disk    0x6000c2936db490d3b57d62fedc47adbf          /dev/sdb", {("sdb", "disk", "", "0x6000c2936db490d3b57d62fedc47adbf")}),
        ("lsscsi -u", "[2:0:0:0]    disk    6000c2936db490d3b57d62fedc47adbf        /dev/sdb ", {("sdb", "disk", "", "6000c2936db490d3b57d62fedc47adbf")}),
        ("lsscsi -uu", "[2:0:0:0]    disk    naa.6000c2936db490d3b57d62fedc47adbf    /dev/sdb ", {("sdb", "disk", "", "naa.6000c2936db490d3b57d62fedc47adbf")}),
        ("lsscsi -s", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   1.07GB", {("sdb", "disk", "", "")}),
        ("lsscsi -g", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   /dev/sg2 ", {("sdb", "disk", "", "")}),
        ("lsscsi -gs", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   /dev/sg2   44GiB", {("sdb", "disk", "", "")}),
        ("lsscsi --generic --size --scsi_id", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   36000c2936db490d3b57d62fedc47adbf  /dev/sg2   44GB", {("sdb", "disk", "36000c2936db490d3b57d62fedc47adbf", "")}),
        ("lsscsi -d -g", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb[8:16]   /dev/sg2[21:2]", {("sdb", "disk", "", "")}),
        ("lsscsi -b", "[2:0:0:0]    /dev/sdb", {("sdb", "", "", "")}),
        ("lsscsi -t", "[2:0:0:0]    disk                                    /dev/sdb ", {("sdb", "disk", "", "")}),
        ("lsscsi", "[N:0:1:1]    disk    VMware Virtual NVMe Disk__1                /dev/nvme0n1", {("nvme0n1", "disk", "", "")}),
        ("lsscsi -g", "[2:0:0:0]    enclosu VMware   Expander         2.0   -          /dev/sg2", set()),
        ("lsscsi -i", "[1:0:0:0]    cd/dvd  NECVMWar VMware IDE CDR10 1.00  /dev/sr0   -", set()),
        ("lsscsi", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb ", {("sdb", "disk", "", "")}),
        ("lsscsi -i", "[2:0:0:0]    disk    VMware   Virtual disk     2.0   -   36000c2936db490d3b57d62fedc47adbf", set()),
    ],
)  # fmt: skip
def test_what_scsi_id_and_lsscsi_say(command, output, expected, records):
    assert disks(records(f"[root@db01 ~]# {command}\n{output}\n")) == expected


@pytest.mark.parametrize(
    "options", ["-s", "-ss", "-g", "-gs", "-d", "-t", "-p", "-P", "-x", "-k", "-v", "-l", "-L", "-c", "-b", "-S", "--size", "--pdt"]
)
@pytest.mark.parametrize(
    "behind",
    [
        "",
        "107GB",
        "/dev/sg1",
        "/dev/sg1   107GB",
        "[8:0]",
        "-",
        "DIF/Type1   T10-DIF-TYPE1-CRC",
        "36000c2936db490d3b57d62fedc47adbf",
        "what",
    ],
)
def test_what_was_not_asked_for_is_no_identification(options, behind):
    """Whatever stands behind the device: its serial is only what is one and was asked for, and no other line is a disk."""
    gap = "" if behind.startswith("[") else "   "
    lines = f"[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb{gap}{behind}\n  state=running queue_depth=32\n"
    reading = read_source(f"[root@db01 ~]# lsscsi {options}\n{lines}".encode())
    # What the command cannot have printed may be another's, whose prompt was lost: then it is nobody's.
    own = [record for part in reading.parts if not part.lost for record in part.records]
    assert disks(own) <= {("sdb", "disk", "", "")}


def test_a_size_stands_in_its_column_and_details_are_no_facts():
    reading = read_source(
        b"[root@db01 ~]# lsscsi -Ls\n"
        b"[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sdb   1.07GB\n"
        b"  device_blocked=0\n  state=running queue_depth=32\n  wwid=naa.6000c2936db490d3b57d62fedc47adbf\n"
        b"[2:0:1:0]    disk    VMware   Virtual disk     2.0   -          9GB\n"
    )
    (disk,) = (record for part in reading.parts for record in part.records)
    assert (disk.device, disk.size, disk.bytes, disk.serial, disk.identified) == ("sdb", "1.07GB", None, "", False)
    assert [unread.line for unread in reading.unread] == [5, 6]


def test_the_published_one(shared, records):
    found = disks(records((shared / "public" / "guest" / "scsi_vmware_oracle_by_id_and_scsi_id.txt").read_bytes()))
    assert len(found) == 6
    assert {(device, serial[1:] or wwn[2:]) for device, _, serial, wwn in found} == {
        *UUIDS.items(), ("sdd", "6000c2952cee635f69d25fa273461f6d")
    }  # fmt: skip


@pytest.mark.parametrize("front", ["", "[root@db01 ~]# lsscsi -v\n"])
def test_what_lsscsi_says_of_a_devices_folder_is_no_device_broken_by_the_terminal_or_not(front):
    folder = "  dir: /sys/bus/scsi/devices/2:0:0:0  [/sys/devices/pci0000:00/0000:00:10.0/host2/target2:0:0/2:0:0:0]"
    for shown in (folder, f"{folder[:80]}\n{folder[80:]}", f"{folder[:80]}\n{' ' * 90}{folder[80:]}"):
        reading = read_source(f"{front}[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sda \n{shown}\n".encode())
        assert reading.unread == ()
        assert [record.device for part in reading.parts for record in part.records] == ["sda"]

"""sysfs instead of ndctl: greps, single files, serials with and without their vendor, and regions."""

from __future__ import annotations

import json

import pytest

from reconcile import match, read
from reconcile.facts.records import Dimm, Disk, Mapping, Namespace, Region

FOLDER = "/sys/bus/nd/devices"
UUID_ANSWER = (
    "[root@esx01:/vmfs/volumes/PMemDS-1/db01] vmkfstools -J getuuid db01.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
)


def dimms(found):
    return [(record.dev, record.id, record.handle) for record in found if isinstance(record, Dimm)]


@pytest.mark.parametrize(
    "command", ["", f"[root@db01 ~]# grep . {FOLDER}/nmem*/nfit/id\n", f"[root@db01 ~]# grep -H . {FOLDER}/nmem*/nfit/{{id,handle}}\n"]
)
def test_a_grep_names_its_files(command, records):
    text = f"{FOLDER}/nmem0/nfit/id:8902-206b080c\n{FOLDER}/nmem10/nfit/id:8902-1e100000\n{FOLDER}/nmem10/nfit/handle:0x11\n{FOLDER}/nmem2/nfit/id:8089-a2-1834-00001d2c\n"
    assert dimms(records(command + text)) == [
        ("nmem0", "8902-206b080c", None),
        ("nmem10", "8902-1e100000", 17),
        ("nmem2", "8089-a2-1834-00001d2c", None),
    ]


def test_cat_of_one_file_is_that_files(records):
    text = f"[root@db01 ~]# cat {FOLDER}/nmem3/nfit/id\n8902-00012345\n[root@db01 ~]# cat {FOLDER}/nmem1/nfit/id\n8902-206b080c\n"
    assert dimms(records(text)) == [("nmem3", "8902-00012345", None), ("nmem1", "8902-206b080c", None)]


def test_cat_of_several_files_names_none(captures):
    found = read(
        captures({"db01.txt": f"[root@db01 ~]# cat {FOLDER}/nmem*/nfit/id\n8902-00012345\n8902-206b080c\n[root@db01 ~]# pwd\n/root\n"})
    )
    assert len(found.dimms) == 0
    assert found.unread["line"].tolist() == [2, 3]


def test_a_serial_counts_only_beside_a_vendor_that_reads_right(records):
    """Before kernel 4.7 both stand in the machine's byte order: VMware's vendor reads 0289 and the serial is turned round."""
    right = f"{FOLDER}/nmem0/nfit/vendor:0x8902\n{FOLDER}/nmem0/nfit/serial:0x206b080c\n"
    turned = f"{FOLDER}/nmem0/nfit/vendor:0x0289\n{FOLDER}/nmem0/nfit/serial:0x0c086b20\n"
    alone = f"{FOLDER}/nmem0/nfit/serial:0x206b080c\n"
    assert [dimms(records(text))[0][:2] for text in (right, turned, alone)] == [("nmem0", "8902-206b080c"), ("nmem0", ""), ("nmem0", "")]


def test_a_serial_without_its_vendor_is_a_finding_and_no_match(captures):
    result = match(
        read(
            captures({
                "esx01.txt": UUID_ANSWER,
                "db01.txt": f"[root@db01 ~]# grep . {FOLDER}/nmem0/nfit/serial\n{FOLDER}/nmem0/nfit/serial:0x206b080c\n",
            })
        )
    )
    assert sorted(result.mapping["status"]) == ["guest-only", "host-only"]
    assert "no-id" in set(result.findings["rule"])


@pytest.mark.parametrize("order", [1, -1])
def test_beside_an_id_the_serial_adds_no_device(order, captures):
    answers = [
        '[root@db01 ~]# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c"},{"dev":"nmem1","id":"8902-00012345"}]\n',
        f"[root@db01 ~]# grep . {FOLDER}/nmem*/nfit/serial\n{FOLDER}/nmem0/nfit/serial:0x206b080c\n{FOLDER}/nmem1/nfit/serial:0x00012345\n",
    ]
    result = match(read(captures({"db01.txt": "".join(answers[::order])})))
    assert sorted(result.mapping["device"]) == ["nmem0", "nmem1"]
    assert sorted(result.mapping["device_id"]) == ["8902-00012345", "8902-206b080c"]
    assert "no-id" not in set(result.findings["rule"])


def test_where_the_names_moved_a_serial_stays_apart(captures):
    text = (
        '[root@db01 ~]# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c"}]\n'
        '[root@db01 ~]# ndctl list -D\n[{"dev":"nmem0","id":"8902-00012345"}]\n'
        f"[root@db01 ~]# grep . {FOLDER}/nmem*/nfit/serial\n{FOLDER}/nmem0/nfit/serial:0x206b080c\n"
    )
    result = match(read(captures({"db01.txt": text})))
    assert sorted(result.mapping["device_id"]) == ["", "8902-00012345", "8902-206b080c"]


def test_it_matches_as_ndctl_does(captures):
    result = match(
        read(
            captures({
                "esx01.txt": UUID_ANSWER,
                "db01.txt": f"[root@db01 ~]# grep . {FOLDER}/nmem*/nfit/id\n{FOLDER}/nmem0/nfit/id:8902-206b080c\n",
            })
        )
    )
    assert result.mapping[["status", "guest", "device", "vmdk"]].to_numpy().tolist() == [["matched", "db01", "nmem0", "db01.vmdk"]]


def test_regions_and_mappings(records):
    text = f"{FOLDER}/region0/mapping0:nmem0,0,1073741824,0\n{FOLDER}/region0/mapping1:nmem1,0,1073741824,1\n{FOLDER}/region0/size:2147483648\n"
    found = records(text)
    assert [(record.region, record.dimm, record.length, record.position) for record in found if isinstance(record, Mapping)] == [
        ("region0", "nmem0", 1073741824, 0), ("region0", "nmem1", 1073741824, 1)
    ]  # fmt: skip
    assert [(record.dev, record.size_bytes) for record in found if isinstance(record, Region)] == [("region0", 2147483648)]


@pytest.mark.parametrize("text", ["8902-206b080", "8902-206b080c1", "8902-206b080g", "0x206b080c", "8902206b080c"])
def test_what_is_no_id_is_none(text, records):
    assert dimms(records(f"[root@db01 ~]# cat {FOLDER}/nmem0/nfit/id\n{text}\n")) in ([], [("nmem0", "", None)])


def test_real_guests_say_what_ndctl_says(shared, records):
    files = sorted(shared.glob("qemu/g*/sysfs_nfit.txt"))
    assert files
    for file in files:
        dimms_then = json.loads((file.parent / "truth.json").read_text())["stages"]["s0"]["dimms"]
        found = dimms(records(file.read_bytes()))
        assert sorted(found) == sorted((dev, dimm["nfit/id"], int(dimm["nfit/handle"], 16)) for dev, dimm in dimms_then.items()), file


BLOCKS = """total 0
lrwxrwxrwx 1 root root 0 Feb  2 05:14 dm-0 -> ../../devices/virtual/block/dm-0
lrwxrwxrwx 1 root root 0 Feb  2 05:14 pmem11s -> ../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region11/btt11.0/block/pmem11s
lrwxrwxrwx 1 root root 0 Feb  2 05:14 pmem3 -> ../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region3/namespace3.1/block/pmem3
lrwxrwxrwx 1 root root 0 Feb  2 05:14 pmem3p1 -> ../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region3/namespace3.1/block/pmem3/pmem3p1
lrwxrwxrwx 1 root root 0 Feb  2 05:14 sda -> ../../devices/pci0000:00/0000:00:10.0/host2/target2:0:0/2:0:0:0/block/sda
"""
DAX = "total 0\nlrwxrwxrwx 1 root root 0 Feb  2 05:14 dax1.0 -> ../../../devices/LNXSYSTM:00/ACPI0012:00/ndbus0/region1/dax1.1/dax1.0\n"


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("ls -l /sys/class/block", BLOCKS, [("region11", "", "pmem11s", ""), ("region3", "namespace3.1", "pmem3", "")]),
        ("ls -l /sys/class/block/", BLOCKS, [("region11", "", "pmem11s", ""), ("region3", "namespace3.1", "pmem3", "")]),
        ("ls -l /sys/bus/dax/devices", DAX, [("region1", "", "", "dax1.0")]),
        ("ls -l /tmp/copy", BLOCKS, []),
    ],
)
def test_links_lead_from_a_region_to_its_devices(command, text, expected, records):
    found = records(f"[root@lin5 ~]# {command}\n{text}")
    assert [(record.region, record.dev, record.blockdev, record.chardev) for record in found if isinstance(record, Namespace)] == expected
    parts = [(record.device, record.parent) for record in found if isinstance(record, Disk)]
    assert parts == ([("pmem3p1", "pmem3")] if "block" in command else [])

"""dmidecode: the system's UUID and no other table's, and never a disk's."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.facts.records import Answer, Said

TABLES = """\
# dmidecode 3.4
Getting SMBIOS data from sysfs.
SMBIOS 2.7 present.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: Phoenix Technologies LTD

Handle 0x0001, DMI type 1, 27 bytes
System Information
\tManufacturer: VMware, Inc.
\tProduct Name: VMware7,1
\tSerial Number: VMware-56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b6
\tUUID: 1bbe4d56-5245-bcd6-1b4d-4b5f56534db6

Handle 0x0002, DMI type 2, 15 bytes
Base Board Information
\tManufacturer: Somebody
\tUUID: 00000000-0000-0000-0000-000000000000
"""
DIGITS = "1bbe4d565245bcd61b4d4b5f56534db6"


def said(found):
    return [(record.what, record.value) for record in found if isinstance(record, Said)]


@pytest.mark.parametrize("prompt", ["", "[root@db01 ~]# dmidecode\n", "db01:~ # dmidecode -t 0,1,2\n"])
def test_only_the_systems_table_counts(prompt, records):
    assert said(records(prompt + TABLES)) == [("vendor", "VMware, Inc."), ("product", "VMware7,1"), ("bios uuid", DIGITS)]


@pytest.mark.parametrize("command", ["dmidecode -s system-uuid", "cat /sys/class/dmi/id/product_uuid"])
def test_the_uuid_alone(command, records):
    assert said(records(f"[root@db01 ~]# {command}\n1BBE4D56-5245-BCD6-1B4D-4B5F56534DB6\n")) == [("bios uuid", DIGITS)]
    assert said(records(f"[root@db01 ~]# {command}\n1BBE4D56-5245-BCD6-1B4D-4B5F56534DB\n")) == []


def test_without_root_it_is_a_failure(captures):
    text = "[me@db01 ~]$ dmidecode -t system\n# dmidecode 3.4\n/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n"
    result = match(read(captures({"db01.txt": f'[me@db01 ~]$ ndctl list -D\n[{{"dev":"nmem0","id":"8902-206b080c"}}]\n{text}'})))
    assert "command-failed" in set(result.findings["rule"])
    assert result.captures.systems.shape[0] == 0


def test_a_vms_uuid_is_no_disks(captures, records):
    assert not any(isinstance(record, Answer) for record in records(TABLES))
    guest = '[root@db01 ~]# ndctl list -D\n[{"dev":"nmem0","id":"8902-56534db6"}]\n'
    assert match(read(captures({"db01.txt": f"{guest}[root@db01 ~]# dmidecode -t 1\n{TABLES}"}))).mapping["status"].tolist() == [
        "guest-only"
    ]


def test_the_tables_place_is_talk_and_their_absence_a_failure(captures, records):
    assert (
        read(
            captures({
                "db01.txt": f"[root@db01 ~]# dmidecode\n{TABLES.replace('present.', 'present.' + chr(10) + '8 structures occupying 5463 bytes.' + chr(10) + 'Table at 0xBFFCB000.')}"
            })
        ).unread.shape[0]
        == 0
    )
    none = records(
        "[root@db01 ~]# dmidecode\n# dmidecode 3.3\nScanning /dev/mem for entry point.\n# No SMBIOS nor DMI entry point found, sorry.\n"
    )
    assert [type(record).__name__ for record in none] == ["Failure"]

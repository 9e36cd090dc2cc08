"""Windows guests: disks by their serial numbers, drive letters, and the VM's own UUID."""

from __future__ import annotations

import hashlib

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Disk, Failure, Mount, Said

SERIAL = "6000c29562ac5210681271ce73f62d47"
LISTS = f"""PS C:\\Users\\admin> hostname
WIN01
PS C:\\Users\\admin> Get-CimInstance Win32_ComputerSystemProduct | Format-List Vendor, Name, UUID

Vendor : VMware, Inc.
Name   : VMware Virtual Platform
UUID   : 564D8A1B-5C3E-9F10-2233-445566778899


PS C:\\Users\\admin> Get-Disk | fl Number, SerialNumber, UniqueId, Size

Number       : 1
SerialNumber : {SERIAL}
UniqueId     : {SERIAL.upper()}
Size         : 429496729600

Number       : 0
SerialNumber : VMware NVME_0000
UniqueId     : eui.1234
Size         : 161061273600

PS C:\\Users\\admin> Get-Partition | Format-List DiskNumber, PartitionNumber, DriveLetter, AccessPaths

DiskNumber      : 1
PartitionNumber : 2
DriveLetter     : E
AccessPaths     : {{E:\\,
                  \\\\?\\Volume{{0d5ccdbe}}\\}}

DiskNumber      : 0
PartitionNumber : 1
DriveLetter     :

PS C:\\Users\\admin> exit
"""
HOST = f"[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/datastore1/win01/win01_1.vmdk\nUUID is {' '.join(SERIAL[at : at + 2] for at in range(0, 16, 2))}-{' '.join(SERIAL[at : at + 2] for at in range(16, 32, 2))}\n"


def test_lists_give_disks_letters_and_the_machines_own_uuid(records):
    found = records(LISTS)
    disks = [record for record in found if isinstance(record, Disk)]
    assert [(disk.device, disk.kind, disk.serial, disk.bytes, disk.parent) for disk in disks] == [
        ("PhysicalDrive1", "disk", SERIAL, 429496729600, ""),
        ("PhysicalDrive0", "disk", "VMware NVME_0000", 161061273600, ""),
        ("PhysicalDrive1p2", "part", "", None, "PhysicalDrive1"),
        ("PhysicalDrive0p1", "part", "", None, "PhysicalDrive0"),
    ]
    assert [(mount.device, mount.target) for mount in found if isinstance(mount, Mount)] == [("PhysicalDrive1p2", "E:")]
    said = {record.what: record.value for record in found if isinstance(record, Said)}
    assert said == {"bios uuid": "564d8a1b5c3e9f102233445566778899", "vendor": "VMware, Inc.", "product": "VMware Virtual Platform"}


def test_a_disk_that_shows_the_uuid_is_joined_and_another_is_not_joinable(captures):
    result = match(read(captures({"win01.txt": LISTS, "esx01.txt": HOST})))
    assert result.captures.unread.empty
    (row,) = result.mapping.itertuples()
    assert (row.status, row.guest, row.device, row.kind, row.vmdk, row.mountpoints) == (
        "matched", "WIN01", "PhysicalDrive1", "disk", "win01_1.vmdk", "E:",
    )  # fmt: skip
    told = result.findings[result.findings["rule"] == "not-joinable"]["message"].tolist()
    assert len(told) == 1
    assert "NVMe" in told[0]


WRAPPED = f"""Number Friendly Name Serial Number                    HealthStatus         OperationalStatus      Total Size Partition
                                                                                                             Style
------ ------------- -------------                    ------------         -----------------      ---------- ----------
1      VMware Vir... {SERIAL} Healthy              Online                     400 GB GPT
"""


def test_the_header_of_get_disk_stands_in_two_lines(records):
    (disk,) = records(f"PS C:\\> Get-Disk\n\n{WRAPPED}")
    assert (disk.device, disk.serial, disk.bytes) == ("PhysicalDrive1", SERIAL, None)


def test_a_size_set_to_the_right_of_a_serial_is_no_part_of_it(records):
    text = f"Number SerialNumber                             Size\n------ ------------                             ----\n     1 {SERIAL} 429496729600\n     0 00012345                           1e100000\n"
    disks = records(f"PS C:\\> Get-Disk | ft Number, SerialNumber, Size\n{text}")
    assert [(disk.device, disk.serial) for disk in disks] == [("PhysicalDrive1", SERIAL), ("PhysicalDrive0", "00012345")]


@pytest.mark.parametrize("end", ["...", "\u2026"])
def test_a_serial_that_the_screen_cut_off_is_none(end, records):
    text = f"Number SerialNumber\n------ ------------\n1      {SERIAL[:9]}{end}\n"
    assert records(f"PS C:\\> Get-PhysicalDisk\n{text}") == []


def test_a_table_without_numbers_names_no_disk(records):
    text = f"FriendlyName        SerialNumber                     CanPool\n------------        ------------                     -------\nVMware Virtual disk {SERIAL} False\n"
    assert records(f"PS C:\\> Get-PhysicalDisk\n{text}") == []


def test_an_error_is_no_disk(records):
    found = records("PS C:\\> Get-PhysicalDisk\nGet-PhysicalDisk : Access denied\n")
    assert not any(isinstance(record, Disk) for record in found)


def test_a_remote_prompt_names_the_machine(captures):
    text = f"[WIN07]: PS C:\\> Get-PhysicalDisk | fl DeviceId, SerialNumber\n\nDeviceId     : 3\nSerialNumber : {SERIAL}\n"
    result = match(read(captures({"a.txt": text})))
    assert result.mapping["guest"].tolist() == ["WIN07"]


def test_failures_of_the_shell_are_findings(records):
    assert [type(record) for record in records("[root@esx01:~] Get-PhysicalDisk\n-sh: Get-PhysicalDisk: not found\n")] == [Failure]


def recorded(text: str) -> str:
    """Return what the script for Windows makes of a session: each command with what it printed behind its marks."""
    lines = ["vpmem-reconcile capture 1 (windows)", "script:  0.1.0", "machine: WIN01", "time:    2026-11-22T10:12:13Z", "user:    admin"]
    commands = 0
    for line in text.splitlines()[:-1]:
        shell, prompt, command = line.partition("> ")
        if prompt and shell.startswith("PS "):
            lines += ["= 0"] * bool(commands) + ["", f"$ {command}"]
            commands += 1
        else:
            lines.append(f"| {line}".rstrip())
    body = "\n".join([*lines, "= 0", "", f"commands: {commands}, failed: 0", ""])
    return f"{body}sha256: {hashlib.sha256(body.encode()).hexdigest()}\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_the_script_writes_gives_the_same(end, captures):
    result = match(read(captures({"win01.txt": recorded(LISTS).replace("\n", end), "esx01.txt": HOST})))
    assert set(result.captures.sources["status"]) == {"read"}
    assert result.captures.unread.empty
    assert result.mapping[["status", "guest", "device", "mountpoints"]].to_numpy().tolist() == [
        ["matched", "WIN01", "PhysicalDrive1", "E:"]
    ]
    assert set(result.captures.systems["what"]) == {"bios uuid", "product", "time", "vendor"}


CSV = {
    "of Windows PowerShell": (
        "#TYPE Microsoft.Management.Infrastructure.CimInstance#ROOT/Microsoft/Windows/Storage/MSFT_Disk\n"
        '"BusType","Number","FriendlyName","SerialNumber","Size"\n'
        '"SAS","1","VMware, Virtual ""disk""","6000c291aa00bb11cc22dd33ee44ff55","107374182400"\n'
        '"SAS","10","VMware Virtual disk","","42949672960"\n'
    ),
    "without its type": (
        '"DeviceId","SerialNumber","Size"\n"1","6000c291aa00bb11cc22dd33ee44ff55","107374182400"\n"10","","42949672960"\n'
    ),
    "with semicolons": ('"DeviceId";"SerialNumber";"Size"\n"1";"6000c291aa00bb11cc22dd33ee44ff55";"107374182400"\n"10";"";"42949672960"\n'),
    "of PowerShell 7": "DeviceId,SerialNumber,Size\n1,6000c291aa00bb11cc22dd33ee44ff55,107374182400\n10,,42949672960\n",
}


@pytest.mark.parametrize("form", CSV)
@pytest.mark.parametrize("front", ["", "PS C:\\> Get-Disk | ConvertTo-Csv\n"])
def test_csv_is_read_by_its_columns(form, front, records):
    found = [(disk.device, disk.serial, disk.bytes) for disk in records(front + CSV[form]) if isinstance(disk, Disk)]
    assert found == [("PhysicalDrive1", "6000c291aa00bb11cc22dd33ee44ff55", 107374182400), ("PhysicalDrive10", "", 42949672960)]
    assert read_source((front + CSV[form]).encode()).unread == ()


def test_a_row_of_csv_that_has_other_cells_and_a_second_heading_are_not_read():
    text = 'DeviceId,SerialNumber,Size\n1,6000c291aa00bb11cc22dd33ee44ff55\n2,"a\n3,c,1\nDeviceId,SerialNumber,Size\n4,d,1\n'
    reading = read_source(f"PS C:\\> Get-Disk | ConvertTo-Csv\n{text}".encode())
    assert [unread.line for unread in reading.unread][:2] == [3, 4]
    assert {
        part.machine for part in reading.parts if any(getattr(record, "device", "") == "PhysicalDrive4" for record in part.records)
    } <= {""}


def test_a_table_of_other_columns_is_not_of_disks(records):
    assert records('"DiskNumber","Size","PhysicalDeviceIds"\n"2","252 GB","{1}"\n') == []
    assert records("Name,SerialNumber\nsrv1,VMware-56 4d\n") == []
    assert records("hostname,serialnumber,index\nsrv1,6000c291aa00bb11cc22dd33ee44ff55,first\n") == []


ONE, OTHER = "6000c2971122334455667788aa0b0c01", "6000c2981122334455667788aa0b0c02"


@pytest.mark.parametrize(
    "text",
    [
        f"Node,Index,SerialNumber,Size\nWIN1,1,{ONE},8589934592\nWIN2,1,{OTHER},8589934592\n",
        f"\n\nNode,Index,SerialNumber\n\nWIN1,1,{ONE}\n\nWIN2,1,{OTHER}\n",
        "PS C:\\> Invoke-Command WIN1,WIN2 { Get-Disk | fl Number,SerialNumber }\n"
        f"\nNumber : 1\nSerialNumber : {ONE}\nPSComputerName : WIN1\n\nNumber : 1\nSerialNumber : {OTHER}\nPSComputerName : WIN2\n",
    ],
)
def test_each_object_of_several_machines_is_its_own(text):
    parts = read_source(text.encode(), in_path="db").parts
    assert [(part.machine, part.named_by, [disk.serial for disk in part.records if isinstance(disk, Disk)]) for part in parts] == [
        ("WIN1", "object", [ONE]), ("WIN2", "object", [OTHER]),
    ]  # fmt: skip

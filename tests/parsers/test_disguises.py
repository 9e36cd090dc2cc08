"""What every parser must meet: the same answer in other clothes, cut short, absent, or with an error in its place."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Attached, Dimm, Disk, Entry, Filesystem, Hostname, Mount, Said, Sum, Vm, Volume
from reconcile.parsers.registry import PARSERS

UUID = "6000c29842c754f802c2d49b206b080c"
# Each parser's answer: the command, what it prints, and what is in it, by line of the output.
SAMPLES = {
    "esxcli": (
        "esxcli --formatter=csv storage filesystem list",
        "Free,MountPoint,Mounted,Size,Type,UUID,VolumeName,\n"
        "10,/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f,true,20,VMFS-6,5f8b4c97-234dcc30-d982-54ea7418ec3f,datastore1 (1),\n",
        [
            (Volume, 2, "datastore1 (1)", "5f8b4c97-234dcc30-d982-54ea7418ec3f"),
            (Filesystem, 2, "VMFS-6", "/vmfs/volumes/5f8b4c97-234dcc30-d982-54ea7418ec3f"),
        ],
    ),
    "descriptor": (
        "grep -H ddb.uuid *.vmdk",
        'a.vmdk:ddb.uuid = "60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"\nb b.vmdk:ddb.uuid = "60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d"\n',
        [(Answer, 1, "/vmfs/volumes/ds/vm/a.vmdk", UUID), (Answer, 2, "/vmfs/volumes/ds/vm/b b.vmdk", UUID[:-1] + "d")],
    ),
    "ndctl": (
        "ndctl list -D",
        '[\n  {\n    "dev":"nmem1",\n    "id":"8902-a2ebf260"\n  },\n  {\n    "dev":"nmem0",\n    "id":"8902-00012345"\n  }\n]\n',
        [(Dimm, 3, "nmem1", "8902-a2ebf260"), (Dimm, 7, "nmem0", "8902-00012345")],
    ),
    "vmkfstools": (
        "vmkfstools -J getuuid a.vmdk",
        "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n",
        [(Answer, 1, "/vmfs/volumes/ds/vm/a.vmdk", UUID)],
    ),
    "vmkfstools in a loop": (
        'for f in *.vmdk; do echo "$f"; vmkfstools -J getuuid "$f"; done',
        "a.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\nb b.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0d\n",
        [(Answer, 2, "/vmfs/volumes/ds/vm/a.vmdk", UUID), (Answer, 4, "/vmfs/volumes/ds/vm/b b.vmdk", UUID[:-1] + "d")],
    ),
    "df": (
        "df -h",
        "Filesystem   Size   Used Available Use% Mounted on\nVMFS-6     348.8G  19.7G    329.1G   6% /vmfs/volumes/datastore1 (1)\n",
        [(Filesystem, 2, "VMFS-6", "/vmfs/volumes/datastore1 (1)")],
    ),
    "df of Linux": (
        "df -h",
        "Filesystem      Size  Used Avail Use% Mounted on\n/dev/pmem0      974M   68K  907M   1% /mnt/db redo\n",
        [(Mount, 2, "/dev/pmem0", "/mnt/db redo")],
    ),
    "ls": (
        "ls -l",
        "total 8\n-rw-------    1 root     root     17179869184 Nov 20 10:11 a.vmdk\ndrwxr-xr-x    1 root     root          12 Nov 20 10:11 b c\n",
        [(Entry, 2, "a.vmdk", 17179869184), (Entry, 3, "b c", 12)],
    ),
    "ls in columns": (
        "ls",
        "a.vmdk    b b.vmdk\na_1.vmdk\n",
        [(Entry, 1, "a.vmdk", None), (Entry, 2, "a_1.vmdk", None), (Entry, 1, "b b.vmdk", None)],
    ),
    "hostname": ("hostname", "esx01.example.net\n", [(Hostname, 1, "esx01.example.net", "hostname")]),
    "uname": ("uname -a", "VMkernel esx01 7.0.3 #1 SMP Release build-1 Jan 1 2026 x86_64 ESXi\n", [(Hostname, 1, "esx01", "uname")]),
    "find": (
        "find /vmfs/volumes -name '*.vmdk'",
        "/vmfs/volumes/ds/vm 1/a.vmdk\n/vmfs/volumes/ds/vm/b b.vmdk\n",
        [(Entry, 1, "a.vmdk", None), (Entry, 2, "b b.vmdk", None)],
    ),
    "by-id": (
        "find /dev/disk/by-id -printf '%f -> %l\\n'",
        f"scsi-3{UUID} -> ../../sda\nwwn-0x{UUID}-part1 -> ../../sda1\n",
        [(Entry, 1, f"scsi-3{UUID}", None), (Disk, 1, "sda", f"3{UUID}"), (Entry, 2, f"wwn-0x{UUID}-part1", None), (Disk, 2, "sda1", "")],
    ),
    "lsblk": (
        "lsblk -o NAME,SERIAL,TYPE,MOUNTPOINT",
        "NAME   SERIAL TYPE MOUNTPOINT\nsda    00012  disk \n`-sda1        part /boot\npmem0         disk /mnt/db redo\n",
        [(Disk, 2, "sda", "00012"), (Disk, 3, "sda1", ""), (Mount, 3, "/dev/sda1", "/boot"), (Disk, 4, "pmem0", ""), (Mount, 4, "/dev/pmem0", "/mnt/db redo")],
    ),
    "lsblk as JSON": (
        "lsblk -J -o NAME,SERIAL",
        '{\n   "blockdevices": [\n      {"name": "sda", "serial": "00012",\n         "children": [\n            {"name": "sda1", "serial": null}\n         ]\n      }\n   ]\n}\n',
        [(Disk, 3, "sda", "00012"), (Disk, 5, "sda1", "")],
    ),
    "lsblk in pairs": (
        "lsblk -P -o NAME,SERIAL,MOUNTPOINT",
        'NAME="sda" SERIAL="1e100000" MOUNTPOINT="/a\\x20b"\nNAME="sdb" SERIAL="" MOUNTPOINT=""\n',
        [(Disk, 1, "sda", "1e100000"), (Mount, 1, "/dev/sda", "/a b"), (Disk, 2, "sdb", "")],
    ),
    "powershell": (
        "Get-PhysicalDisk",
        "Number FriendlyName        SerialNumber                     MediaType CanPool OperationalStatus HealthStatus Usage         Size\n"
        "------ ------------        ------------                     --------- ------- ----------------- ------------ -----         ----\n"
        "1      VMware Virtual disk 6000c29842c754f802c2d49b206b080c SSD       False   OK                Healthy      Auto-Select 400 GB\n"
        "0      VMware Virtual disk                                  SSD       False   OK                Healthy      Auto-Select 150 GB\n",
        [(Disk, 3, "PhysicalDrive1", UUID), (Disk, 4, "PhysicalDrive0", "")],
    ),
    "powershell as a list": (
        "Get-PhysicalDisk | Format-List DeviceId, SerialNumber",
        "DeviceId     : 1\nSerialNumber : 6000c29842c754f802c2d49b206b080c\n\nDeviceId     : 10\nSerialNumber : 00012345\n",
        [(Disk, 1, "PhysicalDrive1", UUID), (Disk, 4, "PhysicalDrive10", "00012345")],
    ),
    "powershell as JSON": (
        "Get-PhysicalDisk | Select-Object DeviceId, SerialNumber | ConvertTo-Json",
        '[\n    {\n        "DeviceId":  "1",\n        "SerialNumber":  "6000c29842c754f802c2d49b206b080c"\n    },\n'
        '    {\n        "DeviceId":  "0",\n        "SerialNumber":  null\n    }\n]\n',
        [(Disk, 4, "PhysicalDrive1", UUID), (Disk, 8, "PhysicalDrive0", "")],
    ),
    "findmnt": (
        "findmnt -D",
        "SOURCE     FSTYPE  SIZE  USED AVAIL USE% TARGET\n/dev/pmem0 ext4    974M   68K  907M   1% /mnt/db redo\ntmpfs      tmpfs 11023G     0 11.8G   0% /dev\n",
        [(Mount, 2, "/dev/pmem0", "/mnt/db redo")],
    ),
    "findmnt as a tree": (
        "findmnt",
        "TARGET           SOURCE           FSTYPE OPTIONS\n/                /dev/sda2[/root] btrfs  rw,relatime\n|-/proc          proc             proc   rw\n`-/mnt/db redo   /dev/pmem0       ext4   rw,dax=always\n",
        [(Mount, 2, "/dev/sda2", "/"), (Mount, 4, "/dev/pmem0", "/mnt/db redo")],
    ),
    "findmnt as JSON": (
        "findmnt -J",
        '{\n   "filesystems": [\n      {"target": "/", "source": "/dev/sda2[/root]", "fstype": "btrfs", "options": "rw",\n         "children": [\n'
        '            {"target": "/mnt/db redo", "source": "/dev/pmem0", "fstype": "ext4", "options": "rw"}\n         ]\n      }\n   ]\n}\n',
        [(Mount, 3, "/dev/sda2", "/"), (Mount, 5, "/dev/pmem0", "/mnt/db redo")],
    ),
    "findmnt in pairs": (
        "findmnt -P",
        'TARGET="/mnt/db\\x20redo" SOURCE="/dev/pmem0" FSTYPE="ext4" OPTIONS="rw"\nTARGET="/proc" SOURCE="proc" FSTYPE="proc" OPTIONS="rw"\n',
        [(Mount, 1, "/dev/pmem0", "/mnt/db redo")],
    ),
    "mount": (
        "mount",
        "proc on /proc type proc (rw,nosuid)\n/dev/pmem0 on /mnt/db redo type ext4 (rw,relatime,dax=always)\n",
        [(Mount, 2, "/dev/pmem0", "/mnt/db redo")],
    ),
    "proc": ("cat /proc/mounts", "proc /proc proc rw 0 0\n/dev/pmem0 /mnt/db\\040redo ext4 rw 0 0\n", [(Mount, 2, "/dev/pmem0", "/mnt/db redo")]),
    "vms": (
        "vim-cmd vmsvc/getallvms",
        "Vmid   Name         File                               Guest OS        Version   Annotation\n"
        "12     db 01        [datastore1 (1)] db 01/db 01.vmx   ubuntu64Guest   vmx-19    a note\n",
        [(Vm, 2, "db 01", "[datastore1 (1)] db 01/db 01.vmx")],
    ),
    "vms that run": (
        "esxcli vm process list",
        "db01\n   World ID: 1001\n   Process ID: 0\n   VMX Cartel ID: 1000\n   UUID: 56 4d be 1b 00 11 22 33-44 55 66 77 88 99 aa bb\n"
        "   Display Name: db01\n   Config File: /vmfs/volumes/ds/db01/db01.vmx\n",
        [(Vm, 6, "db01", "/vmfs/volumes/ds/db01/db01.vmx")],
    ),
    "vmx": (
        "cat db01.vmx",
        '.encoding = "UTF-8"\ndisplayName = "db|2201|22"\nnvdimm0:0.fileName = "/vmfs/volumes/PMemDS-1/db01/db01.vmdk"\n'
        'uuid.bios = "56 4d be 1b 00 11 22 33-44 55 66 77 88 99 aa bb"\n',
        [(Attached, 3, "nvdimm0:0", "/vmfs/volumes/PMemDS-1/db01/db01.vmdk"), (Vm, 2, 'db"01"', "/vmfs/volumes/ds/vm/db01.vmx")],
    ),
    "daxctl": (
        "daxctl list",
        '[\n  {\n    "chardev":"dax1.0",\n    "size":1063256064,\n    "mode":"devdax"\n  },\n  {\n    "chardev":"dax0.0",\n    "size":1,\n    "mode":"system-ram"\n  }\n]\n',
        [(Disk, 3, "dax1.0", ""), (Disk, 8, "dax0.0", "")],
    ),
    "sysfs": (
        "grep . /sys/bus/nd/devices/nmem0/nfit/id /sys/bus/nd/devices/nmem1/nfit/id",
        "/sys/bus/nd/devices/nmem0/nfit/id:8902-206b080c\n/sys/bus/nd/devices/nmem1/nfit/id:8902-00012345\n",
        [(Dimm, 1, "nmem0", "8902-206b080c"), (Dimm, 2, "nmem1", "8902-00012345")],
    ),
    "scsi_id": ("/lib/udev/scsi_id -g -u -d /dev/sda", "36000c29842c754f802c2d49b206b080c\n", [(Disk, 1, "sda", f"3{UUID}")]),
    "scsi_id by lsscsi": (
        "lsscsi -i",
        "[1:0:0:0]    cd/dvd  NECVMWar VMware IDE CDR10 1.00  /dev/sr0   -\n[2:0:0:0]    disk    VMware   Virtual disk     2.0   /dev/sda   36000c29842c754f802c2d49b206b080c\n",
        [(Disk, 2, "sda", f"3{UUID}")],
    ),
    "dmidecode": (
        "dmidecode -t system",
        "# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 2.7 present.\n\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n"
        "\tManufacturer: VMware, Inc.\n\tUUID: 564dbe1b-0011-2233-4455-66778899aabb\n",
        [(Said, 7, "vendor", "VMware, Inc."), (Said, 8, "bios uuid", "564dbe1b00112233445566778899aabb")],
    ),
    "volume": (
        "vmkfstools -P /vmfs/volumes/ds",
        "VMFS-6.81 (Raw Major Version: 24) file system spanning 1 partitions.\nFile system label (if any): ds 1\nMode: public ATS-only\n"
        'UUID: 5f8b4c97-234dcc30-d982-54ea7418ec3f\nPartitions spanned (on "lvm"):\n\tmpx.vmhba0:C0:T0:L0:8\nIs Native Snapshot Capable: YES\n',
        [(Volume, 4, "ds 1", "5f8b4c97-234dcc30-d982-54ea7418ec3f")],
    ),
    "extents": (
        "esxcli storage vmfs extent list",
        "Volume Name  VMFS UUID                            Extent Number  Device Name          Partition\n"
        "-----------  -----------------------------------  -------------  -------------------  ---------\n"
        "ds 1         5f8b4c97-234dcc30-d982-54ea7418ec3f              0  mpx.vmhba0:C0:T0:L0          8\n",
        [(Volume, 3, "ds 1", "5f8b4c97-234dcc30-d982-54ea7418ec3f")],
    ),
    "date": ("date -u", "Sun Nov 22 10:12:13 UTC 2026\n", [(Said, 1, "time", "Sun Nov 22 10:12:13 UTC 2026")]),
    "pwd": ("pwd", "/vmfs/volumes/ds/vm\n", []),
    "sha256sum": ("sha256sum *", f"{'0' * 64}  a b.txt\n{'1' * 64} *c.txt\n", [(Sum, 1, "a b.txt", "0" * 64), (Sum, 2, "c.txt", "1" * 64)]),
}  # fmt: skip
COLUMNS = {
    Dimm: ("dev", "id"), Answer: ("path", "uuid"), Filesystem: ("type", "mounted_on"), Mount: ("device", "target"), Entry: ("name", "bytes"),
    Hostname: ("name", "by"), Volume: ("name", "id"), Said: ("what", "value"), Disk: ("device", "serial"), Vm: ("name", "vmx"), Attached: ("slot", "file"),
    Sum: ("path", "sha256"),
}  # fmt: skip
PROMPT = "[root@esx01:/vmfs/volumes/ds/vm]"
DISGUISES = {
    "clean": str.encode,
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16 LE with BOM": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 BE with BOM": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-16 LE with BOM and CRLF": lambda text: b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
    "ANSI colour on every line": lambda text: text.replace("\n", "\x1b[m\x1b[K\n\x1b[01;31m").encode(),
    "a terminal's log": lambda text: ("\x1b[?2004h\x1b]0;root@esx01: ~\x07" + text.replace("\n", "\r\n")).encode(),
    "no end of the last line": lambda text: text.rstrip("\n").encode(),
    "blank lines at the end": lambda text: f"{text}\n\n".encode(),
}


def seen(data: bytes):
    """Return what was read, each fact as its kind, line and two columns; and check that all lines are accounted for."""
    reading = read_source(data)
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    assert min(reading.ledger) >= 0
    # A part has those of one kind together.
    records = sorted((record for part in reading.parts for record in part.records), key=lambda record: record.line)
    return [
        (type(record), record.line, *(getattr(record, name) for name in COLUMNS[type(record)]))
        for record in records
        if type(record) in COLUMNS
    ]


def below(expected, lines: int):
    return [(kind, line + lines, *columns) for kind, line, *columns in sorted(expected, key=lambda fact: fact[1])]


def test_every_parser_has_a_sample():
    assert {parser.name for parser in PARSERS} <= {name.split()[0] for name in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_same_answer_is_read_in_any_clothes(sample, disguise):
    command, output, expected = SAMPLES[sample]
    text = f"{PROMPT} {command}\n{output}"
    data = DISGUISES[disguise](text)
    assert seen(data) == below(expected, 1)
    assert read_source(data).unread == ()
    assert read_source(data).commands == (command,)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_banner_and_other_commands_around_an_answer_change_nothing(sample):
    command, output, expected = SAMPLES[sample]
    banner = "The time and date of this login have been sent to the system logs.\n\n[root@esx01:~] uptime\nup 2 days\n"
    assert seen(f"{banner}{PROMPT} {command}\n{output}{PROMPT} uptime\nup 3 days\n{PROMPT} exit\nlogout\n".encode()) == below(expected, 5)


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_answer_twice_is_two_answers(sample):
    command, output, expected = SAMPLES[sample]
    text = f"{PROMPT} {command}\n{output}"
    assert seen(f"{text}{text}".encode()) == below(expected, 1) + below(expected, 1 + text.count("\n"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_capture_cut_at_any_line_says_nothing_that_the_whole_one_does_not(sample):
    command, output, expected = SAMPLES[sample]
    lines = f"{PROMPT} {command}\n{output}".split("\n")
    for stop in range(len(lines)):
        found = seen("\n".join(lines[:stop]).encode())
        assert set(found) <= set(below(expected, 1)), stop


@pytest.mark.parametrize("sample", ["ndctl", "vmkfstools", "vmkfstools in a loop"])
def test_an_identity_cut_at_any_byte_is_whole_or_absent(sample):
    """Half a serial would be another device's."""
    command, output, expected = SAMPLES[sample]
    data = f"{PROMPT} {command}\n{output}".encode()
    whole = {columns for _, _, *rest in expected for columns in rest}
    for stop in range(len(data)):
        for _, _, name, identity in seen(data[:stop]):
            assert identity in whole, stop
            assert name in whole, stop


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_at_all_is_nothing(sample):
    command = SAMPLES[sample][0]
    for text in (f"{PROMPT} {command}\n", f"{PROMPT} {command}\n{PROMPT} \n", f"{PROMPT} {command}\n\n\n"):
        assert seen(text.encode()) == []
        assert read_source(text.encode()).unread == ()


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("error", ["-sh: {}: not found", "bash: {}: command not found", "{}: Permission denied", "Killed"])
def test_an_error_in_place_of_the_answer_is_no_answer(sample, error):
    command = SAMPLES[sample][0]
    word = next(name for name in ("vmkfstools", "ndctl", "df", "ls", "hostname", "uname", "bash") if name in command or name == "bash")
    assert seen(f"{PROMPT} {command}\n{error.format(word)}\n".encode()) == []

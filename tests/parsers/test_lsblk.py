"""lsblk: one set of devices in every form, cells that are empty, trees upright and on their heads, and what is cut."""

from __future__ import annotations

import random

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Disk, Mount

UUID = "6000c29842c754f802c2d49b206b080c"
TREE = f"""NAME              MAJ:MIN RM  SIZE RO TYPE SERIAL                           MOUNTPOINTS
sda                 8:0    0   40G  0 disk {UUID}
\u251c\u2500sda1              8:1    0    1G  0 part                                  /boot
\u2514\u2500sda2              8:2    0   39G  0 part
  \u251c\u2500vg-root       253:0    0   35G  0 lvm                                   /
  \u2502                                                                           /mnt/root too
  \u2514\u2500vg-swap       253:1    0    4G  0 lvm                                   [SWAP]
pmem0             259:0    0    1G  0 disk
\u2514\u2500pm--vg-my--data 253:2    0    1G  0 lvm                                   /mnt/my data
sr0                11:0    1 1024M  0 rom  00000000000000000001
"""
PARENTS = {
    "sda": "", "sda1": "sda", "sda2": "sda", "vg-root": "sda2", "vg-swap": "sda2", "pmem0": "", "pm--vg-my--data": "pmem0", "sr0": "",
}  # fmt: skip
MOUNTS = {
    ("/dev/sda1", "/boot"), ("/dev/mapper/vg-root", "/"), ("/dev/mapper/vg-root", "/mnt/root too"), ("/dev/mapper/pm--vg-my--data", "/mnt/my data"),
    ("/dev/mapper/vg-swap", "[SWAP]"),
}  # fmt: skip
SERIALS = {"sda": UUID, "sr0": "00000000000000000001"}


def ascii_tree(text: str) -> str:
    return text.replace("\u251c\u2500", "|-").replace("\u2514\u2500", "`-").replace("\u2502", "|")


def facts(text: str):
    reading = read_source(text.encode())
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    records = [record for part in reading.parts for record in part.records]
    disks = [record for record in records if isinstance(record, Disk)]
    mounts = {(record.device, record.target) for record in records if isinstance(record, Mount)}
    return disks, mounts, reading


def as_json(*, old: bool = False) -> str:
    devices = []
    for name, parent in PARENTS.items():
        targets = [target for device, target in sorted(MOUNTS) if device.rpartition("/")[2] == name]
        serial = f'"{SERIALS[name]}"' if name in SERIALS else "null"
        kind = "lvm" if "-" in name else "disk"
        points = ", ".join(f'"{target}"' for target in targets) or "null"
        ro = '"0"' if old else "false"
        devices.append((
            name,
            parent,
            f'"name": "{name}",\n "ro": {ro}, "type": "{kind}", "serial": {serial}, "mountpoints": [\n{points}\n]',
        ))

    def shown(parent: str) -> str:
        found = [f"{{\n{cells}{children(name)}\n}}" for name, above, cells in devices if above == parent]
        return ",".join(found)

    def children(name: str) -> str:
        inner = shown(name)
        return f',\n"children": [\n{inner}\n]' if inner else ""

    return f'{{\n   "blockdevices": [\n{shown("")}\n   ]\n}}\n'


def as_pairs() -> str:
    lines = []
    for name, parent in PARENTS.items():
        target = next((target for device, target in sorted(MOUNTS) if device.rpartition("/")[2] == name), "").replace(" ", "\\x20")
        kind = "lvm" if "-" in name else "disk"
        lines.append(f'NAME="{name}" PKNAME="{parent}" TYPE="{kind}" SERIAL="{SERIALS.get(name, "")}" MOUNTPOINT="{target}"')
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("text", [TREE, ascii_tree(TREE), as_json(), as_json(old=True)], ids=["tree", "ASCII", "JSON", "old JSON"])
@pytest.mark.parametrize("prompt", ["", "root@db01:~# lsblk\n"])
def test_every_form_tells_the_same(text, prompt):
    disks, mounts, reading = facts(prompt + text)
    assert {disk.device: disk.parent for disk in disks} == PARENTS
    assert {disk.device: disk.serial for disk in disks if disk.serial} == SERIALS
    assert mounts == MOUNTS
    assert reading.unread == ()


def test_pairs_tell_the_same_but_for_a_second_mount():
    disks, mounts, reading = facts(as_pairs())
    assert {disk.device: disk.parent for disk in disks} == PARENTS
    assert {disk.device: disk.serial for disk in disks if disk.serial} == SERIALS
    assert len(mounts) == len(MOUNTS) - 1
    assert mounts < MOUNTS
    assert reading.unread == ()


def test_a_device_stands_on_its_own_line():
    disks, _, _ = facts(TREE)
    lines = TREE.splitlines()
    assert all(disk.device in lines[disk.line - 1] for disk in disks)
    disks, _, _ = facts(as_json())
    lines = as_json().splitlines()
    assert all(f'"{disk.device}"' in lines[disk.line - 1] for disk in disks)


def test_a_tree_on_its_head_has_what_it_lies_on_below():
    text = "NAME    TYPE MOUNTPOINT\nvg-data lvm  /data\n`-pmem0 disk\nsda1    part /boot\n`-sda   disk\n"
    disks, mounts, _ = facts(f"root@db01:~# lsblk -s -o NAME,TYPE,MOUNTPOINT\n{text}")
    assert {(disk.device, disk.parent) for disk in disks if disk.parent} == {("vg-data", "pmem0"), ("sda1", "sda")}
    assert mounts == {("/dev/mapper/vg-data", "/data"), ("/dev/sda1", "/boot")}
    assert {(disk.device, disk.parent) for disk in facts(text)[0] if disk.parent} == {("vg-data", "pmem0"), ("sda1", "sda")}


@pytest.mark.parametrize(("printed", "exact"), [("1073741824", 1073741824), ("1G", None), ("0B", None), ("9" * 30, None)])
def test_a_size_is_bytes_only_where_it_is_a_plain_number(printed, exact):
    (disk,), _, _ = facts(f"NAME  {'SIZE'.rjust(len(printed))}\npmem0 {printed.rjust(4)}\n")
    assert (disk.size, disk.bytes) == (printed, exact)


def test_where_blanks_were_lost_a_cell_is_not_put_under_another_header():
    text = "NAME   MAJ:MIN RM  SIZE RO TYPE SERIAL MOUNTPOINT\nsda 8:0 0 40G 0 disk /boot\n"
    disks, mounts, reading = facts(text)
    assert disks == []
    assert mounts == set()
    assert [unread.line for unread in reading.unread] == [2]


def test_a_second_table_in_one_answer_is_nobodys():
    disks, _, reading = facts(f"root@db01:~# lsblk\n{TREE}{TREE.replace('sda', 'sdb')}")
    assert {disk.device for disk in disks if disk.line < 12} == set(PARENTS)
    assert reading.parts[-1].lost


def test_an_error_is_no_device():
    disks, _, reading = facts("root@db01:~# lsblk /dev/x\nlsblk: /dev/x: not a block device\n")
    assert disks == []
    assert reading.ledger.lines == 2


@pytest.mark.parametrize("text", [TREE, as_json(), as_pairs()], ids=["tree", "JSON", "pairs"])
def test_cut_anywhere_nothing_wrong_is_read(text):
    chooser = random.Random(7)
    for _ in range(60):
        disks, mounts, _ = facts(text[: chooser.randrange(len(text))])
        whole = disks[:-1]
        assert all(disk.parent in {PARENTS[disk.device], ""} for disk in whole)
        assert all(SERIALS.get(disk.device, "") == disk.serial for disk in whole)
        assert len(mounts - MOUNTS) <= 1


def test_garbage_is_counted():
    chooser = random.Random(11)
    pieces = ["NAME", " ", "SIZE", "TYPE", "`-", "|-", "sda", "8:0", "\n", "disk", '="', '"', "/x", "\u2514\u2500"]
    for _ in range(300):
        facts("NAME TYPE MOUNTPOINTS\n" + "".join(chooser.choices(pieces, k=40)))


def test_a_mount_on_a_logical_volume_is_the_dimms(tmp_path):
    guest = (
        "root@db01:~# ndctl list -DRN\n"
        '{"dimms":[{"dev":"nmem0","id":"8902-206b080c"}],"regions":[{"dev":"region0","size":1073741824,'
        '"mappings":[{"dimm":"nmem0","offset":0,"length":1073741824}],"namespaces":[{"dev":"namespace0.0","blockdev":"pmem0"}]}]}\n'
        f"root@db01:~# lsblk\n{TREE}"
        "root@db01:~# df -h\nFilesystem                      Size  Used Avail Use% Mounted on\n"
        "/dev/mapper/pm--vg-my--data     974M   68K  907M   1% /by-df\n/dev/pm-vg/my-data 974M   68K  907M   1% /by-link\n"
        "/dev/mapper/vg-root 9G 1G 8G 1% /\n"
    )
    (tmp_path / "db01.txt").write_text(guest)
    row = match(read(tmp_path)).mapping.iloc[0]
    assert row["mountpoints"] == "/by-df, /by-link, /mnt/my data"


EVERY_COLUMN = """\
NAME      MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT KNAME MODEL            SERIAL STATE   REV  VENDOR
sda         8:0    0   20G  0 disk            sda   VMware Virtual S        running 1.0  VMware,
`-sda1      8:1    0   19G  0 part            sda1
  `-vg-lv 253:0    0   19G  0 lvm  /data      dm-0                          running
sr0        11:0    1 1024M  0 rom             sr0   VMware IDE CDR10 000001 running 1.00 NECVMWar
"""


def test_a_model_and_a_vendor_of_several_words_move_no_column():
    disks, mounts, reading = facts(EVERY_COLUMN)
    assert reading.unread == ()
    assert [(disk.device, disk.parent, disk.serial) for disk in disks] == [
        ("sda", "", ""),
        ("sda1", "sda", ""),
        ("vg-lv", "sda1", ""),
        ("sr0", "", "000001"),
    ]
    assert mounts == {("/dev/mapper/vg-lv", "/data")}


def test_old_versions_show_a_mapped_devices_number_behind_its_name():
    text = "NAME               MAJ:MIN RM   SIZE RO TYPE MOUNTPOINT\npmem0              259:0    0     1G  0 disk\n`-vg_a-lv_b (dm-0) 253:0    0     1G  0 lvm  /mnt/db\n"
    disks, mounts, _ = facts(text)
    assert [(disk.device, disk.parent) for disk in disks] == [("pmem0", ""), ("vg_a-lv_b", "pmem0")]
    assert mounts == {("/dev/mapper/vg_a-lv_b", "/mnt/db")}


def collapsed(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


DEFAULT = "NAME      MAJ:MIN RM  SIZE RO TYPE MOUNTPOINT\npmem0     259:0    0    1G  0 disk /mnt/my data\nsda         8:0    0   40G  0 disk \n`-sda2      8:2    0   39G  0 part \n  `-vg-lv 253:0    0   35G  0 lvm  /\n"


def test_without_its_blanks_the_usual_table_is_read_and_its_tree_is_not():
    disks, mounts, reading = facts(collapsed(DEFAULT))
    assert [disk.device for disk in disks] == ["pmem0", "sda", "sda2", "vg-lv"]
    assert {disk.parent for disk in disks} == {""}
    assert mounts == {("/dev/pmem0", "/mnt/my data"), ("/dev/mapper/vg-lv", "/")}
    assert reading.unread == ()


@pytest.mark.parametrize("lost", range(1, 5))
def test_below_a_row_that_lost_its_place_nothing_lies_on_what_stands_above(lost):
    lines = DEFAULT.split("\n")
    lines[lost] = "x " * 20
    disks, _, reading = facts("\n".join(lines))
    assert [unread.line for unread in reading.unread] == [lost + 1]
    parents = {"pmem0": "", "sda": "", "sda2": "sda", "vg-lv": "sda2"}
    gone = list(parents)[lost - 1]
    assert {disk.device: disk.parent for disk in disks} == {
        device: "" if parent == gone or (gone == "sda" and device == "vg-lv") else parent
        for device, parent in parents.items()
        if device != gone
    }


@pytest.mark.parametrize("prompt", ["", "root@db01:~# lsblk -P -O\n"])
def test_pairs_may_begin_with_any_column(prompt):
    disks, mounts, reading = facts(f'{prompt}ALIGNMENT="0" DISC-ALN="0" KNAME="pmem0" MOUNTPOINT="/mnt/a" NAME="pmem0" SERIAL=""\n')
    assert [disk.device for disk in disks] == ["pmem0"]
    assert mounts == {("/dev/pmem0", "/mnt/a")}
    assert reading.unread == ()


def test_a_usage_is_nobodys_output():
    text = "root@db01:~# lsblk -Q\nlsblk: invalid option -- 'Q'\n\nUsage:\n lsblk [options] [<device> ...]\n\nOptions:\n -a, --all   print all devices\n\nFor more information see lsblk(8).\n"
    _, _, reading = facts(text)
    assert reading.unread == ()


def test_of_json_that_is_cut_the_whole_devices_are_read():
    text = as_json()
    disks, mounts, reading = facts(text[: text.rindex('"vg-swap"')])
    assert reading.status == "truncated"
    assert {(disk.device, disk.parent) for disk in disks} == {("sda1", ""), ("vg-root", "")}
    assert {target for _, target in mounts} <= {target for _, target in MOUNTS}


FOUR_LEVELS = """NAME                 MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT
nvme0n1              259:0    0   90G  0 disk
\u251c\u2500nvme0n1p1          259:1    0    1G  0 part  /boot
\u2514\u2500nvme0n1p2          259:2    0   89G  0 part
  \u2514\u2500vault            253:0    0   89G  0 crypt
    \u251c\u2500sys-root       253:1    0   60G  0 lvm   /
    \u2502 \u2514\u2500deep         253:4    0   60G  0 crypt
    \u2514\u2500sys-swap       253:2    0   20G  0 lvm   [SWAP]
pmem3                259:5    0    6G  0 disk
\u251c\u2500pmem3p1            259:6    0    3G  0 part
\u2502 \u2514\u2500pv               253:7    0    3G  0 crypt
\u2502   \u2514\u2500log-a          253:8    0    3G  0 lvm   /a
\u2514\u2500pmem3p2            259:9    0    3G  0 part  /b
"""


@pytest.mark.parametrize("drawn", [lambda text: text, ascii_tree])
@pytest.mark.parametrize("command", ["", "[root@crypt1 ~]# lsblk\n"])
def test_a_parent_is_known_at_any_depth(command, drawn):
    assert {disk.device: disk.parent for disk in facts(command + drawn(FOUR_LEVELS))[0]} == {
        "nvme0n1": "", "nvme0n1p1": "nvme0n1", "nvme0n1p2": "nvme0n1", "vault": "nvme0n1p2", "sys-root": "vault", "deep": "sys-root", "sys-swap": "vault",
        "pmem3": "", "pmem3p1": "pmem3", "pv": "pmem3p1", "log-a": "pv", "pmem3p2": "pmem3",
    }  # fmt: skip


SHOWN = {"sdc": UUID, "sdd": "", "nvme0n1": "VMware NVME_0000"}


def shown(text: str) -> dict[str, str]:
    return {disk.device: disk.serial for disk in facts(text)[0]}


@pytest.mark.parametrize(
    "options",
    ["-dno NAME,SERIAL", "-d -n -o name,serial", "-dnoNAME,SERIAL", "-nd --output NAME,SERIAL", "--noheadings --output=NAME,SERIAL"],
)
def test_without_a_header_the_command_names_the_columns(options):
    assert shown(f"[root@crypt1 ~]# lsblk {options}\nsdc     {UUID}\nsdd     \nnvme0n1 VMware NVME_0000\n") == SHOWN


@pytest.mark.parametrize(
    ("options", "rows", "expected"),
    [
        ("-rno NAME,SERIAL,SIZE", f"sdc {UUID} 90G\nsdd  80G\nnvme0n1 VMware\\x20NVME_0000 70G\n", SHOWN),
        ("-ro NAME,SERIAL,SIZE", f"NAME SERIAL SIZE\nsdc {UUID} 90G\nsdd  80G\nnvme0n1 VMware\\x20NVME_0000 70G\n", SHOWN),
        ("-dno NAME,SIZE,SERIAL,MODEL", f"sdc  90G {UUID} Virtual disk\nsdd  80G   Virtual disk\n", {"sdc": UUID, "sdd": ""}),
        ("-dno NAME,MODEL,SERIAL,WWN", f"sdc  Virtual disk {UUID} 0x{UUID[:16]}\nsdd  Virtual disk\n", {"sdc": UUID, "sdd": ""}),
        ("-dno NAME,SERIAL,MODEL", "sdc  44 disk 7\n", {}),
        ("-dno NAME,SIZE", f"sdc  {UUID}\n", {}),
        ("-dno NAME", f"sdc  {UUID}\n", {}),
        ("-dno SIZE,SERIAL", f"90G  {UUID}\n", {}),
        ("-o NAME,SERIAL", f"sdc  {UUID}\n", {}),
        ("-dno $COLUMNS", f"sdc  {UUID}\n", {}),
        ("-P -o SERIAL,SIZE", f'SERIAL="{UUID}" SIZE="90G"\n', {}),
        ("-P -o PATH,SERIAL", f'PATH="/dev/sdc" SERIAL="{UUID}"\n', {"sdc": UUID}),
    ],
)  # fmt: skip
def test_a_row_is_read_only_where_its_words_fit_the_columns_in_one_way(options, rows, expected):
    disks, _, reading = facts(f"[root@crypt1 ~]# lsblk {options}\n{rows}")
    assert {disk.device: disk.serial for disk in disks} == expected
    assert expected or reading.ledger.not_understood == 1


def test_a_tree_without_a_header_keeps_its_parents():
    text = "[root@crypt1 ~]# lsblk -no NAME,TYPE,MOUNTPOINT\nsdc     disk \n\u2514\u2500sdc1  part \n  \u2514\u2500vg-a lvm  /srv/a  b\n"
    disks, mounts, _ = facts(text)
    assert {disk.device: disk.parent for disk in disks} == {"sdc": "", "sdc1": "sdc", "vg-a": "sdc1"}
    assert mounts == {("/dev/mapper/vg-a", "/srv/a  b")}


def test_without_a_command_both_ways_to_cut_a_row_must_agree():
    """The header of -r and that of a narrow table look alike: a cell that is the serial for one and the WWN for the other is neither."""
    disks, _, reading = facts("NAME SERIAL WWN\nsdc  abc\nsdd 00017 0x5000c29a1b2c3d4e\n")
    assert [(disk.device, disk.serial) for disk in disks] == [("sdd", "00017")]
    assert [unread.line for unread in reading.unread] == [2]


def test_a_mount_point_keeps_its_blanks_and_its_letters():
    table = "NAME    SIZE TYPE MOUNTPOINTS\npmem4     8G disk /srv/a   b\n                  /srv/c\\x09d  e\n                  /srv/\u00e5ngstr\u00f6m\npmem5     8G disk /srv/back\\slash\n"
    pairs = 'NAME="pmem4" MOUNTPOINT="/srv/a\\x20\\x20\\x20b"\nNAME="pmem5" MOUNTPOINT="/srv/\\xc3\\xa5ngstr\\xc3\\xb6m"\nNAME="pmem6" MOUNTPOINT="/srv/\\xff"\n'
    assert facts(table)[1] == {
        ("/dev/pmem4", "/srv/a   b"), ("/dev/pmem4", "/srv/c\td  e"), ("/dev/pmem4", "/srv/\u00e5ngstr\u00f6m"), ("/dev/pmem5", "/srv/back\\slash")
    }  # fmt: skip
    assert facts(pairs)[1] == {("/dev/pmem4", "/srv/a   b"), ("/dev/pmem5", "/srv/\u00e5ngstr\u00f6m"), ("/dev/pmem6", "/srv/\\xff")}

"""findmnt, mount and /proc/mounts: one set of mounts in every form, odd names, columns that touch, and what is no mount."""

from __future__ import annotations

import json
import random

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Mount

MOUNTS = [
    ("/", "/dev/mapper/vg-root", "xfs"),
    ("/mnt/db redo", "/dev/pmem0", "ext4"),
    ("/mnt/on the way", "/dev/pmem1p1", "xfs"),
    ("/boot", "/dev/sda1", "ext4"),
]
OTHERS = [("/proc", "proc", "proc"), ("/sys/fs/cgroup", "cgroup2", "cgroup2"), ("/home", "nas:/export/home", "nfs4")]
EVERY = [*MOUNTS, *OTHERS]
SEEN = {(source, target, fstype) for target, source, fstype in MOUNTS}


def table() -> str:
    rows = [("TARGET", "SOURCE", "FSTYPE", "OPTIONS"), *((*row, "rw,relatime") for row in EVERY)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "".join(" ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows)


def tree() -> str:
    return table().replace("\n/mnt", "\n\u251c\u2500/mnt").replace("TARGET", "TARGET  ").replace("\n/ ", "\n/   ")


def as_json(*, nested: bool) -> str:
    rows = [{"target": target, "source": source, "fstype": fstype, "options": "rw"} for target, source, fstype in EVERY]
    return json.dumps({"filesystems": [{**rows[0], "children": rows[1:]}] if nested else rows}, indent=3)


def in_pairs() -> str:
    return "".join(
        f'TARGET="{target.replace(" ", chr(92) + "x20")}" SOURCE="{source}" FSTYPE="{fstype}" OPTIONS="rw"\n'
        for target, source, fstype in EVERY
    )


def mount() -> str:
    return "".join(f"{source} on {target} type {fstype} (rw,relatime)\n" for target, source, fstype in EVERY)


def proc() -> str:
    return "".join(f"{source} {target.replace(' ', chr(92) + '040')} {fstype} rw,relatime 0 0\n" for target, source, fstype in EVERY)


FORMS = {
    "a table": ("findmnt -l", table()),
    "JSON": ("findmnt -J -l", as_json(nested=False)),
    "nested JSON": ("findmnt -J", as_json(nested=True)),
    "pairs": ("findmnt -P", in_pairs()),
    "mount": ("mount", mount()),
    "proc": ("cat /proc/mounts", proc()),
    "proc by less": ("cat /proc/self/mounts", proc()),
}


def mounts(found) -> list[tuple[str, str, str]]:
    return [(record.device, record.target, record.fstype) for record in found if isinstance(record, Mount)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("prompted", [True, False])
def test_every_form_says_the_same(form, prompted, records):
    command, output = FORMS[form]
    found = mounts(records(f"[root@db01 ~]# {command}\n{output}" if prompted else output))
    assert len(found) == len(MOUNTS)
    assert set(found) == SEEN


@pytest.mark.parametrize("form", FORMS)
def test_cut_anywhere_it_never_says_something_else(form, records):
    command, output = FORMS[form]
    data = f"[root@db01 ~]# {command}\n{output}"
    dice = random.Random(form)
    for stop in dice.sample(range(len(data)), 60):
        found = mounts(records(data[:stop]))
        # The last line may have lost its end, and with it the end of its last column; it is the one that may differ.
        assert set(found[:-1]) <= SEEN, stop
        assert {device for device, _, _ in found} <= {device for device, _, _ in SEEN}, stop


def test_a_subvolume_is_of_its_device(records):
    text = "TARGET SOURCE           FSTYPE\n/      /dev/sda2[/root] btrfs\n/home  /dev/sda2[/home] btrfs\n"
    assert mounts(records(text)) == [("/dev/sda2", "/", "btrfs"), ("/dev/sda2", "/home", "btrfs")]


def test_a_row_that_does_not_fit_its_header_is_not_read(records):
    text = "[root@db01 ~]# findmnt\nTARGET SOURCE     FSTYPE\n/a     /dev/pmem0 ext4\n/a b c d /dev/pmem1 ext4\n"
    assert mounts(records(text)) == [("/dev/pmem0", "/a", "ext4")]


def test_a_folder_called_on_is_ambiguous_and_left(records):
    text = "[root@db01 ~]# mount\n/dev/pmem0 on /mnt/a on /b type ext4 (rw)\n/dev/pmem1 on /c type ext4 (rw)\n"
    assert mounts(records(text)) == [("/dev/pmem1", "/c", "ext4")]


@pytest.mark.parametrize("command", ["mount /dev/pmem0 /mnt", "mount -o dax /dev/pmem0 /mnt/db", "mount -a"])
def test_mounting_prints_nothing_that_is_read(command, records):
    assert mounts(records(f"[root@db01 ~]# {command}\nmount: /mnt: special device /dev/pmem0 does not exist.\n")) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_mount_reaches_its_device(form, captures):
    listing = '{"dimms":[{"dev":"nmem0","id":"8902-206b080c"}],"regions":[{"dev":"region0","size":1073741824,"mappings":[{"dimm":"nmem0","offset":0,"length":1073741824}],"namespaces":[{"dev":"namespace0.0","mode":"fsdax","blockdev":"pmem0"}]}]}'
    command, output = FORMS[form]
    result = match(read(captures({"db01.txt": f"[root@db01 ~]# ndctl list -DRN\n{listing}\n[root@db01 ~]# {command}\n{output}"})))
    assert result.mapping["mountpoints"].tolist() == ["/mnt/db redo"]


@pytest.mark.parametrize("name", ["findmnt_J.txt", "findmnt_real.txt"])
def test_real_guests_without_mounted_devices(name, shared, records):
    for file in sorted(shared.glob(f"qemu/g*/{name}")):
        text = file.read_bytes()
        assert {device for device, _, _ in mounts(records(text))} == {
            word for word in text.decode().replace('"', " ").replace(",", " ").split() if word.startswith("/dev/") and "pts" not in word
        }, file


def sources(found) -> set[tuple[str, str, str]]:
    return {(record.device, record.target, record.fstype) for record in found if isinstance(record, Mount)}


INFO = (
    "22 27 0:20 / /proc rw,nosuid,relatime shared:5 - proc proc rw\n"
    "61 27 259:3 / /srv/my\\040data rw,relatime shared:33 master:2 - ext4 /dev/pmem3 rw,dax=always\n"
    "62 27 259:3 /sub /srv/\u00e5 rw,relatime - ext4 /dev/pmem3 rw\n"
)


@pytest.mark.parametrize("command", ["", "[root@db5 ~]# cat /proc/self/mountinfo\n"])
def test_mountinfo(command, records):
    assert sources(records(command + INFO)) == {("/dev/pmem3", "/srv/my data", "ext4"), ("/dev/pmem3", "/srv/\u00e5", "ext4")}


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("findmnt -r", "TARGET SOURCE FSTYPE OPTIONS\n/ /dev/sda2[/root] btrfs rw\n/srv/my\\x20data /dev/pmem3 ext4 rw,dax=always\n/run tmpfs tmpfs rw\n"),
        ("", "TARGET SOURCE FSTYPE OPTIONS\n/ /dev/sda2[/root] btrfs rw\n/srv/my\\x20data /dev/pmem3 ext4 rw,dax=always\n/run tmpfs tmpfs rw\n"),
        ("findmnt -rn", "/ /dev/sda2[/root] btrfs rw\n/srv/my\\x20data /dev/pmem3 ext4 rw,dax=always\n/run tmpfs tmpfs rw\n"),
        ("findmnt -rno SOURCE,TARGET,LABEL,FSTYPE", "/dev/sda2[/root] /  btrfs\n/dev/pmem3 /srv/my\\x20data log ext4\ntmpfs /run  tmpfs\n"),
        ("findmnt -l", "TARGET       SOURCE           FSTYPE OPTIONS\n/            /dev/sda2[/root] btrfs  rw\n/srv/my data /dev/pmem3       ext4   rw,dax=always\n"),
        ("findmnt -ln", "/         /dev/sda2[/root] btrfs rw\n"),
    ],
)  # fmt: skip
def test_raw_and_without_a_header(command, text, records):
    found = sources(records(f"[root@db5 ~]# {command}\n{text}" if command else text))
    assert ("/dev/sda2", "/", "btrfs") in found
    assert found <= {("/dev/sda2", "/", "btrfs"), ("/dev/pmem3", "/srv/my data", "ext4")}
    assert len(found) == (1 if command == "findmnt -ln" else 2)


def test_a_row_without_a_header_that_has_a_word_too_many_is_unread():
    reading = read_source(b"[root@db5 ~]# findmnt -n\n/srv/my data /dev/pmem3 ext4 rw\n")
    assert [unread.line for unread in reading.unread] == [2]


def test_a_mount_in_json_stands_on_the_line_of_its_target_behind_one_with_escapes(records):
    text = (
        '{\n   "filesystems": [\n      {\n         "target": "/srv/tab\\there",\n         "source": "/dev/pmem0",\n         "fstype": "xfs"\n'
        '      },{\n         "target": "/srv/b",\n         "source": "/dev/pmem1",\n         "fstype": "xfs"\n      }\n   ]\n}\n'
    )
    assert [(mount.line, mount.target) for mount in records(text)] == [(4, "/srv/tab\there"), (8, "/srv/b")]

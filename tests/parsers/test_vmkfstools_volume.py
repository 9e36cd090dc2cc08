"""vmkfstools -P: a datastore's name and id; what it prints is never a disk's UUID."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.facts.records import Answer, Volume

VOLUME = """\
VMFS-6.81 (Raw Major Version: 24) file system spanning 1 partitions.
File system label (if any): fast disks (1)
Mode: public ATS-only
Capacity 119.8 GB, 93.1 GB available, file block size 1 MB, max supported file size 64 TB
Volume Creation Time: Sun Jan 14 21:47:26 2001
Files (max/free): 16384/16371
Secondary Ptr Blocks (max/free): 256/255
UUID: 5f8b4c97-234dcc30-d982-54ea7418ec3f
Partitions spanned (on "lvm"):
\tmpx.vmhba0:C0:T0:L0:8
Is Native Snapshot Capable: YES
OBJLIB-LIB: ObjLib cleanup done.
"""
IDENT = "5f8b4c97-234dcc30-d982-54ea7418ec3f"


@pytest.mark.parametrize(
    "command",
    [
        "",
        "vmkfstools -P /vmfs/volumes/x",
        "vmkfstools -Ph -v 1 /vmfs/volumes/x/",
        "vmkfstools --queryfs /vmfs/volumes/x",
        "vmkfstools -v10 -P /x",
    ],
)
def test_name_and_id(command, captures):
    found = read(captures({"esx01.txt": f"[root@esx01:~] {command}\n{VOLUME}"}))
    assert found.unread.shape[0] == 0


@pytest.mark.parametrize(
    "prompt", ["", "[root@esx01:~] vmkfstools -P /vmfs/volumes/x\n", "[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/x/a.vmdk\n"]
)
def test_its_uuid_is_the_volumes_and_no_disks(prompt, records):
    found = records(prompt + VOLUME)
    assert not any(isinstance(record, Answer) for record in found)
    if "getuuid" not in prompt:
        assert [(record.name, record.id) for record in found if isinstance(record, Volume)] == [("fast disks (1)", IDENT)]


@pytest.mark.parametrize("label", ["", " "])
def test_a_volume_without_a_label_ties_nothing(label, records):
    text = VOLUME.replace(" fast disks (1)", label)
    assert [record for record in records(f"[root@esx01:~] vmkfstools -P /vmfs/volumes/x\n{text}") if isinstance(record, Volume)] == []


def test_it_makes_one_disk_of_two_paths(captures):
    answer = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    asked = "".join(
        f"[root@esx01:~] vmkfstools -J getuuid '/vmfs/volumes/{name}/db01/db01.vmdk'\n{answer}" for name in ("fast disks (1)", IDENT)
    )
    with_tie = match(read(captures({"esx01.txt": f"[root@esx01:~] vmkfstools -P /vmfs/volumes/x\n{VOLUME}{asked}"}, "tied")))
    without = match(read(captures({"esx01.txt": asked}, "loose")))
    assert (len(with_tie.mapping), len(without.mapping)) == (1, 2)
    assert with_tie.mapping[["datastore", "vm", "vmdk"]].to_numpy().tolist() == [["fast disks (1)", "db01", "db01.vmdk"]]


def test_the_label_of_one_is_never_the_next_ones(records):
    """Between a label and an id whose lines were cut out stands another volume's beginning."""
    first, second = VOLUME.split("UUID: ", maxsplit=1)[0], VOLUME.replace("File system label (if any): fast disks (1)\n", "")
    for prompt in ("", "[root@esx01:~] vmkfstools -P /vmfs/volumes/*\n"):
        assert [record for record in records(prompt + first + second) if isinstance(record, Volume)] == []

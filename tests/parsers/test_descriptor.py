"""A disk's descriptor names its UUID, and looks like much that is none."""

from __future__ import annotations

import pytest

from reconcile import read
from reconcile.facts.records import Answer, Asked, DiskSize

UUID = "6000c29842c754f802c2d49b206b080c"
LINE = 'ddb.uuid = "60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"'
DESCRIPTOR = f"""# Disk DescriptorFile
version=1
CID=05e9aba7
parentCID=ffffffff
createType="vmfs"

# Extent description
RW 2097152 VMFS "a-flat.vmdk"

# The Disk Data Base
#DDB

ddb.adapterType = "lsilogic"
ddb.longContentID = "8124c2c9cf1609f2921a6b6705e9aba7"
{LINE}
ddb.virtualHWVersion = "14"
"""
FOLDER = "/vmfs/volumes/PMemDS-1/vm"


def of(records, kind):
    return [record for record in records if isinstance(record, kind)]


def test_cat_names_the_file_and_the_extents_its_size(records):
    found = records(f"[root@esx01:{FOLDER}] cat a.vmdk\n{DESCRIPTOR}")
    assert [(answer.path, answer.uuid, answer.line) for answer in of(found, Answer)] == [(f"{FOLDER}/a.vmdk", UUID, 16)]
    assert [(size.path, size.bytes) for size in of(found, DiskSize)] == [(f"{FOLDER}/a.vmdk", 1 << 30)]


def test_grep_names_each_file_in_front(records):
    found = records(f"[root@esx01:{FOLDER}] grep -H ddb.uuid *.vmdk\na.vmdk:{LINE}\nb b.vmdk:{LINE}\n")
    assert [answer.path for answer in of(found, Answer)] == [f"{FOLDER}/a.vmdk", f"{FOLDER}/b b.vmdk"]


@pytest.mark.parametrize(
    ("command", "name"),
    [("grep ddb.uuid a.vmdk", f"{FOLDER}/a.vmdk"), ("grep -i ddb.uuid *.vmdk", ""), ("grep ddb.uuid a.vmdk b.vmdk", "")],
)
def test_grep_without_names_is_of_the_one_file_or_of_nobody(records, command, name):
    (answer,) = of(records(f"[root@esx01:{FOLDER}] {command}\n{LINE}\n"), Answer)
    assert answer.path == name


def test_a_second_uuid_behind_one_command_is_of_no_named_file(records):
    found = records(f"[root@esx01:{FOLDER}] cat a.vmdk\n{DESCRIPTOR}{DESCRIPTOR}")
    assert [bool(answer.path) for answer in of(found, Answer)] == [True, False]
    assert not of(found, DiskSize)


def test_a_snapshots_descriptor_is_no_disk_whose_uuid_is_missing(records):
    child = "\n".join(line for line in DESCRIPTOR.split("\n") if "uuid" not in line).replace(
        "CID=05", 'parentFileNameHint="a.vmdk"\nCID=05'
    )
    found = records(f"[root@esx01:{FOLDER}] cat a-000001.vmdk\n{child}")
    assert not of(found, Answer)
    assert not of(found, Asked)


def test_a_descriptor_among_the_captures_is_named_after_its_own_path(captures):
    folder = captures({"bundle/vmfs/volumes/PMemDS-1/vm/a.vmdk": DESCRIPTOR, "b.vmdk": DESCRIPTOR.replace("20 6b 08 0c", "20 6b 08 0d")})
    vmdks = read(folder).vmdks
    assert list(vmdks["host"]) == ["(b.vmdk)", "bundle"]
    assert list(vmdks["path"]) == ["b.vmdk", f"{FOLDER}/a.vmdk"]
    assert list(vmdks["bytes"]) == [1 << 30, 1 << 30]


def test_what_looks_like_a_uuid_is_none(records):
    lines = 'uuid.bios = "56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b6"\nddb.longContentID = "8124c2c9cf1609f2921a6b6705e9aba7"\n'
    lines += "UUID: 5f8b4c97-234dcc30-d982-54ea7418ec3f\nuuid = 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    assert not records(lines)


def test_the_published_descriptor_is_read_whole(shared, records):
    data = (shared / "public" / "host" / "descriptor_vmfs_thin_gerrit.vmdk.txt").read_bytes()
    (answer,) = of(records(data), Answer)
    assert answer.uuid == "6000c290d1698cd2f6653b98be64045e"
    assert answer.path == ""


LEFT = "60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1 b7"


@pytest.mark.parametrize(
    ("command", "line", "name"),
    [
        ("grep uuid mail02.vmdk | cut -d= -f2", f' "{LEFT}"', "mail02.vmdk"),
        ("grep ddb.uuid mail02.vmdk | cut -d'\"' -f2", LEFT, "mail02.vmdk"),
        ("grep -h ddb.uuid mail02.vmdk | tr -d '\"' | cut -d' ' -f3-", LEFT, "mail02.vmdk"),
        ("grep -h ddb.uuid *.vmdk | cut -d= -f2", f' "{LEFT}"', ""),
        ("awk -F= '/ddb.uuid/ {print $2}' mail02.vmdk", f' "{LEFT}"', "mail02.vmdk"),
        ("sed -n 's/^ddb.uuid = //p' mail02.vmdk", f'"{LEFT}"', "mail02.vmdk"),
    ],
)
def test_what_is_left_of_the_line_with_the_uuid_is_an_answer(command, line, name, records):
    found = [record for record in records(f"[root@esx07:/vmfs/volumes/ds/mail02] {command}\n{line}\n") if isinstance(record, Answer)]
    assert [(answer.name, answer.uuid) for answer in found] == [(name, "6000c2915d0e77319ac412e86f03d1b7")]


def test_octets_in_the_answer_of_anything_else_are_none(records):
    assert [record for record in records(f"[root@esx07:~] cat notes.txt\n{LEFT}\n") if isinstance(record, Answer)] == []

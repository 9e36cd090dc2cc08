"""A VM's configuration: the file, cat, grep; keys of any controller; and UUIDs that are no disk's."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.facts.records import Answer, Attached, Vm

VMX = """\
.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
nvdimm0.present = "TRUE"
nvdimm0:0.present = "TRUE"
nvdimm0:0.fileName = "/vmfs/volumes/PMemDS-66b0c33b/db 01/db 01.vmdk"
nvdimm0:1.fileName = "db 01_1.vmdk"
scsi0:0.fileName = "db 01.vmdk"
sata0:0.fileName = "emptyBackingString"
displayName = "db 01 |22new|22"
uuid.bios = "56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b6"
uuid.location = "56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b7"
vc.uuid = "50 3a 0c 11 11 22 33 44-55 66 77 88 99 aa bb cc"
"""
DISKS = [("nvdimm0:0", "/vmfs/volumes/PMemDS-66b0c33b/db 01/db 01.vmdk"), ("nvdimm0:1", "db 01_1.vmdk"), ("scsi0:0", "db 01.vmdk")]
BIOS = "564dbe1b4552d6bc1b4d4b5f56534db6"
NAME = 'db 01 "new"'


def attached(found):
    return [(record.vmx, record.slot, record.file) for record in found if isinstance(record, Attached)]


def vms(found):
    return [(record.name, record.vmx, record.bios_uuid) for record in found if isinstance(record, Vm)]


def test_cat_names_the_file(records):
    found = records(f"[root@esx01:/vmfs/volumes/ds/db 01] cat 'db 01.vmx'\n{VMX}")
    path = "/vmfs/volumes/ds/db 01/db 01.vmx"
    assert attached(found) == [(path, *disk) for disk in DISKS]
    assert vms(found) == [(NAME, path, BIOS)]


def test_the_file_itself_has_no_path_but_is_read(records):
    found = records(VMX)
    assert [(slot, file) for _, slot, file in attached(found)] == DISKS
    assert [(name, bios) for name, _, bios in vms(found)] == [(NAME, BIOS)]


def test_grep_keeps_the_files_apart(records):
    lines = [
        f'./{vm}/{vm}.vmx:{key} = "{vm}{value}"'
        for vm in ("a", "b b")
        for key, value in (("displayName", "-shown"), ("nvdimm0:0.fileName", ".vmdk"))
    ]
    found = records("[root@esx01:/vmfs/volumes/ds] grep -iE 'displayName|fileName' ./*/*.vmx\n" + "\n".join(lines) + "\n")
    assert attached(found) == [(f"/vmfs/volumes/ds/{vm}/{vm}.vmx", "nvdimm0:0", f"{vm}.vmdk") for vm in ("a", "b b")]
    assert [(name, vmx) for name, vmx, _ in vms(found)] == [(f"{vm}-shown", f"/vmfs/volumes/ds/{vm}/{vm}.vmx") for vm in ("a", "b b")]


def test_a_key_that_stands_twice_is_another_files(captures):
    table = read(captures({"esx01.txt": f'[root@esx01:/vmfs/volumes/ds] cat a.vmx\n{VMX}displayName = "other"\n'})).unread
    assert table["text"].tolist() == ['displayName = "other"']


@pytest.mark.parametrize(
    "prompt", ["", "[root@esx01:/vmfs/volumes/ds/db] cat db.vmx\n", "[root@esx01:/vmfs/volumes/ds/db] grep uuid *.vmx\n"]
)
def test_the_uuids_in_it_are_no_disks(prompt, captures, records):
    assert not any(isinstance(record, Answer) for record in records(prompt + VMX))
    guests = {f"g{tail}.json": f'[{{"dev":"nmem0","id":"8902-{tail}"}}]' for tail in ("56534db6", "56534db7", "99aabbcc")}
    assert set(match(read(captures({"esx01.txt": prompt + VMX, **guests}))).mapping["status"]) == {"guest-only"}


def test_cut_anywhere_no_disk_gets_another_name(records):
    known = {file for _, file in DISKS}
    data = f"[root@esx01:/vmfs/volumes/ds/db] cat db.vmx\n{VMX}"
    for stop in range(len(data)):
        assert {file for _, _, file in attached(records(data[:stop]))} <= known, stop

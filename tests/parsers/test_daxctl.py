"""daxctl: devices in a list, in regions, alone; and ndctl's own objects, which it never takes."""

from __future__ import annotations

import random

import pytest

from reconcile.facts.records import Damage, Dimm, Disk, Namespace

DEVICES = '[\n  {\n    "chardev":"dax1.0",\n    "size":1063256064,\n    "target_node":2,\n    "align":2097152,\n    "mode":"devdax"\n  },\n  {\n    "chardev":"dax0.0",\n    "size":4261412864,\n    "mode":"system-ram",\n    "movable":true\n  }\n]\n'
REGIONS = '[\n  {\n    "id":1,\n    "path":"\\/devices\\/LNXSYSTM:00\\/ndbus0\\/region1",\n    "size":1063256064,\n    "align":2097152,\n    "devices":[\n      {\n        "chardev":"dax1.0",\n        "size":1063256064,\n        "mode":"devdax"\n      }\n    ]\n  }\n]\n'
HUMAN = '{\n  "chardev":"dax0.0",\n  "size":"1014.00 MiB (1063.26 MB)",\n  "mode":"devdax"\n}\n'
NAMESPACES = '[\n  {\n    "dev":"namespace0.0",\n    "mode":"devdax",\n    "size":1063256064,\n    "daxregion":{\n      "id":0,\n      "size":1063256064,\n      "devices":[\n        {\n          "chardev":"dax0.0",\n          "size":1063256064\n        }\n      ]\n    }\n  }\n]\n'


def devices(found):
    return [(record.device, record.kind, record.bytes) for record in found if isinstance(record, Disk)]


@pytest.mark.parametrize("prompt", ["", "[root@db01 ~]# daxctl list -RD\n", "root@db01:~# daxctl list\n"])
def test_devices_stand_in_lists_and_in_regions(prompt, records):
    assert devices(records(prompt + DEVICES)) == [("dax1.0", "devdax", 1063256064), ("dax0.0", "system-ram", 4261412864)]
    assert devices(records(prompt + REGIONS)) == [("dax1.0", "devdax", 1063256064)]


def test_a_rounded_size_is_text_alone(records):
    found = [record for record in records(HUMAN) if isinstance(record, Disk)]
    assert [(record.device, record.size, record.bytes) for record in found] == [("dax0.0", "1014.00 MiB (1063.26 MB)", None)]


@pytest.mark.parametrize("prompt", ["", "[root@db01 ~]# ndctl list -N\n", "[root@db01 ~]# daxctl list\n"])
def test_ndctls_namespaces_are_not_daxctls_devices(prompt, records):
    found = records(prompt + NAMESPACES)
    assert devices(found) == []
    if "daxctl" not in prompt:
        assert [record.chardev for record in found if isinstance(record, Namespace)] == ["dax0.0"]


def test_beside_ndctls_answer_both_are_read(records):
    found = records(f'[{{"dev":"nmem0","id":"8902-206b080c"}}]\n{DEVICES}')
    assert [record.dev for record in found if isinstance(record, Dimm)] == ["nmem0"]
    assert len(devices(found)) == 2


def test_cut_anywhere_it_says_so_and_nothing_else(records):
    text = f"[root@db01 ~]# daxctl list\n{DEVICES}"
    whole = set(devices(records(text)))
    for stop in random.Random(1).sample(range(len(text)), 80):
        found = records(text[:stop])
        assert set(devices(found)) <= whole, stop
        if devices(found) and not text[:stop].rstrip().endswith("]"):
            assert any(isinstance(record, Damage) for record in found), stop


def test_real_guests(shared, records):
    files = sorted(shared.glob("qemu/g*/*daxctl_list*.txt"))
    assert files
    for file in files:
        text = file.read_text()
        found = devices(records(text))
        assert [name for name, _, _ in found] == [part.split('"')[1] for part in text.split('"chardev":')[1:]], file

"""Lists of VMs: odd names, annotations of several lines, blocks that are cut, and a UUID that is no disk's."""

from __future__ import annotations

import random

import pytest

from reconcile import match, read
from reconcile.facts.records import Answer, Vm

BIOS = "56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b6"
DIGITS = "564dbe1b4552d6bc1b4d4b5f56534db6"
VMS = [
    ("db01", "/vmfs/volumes/66b0c33b-d2f3dff8-8f53-1e00f500013e/db01/db01.vmx"),
    ("a b  c", "/vmfs/volumes/ds 1/a b/a b.vmx"),
    ("UUID: x", "/vmfs/volumes/ds/x/x.vmx"),
]
PROCESSES = "\n".join(
    f"{name}\n   World ID: {1000 + index}\n   Process ID: 0\n   VMX Cartel ID: {999 + index}\n   UUID: {BIOS}\n   Display Name: {name}\n   Config File: {vmx}\n"
    for index, (name, vmx) in enumerate(VMS)
)
INVENTORY = (
    "Vmid       Name                 File                        Guest OS          Version   Annotation\n"
    "1      db01           [ds 1] db01/db01.vmx            ubuntu64Guest      vmx-19    first line\n"
    "of a note, 2   x   [ds] no.vmx\n"
    "12     a b            [datastore1 (1)] a b/a b.vmx    windows2019srv_64Guest   vmx-14\n"
)


def vms(found):
    return [(record.name, record.vmx, record.bios_uuid) for record in found if isinstance(record, Vm)]


@pytest.mark.parametrize("prompt", ["", "[root@esx01:~] esxcli vm process list\n", "[root@esx01:~] localcli vm process list\n"])
def test_processes_are_read_block_by_block(prompt, records):
    assert vms(records(prompt + PROCESSES)) == [(name, vmx, DIGITS) for name, vmx in VMS]


@pytest.mark.parametrize("prompt", ["", "[root@esx01:~] vim-cmd vmsvc/getallvms\n"])
def test_an_inventory_is_read_row_by_row(prompt, records):
    assert vms(records(prompt + INVENTORY)) == [("db01", "[ds 1] db01/db01.vmx", ""), ("a b", "[datastore1 (1)] a b/a b.vmx", "")]


def test_a_note_of_several_lines_is_not_understood(captures):
    table = read(captures({"esx01.txt": f"[root@esx01:~] vim-cmd vmsvc/getallvms\n{INVENTORY}"})).unread
    assert table["line"].tolist() == [4]


def test_blocks_cut_anywhere_say_nothing_else(records):
    dice = random.Random(1)
    whole = {(name, vmx, DIGITS) for name, vmx in VMS}
    for stop in dice.sample(range(len(PROCESSES)), 120):
        found = vms(records(f"[root@esx01:~] esxcli vm process list\n{PROCESSES[:stop]}"))
        assert set(found[:-1]) <= whole
        assert all(name in {name for name, _, _ in whole} for name, _, _ in found)


def test_a_block_that_lost_its_end_is_not_read_with_the_next_ones(records):
    lines = PROCESSES.split("\n")
    for gone in range(1, 7):
        found = vms(records("[root@esx01:~] esxcli vm process list\n" + "\n".join(lines[:gone] + lines[gone + 1 :])))
        assert {(name, vmx) for name, vmx, _ in found} <= set(VMS), lines[gone]


@pytest.mark.parametrize("text", [PROCESSES, INVENTORY], ids=["processes", "inventory"])
def test_the_uuid_of_a_vm_is_no_disks(text, captures, records):
    for prompt in ("", "[root@esx01:~] esxcli vm process list\n", "[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/ds/a.vmdk\n"):
        assert not any(isinstance(record, Answer) for record in records(prompt + text))
    guest = '[{"dev":"nmem0","id":"8902-56534db6"}]'
    assert match(read(captures({"esx01.txt": f"[root@esx01:~] esxcli vm process list\n{text}", "db01.json": guest}))).mapping[
        "status"
    ].tolist() == ["guest-only"]


def test_the_published_one(shared, records):
    found = vms(records((shared / "public" / "host" / "esxcli_vm_process_list_esxi80u3.txt").read_bytes()))
    assert found == [("VC", "/vmfs/volumes/66b0c33b-d2f3dff8-8f53-1e00f500013e/VC/VC.vmx", DIGITS)]

"""What a host lists of its VMs and volumes is read where a terminal broke its rows, where it is set in, and without its prompt."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Vm, Volume

INVENTORY = (
    "Vmid     Name                    File                               Guest OS        Version   Annotation\n"
    "12     shop1         [san-07 (1)] shop1/shop1.vmx                     ubuntu64Guest   vmx-19    the tills of the second floor\n"
    "13     shop2 old     [PMemDS-11aa22bb-0011-2233-4455-66778899aabb] shop2/shop2.vmx   rhel8_64Guest   vmx-19\n"
)
PROCESSES = (
    "shop1\n   World ID: 2100001\n   Process ID: 0\n   VMX Cartel ID: 2100000\n   UUID: 56 4d be 1b 00 11 22 33-44 55 66 77 88 99 aa bb\n"
    "   Display Name: shop1\n   Config File: /vmfs/volumes/60abc123-11223344-5566-778899aabbcc/shop1/shop1.vmx\n"
)
VOLUME = (
    "VMFS-6.82 (Raw Major Version: 24) file system spanning 1 partitions.\nFile system label (if any): san 07\nMode: public ATS-only\n"
    "Capacity 1000190509056 (953856 file blocks * 1048576), 900719925474 (859 blocks) avail, max supported file size 70368744177664\n"
    'Disk Block Size: 512/16384/0\nUUID: 60abc123-11223344-5566-778899aabbcc\nPartitions spanned (on "lvm"):\n'
    "\tnaa.600508b1001c3ab2f0a4e6b5c6d7e8f9:8\nIs Native Snapshot Capable: YES\n"
)
ANSWERS = {
    "inventory": ("vim-cmd vmsvc/getallvms", INVENTORY),
    "processes": ("esxcli vm process list", PROCESSES),
    "volume": ("vmkfstools -Ph /vmfs/volumes/san", VOLUME),
}


def broken(text: str, width: int) -> str:
    return "".join(line[start : start + width] + "\n" for line in text.splitlines() for start in range(0, len(line), width))


def set_in(text: str, indent: str) -> str:
    return "".join(indent + line + "\n" for line in text.splitlines())


DAMAGES = {
    "as it is": str,
    **{f"broken at {width}": (lambda text, width=width: broken(text, width)) for width in (64, 76, 80, 100)},
    "set in by blanks": lambda text: set_in(text, "    "),
    "set in by a tab": lambda text: set_in(text, "\t"),
    "set in and broken": lambda text: set_in(broken(text, 76), "    "),
    "set in below prose": lambda text: f"This is what it says:\n\n{set_in(text, '    ')}\nThanks.\n",
}


def told(text: str):
    reading = read_source(text.encode())
    records = [record[1:] for part in reading.parts for record in part.records if isinstance(record, Vm | Volume)]
    return sorted(records), [unread.text.strip() for unread in reading.unread]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_the_rows_are_the_same(answer, damage):
    command, output = ANSWERS[answer]
    expected, _ = told(f"[root@esx01:~] {command}\n{output}")
    assert len(expected) == (2 if answer == "inventory" else 1)
    for front in ("", f"[root@esx01:~] {command}\n"):
        records, unread = told(front + DAMAGES[damage](output))
        assert records == expected
        # The name above a process's fields is any name, and prose is prose.
        assert set(unread) <= {"shop1", "This is what it says:", "Thanks."}

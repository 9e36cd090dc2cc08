"""A guest's VM by its BIOS UUID: both byte orders, every way to learn it, and no tie where it is not certain."""

from __future__ import annotations

import pytest

from reconcile import match, read

DS = "/vmfs/volumes/PMemDS-11111111-2222-3333-4444-555555555555"
PLAIN = "564dbe1b-4552-d6bc-1b4d-4b5f56534db6"
SWAPPED = "1bbe4d56-5245-bcd6-1b4d-4b5f56534db6"
IN_VMX = "56 4d be 1b 45 52 d6 bc-1b 4d 4b 5f 56 53 4d b6"
OTHER = "56 4d 00 11 22 33 44 55-66 77 88 99 aa bb cc dd"
ANSWER = "UUID is 60 00 C2 9a 0b 1c 2d 3e-4f 50 61 72 11 aa 22 bb\n"


def disks(*names: str) -> str:
    return "".join(f"[root@esx01:~] vmkfstools -J getuuid {DS}/{name}/{name}.vmdk\n{ANSWER}" for name in names)


def settings(name: str, bios: str, file: str = "") -> str:
    return f'.encoding = "UTF-8"\nconfig.version = "8"\ndisplayName = "{name}"\nuuid.bios = "{bios}"\nnvdimm0:0.fileName = "{file or f"{DS}/{name}/{name}.vmdk"}"\n'


def vmx(name: str, bios: str, file: str = "") -> str:
    return f"[root@esx01:~] cat /vmfs/volumes/ds/{name}/{name}.vmx\n{settings(name, bios, file)}"


def guest(name: str, uuid: str, command: str = "dmidecode -s system-uuid") -> str:
    shown = f"root@{name}:~# {command}\n{uuid}\n" if uuid else ""
    return f'root@{name}:~# ndctl list -D\n[{{"dev":"nmem0","id":"8902-11aa22bb"}}]\n{shown}'


@pytest.fixture
def pairs(captures):
    def call(files: dict[str, str]) -> dict[str, str]:
        rows = match(read(captures(files))).mapping
        return {row.guest: row.vm for row in rows.itertuples() if row.status == "matched" and "in its VM's .vmx" in row.evidence}

    return call


@pytest.mark.parametrize("uuid", [PLAIN, SWAPPED, SWAPPED.upper()])
@pytest.mark.parametrize("command", ["dmidecode -s system-uuid", "cat /sys/class/dmi/id/product_uuid"])
def test_either_byte_order_ties_a_guest_to_its_vm(uuid, command, pairs):
    files = {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX) + vmx("b", OTHER), "db01.txt": guest("db01", uuid, command)}
    assert pairs(files) == {"db01": "a"}


def test_two_clones_are_each_its_own(pairs):
    files = {
        "esx01.txt": disks("a", "b") + vmx("a", IN_VMX) + vmx("b", OTHER),
        "db01.txt": guest("db01", PLAIN),
        "db02.txt": guest("db02", "11004d56-3322-5544-6677-8899aabbccdd"),
    }
    assert pairs(files) == {"db01": "a", "db02": "b"}


def test_the_process_list_may_know_the_uuid_and_the_file_alone_its_disks(pairs):
    process = f"[root@esx01:~] esxcli vm process list\na\n   World ID: 1\n   Process ID: 0\n   VMX Cartel ID: 2\n   UUID: {IN_VMX}\n   Display Name: a\n   Config File: /vmfs/volumes/ds/a/a.vmx\n"
    silent = vmx("a", IN_VMX).replace(f'uuid.bios = "{IN_VMX}"\n', "")
    assert pairs({"esx01.txt": disks("a", "b") + process + silent + vmx("b", OTHER), "db01.txt": guest("db01", PLAIN)}) == {"db01": "a"}


def test_a_vmx_file_among_the_captures_is_enough(pairs):
    assert pairs({
        "esx01.txt": disks("a", "b"),
        "vms/a.vmx": settings("a", IN_VMX),
        "vms/b.vmx": settings("b", OTHER),
        "db01.txt": guest("db01", PLAIN),
    }) == {"db01": "a"}


def test_a_relative_name_is_in_the_folder_of_its_vmx(pairs):
    text = (
        disks("a", "b")
        + vmx("a", IN_VMX, "a.vmdk").replace("/vmfs/volumes/ds", DS)
        + vmx("b", OTHER, "b.vmdk").replace("/vmfs/volumes/ds", DS)
    )
    assert pairs({"esx01.txt": text, "db01.txt": guest("db01", PLAIN)}) == {"db01": "a"}


def test_a_snapshot_is_of_its_disk(pairs):
    assert pairs({
        "esx01.txt": disks("a", "b") + vmx("a", IN_VMX, f"{DS}/a/a-000002.vmdk") + vmx("b", OTHER),
        "db01.txt": guest("db01", PLAIN),
    }) == {"db01": "a"}


@pytest.mark.parametrize(
    "files",
    [
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX) + vmx("b", OTHER), "db01.txt": guest("db01", "")},
        {"esx01.txt": disks("a", "b") + vmx("a", OTHER), "db01.txt": guest("db01", PLAIN)},
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX) + vmx("b", IN_VMX), "db01.txt": guest("db01", PLAIN)},
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX), "db01.txt": guest("db01", PLAIN), "db02.txt": guest("db02", SWAPPED)},
        {
            "esx01.txt": disks("a", "b") + vmx("a", IN_VMX),
            "db01.txt": guest("db01", PLAIN) + guest("db01", "11004d56-3322-5544-6677-8899aabbccdd"),
        },
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX), "db01.txt": guest("db01", PLAIN)},
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX) + vmx("b", "").replace('uuid.bios = ""\n', ""), "db01.txt": guest("db01", PLAIN)},
        {"esx01.txt": disks("a", "b") + vmx("a", IN_VMX, f"{DS}/a/a-100234.vmdk") + vmx("b", OTHER), "db01.txt": guest("db01", PLAIN)},
    ],
    ids=[
        "not shown",
        "another VM's",
        "two VMs with one",
        "two guests with one",
        "one guest with two",
        "a copy may bear it, too",
        "the other's is not known",
        "a name that ends in six figures",
    ],
)
def test_where_it_is_not_certain_nothing_is_tied(files, pairs):
    assert pairs(files) == {}

"""From a mounted file system down to the vmdk, through whatever lies between, in whichever captures it stands."""

from __future__ import annotations

import json

import pytest

from reconcile import match, read
from reconcile.inventory.block_layers import Layer, Mounted, Stack
from reconcile.machines.capture_times import When

DS = "/vmfs/volumes/PMemDS-11111111-2222-3333-4444-555555555555/db01"
IDS = ["11aa22bb", "33cc44dd", "55ee66ff"]
GIB = 1 << 30


def host() -> str:
    told = ""
    for number, ident in enumerate(IDS):
        octets = [("6000c29a0b1c2d3e4f506172" + ident)[index : index + 2] for index in range(0, 32, 2)]
        told += f"[root@esx01:{DS}] vmkfstools -J getuuid d{number}.vmdk\nUUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}\n"
    return told


def region(number: int, dimms: list[int], *namespaces: dict[str, object]) -> dict[str, object]:
    mappings = [{"dimm": f"nmem{dimm}", "offset": 0, "length": GIB, "position": position} for position, dimm in enumerate(dimms)]
    return {"dev": f"region{number}", "size": GIB * len(dimms), "mappings": mappings, "namespaces": list(namespaces)}


def namespace(name: str, **keys: str) -> dict[str, object]:
    return {"dev": f"namespace{name}", "mode": "fsdax", **keys}


def guest(regions: list[dict[str, object]], *commands: tuple[str, str]) -> str:
    dimms = [{"dev": f"nmem{number}", "id": f"8902-{ident}"} for number, ident in enumerate(IDS)]
    told = f"root@db01:~# ndctl list -DRN\n{json.dumps({'dimms': dimms, 'regions': regions}, indent=2)}\n"
    return told + "".join(f"root@db01:~# {command}\n{output}" for command, output in commands)


@pytest.fixture
def chain(captures):
    """Return, by vmdk, the guest's chain: block devices and mount points."""

    def call(regions: list[dict[str, object]], *commands: tuple[str, str]) -> dict[str, tuple[str, str]]:
        result = match(read(captures({"esx01.txt": host(), "db01.txt": guest(regions, *commands)})))
        assert set(result.mapping["status"]) == {"matched"}
        return {row.vmdk: (row.block_devices, row.mountpoints) for row in result.mapping.itertuples()}

    return call


PLAIN = [region(0, [0], namespace("0.0", blockdev="pmem0")), region(1, [1], namespace("1.0", blockdev="pmem1")), region(2, [2])]
DF = "Filesystem     1K-blocks  Used Available Use% Mounted on\n"


def test_a_device_a_partition_and_nothing(chain):
    found = chain(
        PLAIN, ("df", f"{DF}/dev/pmem0        996780    68    927900   1% /data\n/dev/pmem1p2      996780    68    927900   1% /redo\n")
    )
    assert found == {"d0.vmdk": ("pmem0", "/data"), "d1.vmdk": ("pmem1", "/redo"), "d2.vmdk": ("", "")}


@pytest.mark.parametrize(
    ("blockdev", "mounted"),
    [("pmem0s", "pmem0s"), ("pmem0s", "pmem0s1"), ("pmem0.1", "pmem0.1"), ("pmem0.1", "pmem0.1p1"), ("pmem0.1s", "pmem0.1s2")],
)
def test_sectors_and_second_namespaces_are_devices_of_their_own(blockdev, mounted, chain):
    regions = [
        region(0, [0], namespace("0.0", blockdev=blockdev)),
        region(1, [1], namespace("1.0", blockdev="pmem1")),
        region(2, [2], namespace("2.0", blockdev="pmem0")),
    ]
    found = chain(regions, ("mount", f"/dev/{mounted} on /data type ext4 (rw)\n/dev/pmem1 on /redo type ext4 (rw)\n"))
    assert found["d0.vmdk"] == (blockdev, "/data")
    assert found["d2.vmdk"] == ("pmem0", "")


LVM = """\
NAME          MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT
pmem0         259:0    0    1G  0 disk
`-vg--a-lv    253:0    0    2G  0 lvm   /striped
pmem1         259:1    0    1G  0 disk
|-pmem1p1     259:2    0    1G  0 part
| `-secret    253:1    0    1G  0 crypt /secret
`-vg--a-lv    253:0    0    2G  0 lvm   /striped
"""


def test_lvm_over_two_devices_and_encryption_over_a_partition(chain):
    found = chain(PLAIN, ("lsblk", LVM))
    assert found == {"d0.vmdk": ("pmem0", "/striped"), "d1.vmdk": ("pmem1", "/secret, /striped"), "d2.vmdk": ("", "")}


@pytest.mark.parametrize("source", ["/dev/mapper/vg--a-lv", "/dev/vg-a/lv"])
def test_the_tree_and_the_mounts_may_be_two_commands(source, chain):
    tree = "\n".join(line.replace("/striped", "").replace("/secret", "").rstrip() for line in LVM.split("\n"))
    found = chain(
        PLAIN,
        ("lsblk", tree),
        ("findmnt -D", f"SOURCE               FSTYPE SIZE USED AVAIL USE% TARGET\n{source:<20} xfs      2G  68K  1.9G   1% /striped\n"),
    )
    assert {name: targets for name, (_, targets) in found.items()} == {"d0.vmdk": "/striped", "d1.vmdk": "/striped", "d2.vmdk": ""}


def test_without_the_tree_a_logical_volume_is_on_nothing_known(chain):
    found = chain(PLAIN, ("df", f"{DF}/dev/mapper/vg--a-lv  996780    68    927900   1% /striped\n"))
    assert {targets for _, targets in found.values()} == {""}


def test_a_region_over_two_dimms_is_both_vmdks(chain):
    regions = [region(0, [0, 1], namespace("0.0", blockdev="pmem0")), region(1, [2], namespace("1.0", chardev="dax1.0", mode="devdax"))]
    found = chain(regions, ("df", f"{DF}/dev/pmem0        996780    68    927900   1% /wide\n"))
    assert found == {"d0.vmdk": ("pmem0", "/wide"), "d1.vmdk": ("pmem0", "/wide"), "d2.vmdk": ("dax1.0", "")}


def test_a_namespace_is_of_the_region_in_its_name(captures):
    regions = [region(0, [0], namespace("0.0", blockdev="pmem0"), namespace("1.0", blockdev="pmem1")), region(1, [1])]
    result = match(read(captures({"esx01.txt": host(), "db01.txt": guest(regions, ("mount", "/dev/pmem1 on /redo type ext4 (rw)\n"))})))
    assert {row.vmdk: (row.block_devices, row.mountpoints) for row in result.mapping.itertuples()}["d1.vmdk"] == ("pmem1", "/redo")
    found = result.findings[result.findings["rule"] == "misplaced-namespace"]
    assert found["message"].tolist() == ["namespace1.0 of db01 is shown in region0."]


def test_devices_that_lie_on_each_other_end(chain):
    """No kernel makes a circle; a capture put together by hand may."""
    circle = 'NAME="a" KNAME="dm-0" PKNAME="b" TYPE="lvm" MOUNTPOINT="/x"\nNAME="b" KNAME="dm-1" PKNAME="a" TYPE="lvm" MOUNTPOINT=""\n'
    assert chain(PLAIN, ("lsblk -P", circle))["d0.vmdk"] == ("pmem0", "")


def test_a_long_chain_is_followed_to_its_end():
    depth = 50_000
    when = When(None, 0, 0, 1, is_ordered=False, bundle=-1)
    parents = {f"dm-{number}": {f"dm-{number + 1}"} for number in range(depth)}
    stack = Stack([Layer(when, "a.txt", shows_mounts=True, mounts=[("dm-0", "/far")], parents=parents)])
    assert stack.on({f"dm-{depth}"}) == Mounted(("/far",), ())
    assert stack.on({"dm-x"}) == Mounted((), ())

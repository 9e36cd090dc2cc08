"""Captures of real Linux guests, whose truth was taken from sysfs and /proc: the mapping says what is so, however it was captured."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from reconcile import match, read

REALVM = Path(__file__).parents[2] / "shared" / "captures" / "realvm"
VISITS = ("app07-visit1", "app07-visit2")
pytestmark = pytest.mark.skipif(not REALVM.is_dir(), reason="the captures of real guests are not here")
SCRIPTS = ("root-dash", "root-bash", "root-busybox", "user-dash", "user-busybox", "user-ro", "root-nondctl", "root-nojson")
# One command a file, as people save them.
BY_HAND = {
    "ndctl_list_DRNi.txt": "app07.ndctl-list-DRNi.json",
    "lsblk_J_b_O.txt": "app07.lsblk.json",
    "findmnt_J.txt": "app07.findmnt.json",
    "df_h.txt": "app07.df.txt",
}


def truth(visit: str) -> dict[str, dict[str, object]]:
    """Return, by dimm's id, what is so."""
    told = json.loads((REALVM / visit / "truth.json").read_text(encoding="utf-8"))
    found = {}
    for dev, dimm in told["dimms"].items():
        regions = {name for name, region in told["regions"].items() if any(one.startswith(f"{dev},") for one in region["mappings"])}
        disks = {disk for name in regions for disk in told["regions"][name]["blocks"]}
        on = disks | {name for name, mapper in told["dm"].items() if disks.intersection(mapper["slaves"])}
        targets = {mount["target"] for mount in told["mounts"] if mount["dev"] in on}
        found[dimm["id"]] = {
            "device": dev,
            "vmdk": told["vmdks"].get(dev, {}).get("vmdk", ""),
            "region": regions,
            "block_devices": {disk for disk in disks if "p" not in disk.removeprefix("pmem")} | set(dax(told, regions)),
            "mountpoints": {re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), target) for target in targets},
        }
    return found


def dax(told, regions):
    return [device for name in regions for device in told["regions"][name]["dax"]]


def lists(cell: str) -> set[str]:
    return set(cell.split(", ")) if cell else set()


def compare(paths, visit: str, *, chain: bool = True) -> None:
    result = match(read(*paths))
    rows = {row.device_id: row for row in result.mapping.itertuples() if row.kind == "vPMem" and row.device}
    expected = truth(visit)
    assert rows.keys() == expected.keys()
    for ident, so in expected.items():
        row = rows[ident]
        assert (row.status, row.device, row.vmdk) == ("matched", so["device"], so["vmdk"])
        assert lists(row.region) == so["region"]
        if chain:
            assert lists(row.block_devices) == so["block_devices"]
            assert lists(row.mountpoints) - {"[SWAP]"} == so["mountpoints"]


def recorded(visit: str, script: str) -> Path:
    return next((REALVM / visit / "script").glob(f"{script}.*"))


HOST = REALVM / "hosts" / "esx11.capture.txt"


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("visit", VISITS)
def test_one_recording_says_what_is_so(visit, script):
    # Without ndctl nothing captured ties regions to block devices.
    compare([recorded(visit, script), HOST], visit, chain=script not in {"root-nondctl", "root-nojson"})


@pytest.mark.parametrize("script", SCRIPTS[:6])
def test_two_visits_together_are_the_newer(script):
    compare([*(recorded(visit, script) for visit in VISITS), HOST], VISITS[1])


@pytest.mark.parametrize("visit", VISITS)
def test_commands_saved_by_hand_say_what_is_so(visit, tmp_path):
    for name, kept in BY_HAND.items():
        shutil.copy(REALVM / visit / "by-hand" / name, tmp_path / kept)
    compare([tmp_path, HOST], visit)


def test_two_visits_by_hand_are_told_apart_by_a_date_in_front(tmp_path):
    for visit, day in zip(VISITS, ("20", "21"), strict=True):
        told = f"root@app07:~# date -u\nFri Nov {day} 10:00:00 UTC 2026\n"
        for name in BY_HAND:
            command = name.removesuffix(".txt").replace("ndctl_list_DRNi", "ndctl list -DRNi").replace("_", " -")
            told += f"root@app07:~# {command}\n" + (REALVM / visit / "by-hand" / name).read_text(encoding="utf-8")
        (tmp_path / f"{visit}.txt").write_text(told, encoding="utf-8")
    compare([tmp_path, HOST], VISITS[1])

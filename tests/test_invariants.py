"""What holds for every fleet: nobody is lost, no pair is wrong, every pair that the captures prove is found."""

from __future__ import annotations

import random
from collections import Counter

import fleet as fleets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.capture.read_source import read_source
from reconcile.capture.sources import Outcome, Source
from reconcile.findings.check_site import check
from reconcile.inventory.site import gather
from reconcile.matching.match import match
from reconcile.matching.rows import Status

seeds = st.integers(min_value=0, max_value=10**6)
many = settings(max_examples=120, derandomize=True, deadline=None, database=None)


def reconcile_files(files: dict[str, str]):
    outcomes = [Outcome(Source("s", name, name, name), read_source(text.encode())) for name, text in sorted(files.items())]
    (site,) = gather(outcomes)
    return site, match(site.devices, site.vmdks, site.ties, site.folders)


def pairs(rows) -> dict[tuple[str, str], str]:
    return {(row.device.guest, row.device.name): row.vmdk.path for row in rows if row.status is Status.MATCHED}


def shape(rows):
    """Return what rows say, without where it was read."""
    return [
        (
            row.status, row.device and (row.device.guest, row.device.name, row.device.id), row.evidence, row.candidates,
            row.vmdk and (row.vmdk.host, row.vmdk.path, row.vmdk.uuid, row.vmdk.bytes),
        )
        for row in rows
    ]  # fmt: skip


@many
@given(seeds, st.booleans(), st.sampled_from([0.0, 0.3]))
def test_every_device_and_every_vmdk_stands_on_one_row(seed, collisions, lost):
    fleet = fleets.make(seed, collisions=collisions)
    files = fleets.captures(fleet, seed, lost=lost)
    if not files:
        return
    _, rows = reconcile_files(files)
    devices = Counter((row.device.guest, row.device.name) for row in rows if row.device)
    disks = Counter((row.vmdk.path, row.vmdk.uuid) for row in rows if row.vmdk)
    seen_guests = {name[2:-4] for name in files if name.startswith("g-")}
    seen_hosts = {name[2:-4] for name in files if name.startswith("h-")}
    expected = Counter((guest, f"nmem{n}") for guest in seen_guests for n in range(len(fleet.guests[guest])))
    assert devices == expected + Counter(device for device in fleet.truth() if device[0] in seen_guests and device[1].startswith("sd"))
    assert disks == Counter((disk.path, disk.uuid) for disk in fleet.disks if disk.host in seen_hosts)
    for row in rows:
        both = bool(row.device) and bool(row.vmdk)
        assert both == (row.status is Status.MATCHED) == bool(row.evidence)
        assert bool(row.candidates) == (row.status is Status.AMBIGUOUS)


@many
@given(seeds)
def test_no_pair_is_wrong_however_many_disks_share_their_digits(seed):
    """With all hosts captured: of a disk that nobody captured, its clone cannot be told."""
    fleet = fleets.make(seed, collisions=True)
    files = fleets.captures(fleet, seed)
    files = {name: text for name, text in files.items() if name.startswith("h-") or random.Random(f"{seed}{name}").random() < 0.7}
    _, rows = reconcile_files(files)
    truth = fleet.truth()
    for device, path in pairs(rows).items():
        assert truth[device].path == path


@many
@given(seeds, st.sampled_from([0.0, 0.2, 0.5]))
def test_every_pair_that_the_captures_prove_is_found_and_no_other(seed, lost):
    fleet = fleets.make(seed, collisions=False)
    files = fleets.captures(fleet, seed, lost=lost)
    if not files:
        return
    _, rows = reconcile_files(files)
    expected = {
        device: disk.path for device, disk in fleet.truth().items() if f"g-{device[0]}.txt" in files and f"h-{disk.host}.txt" in files
    }
    assert pairs(rows) == expected


@many
@given(seeds)
def test_unique_digits_are_found_beside_shared_ones(seed):
    """Where each folder was listed: one of a clone that was not may hold its original's other disks."""
    fleet = fleets.make(seed, collisions=True)
    _, rows = reconcile_files(fleets.captures(fleet, seed, listed=True))
    disks = Counter(disk.uuid[-8:] for disk in fleet.disks)
    users = Counter(disk if isinstance(disk, str) else disk.uuid[-8:] for disks in fleet.guests.values() for disk in disks)
    users.update(disk.uuid[-8:] for (_, name), disk in fleet.truth().items() if name.startswith("sd"))
    found = pairs(rows)
    for device, disk in fleet.truth().items():
        if disks[disk.uuid[-8:]] == users[disk.uuid[-8:]] == 1:
            assert found[device] == disk.path


@many
@given(seeds)
def test_a_disk_joins_on_all_its_digits_whoever_shares_the_last(seed):
    fleet = fleets.make(seed, collisions=True)
    _, rows = reconcile_files(fleets.captures(fleet, seed, listed=True))
    disks = Counter(disk.uuid for disk in fleet.disks)
    users = Counter(disk.uuid for (_, name), disk in fleet.truth().items() if name.startswith("sd"))
    found = pairs(rows)
    for device, disk in fleet.truth().items():
        if device[1].startswith("sd") and disks[disk.uuid] == users[disk.uuid] == 1:
            assert found[device] == disk.path


@many
@given(seeds)
def test_order_names_and_repetition_of_sources_change_nothing(seed):
    fleet = fleets.make(seed, collisions=True)
    files = fleets.captures(fleet, seed)
    _, rows = reconcile_files(files)
    names = list(files)
    random.Random(seed).shuffle(names)
    renamed = {f"{number:03d}.txt": files[name] for number, name in enumerate(names)}
    again = {**renamed, "999.txt": files[names[0]]}
    assert shape(reconcile_files(renamed)[1]) == shape(rows)
    assert shape(reconcile_files(again)[1]) == shape(rows)


@pytest.mark.parametrize("seed", range(40))
def test_with_any_one_line_lost_no_pair_is_wrong(seed):
    """Prompts that show the directory: a lost line costs a pair at most."""
    fleet = fleets.make(seed, collisions=False)
    files = fleets.captures(fleet, seed)
    truth = {device: disk.path for device, disk in fleet.truth().items()}
    dice = random.Random(seed)
    whole = "".join(files[name] for name in sorted(files))
    lines = whole.split("\n")
    for index in sorted(dice.sample(range(len(lines)), min(12, len(lines)))):
        _, rows = reconcile_files({"all.txt": "\n".join([*lines[:index], *lines[index + 1 :]])})
        for (guest, dev), path in pairs(rows).items():
            assert path in {"", truth.get((guest, dev))} or guest == "(all.txt)", lines[index]
            if guest == "(all.txt)":
                assert path in {disk.path for disk in fleet.disks}


@many
@given(seeds)
def test_a_reboot_in_another_order_is_told_and_changes_no_pair(seed):
    """The same ids under other numbers, captured a second time: by id everything holds."""
    fleet = fleets.make(seed, collisions=False)
    files = fleets.captures(fleet, seed)
    _, rows = reconcile_files(files)
    again = {guest: list(disks) for guest, disks in fleet.guests.items()}
    dice = random.Random(seed)
    for disks in again.values():
        dice.shuffle(disks)
    moved = {guest for guest, disks in again.items() if disks != fleet.guests[guest]}
    later = {f"later-{guest}.txt": fleets.guest_text(dice, guest, disks) for guest, disks in again.items()}
    site, rows_after = reconcile_files({**files, **later})
    by_id = {(row.device.guest, row.device.id): row.vmdk and row.vmdk.path for row in rows if row.device and row.device.kind == "vPMem"}
    assert {
        (row.device.guest, row.device.id): row.vmdk and row.vmdk.path for row in rows_after if row.device and row.device.kind == "vPMem"
    } == by_id
    told = {finding.machine for finding in check(site, rows_after) if finding.rule.name == "renumbered"}
    assert told == moved

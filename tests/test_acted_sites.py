"""What is said of sites that were acted out, against what happened there. RECONCILE_SEEDS=5000 tries as many."""

from __future__ import annotations

import os
import random

import pytest
from acted_sites import Device, act

from reconcile.capture.read_source import read_source
from reconcile.capture.sources import Outcome, Source
from reconcile.inventory.site import gather
from reconcile.matching.match import match
from reconcile.matching.rows import Status

SEEDS = int(os.environ.get("RECONCILE_SEEDS", "200"))
PARTS = 10
# Those in which a copy's .vmx, a void UUID or a locked original misled once.
HARD = (1888, 2111, 4516, 6228, 8545, 31710, 35076, 39384, 43530)


def rows_of(sources):
    outcomes = [Outcome(Source("s", name, name, name), read_source(text.encode())) for name, text in sorted(sources.items())]
    (site,) = gather(outcomes)
    return match(site.devices, site.vmdks, site.ties, site.folders)


def folder(spot):
    return spot[0], spot[1].rpartition("/")[0]


def can_be_known(seen, device, spot):
    """Tell whether anything that was captured says that the device may be another file than the one that bears its digits.

    Of a file that nobody saw, or saw without its UUID in a folder that nothing ties to this device or to that file's folder, nothing does.
    """
    for true in seen.truth[device]:
        if any(uuid[-8:] == device.serial for uuid in seen.answered.get(true, ())):
            return True
        if true not in seen.refused or seen.answered.get(true):
            continue
        known = {uuid for place, uuids in seen.answered.items() if folder(place) == folder(true) for uuid in uuids}
        beside = {uuid for place, uuids in seen.answered.items() if folder(place) == folder(spot) for uuid in uuids}
        serials = {other.serial for other in seen.truth if other.guest == device.guest}
        if known & beside or serials & {uuid[-8:] for uuid in known}:
            return True
    return False


def proven(seen):
    """Return the pairs that nothing captured contradicts: digits at one place, in one guest, and no file of unknown UUID.

    Where a folder shares a UUID with one that nobody listed, that may hold more: nothing is proven of it.
    """
    if any(spot not in seen.answered for spot in seen.refused) or seen.void:
        return {}
    at = {}
    for spot, uuids in seen.answered.items():
        for uuid in uuids:
            at.setdefault(uuid[-8:], set()).add(spot)
    twins = [{folder(spot) for spot in spots} for spots in at.values() if len({folder(spot) for spot in spots}) > 1]
    loose = {one for found in twins for one in found if found - {one} - seen.whole}
    guests = {}
    for device in seen.truth:
        guests.setdefault(device.serial, set()).add(device.guest)
    return {
        device: next(iter(at[device.serial]))
        for device in seen.truth
        if len(at.get(device.serial, ())) == len(guests[device.serial]) == 1
        and len(seen.answered[next(iter(at[device.serial]))]) == 1
        and folder(next(iter(at[device.serial]))) not in loose
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pair_is_wrong_and_every_proven_one_is_found(part):
    matched = 0
    for seed in (*range(part, SEEDS, PARTS), *HARD[part : part + 1]):
        seen = act(random.Random(f"acted {seed}"))
        if not seen.sources:
            continue
        rows = rows_of(seen.sources)
        pairs = {
            Device(row.device.guest, row.device.serial): (row.vmdk.host, row.vmdk.path) for row in rows if row.status is Status.MATCHED
        }
        assert len(set(pairs.values())) == len(pairs), seed
        for device, spot in pairs.items():
            assert spot in seen.truth[device] or not can_be_known(seen, device, spot), (seed, device, spot)
        for device, spot in proven(seen).items():
            assert pairs.get(device) == spot, (seed, device, spot)
        shown = {Device(row.device.guest, row.device.serial) for row in rows if row.device}
        assert shown == set(seen.truth), seed
        spots = {(host, row.vmdk.path) for row in rows if row.vmdk for host in row.vmdk.hosts}
        assert seen.answered.keys() | seen.refused == spots, seed
        void = {
            (spot, uuid) for spot, uuid in seen.void if not any(uuid in found for other, found in seen.answered.items() if other != spot)
        }
        assert not void & {((row.vmdk.host, row.vmdk.path), row.vmdk.uuid) for row in rows if row.vmdk}, seed
        matched += len(pairs)
    assert matched > SEEDS // PARTS // 2

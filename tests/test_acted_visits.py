"""What rows, findings, ``diff`` and ``check`` say of visits that were acted out, against what was so. RECONCILE_SEEDS=5000 tries as many."""

from __future__ import annotations

import os
import random
import re

import pytest
from acted_visits import HOSTS, IDS, RENAMED, begin, pass_time, visit

from reconcile import match, read
from reconcile.results.compare import compare

SEEDS = int(os.environ.get("RECONCILE_SEEDS", "60"))
PARTS = 5
KNOWN = IDS | RENAMED


def place_of(row):
    """Return what a row's vmdk is, by the datastore's id where that is one: what the hosts share has one."""
    store = next(
        (KNOWN[host, row.datastore] for host in HOSTS if host in row.host.split(", ") and (host, row.datastore) in KNOWN), row.datastore
    )
    return store, row.vm, row.vmdk


def acted(seed, tmp_path, *, both_dated):
    dice = random.Random(f"visits {seed}")
    vms = begin(dice)
    dated = dice.random() < 0.6 or both_dated
    first = visit(dice, vms, 11, dated=dated)
    second = visit(dice, pass_time(dice, vms), 18, dated=dated, bulk=dice.choice(("bulk", "bulk", "bulk2")))
    folders = []
    for number, one in enumerate((first, second)):
        folder = tmp_path / f"{seed}" / f"visit{number}"
        folder.mkdir(parents=True)
        for name, text in one.sources.items():
            (folder / name).write_text(text)
        folders.append(folder)
    return first, second, folders, dated


def check_rows(seed, visits, mapping, *, dated):
    truth = {}
    for one in visits:
        for shown in one.truth():
            truth.setdefault((shown.guest, shown.ident), []).append(shown)
    seen = {(shown.guest, shown.ident) for one in visits for shown in one.shown}
    rows = {(row.guest, row.device_id): row for row in mapping.itertuples() if row.guest}
    assert rows.keys() == seen, seed
    names = [(row.guest, row.device) for row in rows.values() if row.device]
    assert not dated or len(set(names)) == len(names), seed
    for key, row in rows.items():
        last = next((one for one in reversed(visits) if any((shown.guest, shown.ident) == key for shown in one.shown)), None)
        name = next(shown.name for shown in last.shown if (shown.guest, shown.ident) == key)
        if dated and row.device:
            assert row.device == name, (seed, key)
        if row.status == "matched":
            # A file that moved is where it was captured.
            assert place_of(row) in {shown.file.place for shown in truth[key]}, (seed, key, row)
            scsi = key[1].startswith("6000")
            gone = dated and visits[-1] is not last and (key[0], scsi) in visits[-1].whole
            assert not gone, (seed, key)


def check_proven(seed, one, mapping):
    """Of one visit alone each pair is found whose file has the only answer with its digits and whose device is the only one."""
    users = {}
    for shown in one.shown:
        users.setdefault(shown.file.uuid, set()).add(shown.guest)
    answered = {file.uuid for file in one.answered}
    matched = {(row.guest, row.device_id) for row in mapping.itertuples() if row.status == "matched"}
    for shown in one.shown:
        if shown.file.uuid in answered and len(users[shown.file.uuid]) == 1:
            assert (shown.guest, shown.ident) in matched, (seed, shown)


def digits_of(message):
    """Return the digits of a vmdk or a device that a message tells of."""
    found = re.search(r"ends in ([0-9a-f]{8})|serial ([0-9a-f]{8})|UUID ([0-9a-f-]{36})", message)
    return next(text for text in found.groups() if text).replace("-", "")


def is_gone(found, visits):
    return (found.machine, found.subject) not in {(shown.guest, shown.ident) for shown in visits[-1].truth()}


def is_renumbered(found, visits):
    shown = [shown for one in visits for shown in one.shown if shown.guest == found.machine]
    if "with the ids" in found.message:
        return len({one.ident for one in shown if one.name == found.subject.partition(" ")[0]}) > 1
    ident = next(one.ident for one in shown if one.ident in found.message)
    names = {one.name for one in shown if one.ident == ident}
    return len(names) > 1 or ("another's" in found.message and len({one.ident for one in shown if one.name in names}) > 1)


def is_shared(found, visits):
    guests = set(re.findall(r"\b(?:wiki|mail|erp|crm|hr) (?:sd|nmem)|of (?:wiki|mail|erp|crm|hr)\b", found.message))
    names = {re.search(r"wiki|mail|erp|crm|hr", text)[0] for text in guests}
    return any(names <= {other.guest for other in one.truth() if other.ident == shown.ident} for one in visits for shown in one.truth())


def has_no_vmdk(found, visits):
    answered = any(file.uuid.endswith(digits_of(found.message)) for one in visits for file in one.answered)
    return not answered or "is another device's" in found.message


def has_no_device(found, visits):
    digits = digits_of(found.message)
    if "not in its guest any more" in found.message:
        return not any(shown.file.uuid.endswith(digits) for shown in visits[-1].truth())
    return not any(shown.file.uuid.endswith(digits) for one in visits for shown in one.shown) or "is another vmdk's" in found.message


def is_used_by_two(found, visits):
    vm, guests = (
        re.search(r"in the folder (\S+) on", found.message)[1],
        set(re.findall(r"wiki|mail|erp|crm|hr", found.message.rpartition("devices of")[2])),
    )
    return guests <= {shown.guest for one in visits for shown in one.truth() if shown.file.vm == vm}


def is_at_two_places(found, visits):
    places = {file.place for one in visits for file in one.answered if file.uuid == digits_of(found.message)}
    return len(places) > 1 or "may be one file" in found.message


def is_changed(_, visits):
    uuids = {}
    for one in visits:
        for file in one.files:
            uuids.setdefault(file.place, set()).add(file.uuid)
    return any(len(known) > 1 for known in uuids.values())


# What each rule's findings claim, held against what was so.
CLAIMS = {
    "gone-since": is_gone, "renumbered": is_renumbered, "shared-id": is_shared, "shared-disk": is_shared, "no-vmdk": has_no_vmdk,
    "host-not-captured": has_no_vmdk, "no-device": has_no_device, "guest-not-captured": has_no_device, "two-guests-one-vm": is_used_by_two,
    "name-or-id": is_at_two_places, "duplicate-uuid": is_at_two_places, "uuid-changed": is_changed,
}  # fmt: skip
NEVER = {
    "suffix-collision",
    "captures-disagree",
    "lost-directory",
    "size-differs",
    "odd-uuid",
    "namesakes",
    "not-understood",
    "unnamed-uuid",
}


def check_findings(seed, visits, findings):
    for found in findings.itertuples():
        told = (seed, found.rule, found.message)
        assert found.rule not in NEVER, told
        assert found.rule not in CLAIMS or CLAIMS[found.rule](found, visits), told


def is_absent(one, changed, seen):
    """Tell whether a device, or a file with its UUID, was not there at a visit."""
    if changed.about == "device":
        return (changed.device.guest, changed.device.id) not in {(shown.guest, shown.ident) for shown in one.truth()}
    return not any(
        file.uuid == seen.vmdk.uuid and file.name == seen.vmdk.name and place_seen(seen.vmdk) == file.place for file in one.files
    )


def place_seen(vmdk):
    store = next((KNOWN[host, vmdk.datastore] for host in vmdk.hosts if (host, vmdk.datastore) in KNOWN), vmdk.datastore)
    return store, vmdk.vm, vmdk.name


def check_diff(seed, visits, changes):
    for changed in changes:
        word, told = str(changed.change), (seed, str(changed.change), changed.old, changed.new)
        assert word not in {"resized", "remounted", "reassigned"}, told
        if word == "gone":
            assert is_absent(visits[1], changed, changed.old_seen), told
        elif word == "appeared":
            assert is_absent(visits[0], changed, changed.new_seen), told
        elif word == "renumbered":
            key = (changed.device.guest, changed.device.id)
            assert len({shown.name for one in visits for shown in one.shown if (shown.guest, shown.ident) == key}) > 1, told
        elif word in {"moved", "re-created"}:
            was, is_ = place_seen(changed.old_seen.vmdk), place_seen(changed.new_seen.vmdk)
            assert (was == is_) == (word == "re-created"), told
            assert (changed.old_seen.vmdk.uuid == changed.new_seen.vmdk.uuid) == (word == "moved"), told


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_said_that_was_not_so_and_what_is_proven_is_found(part, tmp_path):
    matched = 0
    for seed in range(part, SEEDS, PARTS):
        first, second, folders, dated = acted(seed, tmp_path, both_dated=seed % 3 == 0)
        if not (first.shown or first.answered) or not (second.shown or second.answered):
            continue
        results = [match(read(folder)) for folder in folders]
        both = match(read(*folders, site="both"))
        for visits, result in (([first], results[0]), ([second], results[1]), ([first, second], both)):
            check_rows(seed, visits, result.mapping, dated=dated)
            check_findings(seed, visits, result.findings)
            assert result.advice().exit_code or not result.exit_code, seed
            matched += result.totals.matched
        for one, result in zip((first, second), results, strict=True):
            check_proven(seed, one, result.mapping)
        check_diff(seed, (first, second), compare(*results).changes)
    assert matched > SEEDS // PARTS

"""What stands against a row stands in the row, and a finding stands only with the rows that it is about."""

from __future__ import annotations

import json
import random

import pytest
from deviating_site import DeviatingSite, Disk
from small_site import answer

import reconcile
from reconcile import match, read
from reconcile.matching.rows import PlainPairs, Status
from reconcile.results.row_findings import FindingsOf


def told(result):
    """Return each row's device, vmdk, reason and the rules of its findings."""
    rules = dict(zip(result.findings["id"], result.findings["rule"], strict=True))
    return {
        (f"{row.guest} {row.device}".strip(), row.vmdk): (row.reason, [rules[ident] for ident in row.findings.split(", ") if ident])
        for row in result.mapping.itertuples()
    }


def dimms(**serials: str) -> str:
    return json.dumps([{"dev": dev, "id": f"8902-{serial}"} for dev, serial in serials.items()]) + "\n"


def asked(folder: str, **serials: str) -> str:
    return "".join(f"/vmfs/volumes/PMemDS-1/{folder}/{name}.vmdk\n{answer(serial)}" for name, serial in serials.items())


def test_left_overs_have_their_reason_and_the_guests_other_devices_stay_clean(captures):
    guest = "root@db01:~# ndctl list -D\n" + dimms(nmem0="00000001", nmem1="00000002")
    found = told(match(read(captures({"db01.txt": guest, "esx01.txt": asked("db01", db01="00000001", db01_1="00000003")}))))
    assert found == {
        ("db01 nmem0", "db01.vmdk"): ("", []),
        ("db01 nmem1", ""): ("contradicted", ["no-vmdk", "re-created"]),
        ("", "db01_1.vmdk"): ("contradicted", ["no-device", "re-created"]),
    }


def test_a_folder_of_two_guests_is_not_its_namesake_on_another_host(captures):
    files = {
        "db01.txt": "root@db01:~# ndctl list -D\n" + dimms(nmem0="00000001"),
        "db02.txt": "root@db02:~# ndctl list -D\n" + dimms(nmem0="00000002"),
        "db03.txt": "root@db03:~# ndctl list -D\n" + dimms(nmem0="00000003"),
        "esx01.txt": asked("db", one="00000001", two="00000002"),
        "esx02.txt": asked("db", three="00000003").replace("PMemDS-1", "PMemDS-2"),
    }
    found = told(match(read(captures(files))))
    assert [rules for _, rules in found.values()] == [["two-guests-one-vm"], ["two-guests-one-vm"], []]


def test_a_split_guest_is_said_of_its_pairs_alone(captures):
    """A split guest's finding stands with its pairs, and not with its device that has no vmdk."""
    guest = "root@db01:~# ndctl list -D\n" + dimms(nmem0="00000001", nmem1="00000002", nmem2="00000009")
    host = asked("db01", one="00000001") + asked("old", two="00000002", three="00000003")
    found = told(match(read(captures({"db01.txt": guest, "esx01.txt": host}))))
    assert found["db01 nmem0", "one.vmdk"] == ("", ["split-guest"])
    assert found["db01 nmem1", "two.vmdk"] == ("", ["split-guest"])
    assert "split-guest" not in found["db01 nmem2", ""][1]
    assert "split-guest" not in found["", "three.vmdk"][1]


def test_of_a_device_without_name_and_id_nothing_is_said_to_others(captures):
    files = {
        "db01/a.txt": "root@db01:~# date -u +%FT%TZ\n2024-03-01T10:00:00Z\nroot@db01:~# ndctl list -D\n"
        '[{"dev":"nmem0"},{"dev":"nmem1","id":"8902-00000001"}]\n',
        "db01/b.txt": "root@db01:~# date -u +%FT%TZ\n2024-03-02T10:00:00Z\nroot@db01:~# ndctl list -D\n" + dimms(nmem1="00000001"),
        "esx01.txt": asked("db01", db01="00000001"),
    }
    found = told(match(read(captures(files))))
    assert found["db01 nmem1", "db01.vmdk"] == ("", [])


@pytest.mark.parametrize("seed", range(4))
def test_rows_made_in_blocks_have_the_findings_that_each_row_has(seed, captures):
    """Plain pairs, whose rows are made without a look at each, have what the one look-up of explain and page gives for each."""
    chance = random.Random(f"findings {seed}")
    short = 0
    for number in range(12):
        site = DeviatingSite(chance)
        for _ in range(chance.choice([1, 2, 3])):
            site.deviate()
        result = match(read(captures(site.files(), f"s{number}"), site="s"))
        findings = FindingsOf(result.all_findings)
        ((held, rows),) = result.by_site
        assert list(result.mapping["findings"]) == [", ".join(one.id for one in findings.row(held, row)) for row in rows]
        assert list(result.mapping["reason"]) == ["" if row.status is Status.MATCHED else str(row.outcome) for row in rows]
        pieces = [piece for piece in rows.pieces if isinstance(piece, PlainPairs)]
        short += sum(findings.site("s").pairs(piece) is not None for piece in pieces)
    assert short > 20


def test_all_plain_pairs_of_a_guest_have_what_stands_against_all_of_them(captures):
    site = DeviatingSite(random.Random("plain"))
    one, two = (f"6000c29{digits:>017}{digits}" for digits in ("aaaaaaaa", "bbbbbbbb"))
    site.hosts = {"esx00": [Disk("vm00", "vm00.vmdk", one), Disk("other", "other.vmdk", two)]}
    site.guests = {"vm00": [("nmem0", "8902-aaaaaaaa"), ("nmem1", "8902-bbbbbbbb")]}
    result = match(read(captures(site.files())))
    ((held, rows),) = result.by_site
    pieces = [piece for piece in rows.pieces if isinstance(piece, PlainPairs)]
    assert [rules for _, rules in told(result).values()] == [["split-guest"], ["split-guest"]]
    assert len(pieces) == 2
    assert all(FindingsOf(result.all_findings).site(held.name).pairs(piece) for piece in pieces)


def test_sites_that_are_not_held_have_the_same(captures):
    folders = [captures(DeviatingSite(random.Random(f"packed {number}")).files(), f"site-{number}") for number in range(3)]
    for folder in folders:
        (folder / "esx99.txt").write_text(asked("alone", alone="0000000a"), encoding="utf-8")
    packed = reconcile.match_sites(*folders, tables=["mapping", "findings"])
    held = match(read(*folders, sites=True))
    assert list(packed.mapping["findings"]) == list(held.mapping["findings"])
    assert sum(packed.mapping["findings"] != "") == 3

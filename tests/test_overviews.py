"""Guests, hosts and datastores: each once, with figures that add up to the mapping's."""

from __future__ import annotations

import fleet as fleets
import pytest
from small_site import PAIR, UNSETTLED

from reconcile import match, read


def rows(frame, *columns: str) -> list[tuple]:
    return [tuple(row) for row in frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None).itertuples(index=False)]


@pytest.mark.parametrize("seed", range(20))
def test_the_figures_add_up_to_those_of_the_mapping(seed, captures):
    result = match(read(captures(fleets.captures(fleets.make(seed, collisions=True), seed))))
    totals, guests, hosts = result.totals, result.guests, result.hosts
    assert guests["devices"].sum() == totals.devices
    assert guests["matched"].sum() == totals.matched
    assert guests["ambiguous"].sum() == totals.ambiguous_devices
    assert guests["guest_only"].sum() == totals.guest_only
    seen = [host for name in result.mapping["host"] if name for host in name.split(", ")]
    assert hosts["vmdks"].sum() == len(seen)
    assert list(guests["guest"]) == sorted(set(guests["guest"]), key=list(guests["guest"]).index)
    assert set(result.mapping["guest"]) - {""} <= set(guests["guest"])
    assert set(seen) <= set(hosts["host"])
    placed = result.mapping[result.mapping["datastore"] != ""]
    assert result.datastores["vmdks"].sum() == len(placed[placed["vmdk"] != ""])


def test_a_machine_of_which_nothing_but_its_list_was_captured_has_a_row(captures):
    files = {
        "db01.txt": "[root@db01 ~]# mount\n/dev/sda1 on / type xfs (rw)\n[root@db01 ~]# date\nSun Nov 22 10:12:13 UTC 2026\n[root@db01 ~]# date\nSun Nov 22 10:20:00 UTC 2026\n",
        "esx01.txt": "[root@esx01:~] df -h\nFilesystem   Size   Used Available Use% Mounted on\nVMFS-6     348.8G  61.3G    287.5G  18% /vmfs/volumes/datastore1\n",
    }
    result = match(read(captures({**PAIR, **files, "esx02.txt": PAIR["esx01.txt"].replace("esx01", "esx02")})))
    assert rows(result.guests, "guest", "devices", "captured_at") == [
        ("db01", 0, "Sun Nov 22 10:12:13 UTC 2026 to Sun Nov 22 10:20:00 UTC 2026")
    ]
    assert rows(result.hosts, "host", "datastores", "vmdks", "df", "ls", "getuuid") == [
        ("esx01", 1, 0, "yes", "no", "no"),
        ("esx02", 1, 1, "no", "no", "yes"),
    ]
    assert rows(result.datastores, "host", "datastore", "type", "vmdks", "size_bytes") == [
        ("esx01", "datastore1", "VMFS-6", 0, 374521148211), ("esx02", "PMemDS-1", "", 1, None),
    ]  # fmt: skip


def test_an_exact_figure_of_a_datastore_is_taken_before_a_rounded_one(captures):
    text = (
        "[root@esx01:~] df -h\n"
        "Filesystem   Size   Used Available Use% Mounted on\nVMFS-6     348.8G  61.3G    287.5G  18% /vmfs/volumes/datastore1\n"
        "[root@esx01:~] df\n"
        "Filesystem        Bytes        Used    Available Use% Mounted on\nVMFS-6     374521135104 65820373811 308700761293  18% /vmfs/volumes/datastore1\n"
    )
    result = match(read(captures({**PAIR, "esx01.txt": text + str(PAIR["esx01.txt"])})))
    assert ("datastore1", 374521135104, "esx01.txt", 6) in rows(result.datastores, "datastore", "size_bytes", "source", "line")


def test_findings_are_counted_at_their_machine(captures):
    result = match(read(captures(UNSETTLED)))
    wanted = [finding for finding in result.all_findings if finding.rule.severity != "note" and finding.machine == "web01"]
    assert wanted
    assert dict(rows(result.guests, "guest", "findings"))["web01"] == len(wanted)
    assert dict(rows(result.guests, "guest", "findings"))["db01"] == 0
    assert dict(rows(result.guests, "guest", "captures"))["web01"] == "web01.txt"

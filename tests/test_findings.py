"""Findings: each has an id of its own that says what it is about, and none is lost for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile import match, read
from reconcile.findings import rules
from reconcile.findings.check_site import check
from reconcile.findings.finding import Finding
from reconcile.findings.ordered import in_order
from reconcile.findings.row_keys import Keys

CASES = sorted((Path(__file__).parent / "cases").iterdir())


def finding(message: str, source: str = "a.txt", line: int | None = 1, about: str = "") -> Finding:
    return Finding(rules.NO_UUID, "site", "esx01", "db.vmdk", message, source, line, about)


def folder(host: str, store: str, *pairs: tuple[str, str]) -> dict[str, str]:
    """Return a host with one folder, and a guest for each of its disks."""
    path = f"/vmfs/volumes/{store}/crm"
    asked = "".join(
        f"[root@{host}:{path}] vmkfstools -J getuuid {name}.vmdk\nUUID is 60 00 c2 9e 10 20 30 40-50 60 70 80 {suffix}\n"
        for name, suffix in pairs
    )
    guests = {
        f"{host}-{name}.txt": f'[root@{host}{name} ~]# ndctl list -D\n[{{"dev":"nmem0","id":"8902-{suffix.replace(" ", "")}"}}]\n'
        for name, suffix in pairs
    }
    return {f"{host}.txt": asked, **guests}


def test_two_folders_of_one_name_are_two_matters(captures):
    files = {
        **folder("esx07", "PMemDS-0a0a0a0a-1111-2222-3333-444444444444", ("crm", "01 02 03 04"), ("crm_1", "05 06 07 08")),
        **folder("esx08", "PMemDS-0b0b0b0b-1111-2222-3333-444444444444", ("crm", "11 12 13 14"), ("crm_1", "15 16 17 18")),
    }
    found = [one for one in match(read(captures(files))).all_findings if one.rule is rules.TWO_GUESTS]
    assert [one.machine for one in found] == ["esx07", "esx08"]
    assert "on esx08, PMemDS-0b0b0b0b-1111-2222-3333-444444444444" in found[1].message
    assert len({one.id for one in found}) == len(found)


def test_what_one_key_says_of_several_matters_is_several_findings_whose_ids_do_not_hang_on_each_other():
    one, other, third = finding("The UUID of db.vmdk is not known."), finding("The UUID is not known: no."), finding("So.", "b.txt", None)
    both = in_order([one, other])
    assert {each.message for each in both} == {one.message, other.message}
    assert len({each.id for each in both}) == 2
    # Which others there are, and which comes first, does not decide a finding's id.
    assert {each.id for each in both} < {each.id for each in in_order([third, other, one])}
    assert one.id not in {each.id for each in both}


def test_what_is_said_again_on_other_lines_is_one_finding_that_names_them():
    (found,) = in_order([finding("It is so.", line=line) for line in (9, 4, 7, 4)])
    assert (found.line, found.message) == (4, "It is so. Also on lines 7, 9.")
    (many,) = in_order([finding("It is so.", line=line) for line in range(1, 40)])
    assert many.message.endswith("11 and 28 more.")


def test_the_id_of_one_volume_under_a_name_is_not_that_of_another(captures):
    def visit(volume: str) -> dict[str, str]:
        return {
            "esx09.txt": f"[root@esx09:~] ls -l /vmfs/volumes\ntotal 4\nlrwxr-xr-x 1 root root 35 Mar 1 10:00 fast -> {volume}\n"
            "[root@esx09:/vmfs/volumes/fast/crm] vmkfstools -J getuuid crm.vmdk\nUUID is 51 00 c2 9e 10 20 30 40-50 60 70 80 01 02 03 04\n"
        }

    found = [
        next(one.id for one in match(read(captures(visit(volume)), site="s")).all_findings if one.rule is rules.ODD_UUID)
        for volume in ("5f0c2a11-0b1c2d3e-4f50-0025b5a1b2c3", "5f0c2a11-0b1c2d3e-4f50-0025b5a1b2c3", "66aa2a11-0b1c2d3e-4f50-0025b5a1b2c4")
    ]
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_finding_of_a_case_is_lost_and_each_has_an_id_of_its_own(case):
    result = match(read(case / "input", site="case"))
    ids = [found.id for found in result.all_findings]
    assert len(ids) == len(set(ids))
    told = {(found.rule.name, found.subject, found.machine, found.message.partition(" Also on line")[0]) for found in result.all_findings}
    every = {(found.rule.name, found.subject, found.machine, found.message) for site, rows in result.by_site for found in check(site, rows)}
    assert told == every


def test_a_datastore_that_several_commands_show_is_unlisted_once(captures):
    store = "/vmfs/volumes/PMemDS-51c2d0aa-7788-4e1f-b003-9c64f2e7d815"
    head = "Filesystem   {0}      Used Available Use% Mounted on\nPMEM  {1}  2% "
    text = (
        f"[root@esx52:~] df -h\n{head.format('Size', ' 64.0G   1.0G     63.0G')}{store}\n"
        f"[root@esx52:~] df\n{head.format('Bytes', '68719476736 1073741824 67645734912')}{store}\n"
    )
    found = match(read(captures({"esx52.txt": text}))).findings
    assert list(found.loc[found["rule"] == "unlisted-datastore", "line"]) == [3]


# Those about rows of the mapping, each by itself; the others are about machines, sources or lines.
ABOUT_ROWS = {
    rules.AMBIGUOUS, rules.NO_VMDK, rules.NO_DEVICE, rules.HOST_NOT_CAPTURED, rules.GUEST_NOT_CAPTURED, rules.DUPLICATE_UUID, rules.NO_UUID,
    rules.SHARED_ID, rules.SIZE_DIFFERS, rules.ODD_UUID, rules.UNNAMED_UUID, rules.SUFFIX_COLLISION, rules.NO_ID, rules.GONE_SINCE,
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_findings_keys_are_cells_of_the_rows_that_it_is_about(case):
    result = match(read(case / "input", site="s"))
    mapping = result.mapping
    for finding in result.findings.to_dict("records"):
        keys = {name: finding[name] for name in Keys._fields if finding[name]}
        if finding["rule"] in {rule.name for rule in ABOUT_ROWS}:
            assert keys, finding
        if keys:
            rows = mapping[(mapping[list(keys)] == list(keys.values())).all(axis="columns")]
            assert len(rows) > 0, finding


def test_findings_join_to_the_mapping_by_a_device_by_a_file_and_by_digits():
    result = match(read("samples/site"))
    findings = result.findings[result.findings["severity"] != "note"].reset_index()
    by_device = findings[findings["device_id"] != ""].merge(result.mapping, on=["site", "guest", "device", "device_id"])
    assert [(row.rule, row.guest, row.device, row.status) for row in by_device.itertuples()] == [
        ("no-vmdk", "app02", "nmem1", "guest-only")
    ]
    by_file = findings[findings["vmdk"] != ""].merge(result.mapping, on=["site", "host", "datastore", "vm", "vmdk"])
    assert {("no-uuid", "reports_1.vmdk")} <= set(zip(by_file["rule"], by_file["vmdk"], strict=True))
    by_digits = findings[findings["rule"] == "ambiguous"].merge(result.mapping, on=["site", "uuid_suffix"])
    assert set(by_digits["status"]) == {"ambiguous"}


def namespaces(*told: str) -> str:
    inner = ",".join(f'{{"dev":"{dev}","mode":"fsdax","size":{size},"state":"{state}"}}' for dev, size, state in map(str.split, told))
    dimms = '[{"dev":"nmem0","id":"8902-11aa22bb"},{"dev":"nmem1","id":"8902-33cc44dd"}]'
    mapping = '[{"dimm":"nmem0","offset":0,"length":1024,"position":0}]'
    return f'{{"dimms":{dimms},"regions":[{{"dev":"region0","size":1024,"mappings":{mapping},"namespaces":[{inner}]}}]}}\n'


def test_a_disabled_namespace_is_a_note_with_its_device_and_the_seed_of_one_is_none(captures):
    text = namespaces("namespace0.0 512 disabled", "namespace0.1 0 disabled", "namespace0.2 512 enabled")
    result = match(read(captures({"db01.json": text, "later/db01.json": text.replace("512", "511")})))
    (found,) = [one for one in result.all_findings if one.rule is rules.DISABLED_NAMESPACE]
    assert (found.machine, found.subject, found.line) == ("db01", "namespace0.0", 1)
    assert found.message == "namespace0.0 of db01 on nmem0 is disabled."
    assert (found.keys.guest, found.keys.device, found.keys.device_id) == ("db01", "nmem0", "8902-11aa22bb")
    assert "namespace0.0" in result.mapping["namespaces"][0]

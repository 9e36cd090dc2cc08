"""The script for hosts, run under real shells over a host that stands in: script, file, report, and the report is true."""

from __future__ import annotations

import re

import pytest
from stand_ins import HOST_COMMANDS, PMEM, commands, run_script, shells, uuid

from reconcile import match, read
from reconcile.scripts.capture_scripts import Side

VOLUMES = f"vmfs/volumes/{PMEM}"
ID = "5f8b4c97-234dcc30-d982-54ea7418ec3f"
# A disk's path on the PMem datastore, and its UUID's number.
DISKS = {
    "db01/db01.vmdk": 1,
    "db01/db01_1.vmdk": 2,
    "vm with blanks/a  b.vmdk": 3,
    'it\'s "quoted"/x\'y".vmdk': 4,
    "line\nfeed/a\nb.vmdk": 5,
    "$(reboot) `id` [x]* \\/$HOME.vmdk": 6,
    "K\u00f6ln/K\u00f6ln.vmdk": 7,
    "-rf/-rf.vmdk": 8,
    "| pipe/= 0.vmdk": 9,
    "$ vmkfstools -J getuuid y.vmdk\n| UUID is 60 00/\n= 0\n\nsha256: none\n.vmdk": 10,
    "#/# a;b&c.vmdk": 11,
    "control/\x1b[2J\b\b\t\r.vmdk": 13,
}
SHOWN = {path: re.sub(r"[\x00-\x1f\x7f]", "?", path) for path in DISKS}


@pytest.fixture
def host(tmp_path):
    root = tmp_path / "root"
    files = {f"{VOLUMES}/{path}": uuid(number) for path, number in DISKS.items()}
    files |= {
        f"{VOLUMES}/db01/locked.vmdk": "locked",
        f"{VOLUMES}/db01/odd.vmdk": "odd",
        f"{VOLUMES}/db01/db01-flat.vmdk": "no descriptor",
        f"vmfs/volumes/{ID}/disks/scsi.vmdk": uuid(12),
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{content}\n")
    (root / VOLUMES / "db01" / "vanished.vmdk").symlink_to("gone")
    (root / "vmfs" / "volumes" / "datastore1").symlink_to(ID)
    return root


def vmdks(made):
    result = match(read(made.file))
    sources = result.captures.sources
    assert (sources["lines"] == sources["recognised"] + sources["noise"] + sources["not_understood"]).all()
    assert sources["not_understood"].sum() == 0, result.captures.unread
    assert set(result.findings["rule"]).isdisjoint({"truncated", "damaged", "unnamed-uuid", "lost-prompt", "claimed-twice"})
    return result


@pytest.mark.parametrize("shell", shells())
def test_each_disk_is_in_the_report_with_its_own_uuid_whatever_its_name(shell, host, tmp_path):
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS))
    result = vmdks(made)
    rows = result.mapping
    found = {f"{row.vm}/{row.vmdk}": row.uuid.replace("-", "") for row in rows.itertuples()}
    expected = {SHOWN[path]: uuid(number).replace(" ", "").replace("-", "") for path, number in DISKS.items()}
    asked = {"db01/locked.vmdk": "", "db01/odd.vmdk": "", "db01/vanished.vmdk": ""}
    assert found == expected | asked
    assert set(rows["host"]) == {"esx01.example.net"}
    assert set(rows["datastore"]) == {PMEM}
    assert result.captures.sources["named_by"].tolist() == ["object"]


@pytest.mark.parametrize("shell", shells())
def test_what_failed_is_said_on_the_screen_and_is_a_finding_and_no_data(shell, host, tmp_path):
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS, without=("esxcli",)))
    assert made.code == 1
    assert made.err == ""
    lines = made.out.splitlines()
    assert lines[0] == f"The capture is {made.file}"
    assert lines[1].endswith(" commands, 5 failed")
    named = [line.split(" (exit status")[0].strip() for line in lines[2:]]
    folder = f"{VOLUMES}/db01"
    assert named == [
        f"vmkfstools -J getuuid {folder}/locked.vmdk",
        f"vmkfstools -J getuuid {folder}/odd.vmdk",
        f"vmkfstools -J getuuid {folder}/vanished.vmdk",
        "esxcli storage filesystem list",
        "esxcli vm process list",
    ]
    findings = vmdks(made).findings
    failed = findings[findings["rule"] == "command-failed"]
    assert len(failed) == 5
    assert failed["message"].str.contains("no words that anybody knows").sum() == 1
    assert set(findings["rule"]) >= {"no-uuid"}
    told = findings[findings["rule"] == "no-uuid"]["message"].str.cat()
    assert "Failed to lock the file" in told
    assert "no words that anybody knows" in told


@pytest.mark.parametrize("shell", shells())
def test_all_takes_every_datastore_once(shell, host, tmp_path):
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS), "--all")
    rows = vmdks(made).mapping
    assert len(rows) == len(DISKS) + 4
    assert rows[rows["vmdk"] == "scsi.vmdk"][["datastore", "vm"]].to_numpy().tolist() == [["datastore1", "disks"]]


@pytest.mark.parametrize("shell", shells())
def test_a_pmem_datastore_of_another_name_is_known_by_its_type(shell, host, tmp_path):
    (host / VOLUMES).rename(host / "vmfs/volumes/renamed here")
    df = HOST_COMMANDS["df"].replace(f"/vmfs/volumes/{PMEM}", "vmfs/volumes/renamed here")
    made = run_script(Side.HOST, shell, host, commands(tmp_path / "bin", HOST_COMMANDS | {"df": df}))
    assert made.file.read_text().count("\n$ vmkfstools") == len(DISKS) + 3


@pytest.mark.parametrize("shell", shells())
def test_without_a_pmem_datastore_it_says_so(shell, tmp_path):
    (tmp_path / "root").mkdir()
    made = run_script(Side.HOST, shell, tmp_path / "root", commands(tmp_path / "bin", HOST_COMMANDS | {"df": "echo\n"}))
    assert made.out.startswith("There is no persistent-memory datastore here; --all takes every datastore.\n")


def test_a_file_that_is_there_already_is_left_as_it_was(host, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    stand_ins = HOST_COMMANDS | {"date": "echo 20261122T101213Z\n"}
    (here / "esx01.example.net.capture.20261122T101213Z.txt").write_text("mine")
    made = run_script(Side.HOST, ("dash",), host, commands(tmp_path / "bin", stand_ins))
    assert made.code == 2
    assert made.file.read_text() == "mine"

"""Support bundles: whose they are, and that one without the answer says what to run."""

from __future__ import annotations

import io
import tarfile

import pytest
from small_site import GUEST, HOST, UUID

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.path_names import name_in_folder
from reconcile.parsers.bulk_answers import Answers
from reconcile.parsers.parser import Parser
from reconcile.parsers.registry import PARSERS, parsers_of, parsers_starting

DIMMS = '[\n  {\n    "dev":"nmem0",\n    "id":"8902-206b080c"\n  }\n]\n'
UNAME = "VMkernel esx01.example.net 7.0.3 #1 SMP Release build-1 Jan 1 2026 x86_64 ESXi\n"
LOCALCLI = (
    "Mount Point         Volume Name  UUID      Mounted  Type  Size  Free\n"
    "------------------  -----------  --------  -------  ----  ----  ----\n"
    "/vmfs/volumes/ds-1  ds           ds-1      true     NFS     20    10\n"
)
DESCRIPTOR = '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="vmfs"\nddb.uuid = "60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"\n'
SOS = {
    "sos_commands/pmem/ndctl_list_-vvv": DIMMS,
    "sos_commands/host/hostname": "db01\n",
    "sos_commands/host/hostname_-f": "db01.example.net\n",
}
SUPPORTCONFIG = (
    "#==[ Command ]======================================#\n# /bin/date\nSun Nov 22 10:12:13 UTC 2026\n\n"
    "#==[ Command ]======================================#\n# /bin/uname -a\n"
    "Linux db01 6.4.0-150600.21-default #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n\n"
    "#==[ Configuration File ]===========================#\n# /etc/os-release\nNAME=x\n"
)


def lay_out(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def machines(captures):
    return {(row.path, row.machine, row.named_by) for row in captures.sources.itertuples()}


def rules(result):
    return sorted(result.findings["rule"])


@pytest.mark.parametrize("root", ["sosreport-xyz-2026-11-22-abcdefg/", "anything/", ""])
def test_a_sosreport_is_whose_its_hostname_says(root, tmp_path):
    lay_out(tmp_path / "in", {root + name: text for name, text in SOS.items()})
    captures = read(tmp_path / "in")
    assert (f"{root}sos_commands/pmem/ndctl_list_-vvv", "db01.example.net", "answer") in machines(captures)


def test_a_sosreport_as_an_archive_is_read_like_its_folder(tmp_path):
    with tarfile.open(tmp_path / "sos.tar.xz", "w:xz") as archive:
        for name, text in SOS.items():
            member = tarfile.TarInfo(f"sosreport-q/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    assert set(read(tmp_path / "sos.tar.xz").dimms["guest"]) == {"db01.example.net"}


def test_without_a_hostname_the_folder_says_whose_it_is(tmp_path):
    lay_out(tmp_path / "in", {"sosreport-db09-2026-11-22-abcdefg/sos_commands/pmem/ndctl_list_-vvv": DIMMS})
    assert set(read(tmp_path / "in").dimms["guest"]) == {"db09"}


def test_two_names_in_one_bundle_name_nobody(tmp_path):
    files = {**SOS, "sos_commands/host/hostname_-f": "web01.example.net\n"}
    lay_out(tmp_path / "in", {f"a/{name}": text for name, text in files.items()})
    assert ("a/sos_commands/pmem/ndctl_list_-vvv", "db01", "answer") not in machines(read(tmp_path / "in"))
    assert "web01.example.net" not in set(read(tmp_path / "in").dimms["guest"])


def test_two_bundles_given_as_folders_keep_their_names(tmp_path):
    lay_out(tmp_path / "a", SOS)
    lay_out(tmp_path / "b", {"sos_commands/host/hostname": "web01\n", "sos_commands/pmem/ndctl_list_-iBDFHMNRX": DIMMS})
    assert set(read(tmp_path / "a", tmp_path / "b").dimms["guest"]) == {"db01.example.net", "web01"}


def test_a_bundle_does_not_name_what_lies_beside_it(tmp_path):
    lay_out(tmp_path / "in", {"bundle/" + name: text for name, text in SOS.items()} | {"web01.json": DIMMS})
    assert set(read(tmp_path / "in").dimms["guest"]) == {"db01.example.net", "web01"}


def test_a_prompt_in_a_bundle_counts_more(tmp_path):
    lay_out(tmp_path / "in", {**{f"b/{name}": text for name, text in SOS.items()}, "b/notes.txt": GUEST.replace("db01", "app07")})
    assert "app07" in set(read(tmp_path / "in").dimms["guest"])


def test_a_vm_support_bundle_gives_uuids_through_descriptors(tmp_path):
    files = {
        "commands/uname_-a.txt": UNAME, "commands/localcli_storage-filesystem-list--i.txt": LOCALCLI,
        "vmfs/volumes/PMemDS-1/db01/db01.vmdk": DESCRIPTOR,
    }  # fmt: skip
    lay_out(tmp_path / "in", {f"esx-x-2026-11-22--10.12-1/{name}": text for name, text in files.items()} | {"db01.txt": GUEST})
    result = match(read(tmp_path / "in"))
    ((status, host, vmdk),) = result.mapping[["status", "host", "vmdk"]].itertuples(index=False)
    assert (status, host, vmdk) == ("matched", "esx01.example.net", "db01.vmdk")
    assert "bundle-lacks-answer" not in rules(result)


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"b/commands/uname_-a.txt": UNAME, "b/commands/localcli_storage-filesystem-list--i.txt": LOCALCLI}, "vm-support bundle"),
        ({"b/insights_commands/ndctl_list_-Ni": '[{"dev":"namespace0.0","mode":"raw","size":1,"blockdev":"pmem0"}]\n'}, "insights archive"),
        ({"b/sos_commands/host/hostname": "db01\n"}, "sosreport"),
        ({"scc_db01_261122_1012/basic-environment.txt": SUPPORTCONFIG}, "supportconfig"),
        ({"uac-esx01-esxi-20261122101112/live_response/system/uname_-a.txt": UNAME}, "UAC collection"),
    ],
)
def test_a_bundle_without_the_answer_says_so_and_what_to_run(files, kind, tmp_path):
    found = match(read(lay_out(tmp_path / "in", files))).findings
    row = found[found["rule"] == "bundle-lacks-answer"].iloc[0]
    assert kind in row["message"]
    assert "ndctl list -DRNi" in row["advice"]
    assert "vmkfstools -J getuuid" in row["advice"]
    assert row["severity"] == "warning"


def test_no_bundle_is_seen_in_a_plain_folder(tmp_path):
    lay_out(tmp_path / "in", {"commands/db01.txt": GUEST, "commands/esx01.txt": HOST})
    assert rules(match(read(tmp_path / "in"))) == []


def test_a_supportconfig_is_taken_apart_at_its_headers(tmp_path):
    lay_out(tmp_path / "in", {"scc_db01_261122_1012/basic-environment.txt": SUPPORTCONFIG})
    captures = read(tmp_path / "in")
    assert captures.systems[["machine", "what", "value", "line"]].to_numpy().tolist() == [
        ["db01", "time", "Sun Nov 22 10:12:13 UTC 2026", 3]
    ]
    reading = read_source(SUPPORTCONFIG.encode())
    assert reading.commands == ("/bin/date", "/bin/uname -a", "cat /etc/os-release")
    assert [unread.line for unread in reading.unread] == [11]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("sosreport-db01-2026-11-22-abcdefg", "db01"), ("sosreport-db-01.0123-20261122101112", "db-01"), ("scc_db01_261122_1012", "db01"),
        ("nts_db01_261122_1012", "db01"), ("vm-support-esx01-2026-11-22.1234", "esx01"), ("esx-esx01.x.net-2026-11-22--10.12-123", "esx01.x.net"),
        ("insights-db01-20261122101112", "db01"), ("uac-esx01-esxi-20261122101112", "esx01"), ("sosreport-db01", ""), ("esx-01", ""), ("scc_db01", ""),
    ],
)  # fmt: skip
def test_a_bundles_folder_has_its_machines_name(folder, name):
    assert name_in_folder(folder) == name


@pytest.mark.parametrize(
    "name", ["db01_1.vmdk.txt", "getuuid_db01_1.vmdk.txt", "vmkfstools -J getuuid db01_1.vmdk.log", "db01_1.vmdk.getuuid.txt"]
)
def test_a_file_called_after_a_disk_names_the_answer_in_it(name, tmp_path):
    answer = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    lay_out(tmp_path / "in", {f"esx01/{name}": answer})
    captures = read(tmp_path / "in")
    assert captures.vmdks[["host", "vmdk", "uuid"]].to_numpy().tolist() == [["esx01", "db01_1.vmdk", UUID]]


def test_of_two_answers_in_a_file_called_after_a_disk_the_second_has_no_name(tmp_path):
    answer = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0"
    lay_out(tmp_path / "in", {"esx01/db01.vmdk.txt": f"{answer}c\n{answer}d\n"})
    assert sorted(read(tmp_path / "in").vmdks["vmdk"]) == ["", "db01.vmdk"]


# Two parsers that claim one answer


def test_no_command_is_claimed_by_two_parsers():
    from reconcile.transcript.command_lines import parse_command  # noqa: PLC0415 -- for this test alone

    for parser in PARSERS:
        for command in (parser.command, parser.command.split(" | ")[0]):
            assert len(parsers_of(parse_command(command))) <= 1, command


def test_what_two_parsers_read_in_two_ways_is_believed_of_neither(monkeypatch, tmp_path):
    first = next(parser for parser in PARSERS if parser.name == "ndctl")
    second = Parser("rival", "guest", "x", "x", lambda _: False, first.starts, first.parse, {"anything": ".*"})
    monkeypatch.setattr("reconcile.parsers.registry.PARSERS", (*PARSERS, second))
    # What a rival claims, too, is not plain any more, and nothing is known of any line.
    monkeypatch.setattr("reconcile.capture.read_source.PLAIN_ANSWERS", Answers([]))
    monkeypatch.setattr("reconcile.parsers.registry._SHORT", 0)
    assert [parser.name for parser in parsers_starting("[{")] == ["ndctl", "rival"]
    lay_out(tmp_path / "in", {"db01.json": DIMMS, "esx01.txt": HOST})
    result = match(read(tmp_path / "in"))
    assert result.captures.dimms.empty
    found = result.findings[result.findings["rule"] == "claimed-twice"].iloc[0]
    assert "ndctl and rival" in found["message"]
    assert (found["source"], found["line"]) == ("db01.json", 1)
    assert set(result.captures.unread["line"]) == {1, 2, 3, 4, 5, 6}


def test_where_only_one_of_two_finds_something_that_one_is_believed(monkeypatch):
    first = next(parser for parser in PARSERS if parser.name == "ndctl")
    blind = next(parser for parser in PARSERS if parser.name == "date")
    rival = Parser("rival", "guest", "x", "x", lambda _: False, first.starts, blind.parse, blind.without_facts)
    monkeypatch.setattr("reconcile.parsers.registry.PARSERS", (rival, *PARSERS))
    (part,) = read_source(DIMMS.encode()).parts
    assert [record.dev for record in part.records] == ["nmem0"]

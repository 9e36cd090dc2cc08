"""explain: asked by any name, every sighting with its very text, the joining digits in brackets."""

from __future__ import annotations

import io
import re
import sys

import pytest
from small_site import PAIR, UNSETTLED, of_serials

from reconcile import CaptureError, match, read
from reconcile.reports.explain import explain


@pytest.fixture(scope="module")
def sample(root):
    return match(read(root / "samples" / "site", keep=True))


@pytest.mark.parametrize(
    "subject",
    [
        "db01 nmem0", "db01/nmem0", "DB01:NMEM0", "8902-5e3b8b61", "5e3b8b61", "5E3B8B61", "appdb_1.vmdk", "appdb_1", "appdb/appdb_1.vmdk",
        "6000c29e-841d-0ba7-c35a-66f95e3b8b61", "60 00 C2 9e 84 1d 0b a7-c3 5a 66 f9 5e 3b 8b 61", "36000c29e841d0ba7c35a66f95e3b8b61",
        "/mnt/pmem", "pmem0", "/dev/pmem0",
    ],
)  # fmt: skip
def test_one_row_is_found_by_any_of_its_names(subject, sample):
    told = explain(sample, subject)
    assert told[0].startswith("matched: db01 nmem0 is esx01 /vmfs/volumes/PMemDS-")
    assert sum(not line.startswith(" ") for line in told if line) == 1
    assert '    guests/db01/ndctl-list-NRD.json:23  "id":"8902-[5e3b8b61]",' in told
    assert any(line.endswith("UUID is 60 00 C2 9e 84 1d 0b a7-c3 5a 66 f9 [5e 3b 8b 61]") for line in told)
    assert any("] vmkfstools -J getuuid appdb_1.vmdk" in line for line in told)


def test_each_quotation_stands_in_the_source_at_its_line(sample, root):
    quoted = [line for subject in ("esx01", "esx02", "app02") for line in explain(sample, subject) if line.startswith("    ")]
    assert len(quoted) > 30
    for line in quoted:
        found = re.match(r" {4}(\S+):([0-9]+)  (.*)$", line)
        if found:
            text = (root / "samples" / "site" / found[1]).read_text().split("\n")[int(found[2]) - 1]
            assert text.strip() in {found[3], re.sub(r"\[([0-9a-f ]+)\]", r"\1", found[3])}


@pytest.mark.parametrize(("subject", "rows"), [("esx01", 9), ("db01", 6), ("web03", 3), ("nmem0", 4), ("vmdk", 0)])
def test_a_machine_is_all_its_rows(subject, rows, sample):
    if not rows:
        with pytest.raises(CaptureError):
            explain(sample, subject)
    else:
        table = sample.mapping
        mine = table[
            (table["guest"] == subject)
            | (table["host"] == subject)
            | (table["device"] == subject)
            | (table["vm"] == subject)
            | (table["vmdk"] == f"{subject}.vmdk")
        ]
        assert len(mine) == len([line for line in explain(sample, subject) if line and not line.startswith(" ")])


def test_what_is_left_over_says_why_and_what_would_settle_it(sample):
    told = "\n".join(explain(sample, "app02_1.vmdk"))
    assert "host-only: esx01 " in told
    assert "The other side was captured and has no match for it." in told
    assert "warning no-device: " in told
    assert "ndctl list -DRNi" in told


def test_an_ambiguous_one_names_everybody_it_could_be(sample):
    told = explain(sample, "web03 nmem0")
    assert told[0] == "ambiguous: web03 nmem0"
    assert sum("web03.vmdk" in line and line.startswith(("  could be", "           ")) for line in told) >= 2


def test_nothing_of_that_name_says_which_names_there_are(run, root):
    ran = run("explain", "db09", root / "samples" / "site")
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(
        "reconcile: Nothing that was reconciled is called 'db09'. Guests: app02, db01, db02, web03. Hosts: esx01, esx02."
    )


def test_the_command_line_prints_it(run, root):
    ran = run("explain", "db01 nmem0", root / "samples" / "site")
    assert ran.code == 0
    assert ran.out.count("[5e 3b 8b 61]") == 1
    assert ran.err == ""


def test_captured_text_never_moves_a_cursor(captures):
    """What a terminal's log holds between the words is shown and not carried out."""
    files = {"db01.txt": b'root@db01:~# ndctl list -D\n[{"dev":"nmem0","id":"8902-206b080c", "x":"\xe2\x80\xae\xe2\x80\x8b"}]\n'}
    result = match(read(captures(files), keep=True))
    assert all(line.isprintable() for line in explain(result, "nmem0"))


def test_a_disk_is_marked_whole(captures):
    files = {
        "db01.txt": "root@db01:~# lsblk -o NAME,SERIAL\nNAME SERIAL\nsda  6000c29842c754f802c2d49b206b080c\n",
        "esx01.txt": "[root@esx01:/vmfs/volumes/ds/vm] vmkfstools -J getuuid a.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n",
    }
    told = explain(match(read(captures(files), keep=True)), "sda")
    assert "    db01.txt:3  sda  [6000c29842c754f802c2d49b206b080c]" in told
    assert "    esx01.txt:2  UUID is [60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c]" in told


def test_in_an_archive_the_text_is_the_members(captures):
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("db01.json", '[{"dev":"nmem0","id":"8902-206b080c"}]\n')
    told = explain(match(read(captures({"site.zip": made.getvalue()}), keep=True)), "nmem0")
    assert '    site.zip!/db01.json:1  [{"dev":"nmem0","id":"8902-[206b080c]"}]' in told


@pytest.mark.parametrize("spelt", ["6000C298-42c7-54f8-02C2-d49b206b080c", "60 00 c2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c", "wwn-0x6000c29842c754f802c2d49b206b080c", "36000c29842c754f802c2d49b206b080c", "naa.6000c29842c754f802c2d49b206b080c", "/dev/disk/by-id/scsi-36000c29842c754f802c2d49b206b080c", "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"])  # fmt: skip
def test_a_uuid_is_found_in_any_spelling(spelt, captures):
    assert explain(match(read(captures(PAIR))), spelt)[0].startswith("matched: db01 nmem0")


def test_findings_are_explained_by_id_rule_and_source(captures):
    result = match(read(captures(UNSETTLED)))
    (finding,) = [found for found in result.all_findings if found.rule.name == "not-understood"]
    for subject in (finding.id, finding.id.lower(), "not-understood", "web01.txt"):
        told = "\n".join(explain(result, subject))
        assert f"warning not-understood {finding.id}: web01.txt" in told
        assert "web01.txt:3  what is this" in told


def test_who_names_a_device_that_is_not_there_is_told_which_are(captures):
    with pytest.raises(CaptureError, match=r"Devices of db01: nmem0\."):
        explain(match(read(captures(PAIR))), "db01 nmem7")


def test_a_uuid_is_written_one_way_in_findings(root):
    """Digits in a row are only what a capture printed: a device's own id."""
    for case in sorted((root / "tests" / "cases").iterdir()):
        result = match(read(case / "input", site="case"))
        printed = {device.id.lower() for site, _ in result.by_site for device in site.devices}
        for found in result.all_findings:
            for text in (found.subject, found.message):
                assert set(re.findall(r"6000c29[0-9a-f]{25}", text.lower())) <= {
                    word for one in printed for word in re.findall(r"6000c29[0-9a-f]{25}", one)
                }, (case.name, text)


@pytest.mark.parametrize("subject", ["hosts/esx01.txt", "HOSTS/esx01.txt", "samples/site/hosts/esx01.txt"])
def test_a_source_is_how_it_was_read(subject, sample, root):
    told = explain(sample, subject)
    assert told[0] == "source hosts/esx01.txt: read"
    assert told[1].startswith("  machine   esx01, which the ")
    (row,) = [row for row in sample.captures.sources.to_dict("records") if row["path"] == "hosts/esx01.txt"]
    assert told[4] == f"  sha256    {row['sha256']}"


def test_a_source_with_no_row_and_no_finding_is_told_too(captures):
    result = match(read(captures({**PAIR, "notes/empty.txt": ""})))
    assert explain(result, "notes/empty.txt")[0].startswith("source notes/empty.txt: empty")


def test_a_rule_without_a_finding_is_told_what_it_means(captures):
    told = explain(match(read(captures(PAIR))), "uuid-changed")
    assert told[0] == "rule uuid-changed: A file with two UUIDs"
    assert told[-1] == "  found     nothing: no warning of this rule in these captures"


def test_all_devices_of_the_guest_are_named(captures):
    serials = [f"{number:08x}" for number in range(1, 13)]
    with pytest.raises(CaptureError) as told:
        explain(match(read(captures(of_serials(*serials)))), "db01 nmem99")
    assert f"Devices of db01: {', '.join(f'nmem{number}' for number in range(12))}." in str(told.value)


def test_on_a_terminal_words_break_and_captured_text_stays(run, root, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def reconfigure(self, **_: object) -> None:
            """Take what a stream takes."""

    folder = root / "samples" / "site"
    whole = run("explain", "web03 nmem0", folder).out
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    run("explain", "web03 nmem0", folder)
    told = stream.getvalue()
    assert " ".join(told.split()) == " ".join(whole.split())
    assert all(len(line) <= 60 for line in told.splitlines() if "/" not in line and not line.startswith("    "))
    assert [line for line in whole.splitlines() if line.startswith("    ")] == [
        line for line in told.splitlines() if line in whole.splitlines() and line.startswith("    ")
    ]

"""The summary: the verdict in one sentence, and figures that are counted twice."""

from __future__ import annotations

import hashlib

import pytest
from small_site import GUEST, PAIR, UNSETTLED

from reconcile import match, read
from reconcile.base.limits import MIB, Limits
from reconcile.reports import summary
from reconcile.reports.summary import scope
from reconcile.results.reconciliation import Reconciliation


@pytest.fixture
def of(captures):
    return lambda files: match(read(captures(files)))


def test_all_is_reconciled(of):
    assert summary.verdict(of(PAIR)) == "RECONCILED: every device is one vmdk, and nothing needs a person."


def test_findings_are_present(of):
    assert summary.verdict(of(UNSETTLED)) == "FINDINGS PRESENT: 2 warnings for a person to look at."


def test_one_warning_is_one_warning(of):
    assert summary.verdict(of({**PAIR, "x.txt": "hm\n"})) == "FINDINGS PRESENT: 1 warning for a person to look at."


def test_incomplete_weighs_more_than_any_finding(of):
    assert summary.verdict(of({**UNSETTLED, "a.7z": b"7z\xbc\xaf\x27\x1c"})) == "INCOMPLETE: 1 source could not be read."


def test_with_no_device_nothing_is_said_to_be_reconciled(of):
    result = of({"db01.txt": "root@db01:~# hostname\ndb01\n"})
    assert summary.verdict(result).startswith("NOTHING TO RECONCILE")


def test_a_device_that_vmware_did_not_make_is_not_said_to_be_one_vmdk(of):
    """A note is no reason to say that every device is one vmdk."""
    result = of({**PAIR, "q.txt": GUEST.replace("db01", "q").replace("8902-206b080c", "8680-56341200")})
    assert result.exit_code == 0
    assert "every device" not in summary.verdict(result)


def test_the_terminal_gets_six_lines_and_one_for_each_output(of):
    result = of(UNSETTLED)
    told = summary.lines(result, ["a.xlsx", "b\x1b[2J\n"])
    assert len(told) == 8
    assert told[3] == "  left over 1: 0 contradicted by the other side's captures, 1 not captured on the other side"
    assert told[-2:] == ["  report    a.xlsx", r"  report    b\x1b[2J\n"]
    assert "0 errors, 2 warnings, 0 notes" in told[4]
    assert all(line.isprintable() for line in told)


def test_measures_have_the_figures_of_the_tables(of):
    result = of({**UNSETTLED, "a.7z": b"7z\xbc\xaf\x27\x1c"})
    told = {measure.name: measure.value for measure in summary.measures(result)}
    assert told == {
        "Devices": 2, "Devices matched": 1, "Devices ambiguous": 0, "Devices on the guest's side only": 1,
        "Left over, contradicted": 0, "Left over, not captured": 1, "Left over, not VMware's": 0,
        "vmdks": 1, "vmdks matched": 1, "vmdks ambiguous": 0, "vmdks on the host's side only": 0,
        "Errors": 1, "Warnings": 2, "Notes": 0, "Sources": 4, "Sources not read": 1, "Lines": 7, "Lines not understood": 1,
    }  # fmt: skip
    assert all(measure.how for measure in summary.measures(result))


def test_controls_pass_on_a_whole_result(of):
    assert [control.value for control in summary.controls(of(UNSETTLED))] == ["PASS"] * 5


def test_a_control_fails_where_a_device_is_lost(of):
    """Counted in two ways, so that it can fail at all."""
    result = of(UNSETTLED)
    ((site, rows),) = result.by_site
    lost = Reconciliation(result.captures, ((site, rows[1:]),))
    assert {control.name: control.value for control in summary.controls(lost)} == {
        "Devices": "FAIL",
        "vmdks": "PASS",
        "Left over": "PASS",
        "Lines": "PASS",
        "Unread": "PASS",
    }


def test_the_digest_of_all_sources_can_be_made_by_hand(of):
    files = {name: str(text).encode() for name, text in PAIR.items()}
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  captures/{name}\n" for name, data in files.items())
    assert summary.sources_digest(of(PAIR)) == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_digest_changes_with_any_byte_and_any_name(of, captures):
    digests = {
        summary.sources_digest(match(read(captures(files, f"s{number}"), site="s")))
        for number, files in enumerate((
            PAIR,
            {**PAIR, "x": "y\n"},
            {**PAIR, "db01.txt": GUEST + "\n"},
            {"db1.txt": GUEST, "esx01.txt": PAIR["esx01.txt"]},
        ))
    }
    assert len(digests) == 4


@pytest.mark.parametrize(("number", "said"), [(0, "0 notes"), (1, "1 note"), (1234, "1,234 notes")])
def test_numbers_of_things_are_said_in_english(number, said):
    assert summary.counted(number, "note") == said


def test_the_scope_says_what_was_asked_for_beyond_the_usual(captures, tmp_path):
    folder = captures(UNSETTLED)
    (tmp_path / "m.csv").write_text("pattern,machine\nweb*,www\n")
    assert [row.value for row in scope(match(read(folder))) if row.name == "Options"] == ["none"]
    result = match(read(folder, sites=True, machines=tmp_path / "m.csv", limits=Limits(depth=1, member_bytes=MIB)))
    digest = hashlib.sha256(b"web*,www\n").hexdigest()
    (told,) = [row.value for row in scope(result) if row.name == "Options"]
    assert told == f"--sites; --machines with 1 rule, SHA-256 {digest}; --max-file 1; --max-depth 1"


@pytest.mark.parametrize(
    ("dates", "oldest", "newest", "how"),
    [
        ([], "unknown", "unknown", "no capture holds the answer of date"),
        (["Sun Nov 22 10:12:13 UTC 2026"], "2026-11-22 10:12:13 UTC", "2026-11-22 10:12:13 UTC", "of 1 time that date printed"),
        (["2026-11-22T11:12:13+01:00", "Sun Nov 22 10:30:00 UTC 2026"], "2026-11-22 10:12:13 UTC", "2026-11-22 10:30:00 UTC", "of 2 times that date printed"),
        (["Sun Nov 22 10:12:13 CET 2026"], "unknown", "unknown", "of 0 times that date printed; 1 more in zones that say no distance to UTC"),
    ],
)  # fmt: skip
def test_the_scope_says_when_the_captures_were_made_as_they_say_themselves(captures, dates, oldest, newest, how):
    said = "".join(f"root@db01:~# date\n{date}\n" for date in dates)
    result = match(read(captures({**PAIR, "db01.txt": said + str(PAIR["db01.txt"])})))
    told = {row.name: row[1:] for row in scope(result)}
    assert told["Oldest time in the captures"] == (oldest, how)
    assert told["Newest time in the captures"] == (newest, how)


def test_the_verdict_is_told_in_sentences_too(of):
    assert summary.sentence(of(PAIR)) == "1 of 1 device and of 1 vmdk is matched, one with one."
    assert summary.sentence(of(UNSETTLED)) == (
        "1 of 2 devices and of 1 vmdk is matched, one with one. 1 device is on one side only. 2 warnings need a person."
    )

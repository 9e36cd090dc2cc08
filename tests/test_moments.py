"""The time in a capture: read in any form that date prints, compared only on one clock, and never a file's own."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile import match, read
from reconcile.machines.capture_times import Moment, read_moment

NOON = read_moment("2026-11-22T12:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "Sun Nov 22 12:00:00 UTC 2026", "Sun Nov 22 12:00:00 PM UTC 2026", "Sun Nov  22 12:00:00 GMT 2026", "Sun 22 Nov 2026 12:00:00 PM UTC",
        "2026-11-22 12:00:00 UTC", "2026-11-22T12:00:00+00:00", "2026-11-22 13:00:00+0100", "2026-11-22 07:30:00-04:30", "2026-11-22T12:00:00.123Z",
        "Sun Nov 22 17:30:00 +0530 2026", "Sun, 22 Nov 2026 12:00:00 +0000",
    ],
)  # fmt: skip
def test_one_moment_in_every_form(text):
    assert read_moment(text) == NOON


def test_a_named_zone_is_a_clock_of_its_own():
    moment = read_moment("Sun Nov 22 12:00:00 CET 2026")
    assert moment.zone == "CET"
    assert moment.seconds == NOON.seconds
    assert read_moment("2026-11-22 12:00:00").zone == "?"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "Sun Nov 32 12:00:00 UTC 2026",
        "Foo Bar 22 12:00:00 UTC 2026",
        "2026-13-01 00:00:00",
        "2026-11-22",
        "Sun Nov 22 25:00:00 UTC 2026",
    ],
)
def test_what_is_no_time_is_none(text):
    assert read_moment(text) is None


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="SunNovMTZ 0123456789:+-,.", max_size=40))
def test_any_text_is_a_moment_or_none(text):
    assert isinstance(read_moment(text), Moment | None)


def visit(date: str, first: int, second: int) -> str:
    told = f"root@db01:~# date\n{date}\n" if date else ""
    return (
        told + f'root@db01:~# ndctl list -D\n[{{"dev":"nmem{first}","id":"8902-11aa22bb"}},{{"dev":"nmem{second}","id":"8902-33cc44dd"}}]\n'
    )


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("2026-11-22 12:00:00 UTC", "2026-11-22 13:00:00 UTC", {"nmem1", "nmem0"}),
        ("2026-11-22 13:30:00+02:00", "Sun Nov 22 13:00:00 UTC 2026", {"nmem1", "nmem0"}),
        ("2026-11-22 12:00:00 UTC", "", {"nmem0, nmem1"}),
        ("2026-11-22 12:00:00 UTC", "2026-11-22 13:00:00 CET", {"nmem0, nmem1"}),
        ("2026-11-22 12:00:00 UTC", "2026-11-22 12:00:00 UTC", {"nmem0, nmem1"}),
    ],
)
@pytest.mark.parametrize("files", [("a.txt", "b.txt"), ("b.txt", "a.txt")])
def test_the_newer_of_two_captures_names_a_device(one, other, names, files, captures):
    folder = captures({files[0]: visit(one, 0, 1), files[1]: visit(other, 1, 0)})
    os.utime(folder / files[0], (2_000_000_000, 2_000_000_000))
    result = match(read(folder))
    assert set(result.mapping["device"]) == names
    assert result.findings["rule"].tolist().count("renumbered") == 2
    if len(names) == 2:
        by_id = result.mapping.set_index("device_id")
        assert by_id.loc["8902-11aa22bb", "device"] == "nmem1"
        assert by_id.loc["8902-11aa22bb", "guest_source"] == files[1]


def test_a_bundles_time_is_that_of_all_its_files(captures):
    def bundle(when: str, first: int, second: int) -> dict[str, str]:
        root = f"sosreport-db01-{when[:10]}"
        listing = f'[{{"dev":"nmem{first}","id":"8902-11aa22bb"}},{{"dev":"nmem{second}","id":"8902-33cc44dd"}}]\n'
        return {
            f"{root}/sos_commands/pmem/ndctl_list_-vvv": listing,
            f"{root}/sos_commands/date/date": f"{when}\n",
            f"{root}/hostname": "db01\n",
        }

    result = match(read(captures({**bundle("2026-11-20 12:00:00 UTC", 0, 1), **bundle("2026-11-21 12:00:00 UTC", 1, 0)})))
    assert dict(zip(result.mapping["device_id"], result.mapping["device"], strict=True)) == {
        "8902-11aa22bb": "nmem1",
        "8902-33cc44dd": "nmem0",
    }


PUTTY = "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log {} =~=~=~=~=~=~=~=~=~=~=~=\n"
SWAPPED = 'root@db01:~# ndctl list -D\n[{"dev":"nmem1","id":"8902-11aa22bb"},{"dev":"nmem0","id":"8902-33cc44dd"}]\n'
BOTH = {"nmem0, nmem1"}


@pytest.mark.parametrize(
    ("ended", "names"),
    [
        ("", {"nmem0", "nmem1"}),
        ("root@db01:~# exit\n", BOTH),
        ("root@db01:~# logout\nConnection to db01 closed.\n", BOTH),
        ("Last login: Sun Nov 22 10:12:13 2026 from 192.0.2.1\n", BOTH),
        ("root@app01:~# hostname\napp01\n", BOTH),
        (PUTTY.format("2026.11.22 20:12:13"), BOTH),
        (PUTTY.format("2026.11.30 10:12:13"), {"nmem0", "nmem1"}),
        ('Script started on 2026-11-30 21:48:48+00:00 [TERM="xterm"]\n', {"nmem0", "nmem1"}),
    ],
)  # fmt: skip
def test_a_time_ends_with_its_session_and_a_header_begins_another(ended, names, captures):
    folder = captures({
        "a.txt": visit("2026-11-22 12:00:00 UTC", 0, 1),
        "b.txt": f"root@db01:~# date\n2026-11-23 12:00:00 UTC\n{ended}{SWAPPED}",
    })
    found = match(read(folder)).mapping
    assert set(found["device"]) == names
    if names != BOTH:
        assert found.set_index("device_id").loc["8902-11aa22bb", "device"] == "nmem1"


def test_a_time_does_not_reach_back(captures):
    folder = captures({
        "a.txt": visit("2026-11-22 12:00:00 UTC", 0, 1),
        "b.txt": f"{SWAPPED}root@db01:~# date\n2026-11-23 12:00:00 UTC\n",
    })
    assert set(match(read(folder)).mapping["device"]) == BOTH


def test_of_one_session_the_later_answer_counts(captures):
    folder = captures({"a.txt": visit("", 0, 1) + SWAPPED})
    assert match(read(folder)).mapping.set_index("device_id").loc["8902-11aa22bb", "device"] == "nmem1"


@pytest.mark.parametrize(("hours", "told"), [(20, False), (60, True)])
def test_clocks_of_unknown_zones_are_compared_where_no_zone_can_turn_it_round(hours, told):
    one, other = Moment("CET", 0), Moment("", hours * 3600)
    assert other.is_after(one) is told
    assert not one.is_after(other)

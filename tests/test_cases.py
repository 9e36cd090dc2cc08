"""Each folder of cases/ is one question: `about.txt` says what must hold, `input/` asks it, `expected/` is the answer.

RECONCILE_REGENERATE=1 writes the answers anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconcile import match, read
from reconcile.reports.csv_file import csv_bytes

CASES = sorted((Path(__file__).parent / "cases").iterdir())
SHOWN = ("mapping", "findings")


def test_there_are_cases():
    assert len(CASES) >= 25


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_the_expected_one(case):
    result = match(read(case / "input", site="case"))
    for name in SHOWN:
        file = case / "expected" / f"{name}.csv"
        made = csv_bytes(result.table(name))
        if os.environ.get("RECONCILE_REGENERATE"):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(made)
        assert file.read_bytes() == made


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_device_and_vmdk_is_on_one_row_and_every_line_is_counted(case):
    result = match(read(case / "input", site="case"))
    totals = result.totals
    assert totals.devices == totals.matched + totals.ambiguous_devices + totals.guest_only
    assert totals.vmdks == totals.matched + totals.ambiguous_vmdks + totals.host_only == len(result.captures.vmdks)
    assert totals.devices + totals.vmdks - totals.matched == len(result.mapping)
    sources = result.captures.sources
    assert (sources["lines"] == sources["recognised"] + sources["noise"] + sources["not_understood"]).all()
    assert len(result.captures.unread) == totals.not_understood


def test_the_cases_show_every_rule_that_does_not_need_a_file_to_be_refused():
    from reconcile.findings.rules import RULES  # noqa: PLC0415 -- for this test alone

    shown = "".join((case / "expected" / "findings.csv").read_text(encoding="utf-8-sig") for case in CASES)
    missing = {rule.name for rule in RULES if f",{rule.name}," not in shown}
    assert missing <= {"refused", "encoding-guessed", "no-host-capture", "no-guest-capture", "damaged", "claimed-twice"}

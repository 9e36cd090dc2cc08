"""The page of a comparison: each change, with what both visits captured of it side by side, and nothing that runs or loads."""

from __future__ import annotations

import re

import pytest
from page_reader import assert_harmless
from small_site import PAIR

from reconcile import OutputError
from reconcile.reports.page.changes import comparison_blocks
from reconcile.results.compare import Comparison, compare
from reconcile.results.read_captures import read
from reconcile.results.reconciliation import reconcile_sites

RENEWED = {name: str(text).replace("20 6b 08 0c", "30 00 00 01").replace("206b080c", "30000001") for name, text in PAIR.items()}


@pytest.fixture
def compared(captures):
    """Compare captures of two visits."""

    def make(old: dict[str, str | bytes], new: dict[str, str | bytes], *, keep: bool = True) -> Comparison:
        return compare(*(reconcile_sites(read(captures(files, name), keep=keep)) for name, files in (("march", old), ("november", new))))

    return make


def test_a_change_shows_the_lines_of_both_visits_side_by_side(compared):
    comparison = compared(PAIR, RENEWED)
    data = b"".join(comparison_blocks(comparison)).decode()
    (changed,) = re.findall('<details class="row warning" open>.*?re-created.*?</details>', data, re.DOTALL)
    before, _, now = changed.partition("<h3>Now</h3>")
    assert "<mark>20 6b 08 0c</mark>" in before
    assert "<mark>30 00 00 01</mark>" in now
    assert "<mark>206b080c</mark>" in before
    assert "<mark>30000001</mark>" in now
    assert before.count("<mark>") == now.count("<mark>") == 2


def test_what_one_visit_does_not_show_is_said(compared):
    data = b"".join(comparison_blocks(compared(PAIR, {"esx01.txt": PAIR["esx01.txt"]}))).decode()
    assert "These captures do not show it." in data.partition("<h3>Now</h3>")[2]


def test_nothing_that_changed_is_said(compared):
    data = b"".join(comparison_blocks(compared(PAIR, PAIR))).decode()
    assert '<p class="verdict matched">UNCHANGED' in data
    assert "<p>None.</p>" in data


def test_its_page_is_harmless_whatever_the_captures_say(compared):
    old, new = (
        {name: str(text).replace("db01.vmdk", "<script>alert(1)</script>.vmdk") for name, text in files.items()}
        for files in (PAIR, RENEWED)
    )
    page = assert_harmless(b"".join(comparison_blocks(compared(old, new))), scripts=0)
    assert "<script>alert(1)</script>.vmdk" in "\0".join(page.texts)


def test_visits_that_were_read_without_their_lines_give_no_page(compared):
    with pytest.raises(OutputError, match="keep=True"):
        comparison_blocks(compared(PAIR, RENEWED, keep=False))


def test_the_command_writes_it(captures, run, tmp_path):
    two = captures(PAIR, "march"), captures(RENEWED, "november")
    page = tmp_path / "changes.html"
    assert run("diff", *two, "-o", page).code == 1
    assert b"<mark>30 00 00 01</mark>" in page.read_bytes()
    assert str(tmp_path).encode() not in page.read_bytes()

"""Text made fit: nothing is dropped, nothing that does not print is left, and nothing can be taken for a formula."""

from __future__ import annotations

import re
from html import escape

import hostile_text
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.base.printable import visible
from reconcile.reports.escape import MOST_UNITS, are_plain, cell_text, csv_text, html_text

FORMULA_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def decoded(cell: str) -> str:
    """Decode a cell's text as Excel does."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), cell)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain caf\u00e9 \U0001f600", "plain caf\u00e9 \U0001f600"),
        ("", ""),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb\r\tc\0", r"a\nb\r\tc\x00"),
        ("\x9b\x7f\x85", r"\x9b\x7f\x85"),
        ("\u202e\u200b\ufeff\u2028", r"\u202e\u200b\ufeff\u2028"),
        ("\ud800\udcff", r"\ud800\udcff"),
        ("\ufffe\uffff\U0010ffff", r"\ufffe\uffff\U0010ffff"),
    ],
)
def test_what_does_not_print_is_shown_escaped(text, shown):
    assert visible(text) == shown


@hostile_text.quick
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_visible_text_prints_and_is_the_same_once_more(texts):
    for text in texts:
        shown = visible(text)
        assert shown.isprintable()
        assert visible(shown) == shown
        shown.encode()


@pytest.mark.parametrize(
    "text", ["_x0041_", "_x005F_", "_x0041_x0042_", "__x0041_", "_x005F_x0041_", "_xd800_", "a_x000D_b", "_x004_", "_X0041_"]
)
def test_a_cell_decodes_to_what_was_meant(text):
    assert decoded(cell_text(text)) == text


def test_underscores_that_are_no_escape_stay():
    assert cell_text("linux_x86_64.vmdk") == "linux_x86_64.vmdk"


@hostile_text.quick
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_a_cell_prints_fits_and_decodes_to_what_was_meant(texts):
    for text in texts:
        cell = cell_text(text)
        assert cell.isprintable()
        assert units(cell) <= MOST_UNITS
        if units(cell) < MOST_UNITS - 10:
            assert decoded(cell) == visible(text)


@pytest.mark.parametrize("text", ["x" * 32_767, "\U0001f600" * 16_383, "x" * 16_384])
def test_the_longest_text_is_kept_whole(text):
    assert cell_text(text) == text


@pytest.mark.parametrize(
    "text", ["x" * 32_768, "y" * 40_000, "\U0001f600" * 16_384, "x" + "\U0001f600" * 16_384, "_x0041_" * 6_000, "\x1b" * 9_000]
)
def test_a_longer_text_is_cut_with_a_mark_and_never_within_a_character(text):
    cell = cell_text(text)
    assert MOST_UNITS - 2 <= units(cell) <= MOST_UNITS
    assert cell.endswith(" [cut]")
    assert decoded(cell.removesuffix(" [cut]")).startswith(visible(text)[:1000])
    cell.encode("utf-16-le")


@pytest.mark.parametrize("text", hostile_text.FORMULAS)
def test_a_csv_field_never_begins_as_a_formula(text):
    field = csv_text(text)
    assert field.lstrip()[:1] not in tuple(FORMULA_SIGNS)
    assert field in {visible(text), f"'{visible(text)}"}


@pytest.mark.parametrize(
    "text", ["-5", "+3.5", "-0", "00012345", "1e100000", "8902-206b080c", "#N/A", "2024-01-02", "nmem0", "[datastore1]", ""]
)
def test_a_csv_field_that_cannot_be_a_formula_stays(text):
    assert csv_text(text) == text


@pytest.mark.parametrize("text", ["-rw-------", "-5+2", "+49 89 1234", "--help", "-", "-1e5", "-1234567890123456", " -x", "@", "\uff1d1"])
def test_a_csv_field_that_may_be_a_formula_gets_an_apostrophe(text):
    assert csv_text(text) == f"'{visible(text)}"


@hostile_text.quick
@given(hostile_text.many_texts)
@example(hostile_text.ALL)
def test_no_csv_field_begins_as_a_formula_unless_it_is_a_number(texts):
    for text in texts:
        field = csv_text(text)
        assert field.isprintable()
        assert field.removeprefix("'") == visible(text).removeprefix("'")
        assert field.strip()[:1] not in tuple(FORMULA_SIGNS) or re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", field)


def test_every_character_of_ascii_is_shown_as_python_escapes_it():
    for character in map(chr, range(0x80)):
        assert visible(character) == (character if character.isprintable() else character.encode("unicode_escape").decode())


@hostile_text.quick
@given(st.lists(st.text(st.characters(codec="ascii"), max_size=4) | st.sampled_from(hostile_text.ALL), max_size=3))
@example(["a\nb"])
@example(["\n", ""])
@example(["-"])
@example([" a"])
@example(["a ", "b"])
@example(["a\r"])
def test_plain_texts_stay_as_they_are_everywhere(texts):
    if are_plain(texts):
        for text in texts:
            assert cell_text(text[:MOST_UNITS]) == csv_text(text) == html_text(text) == visible(text) == text == text.strip()
            assert not set(text) & set('",')


@pytest.mark.parametrize("text", [chr(code) for code in range(0x80)] + ["\xa0", "\u2028", "\ud800", "_x0041_", "-1", " a", "a "])
def test_what_any_format_changes_is_not_plain(text):
    for value in (text, f"{text}a", f"a{text}", f"a{text}a", f"a\n{text}"):
        is_changed = csv_text(value) != value or cell_text(value) != value or escape(value) != value or value != value.strip()
        assert not (is_changed and are_plain([value]))
        assert not (is_changed and are_plain(["a", value, "b"]))


def test_what_captures_mostly_hold_is_plain():
    texts = [
        "pmem-guest-001.vmdk",
        "8902-206b080c",
        "/vmfs/volumes/PMemDS-1/db01",
        "uuid suffix; size",
        "",
        "[datastore1]",
        "00012345",
        "1:2",
    ]
    assert are_plain(texts)
    assert are_plain([])


@pytest.mark.parametrize("text", ["", "plain", "<b>", "a&b", "it's", '"', "\x1b[1m<", "\u202e"])
def test_text_in_the_page_is_escaped(text):
    assert html_text(text) == escape(visible(text))

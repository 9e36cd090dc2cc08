"""Packed rows and lines are the rows and lines that were packed, whichever part of them is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.results import packed_rows as packed
from reconcile.results.packed_rows import LinePacker, RowPacker

CELLS = st.none() | st.integers() | st.text(st.characters(exclude_categories=[])) | st.sampled_from(["", "00012345", "\udc80"])
ROWS = st.lists(st.tuples(CELLS, CELLS))


def packed_in_threes(parts, packer):
    before, packed._BLOCK = packed._BLOCK, 3  # noqa: SLF001 -- so that a few rows are many blocks
    try:
        for part in parts:
            packer.add(iter(part))
        yield packer.packed()
    finally:
        packed._BLOCK = before  # noqa: SLF001


@given(st.lists(ROWS, max_size=4), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_rows_are_a_sequence_whatever_part_is_asked_for(parts, start, length, within):
    rows = [row for part in parts for row in part]
    for found in packed_in_threes(parts, RowPacker()):
        assert (len(found), list(found), list(found)) == (len(rows), rows, rows)
        part, expected = found[start : start + length], rows[start : start + length]
        assert (len(part), list(part)) == (len(expected), expected)
        assert list(part[within:]) == expected[within:]
        assert list(part[:within]) == expected[:within]
        assert [found[at] for at in range(-len(rows), len(rows))] == [*rows, *rows]
        assert bool(found) == bool(rows)
        with pytest.raises(IndexError):
            _ = part[len(expected)]


@given(st.lists(st.lists(st.text()), max_size=4))
def test_lines_come_as_they_were_as_often_as_they_are_asked_for(parts):
    lines = [line for part in parts for line in part]
    for found in packed_in_threes(parts, LinePacker()):
        assert list(found) == lines
        assert list(found) == lines


def test_rows_are_given_in_their_order_alone():
    packer = RowPacker()
    packer.add([("a",), ("b",)])
    with pytest.raises(ValueError, match="one after the other"):
        _ = packer.packed()[::-1]

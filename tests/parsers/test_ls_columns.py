"""The columns of ``ls`` on a terminal: names come out as they went in, in the same order, or are marked as a guess."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconcile.parsers.ls_columns import names_in, plain_names_in

LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
WORD = st.text(LETTERS, min_size=1, max_size=12)
# Single blanks within, as in "db 01.vmdk"; what else a name may hold is a test of its own.
NAME = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


def rendered(names: list[str], width: int) -> list[str]:
    """Print names as busybox does: each cell is the longest name and two wide, columns first, no padding at the end."""
    cell = max(len(name) for name in names) + 2
    columns = max(1, width // cell)
    rows = -(-len(names) // columns)
    grid = [names[row::rows] for row in range(rows)]
    return ["".join(name.ljust(cell) for name in row[:-1]) + row[-1] for row in grid]


def decoded(lines: list[str]) -> list[str]:
    return [cell.name for cell in names_in(lines)]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(NAME, min_size=1, max_size=40, unique=True), st.integers(20, 240))
def test_any_names_at_any_width_come_back_in_their_order(names, width):
    lines = rendered(names, width)
    found = names_in(lines)
    assert [cell.name for cell in found] == names
    assert all(cell.certain for cell in found)
    assert all(cell.name in lines[cell.row] for cell in found)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.text("ab .", min_size=1, max_size=9), min_size=1, max_size=20, unique=True), st.integers(20, 120))
def test_names_with_blanks_anywhere_are_never_lost_between_columns(names, width):
    """What is printed of each name stands in some cell, whatever blanks a name begins or ends with."""
    assume(all(name.strip() for name in names))
    lines = rendered(names, width)
    shown = "".join("".join(lines).split())
    assert sorted("".join("".join(cell.name.split()) for cell in names_in(lines))) == sorted(shown)


@pytest.mark.parametrize("width", [17, 23, 40, 46, 80, 132, 200])
def test_a_short_last_column_and_a_full_one(width):
    for count in range(1, 30):
        names = [f"vm_{number}.vmdk" for number in range(count)]
        assert decoded(rendered(names, width)) == names


def test_one_name_a_line_is_one_name_a_line():
    names = ["a.vmdk", "b b.vmdk", "ISO's (NAS01)", "x"]
    assert [(cell.row, cell.name, cell.certain) for cell in names_in(names)] == [(row, name, True) for row, name in enumerate(names)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("a.vmdk b.vmdk", ["a.vmdk", "b.vmdk"]), ("a.vmdk a_1.vmdk a_2.vmdk", ["a.vmdk", "a_1.vmdk", "a_2.vmdk"]),
        ("a.vmdk   long-name.vmdk      c.vmdk", ["a.vmdk", "long-name.vmdk", "c.vmdk"]), ("a.vmdk     b", ["a.vmdk", "b"]),
    ],
)  # fmt: skip
def test_columns_that_lost_their_padding_are_a_guess(line, names):
    """It may also be one odd name: nothing is to be concluded from it."""
    found = names_in([line])
    assert [cell.name for cell in found] == names
    assert not any(cell.certain for cell in found)


def test_lines_that_no_ls_would_fill_so_are_not_cut_as_columns():
    """Columns are filled first, so no line has more cells than the one above it."""
    assert not any(cell.certain for cell in names_in(["a  b  c", "d  e", "f  g  h"]))


def test_two_columns_of_one_line_are_exact():
    assert [(cell.name, cell.certain) for cell in names_in(["guest-001.vmdk    guest-001_1.vmdk"])] == [
        ("guest-001.vmdk", True), ("guest-001_1.vmdk", True),
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [60, 80, 132, 200])
def test_what_a_real_busybox_printed_in_columns_is_what_it_printed_one_a_line(columns, shared, records):
    """Blanks at a name's end cannot be told from padding."""
    folder = shared / "qemu" / "busybox"
    shown = [record.name for record in records((folder / f"pty_ls_odd_{columns}.typescript").read_bytes(), hint="ls")]
    plain = (folder / "utf8_ls_1_odd.txt").read_bytes().decode().removesuffix("\n").split("\n")
    assert len([name for name in plain if name.endswith(" ")]) == 3
    assert shown == [name.rstrip(" ") for name in plain]


@pytest.mark.parametrize("columns", [60, 80, 132, 200])
def test_hundreds_of_names_in_real_columns(columns, shared, records):
    folder = shared / "qemu" / "busybox"
    shown = records((folder / f"pty_ls_vdi_{columns}.typescript").read_bytes(), hint="ls")
    listed = [line for line in (folder / "utf8_ls_R.txt").read_text().split("\n\n") if line.split(":\n")[0].endswith("/vdi-pool")]
    names = listed[0].split(":\n")[1].strip("\n").split("\n")
    assert len(names) > 100
    assert [record.name for record in shown] == names
    assert all(record.certain for record in shown)


@pytest.mark.parametrize("columns", [60, 80, 132, 200])
def test_colour_changes_no_name(columns, shared, records):
    """A terminal colours folders; the escapes stand within the padding."""
    shown = [
        record.name for record in records((shared / "qemu" / "busybox" / f"pty_ls_color_{columns}.typescript").read_bytes(), hint="ls")
    ]
    assert shown == ["-dash", "B\u00fccher-???", "appdb", "db 01", "lost+found", "odd", "vdi-pool"]


def test_columns_of_real_hosts(shared, records):
    """Names with blanks in columns: datastores of an ESXi 5 host, and the root folder of an ESXi 6 one."""
    host = shared / "public" / "host"
    found = [
        record.name for record in records((host / "ls_columns_vmfs_volumes_esxi5_spaces_vsan.txt").read_bytes()) if hasattr(record, "name")
    ]
    assert {"HD-Pool (KVM)", "ISO's (NAS01)", "Tier-3 (NAS01)", "vsanDatastore", "663e335e-dcaeabe2"} <= set(found)
    assert len(found[:22]) == 22
    found = [record for record in records((host / "df_h_and_ls_columns_esxi6_esx01.txt").read_bytes()) if hasattr(record, "directory")]
    names = [record.name for record in found if hasattr(record, "name")]
    assert names == sorted(names)
    assert len(names) == 24


def test_the_short_way_for_plain_names_gives_the_same():
    chance = random.Random(5)
    seen = 0
    for _ in range(6000):
        names = [chance.choice("ab") + "".join(chance.choices("ab._-", k=chance.randrange(9))) for _ in range(chance.randrange(1, 7))]
        names = [f"{name}.vmdk" for name in names] if chance.random() < 0.2 else names
        width = max(map(len, names)) + chance.choice([2, 2, 3, 4])
        line = {
            0: "".join(name.ljust(width) for name in names).strip(),
            1: (" " * chance.randrange(2, 6)).join(names),
            2: "".join((chance.choice(["", "", " "]) + name).ljust(width) for name in names).strip(),
            3: "".join(name + " " * chance.randrange(2, 6) for name in names).strip(),
        }[chance.randrange(4)] + " " * chance.choice([0, 0, 0, 0, 1, 2])
        lines = chance.choice([[line], [line], [line], [line, names[0]], names])
        if not re.search("(?<! ) (?! |$)", line):
            seen += 1
            found = plain_names_in(lines)
            certain = found.certain if isinstance(found.certain, tuple) else [found.certain] * len(found.names)
            assert list(zip(found.rows, found.names, certain, strict=True)) == names_in(lines), lines
    assert seen > 4000

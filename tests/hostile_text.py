"""Text that spreadsheets, terminals and XML have been broken with, and how to make more of it."""

from __future__ import annotations

from hypothesis import Phase, settings
from hypothesis import strategies as st

quick = settings(max_examples=10, derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate))
# 30 texts an example: 2,000 and more.
thorough = settings(quick, max_examples=67)

FORMULAS = [
    "=1+1", '=HYPERLINK("http://x","y")', "=cmd|'/c calc'!A0", "+1+1", "-1+1", "-rw-------  1 root", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1",
    "\u3000=1", "\xa0=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM", "'=1", '"=1"', "=", "==", "{=1}", "=\x00", "\u200b=1", "\ufeff=1", "\x1b=1",
]  # fmt: skip
ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!"]
NUMBERS = [
    "00012345", "12345678", "1e100000", "1E5", "0x1F", "1,000", "1.5", "-5", "+3.5", "12345678901234567890", "2024-01-02", "1/2", "12:30",
    "TRUE", "FALSE", "NaN", "INF", "NULL", "None", "3-4", "MARCH1", "\u0663\u0664", "\u00b2",
]  # fmt: skip
CONTROLS = [
    "a\0b", "\0", "a\x1b[31mb", "\x1b]0;owned\x07", "\x9b31m", "a\x08b", "a\x0bb\x0cc", "a\x85b\u2028c\u2029d", "a\rb", "a\r\nb", "\x7f", "\ud800",
    "a\udfffb", "\udcff", "\ufffe", "\uffff", "\U0001ffff", "\U0010ffff", "\u202egnp.exe", "\u2066a\u2069", "\u200b\u200d\ufeff", "\xad",
]  # fmt: skip
ESCAPES = [
    "_x0041_", "disk_x1_flat.vmdk", "linux_x86_64", "_x005F_", "_x005F_x0041_", "_x0041_x0042_", "__x0041_", "_x000D_", "_xD800_", "_x004_", "_x00g1_", "_X0041_", "a_x0041_b_x0000_c",
    r"\x1b", "&amp;", "<f>1</f>", "]]>", "<!--", "&#0;", '"', "'", "''", '""', ",", ";", "|",
]  # fmt: skip
SHAPES = [
    " ", "  a  b  ", "[datastore1]", "[/nope]", "[bold]x[/bold]", ":smile:", "e\u0301", "\u00e9", "\U0001f600", "\U0001f468\u200d\U0001f469", "Zal\u0338\u0301go",
    "{0}", "%s", "$HOME", "..", "/etc/passwd", "C:\\Windows", "a" * 300,
]  # fmt: skip
LONG = [
    "x" * 32767,
    "x" * 32768,
    "y" * 40_000,
    "\U0001f600" * 16_383,
    "\U0001f600" * 16_384,
    "=" * 40_000,
    "\x1b" * 10_000,
    "_x0041_" * 6_000,
]
ALL = [*FORMULAS, *ERRORS, *NUMBERS, *CONTROLS, *ESCAPES, *SHAPES, *LONG]

_beginning = st.sampled_from(["", *FORMULAS, *ERRORS, *CONTROLS, *ESCAPES])
# st.text() leaves lone surrogates out; characters() does not.
texts = st.builds("{}{}".format, _beginning, st.text(st.characters(), max_size=12))
many_texts = st.lists(texts, min_size=30, max_size=30, unique=True)

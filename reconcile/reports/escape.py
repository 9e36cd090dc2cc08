"""The one place where text from captures is made fit for a cell, a CSV field, the page or the terminal.

A capture's text may hold anything: escape sequences, signs that reverse the reading direction, what a spreadsheet takes for a
formula. Nothing of it is dropped: what does not print is shown escaped.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from reconcile.base.printable import visible

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["are_plain", "cell_text", "csv_text", "html_text", "visible"]

# Excel counts a cell's length in UTF-16 units.
MOST_UNITS = 32767
_CUT = " [cut]"
# Excel decodes _x0041_ in a cell to A; _x005F_ is the underscore itself. Source: ECMA-376, ST_Xstring. LibreOffice 7.4 takes fewer
# digits for a control character, too: disk_x1_flat.vmdk lost four characters.
_EXCEL_ESCAPE = re.compile(r"_x(?=(?:0{0,2}[01]?[0-9A-Fa-f]|[0-9A-Fa-f]{4})_)")
# What a spreadsheet takes for a formula when it opens a CSV, in East Asian ones the full-width forms too. Source: OWASP.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]+)?")


# Every printable character of ASCII but those that a spreadsheet, a CSV or XML gives a meaning to.
_PLAIN = bytes(set(range(0x20, 0x7F)) - set(b"=+@\"',&<>")) + b"\n"


def are_plain(texts: Collection[str]) -> bool:
    """Tell, at the price of one look at all of them together, whether texts can stand as they are in a cell, a CSV field or the page.

    Such are of printable ASCII, have no blanks around them and nothing in them that is ever quoted, escaped or calculated. Their length
    is not looked at. That they are not plain only means that each must be looked at by itself.
    """
    joined = "\n" + "\n".join(texts) + "\n"
    return not texts or (
        joined.isascii()
        and joined.count("\n") == len(texts) + 1
        and not joined.encode("ascii").translate(None, _PLAIN)
        and not any(sign in joined for sign in _SIGNS)
    )


_SIGNS = ("\n-", "\n ", " \n", "_x")


def cell_text(text: str) -> str:
    """Return a text as a workbook's cell can hold it: printable, short enough, and decoded by Excel to itself."""
    text = visible(text)
    if "_x" in text:
        text = _EXCEL_ESCAPE.sub("_x005F_x", text)
    # A character is one UTF-16 unit or two, so a short text needs no counting.
    if len(text) * 2 > MOST_UNITS and len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
        room = (MOST_UNITS - len(_CUT)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
    return text


def csv_text(text: str) -> str:
    """Return a text as a CSV field: printable, and with an apostrophe in front of what a spreadsheet would calculate."""
    text = visible(text)
    if text and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def html_text(text: str) -> str:
    """Return a text as it can stand in the page, between tags or in an attribute."""
    text = visible(text)
    return escape(text) if _MARKUP.search(text) else text


# Most texts have none, and to look costs less than to replace each in turn.
_MARKUP = re.compile("[&<>\"']")

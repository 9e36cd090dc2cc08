"""Tables of the page: small ones whole, long ones in pieces that the browser lays out as they come into view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings.finding import Severity
from reconcile.matching.rows import Status
from reconcile.reports.escape import html_text
from reconcile.reports.summary import FAIL, PASS
from reconcile.results.columns import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.results.columns import Cell, Column
    from reconcile.results.tables import Table

_PIECE = 500
_CLASSES = {Type.TEXT: "", Type.PROSE: ' class="p"', Type.ID: ' class="id"', Type.COUNT: ' class="n"', Type.BYTES: ' class="n"'}
_WORDS = frozenset((*Status, *Severity, PASS, FAIL))


def data_table(table: Table) -> Iterator[str]:
    """Give a table of the contract as lines of HTML."""
    spec, number = table.spec, len(table.rows)
    if not number:
        yield "<p>None.</p>"
        return
    head = "".join(f'<th scope="col" title="{html_text(column.meaning)}">{column.name}</th>' for column in spec.columns)
    begin = 1
    for piece in _pieces(table.rows):
        span = f", rows {begin:,} to {begin + len(piece) - 1:,} of {number:,}" if number > _PIECE else ""
        begin += len(piece)
        caption = f"{spec.title}: a row is {html_text(spec.about)}{span}"
        yield f'<section class="data scroll{" chunk" if span else ""}" tabindex="0" aria-label="{caption}">'
        yield f"<table><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>"
        for row in piece:
            yield f"<tr>{''.join(_cell(value, column) for value, column in zip(row, spec.columns, strict=True))}</tr>"
        yield "</tbody></table></section>"


def small_table(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Give a table whose first column names its rows."""
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    yield f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>'
    for first, *others in rows:
        cells = "".join(
            f'<td class="n">{value:,}</td>' if isinstance(value, int) else f'<td class="p">{word(value)}</td>' for value in others
        )
        yield f'<tr><th scope="row">{html_text(str(first))}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def word(text: str) -> str:
    """Return a text, in the form of a label where it is one of the report's own words."""
    return f'<span class="word {text.lower()}">{text}</span>' if text in _WORDS else html_text(text)


def _pieces(rows: Sequence[tuple[Cell, ...]]) -> Iterator[Sequence[tuple[Cell, ...]]]:
    return (rows[at : at + _PIECE] for at in range(0, len(rows), _PIECE))


def _cell(value: Cell, column: Column) -> str:
    if value is None or value == "":
        return "<td></td>"
    if isinstance(value, int):
        # The number of a line is no quantity.
        return f'<td class="n">{value if column.name == "line" else f"{value:,}"}</td>'
    return f"<td{_CLASSES[column.type]}>{html_text(value)}</td>"

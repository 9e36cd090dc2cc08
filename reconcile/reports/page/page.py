"""The page: the report as one HTML file, which needs no network and no script.

Its content policy lets nothing load and only its own style and script run. Rows that are not on the screen are not laid out
(``content-visibility``), and long tables stand in pieces of their own, so that a page of 100,000 rows opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.errors import OutputError
from reconcile.matching.rows import Status
from reconcile.reports import method
from reconcile.reports.escape import html_text
from reconcile.reports.page.findings import FINDINGS, finding_tools
from reconcile.reports.page.frame import NOT_KEPT, asset, in_blocks, opening
from reconcile.reports.page.map import SHORT_ROWS, WHOLE_ROWS, column_heads, map_lines
from reconcile.reports.page.picture import picture
from reconcile.reports.page.tables import data_table, small_table
from reconcile.reports.summary import controls, counted, measures, scope, verdict
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.results.reconciliation import Reported

_SECTIONS = (
    ("map", "Map"), ("findings", "Findings"), ("totals", "Totals"), ("guests", "Guests"), ("hosts", "Hosts"),
    ("datastores", "Datastores"), ("sources", "Sources"), ("unread", "Unread"), ("method", "Method"),
)  # fmt: skip
# More rows than these a browser need not lay out before they come into view.
_MANY = 500


def page_bytes(result: Reported) -> bytes:
    """Return the page as the bytes of an ``.html`` file. Raises `OutputError` if the captures were read without ``keep=True``."""
    return b"".join(page_blocks(result))


def page_blocks(result: Reported) -> Iterator[bytes]:
    """Give the page as the bytes of an ``.html`` file, some lines at a time; raises as `page_bytes` does."""
    if not result.captures.kept:
        raise OutputError(NOT_KEPT)
    return in_blocks(_lines(result))


def _lines(result: Reported) -> Iterator[str]:
    said, script = verdict(result), asset("page.js")
    yield from opening(f"{said.partition(':')[0].capitalize()}: which virtual disk is which device", script)
    yield '<a class="skip" href="#map">Skip to the map</a>\n<header>\n<h1>Which virtual disk is which device</h1>'
    yield f'<p class="verdict {_weight(result)}">{html_text(said)}</p>'
    yield from picture(result.totals)
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in _SECTIONS)
    yield f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n</header>\n<main>'
    yield from _map(result)
    yield from _findings(result)
    yield from _totals(result)
    for spec in (*schema.OVERVIEWS, schema.SOURCES, schema.UNREAD):
        yield _heading(spec.name, spec.title)
        yield from data_table(result.table(spec.name))
        yield "</section>"
    yield from _method(result)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _weight(result: Reported) -> str:
    totals = result.totals
    if totals.refused or totals.errors:
        return "error"
    return "warning" if totals.warnings else "matched"


def _heading(name: str, title: str, items: int = 0) -> str:
    many = ' class="many"' if items > _MANY else ""
    return f'<section id="{name}"{many} aria-labelledby="{name}-title">\n<h2 id="{name}-title">{title}</h2>'


def _totals(result: Reported) -> Iterator[str]:
    yield _heading("totals", "Totals")
    yield "<details><summary>All figures, and how they are counted</summary>"
    yield from small_table(("Measure", "Value", "How it is counted"), measures(result))
    yield "</details>"
    yield "<h3>Control totals</h3>"
    yield from small_table(("Control total", "Reported", "What must agree"), controls(result))
    yield "<h3>Scope</h3>"
    yield from small_table(("What", "Value", "Remark"), scope(result))
    yield "</section>"


def _findings(result: Reported) -> Iterator[str]:
    totals = result.totals
    yield _heading("findings", "Findings", totals.errors + totals.warnings + totals.notes)
    told = ", ".join(counted(n, word) for n, word in ((totals.errors, "error"), (totals.warnings, "warning"), (totals.notes, "note")))
    yield f"<p>{told}. Errors and warnings need a person; notes do not.</p>"
    yield finding_tools(totals)
    # A list without anything in it is none.
    listed = totals.errors + totals.warnings + totals.notes
    yield '<ol class="findings">' if listed else ""
    yield from result.lines(FINDINGS)
    yield "</ol></section>" if listed else "</section>"


# What stands in the page of each site's captured lines.
PIECES = (FINDINGS, WHOLE_ROWS, SHORT_ROWS)


def _map(result: Reported) -> Iterator[str]:
    yield _heading("map", "Map", len(result.table("mapping").rows))
    totals = result.totals
    shown = zip(
        Status, (totals.matched, totals.ambiguous_devices + totals.ambiguous_vmdks, totals.guest_only, totals.host_only), strict=True
    )
    boxes = "".join(f'<label><input type="checkbox" value="{status}" checked> {status} ({rows:,})</label>' for status, rows in shown)
    yield (
        '<div class="bar"><search id="tools" class="tools" aria-labelledby="map-title" hidden>'
        '<label>Search <input type="search" id="search" autocomplete="off" placeholder="db01 nmem0, a UUID, a file, a host"></label>'
        f"<fieldset><legend>Show</legend>{boxes}</fieldset>"
        '<label><input type="checkbox" id="against"> only with a warning or an error</label>'
        '<span><button type="button" id="unfold">Unfold</button> <button type="button" id="fold">Fold</button></span>'
        f'<output id="count" aria-live="polite"></output></search>{column_heads()}</div>'
        '<p id="none" class="nothing" hidden><span></span> <button type="button">Show all rows</button></p>'
    )
    yield from map_lines(result)
    yield (
        "<p>A row is a vmdk and the guest's device that it is. It unfolds to the captured lines of both sides, with the digits that join"
        " marked. In print, rows are folded as they are here.</p>"
    )
    yield "</section>"


def _method(result: Reported) -> Iterator[str]:
    yield _heading("method", "Method")
    yield from small_table(("Topic", "Severity", "Text"), method.topics(result))
    yield "</section>"

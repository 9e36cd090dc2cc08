"""The findings: each with the rows that it is about and the captured lines that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings.finding import Severity
from reconcile.reports.escape import html_text
from reconcile.reports.page.anchors import RowsOf
from reconcile.reports.page.lines import MOST_WHOLE, quoted
from reconcile.reports.page.tables import word
from reconcile.results.evidence import quote_of_finding, quotes_of_device, quotes_of_vmdk
from reconcile.results.reconciliation import PagePiece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.findings.finding import Finding
    from reconcile.reports.page.anchors import About
    from reconcile.results.captures import Captures
    from reconcile.results.evidence import Quote
    from reconcile.results.reconciliation import Reconciliation
    from reconcile.results.totals import Totals

# Lines that stand open; those beyond are folded.
_MOST_OPEN = 6


def finding_tools(totals: Totals) -> str:
    """Return what findings are searched and filtered with; its script names the rules and the machines that there are."""
    shown = zip(Severity, (totals.errors, totals.warnings, totals.notes), strict=True)
    boxes = "".join(f'<label><input type="checkbox" value="{name}" checked> {name} ({number:,})</label>' for name, number in shown)
    return (
        '<search id="finding-tools" class="tools" aria-labelledby="findings-title" hidden>'
        '<label>Search findings <input type="search" id="finding-search" autocomplete="off"></label>'
        f"<fieldset><legend>Show</legend>{boxes}</fieldset>"
        '<label>Rule <select id="finding-rule"><option value="">any</option></select></label>'
        '<label>Machine <select id="finding-machine"><option value="">any</option></select></label>'
        '<output id="finding-count" aria-live="polite"></output></search>'
        '<p id="finding-none" class="nothing" hidden><span></span> <button type="button">Show all findings</button></p>'
    )


def _each_finding(result: Reconciliation) -> Iterator[str]:
    rows = RowsOf(result)
    most = None if sum(len(of_site) for _, of_site in result.by_site) <= MOST_WHOLE else 1
    return (line for finding in result.all_findings for line in _finding(result.captures, rows, finding, most))


FINDINGS = PagePiece(_each_finding)


def _finding(captures: Captures, rows: RowsOf, finding: Finding, most: int | None) -> Iterator[str]:
    rule, about = finding.rule, rows.first(finding)
    named = " \u00b7 ".join(html_text(name) for name in (finding.site, finding.machine, finding.subject) if name)
    yield (
        f'<li class="finding {rule.severity}" id="{finding.id}" data-rule="{rule.name}" data-machine="{html_text(finding.machine)}">'
        f"<h3>{word(str(rule.severity))} {html_text(rule.title)}</h3>"
    )
    yield f'<p class="soft">{rule.name} \u00b7 {named} \u00b7 <a class="id" href="#{finding.id}">{finding.id}</a></p>'
    yield f"<p>{html_text(finding.message)}</p><p>What to do: {html_text(rule.advice)}</p>"
    if about:
        links = ", ".join(f'<a href="#{one.id}">{html_text(one.name)}</a>' for one in about)
        more = rows.number(finding) - len(about)
        yield f"<p>On the map: {links}{f' and {more:,} more' if more else ''}</p>"
    lines = [quoted(quote) for quote in dict.fromkeys(_quotes(captures, finding, about, most))]
    if lines:
        yield f'<ul class="lines">{"".join(lines[:_MOST_OPEN])}</ul>'
    if lines[_MOST_OPEN:]:
        yield f'<details><summary>{len(lines) - _MOST_OPEN:,} more lines</summary><ul class="lines">{"".join(lines[_MOST_OPEN:])}</ul></details>'
    yield "</li>"


def _quotes(captures: Captures, finding: Finding, about: list[About], most: int | None) -> Iterator[Quote]:
    """Quote what a finding rests on: the line that it names, and those of the rows that it is about."""
    of_rows = [
        quote
        for site, row, _ in about
        for quotes in (quotes_of_vmdk(captures, site, row, most), quotes_of_device(captures, site, row.device, most) if row.device else ())
        for quote in quotes
    ]
    # The same line of a row has the digits marked.
    if finding.source and (finding.source, finding.line) not in {(quote.label, quote.line) for quote in of_rows}:
        yield quote_of_finding(captures, finding)
    yield from of_rows

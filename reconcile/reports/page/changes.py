"""The page of a comparison: each change with the captured lines of both visits side by side."""

from __future__ import annotations

from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING

from reconcile.base.errors import EXIT_TROUBLE, OutputError
from reconcile.reports.escape import html_text
from reconcile.reports.page.frame import NOT_KEPT, in_blocks, opening
from reconcile.reports.page.lines import quoted
from reconcile.reports.page.tables import small_table
from reconcile.reports.summary import comparison_verdict
from reconcile.results.changes import MEANINGS, REAL, said_of_device, said_of_vmdk
from reconcile.results.evidence import quotes_of_device, quotes_of_vmdk, why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.results.captures import Captures
    from reconcile.results.changes import Changed, Seen
    from reconcile.results.compare import Comparison

# So many changes are unfolded, for no script of the page unfolds all.
_MOST_OPEN = 50


def comparison_blocks(comparison: Comparison) -> Iterator[bytes]:
    """Give a comparison as the bytes of an ``.html`` file. Raises `OutputError` if a visit was read without ``keep=True``."""
    if not (comparison.old.captures.kept and comparison.new.captures.kept):
        raise OutputError(NOT_KEPT)
    return in_blocks(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield from opening("What changed between two visits")
    yield "<header>\n<h1>What changed between two visits</h1>"
    yield f'<p class="verdict {_weight(comparison)}">{html_text(comparison_verdict(comparison))}</p>\n</header>\n<main>'
    visits = (("Before", comparison.old), ("Now", comparison.new))
    yield from small_table(
        ("Visit", "Captures"), ((name, ", ".join(PurePath(root).name or root for root in result.captures.roots)) for name, result in visits)
    )
    counts = comparison.counts
    told = [(str(change), counts[change], MEANINGS[change]) for change in MEANINGS if counts[change]]
    if told:
        yield from small_table(("Change", "How many", "What it says"), told)
    is_open = " open" if len(comparison.changes) <= _MOST_OPEN else ""
    yield '<section aria-labelledby="changes-title">\n<h2 id="changes-title">Changes</h2>'
    if not comparison.changes:
        yield "<p>None.</p>"
    for changed in comparison.changes:
        yield from _change(comparison, changed, is_open)
    yield "</section>\n</main>\n</body>\n</html>\n"


def _weight(comparison: Comparison) -> str:
    if comparison.exit_code == EXIT_TROUBLE:
        return "error"
    return "warning" if comparison.exit_code else "matched"


def _change(comparison: Comparison, changed: Changed, is_open: str) -> Iterator[str]:
    kind = "warning" if changed.change in REAL else "note"
    site = f'<span class="soft">{html_text(changed.site)}: </span>' if changed.site else ""
    told = " \u2192 ".join(html_text(text) for text in (changed.old, changed.new) if text)
    yield f'<details class="row {kind}"{is_open}><summary><span>{site}<b>{html_text(_subject(changed))}</b></span>'
    yield f'<span class="joint"><span class="word {kind}">{changed.change}</span></span><span>{told}</span></summary>'
    meaning = MEANINGS[changed.change]
    yield f'<div class="more"><p>{html_text(meaning[:1].upper() + meaning[1:])}.</p><div class="sides">'
    yield from _visit("Before", comparison.old.captures, changed.old_seen)
    yield from _visit("Now", comparison.new.captures, changed.new_seen)
    yield "</div></div></details>"


def _subject(changed: Changed) -> str:
    if changed.about == "vmdk" and changed.vmdk:
        return said_of_vmdk(changed.vmdk)
    return said_of_device(changed.device) if changed.device else ""


def _visit(title: str, captures: Captures, seen: Seen | None) -> Iterator[str]:
    yield f"<div><h3>{title}</h3>"
    if seen is None:
        yield "<p>These captures do not show it.</p></div>"
        return
    row = seen.row
    sides = [said_of_vmdk(row.vmdk)] if row.vmdk else []
    sides += [said_of_device(row.device)] if row.device else []
    named = ", ".join(sides)
    yield f"<p>{html_text(f'{row.status}: {named}. {why(row)}')}</p>"
    of_device = quotes_of_device(captures, seen.site, row.device) if row.device else ()
    lines = "".join(map(quoted, dict.fromkeys(chain(quotes_of_vmdk(captures, seen.site, row), of_device))))
    yield f'<ul class="lines">{lines}</ul></div>' if lines else "</div>"

"""Captured lines, as the page quotes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.reports.escape import html_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.results.evidence import Quote

# Of a page with more rows than this, each is written with a sixth of the elements, which is what a browser's time and memory go into,
# and shows the first sighting of either side only; the table sightings has them all.
MOST_WHOLE = 5000


def quoted(quote: Quote) -> str:
    """Return a line of a capture with where it stands, the digits that join marked."""
    return f'<li><span class="at">{_place(quote)}</span><code>{_marked(quote)}</code></li>'


def quoted_texts(quotes: Iterable[Quote]) -> Iterator[str]:
    """Return the same as lines of text; one of the same source as the line above it says the number alone."""
    label = None
    for quote in quotes:
        place = f":{quote.line}" if quote.label == label else _place(quote)
        label = quote.label
        yield f"  {place}  {_marked(quote)}"


def _place(quote: Quote) -> str:
    # A finding about a source as a whole names no line.
    return f"{html_text(quote.label)}:{quote.line}" if quote.line else html_text(quote.label)


def _marked(quote: Quote) -> str:
    return "".join(f"<mark>{html_text(part)}</mark>" if marked else html_text(part) for part, marked in quote.parts)

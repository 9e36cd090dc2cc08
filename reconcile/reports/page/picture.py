"""The totals as a picture: a bar of the devices and a bar of the vmdks, each figure in words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.reports.summary import described, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.results.totals import Totals

_WIDTH, _LEFT, _RIGHT, _BAR, _STEP = 960, 74, 500, 20, 28
# What fits into a piece of a bar as text.
_ROOM_FOR_TEXT = 30


def picture(totals: Totals) -> Iterator[str]:
    """Give the picture as lines of HTML; its figures are said in its description, too."""
    bars, told = parts(totals), described(totals)
    most = max((sum(number for number, _ in figures) for _, figures in bars), default=0) or 1
    yield f'<figure>\n<svg viewBox="0 0 {_WIDTH} {_STEP * len(bars)}" role="img" aria-label="{told}">'
    yield '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 8 8 0"/></pattern></defs>'
    for index, (name, figures) in enumerate(bars):
        top = index * _STEP
        yield f'<text x="0" y="{top + 17}">{name}</text>'
        left = float(_LEFT)
        for number, word in figures:
            width = (_RIGHT - _LEFT) * number / most
            if number:
                # A piece that is too thin to see is still there.
                width = max(width, 3)
                kind = word if word in {"matched", "ambiguous"} else "one"
                box = f'x="{left:.1f}" y="{top + 2}" width="{width:.1f}" height="{_BAR}"'
                yield f'<rect class="{kind} gap" {box}/>'
                if word != "matched":
                    yield f'<rect fill="url(#hatch)" fill-opacity="{0.9 if kind == "ambiguous" else 0.45}" {box}/>'
                elif width > _ROOM_FOR_TEXT + 8 * len(f"{number:,}"):
                    yield f'<text class="inside" x="{left + 8:.1f}" y="{top + 17}">{number:,}</text>'
            left += width
        words = " \u00b7 ".join(f"{number:,} {word}" for number, word in figures)
        yield f'<text class="words" x="{_RIGHT + 14}" y="{top + 17}">{words}</text>'
    yield f"</svg>\n<figcaption>{told}.</figcaption>\n</figure>"

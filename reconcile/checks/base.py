"""What every check uses: a site, and how findings are made and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.site import Place
    from reconcile.sites import Site

_MOST_NAMES = 5


class Checker:
    """Checks one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def _finding(self, rule: Rule, machine: str, subject: str, message: str, place: Place | None = None) -> Finding:
        source = self._site.facts.sources[place.source].label if place else ""
        return Finding(rule, self._site.name, machine, subject, message, source, place.line if place else None)


def count(number: int, noun: str) -> str:
    """Say a number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(names: Iterable[str], joint: str = "and") -> str:
    """Join names as one says them; of many only the first few."""
    listed = list(names)
    if len(listed) > _MOST_NAMES:
        listed = [*listed[:_MOST_NAMES], f"{len(listed) - _MOST_NAMES:,} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}"

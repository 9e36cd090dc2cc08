"""What every check uses: a site, and how findings are made and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings.finding import Finding, Rule
from reconcile.findings.row_keys import NO_KEYS, Keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.inventory.site import Site
    from reconcile.inventory.vmdks import Vmdk
    from reconcile.machines.places import Place

_MOST_NAMES = 5


class Checker:
    """Checks one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def _finding(  # noqa: PLR0913, PLR0917 -- one argument a column
        self,
        rule: Rule,
        machine: str,
        subject: str,
        message: str,
        place: Place | None = None,
        about: str = "",
        keys: Keys = NO_KEYS,
        rows: Iterable[Keys] = (),
    ) -> Finding:
        source = self._site.facts.sources[place.source].label if place else ""
        return Finding(rule, self._site.name, machine, subject, message, source, place.line if place else None, about, keys, tuple(rows))


def beyond_path(vmdk: Vmdk) -> str:
    """Return what identifies a vmdk's datastore, where host and path do not: a volume's id, for the name in the path may go to another."""
    identity = vmdk.identity
    return "" if "\0" in identity or f"/{identity}/" in f"{vmdk.path.lower()}/" else identity


def count(number: int, noun: str) -> str:
    """Say a number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(names: Iterable[str], joint: str = "and") -> str:
    """Join names as one says them; of many only the first few."""
    listed = list(names)
    if len(listed) > _MOST_NAMES:
        listed = [*listed[:_MOST_NAMES], f"{len(listed) - _MOST_NAMES:,} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}"

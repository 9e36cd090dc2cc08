"""The rules applied: what one site's captures and its mapping show that a person should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.checks.guests import Guests
from reconcile.checks.hosts import Hosts
from reconcile.checks.last_look import LastLook
from reconcile.checks.manifests import Manifests
from reconcile.checks.mapping import Mapping
from reconcile.checks.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.findings import Finding
    from reconcile.pieces import Pieces
    from reconcile.rows import Row
    from reconcile.sites import Site


def check(site: Site, rows: Pieces[Row]) -> Iterator[Finding]:
    """Give the findings of one site, in no particular order."""
    yield from Sources(site).check()
    yield from Manifests(site).check()
    yield from Guests(site).check()
    yield from Hosts(site).check()
    yield from Mapping(site, rows).check()
    yield from LastLook(site).check()

"""The rules applied: what one site's captures and its mapping show that a person should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings.checksum_lists import Manifests
from reconcile.findings.guests import Guests
from reconcile.findings.hosts import Hosts
from reconcile.findings.last_look import LastLook
from reconcile.findings.mapping import Mapping
from reconcile.findings.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.base.chained_sequence import Pieces
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row


def check(site: Site, rows: Pieces[Row]) -> Iterator[Finding]:
    """Give the findings of one site, in no particular order."""
    yield from Sources(site).check()
    yield from Manifests(site).check()
    yield from Guests(site).check()
    yield from Hosts(site).check()
    yield from Mapping(site, rows).check()
    yield from LastLook(site).check()

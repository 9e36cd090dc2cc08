"""The lists of sums: sources that are not what the site captured, and files that did not come along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.findings import rules
from reconcile.findings.checker import Checker, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.findings.finding import Finding


class Manifests(Checker):
    """Checks a site's sources against the lists of sums among them."""

    def check(self) -> Iterator[Finding]:
        """Give the findings about lists of sums."""
        manifest = self._site.manifest
        for one in manifest.differing:
            of_list = self._site.facts.label(one.place)
            message = f"{one.label} has the SHA-256 {one.sha256}, and {of_list} says {one.listed}."
            yield self._finding(rules.SUM_DIFFERS, "", one.label, message, one.place)
        for absent in manifest.absent:
            message = f"{self._site.facts.label(absent.place)} lists {absent.path}, and it is not among the captures."
            yield self._finding(rules.LISTED_MISSING, "", absent.path, message, absent.place)
        for place, number in manifest.strange:
            label = self._site.facts.label(place)
            message = f"{label} lists {count(number, 'file')}, and not one of them is among the captures."
            yield self._finding(rules.LISTED_MISSING, "", label, message, place)

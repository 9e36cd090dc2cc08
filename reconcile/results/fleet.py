"""A fleet of sites, one at a time: each is read, matched, packed into what a report needs, and dropped before the next is read.

So memory is that of the largest site, and of what is packed of the others. Sites are mapped and never looped over: a
loop's variable would keep one site in memory while the next is read.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from reconcile.base.limits import DEFAULT, Limits
from reconcile.capture import sources
from reconcile.capture.compressed_streams import Meter
from reconcile.capture.read_all import read_by_site
from reconcile.findings.ordered import with_own_ids
from reconcile.inventory.site import gather
from reconcile.machines.machines_file import read_overrides
from reconcile.results.captures import Captures
from reconcile.results.packed_rows import RowPacker
from reconcile.results.read_captures import checked_arguments, read
from reconcile.results.reconciliation import Reconciliation, reconcile_sites
from reconcile.results.usable import Usable, options_of

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Iterable, Iterator

    from reconcile.capture.read_all import Progress


def each_captured(  # noqa: PLR0913 -- as below
    *paths: str | os.PathLike[str],
    machines: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT,
    keep: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Generator[Captures]:
    """Read captures, each a site of its own, and give one site after the other. Takes what `reconcile.read` takes, and raises the same."""
    arguments = checked_arguments(paths, workers)
    overrides = read_overrides(machines) if machines is not None else None
    found = _located(arguments)
    meter, usable = Meter(limits, keep=keep), Usable(arguments)
    roots, options = tuple(sources.expanded(arguments)), options_of(sites=True, overrides=overrides, limits=limits)
    are_several = len(found) > 1

    def gathered(outcomes: list[sources.Outcome]) -> Captures:
        usable.see(outcomes)
        kept = None if meter.kept is None else {key: meter.kept.pop(key) for key in _keys(outcomes) if key in meter.kept}
        return Captures(gather(outcomes, overrides or ()), roots, kept, options, are_several=are_several)

    with closing(read_by_site(found, meter, workers=workers, dask=dask, progress=progress)) as sites:
        yield from map(gathered, sites)
    usable.check()


def _located(arguments: list[str]) -> list[PackedSources]:
    """Return the sites in order, each packed; one without a source is none. Which argument is not there is told in their own order."""
    packed = [PackedSources(of_site) for of_site in sources.locate_sites(arguments) if of_site]
    return sorted(packed, key=lambda of_site: of_site.site)


class PackedSources:
    """The sources of a site, packed: of a large fleet they would be as much as what is read of a site."""

    def __init__(self, of_site: list[sources.Source]) -> None:
        packer = RowPacker()
        packer.add(map(tuple, of_site))
        self._packed = packer.packed()
        self.site = of_site[0].site

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[sources.Source]:
        """Give the sources in order."""
        return map(sources.Source._make, self._packed)


def _keys(outcomes: Iterable[sources.Outcome]) -> Iterator[tuple[str, str]]:
    return ((outcome.source.site, outcome.source.label) for outcome in outcomes)


def each_matched(captured: Iterable[Captures]) -> Iterator[Reconciliation]:
    """Reconcile sites, one after the other. An id stands once in all of them, as in one result."""
    known: set[str] = set()

    def matched(captures: Captures) -> Reconciliation:
        result = reconcile_sites(captures)
        return Reconciliation(captures, result.by_site, with_own_ids(result.all_findings, known))

    return map(matched, captured)


def each_result(  # noqa: PLR0913 -- one argument a choice
    *paths: str | os.PathLike[str],
    site: str | None = None,
    sites: bool = False,
    machines: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT,
    keep: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Generator[Reconciliation]:
    """Read and reconcile captures as `reconcile.read` and `reconcile.match` do; with `sites` give one result a site, else the one."""
    if sites and site is None:
        captured = each_captured(*paths, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask)
        with closing(captured):
            yield from each_matched(captured)
        return
    found = read(*paths, site=site, sites=sites, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask)
    if progress:
        progress("matching", 0, 0)
    yield reconcile_sites(found)

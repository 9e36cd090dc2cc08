"""A fleet of sites, one at a time: each is read, matched, packed into what a report needs, and dropped before the next is looked at.

So memory is that of the largest site, and of what is packed of the others. Whoever goes over sites must hold none of them while he asks
for the next, as a loop's variable would; so they are mapped.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from reconcile import captures as sources
from reconcile import results, schema
from reconcile.captured import Captures
from reconcile.compressed import Meter
from reconcile.errors import ReconcileError
from reconcile.findings import with_own_ids
from reconcile.garbage import uncollected
from reconcile.limits import DEFAULT, Limits
from reconcile.overrides import read_overrides
from reconcile.packed import RowPacker
from reconcile.remains import Wanted, pack
from reconcile.results import Result
from reconcile.sites import gather
from reconcile.spread import read_by_site
from reconcile.usable import Usable, options_of

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator

    from reconcile.spread import Progress


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
    arguments = [os.fspath(path) for path in paths]
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


def each_matched(captured: Iterable[Captures]) -> Iterator[Result]:
    """Reconcile sites, one after the other. An id stands once in all of them, as in one result."""
    known: set[str] = set()

    def matched(captures: Captures) -> Result:
        result = results.match(captures)
        return Result(captures, result.by_site, with_own_ids(result.all_findings, known))

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
) -> Generator[Result]:
    """Read and reconcile captures as `reconcile.read` and `reconcile.match` do; with `sites` give one result a site, else the one."""
    if sites and site is None:
        captured = each_captured(*paths, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask)
        with closing(captured):
            yield from each_matched(captured)
        return
    found = results.read(
        *paths, site=site, sites=sites, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask
    )
    if progress:
        progress("matching", 0, 0)
    yield results.match(found)


@uncollected()
def match_sites(  # noqa: PLR0913 -- as above
    *paths: str | os.PathLike[str],
    tables: Collection[str] | None = None,
    machines: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT,
    keep: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Result:
    """Read and reconcile captures, each a site of its own, one at a time, so that memory is that of the largest site.

    >>> result = match_sites("samples/site", tables=["mapping", "findings"])
    >>> int((result.mapping["status"] == "matched").sum())
    8

    What is written of it is the same, to the byte, as of ``match(read(..., sites=True))``. No site is held: of the result there are
    the tables, all or those of `tables`, and with `keep` the page. The other arguments are those of `reconcile.read`.
    """
    from reconcile.reports.page import PIECES  # noqa: PLC0415 -- reports know results, not the other way

    names = [spec.name for spec in schema.ALL]
    unknown = next((name for name in tables or () if name not in names), None)
    if unknown is not None:
        message = f"There is no table '{unknown}'. Take some of: {', '.join(names)}."
        raise ReconcileError(message)
    each = each_result(*paths, sites=True, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask)
    with closing(each):
        return pack(each, Wanted(names if tables is None else tables, PIECES if keep else ()))

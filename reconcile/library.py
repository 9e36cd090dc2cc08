"""The library's face: read captures, match them, look at the result, write it."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from reconcile.base.errors import NOT_HELD, ReconcileError
from reconcile.base.garbage_collection import uncollected
from reconcile.base.limits import DEFAULT, Limits
from reconcile.results import schema
from reconcile.results.fleet import each_result
from reconcile.results.packed import PackedCaptures, PackedReconciliation, Wanted, pack
from reconcile.results.reconciliation import PagePiece, Reconciliation, reconcile_sites

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pandas as pd

    from reconcile.base.chained_sequence import Pieces
    from reconcile.capture.read_all import Progress
    from reconcile.findings.advice.needs import Advice
    from reconcile.findings.finding import Finding
    from reconcile.inventory.site import Site
    from reconcile.matching.rows import Row
    from reconcile.reports.verify import Difference
    from reconcile.results.captures import Captures
    from reconcile.results.tables import Table
    from reconcile.results.totals import Totals


class Result:
    """The reconciliation: which device is which vmdk, what needs a person, and the captures it follows from.

    Made by `match` and `match_sites`. Of the latter no site is held: who asks for what only held sites know gets a `ReconcileError`.
    """

    def __init__(self, reconciliation: Reconciliation | PackedReconciliation) -> None:
        self._reconciliation = reconciliation

    @property
    def captures(self) -> Captures | PackedCaptures:
        """What was captured, as tables."""
        return self._reconciliation.captures

    @property
    def mapping(self) -> pd.DataFrame:
        """One row a device or a pair; every device and every vmdk stands on exactly one."""
        return self.table("mapping").frame

    @property
    def findings(self) -> pd.DataFrame:
        """What needs a person."""
        return self.table("findings").frame

    @property
    def guests(self) -> pd.DataFrame:
        """The guests, a row each."""
        return self.table("guests").frame

    @property
    def hosts(self) -> pd.DataFrame:
        """The hosts, a row each."""
        return self.table("hosts").frame

    @property
    def datastores(self) -> pd.DataFrame:
        """The datastores, a row each."""
        return self.table("datastores").frame

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""
        return self._reconciliation.table(name)

    @property
    def by_site(self) -> tuple[tuple[Site, Pieces[Row]], ...]:
        """The rows of the mapping, site by site."""
        return self._held().by_site

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""
        return self._reconciliation.all_findings

    @property
    def totals(self) -> Totals:
        """The report's figures."""
        return self._reconciliation.totals

    @property
    def counts(self) -> Totals:
        """The figures of the rows alone, for which no findings are looked for."""
        return self._reconciliation.counts

    def lines(self, piece: PagePiece) -> Iterable[str]:
        """Give a piece of the page."""
        return self._reconciliation.lines(piece)

    @property
    def exit_code(self) -> int:
        """0 where all is reconciled, 1 where a finding needs a person, 2 where a source could not be read."""
        return self._reconciliation.exit_code

    def _held(self) -> Reconciliation:
        if isinstance(self._reconciliation, Reconciliation):
            return self._reconciliation
        raise ReconcileError(NOT_HELD)

    def advice(self) -> Advice:
        """Say what a report would need before it needs nothing more: what was captured, what is missing, and the commands."""
        from reconcile.findings.advice.advise import advise  # noqa: PLC0415 -- a script that asks for none of it loads none of it

        return advise(self._held())

    def to_excel(self, path: str | os.PathLike[str], *, force: bool = False, carry_review: str | os.PathLike[str] | None = None) -> None:
        """Write the workbook to a file that ends in ``.xlsx``. One that exists is replaced only with `force`; raises `OutputError`.

        `carry_review` is an older workbook whose reviewer's decisions are kept, by the findings' ids.
        """
        self._write(path, ".xlsx", force=force, carry_review=carry_review)

    def to_html(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the page to a file that ends in ``.html``; raises `OutputError`, also where captures were read without ``keep=True``."""
        self._write(path, ".html", force=force)

    def to_csv(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the mapping to a file that ends in ``.csv``, or one CSV a table into a folder; raises `OutputError`."""
        self._write(path, ".csv", force=force)

    def to_folder(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the whole report into a folder: workbook, page, one CSV a table, and what proves them; raises `OutputError`."""
        self._write(path, "", force=force)

    def _write(self, path: str | os.PathLike[str], suffix: str, *, force: bool, carry_review: str | os.PathLike[str] | None = None) -> None:
        from reconcile.reports.plans import plan_results  # noqa: PLC0415 -- as above
        from reconcile.reports.workbook.review import read_reviews  # noqa: PLC0415 -- as above
        from reconcile.reports.write import write_reports  # noqa: PLC0415 -- as above

        plan = plan_results(os.fspath(path), suffix, self.captures.roots, force=force)
        write_reports(self._reconciliation, [plan], reviews=read_reviews(carry_review) if carry_review is not None else None)

    def __repr__(self) -> str:
        # Findings are not looked for: whoever looks at a result in a debugger waits for no checks.
        totals = self._reconciliation.counts
        return f"<Result: {totals.matched} matched of {totals.devices} devices and {totals.vmdks} vmdks>"

    def explain(self, subject: str) -> list[str]:
        """Tell all that is known of a device, a vmdk, a guest, a host or a UUID, as lines of text; raises `CaptureError` where nothing is called so.

        Captures must have been read with ``keep=True``.
        """
        from reconcile.reports.explain import explain  # noqa: PLC0415 -- as above

        return explain(self._held(), subject)

    def changes_since(self, old: Result) -> pd.DataFrame:
        """Compare with an older visit's result; a row a change, with the columns that ``reconcile diff`` writes."""
        from reconcile.results.compare import compare  # noqa: PLC0415 -- as above

        return compare(old._held(), self._held()).table.frame

    def differences(self, report: str | os.PathLike[str]) -> Iterator[Difference]:
        """Compare a report that was written before with this result; give what differs. Raises `CaptureError` where it is none."""
        from reconcile.reports.verify import differences  # noqa: PLC0415 -- as above

        return differences(os.fspath(report), self._reconciliation)


def match(captures: Captures) -> Result:
    """Reconcile what was captured, site by site.

    >>> import reconcile
    >>> result = match(reconcile.read("samples/site"))
    >>> sorted(set(result.mapping["status"]))
    ['ambiguous', 'guest-only', 'host-only', 'matched']
    """
    return Result(reconcile_sites(captures))


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
    from reconcile.reports.page.page import PIECES  # noqa: PLC0415 -- as above

    names = [spec.name for spec in schema.ALL]
    unknown = next((name for name in tables or () if name not in names), None)
    if unknown is not None:
        message = f"There is no table '{unknown}'. Take some of: {', '.join(names)}."
        raise ReconcileError(message)
    each = each_result(*paths, sites=True, machines=machines, limits=limits, keep=keep, progress=progress, workers=workers, dask=dask)
    with closing(each):
        return Result(pack(each, Wanted(names if tables is None else tables, PIECES if keep else ())))

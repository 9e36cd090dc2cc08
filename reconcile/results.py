"""The library's two results: what was captured, and what it comes to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from reconcile import captures as sources
from reconcile import schema
from reconcile.captured import Captures
from reconcile.checks import check
from reconcile.compressed import Meter
from reconcile.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE, CaptureError
from reconcile.findings import Finding, in_order
from reconcile.garbage import uncollected
from reconcile.limits import DEFAULT, Limits
from reconcile.mapping_rows import MappingRows
from reconcile.matching import Row, match_digits
from reconcile.overrides import read_overrides
from reconcile.overviews import datastore_rows, guest_rows, host_rows
from reconcile.sites import Site, gather
from reconcile.spread import read_all
from reconcile.tables import Table, findings_rows
from reconcile.totals import Totals, count_totals
from reconcile.usable import Usable, options_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from reconcile.advice.needs import Advice
    from reconcile.pieces import Pieces
    from reconcile.reports.verify import Difference
    from reconcile.spread import Progress
    from reconcile.tables import TableRow

__all__ = ["Captures", "Result", "match", "read"]

_OWN = {spec.name: spec for spec in (schema.MAPPING, schema.FINDINGS, *schema.OVERVIEWS)}


class PagePiece(NamedTuple):
    """A piece of the page that each site has a part of: what makes its lines. It is wanted of reports of at most so many rows."""

    make: Callable[[Result], Iterator[str]]
    most_rows: float = inf


@dataclass(frozen=True)
class Result:
    """The reconciliation: which device is which vmdk, what needs a person, and the captures it follows from."""

    captures: Captures
    _rows: tuple[tuple[Site, Pieces[Row]], ...] = field(repr=False)
    _findings: tuple[Finding, ...] | None = field(default=None, repr=False)

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

    @property
    def by_site(self) -> tuple[tuple[Site, Pieces[Row]], ...]:
        """The rows of the mapping, site by site."""
        return self._rows

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order. They are looked for when they are first asked for."""
        if self._findings is not None:
            return self._findings
        with uncollected():
            return in_order(finding for site, rows in self._rows for finding in check(site, rows))

    @property
    def is_checked(self) -> bool:
        """Whether findings were looked for."""
        return self._findings is not None or "all_findings" in vars(self)

    @cached_property
    def _own_tables(self) -> dict[str, Table]:
        return {}

    def rows(self, name: str) -> Iterable[TableRow]:
        """Give the rows of a table as they are made."""
        match name:
            case "mapping":
                return MappingRows(self._rows)
            case "findings":
                return findings_rows(self.all_findings)
            case "guests":
                return self._overview(guest_rows)
            case "hosts":
                return self._overview(host_rows)
            case "datastores":
                return self._overview(datastore_rows)
            case _:
                return self.captures.rows(name)

    def _overview(self, build: Callable[[Site, Pieces[Row], Sequence[Finding]], Iterator[TableRow]]) -> Iterator[TableRow]:
        return (row for site, rows in self._rows for row in build(site, rows, self.all_findings))

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract, as plain rows."""
        if name not in _OWN:
            return self.captures.table(name)
        if name not in self._own_tables:
            # When it is asked for: a report of one table needs no other.
            self._own_tables[name] = Table(_OWN[name], self.rows(name))
        return self._own_tables[name]

    def lines(self, piece: PagePiece) -> Iterable[str]:
        """Give a piece of the page."""
        return piece.make(self)

    @cached_property
    def totals(self) -> Totals:
        """The report's figures, counted from its rows."""
        return count_totals(self._rows, self.all_findings)

    @property
    def exit_code(self) -> int:
        """0 where all is reconciled, 1 where a finding needs a person, 2 where a source could not be read."""
        if self.totals.refused:
            return EXIT_TROUBLE
        return EXIT_FINDINGS if self.totals.errors or self.totals.warnings else EXIT_RECONCILED

    def advice(self) -> Advice:
        """Say what a report would need before it needs nothing more: what was captured, what is missing, and the commands."""
        from reconcile.advice import advise  # noqa: PLC0415 -- advice knows results, not the other way

        return advise(self)

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
        from reconcile.reports import plan_results, read_reviews, write_reports  # noqa: PLC0415 -- reports know results, not the other way

        plan = plan_results(os.fspath(path), suffix, self.captures.roots, force=force)
        write_reports(self, [plan], reviews=read_reviews(carry_review) if carry_review is not None else None)

    def __repr__(self) -> str:
        # Findings are not looked for: whoever looks at a result in a debugger waits for no checks.
        totals = count_totals(self._rows, ())
        return f"<Result: {totals.matched} matched of {totals.devices} devices and {totals.vmdks} vmdks>"

    def explain(self, subject: str) -> list[str]:
        """Tell all that is known of a device, a vmdk, a guest, a host or a UUID, as lines of text; raises `CaptureError` where nothing is called so.

        Captures must have been read with ``keep=True``.
        """
        from reconcile.explain import explain  # noqa: PLC0415 -- as above

        return explain(self, subject)

    def changes_since(self, old: Result) -> pd.DataFrame:
        """Compare with an older visit's result; a row a change, with the columns that ``reconcile diff`` writes."""
        from reconcile.compare import compare  # noqa: PLC0415 -- as above

        return compare(old, self).table.frame

    def differences(self, report: str | os.PathLike[str]) -> Iterator[Difference]:
        """Compare a report that was written before with this result; give what differs. Raises `CaptureError` where it is none."""
        from reconcile.reports.verify import differences  # noqa: PLC0415 -- as above

        return differences(os.fspath(report), self)


@uncollected()
def read(  # noqa: PLR0913 -- one argument a choice
    *paths: str | os.PathLike[str],
    site: str | None = None,
    sites: bool = False,
    machines: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT,
    keep: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Captures:
    """Read captures: files, folders, archives, or ``-`` for standard input.

    >>> captures = read("samples/site")
    >>> sorted(set(captures.dimms["guest"]))
    ['app02', 'db01', 'db02', 'web03']

    `machines` is a CSV file with the header ``pattern,machine`` that overrules whose captures these are. `limits` bound what is
    read of files and archives; what is beyond them is refused and said so. The sources' bytes stay in memory, so that the page can show
    their lines; without `keep` they do not, and there is no page. `progress` is called with what is being done, how many are done,
    and how many there are. `workers` is how many processes read; 0 is one for each processor where thousands of files are. Unsaid,
    it is so only where a process can be copied, on Linux and before any thread was started: elsewhere each runs the script anew, which
    needs ``if __name__ == "__main__":``. The same comes out whatever their number. `dask` is the address of a Dask cluster that reads
    instead; its workers must see the same files.

    Raises `CaptureError` where a path is not there, or nothing in any of them is output that this tool reads.
    """
    arguments = [_path(path) for path in paths]
    if workers is not None and workers < 0:
        message = f"workers={workers} is no number of processes. Give 1 or more, or 0 for one a processor."
        raise CaptureError(message)
    overrides = read_overrides(machines) if machines is not None else None
    found = sources.locate(arguments, site=site, sites=sites)
    meter = Meter(limits, keep=keep)
    outcomes = read_all(found, meter, workers=workers, dask=dask, progress=progress)
    options = options_of(sites=sites, overrides=overrides, limits=limits)
    captures = Captures(gather(outcomes, overrides or ()), tuple(sources.expanded(arguments)), meter.kept, options)
    usable = Usable(arguments)
    usable.see(outcomes)
    usable.check()
    return captures


def _path(path: object) -> str:
    """Return an argument of `read` as text; raises `CaptureError` for what names no file."""
    if isinstance(path, str | os.PathLike):
        name = os.fspath(path)
        if isinstance(name, str):
            return name
    hint = (
        "Give its parts one by one: read(*paths)."
        if isinstance(path, list | tuple | set)
        else "Write what it holds to a file, and name that."
    )
    message = f"A CAPTURE is the path of a file or folder, and not {type(path).__name__}. {hint}"
    raise CaptureError(message)


@uncollected()
def match(captures: Captures) -> Result:
    """Reconcile what was captured, site by site.

    >>> result = match(read("samples/site"))
    >>> sorted(set(result.mapping["status"]))
    ['ambiguous', 'guest-only', 'host-only', 'matched']
    """
    rows = tuple((site, match_digits(site.digits, site.ties, site.folders)) for site in captures.sites)
    return Result(captures, rows)

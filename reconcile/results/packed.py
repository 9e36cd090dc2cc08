"""What is kept of sites that are no longer in memory: packed tables, parts of the page, and counts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from reconcile.base.errors import NOT_HELD, ReconcileError
from reconcile.findings.finding import Finding
from reconcile.findings.row_keys import Keys
from reconcile.findings.rules import RULES
from reconcile.results import schema
from reconcile.results.captures import CapturedTables, Captures
from reconcile.results.figures import Figures, add_figures
from reconcile.results.packed_rows import LinePacker, PackedLines, RowPacker
from reconcile.results.reconciliation import PagePiece, Reconciliation, exit_code_of
from reconcile.results.tables import Table
from reconcile.results.totals import Totals, add_totals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reconcile.capture.sources import Source
    from reconcile.results.columns import TableRow


class Wanted(NamedTuple):
    """What is to remain of each site: tables by their names, and pieces of the page."""

    tables: Collection[str]
    pieces: Collection[PagePiece] = ()


class PackedCaptures(CapturedTables):
    """What was captured of sites that are not held any more."""

    def __init__(self, like: CapturedTables, tables: dict[str, Table], figures: Figures | None, refused: list[Source]) -> None:
        super().__init__(like.roots, like.options, kept=like.kept, are_several=like.are_several)
        self._tables = tables
        self._figures = figures
        self._refused = refused

    def __getattr__(self, name: str) -> NoReturn:
        # Who has the captures of `match_sites` and asks for what those of `read` have is told how to get it.
        if name in {"sites", "lines"}:
            raise ReconcileError(NOT_HELD)
        message = f"'{type(self).__name__}' has no attribute '{name}'"
        raise AttributeError(message)

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract; raises `ReconcileError` where it was not asked for."""
        if name not in self._tables:
            message = f"The table '{name}' was not asked for when these sites were read one at a time. Ask for it then, or for all."
            raise ReconcileError(message)
        return self._tables[name]

    @property
    def figures(self) -> Figures:
        """What was captured, in figures; raises `ReconcileError` where not all tables were asked for."""
        if self._figures is None:
            raise ReconcileError(NOT_HELD)
        return self._figures

    @property
    def refused(self) -> list[Source]:
        """The sources that were met and could not be read."""
        return self._refused


class PackedReconciliation:
    """What sites come to that are not held any more: a report can be written of it."""

    def __init__(self, captures: PackedCaptures, totals: Totals, lines: dict[PagePiece, PackedLines]) -> None:
        self.captures = captures
        self.totals = totals
        self._lines = lines

    @property
    def counts(self) -> Totals:
        """The figures."""
        return self.totals

    @property
    def exit_code(self) -> int:
        """0 where all is reconciled, 1 where a finding needs a person, 2 where a source could not be read."""
        return exit_code_of(self.totals)

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""
        return tuple(map(_finding, self.table("findings").rows))

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract; raises `ReconcileError` where it was not asked for."""
        return self.captures.table(name)

    def lines(self, piece: PagePiece) -> PackedLines:
        """Give a piece of the page."""
        return self._lines[piece]


_RULES = {rule.name: rule for rule in RULES}


def _finding(row: TableRow) -> Finding:
    cells = dict(zip((column.name for column in schema.FINDINGS.columns), row, strict=True))
    told = {name: cells[name] for name in Finding._fields if name in cells}
    keys = Keys(*(str(cells[name]) for name in Keys._fields))
    return Finding(**(told | {"rule": _RULES[str(cells["rule"])], "given_id": str(cells["id"]), "keys": keys}))  # type: ignore[arg-type]


def pack_captured(captured: Iterable[Captures], tables: Collection[str]) -> PackedCaptures:
    """Pack tables of what was captured at each of several sites."""
    packer = _Packer(tables)
    _exhaust(map(packer.add, captured))
    return packer.packed()


def pack(results: Iterable[Reconciliation], wanted: Wanted) -> PackedReconciliation:
    """Pack what is wanted of what each of several sites comes to."""
    packer = _ResultPacker(wanted)
    _exhaust(map(packer.add_result, results))
    return packer.packed_result()


def _exhaust(done: Iterable[None]) -> None:
    for _ in done:
        pass


class _Packer:
    """Packs what was captured."""

    def __init__(self, names: Collection[str]) -> None:
        self._rows = {spec: RowPacker() for spec in schema.ALL if spec.name in names}
        # Those are shown by what shows these tables, and to count them takes a look at every device and vmdk.
        self._are_figures_wanted = {spec.name for spec in schema.SHEETS} <= set(names)
        self._figures: list[Figures] = []
        self._refused: list[Source] = []
        # What is said of all of them, by the last one.
        self._like = Captures((), ())

    def add(self, captures: Captures, rows_of: Reconciliation | None = None) -> None:
        for spec, packer in self._rows.items():
            packer.add((rows_of or captures).rows(spec.name))
        if self._are_figures_wanted:
            self._figures.append(captures.figures)
        self._refused += captures.refused
        self._like = Captures((), captures.roots, {} if captures.kept else None, captures.options, are_several=captures.are_several)

    def packed(self) -> PackedCaptures:
        tables = {spec.name: Table(spec, packer.packed()) for spec, packer in self._rows.items()}
        figures = add_figures(self._figures) if self._are_figures_wanted else None
        return PackedCaptures(self._like, tables, figures, self._refused)


class _ResultPacker(_Packer):
    """Packs results."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted.tables)
        self._lines = {piece: LinePacker() for piece in wanted.pieces}
        self._totals: list[Totals] = []
        self._count = 0

    def add_result(self, result: Reconciliation) -> None:
        self.add(result.captures, result)
        self._totals.append(result.totals)
        self._count += sum(len(rows) for _, rows in result.by_site)
        # A piece that a report of so many rows does not have is made no more, and what was made of it goes.
        self._lines = {piece: packer for piece, packer in self._lines.items() if self._count <= piece.most_rows}
        for piece, packer in self._lines.items():
            packer.add(result.lines(piece))

    def packed_result(self) -> PackedReconciliation:
        lines = {piece: packer.packed() for piece, packer in self._lines.items()}
        return PackedReconciliation(self.packed(), add_totals(self._totals), lines)

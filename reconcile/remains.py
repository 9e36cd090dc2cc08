"""What remains of sites that are not held any more: the tables and the pieces of the page that were asked for, packed, and figures."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from reconcile import schema
from reconcile.captured import Captures
from reconcile.errors import ReconcileError
from reconcile.figures import Figures, add_figures
from reconcile.findings import RULES, Finding
from reconcile.keys import Keys
from reconcile.packed import LinePacker, PackedLines, RowPacker
from reconcile.results import PagePiece, Result
from reconcile.tables import Table
from reconcile.totals import Totals, add_totals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reconcile.captures import Source
    from reconcile.tables import TableRow


class Wanted(NamedTuple):
    """What is to remain of each site: tables by their names, and pieces of the page."""

    tables: Collection[str]
    pieces: Collection[PagePiece] = ()


class PackedCaptures(Captures):
    """What was captured of sites that are not held any more."""

    def __init__(self, like: Captures, tables: dict[str, Table], figures: Figures | None, refused: list[Source]) -> None:
        super().__init__((), like.roots, {} if like.kept else None, like.options, are_several=like.are_several)
        self._tables.update(tables)
        self._refused = refused
        if figures is not None:
            self.figures = figures

    @property
    def sites(self) -> NoReturn:
        """Raise `ReconcileError`: they are not held any more."""
        raise ReconcileError(_NOT_HELD)

    def lines(self, site: str, label: str) -> NoReturn:  # noqa: ARG002 -- as of captures that are held
        """Raise `ReconcileError`: no source is held any more."""
        raise ReconcileError(_NOT_HELD)

    def rows(self, name: str) -> NoReturn:
        """Raise `ReconcileError`: the table was not asked for."""
        message = f"The table '{name}' was not asked for when these sites were read one at a time. Ask for it then, or for all."
        raise ReconcileError(message)

    @property
    def refused(self) -> list[Source]:
        """The sources that were met and could not be read."""
        return self._refused


class PackedResult(Result):
    """What sites come to that are not held any more."""

    def __init__(self, captures: PackedCaptures, totals: Totals, lines: dict[PagePiece, PackedLines]) -> None:
        super().__init__(captures, (), ())
        # The class is frozen, and these are part of it from its beginning.
        vars(self).update(totals=totals, _lines=lines)

    @property
    def by_site(self) -> NoReturn:
        """Raise `ReconcileError`: they are not held any more."""
        raise ReconcileError(_NOT_HELD)

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings, in order."""
        return tuple(map(_finding, self.table("findings").rows))

    def table(self, name: str) -> Table:
        """Return a table by its name in the contract; raises `ReconcileError` where it was not asked for."""
        return self.captures.table(name)

    def lines(self, piece: PagePiece) -> PackedLines:
        """Give a piece of the page."""
        lines: dict[PagePiece, PackedLines] = vars(self)["_lines"]
        return lines[piece]


_NOT_HELD = (
    "These sites were read one at a time and are not held any more. To look into them, read them with reconcile.read(..., sites=True)."
)
_RULES = {rule.name: rule for rule in RULES}


def _finding(row: TableRow) -> Finding:
    cells = dict(zip((column.name for column in schema.FINDINGS.columns), row, strict=True))
    told = {name: cells[name] for name in Finding._fields if name in cells}
    keys = Keys(*(str(cells[name]) for name in Keys._fields))
    return Finding(**(told | {"rule": _RULES[str(cells["rule"])], "given_id": str(cells["id"]), "keys": keys}))  # type: ignore[arg-type]


def pack_captured(captured: Iterable[Captures], tables: Collection[str]) -> Captures:
    """Pack tables of what was captured at each of several sites."""
    packer = _Packer(tables)
    _exhaust(map(packer.add, captured))
    return packer.packed()


def pack(results: Iterable[Result], wanted: Wanted) -> Result:
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

    def add(self, captures: Captures, rows_of: Result | None = None) -> None:
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

    def add_result(self, result: Result) -> None:
        self.add(result.captures, result)
        self._totals.append(result.totals)
        self._count += sum(len(rows) for _, rows in result.by_site)
        # A piece that a report of so many rows does not have is made no more, and what was made of it goes.
        self._lines = {piece: packer for piece, packer in self._lines.items() if self._count <= piece.most_rows}
        for piece, packer in self._lines.items():
            packer.add(result.lines(piece))

    def packed_result(self) -> PackedResult:
        lines = {piece: packer.packed() for piece, packer in self._lines.items()}
        return PackedResult(self.packed(), add_totals(self._totals), lines)

"""What a person at a terminal sees: how far the work is, then the verdict, the rows and the findings.

Where nobody watches, in a log or a pipe, the summary's few lines stand alone, without colour and without movement. Text of captures is
never taken for markup.
"""

from __future__ import annotations

import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Self

from reconcile.base.printable import visible
from reconcile.findings.finding import Severity
from reconcile.matching.rows import Status
from reconcile.reports.summary import counted, lines
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from rich.console import Console, RenderableType
    from rich.progress import Progress, TaskID

    from reconcile.results.columns import TableRow
    from reconcile.results.reconciliation import Reported
    from reconcile.results.tables import Table

# Work that is done sooner needs no bar.
_PATIENCE = 0.7
_MOST_ROWS = 25
_MOST_FINDINGS = 10
# The word says it, the colour only helps to find it.
_STYLES: dict[str, str] = {
    Status.MATCHED: "green", Status.AMBIGUOUS: "bold red", Status.GUEST_ONLY: "yellow", Status.HOST_ONLY: "yellow",
    Severity.ERROR: "bold red", Severity.WARNING: "yellow",
}  # fmt: skip


class Steps:
    """Shows how far long work is, on a terminal. Called with what is being done, and how many of how many are."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_watched = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._begun = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._doing = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()

    def __call__(self, doing: str, done: int = 0, total: int = 0) -> None:
        """Show a step; without a total it is one whose end nobody knows."""
        if not self._is_watched or (self._progress is None and time.monotonic() - self._begun < _PATIENCE):
            return
        if self._progress is None:
            self._progress = _progress()
            self._progress.start()
        if self._task is None or doing != self._doing:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task(visible(doing), total=total or None)
            self._doing = doing
        self._progress.update(self._task, completed=done)


def _progress() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 -- slow to import

    text = TextColumn("{task.description}", markup=False)
    return Progress(text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=_console(), transient=True)


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 -- as above

    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def show(result: Reported, written: Sequence[str]) -> None:
    """Say on standard error what a result comes to; on a terminal with rows and findings."""
    if sys.stderr is None:
        return
    said = lines(result, written)
    if not sys.stderr.isatty():
        sys.stderr.writelines(f"{line}\n" for line in said)
        return
    from rich.text import Text  # noqa: PLC0415 -- as above

    console = _console()
    verdict, *others = said
    weight = "bold red" if result.totals.errors or result.totals.refused else "yellow" if result.totals.warnings else "green"
    for part in (*_rows(result.table("mapping")), *_findings(result)):
        console.print(part)
    console.print(Text(verdict, style=f"bold {weight}"))
    for line in others:
        console.print(Text(line), soft_wrap=True)


def _rows(mapping: Table) -> Iterator[RenderableType]:
    """Give the mapping as a table; of many rows those first that are not matched."""
    from rich.table import Table  # noqa: PLC0415 -- as above
    from rich.text import Text  # noqa: PLC0415

    names = [column.name for column in mapping.spec.columns]
    cells = [names.index(name) for name in _SHOWN]
    rows = mapping.rows
    shown = [[str(row[at]) for at in cells] for row in (rows if len(rows) <= _MOST_ROWS else _first(rows, names.index("status")))]
    if not shown:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("status", "guest", "device", "host", "vm", "vmdk", "digits"):
        table.add_column(name, overflow="fold")
    for row in shown:
        status, *texts = row
        table.add_row(Text(status, style=_STYLES[status]), *(Text(visible(text)) for text in texts))
    yield table
    if len(shown) < len(rows):
        yield Text(f"{counted(len(rows) - len(shown), 'more row')}; the report has them all.")
    yield Text("")


_SHOWN = ("status", "guest", "device", "host", "vm", "vmdk", "uuid_suffix")


def _first(rows: Sequence[TableRow], status: int) -> list[TableRow]:
    """Return the first rows that are not matched, and where they are few, the first that are."""
    shown = list(islice((row for row in rows if row[status] != Status.MATCHED), _MOST_ROWS))
    return shown + list(islice((row for row in rows if row[status] == Status.MATCHED), _MOST_ROWS - len(shown)))


def _findings(result: Reported) -> Iterator[RenderableType]:
    """Give the findings that need a person, each with what would settle it."""
    from rich.table import Table  # noqa: PLC0415 -- as above
    from rich.text import Text  # noqa: PLC0415

    wanted = result.totals.errors + result.totals.warnings
    if not wanted:
        return
    names = [column.name for column in schema.FINDINGS.columns]
    severity, *cells = (names.index(name) for name in ("severity", "rule", "machine", "message", "advice"))
    rows = (row for row in result.table("findings").rows if row[severity] != Severity.NOTE)
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        # The end of a path is what tells it from others: a long one goes on on the next line.
        table.add_column(overflow="fold")
    for row in islice(rows, _MOST_FINDINGS):
        weight = str(row[severity])
        rule, machine, message, advice = (str(row[at]) for at in cells)
        about = f"{machine}: " if machine else ""
        table.add_row(Text(weight, style=_STYLES[weight]), Text(rule), Text(visible(f"{about}{message}")))
        table.add_row("", "", Text(f"-> {visible(advice)}"))
    yield table
    if wanted > _MOST_FINDINGS:
        yield Text(f"{counted(wanted - _MOST_FINDINGS, 'more finding')} that a person should look at; the report has them all.")
    yield Text("")

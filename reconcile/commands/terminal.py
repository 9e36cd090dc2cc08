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
from reconcile.commands.exit import broken_at_words, put, say
from reconcile.commands.plain_result import HEADER, SHOWN, plain_lines
from reconcile.findings.finding import Severity
from reconcile.matching.rows import Status
from reconcile.reports.summary import counted, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from rich.console import Console, RenderableType
    from rich.progress import Progress, TaskID
    from rich.text import Text

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


def _console(*, stderr: bool = True) -> Console:
    from rich.console import Console  # noqa: PLC0415 -- as above

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def show(result: Reported, written: Sequence[str], *, rows: bool = True) -> None:
    """Say on standard error what a result comes to; on a terminal with rows and findings, unless those stand elsewhere."""
    if sys.stderr is None:
        return
    verdict, *others = lines(result, written)
    if not sys.stderr.isatty():
        sys.stderr.writelines(f"{line}\n" for line in (verdict, *others))
        return
    from rich.text import Text  # noqa: PLC0415 -- as above

    console = _console()
    weight = "bold red" if result.totals.errors or result.totals.refused else "yellow" if result.totals.warnings else "green"
    if rows:
        _print_result(console, result, "the report has them all.")
    console.print(Text(verdict, style=f"bold {weight}"))
    say(others)


def print_result(result: Reported) -> None:
    """Print rows and findings on standard output: all of them, on a terminal the first of many."""
    if sys.stdout is None:
        return
    if not sys.stdout.isatty():
        put(f"{line}\n" for line in plain_lines(result))
        return
    _print_result(_console(stderr=False), result, "-o audit.xlsx writes them all to a file.")


def _print_result(console: Console, result: Reported, where: str) -> None:
    for part in _rows(result.table("mapping"), where):
        console.print(part)
    for line in _findings(result, where):
        # Broken at words already; rich would break a path, too.
        console.print(line, soft_wrap=True)


def _rows(mapping: Table, where: str) -> Iterator[RenderableType]:
    """Give the mapping as a table; of many rows those first that are not matched, and `where` they all are."""
    from rich.table import Table  # noqa: PLC0415 -- as above
    from rich.text import Text  # noqa: PLC0415

    names = [column.name for column in mapping.spec.columns]
    cells = [names.index(name) for name in SHOWN]
    rows = mapping.rows
    shown = [[str(row[at]) for at in cells] for row in (rows if len(rows) <= _MOST_ROWS else _first(rows, names.index("status")))]
    if not shown:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in HEADER:
        # What is short is not broken, so that names are where the space is short.
        table.add_column(name, overflow="fold", no_wrap=name in {"status", "device", "digits"})
    for row in shown:
        status, *texts = row
        table.add_row(Text(status, style=_STYLES[status]), *(Text(visible(text)) for text in texts))
    yield table
    if len(shown) < len(rows):
        yield Text(f"{counted(len(rows) - len(shown), 'more row')}; {where}")
    yield Text("")


def _first(rows: Sequence[TableRow], status: int) -> list[TableRow]:
    """Return the first rows that are not matched, and where they are few, the first that are."""
    shown = list(islice((row for row in rows if row[status] != Status.MATCHED), _MOST_ROWS))
    return shown + list(islice((row for row in rows if row[status] == Status.MATCHED), _MOST_ROWS - len(shown)))


def _findings(result: Reported, where: str) -> Iterator[Text]:
    """Give the findings that need a person, each with what would settle it, and `where` all are."""
    from rich.text import Text  # noqa: PLC0415 -- as above

    wanted = result.totals.errors + result.totals.warnings
    found = (finding for finding in result.all_findings if finding.rule.severity is not Severity.NOTE)
    for finding in islice(found, _MOST_FINDINGS):
        yield Text.assemble((str(finding.rule.severity), _STYLES[finding.rule.severity]), f" {finding.rule.name}")
        about = f"{finding.machine}: " if finding.machine else ""
        for line in (f"  {about}{finding.message}", f"  -> {finding.rule.advice}"):
            yield Text(broken_at_words(visible(line)))
    if wanted > _MOST_FINDINGS:
        yield Text(f"{counted(wanted - _MOST_FINDINGS, 'more finding')} that a person should look at; {where}")
    if wanted:
        yield Text("")

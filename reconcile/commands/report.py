"""``reconcile report``: the main job."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import EXIT_FINDINGS, EXIT_RECONCILED, EXIT_TROUBLE, ReconcileError
from reconcile.base.printable import visible
from reconcile.commands.exit import hold, put, say, say_refused
from reconcile.commands.options import CaptureArguments, ForceOption, QuietOption, table_names
from reconcile.commands.reading import Reading, reads_captures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.commands.printed_tables import PrintedTables
    from reconcile.reports.plans import Plan
    from reconcile.reports.workbook.review import Reviews
    from reconcile.results.reconciliation import Reported


class Form(StrEnum):
    """What goes to standard output."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    CSV = "csv"


class FailOn(StrEnum):
    """The lightest finding with which the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@reads_captures
def report(  # noqa: PLR0913 -- one argument an option
    captures: CaptureArguments,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            show_default=False,
            help="audit.xlsx, audit.html, mapping.csv, all.json, audit/ for all of it, - for CSV to stdout. "
            "[default: rows and findings as text to stdout]",
        ),
    ] = None,
    *,
    force: ForceOption = False,
    carry_review: Annotated[
        str | None, typer.Option("--carry-review", metavar="OLD.xlsx", help="Keep the reviewer's decisions of an older workbook.")
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--format",
            show_default=False,
            help="Findings to stdout: text (with the rows), json, or sarif for code scanning and tickets. With -o -: csv or json of tables.",
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="NAME",
            autocompletion=table_names,
            help="With -o -: this table. JSON without it is every table. [default: mapping]",
        ),
    ] = None,
    no_bom: Annotated[bool, typer.Option("--no-bom", help="CSVs without the byte order mark that Excel needs.")] = False,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="Exit 1 where such a finding, or a heavier one, stands.")] = FailOn.WARNING,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 whatever is found; what could not be read is still exit 2.")
    ] = False,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Reconcile captures: on the terminal, or as a workbook or a page.

        reconcile report captures/                  rows and findings, here
        reconcile report captures/ -o audit.xlsx    the same as a workbook

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input. Exit 0 if all is
    reconciled, 1 if findings need a person, 2 if something could not be read.
    """
    from reconcile.capture.sources import expanded  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.commands.terminal import Steps, show  # noqa: PLC0415
    from reconcile.reports.plans import plan_outputs  # noqa: PLC0415
    from reconcile.reports.wanted import needed_for  # noqa: PLC0415
    from reconcile.reports.write import write_reports  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415
    from reconcile.results.packed import pack  # noqa: PLC0415

    captures, outputs = expanded(captures), output or []
    printed = _printed(outputs, table, form)
    plans = plan_outputs([path for path in outputs if path != "-"], captures, force=force, bom=not no_bom)
    reviews = _reviews(carry_review, plans)
    keep = any(plan.shows_lines for plan in plans)
    with Steps(quiet=quiet) as step:
        results = each_result(*captures, **reading._asdict(), keep=keep, progress=step)
        result = pack(results, needed_for(plans, printed.names if printed else ())) if reading.sites else next(results)
        written = write_reports(result, plans, reviews=reviews, progress=step, workers=reading.workers)
    if printed:
        put(printed.pieces(result.table))
    elif form or not outputs:
        _print_findings(result, form or Form.TEXT)
    if not quiet:
        show(result, written, rows=bool(outputs) and form is not Form.TEXT)
        say(_carried(result, reviews, carry_review))
        say_refused(result.captures.refused)
    hold(result)
    raise typer.Exit(_exit_code(result, fail_on, exit_zero=exit_zero))


def _printed(outputs: Sequence[str], table: str | None, form: Form | None) -> PrintedTables | None:
    """Return which tables go to standard output, if any do; raises `ReconcileError` where options do not fit each other."""
    from reconcile.commands.options import Format  # noqa: PLC0415
    from reconcile.commands.printed_tables import PrintedTables  # noqa: PLC0415 -- as above
    from reconcile.results import schema  # noqa: PLC0415

    if "-" not in outputs:
        if table or form is Form.CSV:
            message = f"{'--table' if table else '--format csv'} says which table goes to standard output. Add -o - for it."
            raise ReconcileError(message)
        return None
    if form in {Form.TEXT, Form.SARIF}:
        message = f"-o - prints tables, and --format {form} findings. Leave one of them out."
        raise ReconcileError(message)
    return PrintedTables.wanted(schema.ALL, table, Format(form) if form else None, unsaid="mapping")


def _print_findings(result: Reported, form: Form) -> None:
    from reconcile.commands.terminal import print_result  # noqa: PLC0415 -- as above
    from reconcile.reports.json_file import rows_as_json  # noqa: PLC0415
    from reconcile.reports.sarif_file import sarif_text  # noqa: PLC0415

    match form:
        case Form.SARIF:
            put([sarif_text(result)])
        case Form.JSON:
            put(rows_as_json(result.table("findings"), ascii_only=True))
            put(["\n"])
        case _:
            print_result(result)


def _reviews(path: str | None, plans: Sequence[Plan]) -> Reviews | None:
    if path is None:
        return None
    from reconcile.reports.workbook.review import read_reviews  # noqa: PLC0415 -- as above

    if not any(plan.folder or plan.path.suffix.lower() == ".xlsx" for plan in plans):
        message = "--carry-review keeps decisions in a workbook, and none is written. Add -o audit.xlsx, or another name."
        raise ReconcileError(message)
    return read_reviews(path)


def _carried(result: Reported, reviews: Reviews | None, path: str | None) -> Iterator[str]:
    """Say how many of a reviewer's decisions came over, and how many are of findings that are gone."""
    if reviews is None or path is None:
        return
    ident = [column.name for column in result.table("findings").spec.columns].index("id")
    carried = len(reviews.keys() & {str(row[ident]) for row in result.table("findings").rows})
    gone = len(reviews) - carried
    told = f"; {gone:,} of findings that are gone: see the sheet Past reviews" if gone else ""
    yield f"  review    {carried:,} of {len(reviews):,} decisions in {visible(path)} came over{told}"


def _exit_code(result: Reported, fail_on: FailOn, *, exit_zero: bool) -> int:
    totals = result.totals
    if totals.refused:
        return EXIT_TROUBLE
    heavy = {FailOn.ERROR: 0, FailOn.WARNING: totals.warnings, FailOn.NOTE: totals.warnings + totals.notes}
    return EXIT_FINDINGS if totals.errors + heavy[fail_on] and not exit_zero else EXIT_RECONCILED

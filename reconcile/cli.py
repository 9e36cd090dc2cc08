"""The door: reads options, calls the library, prints. Data goes to stdout, words to stderr."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from reconcile.check_command import check
from reconcile.diff_command import diff
from reconcile.endings import hold, run, run_as_program, say
from reconcile.errors import EXIT_FINDINGS, EXIT_TROUBLE, ReconcileError
from reconcile.limits import DEFAULT, MIB, Limits
from reconcile.options import (  # noqa: TC001 -- typer asks for them at run time
    CaptureArguments,
    DaskOption,
    MachinesOption,
    MaxArchive,
    MaxDepth,
    MaxFile,
    MaxMembers,
    MaxRatio,
    MaxRun,
    QuietOption,
    SiteOption,
    SitesOption,
    WorkersOption,
)
from reconcile.printed import formats, script
from reconcile.version import __version__
from reconcile.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.captured import CapturedTables
    from reconcile.captures import Source
    from reconcile.reconciliation import Reconciliation

app = typer.Typer(
    name="reconcile",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """What `parse` prints."""

    CSV = "csv"
    JSON = "json"


def _version(wanted: bool) -> None:  # noqa: FBT001 -- typer calls it so
    if wanted:
        typer.echo(f"vpmem-reconcile {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *, version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False
) -> None:
    """Which virtual disk on which VMware host is which device in which guest, from saved command output.

    Example: reconcile report captures/ -o audit.xlsx

    Exit: 0 all reconciled; 1 the report stands and findings need a person; 2 the job, or part of it, could not be done.
    """


@app.command()
def report(  # noqa: PLR0913 -- one argument an option
    captures: CaptureArguments,
    output: Annotated[
        list[str],
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="audit.xlsx, audit.html, mapping.csv, all.json, audit/ for all of it, - for CSV to stdout.",
        ),
    ],
    *,
    site: SiteOption = None,
    sites: SitesOption = False,
    machines: MachinesOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace outputs that exist.")] = False,
    carry_review: Annotated[
        str | None, typer.Option("--carry-review", metavar="OLD.xlsx", help="Keep the reviewer's decisions of an older workbook.")
    ] = None,
    no_bom: Annotated[bool, typer.Option("--no-bom", help="CSVs without the byte order mark that Excel needs.")] = False,
    max_file: MaxFile = DEFAULT.member_bytes // MIB,
    max_archive: MaxArchive = DEFAULT.archive_bytes // MIB,
    max_run: MaxRun = DEFAULT.run_bytes // MIB,
    max_members: MaxMembers = DEFAULT.members,
    max_ratio: MaxRatio = DEFAULT.ratio,
    max_depth: MaxDepth = DEFAULT.depth,
    workers: WorkersOption = None,
    dask: DaskOption = None,
    quiet: QuietOption = False,
) -> None:
    """Reconcile captures and write the report.

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input.
    """
    from reconcile.captures import expanded  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.fleet import each_result  # noqa: PLC0415
    from reconcile.remains import pack  # noqa: PLC0415
    from reconcile.reports import needed_for, plan_outputs, read_reviews, write_reports  # noqa: PLC0415
    from reconcile.reports.csv_file import write_csv  # noqa: PLC0415
    from reconcile.terminal import Steps, show  # noqa: PLC0415

    captures = expanded(captures)
    plans = plan_outputs([path for path in output if path != "-"], captures, force=force, bom=not no_bom)
    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    keep = any(plan.shows_lines for plan in plans)
    reviews = read_reviews(carry_review) if carry_review is not None else None
    with Steps(quiet=quiet) as step:
        results = each_result(
            *captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=keep, progress=step
        )
        result = pack(results, needed_for(plans)) if sites else next(results)
        written = write_reports(result, plans, reviews=reviews, progress=step, workers=workers)
    if "-" in output:
        write_csv(result.table("mapping"), sys.stdout)
    if not quiet:
        show(result, written)
        _say_refused(result.captures.refused)
    hold(result)
    raise typer.Exit(result.exit_code)


@app.command()
def parse(  # noqa: PLR0913 -- as above
    captures: CaptureArguments,
    *,
    table: Annotated[str | None, typer.Option("--table", metavar="NAME", help="One table only; needed for CSV.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="[default: csv with --table, else json]", show_default=False)] = None,
    site: SiteOption = None,
    sites: SitesOption = False,
    machines: MachinesOption = None,
    max_file: MaxFile = DEFAULT.member_bytes // MIB,
    max_archive: MaxArchive = DEFAULT.archive_bytes // MIB,
    max_run: MaxRun = DEFAULT.run_bytes // MIB,
    max_members: MaxMembers = DEFAULT.members,
    max_ratio: MaxRatio = DEFAULT.ratio,
    max_depth: MaxDepth = DEFAULT.depth,
    workers: WorkersOption = None,
    dask: DaskOption = None,
) -> None:
    """Print the tables as parsed, without matching.

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input.
    """
    from reconcile import schema  # noqa: PLC0415
    from reconcile.fleet import each_captured  # noqa: PLC0415
    from reconcile.read_captures import read  # noqa: PLC0415
    from reconcile.remains import pack_captured  # noqa: PLC0415
    from reconcile.reports.csv_file import write_csv  # noqa: PLC0415
    from reconcile.reports.json_file import rows_as_json, tables_as_json  # noqa: PLC0415

    names = [spec.name for spec in schema.CAPTURED]
    if table is not None and table not in names:
        message = f"There is no table '{visible(table)}'. Take one of: {', '.join(names)}."
        raise ReconcileError(message)
    if form is Format.CSV and table is None:
        message = f"CSV holds one table. Name it with --table: {', '.join(names)}."
        raise ReconcileError(message)
    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    if sites and site is None:
        found: CapturedTables
        each = each_captured(*captures, machines=machines, limits=limits, workers=workers, dask=dask, keep=False)
        found = pack_captured(each, names if table is None else [table])
    else:
        found = read(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=False)
    if table is None:
        _print(tables_as_json((found.table(name) for name in names), ascii_only=True))
    elif form is Format.JSON:
        _print([*rows_as_json(found.table(table), ascii_only=True), "\n"])
    else:
        write_csv(found.table(table), sys.stdout)
    _say_refused(found.refused)
    raise typer.Exit(EXIT_TROUBLE if found.refused else 0)


app.command()(check)


@app.command()
def explain(  # noqa: PLR0913 -- as above
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", show_default=False, hidden=True)],
    captures: CaptureArguments,
    *,
    site: SiteOption = None,
    sites: SitesOption = False,
    machines: MachinesOption = None,
    max_file: MaxFile = DEFAULT.member_bytes // MIB,
    max_archive: MaxArchive = DEFAULT.archive_bytes // MIB,
    max_run: MaxRun = DEFAULT.run_bytes // MIB,
    max_members: MaxMembers = DEFAULT.members,
    max_ratio: MaxRatio = DEFAULT.ratio,
    max_depth: MaxDepth = DEFAULT.depth,
    workers: WorkersOption = None,
    dask: DaskOption = None,
) -> None:
    """Show what ties one device, vmdk, guest, host or UUID, with the captured text.

    SUBJECT is nmem0, 'db01 nmem0', an id, a vmdk's name or path, a guest, a host, a datastore, a UUID in any spelling or its last 8
    digits, a mount point, a finding's id, a rule, or a source's path. The digits that join stand in brackets. A CAPTURE is a file, a
    folder (walked) or an archive of saved command output.
    """
    from reconcile.explain import explain_each  # noqa: PLC0415
    from reconcile.fleet import each_result  # noqa: PLC0415

    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    results = each_result(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=True)
    refused: list[Source] = []

    def noted(result: Reconciliation) -> Reconciliation:
        refused.extend(result.captures.refused)
        return result

    _print(f"{line}\n" for line in explain_each(map(noted, results), subject))
    _say_refused(refused)
    raise typer.Exit(EXIT_TROUBLE if refused else 0)


app.command()(diff)


@app.command()
def verify(  # noqa: PLR0913 -- as above
    report: Annotated[str, typer.Argument(metavar="REPORT", show_default=False, hidden=True)],
    captures: CaptureArguments,
    *,
    site: SiteOption = None,
    sites: SitesOption = False,
    machines: MachinesOption = None,
    max_file: MaxFile = DEFAULT.member_bytes // MIB,
    max_archive: MaxArchive = DEFAULT.archive_bytes // MIB,
    max_run: MaxRun = DEFAULT.run_bytes // MIB,
    max_members: MaxMembers = DEFAULT.members,
    max_ratio: MaxRatio = DEFAULT.ratio,
    max_depth: MaxDepth = DEFAULT.depth,
    workers: WorkersOption = None,
    dask: DaskOption = None,
) -> None:
    """Tell whether a report follows from captures, and where it does not.

    REPORT is a workbook, a page, a CSV, a JSON file or a folder that this tool wrote. Give the options that it was made with. A
    reviewer's entries do not count. Exit 0 if it follows, 1 if something in it does not.
    """
    from reconcile.fleet import each_result  # noqa: PLC0415
    from reconcile.remains import pack  # noqa: PLC0415
    from reconcile.reports import needed_to_verify  # noqa: PLC0415
    from reconcile.reports.looks import remarks  # noqa: PLC0415
    from reconcile.reports.verify import differences  # noqa: PLC0415

    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    results = each_result(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask)
    result = pack(results, needed_to_verify(report)) if sites else next(results)
    found = []
    for difference in differences(report, result):
        found.append(difference)
        if len(found) > _MOST_DIFFERENCES:
            break
    notes = [f"  note: {visible(remark)}\n" for remark in remarks(report)]
    if not found:
        _print([f"FOLLOWS: {visible(report)} is what these captures give.\n", *notes])
        raise typer.Exit
    _print([f"DIFFERS: {visible(report)} is not what these captures give, or was made with other options.\n"])
    _print(f"  {difference}\n" for difference in found[:_MOST_DIFFERENCES])
    if len(found) > _MOST_DIFFERENCES:
        _print(["  and more\n"])
    _print(notes)
    raise typer.Exit(EXIT_FINDINGS)


_MOST_DIFFERENCES = 5


app.command()(script)
app.command()(formats)


def _say_refused(refused: Sequence[Source]) -> None:
    """Name the sources that could not be read, the first few of many."""
    say(f"not read: {source.label}: {source.note}" for source in refused[:_MOST_NAMED])
    if len(refused) > _MOST_NAMED:
        say([f"not read: {len(refused) - _MOST_NAMED:,} more; see the table sources"])


_MOST_NAMED = 10


def _print(pieces: Iterable[str]) -> None:
    for piece in pieces:
        if sys.stdout is not None:
            sys.stdout.write(piece)


def main() -> NoReturn:
    """Run the command line in a process that goes on."""
    run(app)


def program() -> NoReturn:
    """Run the command line as a program of its own."""
    # What is done with numbers here is no linear algebra, and its threads would keep this process from being copied.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run_as_program(app)

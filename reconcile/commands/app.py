"""The command line: it reads options, calls the library and prints. Data goes to stdout, words to stderr."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from reconcile.base.errors import EXIT_FINDINGS, EXIT_TROUBLE, ReconcileError
from reconcile.base.limits import DEFAULT, MIB, Limits
from reconcile.base.printable import visible
from reconcile.base.version import __version__
from reconcile.commands.check import check
from reconcile.commands.diff import diff
from reconcile.commands.exit import hold, put, run, run_as_program, say_refused
from reconcile.commands.options import (  # noqa: TC001 -- typer asks for them at run time
    CaptureArguments,
    DaskOption,
    Format,
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
from reconcile.commands.parse import parse
from reconcile.commands.script import formats, script

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.capture.sources import Source
    from reconcile.reports.verify import Difference
    from reconcile.results.reconciliation import Reconciliation

app = typer.Typer(
    name="reconcile",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    table: Annotated[str | None, typer.Option("--table", metavar="NAME", help="With -o -: this table. [default: mapping]")] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="With -o -: how. JSON without --table is every table. [default: csv]", show_default=False),
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
    from reconcile.capture.sources import expanded  # noqa: PLC0415
    from reconcile.commands.printed_tables import PrintedTables  # noqa: PLC0415
    from reconcile.commands.terminal import Steps, show  # noqa: PLC0415
    from reconcile.reports.plans import plan_outputs  # noqa: PLC0415
    from reconcile.reports.wanted import needed_for  # noqa: PLC0415
    from reconcile.reports.workbook.review import read_reviews  # noqa: PLC0415
    from reconcile.reports.write import write_reports  # noqa: PLC0415
    from reconcile.results import schema  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.results.fleet import each_result  # noqa: PLC0415
    from reconcile.results.packed import pack  # noqa: PLC0415

    captures = expanded(captures)
    printed = PrintedTables.wanted(schema.ALL, table, form, unsaid="mapping") if "-" in output else None
    if printed is None and (table or form):
        message = "--table and --format say what goes to standard output. Add -o - for it."
        raise ReconcileError(message)
    plans = plan_outputs([path for path in output if path != "-"], captures, force=force, bom=not no_bom)
    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    keep = any(plan.shows_lines for plan in plans)
    reviews = read_reviews(carry_review) if carry_review is not None else None
    with Steps(quiet=quiet) as step:
        results = each_result(
            *captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=keep, progress=step
        )
        result = pack(results, needed_for(plans, printed.names if printed else ())) if sites else next(results)
        written = write_reports(result, plans, reviews=reviews, progress=step, workers=workers)
    if printed:
        put(printed.pieces(result.table))
    if not quiet:
        show(result, written)
        say_refused(result.captures.refused)
    hold(result)
    raise typer.Exit(result.exit_code)


app.command()(parse)
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
    quiet: QuietOption = False,
) -> None:
    """Show what ties one device, vmdk, guest, host or UUID, with the captured text.

    SUBJECT is nmem0, 'db01 nmem0', an id, a vmdk's name or path, a guest, a host, a datastore, a UUID in any spelling or its last 8
    digits, a mount point, a finding's id, a rule, or a source's path. The digits that join stand in brackets. A CAPTURE is a file, a
    folder (walked) or an archive of saved command output.
    """
    from reconcile.reports.explain import explain_each  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415

    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    results = each_result(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=True)
    refused: list[Source] = []

    def noted(result: Reconciliation) -> Reconciliation:
        refused.extend(result.captures.refused)
        return result

    put(f"{line}\n" for line in explain_each(map(noted, results), subject))
    if not quiet:
        say_refused(refused)
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
    quiet: QuietOption = False,
) -> None:
    """Tell whether a report follows from captures, and where it does not.

    REPORT is a workbook, a page, a CSV, a JSON file or a folder that this tool wrote. Give the options that it was made with. A
    reviewer's entries do not count. Exit 0 if it follows, 1 if something in it does not; with
    -q that alone.
    """
    from reconcile.reports.verify import differences  # noqa: PLC0415
    from reconcile.reports.wanted import needed_to_verify  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415
    from reconcile.results.packed import pack  # noqa: PLC0415

    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    results = each_result(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask)
    result = pack(results, needed_to_verify(report)) if sites else next(results)
    found = list(islice(differences(report, result), _MOST_DIFFERENCES + 1))
    if not quiet:
        put(_told(report, found))
    raise typer.Exit(EXIT_FINDINGS if found else 0)


def _told(report: str, found: Sequence[Difference]) -> Iterator[str]:
    """Say what was found of a report."""
    from reconcile.reports.looks import remarks  # noqa: PLC0415

    if found:
        yield f"DIFFERS: {visible(report)} is not what these captures give, or was made with other options.\n"
    else:
        yield f"FOLLOWS: {visible(report)} is what these captures give.\n"
    yield from (f"  {difference}\n" for difference in found[:_MOST_DIFFERENCES])
    if len(found) > _MOST_DIFFERENCES:
        yield "  and more\n"
    yield from (f"  note: {visible(remark)}\n" for remark in remarks(report))


_MOST_DIFFERENCES = 5


app.command()(script)
app.command()(formats)


def main() -> NoReturn:
    """Run the command line in a process that goes on."""
    run(app)


def program() -> NoReturn:
    """Run the command line as a program of its own."""
    # What is done with numbers here is no linear algebra, and its threads would keep this process from being copied.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run_as_program(app)

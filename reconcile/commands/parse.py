"""``reconcile parse``: the tables as parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import EXIT_TROUBLE
from reconcile.base.limits import DEFAULT, MIB, Limits
from reconcile.commands.exit import put, say_refused
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

if TYPE_CHECKING:
    from reconcile.results.captures import CapturedTables


def parse(  # noqa: PLR0913 -- one argument an option
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
    quiet: QuietOption = False,
) -> None:
    """Print the tables as parsed, without matching.

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input.
    """
    from reconcile.commands.printed_tables import PrintedTables  # noqa: PLC0415
    from reconcile.results import schema  # noqa: PLC0415
    from reconcile.results.fleet import each_captured  # noqa: PLC0415
    from reconcile.results.packed import pack_captured  # noqa: PLC0415
    from reconcile.results.read_captures import read  # noqa: PLC0415

    printed = PrintedTables.wanted(schema.CAPTURED, table, form)
    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    if sites and site is None:
        found: CapturedTables
        each = each_captured(*captures, machines=machines, limits=limits, workers=workers, dask=dask, keep=False)
        found = pack_captured(each, printed.names)
    else:
        found = read(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=False)
    put(printed.pieces(found.table))
    if not quiet:
        say_refused(found.refused)
    raise typer.Exit(EXIT_TROUBLE if found.refused else 0)

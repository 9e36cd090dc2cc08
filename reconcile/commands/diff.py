"""``reconcile diff``: what changed between two visits."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from reconcile.base.errors import CaptureError
from reconcile.base.printable import visible
from reconcile.commands.exit import put, put_lines, say, say_refused
from reconcile.commands.options import ForceOption, Format, QuietOption
from reconcile.commands.reading import Reading, reads_captures


@partial(reads_captures, without={"site"})
def diff(  # noqa: PLR0913 -- one argument an option
    old: Annotated[str, typer.Argument(metavar="OLD", show_default=False, hidden=True)],
    new: Annotated[str, typer.Argument(metavar="NEW", show_default=False, hidden=True)],
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            show_default=False,
            help="changes.xlsx, changes.html, changes.csv, changes.json, - for CSV to stdout. [default: lines to stdout]",
        ),
    ] = None,
    *,
    sites: Annotated[bool, typer.Option("--sites", help="Each entry of OLD and NEW is a site, compared with the one of its name.")] = False,
    form: Annotated[Format | None, typer.Option("--format", help="With -o -: how. [default: csv]", show_default=False)] = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Compare two visits: what appeared, went, moved or changed.

        reconcile diff march/ november/
        reconcile diff march/ november/ -o changes.xlsx

    OLD and NEW are captures: each a file, a folder or an archive. A vmdk is known by its UUID, or by host, datastore and path, a device by
    its guest and id. Exit 0 if all was compared and nothing changed, 1 if something did or cannot be compared.
    """
    from reconcile.commands.printed_tables import PrintedTables  # noqa: PLC0415
    from reconcile.reports.plans import plan_outputs  # noqa: PLC0415
    from reconcile.reports.summary import comparison_verdict  # noqa: PLC0415
    from reconcile.reports.write import write_comparison  # noqa: PLC0415
    from reconcile.results.changes import line_of  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.results.compare import compare  # noqa: PLC0415
    from reconcile.results.read_captures import read  # noqa: PLC0415
    from reconcile.results.reconciliation import reconcile_sites  # noqa: PLC0415

    outputs = output or []
    printed = PrintedTables(("changes",), form or Format.CSV, is_one=True) if "-" in outputs else None
    if form and not printed:
        message = "--format says how changes go to standard output. Add -o - for it."
        raise CaptureError(message)
    plans = plan_outputs([path for path in outputs if path != "-"], [old, new], force=force)
    visits = [_sites_of(visit) if sites else [visit] for visit in (old, new)]
    keep = any(plan.shows_lines for plan in plans)
    before, after = (reconcile_sites(read(*visit, **(reading._asdict() | {"sites": sites}), keep=keep)) for visit in visits)
    comparison = compare(before, after, sites=sites)
    written = write_comparison(comparison, plans)
    if printed:
        put(printed.pieces(lambda _: comparison.table))
    elif not outputs:
        put_lines(visible(line_of(changed, several=sites)) for changed in comparison.changes)
    if not quiet:
        refused = [source for result in (before, after) for source in result.captures.refused]
        say([comparison_verdict(comparison), *(f"  report    {visible(path)}" for path in written)])
        say_refused(refused)
    raise typer.Exit(comparison.exit_code)


def _sites_of(visit: str) -> list[str]:
    """Return a visit's sites: the entries of its folder."""
    folder = Path(visit)
    entries = sorted(str(entry) for entry in folder.iterdir() if not entry.name.startswith(".")) if folder.is_dir() else []
    if not entries:
        message = f"'{visible(visit)}' is no folder with an entry for each site, as --sites wants of OLD and of NEW."
        raise CaptureError(message)
    return entries

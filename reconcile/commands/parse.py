"""``reconcile parse``: the tables as parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import EXIT_TROUBLE
from reconcile.commands.exit import put, say_refused
from reconcile.commands.options import CaptureArguments, Format, QuietOption, table_names
from reconcile.commands.reading import Reading, reads_captures

if TYPE_CHECKING:
    from reconcile.results.captures import CapturedTables


@reads_captures
def parse(
    captures: CaptureArguments,
    *,
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", autocompletion=table_names, help="One table only; needed for CSV.")
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help="[default: csv with --table, else json]", show_default=False)] = None,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Print the tables as parsed, without matching.

        reconcile parse captures/ --table dimms

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input.
    """
    from reconcile.commands.printed_tables import PrintedTables  # noqa: PLC0415
    from reconcile.results import schema  # noqa: PLC0415
    from reconcile.results.fleet import each_captured  # noqa: PLC0415
    from reconcile.results.packed import pack_captured  # noqa: PLC0415
    from reconcile.results.read_captures import read  # noqa: PLC0415

    printed = PrintedTables.wanted(schema.CAPTURED, table, form)
    if reading.sites and reading.site is None:
        found: CapturedTables
        how = {name: value for name, value in reading._asdict().items() if name not in {"site", "sites"}}
        each = each_captured(*captures, **how, keep=False)
        found = pack_captured(each, printed.names)
    else:
        found = read(*captures, **reading._asdict(), keep=False)
    put(printed.pieces(found.table))
    if not quiet:
        say_refused(found.refused)
    raise typer.Exit(EXIT_TROUBLE if found.refused else 0)

"""``reconcile explain``: why a thing is what it is, with the captured lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import EXIT_TROUBLE
from reconcile.commands.exit import put_lines, say_refused
from reconcile.commands.options import CaptureArguments, QuietOption, rule_names
from reconcile.commands.reading import Reading, reads_captures

if TYPE_CHECKING:
    from reconcile.capture.sources import Source
    from reconcile.results.reconciliation import Reconciliation


@reads_captures
def explain(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", show_default=False, hidden=True, autocompletion=rule_names)],
    captures: CaptureArguments,
    *,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Show why a device, vmdk, guest or host is what it is, line by line.

        reconcile explain 'db01 nmem0' captures/
        reconcile explain 206b080c captures/

    SUBJECT is nmem0, 'db01 nmem0', an id, a vmdk's name or path, a guest, a host, a datastore, a UUID in any spelling or its last 8
    digits, a mount point, a finding's id, a rule, or a source's path. The digits that join stand in brackets. A CAPTURE is a file, a
    folder (walked) or an archive of saved command output.
    """
    from reconcile.reports.explain import explain_each  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.results.fleet import each_result  # noqa: PLC0415

    results = each_result(*captures, **reading._asdict(), keep=True)
    refused: list[Source] = []

    def noted(result: Reconciliation) -> Reconciliation:
        refused.extend(result.captures.refused)
        return result

    put_lines(explain_each(map(noted, results), subject))
    if not quiet:
        say_refused(refused)
    raise typer.Exit(EXIT_TROUBLE if refused else 0)

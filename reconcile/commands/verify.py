"""``reconcile verify``: whether a report follows from captures."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import EXIT_FINDINGS
from reconcile.base.printable import visible
from reconcile.commands.exit import put
from reconcile.commands.options import CaptureArguments, QuietOption  # noqa: TC001 -- typer asks for them at run time
from reconcile.commands.reading import Reading, reads_captures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.reports.verify import Difference

_MOST_DIFFERENCES = 5


@reads_captures
def verify(
    report: Annotated[str, typer.Argument(metavar="REPORT", show_default=False, hidden=True)],
    captures: CaptureArguments,
    *,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Tell whether a report follows from captures, and where not.

        reconcile verify audit.xlsx captures/

    REPORT is a workbook, a page, a CSV, a JSON file or a folder that this tool wrote. Give the options that it was made with. A
    reviewer's entries do not count. Exit 0 if it follows, 1 if something in it does not; with
    -q that alone.
    """
    from reconcile.reports.verify import differences  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.reports.wanted import needed_to_verify  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415
    from reconcile.results.packed import pack  # noqa: PLC0415

    results = each_result(*captures, **reading._asdict())
    result = pack(results, needed_to_verify(report)) if reading.sites else next(results)
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

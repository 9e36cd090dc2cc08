"""``reconcile check``: what is missing or unreadable, before you leave the site."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from reconcile.commands.exit import put
from reconcile.commands.options import CaptureArguments, QuietOption  # noqa: TC001 -- typer asks for them at run time
from reconcile.commands.reading import Reading, reads_captures


class Form(StrEnum):
    """How the advice is printed."""

    TEXT = "text"
    JSON = "json"


@reads_captures
def check(
    captures: CaptureArguments,
    *,
    form: Annotated[Form, typer.Option("--format", help="For people, or for programs.")] = Form.TEXT,
    quiet: QuietOption = False,
    reading: Reading,
) -> None:
    """Tell what is missing or unreadable before you leave the site.

        reconcile check captures/

    Each thing that is missing is named with the command that gives it. A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input. Exit 0 if a report would
    need nothing more, 1 if something is missing, 2 if something could not be read; with -q that alone.
    """
    from reconcile.findings.advice.advise import advise_each  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.findings.advice.shown import shown  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415

    advice = advise_each(each_result(*captures, **reading._asdict(), keep=False))
    if form is Form.JSON:
        told = {
            "machines": [state._asdict() for state in advice.machines],
            "needs": [need._asdict() for need in advice.needs],
            "sums": dict(advice.sums),
        }
        put([json.dumps(told, indent=2), "\n"])
    elif not quiet:
        put(f"{line}\n" for line in shown(advice))
    raise typer.Exit(advice.exit_code)

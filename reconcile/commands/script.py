"""The commands that read no captures: how to make some, and what can be read."""

from __future__ import annotations

from typing import Annotated

import typer

from reconcile.scripts.capture_scripts import Side  # noqa: TC001 -- typer asks for it at run time


def script(side: Annotated[Side, typer.Argument(metavar="host|guest|windows", show_default=False, hidden=True)]) -> None:
    """Print the script that captures all that is needed.

        reconcile script host > host.sh           for ESXi; there: sh host.sh
        reconcile script guest > guest.sh         for Linux; there: sh guest.sh
        reconcile script windows > windows.ps1    for Windows, in PowerShell

    A script only reads, and leaves one file, which is a CAPTURE.
    """
    from reconcile.scripts.capture_scripts import script as text_of  # noqa: PLC0415 -- --help and --version need none of it

    # As bytes, for a shell does not read the line ends that Windows would make of them.
    typer.echo(text_of(side).encode(), nl=False)


def formats() -> None:
    """List the commands whose output can be read."""
    from reconcile.parsers.registry import PARSERS  # noqa: PLC0415

    for parser in PARSERS:
        typer.echo(f"{parser.name:<11} {parser.where:<12} {parser.reads}\n{'':<24} for example: {parser.command}")

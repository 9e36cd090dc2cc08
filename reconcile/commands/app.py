"""The command line: the commands, each in a file of its own. Data goes to stdout, words to stderr."""

from __future__ import annotations

import os
from typing import Annotated, NoReturn

import typer

from reconcile.base.version import __version__
from reconcile.commands.check import check
from reconcile.commands.diff import diff
from reconcile.commands.docs import docs
from reconcile.commands.exit import run, run_as_program
from reconcile.commands.explain import explain
from reconcile.commands.help_text import register
from reconcile.commands.parse import parse
from reconcile.commands.report import report
from reconcile.commands.script import formats, script
from reconcile.commands.verify import verify

app = typer.Typer(
    name="reconcile",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=True,
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


for _command in (report, check, script, explain, diff, verify, parse, formats, docs):
    register(app, _command)


def main() -> NoReturn:
    """Run the command line in a process that goes on."""
    run(app)


def program() -> NoReturn:
    """Run the command line as a program of its own."""
    # What is done with numbers here is no linear algebra, and its threads would keep this process from being copied.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run_as_program(app)

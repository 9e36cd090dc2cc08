"""The options that several commands have in common, beside those of reading."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

CaptureArguments = Annotated[
    # Hidden, for typer would show a type in Python's words; each command says what a CAPTURE is in its own.
    list[str], typer.Argument(metavar="CAPTURE", show_default=False, hidden=True)
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Data alone: no summary, no word of what was not read.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace outputs that exist.")]


class Format(StrEnum):
    """How tables are printed."""

    CSV = "csv"
    JSON = "json"


def table_names(incomplete: str) -> list[str]:
    """Return the names of tables that begin so, for shells that complete."""
    from reconcile.results import schema  # noqa: PLC0415 -- --help and --version need none of it

    return [spec.name for spec in schema.ALL if spec.name.startswith(incomplete)]


def rule_names(incomplete: str) -> list[str]:
    """Return the names of rules that begin so, for shells that complete."""
    from reconcile.findings.rules import RULES  # noqa: PLC0415 -- as above

    return [rule.name for rule in RULES if rule.name.startswith(incomplete)]

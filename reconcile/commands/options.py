"""The options that several commands have in common."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from reconcile.base.limits import BY_SIZE

CaptureArguments = Annotated[
    # Hidden, for typer would show a type in Python's words; each command says what a CAPTURE is in its own.
    list[str], typer.Argument(metavar="CAPTURE", show_default=False, hidden=True)
]
SiteOption = Annotated[str | None, typer.Option("--site", metavar="NAME", help="The site's name. [default: the only CAPTURE's name]")]
SitesOption = Annotated[bool, typer.Option("--sites", help="Each CAPTURE is a site of its own, named after it.")]
MachinesOption = Annotated[
    str | None, typer.Option("--machines", metavar="FILE", help="A CSV, pattern,machine: whose the sources are, overruling what they say.")
]


def _limit(name: str, unit: str, most: int, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(f"--max-{name}", metavar=unit, min=1, max=most, help=text)
    return option


MaxFile = Annotated[int, _limit("file", "MIB", 1 << 20, "A file, or an archive's member, at most.")]
MaxArchive = Annotated[int, _limit("archive", "MIB", 1 << 20, "What one archive unpacks to, at most.")]
MaxRun = Annotated[int, _limit("run", "MIB", 1 << 20, "What all archives unpack to, at most.")]
MaxMembers = Annotated[int, _limit("members", "N", 10**9, "Members of one archive, at most.")]
MaxRatio = Annotated[int, _limit("ratio", "N", 10**9, "Times its size that a stream may unpack to.")]
MaxDepth = Annotated[int, _limit("depth", "N", 10, "Archives in archives, at most.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Data alone: no summary, no word of what was not read.")]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        max=512,
        show_default=False,
        callback=lambda workers: workers or BY_SIZE,
        help="Processes that read, and write a long CSV. [default: several for thousands of files]",
    ),
]
DaskOption = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Read on this Dask cluster, whose workers see the same files; tcp://HOST:PORT."),
]


class Format(StrEnum):
    """How tables are printed."""

    CSV = "csv"
    JSON = "json"

"""``reconcile check``: what is missing or unreadable, before you leave the site."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from reconcile.base.limits import DEFAULT, MIB, Limits
from reconcile.commands.exit import put
from reconcile.commands.options import (  # noqa: TC001 -- typer asks for them at run time
    CaptureArguments,
    DaskOption,
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


class Form(StrEnum):
    """How the advice is printed."""

    TEXT = "text"
    JSON = "json"


def check(  # noqa: PLR0913 -- one argument an option
    captures: CaptureArguments,
    *,
    form: Annotated[Form, typer.Option("--format", help="For people, or for programs.")] = Form.TEXT,
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
    """Tell what is missing, cut or unreadable before you leave the site, and the command that gives it.

    A CAPTURE is a file, a folder (walked) or an archive of saved command output, or - for standard input. Exit 0 if a report would
    need nothing more, 1 if something is missing, 2 if something could not be read; with -q that alone.
    """
    from reconcile.findings.advice.advise import advise_each  # noqa: PLC0415 -- --help and --version need none of it
    from reconcile.findings.advice.shown import shown  # noqa: PLC0415
    from reconcile.results.fleet import each_result  # noqa: PLC0415

    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    advice = advise_each(
        each_result(*captures, site=site, sites=sites, machines=machines, limits=limits, workers=workers, dask=dask, keep=False)
    )
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

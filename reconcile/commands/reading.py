"""How captures are read: the options that most commands have in common, said once."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from reconcile.base.limits import BY_SIZE, DEFAULT, MIB, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_LIMITS = "Limits"


def _limit(name: str, unit: str, most: int, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(f"--max-{name}", metavar=unit, min=1, max=most, help=text, rich_help_panel=_LIMITS)
    return option


class Reading(NamedTuple):
    """What the options say of how captures are read; the fields are the arguments of the functions that read."""

    site: str | None
    sites: bool
    machines: str | None
    limits: Limits
    workers: int | None
    dask: str | None


def _reading(  # noqa: PLR0913 -- one argument an option
    *,
    site: Annotated[str | None, typer.Option("--site", metavar="NAME", help="The site's name. [default: the only CAPTURE's name]")] = None,
    sites: Annotated[bool, typer.Option("--sites", help="Each CAPTURE is a site of its own, named after it.")] = False,
    machines: Annotated[
        str | None,
        typer.Option("--machines", metavar="FILE", help="A CSV, pattern,machine: whose the sources are, overruling what they say."),
    ] = None,
    workers: Annotated[
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
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Read on this Dask cluster, whose workers see the same files; tcp://HOST:PORT."),
    ] = None,
    max_file: Annotated[int, _limit("file", "MIB", 1 << 20, "A file, or an archive's member, at most.")] = DEFAULT.member_bytes // MIB,
    max_archive: Annotated[int, _limit("archive", "MIB", 1 << 20, "What one archive unpacks to, at most.")] = DEFAULT.archive_bytes // MIB,
    max_run: Annotated[int, _limit("run", "MIB", 1 << 20, "What all archives unpack to, at most.")] = DEFAULT.run_bytes // MIB,
    max_members: Annotated[int, _limit("members", "N", 10**9, "Members of one archive, at most.")] = DEFAULT.members,
    max_ratio: Annotated[int, _limit("ratio", "N", 10**9, "Times its size that a stream may unpack to.")] = DEFAULT.ratio,
    max_depth: Annotated[int, _limit("depth", "N", 10, "Archives in archives, at most.")] = DEFAULT.depth,
) -> Reading:
    limits = Limits(max_file * MIB, max_archive * MIB, max_run * MIB, max_members, max_ratio, max_depth)
    return Reading(site, sites, machines, limits, workers, dask)


# Worked out once: each look at these annotations takes half a millisecond, which --help would feel.
_OPTIONS = inspect.signature(_reading, eval_str=True).parameters


def reads_captures(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command the options of reading in the place of its parameter `reading`, but for those that it declares itself."""
    own = inspect.signature(command, eval_str=True).parameters
    shared = [parameter for name, parameter in _OPTIONS.items() if name not in own and name not in without]
    parameters = [parameter for name, parameter in own.items() if name != "reading"] + shared

    @wraps(command)
    def called(**values: object) -> None:
        read = {parameter.name: values.pop(parameter.name) for parameter in shared}
        command(**values, reading=_reading(**read))  # type: ignore[arg-type]

    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called

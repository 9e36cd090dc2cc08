"""Captures read: from paths to tables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError
from reconcile.base.garbage_collection import uncollected
from reconcile.base.limits import DEFAULT, Limits
from reconcile.capture import sources
from reconcile.capture.compressed_streams import Meter
from reconcile.capture.read_all import read_all
from reconcile.inventory.site import gather
from reconcile.machines.machines_file import read_overrides
from reconcile.results.captures import Captures
from reconcile.results.usable import Usable, options_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.capture.read_all import Progress


@uncollected()
def read(  # noqa: PLR0913 -- one argument a choice
    *paths: str | os.PathLike[str],
    site: str | None = None,
    sites: bool = False,
    machines: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT,
    keep: bool = True,
    progress: Progress | None = None,
    workers: int | None = None,
    dask: str | None = None,
) -> Captures:
    """Read captures: files, folders, archives, or ``-`` for standard input.

    >>> captures = read("samples/site")
    >>> sorted(set(captures.dimms["guest"]))
    ['app02', 'db01', 'db02', 'web03']

    `machines` is a CSV file with the header ``pattern,machine`` that overrules whose captures these are. `limits` bound what is
    read of files and archives; what is beyond them is refused and said so. The sources' bytes stay in memory, so that the page can show
    their lines; without `keep` they do not, and there is no page. `progress` is called with what is being done, how many are done,
    and how many there are. `workers` is how many processes read; 0 is one for each processor where thousands of files are. Unsaid,
    it is so only where a process can be copied, on Linux and before any thread was started: elsewhere each runs the script anew, which
    needs ``if __name__ == "__main__":``. The same comes out whatever their number. `dask` is the address of a Dask cluster that reads
    instead; its workers must see the same files.

    Raises `CaptureError` where a path is not there, or nothing in any of them is output that this tool reads.
    """
    arguments = checked_arguments(paths, workers)
    overrides = read_overrides(machines) if machines is not None else None
    found = sources.locate(arguments, site=site, sites=sites)
    meter = Meter(limits, keep=keep)
    outcomes = read_all(found, meter, workers=workers, dask=dask, progress=progress)
    options = options_of(sites=sites, overrides=overrides, limits=limits)
    captures = Captures(gather(outcomes, overrides or ()), tuple(sources.expanded(arguments)), meter.kept, options)
    usable = Usable(arguments)
    usable.see(outcomes)
    usable.check()
    return captures


def checked_arguments(paths: Iterable[object], workers: int | None) -> list[str]:
    """Return the arguments of `read` as text; raises `CaptureError` for what names no file, and for a number of processes that is none."""
    arguments = [_path(path) for path in paths]
    if workers is not None and workers < 0:
        message = f"workers={workers} is no number of processes. Give 1 or more, or 0 for one a processor."
        raise CaptureError(message)
    return arguments


def _path(path: object) -> str:
    """Return an argument of `read` as text; raises `CaptureError` for what names no file."""
    if isinstance(path, str | os.PathLike):
        name = os.fspath(path)
        if isinstance(name, str):
            return name
    hint = (
        "Give its parts one by one: read(*paths)."
        if isinstance(path, list | tuple | set)
        else "Write what it holds to a file, and name that."
    )
    message = f"A CAPTURE is the path of a file or folder, and not {type(path).__name__}. {hint}"
    raise CaptureError(message)

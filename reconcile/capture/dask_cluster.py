"""A Dask cluster that reads chunks of sources in place of this machine's processes. Its workers must see the same files.

This is the one place that makes a connection, and only to the address that the user names.
"""

from __future__ import annotations

import os
import re
from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError
from reconcile.base.printable import visible
from reconcile.base.version import __version__
from reconcile.capture.chunks import Bounds, cut, read_chunk
from reconcile.capture.sources import visible_path
from reconcile.capture.workers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor, Future

    from distributed import Client

    from reconcile.base.limits import Limits
    from reconcile.capture.chunks import Chunk
    from reconcile.capture.sources import Source

# A task costs some 3 ms of the scheduler's time, so one should be worth a hundred times that.
BOUNDS = Bounds(4096, 4 << 20)
# Chunks on their way at once, for each thread of the cluster: enough that none waits, few enough that the answers stay few in memory.
_AHEAD = 3
_PATIENCE = 30
# As tcp://10.0.0.1:8786 is one, or tls://[fe80::1]:8786.
_ADDRESS = re.compile(r"[a-z]+://[^\s/]+:[0-9]+")


class Cluster:
    """The cluster at an address."""

    def __init__(self, address: str, limits: Limits, *, keep: bool) -> None:
        self._address = address
        self._limits = limits
        self._keep = keep

    def read(self, files: Sequence[tuple[int, Source]]) -> Iterator[Answer]:
        """Give each chunk with its answer, in the order in which they are done. Raises `CaptureError` where the cluster cannot do it."""
        if not files:
            return
        client = _connected(self._address)
        try:
            _check(client, files)
            threads = sum(client.nthreads().values())
            with client.get_executor(pure=False) as executor:
                yield from self._answers(executor, list(cut(files, BOUNDS.files)), threads * _AHEAD)
        finally:
            client.close()

    def _answers(self, executor: Executor, pending: list[Chunk], most: int) -> Iterator[Answer]:
        from distributed import KilledWorker  # noqa: PLC0415 -- as below

        pending.reverse()
        running: dict[Future[bytes], Chunk] = {}
        try:
            while pending or running:
                while pending and len(running) < most:
                    chunk = pending.pop()
                    running[executor.submit(read_chunk, chunk.files, self._limits, keep=self._keep, most=BOUNDS.bytes)] = chunk
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    chunk = running.pop(future)
                    error = future.exception()
                    if not isinstance(error, KilledWorker):
                        done, data, rest = chunk.after(future.result(), 1 if pending else most)
                        pending.extend(reversed(rest))
                        yield Answer(done, data)
                    elif chunk.is_suspect:
                        yield Answer(chunk, None, "on the cluster, again and again")
                    else:
                        pending.extend(chunk.apart())
        finally:
            for future in running:
                future.cancel()


def _connected(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415 -- only whoever has a cluster has it
    except ImportError:
        message = "--dask needs the package distributed, which is not installed. Install vpmem-reconcile[dask], or leave --dask out."
        raise CaptureError(message) from None
    if not _ADDRESS.fullmatch(address):
        # distributed would say so, and leave a traceback behind.
        message = f"'{visible(address)}' is no address of a Dask scheduler. Give one such as tcp://10.0.0.1:8786."
        raise CaptureError(message)
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"No Dask scheduler answers at '{address}' ({error}). Check the address, such as tcp://10.0.0.1:8786, and that it runs."
        raise CaptureError(message) from error


def _check(client: Client, files: Sequence[tuple[int, Source]]) -> None:
    """Raise `CaptureError` unless each worker is of this version, and sees the first file of each CAPTURE as it is here."""
    firsts = list({source.argument: source for _, source in reversed(files)}.values())
    here = [_size(source.file) for source in firsts]
    try:
        found = client.run(_seen, [source.file for source in firsts])
    except (ImportError, AttributeError) as error:
        message = f"The workers of the cluster cannot run this tool ({error}). Install vpmem-reconcile {__version__} on each of them."
        raise CaptureError(message) from error
    if not found:
        message = "The Dask cluster has no workers. Start some, or leave --dask out."
        raise CaptureError(message)
    for worker, (version, sizes) in sorted(found.items()):
        if version != __version__:
            message = f"The worker {worker} has vpmem-reconcile {version}, and this is {__version__}. Install the same on both."
            raise CaptureError(message)
        for source, one, other in zip(firsts, here, sizes, strict=True):
            if one != other:
                message = (
                    f"The worker {worker} does not see '{visible_path(source.file)}' as it is here. Put the captures on storage that all "
                    "workers share, under the same path, or leave --dask out."
                )
                raise CaptureError(message)


def _seen(files: Sequence[str]) -> tuple[str, list[int]]:
    return __version__, [_size(file) for file in files]


def _size(file: str) -> int:
    """Return a file's size, -1 where it cannot be read."""
    try:
        return os.stat(file).st_size if os.access(file, os.R_OK) else -1  # noqa: PTH116 -- strings all the way
    except OSError:
        return -1

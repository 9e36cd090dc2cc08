"""How a run of the command line ends: what goes wrong is one sentence and an exit code that means something."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import textwrap
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import typer

from reconcile.base.errors import EXIT_FINDINGS, EXIT_INTERRUPTED, EXIT_TROUBLE, ReconcileError
from reconcile.base.garbage_collection import uncollected
from reconcile.base.printable import visible
from reconcile.base.windows import is_closed_pipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.capture.sources import Source


def say(lines: Iterable[str]) -> None:
    """Write lines to standard error, where there is one; on a terminal broken at words."""
    for line in lines:
        if sys.stderr is not None:
            sys.stderr.write(f"{broken_at_words(line) if sys.stderr.isatty() else line}\n")


def broken_at_words(line: str) -> str:
    """Break a line where it meets the terminal's edge; a word that is longer, as a path is, stays whole."""
    label = _LABEL.match(line)
    hanging = " " * (label.end() if label else 0)
    width = shutil.get_terminal_size().columns
    return textwrap.fill(line, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


# What goes on stands below the text: "  left over 3: 2 contradicted ..."
_LABEL = re.compile(r" {2}[a-z0-9 ]{9} | {2}-> | *")


def say_refused(refused: Sequence[Source]) -> None:
    """Name the sources that could not be read, the first few of many."""
    say(f"not read: {source.label}: {source.note}" for source in refused[:_MOST_NAMED])
    if len(refused) > _MOST_NAMED:
        say([f"not read: {len(refused) - _MOST_NAMED:,} more; see the table sources"])


_MOST_NAMED = 10


def put(pieces: Iterable[str]) -> None:
    """Write text to standard output, where there is one."""
    for piece in pieces:
        if sys.stdout is not None:
            sys.stdout.write(piece)


def put_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output; on a terminal broken at words, but for captured text, which is indented by four and stays."""
    is_watched = sys.stdout is not None and sys.stdout.isatty()
    put(f"{broken_at_words(line) if is_watched and not line.startswith('    ') else line}\n" for line in lines)


def run(app: typer.Typer) -> NoReturn:
    """Run the command line. What goes wrong ends in one sentence and exit 2, never in a traceback."""
    try:
        # A name that the terminal cannot show is shown escaped; data is UTF-8 wherever it goes, and has the
        # same line ends everywhere: Windows would write CR LF for each LF, and CR CR LF where CR LF is meant.
        if sys.stdout is not None:
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]
        if sys.stderr is not None:
            sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        with uncollected():
            code = _run(app)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ReconcileError as error:
        code = _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except OSError as error:
        code = _failed_write(error)
    except Exception as error:  # noqa: BLE001 -- the last line of defence
        code = _failed_usage(error) or _fail(_bug(error), EXIT_TROUBLE)
    if code == EXIT_INTERRUPTED:
        _fail("interrupted; nothing was left half-written", code)
    sys.exit(code)


def _failed_write(error: OSError) -> int:
    """Say what the system refused; of a reader that has had enough, nothing."""
    if is_closed_pipe(error):
        # Python would complain once more at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_TROUBLE
    return _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}. Make room or give rights", EXIT_TROUBLE)


# What is kept to the end of a process that is this program and nothing else.
_held: list[object] | None = None


def hold(thing: object) -> None:
    """Keep a thing that nobody needs any more, where the process ends soon: a fleet's facts take a quarter of a second to take apart."""
    if _held is not None:
        _held.append(thing)


def run_as_program(app: typer.Typer) -> NoReturn:
    """Do what `run` does in a process that is there for nothing else, and end it without taking apart what it holds."""
    global _held  # noqa: PLW0603 -- there is one process
    _held = []
    try:
        run(app)
    except SystemExit as ended:
        if threading.active_count() > 1 or not isinstance(ended.code, int):
            raise
        atexit._run_exitfuncs()  # noqa: SLF001 -- as at the end of any process
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                if stream is not None:
                    stream.flush()
        os._exit(ended.code)


def _run(app: typer.Typer) -> int:
    """Let typer read the command line. It ends the process itself where a pipe broke, with a code that means something else here."""
    try:
        code = app(standalone_mode=False, prog_name="reconcile") or 0
    except SystemExit as ended:
        if ended.code == 1:
            raise BrokenPipeError from ended
        raise
    if code == EXIT_FINDINGS and {"--show-completion", "--install-completion"} & set(sys.argv[1:2]):
        message = "Completion is for bash, zsh, fish and PowerShell, and this shell is none of them. Start one of them, and ask there."
        raise ReconcileError(message)
    return int(code)


def _failed_usage(error: Exception) -> int:
    """Say what is wrong with the command line; 0 where that is not it."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show(file=sys.stderr)  # type: ignore[attr-defined]
        return EXIT_TROUBLE
    from reconcile.commands.usage import usage_message  # noqa: PLC0415 -- only where something is wrong

    message = usage_message(error)
    return _fail(message, EXIT_TROUBLE) if message else 0


def _bug(error: Exception) -> str:
    if os.environ.get("RECONCILE_DEBUG"):
        raise error
    return f"this is a bug: {type(error).__name__}: {error}. Please report it; RECONCILE_DEBUG=1 shows where it happened"


def _fail(message: str, code: int) -> int:
    say([f"reconcile: {visible(message)}"])
    return code

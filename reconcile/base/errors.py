"""What can go wrong by the user's hand, each with its exit code."""

from __future__ import annotations

EXIT_RECONCILED = 0
EXIT_FINDINGS = 1
EXIT_TROUBLE = 2
EXIT_INTERRUPTED = 130


class ReconcileError(Exception):
    """The job cannot be done as asked.

    The message is one sentence that says what is wrong, and one that says what to do. Nothing has been written.
    """

    exit_code = EXIT_TROUBLE


class CaptureError(ReconcileError):
    """A CAPTURE argument is missing, unreadable, or holds nothing that this tool reads."""


class OutputError(ReconcileError):
    """An output cannot be written where it was asked for."""


NOT_HELD = (
    "These sites were read one at a time and are not held any more. To look into them, read them with reconcile.read(..., sites=True)."
)

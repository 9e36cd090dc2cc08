"""Whether anything came of reading, and what was asked for beyond the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.base.errors import CaptureError
from reconcile.capture import sources
from reconcile.findings.checker import count
from reconcile.machines.machines_file import overrides_digest
from reconcile.parsers.registry import PLUGGED_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.base.limits import Limits
    from reconcile.machines.machines_file import Override


class Usable:
    """Sees what came of sources, and tells whether any of it is of use."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments
        self._refused: sources.Source | None = None
        self._is_any_read = self._is_any_recognised = False

    def see(self, outcomes: Iterable[sources.Outcome]) -> None:
        """Take note of what came of some sources."""
        for source, reading in outcomes:
            if reading:
                self._is_any_read = True
                self._is_any_recognised = self._is_any_recognised or reading.ledger.recognised > 0
            elif self._refused is None and source.status == "refused":
                self._refused = source

    def check(self) -> None:
        """Raise `CaptureError` where nothing is output that this tool reads."""
        if not self._is_any_recognised:
            raise CaptureError(self._nothing_usable())

    def _nothing_usable(self) -> str:
        names = self._arguments[:3]
        where = ", ".join("standard input" if name == sources.STDIN else f"'{sources.visible_path(name)}'" for name in names)
        if self._refused:
            refused = self._refused
            return f"Nothing in {where} could be read. {refused.label}: {refused.note}. Make it readable, or name other captures."
        if not self._is_any_read:
            return f"There is no file in {where}. Name files or folders that hold saved command output."
        return f"Nothing in {where} is output of a command that this tool reads. 'reconcile formats' lists those that it does."


def options_of(*, sites: bool, overrides: Sequence[Override] | None, limits: Limits) -> tuple[str, ...]:
    """Say what was asked for beyond the usual, which a report names; `overrides` are None where none were given."""
    told = ["--sites"] if sites else []
    if overrides is not None:
        told.append(f"--machines with {count(len(overrides), 'rule')}, SHA-256 {overrides_digest(overrides)}")
    return (*told, *limits.changed(), *(f"the plug-in parser {name}" for name in PLUGGED_IN))

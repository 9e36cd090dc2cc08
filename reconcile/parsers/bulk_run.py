"""A run of plain sections while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import Block, by_kind
from reconcile.transcript.sections import Run, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.facts.records import Record


class Growing:
    """A run while it grows."""

    def __init__(self, line: int, host: str) -> None:
        self._line = line
        self._host = host
        self.commands: list[str] = []
        self.prompts = 0
        self._blocks: list[Sequence[Record]] = []
        self._single: list[Record] = []

    def add(self, blocks: Sequence[Sequence[Record]]) -> None:
        """Add facts."""
        for block in blocks:
            if isinstance(block, Block) or len(block) > 1:
                self._blocks.append(block)
            else:
                self._single += block

    def taken(self, line: int, shown: str, went: str | None) -> Taken | None:
        """Return the run with what stands around it, None where nothing was added; for the arguments see `Taken`."""
        if not self.commands:
            return None
        commands = tuple(dict.fromkeys("\n".join(self.commands).split("\n")))
        run = Run(self._line, self._host, commands, self.prompts, (*self._blocks, *by_kind(self._single)))
        return Taken(run, line - self._line, shown, went)

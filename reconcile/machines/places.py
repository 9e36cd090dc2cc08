"""Where facts are from: the source, the machine, the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reconcile.facts.source_reading import AnyReading
    from reconcile.machines.naming import Machine


class Fact(NamedTuple):
    """What is true of all facts of one part: the index of its source, its machine, whether its prompt was lost, and the part's line."""

    source: int
    machine: Machine
    lost: bool
    line: int


class SourceOf(NamedTuple):
    """One source of a site: its label, its path below its CAPTURE, what was read of it, and that CAPTURE."""

    label: str
    path: str
    reading: AnyReading
    argument: str = ""


class Place(NamedTuple):
    """Where something was seen: the source's index, and the line."""

    source: int
    line: int

"""What a command of the vocabulary is: how its output is known, and what reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.facts.records import Parsed
    from reconcile.parsers.answered import Kind
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section


@dataclass(frozen=True, slots=True, eq=False)
class Parser:
    """One command of the vocabulary.

    `runs` tells from a command's words whether its output is for this parser, `starts` from a line whether an answer may begin
    there where no command is known, and `parse` reads a section. `command` is what to type to get such a capture. Where several see an
    answer begin, only those need try whose answers hold one of their `marks`. `without_facts` are the kinds of lines, by name, that it may recognise
    without making a record of them: see `reconcile.parsers.kinds`.
    """

    name: str
    where: str
    command: str
    reads: str
    runs: Callable[[Simple], bool]
    starts: Callable[[str], bool]
    parse: Callable[[Section], Parsed]
    without_facts: Mapping[str, Kind]
    marks: tuple[str, ...] = ()

"""``pwd``: the directory that the prompt may not show. What it means for paths is `reconcile.transcript.split`'s to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.facts.records import Parsed
from reconcile.parsers.parser import Parser

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section


def runs(simple: Simple) -> bool:
    """Tell whether this command prints the working directory."""
    return simple.name == "pwd"


def starts(line: str) -> bool:  # noqa: ARG001 -- every parser is asked
    """Tell whether an answer may begin on this line; a bare path could be anything."""
    return False


def parse(section: Section) -> Parsed:
    """Recognise the one line that the command prints."""
    noise = tuple(number for number, line in section.numbered() if not line.strip())
    rest = [number for number, line in section.numbered() if line.strip()]
    answered = bool(rest) and rest[0] == section.first and section.lines[0].startswith("/")
    return Parsed((), noise, tuple(rest[1:] if answered else rest))


PARSER = Parser(
    name="pwd",
    where="host, guest",
    command="pwd",
    reads="the working directory, where a prompt does not show it",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={"the directory, which is in the names of what was asked there": r"/"},
)

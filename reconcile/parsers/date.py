"""``date``: when, by the machine's own clock. Text as printed; whose clock is right nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Parsed, Record, Said
from reconcile.parsers.parser import Parser

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# Sun Nov 22 10:12:13 UTC 2026        Sun 22 Nov 2026 10:12:13 AM CET        2026-11-22T10:12:13+00:00        2026-11-22 10:12:13 UTC
_TIME = re.compile(
    r"(?:[A-Z][a-z]{2},? +)?(?:[A-Z][a-z]{2} +[0-9]{1,2}|[0-9]{1,2} +[A-Z][a-z]{2}(?: +[0-9]{4})?),? +[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?: [AP]M)?"
    r"(?: +[A-Z+-][A-Z0-9:+-]{0,9})?(?: +[0-9]{4})?$"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)? ?(?:Z|UTC|[A-Z]{3,5}|[+-][0-9]{2}:?[0-9]{2})?$"
)
_LONGEST = 80


def runs(simple: Simple) -> bool:
    """Tell whether this command prints the time."""
    return simple.name == "date" and not {"-s", "--set"}.intersection(simple.words)


def starts(_: str) -> bool:
    """Tell whether an answer may begin on this line: never, for logs are full of times."""
    return False


def parse(section: Section) -> Parsed:
    """Read the one time that the command prints."""
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        text = line.strip()
        if not text:
            noise.append(number)
        elif not records and len(text) <= _LONGEST and _TIME.match(text):
            records.append(Said(number, "time", text))
        else:
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


PARSER = Parser(
    name="date",
    where="host, guest",
    command="date -u",
    reads="the machine's clock",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={},
)

"""What a parser may recognise without making a record of it: each names the kinds of such lines.

A line of an answer counts as recognised only if a record stands on it, or if it is of one of these kinds: it can hold no fact (a heading, a
rule, a total), or what it says is in a record that stands on another line (a field of an object, the end of a row that a terminal broke). All
else that a parser takes and says nothing of was swallowed: it is unread, whatever the parser thinks. See `swallowed`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from reconcile.parsers.answered import NOTHING, Answered, Kind, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reconcile.facts.records import Parsed
    from reconcile.parsers.parser import Parser
    from reconcile.transcript.sections import Section


def swallowed(parser: Parser, section: Section, parsed: Parsed) -> list[int]:
    """Return the lines that a parser recognised, and which have no record and are of no kind that it may take so."""
    answered = Answered(section, parsed)
    alike, telling = _told_by(parser)
    left = [number for number in answered.unsaid() if not alike(answered.text(number))]
    return [number for number in left if not any(tells(answered, number) for tells in telling)]


@cache
def _told_by(parser: Parser) -> tuple[Callable[[str], object], list[Callable[[Answered, int], bool]]]:
    """Return what matches a line of any kind that has a pattern, and what tells those of the other kinds."""
    kinds = parser.without_facts.values()
    patterns = [f"(?:{kind})" for kind in kinds if isinstance(kind, str)]
    return re.compile("|".join(patterns) or "(?!)").match, [kind for kind in kinds if not isinstance(kind, str)]


def said_by_record(pattern: str) -> Kind:
    """Return the kind of a line whose values, the pattern's groups, are each in a record."""
    matches = re.compile(pattern).match

    def is_said(answered: Answered, number: int) -> bool:
        found = matches(answered.text(number))
        return found is not None and all(answered.says(value) or answered.begins(number, value) for value in found.groups() if value)

    return is_said


def broken_row(pattern: str) -> Kind:
    """Return the kind of the end of a row that a terminal broke: no row begins there as the pattern says."""
    begins = re.compile(pattern).match
    return lambda answered, number: answered.is_below_widest(number) and not begins(answered.text(number))


# JSON

#     "dev":"nmem0",        {"name":"sda", "serial":null}
MEMBER = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:\s*("(?:[^"\\]|\\.)*"|[^\s,\]}\[{]*)')
ELEMENTS = re.compile(r'\s*(?:(?:"(?:[^"\\]|\\.)*"|[^\s",\]}\[{:]+)(?:,\s*|\s*$))+$')
ELEMENT = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s",\]}\[{:]+')


def json_value(text: str) -> str:
    """Return what a value of JSON says as text."""
    try:
        return str(json.loads(text)) if "\\" in text else text.strip('"')
    except ValueError:
        return text


def json_kinds(heads: Collection[str], fields: Collection[str] = (), lists: Collection[str] = ()) -> dict[str, Kind]:
    """Return the kinds of lines of JSON. A record stands on the line of each of its `heads`; `fields` and elements of `lists` are in records."""

    def is_member(answered: Answered, number: int) -> bool:
        members = MEMBER.findall(answered.text(number))
        if not members or any(key in heads and squeezed(json_value(value)) not in NOTHING for key, value in members):
            return False
        return all(key not in fields or not value.startswith('"') or answered.says(json_value(value)) for key, value in members)

    def is_element(answered: Answered, number: int) -> bool:
        text = answered.text(number)
        if not ELEMENTS.match(text) or all(answered.says(json_value(value)) for value in ELEMENT.findall(text)):
            return ELEMENTS.match(text) is not None
        inside = next((members[-1][0] for line in answered.above(number) if (members := MEMBER.findall(line))), "")
        return inside not in lists

    others = "|".join((*heads, *fields))
    return {
        "a bracket": r"[\s\[\]{},]*$",
        "a member that no table has, on a line of its own": rf'\s*"(?!(?:{others})")[^"\\:]{{1,80}}"\s*:\s*(?:"[^"\\]*"|[0-9a-z.]+|[\[{{])(?:,|\s*$)\s*$',
        "a member that no table has, or that is in the object's record": is_member,
        "an element of a list that no table has, or that is in a record": is_element,
    }


# Others


def is_end_of_row(answered: Answered, number: int) -> bool:
    """Tell whether a line is the end of what a record near it says: a terminal broke a row there."""
    return answered.ends_near(number, answered.text(number).strip().rpartition("/")[2])

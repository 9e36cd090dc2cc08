"""The vocabulary: which commands' output this tool reads. A new one is a file beside this one and a line in `_VOCABULARY`.

Packages that are installed beside this one add theirs by the entry point ``reconcile.parsers``.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from reconcile.base.errors import ReconcileError
from reconcile.facts.records import Disputed, Parsed
from reconcile.parsers import ls, ndctl, vmkfstools
from reconcile.parsers.bulk_answers import Answers
from reconcile.parsers.bulk_sections import Forms
from reconcile.parsers.kinds import swallowed
from reconcile.parsers.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.transcript.command_lines import Command
    from reconcile.transcript.sections import Section


# One line a command, in the order in which they are told apart and listed. Each is a file beside this one, with a `PARSER`.
_VOCABULARY = (
    "ndctl",
    "vmkfstools",
    "descriptor",
    "df",
    "lsblk",
    "findmnt",
    "esxcli_filesystem",
    "esxcli_extents",
    "daxctl",
    "sysfs",
    "scsi_id",
    "dmidecode",
    "powershell",
    "vmkfstools_volume",
    "vm_list",
    "vmx",
    "by_id",
    "ls",
    "find_list",
    "hostname",
    "pwd",
    "date",
    "sha256sum",
)
GROUP = "reconcile.parsers"


def _plugged_in() -> Iterator[Parser]:
    """Give the parsers of packages that are installed beside this one; raises `ReconcileError` for what is none."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            parser = point.load()
        except Exception as error:
            message = (
                f"The plug-in '{point.name}' ({point.value}) cannot be loaded: {type(error).__name__}: {error}. Mend it or uninstall it."
            )
            raise ReconcileError(message) from error
        if not isinstance(parser, Parser):
            message = f"The plug-in '{point.name}' ({point.value}) is no reconcile.parsers.parser.Parser. Mend it or uninstall it."
            raise ReconcileError(message)
        yield parser


def _all() -> tuple[Parser, ...]:
    ours = [import_module(f"reconcile.parsers.{name}").PARSER for name in _VOCABULARY]
    found = {parser.name: parser for parser in ours}
    for parser in _plugged_in():
        if parser.name in found:
            message = f"Two parsers are called '{parser.name}', and a plug-in's is one. Rename it or uninstall it."
            raise ReconcileError(message)
        found[parser.name] = parser
    return tuple(found.values())


PARSERS = _all()
# The names of those that packages beside this one added: a report that they read for says so.
PLUGGED_IN = tuple(parser.name for parser in PARSERS[len(_VOCABULARY) :])


def parsers_of(command: Command) -> tuple[Parser, ...]:
    """Return the parsers that claim a command line; none where its output is not in the vocabulary or of several commands."""
    if vmkfstools.runs_loop(command):
        return (_BY_NAME["vmkfstools"],)
    only = command.only()
    if only is None:
        return ()
    return tuple(parser for parser in PARSERS if parser.runs(only))


def is_outside(command: Command) -> bool:
    """Tell whether a command line prints, and nothing of what it prints is in the vocabulary."""
    if command.unclear or not command.prints or vmkfstools.runs_loop(command):
        return False
    return not any(parser.runs(simple) for parser in PARSERS for simple in command.simples)


def parsers_starting(line: str) -> tuple[Parser, ...]:
    """Return the parsers that see an answer begin on this line."""
    return _starting_known(line) if len(line) < _SHORT else _starting(line)


# Such as the brackets of JSON: the same few lines, over and over.
_SHORT = 16


# What begins in a quotation mark and is no member of JSON: disks' names, and cells of CSV.
_NO_JSON = (".vmdk", '","', '";"')


def _starting(line: str) -> tuple[Parser, ...]:
    first = line.lstrip()[:1]
    if first in {"}", "]"} or (first == '"' and not any(sign in line for sign in _NO_JSON)):
        # Most lines of most captures: the inside of JSON.
        return ()
    return tuple(parser for parser in PARSERS if parser.starts(line))


def answer_of(parser: Parser, section: Section) -> Parsed:
    """Let a parser read a section. A line that it takes without a record, and which is of no kind that may be taken so, it did not understand."""
    parsed = parser.parse(section)
    lost = swallowed(parser, section, parsed)
    return parsed._replace(not_understood=tuple(sorted((*parsed.not_understood, *lost)))) if lost else parsed


def parsed_by(claiming: tuple[Parser, ...], section: Section) -> Parsed:
    """Let the parsers that claim a section read it. What more than one of them finds something in, none is believed of."""
    if len(claiming) > 1:
        text = "\n".join(section.lines)
        claiming = tuple(parser for parser in claiming if not parser.marks or any(mark in text for mark in parser.marks)) or claiming
    if len(claiming) == 1:
        return answer_of(claiming[0], section)
    parsed = [(parser.name, answer_of(parser, section)) for parser in claiming]
    found = [(name, one) for name, one in parsed if one.records or one.owned]
    if not found:
        return min((one for _, one in parsed), key=lambda one: len(one.not_understood))
    everything = set(range(section.first, section.first + len(section.lines)))
    taken = [everything.difference(one.noise, one.not_understood) for _, one in found]
    if len(set().union(*taken)) < sum(len(lines) for lines in taken):
        disputed = Disputed(section.first, " and ".join(name for name, _ in found))
        return Parsed((disputed,), (), tuple(sorted(everything)))
    left = everything.difference(*taken)
    noise = left.intersection(*(one.noise for _, one in found))
    return Parsed(
        tuple(record for _, one in found for record in one.records),
        tuple(sorted(noise)),
        tuple(sorted(left - noise)),
        tuple(owned for _, one in found for owned in one.owned),
    )


_starting_known = lru_cache(maxsize=4096)(_starting)
PLAIN_ANSWERS = Answers([ndctl.PLAIN])
PLAIN_FORMS = Forms([vmkfstools.PLAIN, ls.PLAIN])
_BY_NAME = {parser.name: parser for parser in PARSERS}

"""``find`` that prints paths and runs nothing: which disks there are, in which folder.

A pattern has chosen what is shown, so no folder counts as listed whole.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from reconcile.facts.records import Entry, Failure, Parsed, Record
from reconcile.parsers.ls_names import Shown, shown_name
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_ACTIONS = frozenset({"-exec", "-execdir", "-ok", "-okdir", "-printf", "-ls", "-fprint", "-delete", "-print0", "-fprintf", "-fls"})
_LONGEST = 4096


def runs(simple: Simple) -> bool:
    """Tell whether this command is a find that prints a path a line."""
    return simple.name == "find" and not _ACTIONS.intersection(simple.words)


def starts(_: str) -> bool:
    """Tell whether an answer may begin on this line: never, for a path alone may be the name in front of an answer."""
    return False


def parse(section: Section) -> Parsed:
    """Read the paths that lie below one of the folders that the command names."""
    command = section.command
    tops = tuple(top for simple in command.simples if simple.name == "find" for top in _tops(simple.words))
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        if not line.strip():
            noise.append(number)
        elif is_failure(line.strip()):
            records.append(Failure(number, command.text, line.strip()))
        elif len(line) <= _LONGEST and any(line.rstrip() == top or line.startswith(f"{top.rstrip('/')}/") for top in tops):
            path, kind, certain = Shown(line, "", certain=True) if section.ending else shown_name(line, marked=False, alone=False)
            directory, name = posixpath.split(section.path(path))
            followed = section.is_followed(line)
            records.append(Entry(number, section.first, directory, name, kind, "", None, "", "", followed, certain))
        else:
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _tops(words: tuple[str, ...]) -> list[str]:
    """Return the folders that find begins at: ``.`` if none; of a pattern what stands in front of it."""
    tops: list[str] = []
    for word in words[1:]:
        if word.startswith(("-", "(", "!", "\\")):
            break
        tops.append(word.partition("*")[0].partition("?")[0].partition("[")[0].rpartition("/")[0] if set("*?[") & set(word) else word)
    return tops or ["."]


PARSER = Parser(
    name="find",
    where="host",
    command="find /vmfs/volumes -name '*.vmdk'",
    reads="paths, one a line",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={},
)

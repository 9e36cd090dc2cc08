"""``hostname``, ``uname -n`` and ``uname -a``: whose capture this is, in the machine's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Hostname, Parsed, Record
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# esx01.example.net
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$")
# Linux db01 6.1.0-56-amd64 #1 SMP ...        VMkernel esx01 7.0.3 #1 SMP Release build-19193900 ... x86_64 x86_64 x86_64 ESXi
_UNAME = re.compile(r"(?:Linux|VMkernel) ([A-Za-z0-9][A-Za-z0-9._-]{0,252}) [0-9]+\.[0-9]+\S* #")


def runs(simple: Simple) -> bool:
    """Tell whether this command prints the machine's name."""
    words = set(simple.words[1:])
    if simple.name == "hostname":
        return words <= {"-s", "-f", "--short", "--fqdn", "--long"}
    return simple.name == "uname" and bool(words & {"-a", "-n", "--all", "--nodename"})


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; a bare name could be anything."""
    return bool(_UNAME.match(line))


def parse(section: Section) -> Parsed:
    """Read the one name that the command prints."""
    only = section.command.only()
    bare = only is not None and "-a" not in only.words and "--all" not in only.words
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    for number, line in section.numbered():
        found = _UNAME.match(line)
        named = found[1] if found else line.strip() if bare and _NAME.match(line.strip()) else ""
        if not line.strip():
            noise.append(number)
        elif named and not records and not is_failure(line.strip()):
            records.append(Hostname(number, named, "uname" if found else "hostname"))
        else:
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


PARSER = Parser(
    name="hostname",
    where="host, guest",
    command="uname -a",
    reads="the machine's name: hostname, uname -n, uname -a",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={},
)

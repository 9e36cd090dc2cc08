"""``esxcli storage vmfs extent list``: which datastore's name is which volume id. The devices below it are no disks of virtual machines.

A volume of several extents stands on several lines. A name may hold blanks, so a row is known by its volume id. Source: output of ESXi
5.5 to 8 in VMware's own articles and in forums.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Failure, Parsed, Record, Volume
from reconcile.facts.volume_ids import is_volume_id
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# Volume Name  VMFS UUID                            Extent Number  Device Name           Partition
_HEADING = r"\s{0,200}Volume\s{1,9}Name\s{1,200}VMFS\s{1,9}UUID\s{1,200}Extent\s{1,9}Number\s{1,200}Device\s{1,9}Name\s{1,200}Partition\s*$"
_RULER = r"\s{0,200}-{2,}(?:\s{1,9}-{2,}){4}\s*$"
# datastore1   5f8b4c97-234dcc30-d982-54ea7418ec3f              0  mpx.vmhba0:C0:T0:L0           8
_ROW = re.compile(r"(?<!\S)([0-9a-f]{8}-[0-9a-f]{8}-\S{1,30})\s{1,200}[0-9]{1,4}\s{1,200}\S{1,255}\s{1,200}[0-9]{1,4}\s*$")
_LONGEST = 4096


def runs(simple: Simple) -> bool:
    """Tell whether this command lists extents. Of another form than text it is not read: no output of one is known."""
    words = [word for word in simple.words[1:] if not word.startswith("-")]
    return (
        simple.name in {"esxcli", "localcli"} and words == ["storage", "vmfs", "extent", "list"] and "--formatter" not in str(simple.words)
    )


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return re.match(_HEADING, line) is not None


def parse(section: Section) -> Parsed:
    """Read which name is which id, each once."""
    records: list[Record] = []
    rest: list[int] = []
    noise: list[int] = []
    begun = False
    for number, line in section.numbered():
        heading = re.match(_HEADING, line) is not None
        row = _ROW.search(line) if begun and len(line) <= _LONGEST else None
        if not line.strip():
            noise.append(number)
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif row and line[: row.start()].strip() and is_volume_id(row[1]):
            records.append(Volume(number, line[: row.start()].strip(), row[1]))
        elif (heading and begun) or not (heading or (begun and re.match(_RULER, line))):
            # One command prints one table; a second one lost its prompt.
            rest += [later for later, text in section.numbered() if later >= number and text.strip()] if heading else [number]
            if heading:
                break
        begun = begun or heading
    return Parsed(tuple(records), tuple(noise), tuple(rest))


PARSER = Parser(
    name="extents",
    where="host",
    command="esxcli storage vmfs extent list",
    reads="a datastore's name and volume id, a line an extent",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={"a heading": _HEADING, "a rule": _RULER},
)

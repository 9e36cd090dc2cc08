"""A disk's descriptor: the small text file ``vm.vmdk`` itself, shown by ``cat`` or searched by ``grep``. It holds the disk's UUID.

The file's name comes from the command, from ``grep -H``'s own prefix, or from the source's path where the source is the descriptor.
``ddb.longContentID`` and ``CID`` look like ids and change with every write; they are none. A snapshot's descriptor has no UUID.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Answer, Asked, DiskSize, Failure, Parsed, Record
from reconcile.parsers.parser import Parser
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.failures import is_failure
from reconcile.transcript.typed_paths import is_literal

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

# ddb.uuid = "60 00 C2 90 d1 69 8c d2-f6 65 3b 98 be 64 04 5e"        ./vm/a.vmdk:ddb.uuid = "60 00 ..."        a.vmdk:12:ddb.uuid = "60 00 ..."
_UUID = re.compile(
    r"\s*(?:(\S[^:]*\.vmdk)[: ] ?)?(?:[0-9]{1,6}[:-])?ddb\.uuid\s{0,4}=\s{0,4}\"((?:[0-9a-fA-F]{2}[ \t]{0,4}[ \t-]){15}[0-9a-fA-F]{2})\"\s*$"
)
# What cut, awk and their like leave of it:  "60 00 C2 90 d1 69 8c d2-f6 65 3b 98 be 64 04 5e"
_LEFT = re.compile(r"\s*(?:=\s*)?(?:ddb\.uuid\s+)?()\"?((?:[0-9a-fA-F]{2}[ -]){15}[0-9a-fA-F]{2})\"?\s*$")
# What else a search for "uuid" or "RW" finds: a.vmdk:ddb.uuid.image="..."        a.vmdk:18:RW 2097152 VMFS "a-flat.vmdk"
_BESIDE = re.compile(
    r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?(?:#.*|ddb\.[A-Za-z.]{1,60}\s?=.*|[A-Za-z]{2,40}\s?=\s?\S.*|(?:RW|RDONLY|NOACCESS) [0-9]{1,15} .*)$"
)
# RW 75497472 VMFS "gerrit-flat.vmdk"        sectors of 512 bytes
_EXTENT = re.compile(r"\s*RW ([0-9]{1,15}) ([A-Z]+) \"")
_FIRST_LINE = re.compile(r"\s*# Disk DescriptorFile\s*$")
_PARENT = re.compile(r"\s*parentFileNameHint ?=")
_KNOWN = re.compile(r"\s*(?:#.*|[A-Za-z][A-Za-z0-9._]* ?= ?.*|RW [0-9]+ .*|(?:RDONLY|NOACCESS) .*)$")
_READERS = frozenset({"cat", "head", "less", "more"})
_SEARCHERS = frozenset({"grep", "egrep", "fgrep", "zgrep", "sed", "awk"})
_SECTOR = 512


def runs(simple: Simple) -> bool:
    """Tell whether this command shows a descriptor, or searches one for its UUID."""
    if simple.name in _SEARCHERS:
        return any("ddb" in word for word in simple.words[1:]) or (
            any("uuid" in word.lower() for word in simple.words[1:]) and any(word.endswith(".vmdk") for word in simple.words[2:])
        )
    return simple.name in _READERS and any(word.endswith(".vmdk") for word in simple.words[1:])


def _file(simple: Simple) -> str:
    operands = [word for word in simple.words[1:] if not word.startswith("-")]
    return operands[0] if len(operands) == 1 and operands[0].endswith(".vmdk") and is_literal(operands[0]) else ""


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    return bool(_FIRST_LINE.match(line) or _UUID.match(line))


def parse(section: Section) -> Parsed:
    """Read the UUID, and the size that the extents make."""
    only = section.command.only()
    shown = _file(only) if only and only.name in _READERS else ""
    searched = [word for word in only.words[2:] if word.endswith(".vmdk") and is_literal(word)] if only and only.name in _SEARCHERS else []
    name = shown or (searched[0] if len(searched) == 1 else "")
    is_search = only is not None and only.name in _SEARCHERS
    whole = any(_FIRST_LINE.match(line) for line in section.lines)
    child = any(_PARENT.match(line) for line in section.lines)
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    size = answered = 0
    for number, line in section.numbered():
        found = _UUID.match(line) or (_LEFT.match(line) if is_search else None)
        extent = _EXTENT.match(line)
        if not line.strip():
            noise.append(number)
        elif found:
            # One file has one UUID; a second one in its output is of another file, and nothing says which.
            named = (found[1] or "").replace("\t", " ") or (name if not answered else "")
            answered += 1
            digits = "".join(found[2].split()).replace("-", "").lower()
            records.append(Answer.of(number, section.path(named) if named else "", digits, followed=section.is_followed(named)))
        elif is_failure(line.strip()):
            records.append(Failure(number, section.command.text, line.strip()))
        elif extent and whole:
            size += int(extent[1]) * _SECTOR
        elif not ((whole and _KNOWN.match(line)) or (is_search and _BESIDE.match(line))) or is_chatter(line):
            rest.append(number)
    if name and size and answered == 1 and not child:
        records.append(DiskSize(section.first, section.path(name), size, section.is_followed(name)))
    if shown and not answered and not child:
        records.append(Asked(section.prompt_line or section.first, section.path(shown), "", section.is_followed(shown)))
    return Parsed(tuple(records), tuple(noise), tuple(rest))


PARSER = Parser(
    name="descriptor",
    where="host",
    command="grep -H ddb.uuid *.vmdk",
    reads="a disk's descriptor: the .vmdk file itself, cat FILE.vmdk, grep ddb.uuid",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a remark": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?\s*#",
        "a setting that no table has": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?(?!ddb\.uuid\s{0,4}=)[A-Za-z][A-Za-z0-9._]{0,80}\s{0,4}=",
        "an extent, which makes the disk's size with the others": r"\s*(?:\S[^:]*\.vmdk:)?(?:[0-9]{1,6}[:-])?(?:RW|RDONLY|NOACCESS) [0-9]{1,15} ",
    },
)

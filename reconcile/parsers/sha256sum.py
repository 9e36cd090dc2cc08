"""Lists of SHA-256 sums that a site made over its files: ``sha256sum``, ``sha256sum --tag``, ``openssl``, PowerShell's ``Get-FileHash``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Parsed, Record, Sum
from reconcile.parsers.parser import Parser

if TYPE_CHECKING:
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_HEX = "[0-9a-fA-F]{64}"
# e3b0...b855  db01.txt        e3b0...b855 *db01.txt        \e3b0...b855  with\\backslash.txt
_SUM = re.compile(rf"(\\?)({_HEX}) [ *]?(\S.*)$")
# SHA256 (db01.txt) = e3b0...b855        \SHA256 (with\\backslash.txt) = e3b0...b855        SHA2-256(db01.txt)= e3b0...b855
_TAGGED = re.compile(rf"(\\?)SHA(?:2-)?256 ?\((.+)\) ?= ?({_HEX})$")
# Algorithm       Hash                                 Path
_HEADER = re.compile(r"Algorithm +Hash +Path\s*$")
# ---------       ----                                 ----
_RULE = re.compile(r"-+ +-+ +-+\s*$")
# SHA256          E3B0...B855                          C:\captures\db01.txt        and where the window was narrow C:\captures\d...
_ROW = re.compile(rf"SHA256 +({_HEX}) +(\S.*?)\s*$")
# Behind Export-Csv: "SHA256","E3B0...B855","C:\captures\db01.txt"
_CSV_HEADER = re.compile(r'"?Algorithm"?,"?Hash"?,"?Path"?$|#TYPE \S+$')
_CSV = re.compile(rf'"?SHA256"?,"?({_HEX})"?,"?(.*?)"?$')
# Algorithm : SHA256        Hash      : E3B0...B855        Path      : C:\captures\db01.txt        and what did not fit, below it
_ITEM = re.compile(r"(Algorithm|Hash|Path) +: (.*?)\s*$")
_MORE = re.compile(r" {12}(\S.*?)\s*$")
# sha256sum: guests: Is a directory        # a remark
_NOISE = re.compile(r"(?:sha256sum|shasum): .{1,400}: Is a directory$|#(?!TYPE)")
_ESCAPED = re.compile(r"\\[\\nr]")
_MEANT = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
_LONGEST = 8192


def runs(simple: Simple) -> bool:
    """Tell whether this command prints SHA-256 sums; with ``-c`` it only compares."""
    if {"-c", "--check"}.intersection(simple.words):
        return False
    if simple.name in {"shasum", "openssl"}:
        return bool({"256", "-a256", "-sha256", "sha256"}.intersection(simple.words))
    return simple.name.lower() in {"sha256sum", "sha256", "gsha256sum", "get-filehash"}


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line."""
    if line.startswith("Algorithm "):
        return bool(_HEADER.match(line)) or line.rstrip().endswith(": SHA256")
    return len(line) > _SHORTEST and (_SUM.match(line) is not None or _TAGGED.match(line) is not None)


_SHORTEST = 64


def parse(section: Section) -> Parsed:
    """Read a sum a line, or a block of lines that PowerShell's list has for each file."""
    records: list[Record] = []
    noise: list[int] = []
    rest: list[int] = []
    sha256 = ""
    listed = False
    padded = all(line != line.rstrip() for line in section.lines if line.strip())
    for number, line in section.numbered():
        # Where all lines end in blanks, a terminal did that, and they are no part of the names.
        found = _sum_of(number, line.rstrip() if padded else line)
        item = _ITEM.match(line)
        if found:
            records.append(found)
        elif not line.strip() or _NOISE.match(line) or _HEADER.match(line) or _RULE.match(line) or _CSV_HEADER.match(line):
            noise.append(number)
            listed = False
        elif item and (item[1] != "Hash" or re.fullmatch(_HEX, item[2])) and (item[1] != "Path" or sha256):
            sha256 = {"Algorithm": "", "Hash": item[2].lower()}.get(item[1], sha256)
            listed = item[1] == "Path"
            if listed:
                records.append(Sum(number, item[2], sha256, escaped=False))
        elif listed and _MORE.match(line) and isinstance(records[-1], Sum):
            records[-1] = records[-1]._replace(path=records[-1].path + line.strip())
        else:
            rest.append(number)
    return Parsed(tuple(records), tuple(noise), tuple(rest))


def _sum_of(number: int, line: str) -> Sum | None:
    """Read a line that holds a sum and a name."""
    if len(line) > _LONGEST or len(line) <= _SHORTEST:
        return None
    found = _SUM.match(line)
    if found:
        return Sum(number, _meant(found[3], found[1]), found[2].lower(), escaped=bool(found[1]))
    found = _TAGGED.match(line)
    if found:
        return Sum(number, _meant(found[2], found[1]), found[3].lower(), escaped=bool(found[1]))
    found = _ROW.match(line) or _CSV.match(line)
    return Sum(number, found[2], found[1].lower(), escaped=False) if found else None


def _meant(name: str, mark: str) -> str:
    r"""Return a name that a backslash in front of its line says to be escaped: ``\n`` is a line feed."""
    return _ESCAPED.sub(lambda found: _MEANT[found[0]], name) if mark else name


PARSER = Parser(
    name="sha256sum",
    where="anywhere",
    command="sha256sum *",
    reads="sums of the captures themselves: coreutils, --tag, openssl, PowerShell's Get-FileHash",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={"a field of the sum's record": r"(?:Algorithm|Hash|Path)\s*:|\s+\S"},
)

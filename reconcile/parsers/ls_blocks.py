"""The lines of a listing: in blocks, one a directory; which are ends of names, and what leads all names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.parsers.ls_names import is_prose
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from reconcile.transcript.sections import Section


# -rw-------    1 root     root     17179869184 Nov 20 10:11 appdb_1.vmdk
#      4 drwxr-xr-x    2 root     root        4.0K Mar  4  2023 db 01
# drwxr-xr-x.  2 root root system_u:object_r:device_t:s0  180 Sep 30 16:58 block
# lrwxr-xr-x    1 root     root            35 May 24 17:10 BOOTBANK1 -> 26ebbad0-04481ffe-1094-c6d5b5452ea0
# -rw-------    1 operator disk     1073741824 2023-03-04 05:06:07 +0000 appdb.nvdimm
LONG = re.compile(
    r"\s*(?:[0-9]+\s+){0,2}([-dlpscb])[-rwxsStTl]{9}[.+@]?\s+[0-9]+\s+\S+\s+\S+\s+(?:(?:[a-z_]+:\S+|\?)\s+)?([0-9][0-9.]*[KMGTPE]?|[0-9]+,\s*[0-9]+)\s+"
    r"([A-Z][a-z]{2}\s+[0-9]{1,2}\s+(?:[0-9]{1,2}:[0-9]{2}|[0-9]{4})"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}\s+[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?(?:\s+[+-][0-9]{4})?)?) (.+)$"
)
# What a line of any long listing begins with, read or not.
MODE = re.compile(r"\s*(?:[0-9]+\s+){0,2}[-dlpscb][-rwxsStT]{9}[.+@]?\s")
# /vmfs/volumes/PMemDS-1/vm 1:
HEADER = re.compile(r"(\S.*):$")
FEW_WORDS = 4


def blocks_of(section: Section) -> list[list[tuple[int, str]]]:
    """Cut a section at blank lines that stand in front of a directory's header."""
    lines = list(section.numbered())
    blocks: list[list[tuple[int, str]]] = [[]]
    for index, (number, line) in enumerate(lines):
        before = lines[index - 1][1].strip() if index else ""
        if not before and HEADER.match(line.rstrip()) and blocks[-1]:
            blocks.append([])
        blocks[-1].append((number, line))
    return blocks


def may_be_end(before: str, line: str) -> bool:
    """Tell whether a line may be what a terminal broke off the name of a disk."""
    if line[0].isspace() or MODE.match(line) or is_prose(line) or is_failure(line) or len(line.split()) >= FEW_WORDS:
        return False
    return not before.lower().endswith(".vmdk") and (before + line).lower().endswith(".vmdk")


def common_lead(lines: list[tuple[int, str]]) -> str:
    """Return the blanks that stand in front of every name of a listing, of two at least: somebody doubled them."""
    names = [found[4] for _, line in lines if (found := LONG.match(line))]
    leads = [len(name) - len(name.lstrip(" ")) for name in names]
    return " " * min(leads) if len(leads) > 1 else ""

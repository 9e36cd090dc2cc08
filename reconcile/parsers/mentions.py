"""The last look at a source: what its lines name, a disk or digits that join, and no fact that was read of it says.

Parsers decide what a line means, and each of them can be wrong in silence. So what they made of a section is compared with what stands in
it: a name that ends in ``.vmdk``, a dimm's id, a disk's UUID. What is in the text and in no fact is handed on, and compared at the end with
the disks and devices of the site. Of sections that were read at a stroke every character is known, so nobody looks at them again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts.records import Answer, DiskSize, Entry, Listed
from reconcile.facts.vmfs_names import is_disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.facts.records import Record
    from reconcile.facts.source_reading import Mention
    from reconcile.transcript.sections import Section


# Most sections hold none of these, and are not looked at line by line.
_MAY_NAME = re.compile(r"\.vmdk|8902-[0-9a-f]{8}|6[ -]?0[ -]?0[ -]?0[ -]?c[ -]?2[ -]?9", re.IGNORECASE)
# db01_1.vmdk        /vmfs/volumes/PMemDS-1/vm 1/db01.vmdk        [PMemDS-1] db01/db01.vmdk -- but no db01.vmdk.bak and no db01.vmdk~
_VMDK = re.compile(r"\.vmdk(?![\w~.-])", re.IGNORECASE)
# What no name holds, but for blanks.
_BREAK = re.compile(r"[\s\"'`<>|=,;*?$]")
_LONGEST_NAME = 1024
_LONGEST_DATASTORE = 100
_ID = re.compile(r"(?<![0-9a-z-])8902-[0-9a-f]{8}(?![0-9a-f-])", re.IGNORECASE)
# 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        0x6000c29842c754f802c2d49b206b080c        6000c298-42c7-54f8-02c2-d49b206b080c
_UUID = re.compile(r"6[ -]?0[ -]?0[ -]?0[ -]?c[ -]?2[ -]?9(?:[ -]?[0-9a-f]){25}(?![0-9a-f])", re.IGNORECASE)
_BETWEEN = str.maketrans("", "", " -")
# A line that is longer is no answer, and nobody's name.
_LONGEST = 16384


def find_mentions(section: Section, records: Sequence[Record], unread: Iterable[int]) -> Iterator[Mention]:
    """Give what a section's lines name that none of its records says, and no line that is listed as unread."""
    text = "\n".join(section.lines)
    if not _MAY_NAME.search(text):
        return
    said = _said_by(records)
    if all((what, _key(found)) in said for what, found in named_in(text)):
        return
    listed = set(unread)
    # A disk's descriptor names the files that it consists of.
    is_described = any(isinstance(record, Answer | DiskSize) for record in records)
    for number, line in section.numbered():
        if number in listed or len(line) > _LONGEST or not _MAY_NAME.search(line):
            continue
        for what, found in named_in(line):
            if what == "vmdk" and is_described and not is_disk(found):
                continue
            if (what, _key(found)) not in said and not (line.startswith(found) and _is_end_of_one(found, said)):
                yield number, what, found


def typed_mentions(section: Section, records: Sequence[Record]) -> Iterator[Mention]:
    """Give the disks that a command was asked about by their names, where nothing that it printed says them."""
    if section.prompt_line and ".vmdk" in section.command.text:
        said = _said_by(records)
        words = [word for simple in section.command.simples for word in simple.words[1:] if section.is_literal(word)]
        for what, found in (named for word in words if not word.startswith("-") for named in named_in(word)):
            if (what, _key(found)) not in said:
                yield section.prompt_line, what, found


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """Give what a text names: disks by their files' names, dimms by their ids, UUIDs by their digits."""
    for found in _VMDK.finditer(text):
        name = _name_before(text, found.start())
        if name:
            yield "vmdk", name + found[0]
    for found in _ID.finditer(text):
        yield "id", found[0].lower()
    for found in _UUID.finditer(text):
        yield "uuid", found[0].translate(_BETWEEN).lower()


def _name_before(text: str, end: int) -> str:
    """Return the word that ends at a place of a text, with the datastore in brackets in front of it, if there is one."""
    word = _BREAK.split(text[max(text.rfind("\n", 0, end) + 1, end - _LONGEST_NAME) : end])[-1]
    start = end - len(word)
    bracket = text.rfind("[", max(0, start - _LONGEST_DATASTORE), start) if text[start - 2 : start] == "] " else -1
    return text[bracket if bracket >= 0 else start : end].lstrip("({") if word else ""


def _key(found: str) -> str:
    return found.rpartition("/")[2].rpartition("] ")[2].lower()


def _said_by(records: Iterable[Record]) -> set[tuple[str, str]]:
    """Return what records name. A name in a listing counts as a disk's only where it ends as one, and no folder that was listed does."""
    texts = [
        value
        for record in records
        if not (isinstance(record, Listed) or (isinstance(record, Entry) and not record.name.lower().endswith(".vmdk")))
        for value in record
        if type(value) is str
    ]
    # No name and no digits go beyond the end of a line.
    return {(what, _key(found)) for what, found in named_in("\n".join(texts))}


def _is_end_of_one(text: str, said: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a text that a line begins with is the end of a name, as where a terminal broke a line."""
    return any(name.endswith(_key(text)) for _, name in said)

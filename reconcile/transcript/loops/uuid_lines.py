"""Lines that say a disk's UUID, and lines that say a file's name and nothing else, where no command tells how they look."""

from __future__ import annotations

import re
from typing import NamedTuple

_OCTETS = r"(?:[0-9a-fA-F]{2}[ \t]{0,8}[ \t-][ \t]{0,8}){15}[0-9a-fA-F]{2}"
# UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        (case is mixed within one answer)
# a.vmdk UUID is 60 00 ...        a.vmdk;UUID is 60 00 ...        UUID is 60 00 ...  a.vmdk
_ANSWER = re.compile(rf"(?<![A-Za-z0-9])UUID[ \t]{{1,8}}is[ \t]{{1,8}}({_OCTETS})(?![0-9a-zA-Z])")
# A line of a descriptor, as grep finds it, says ddb.uuid and the octets between quotation marks
_DESCRIPTOR = re.compile(rf"(?<![A-Za-z0-9])(?:[0-9]{{1,6}}:)?ddb\.uuid[ \t]?=[ \t]?\"({_OCTETS})\"")
# What awk and cut leave of an answer: 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c
_LEFT = re.compile(rf"[\"']?({_OCTETS}|[0-9a-fA-F]{{32}}|[0-9a-fA-F]{{16}}-[0-9a-fA-F]{{16}})[\"']?")
_MORE_OCTETS = re.compile(r"[ \t-]*[0-9a-fA-F]{1,2}(?![0-9A-Za-z])")
# What people note behind a name or an answer: a number sign and words, an arrow, something in parentheses
_REMARK = re.compile(r"\s(?:#|//|<-|\().*$")

# == a.vmdk ==        a.vmdk:        "a.vmdk"        --- a.vmdk ---        * a.vmdk
_NAME = re.compile(
    r"\s*(?:(=+|-+|\*+|>+|#+) +)?([\"'\u201c\u2018]?)(\S(?:.*\S)?\.vmdk)([\"'\u201d\u2019]?)(:?)(?: +(=+|-+|\*+|<+))?\s*$", re.IGNORECASE
)
# [PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d] db/db.vmdk
_ON_DATASTORE = re.compile(r"\[(PMemDS-[0-9a-f-]{36})\] ?(\S.*)", re.IGNORECASE)
_ROOT = "/vmfs/volumes/"
_INSIDE = re.compile(r"[\s=:(\"'\u201c\u2018|>]/vmfs/volumes/")
# nvdimm0:0.fileName = "/vmfs/volumes/PMemDS-1/db01/db01.vmdk", in a VM's configuration
_SETTING = re.compile(r"[A-Za-z0-9] ?= ?\"/vmfs/volumes/")
_LONGEST_NAME = 4096
# A long line of ls ends in a name too.
_MODE = re.compile(r"\s*(?:[0-9]+\s+){0,2}[-dlpscb][-rwxsStTl]{9}")
# FILE=db.vmdk        esx12:db.vmdk        a.vmdk;b.vmdk        ^--db.vmdk
_LABELLED = re.compile(r"[=:;,|^<>]")
# vmkfstools -J getuuid a.vmdk        [root@esx01:~] ls a.vmdk        db] cat a.vmdk
_COMMAND = re.compile(
    r"(?:^|[\s\]#$>%;|(&])(?:\S*/)?(?:vmkfstools|vim-cmd|esxcli|localcli)\s|\b[gs]etuuid\s|\bfor\s+\w+\s+in\s|;\s*(?:do|done|then|fi)\b"
    r"|(?:^|[\]#$>%;|&+]\s{0,4})(?:cat|cd|ls|ll|find|grep|egrep|echo|printf|cp|mv|rm|tail|head|less|more|stat|du|sudo|ssh|xargs)\s"
)


class Said(NamedTuple):
    """A UUID that a line says, 32 lower-case digits, and what stands in front of it and behind."""

    front: str
    uuid: str
    behind: str


class Shown(NamedTuple):
    """A name that a line shows: whether it is a heading's by its marks, or bare."""

    name: str
    is_heading: bool


def digits(text: str) -> str:
    """Return the figures of a UUID as printed."""
    return "".join(text.split()).replace("-", "").lower()


def said_by(line: str, *, left: bool = False) -> Said | None:
    """Find the UUID that a line says. With `left` the figures alone will do: what stood around them was cut away."""
    found = _ANSWER.search(line) if "UUID" in line else _DESCRIPTOR.search(line) if "ddb.uuid" in line else None
    if found and not _MORE_OCTETS.match(line, found.end()):
        return Said(line[: found.start()].strip(), digits(found[1]), without_remark(line[found.end() :]).strip())
    bare = _LEFT.fullmatch(line.strip()) if left else None
    return Said("", digits(bare[1]), "") if bare else None


def answer_on(line: str) -> Said | None:
    """Find the UUID that a line says with nothing around it but a name."""
    said = said_by(line)
    return said if said and all(not text or ".vmdk" in text.lower() for text in (said.front, said.behind)) else None


def without_remark(text: str) -> str:
    """Take off what somebody noted behind a name or an answer."""
    found = _REMARK.search(text)
    return text[: found.start()].rstrip() if found else text


def is_command_line(text: str) -> bool:
    """Tell whether a text has a command of the vocabulary in it, with what it is given: nobody's name."""
    return _COMMAND.search(text) is not None


def name_shown(line: str, *, spaced: bool = False) -> Shown | None:
    """Return the name that a line shows, where it can be nothing else; None else.

    A whole path begins where it begins. Of words with blanks between them, nobody knows with which one the name begins: with `spaced`,
    a command says that it prints the name and nothing else.
    """
    found = None if len(line) > _LONGEST_NAME or "UUID is" in line or _MODE.match(line) else _named(line)
    if not found or is_command_line(found[3]):
        return None
    name = found[3]
    is_heading = bool(found[1] and found[1][0] not in "#>") or bool(found[5])
    whole = whole_path(name)
    if whole:
        return Shown(whole, is_heading and whole == name)
    is_quoted = bool(found[2]) and bool(found[4])
    is_remark = bool(found[1]) and found[1][0] in "#>"
    is_plain = is_quoted or name.startswith(("./", "../", "/")) or not (_BLANK.search(name) or _LABELLED.search(name))
    return Shown(name, is_heading) if spaced or (is_plain and not is_remark and name.lower().count(".vmdk") == 1) else None


_BLANK = re.compile(r"\s")


def _named(line: str) -> re.Match[str] | None:
    text = without_remark(line)
    ends = text.rstrip().lower().rstrip("\"':\u201d\u2019").endswith(".vmdk")
    return _NAME.match(text if ends else line)


def whole_path(text: str) -> str:
    """Return the whole path that stands in a text, ``""`` without one."""
    if text.startswith(_ROOT):
        return text
    on = _ON_DATASTORE.fullmatch(text)
    if on:
        return f"{_ROOT}{on[1]}/{on[2]}"
    inside = None if _SETTING.search(text) else _INSIDE.search(text)
    return text[inside.start() + 1 :] if inside else ""


# [datastore1] db01/db01.vmdk, as VMware writes a file's place
_AS_VMWARE = re.compile(r"\[([^\]/\[]{1,80})\] ?([^/\s][^/]{0,255}/\S.*\.vmdk)", re.IGNORECASE)


def place_of(name: str) -> str:
    """Return the whole path of a file whose place is written with its datastore in brackets; any other name as it is."""
    found = _AS_VMWARE.fullmatch(name)
    return f"{_ROOT}{found[1]}/{found[2]}" if found else whole_path(name) if name.startswith("[") and whole_path(name) else name


def unquoted(text: str) -> str:
    """Take quotation marks of any kind off around a name."""
    text = text.strip()
    pair = text[:1] + text[-1:]
    return text[1:-1] if len(text) > 2 and pair in {'""', "''", "\u201c\u201d", "\u2018\u2019", "``"} else text  # noqa: PLR2004 -- two marks

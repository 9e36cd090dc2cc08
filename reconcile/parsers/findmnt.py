"""``findmnt``, ``mount``, ``/proc/mounts`` and ``/proc/self/mountinfo``: what is mounted where in a guest.

``findmnt`` as a table (a tree, a list or raw, with its header or without), as JSON (``-J``) and as pairs (``-P``). Only what lies on a device is a fact here. A bind
mount or a subvolume shows its folder in brackets behind the device. Source: util-linux 2.23 to 2.38, and the kernel's escapes.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from reconcile.facts.records import Damage, Failure, Mount, Parsed, Record
from reconcile.parsers.escapes import from_hexadecimal, from_octal
from reconcile.parsers.kinds import MEMBER, json_kinds, json_value
from reconcile.parsers.lsblk_columns import outputs
from reconcile.parsers.parser import Parser
from reconcile.transcript.failures import is_failure
from reconcile.transcript.json_text import JsonValue, find_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.parsers.answered import Answered
    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_COLUMNS = frozenset(
    "ID OPT-FIELDS FREQ FS-OPTIONS FSROOT FSTYPE LABEL MAJ:MIN OLD-OPTIONS OLD-TARGET OPTIONS PARTLABEL PARTUUID PARENT PASSNO PROPAGATION"
    " SOURCE SOURCES TARGET TID UUID VFS-OPTIONS ACTION AVAIL SIZE USE% USED".split()
)
# /dev/pmem0 on /mnt/pmem type ext4 (rw,relatime,dax=always)
_MOUNT = re.compile(r"(\S.{0,4096}?) on (/.*) type ([a-zA-Z0-9._-]{1,64}) \(([a-z0-9_,=.:/+@%\"\\ -]*)\)(?: \[.*\])?\s*$", re.IGNORECASE)
# /dev/pmem0 /mnt/my\040data ext4 rw,relatime 0 0
_PROC = re.compile(r"(\S+) (/\S*) ([a-zA-Z0-9._-]{1,64}) (\S+) [0-9] [0-9]\s*$")
_PAIR = re.compile(r'([A-Z][A-Z0-9:%_-]{1,20})="((?:[^"\\]|\\.)*)"')
_PAIRS = re.compile(r'(?:[A-Z][A-Z0-9:%_-]{1,20}="(?:[^"\\]|\\.)*"(?: |$))+$')
# 36 35 259:1 / /mnt/my\040data rw,noatime shared:1 - ext4 /dev/pmem0 rw,dax=always
_INFO = re.compile(
    r"[0-9]{1,10} [0-9]{1,10} [0-9]{1,4}:[0-9]{1,7} (\S{1,4096}) (/\S{0,4096}) (\S{1,4096}) ((?:[a-z_]{1,20}(?::[0-9]{1,10})? ){0,8})"
    r"- ([a-zA-Z0-9._-]{1,64}) (\S{1,4096}) (\S{1,4096})\s*$"
)
_FSTYPE = re.compile(r"[a-zA-Z0-9._-]{1,64}$")
_FOLDER = re.compile(r"\[/.*\]$")
_TREE = "\u2502\u251c\u2514\u2500|`- "
_FILES = frozenset({"/proc/mounts", "/proc/self/mounts", "/proc/1/mounts", "/etc/mtab", "/proc/self/mountinfo", "/proc/1/mountinfo"})
_LONGEST = 16384


def runs(simple: Simple) -> bool:
    """Tell whether this command shows what is mounted."""
    if simple.name in {"cat", "less", "more"}:
        return len(simple.words) == _WITH_FILE and simple.words[1] in _FILES
    if simple.name == "mount":
        return all(word.startswith("-") for word in simple.words[1:] if word not in {"-t", "ext4", "xfs"})
    return simple.name == "findmnt"


_WITH_FILE = 2


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line; of JSON any might, and what is in it tells."""
    if line.startswith("{"):
        return line.strip() == "{" or '"filesystems"' in line
    if len(line) > _LONGEST:
        return False
    if line.startswith(("TARGET", "SOURCE", "FSTYPE")):
        return bool(_header(line)) or bool(line.startswith(("TARGET=", "SOURCE=")) and _PAIRS.match(line.rstrip()))
    return bool(_MOUNT.match(line) or _PROC.match(line) or (" - " in line and _INFO.match(line)))


def parse(section: Section) -> Parsed:
    """Read what is mounted."""
    if any('"filesystems"' in line for line in section.lines):
        return _parse_json(section)
    reader = _Reader(section)
    for number, line in section.numbered():
        reader.read(number, line)
    return Parsed(tuple(reader.records), tuple(reader.noise), tuple(reader.rest))


def _mount(line: int, source: str, target: str, fstype: str) -> Iterator[Mount]:
    """Give a mount if it is of a device."""
    if source.startswith("/dev/") and target.startswith("/"):
        yield Mount(line, _FOLDER.sub("", source), target, fstype)


def _parse_json(section: Section) -> Parsed:
    found = find_documents(section.lines, section.first)
    records: list[Record] = [Damage(line, status) for line, status in found.damage]
    taken: set[int] = set()
    over = False
    for document in found.documents:
        systems = document.value.get("filesystems") if isinstance(document.value, dict) else None
        if not document.whole and isinstance(document.value, dict) and "target" in document.value:
            systems = [document.value]
        if not isinstance(systems, list) or (over and section.command.simples):
            # One command prints one answer. A second one lost its prompt.
            continue
        lines = iter(document.lines_of(frozenset({"target"})))
        pending: list[JsonValue] = systems[::-1]
        while pending:
            system = pending.pop()
            if not isinstance(system, dict):
                continue
            source, target, fstype = (text if isinstance(text := system.get(key), str) else "" for key in ("source", "target", "fstype"))
            line = next((line for line, _, text in lines if text == target), document.first)
            records += _mount(line, source, target, fstype)
            children = system.get("children")
            pending += children[::-1] if isinstance(children, list) else []
        taken.update(range(document.first, document.last + 1))
        over = document.whole
    taken |= found.brackets if taken else set()
    noise = [number for number, line in section.numbered() if number not in taken and not line.strip()]
    rest = [number for number, line in section.numbered() if number not in taken and line.strip()]
    return Parsed(tuple(records), tuple(noise), tuple(rest))


class _Reader:
    def __init__(self, section: Section) -> None:
        self._section = section
        self._bare, self._raw = _asked(section.command.only())
        self._header: list[tuple[str, int]] = []
        self._over = False
        self.records: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []

    def read(self, number: int, line: str) -> None:
        header = _header(line)
        self._over = self._over or bool(header and (self._header or self.records))
        if not line.strip():
            self.noise.append(number)
        elif self._over or len(line) > _LONGEST:
            self.rest.append(number)
        elif header:
            self._header = header
        elif is_failure(line.strip()):
            self.records.append(Failure(number, self._section.command.text, line.strip()))
        elif not (self._row(number, line) if self._header else self._plain(number, line)):
            self.rest.append(number)

    def _plain(self, number: int, line: str) -> bool:
        """Read a line of ``mount``, of ``/proc/mounts``, or of ``findmnt -P``."""
        if _PAIRS.match(line.rstrip()):
            cells = {key: from_hexadecimal(value) for key, value in _PAIR.findall(line)}
            self.records += _mount(number, cells.get("SOURCE", ""), cells.get("TARGET", ""), cells.get("FSTYPE", ""))
            return bool({"SOURCE", "TARGET"}.intersection(cells))
        found = _PROC.match(line)
        if found:
            self.records += _mount(number, from_octal(found[1]), from_octal(found[2]), found[3])
            return True
        found = _INFO.match(line) if " - " in line else None
        if found:
            self.records += _mount(number, from_octal(found[6]), from_octal(found[2]), found[5])
            return True
        if self._bare:
            return self._parted(number, line, self._bare)
        found = _MOUNT.match(line)
        if found and (" on /" in found[2] or " type " in found[2]):
            # A folder's name may hold these words; which are the command's own nobody can tell.
            return False
        if found:
            self.records += _mount(number, found[1], found[2], found[3])
        return bool(found)

    def _parted(self, number: int, line: str, names: tuple[str, ...]) -> bool:
        """Read a row whose cells blanks part: of ``-r``, where one does, or of a table without a header, where no cell has one."""
        words = line.rstrip().split(" ") if self._raw or self._header else line.split()
        if not 0 < len(words) <= len(names) or (len(words) < len(names) and not (self._raw or self._header)):
            return False
        cells = {name: from_hexadecimal(word) for name, word in zip(names, words, strict=False)}
        target = cells.get("TARGET", "").lstrip("" if self._raw or self._header else _TREE)
        if not target.startswith("/") or not _FSTYPE.match(cells.get("FSTYPE") or "-"):
            return False
        self.records += _mount(number, cells.get("SOURCE", ""), target, cells.get("FSTYPE", ""))
        return True

    def _row(self, number: int, line: str) -> bool:
        """Read a row: of ``-r`` where the header is that of one, else of a table."""
        names = tuple(name for name, _ in self._header)
        if not _is_raw(self._header) or (self._section.command.simples and not self._raw):
            return self._row_of_table(number, line)
        return self._parted(number, line, names) or self._row_of_table(number, line)

    def _row_of_table(self, number: int, line: str) -> bool:
        """Read a table's row: columns begin where their headers do, but for figures, which end there."""
        starts = [start for _, start in self._header]
        left = [index for index, (name, _) in enumerate(self._header) if name not in _FIGURES]
        if any(start and start <= len(line) and line[start - 1 : start].strip() for start in (starts[index] for index in left)):
            return False
        ends = [*(self._begins(line, index) for index in range(1, len(starts))), max(len(line), starts[-1])]
        cells = {name: line[start:end].strip() for (name, start), end in zip(self._header, ends, strict=True) if name not in _FIGURES}
        cells = {name: from_hexadecimal(cell) for name, cell in cells.items()}
        if "TARGET" in cells:
            cells["TARGET"] = cells["TARGET"].lstrip(_TREE)
        source = cells.get("SOURCE", "")
        if not cells.get("FSTYPE", "-") or " " in source or not cells.get("TARGET", "/").startswith("/"):
            return False
        self.records += _mount(number, source, cells.get("TARGET", ""), cells.get("FSTYPE", ""))
        return True

    def _begins(self, line: str, index: int) -> int:
        """Return where a column's cell begins: under its header, or in front of that where it is a figure, which ends there."""
        name, start = self._header[index]
        return min(start, line.rfind(" ", 0, start + len(name)) + 1) if name in _FIGURES else start


_FIGURES = frozenset({"SIZE", "USED", "AVAIL", "USE%", "ID", "PARENT", "FREQ", "PASSNO", "TID", "MAJ:MIN"})


def _is_raw(header: list[tuple[str, int]]) -> bool:
    """Tell whether one blank parts the words of a header, as with ``-r``."""
    return all(start == before + len(name) + 1 for (name, before), (_, start) in pairwise(header))


def _asked(simple: Simple | None) -> tuple[tuple[str, ...], bool]:
    """Return the columns of a findmnt without a header, ``()`` for others, and whether it was asked for raw cells."""
    words = simple.words[1:] if simple and simple.name == "findmnt" else ()
    short = "".join(word[1:].partition("o")[0] for word in words if re.match(r"-[a-zA-Z]", word))
    raw = "r" in short or "--raw" in words
    if "n" not in short and "--noheadings" not in words:
        return (), raw
    listed = outputs(words)
    names = tuple(",".join(listed).upper().split(",")) if listed else ("TARGET", "SOURCE", "FSTYPE", "OPTIONS")
    return (names if _COLUMNS.issuperset(names) and len(set(names)) == len(names) else ()), raw


def _header(line: str) -> list[tuple[str, int]]:
    """Return the columns of a header with where each word begins; nothing where this is none."""
    if not line.startswith(("TARGET ", "SOURCE ", "FSTYPE ")) or len(line) > _LONGEST:
        return []
    words = [(found[0], found.start()) for found in re.finditer(r"\S+", line)]
    names = {name for name, _ in words}
    return words if len(words) > 1 and names <= _COLUMNS and len(names) == len(words) and "TARGET" in names else []


def _is_on_no_device(answered: Answered, number: int) -> bool:
    """Tell whether a line of JSON begins a file system that lies on no device: its source stands behind its target."""
    text = answered.text(number)
    if '"target"' not in text:
        return False
    for line in (text, *answered.below(number)):
        members = dict(MEMBER.findall(line))
        if "source" in members:
            return not json_value(members["source"]).replace("\\", "").startswith("/dev/")
        if line is not text and ("target" in members or "}" in line):
            return True
    return True


# Folders below /dev in which nothing is a device that could be mounted.
_NO_DEVICE = r"(?:shm|pts|hugepages|mqueue|fd|console|null)\b"


_FINDMNT = json_kinds(("target",))


PARSER = Parser(
    name="findmnt",
    where="guest",
    command="findmnt -J",
    reads="what is mounted where: findmnt as a table, -J or -P; mount; /proc/mounts",
    runs=runs,
    starts=starts,
    parse=parse,
    marks=('"filesystems"', "TARGET", " type ", " 0", " 1", " 2"),
    without_facts={
        "a heading": r"(?:TARGET|SOURCE|FSTYPE)(?:\s+[A-Z][A-Z:%-]{1,20})+\s*$",
        "what is mounted and lies on no device": _is_on_no_device,
        "the same on a line of its own": rf"(?!\s*[{{\"\]}}])(?!.*/dev/(?!{_NO_DEVICE}))",
        **_FINDMNT,
    },
)

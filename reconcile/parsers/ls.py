"""``ls`` of busybox and GNU: one name a line, columns, ``-l``, ``-lh``, ``-a``, ``-R``, ``-i``, ``-s``, symlinks.

What was printed decides, not the flags: ``ll`` and aliases print long lines too. Names keep the blanks within them; what stands behind them,
blanks included, is taken off, but for what a script of ours wrote down.
Source of the layouts: busybox coreutils/ls.c and captures of busybox 1.35 and ESXi 5 to 8.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.record_blocks import Block
from reconcile.facts.records import Entry, Listed, Parsed, Record
from reconcile.parsers import by_id, sysfs_links
from reconcile.parsers.bulk_forms import Form
from reconcile.parsers.kinds import is_end_of_row
from reconcile.parsers.ls_blocks import HEADER, LONG, MODE, blocks_of, common_lead, may_be_end
from reconcile.parsers.ls_columns import names_in, plain_names_in
from reconcile.parsers.ls_links import link_of
from reconcile.parsers.ls_names import FENCE, Shown, is_comment, is_prose, shown_name, without_remark
from reconcile.parsers.parser import Parser
from reconcile.transcript.chatter import is_chatter
from reconcile.transcript.failures import is_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.command_lines import Simple
    from reconcile.transcript.sections import Section

_TOTAL = re.compile(r"total [0-9][0-9.]*[KMGT]?\s*$")
_ABSOLUTE_HEADER = re.compile(r"/(?:vmfs/volumes/.*|[^:]*):$")
_KINDS = {"-": "file", "d": "dir", "l": "link", "p": "fifo", "s": "socket", "c": "device", "b": "device"}
# A terminal is 80 wide or more, and a name has few blanks.
_NARROWEST = 60
_GLOB = frozenset("*?[{$`")
_BRACES = frozenset("{$`")
# What people write above what a command printed.
_HEADLINES = frozenset({"output", "result", "results", "example", "example output", "sample output", "note", "listing"})
_UUID_ANSWER = re.compile(r"UUID is\b")


class _Where(NamedTuple):
    """The directory that lines are of, and whether it is known only by following ``cd``."""

    directory: str
    followed: bool


def _plain(answer: str, cwd: str, line: int) -> list[Sequence[Record]] | None:
    """Read a plain listing of the directory that the prompt shows."""
    if cwd in {"~", by_id.FOLDER}:
        return None
    found = plain_names_in(answer.removesuffix("\n").split("\n"))
    lines = (line,) * len(found.names) if not any(found.rows) else tuple([line + row for row in found.rows])
    entries: Block[Record] = Block(Entry, (lines, line, cwd, found.names, "", "", None, "", "", False, found.certain))
    whole = found.certain if isinstance(found.certain, bool) else all(found.certain)
    return [entries, (Listed(line, line, cwd, followed=False),)] if whole else [entries]


# ls without a word behind it, and plain names: one a line, or in columns. A file may be called Killed, which is what a shell says, too.
PLAIN = Form(
    "ls",
    r"(?:(?!Killed\b)[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}+(?: {2,}+(?=[A-Za-z0-9_])|(?: {0,254}+)(?:\n|\Z))){1,100000}+",
    lambda _, answer, cwd, line: _plain(answer, cwd, line),
)


def runs(simple: Simple) -> bool:
    """Tell whether this command is ls."""
    return simple.name in {"ls", "ll", "dir"} and not sysfs_links.shows_links(simple)


def starts(line: str) -> bool:
    """Tell whether an answer may begin on this line. Bare names say nothing; long lines do."""
    if by_id.starts(line):
        return False
    return bool(LONG.match(line)) or bool(_TOTAL.match(line)) or bool(_ABSOLUTE_HEADER.match(line))


def parse(section: Section) -> Parsed:
    """Read a listing, block by block."""
    if by_id.is_listed(section):
        return by_id.parse(section)
    reader = _Reader(section)
    for index, block in enumerate(blocks_of(section)):
        reader.read(block, is_first=not index)
    return Parsed(tuple(reader.records), tuple(reader.noise), tuple(sorted(reader.rest)))


class _Reader:
    def __init__(self, section: Section) -> None:
        self.section = section
        self.records: list[Record] = []
        self.noise: list[int] = []
        self.rest: list[int] = []
        only = section.command.only()
        words = only.words[1:] if only else ()
        self._flags = "".join(word[1:] for word in words if re.fullmatch(r"-[A-Za-z1]+", word))
        self._operands = [word for word in words if not word.startswith("-")]
        self._unclear = section.command.unclear or (bool(section.command.simples) and only is None)
        self._named = "d" in self._flags
        self._is_exact = section.ending is not None
        self._is_piped = self._unclear or bool(only and only.piped)
        self._is_cut = False
        self._full = -1
        self._is_long = "l" in self._flags or bool(only and only.name == "ll")
        self._partly = bool(only and only.piped) or not all(section.is_literal(word) for word in self._operands)

    def read(self, block: list[tuple[int, str]], *, is_first: bool) -> None:
        """Read a block: the names of one directory, in front of the first of which somebody may have written something."""
        block = self._opened(block) if is_first else block
        if not is_first and not self._is_headed([line for _, line in block if line.strip()]):
            self._leave(block)
            return
        where, lines = self._header(block)
        first = lines[0][0] if lines else 0
        lines = self._without_talk(lines)
        if not lines:
            return
        long = sum(1 for _, line in lines if MODE.match(line))
        if long * 2 >= len(lines) or (self._is_long and not self._is_piped):
            self._read_long(lines, where)
        elif self.section.command.simples:
            self._read_short(lines, where, first)
        else:
            self._leave(lines)

    def _leave(self, lines: list[tuple[int, str]]) -> None:
        """Leave lines to others."""
        self.rest += [number for number, line in lines if line.strip()]
        self.noise += [number for number, line in lines if not line.strip()]

    def _opened(self, block: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Leave what stands in front of a listing and is none of it: a headline, a fence, the end of a command that a terminal broke."""
        if self._is_exact or not self.section.prompt_line:
            return block
        filled = [(number, line) for number, line in block if line.strip()]
        start = 0
        while start < len(filled) and self._is_headline([line for _, line in filled[start:]]):
            start += 1
        begins = next((at for at, (_, line) in enumerate(filled) if _TOTAL.match(line) or MODE.match(line)), 0)
        between = filled[start:begins] if self._is_long and not self._is_piped else []
        if between and not any(self._is_headed([line]) or is_failure(line.strip()) for _, line in between):
            # Of a command whose end is lost nobody knows which folder it named.
            self._is_cut = len(between) == 1 and " " not in between[0][1].strip()
            start = begins
        if not start:
            return block
        stop = filled[start][0] if start < len(filled) else block[-1][0] + 1
        self._leave([(number, line) for number, line in block if number < stop])
        return [(number, line) for number, line in block if number >= stop]

    def _is_headline(self, lines: list[str]) -> bool:
        line = lines[0]
        if MODE.match(line) or _TOTAL.match(line) or is_failure(line.strip()) or is_chatter(line):
            return bool(FENCE.match(line))
        if HEADER.match(line.rstrip()):
            return not self._is_headed(lines) and len(lines) > 1
        return is_comment(line) or is_prose(line)

    def _is_headed(self, lines: list[str]) -> bool:
        """Tell whether the first of some lines is a directory's header, and no headline of somebody's."""
        found = HEADER.match(lines[0].rstrip()) if lines else None
        if not found:
            return False
        path = found[1]
        if "/" in path or path == "." or path in self._operands:
            return True
        if any(not _GLOB.isdisjoint(word) and (not _BRACES.isdisjoint(word) or fnmatchcase(path, word)) for word in self._operands):
            return True
        if self.section.prompt_line and not self._unclear:
            return False
        return path.strip("*_ ").lower() not in _HEADLINES and any(_TOTAL.match(line) or MODE.match(line) for line in lines[1:2])

    def _header(self, block: list[tuple[int, str]]) -> tuple[_Where, list[tuple[int, str]]]:
        lines = [(number, line) for number, line in block if line.strip()]
        self.noise += [number for number, line in block if not line.strip()]
        headers = self._may_have_headers()
        while headers and lines and is_failure(lines[0][1].strip()):
            # What could not be listed is said in front of what could.
            self.rest.append(lines.pop(0)[0])
        found = HEADER.match(lines[0][1].rstrip()) if lines and headers and self._is_headed([line for _, line in lines]) else None
        if found and not is_failure(lines[0][1]) and (len(lines) > 1 or "R" in self._flags or "/" in found[1]):
            path = found[1]
            where = _Where(self.section.path(path), self.section.is_followed(path))
            self._list(lines[0][0], where)
            return where, lines[1:]
        where = self._listed_directory()
        self._list(lines[0][0] if lines else max(self.section.prompt_line, 1), where)
        return where, lines

    def _may_have_headers(self) -> bool:
        """Tell whether ls names directories: it does with -R, and where it was given more than one, or a pattern."""
        if "R" in self._flags or len(self._operands) > 1 or self._unclear or not self.section.prompt_line:
            return True
        return bool(self._operands) and not self.section.is_literal(self._operands[0])

    def _list(self, line: int, where: _Where) -> None:
        """Note that a directory was listed whole: not by a pattern, and with no filter behind."""
        if where.directory and not self._named and not self._partly:
            self.records.append(Listed(line, self.section.first, where.directory, where.followed))

    def _listed_directory(self) -> _Where:
        """Tell which directory a block without a header is of."""
        if self._is_cut or self._unclear or not self.section.command.simples:
            return _Where("", followed=False)
        if not self._operands or self._named:
            return _Where(self.section.cwd if self.section.cwd != "~" else "", self.section.followed)
        operand = self._operands[0]
        if len(self._operands) > 1 or not self.section.is_literal(operand):
            # A pattern that matches one folder prints what is in it, with no word of which folder that was.
            here = all("/" not in word and word.endswith(".vmdk") for word in self._operands)
            return _Where(self.section.cwd if here else "", self.section.followed)
        return _Where(self.section.path(operand), self.section.is_followed(operand))

    def _without_talk(self, lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Set aside what is no name: a total, a UUID, messages, and a second total with all that stands behind it."""
        kept: list[tuple[int, str]] = []
        totals = 0
        for index, (number, line) in enumerate(lines):
            if (
                _UUID_ANSWER.match(line)
                or is_failure(line.strip())
                or is_chatter(line)
                or (not self._is_exact and not MODE.match(line) and is_comment(line))
            ):
                self.rest.append(number)
            elif not self._is_exact and not MODE.match(line) and (FENCE.match(line) or is_prose(line)):
                # Behind what somebody wrote nothing tells whose the lines are.
                self.rest += [later for later, _ in lines[index:]]
                break
            elif _TOTAL.match(line) and not kept and not totals:
                totals += 1
            elif _TOTAL.match(line) and any(LONG.match(later) for _, later in lines[index + 1 : index + 2]):
                self.rest += [later for later, _ in lines[index:]]
                break
            else:
                kept.append((number, line))
        return kept

    def _read_long(self, lines: list[tuple[int, str]], where: _Where) -> None:
        lines = self._whole(lines)
        lead = common_lead(lines)
        for number, line in lines:
            found = LONG.match(line)
            if not found:
                self.rest.append(number)
                continue
            name, target = found[4].removeprefix(lead), ""
            kind = _KINDS[found[1]]
            size = found[2] if "," not in found[2] else ""
            if kind == "link":
                name, target = link_of(name, size)
            shown = self._shown(name, alone=False)
            # A blank in front is part of a name, if that ever happens, or was doubled by whoever copied the line.
            certain = shown.certain and (self._is_exact or not shown.name.startswith(" "))
            exact = int(size) if size.isdecimal() else None
            entry = Entry(number, self.section.first, "", shown.name, kind, size, exact, found[3], target, where.followed, certain)
            self._add(where, entry)

    def _whole(self, lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Put long lines together that a narrow terminal broke: they fill the width that no line goes beyond."""
        widest = max(len(line) for _, line in lines)
        whole: list[tuple[int, str]] = []
        for number, line in lines:
            if whole and widest >= _NARROWEST and self._full == number - 1 and may_be_end(whole[-1][1], line):
                whole[-1] = (whole[-1][0], whole[-1][1] + line)
                continue
            self._full = number if len(line) == widest and LONG.match(line) else 0
            whole.append((number, line))
        return whole

    def _read_short(self, lines: list[tuple[int, str]], where: _Where, first: int) -> None:
        # No blank line stands within a directory's names.
        before = [first - 1, *(number for number, _ in lines[:-1])]
        whole = [self._seen_between(before[index], number) for index, (number, _) in enumerate(lines)]
        stop = whole.index(False) if False in whole else len(lines)
        self.rest += [number for number, _ in lines[stop:]]
        lines = lines[:stop]
        if not lines:
            return
        cells = names_in([line if self._is_exact else without_remark(line) for _, line in lines])
        if not all(cell.certain for cell in cells):
            # Where the cut between names is a guess, nobody can say what the directory does not hold.
            self.records = [record for record in self.records if not isinstance(record, Listed) or record.directory != where.directory]
        for cell in cells:
            name, kind, certain = self._shown(cell.name, alone=True)
            line = lines[cell.row][0]
            self._add(where, Entry(line, self.section.first, "", name, kind, "", None, "", "", where.followed, cell.certain and certain))

    def _seen_between(self, before: int, after: int) -> bool:
        """Tell whether all lines between two names were set aside as messages, none of them being blank."""
        return all(number in self.rest for number in range(before + 1, after))

    def _shown(self, name: str, *, alone: bool) -> Shown:
        """Take off a name what is no part of it. In what a script of ours wrote down, every character is."""
        return Shown(name, "", certain=True) if self._is_exact else shown_name(name, marked="F" in self._flags, alone=alone)

    def _add(self, where: _Where, entry: Entry) -> None:
        """Add a name with its directory, as far as that is known."""
        directory, name, followed = where.directory, entry.name, entry.followed
        if name in {".", "..", ""}:
            return
        if "/" in name:
            # ls was given files, and prints each as it was given.
            followed = self.section.is_followed(name)
            directory, _, name = self.section.path(name).rpartition("/")
            directory = directory or "/"
        elif self._operands == [name] and not self._named and directory.endswith("/" + name):
            directory = directory.rpartition("/")[0]
        self.records.append(entry._replace(directory=directory, name=name, followed=followed))
        disk = (
            by_id.Link("", name, entry.target, entry.size, "").identified(entry.line, entry.answer) if directory == by_id.FOLDER else None
        )
        if disk and entry.size:
            self.records.append(disk)


PARSER = Parser(
    name="ls",
    where="host, guest",
    command="ls -l /vmfs/volumes/DATASTORE/VM",
    reads="listings: one name a line, columns, -l, -lh, -a, -R, symlinks; a guest's /dev/disk/by-id",
    runs=runs,
    starts=starts,
    parse=parse,
    without_facts={
        "a total": r"\s*(?:total|insgesamt) [0-9]",
        "the folder itself, or the one above": r"[\s0-9]{0,40}d[rwxsStT-]{9}.*\s\.{1,2}/?\s*$|\s*\.{1,2}/?(?:\s+\.{1,2}/?)?\s*$",
        "a link's heading": r"\s*/dev/disk",
        "the end of a row that a terminal broke": is_end_of_row,
    },
)

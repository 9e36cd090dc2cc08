"""Plain sections: prompt, command and answer exactly as ESXi prints them, hundreds in a row, read at a stroke.

A saved session asks one disk after the other. Such a section is read by one pattern, and gives just what the ordinary way gives, at a
small part of its cost. Whatever deviates in one character is not plain, and goes the ordinary way.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from reconcile.columns import uuid_texts
from reconcile.commands import resolve
from reconcile.disk_names import is_disk
from reconcile.parsers.blocks import Block, by_kind
from reconcile.parsers.visits import LISTING, Visits, shape_of
from reconcile.prompts import is_no_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconcile.parsers.records import Record
    from reconcile.parsers.visits import VisitShape

# [root@esx01:/vmfs/volumes/PMemDS-1/db01] -- with a directory, so that no cd needs be followed.
HOST = r"[A-Za-z0-9._-]{1,255}+"
_COMPONENT = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}+"
_ABSOLUTE = rf"(?:/{_COMPONENT}){{1,20}}+"
_DIRECTORY = rf"(?:~|{_ABSOLUTE})"
_PROMPT = rf"\[root@({HOST}):({_DIRECTORY})\] "
# cd db01        cd ..        cd /vmfs/volumes/PMemDS-1
_CD = r"cd ((?!-)[A-Za-z0-9_.+/-]{1,4096}+)\n"


class SeriesRead(NamedTuple):
    """What was read of a series: its commands, each on a line, and the facts."""

    commands: str
    blocks: Sequence[Sequence[Record]]


class Series(NamedTuple):
    """A command that is given again and again in one directory, with an answer of one line: what it begins with, and a pattern of the rest.

    `read` takes of each section what stands behind that beginning, of each the answer, the directory, and the number of the first
    answer's line. It returns None where this is not so plain after all. `uuids` returns the figures of the UUIDs that
    answers say, 32 each, one behind the other.
    """

    begins: str
    rest: str
    read: Callable[[tuple[str, ...], list[str], str, int], SeriesRead | None]
    uuids: Callable[[Sequence[str]], str]


class Alike(NamedTuple):
    """What alike answers differ in: a pattern with one group, and what makes the facts of one answer of those of another.

    `read` takes the other's facts and what stands in the groups. It returns None where these do not do for facts of that kind.
    """

    own: str
    read: Callable[[Sequence[Sequence[Record]], Sequence[str]], Sequence[Sequence[Record]] | None]


class Form(NamedTuple):
    """A command and its answer as one plain pattern each, and what makes the records of them; see `parsers.PLAIN_FORMS`.

    `read` takes the command, the answer, the directory and the number of the answer's first line, and returns records, those of one kind
    together, or None where this is not so plain after all. `series` is how it is read at a stroke where it stands many times in a row,
    `alike` how it is read where all but what each has of its own was read before.
    """

    command: str
    answer: str
    read: Callable[[str, str, str, int], Sequence[Sequence[Record]] | None]
    series: Series | None = None
    alike: Alike | None = None


class Run(NamedTuple):
    """Plain sections of one host in a row: the number of the first one's prompt, their commands, how many, and all their facts."""

    line: int
    host: str
    commands: tuple[str, ...]
    prompts: int
    blocks: tuple[Sequence[Record], ...]

    @property
    def machine(self) -> str:
        """What the prompts call it, ``""`` where that is no name."""
        return "" if is_no_name(self.host) else self.host

    @property
    def named_by(self) -> str:
        """What names it."""
        return "prompt" if self.machine else ""


class Forms:
    """The forms of all parsers in one pattern."""

    def __init__(self, forms: Sequence[Form]) -> None:
        each = [f"(?P<f{index}>({form.command})\n({form.answer}))" for index, form in enumerate(forms)]
        self._section = re.compile("|".join([*each, f"(?P<cd>{_CD})"]))
        self._prompt = re.compile(_PROMPT)
        self._readers = {f"f{index}": (2 + 3 * index, form.read) for index, form in enumerate(forms)}
        self._cd = 2 + 3 * len(forms)
        self._series = [_Repeated(form.series) for form in forms if form.series]
        self._visits = [_Visit(listing, form.series) for form in forms if form.series for listing in forms if not listing.series]

    def take(self, text: str, begin: int, number: int, went: str, tie: Callable[[str, str, int], None]) -> Taken | None:
        """Read the plain sections from `begin` on, where line `number` is, or return None where the first is not plain.

        `went` is where a ``cd`` in front led. `tie` is told each directory that a ``cd`` led to, the one that the next prompt shows, and
        that prompt's number, where they differ.
        """
        prompt = self._prompt.match(text, begin)
        if prompt is None:
            return None
        host, shown = prompt[1], prompt[2]
        run = _Growing(number, host)
        line, offset = number, begin
        behind: str | None = went
        following: tuple[str, str] | None = (prompt[0], shown)
        while following and offset < len(text):
            head, cwd = following
            at = offset + len(head)
            visited = self._take_visits(text, offset, at, cwd, line, run)
            if visited:
                if behind and behind != cwd:
                    tie(behind, cwd, line)
                # They end where they began, as the next prompt shows, or with the source.
                offset, behind, shown = visited[0], None, cwd
                line += visited[1]
                continue
            end, lines = self._take_series(text, offset, at, cwd, line, run)
            found = None if lines else self._section.match(text, at)
            changes = found is not None and found.lastgroup == "cd"
            went = _joined(cwd, found[self._cd]) if found and changes else ""
            end = found.end() if found else end
            is_last, following = self._following(text, end, head, cwd, host, went)
            if found:
                lines = self._read(found, cwd, line + 1, run) if following or is_last else 0
            if not lines:
                return run.taken(line, shown, behind)
            if behind and behind != cwd:
                tie(behind, cwd, line)
            behind = went if changes else None
            line, offset, shown = line + lines, end, cwd
        return run.taken(line, shown, behind)

    def _following(self, text: str, end: int, head: str, cwd: str, host: str, went: str) -> tuple[bool, tuple[str, str] | None]:  # noqa: PLR0913, PLR0917
        """Tell whether nothing plain of this host follows and all is well, and return the prompt that does, with its directory."""
        # Most prompts are the one before once more, or the one that a cd leads to, and then no pattern needs look at them. No prompt in / is plain.
        if text.startswith(head, end):
            return False, (head, cwd)
        if end == len(text):
            return True, None
        if went not in {"", "/"} and text.startswith(f"[root@{host}:{went}] ", end):
            return False, (f"[root@{host}:{went}] ", went)
        prompt = self._prompt.match(text, end)
        return prompt is not None, (prompt[0], prompt[2]) if prompt and prompt[1] == host else None

    def _take_visits(self, text: str, begin: int, at: int, cwd: str, line: int, run: _Growing) -> tuple[int, int] | None:  # noqa: PLR0913, PLR0917
        """Add visits to folders, the first one's ``cd`` at `at`; return where they end and how many lines they have, None where there is none."""
        for visit in self._visits if text.startswith("cd ", at) else ():
            taken = visit.take(text, begin, cwd, line, run)
            if taken[1]:
                return taken
        return None

    def _take_series(self, text: str, begin: int, at: int, cwd: str, line: int, run: _Growing) -> tuple[int, int]:  # noqa: PLR0913, PLR0917
        """Add a series to a run, whose first command stands at `at`; return where it ends and how many lines it has, 0 where none begins here."""
        for series in self._series:
            if not text.startswith(series.begins, at):
                continue
            whole = series.whole.match(text, begin)
            if whole is None:
                continue
            answers = whole[0].split("\n")
            commands = answers[::2] if answers[-1] else answers[:-1:2]
            skipped = at - begin + len(series.begins)
            read = series.read(tuple([command[skipped:] for command in commands]), answers[1::2], cwd, line + 1)
            if read:
                run.commands.append(read.commands)
                run.prompts += len(commands)
                run.add(read.blocks)
                return whole.end(), 2 * len(commands)
        return begin, 0

    def _read(self, found: re.Match[str], cwd: str, line: int, run: _Growing) -> int:
        """Add a section to a run; return how many lines it has, or 0 where it is not plain after all."""
        kind = found.lastgroup
        if kind == "cd":
            run.commands.append(found[0][:-1])
            run.prompts += 1
            return 1
        at, read = self._readers[kind or ""]
        command, answer = found[at], found[at + 1]
        made = read(command, answer, cwd, line)
        if made is None:
            return 0
        run.commands.append(command)
        run.prompts += 1
        run.add(made)
        return 1 + answer.count("\n") + (answer[-1] != "\n")


class _Repeated:
    """A series' pattern: all sections of it, each with the same prompt in front, and another or the end behind."""

    def __init__(self, series: Series) -> None:
        section = series.begins + series.rest
        prompt = re.sub(r"\((?!\?)", "(?:", _PROMPT)
        behind = rf"(?=(?P=head)|\Z|{prompt})"
        self.whole = re.compile(rf"(?P<head>{prompt}){section}{behind}(?:(?P=head){section}{behind}){{0,1000000}}+")
        self.begins = series.begins
        self.read = series.read


class _Visit:
    """The pattern of a visit to a folder: into it with ``cd``, one plain section, a series, and out again to where it began.

    It begins in a directory with a whole path: what lies below ``~`` is nowhere that a disk is looked for.
    """

    def __init__(self, listing: Form, series: Series) -> None:
        section = series.begins + series.rest
        self._whole = re.compile(
            rf"(?P<head>\[root@(?P<host>{HOST}):(?P<cwd>{_ABSOLUTE})\] )cd (?P<name>{_COMPONENT})\n"
            rf"(?P<inner>\[root@(?P=host):(?P=cwd)/(?P=name)\] )(?P<asked>{listing.command})\n"
            rf"(?P<listing>{listing.answer})"
            rf"(?P<series>(?:(?P=inner){section}){{1,1000000}}+)"
            r"(?P=inner)cd \.\.(?:\n(?=(?P=head))|\n?\Z)"
        )
        self._listing = listing
        self._series = series
        self._known: dict[tuple[str, str, int], VisitShape | None] = {}

    def take(self, text: str, begin: int, cwd: str, line: int, run: _Growing) -> tuple[int, int]:
        """Add the visits that begin at `begin`, one behind the other; return where they end and how many lines they have."""
        first, begins, is_below_volumes = line, self._series.begins, cwd.startswith(_VOLUMES)
        then = f"\n{begins}"
        alike = _InARow(cwd, self._series)
        while found := self._whole.match(text, begin):
            name, inner, asked, listing, series = found.group("name", "inner", "asked", "listing", "series")
            rows = series.split("\n")
            skipped = len(inner) + len(begins)
            names = tuple([row[skipped:] for row in rows[:-1:2]])
            asked_about = "\n".join(names)
            key = (listing.replace(name, "\0"), asked_about.replace(name, "\0"), len(name))
            shape = self._known.get(key) if is_below_volumes else None
            if shape is None or not _are_disks(shape, name):
                below = line + LISTING
                listed = self._listing.read(asked, listing, f"{cwd}/{name}", below)
                read = self._series.read(names, rows[1::2], f"{cwd}/{name}", below + listing.count("\n") + 1)
                if listed is None or read is None:
                    break
                shape = shape_of(name, line, listed, read.blocks) if is_below_volumes else None
                if shape and len(self._known) < _MOST_KNOWN:
                    self._known[key] = shape
                if shape is None or not _are_disks(shape, name):
                    alike.add_to(run)
                    run.add(listed)
                    run.add(read.blocks)
                    shape = None
            if shape:
                alike.add(line, name, rows[1::2], shape)
            again = asked_about.replace("\n", then)
            run.commands.append(f"cd {name}\n{asked}\n{begins}{again}\ncd ..")
            run.prompts += 3 + len(names)
            begin = found.end()
            line += 3 + listing.count("\n") + 2 * len(names)
        alike.add_to(run)
        return begin, line - first


# How many shapes of visits are remembered.
_MOST_KNOWN = 1000
_VOLUMES = "/vmfs/volumes/"


def _are_disks(shape: VisitShape, folder: str) -> bool:
    """Tell whether all files of a folder of that name are disks, and none a part of one."""
    return ("-" not in folder and not shape.has_hyphens) or all(map(is_disk, shape.names(folder)))


class _InARow:
    """Visits in a row that a shape is known of."""

    def __init__(self, above: str, series: Series) -> None:
        self._above = above
        self._series = series
        self._visits: list[tuple[int, str, VisitShape]] = []
        self._answers: list[str] = []

    def add(self, line: int, folder: str, answers: list[str], shape: VisitShape) -> None:
        self._visits.append((line, folder, shape))
        self._answers += answers

    def add_to(self, run: _Growing) -> None:
        """Add them to a run, and begin anew."""
        if self._visits:
            lines, folders, shapes = zip(*self._visits, strict=True)
            shown = iter(uuid_texts(self._series.uuids(self._answers)))
            visits = Visits(self._above, lines, folders, [_of_visit(shown, shape) for shape in shapes], shapes)
            run.add((visits, *visits.beside()))
            self._visits, self._answers = [], []


def _of_visit(shown: Iterator[str], shape: VisitShape) -> tuple[str, ...]:
    """Take the UUIDs of one visit, and put them in the order of its files."""
    own = tuple(islice(shown, len(shape.tails)))
    return tuple([own[at] for at in shape.asked]) if shape.asked else own


class _Growing:
    """A run while it grows."""

    def __init__(self, line: int, host: str) -> None:
        self._line = line
        self._host = host
        self.commands: list[str] = []
        self.prompts = 0
        self._blocks: list[Sequence[Record]] = []
        self._single: list[Record] = []

    def add(self, blocks: Sequence[Sequence[Record]]) -> None:
        for block in blocks:
            if isinstance(block, Block) or len(block) > 1:
                self._blocks.append(block)
            else:
                self._single += block

    def taken(self, line: int, shown: str, went: str | None) -> Taken | None:
        if not self.commands:
            return None
        commands = tuple(dict.fromkeys("\n".join(self.commands).split("\n")))
        run = Run(self._line, self._host, commands, self.prompts, (*self._blocks, *by_kind(self._single)))
        return Taken(run, line - self._line, shown, went)


class Taken(NamedTuple):
    """A run, how many lines it has, the last directory that a prompt showed, and where a ``cd`` behind it led, None without one."""

    run: Run
    lines: int
    shown: str
    went: str | None


def _joined(cwd: str, target: str) -> str:
    """Return where ``cd`` leads; ``""`` where it cannot be told."""
    if cwd != "~" and "/" not in target:
        if "." not in target:
            return f"{cwd}/{target}"
        if target == "..":
            return cwd.rpartition("/")[0] or "/"
    went = resolve(cwd, target)
    return "" if went.startswith("..") else went

"""Plain sections: prompt, command and answer exactly as ESXi prints them, hundreds in a row, read at a stroke.

A saved session asks one disk after the other. Such a section is read by one pattern, and gives just what the ordinary way gives, at a
small part of its cost. Whatever deviates in one character is not plain, and goes the ordinary way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.parsers.bulk_forms import PROMPT
from reconcile.parsers.bulk_run import Growing
from reconcile.parsers.bulk_visits import Visit
from reconcile.transcript.typed_paths import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconcile.parsers.bulk_forms import Form, Series
    from reconcile.transcript.sections import Taken

# cd db01        cd ..        cd /vmfs/volumes/PMemDS-1
_CD = r"cd ((?!-)[A-Za-z0-9_.+/-]{1,4096}+)\n"


class Forms:
    """The forms of all parsers in one pattern."""

    def __init__(self, forms: Sequence[Form]) -> None:
        each = [f"(?P<f{index}>({form.command})\n({form.answer}))" for index, form in enumerate(forms)]
        self._section = re.compile("|".join([*each, f"(?P<cd>{_CD})"]))
        self._prompt = re.compile(PROMPT)
        self._readers = {f"f{index}": (2 + 3 * index, form.read) for index, form in enumerate(forms)}
        self._cd = 2 + 3 * len(forms)
        self._series = [_Repeated(form.series) for form in forms if form.series]
        self._visits = [Visit(listing, form.series) for form in forms if form.series for listing in forms if not listing.series]

    def take(self, text: str, begin: int, number: int, went: str, tie: Callable[[str, str, int], None]) -> Taken | None:
        """Read the plain sections from `begin` on, where line `number` is, or return None where the first is not plain.

        `went` is where a ``cd`` in front led. `tie` is told each directory that a ``cd`` led to, the one that the next prompt shows, and
        that prompt's number, where they differ.
        """
        prompt = self._prompt.match(text, begin)
        if prompt is None:
            return None
        host, shown = prompt[1], prompt[2]
        run = Growing(number, host)
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

    def _take_visits(self, text: str, begin: int, at: int, cwd: str, line: int, run: Growing) -> tuple[int, int] | None:  # noqa: PLR0913, PLR0917
        """Add visits to folders, the first one's ``cd`` at `at`; return where they end and how many lines they have, None where there is none."""
        for visit in self._visits if text.startswith("cd ", at) else ():
            taken = visit.take(text, begin, cwd, line, run)
            if taken[1]:
                return taken
        return None

    def _take_series(self, text: str, begin: int, at: int, cwd: str, line: int, run: Growing) -> tuple[int, int]:  # noqa: PLR0913, PLR0917
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

    def _read(self, found: re.Match[str], cwd: str, line: int, run: Growing) -> int:
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
        prompt = re.sub(r"\((?!\?)", "(?:", PROMPT)
        behind = rf"(?=(?P=head)|\Z|{prompt})"
        self.whole = re.compile(rf"(?P<head>{prompt}){section}{behind}(?:(?P=head){section}{behind}){{0,1000000}}+")
        self.begins = series.begins
        self.read = series.read


def _joined(cwd: str, target: str) -> str:
    """Return where ``cd`` leads; ``""`` where it cannot be told."""
    if cwd != "~" and "/" not in target:
        if "." not in target:
            return f"{cwd}/{target}"
        if target == "..":
            return cwd.rpartition("/")[0] or "/"
    went = resolve(cwd, target)
    return "" if went.startswith("..") else went

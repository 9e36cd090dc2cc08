"""Take a source apart: which lines one command printed, and where and on what machine it ran.

A source is a saved screen with prompts, or the bare output of one command. Every line belongs to one section or is noise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.facts import strengths
from reconcile.facts.records import Volume
from reconcile.facts.volume_ids import tied
from reconcile.transcript.asking_settings import AskingSettings
from reconcile.transcript.chatter import banner_at, holds_banner
from reconcile.transcript.command_lines import Command, Simple, parse_command
from reconcile.transcript.directories import has_moved, may_move, stands_in, went_to
from reconcile.transcript.prompt_heads import has_title, read_title
from reconcile.transcript.prompts import Kind, Prompt, has_odd_prompts, has_unsigned_prompts, may_be_prompt
from reconcile.transcript.sections import PlainSections, Section, Transcript
from reconcile.transcript.shell_words import without_remark
from reconcile.transcript.shells import Jumps, LearnedPrompts, asked, echoes
from reconcile.transcript.supportconfig import header_at, is_header
from reconcile.transcript.wrapped_commands import Widths, is_unfinished, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.transcript.sections import Run


def split(lines: Sequence[str], hint: str = "", forms: PlainSections | None = None, text: str = "") -> Transcript:
    """Take a source's lines apart.

    `hint` is a command line that the source's name speaks of; it counts only where the source shows no prompt. Sections of plain `forms`
    come as one `Run` where they stand in a row; without them every section comes by itself. `text` is the lines as one, where whoever asks
    has that already.
    """
    builder = _Builder(lines, forms, text)
    builder.run()
    if not builder.has_prompts and hint:
        command = parse_command(hint)
        sections = tuple(replace(section, command=command) for section in builder.sections if isinstance(section, Section))
        return Transcript(sections, tuple(builder.noise), (), has_prompts=False)
    return Transcript(tuple(builder.sections), tuple(builder.noise), tuple(builder.volumes), builder.has_prompts)


class _Builder:
    """Walks over the lines once and remembers where each shell stands."""

    def __init__(self, lines: Sequence[str], forms: PlainSections | None, text: str) -> None:
        self.lines = lines
        self.sections: list[Section | Run] = []
        self._forms = forms
        # All lines in one, and where in it the line of which index begins.
        self._text = text
        self._offset = self._at = 0
        self.noise: list[int] = []
        self.volumes: list[Volume] = []
        self.has_prompts = False
        self._cwd: dict[str, str] = {}
        # Where a shell's last command went, if that was a cd.
        self._went: dict[str, str] = {}
        self._learned = LearnedPrompts()
        self._widths = Widths(lines)
        # Whose the answers are of what runs in the shell of the last prompt, and what says so.
        self._around = ("", "")
        self._jumps = Jumps()
        self._settings = AskingSettings()
        self._open = Section(first=1, lines=())

    def run(self) -> None:
        lines = self.lines
        self._text = self._text or "\n".join(lines)
        banners = holds_banner(self._text)
        index = 0
        while index < len(lines):
            if banners and (taken := banner_at(lines, index)):
                index = self._skip(index, taken)
                continue
            # Most lines of most captures hold nothing that a prompt ends in.
            if not lines[index] or not (may_be_prompt(lines[index]) or self._is_odd):
                index += 1
                continue
            if is_header(lines[index]):
                index = self._supportconfig(index)
                continue
            prompt = self._learned.read(lines[index])
            if prompt is None or echoes(self._open.command, prompt, lines[index]):
                self._doubt(lines[index])
                index += 1
                continue
            prompt, own = self._titled(prompt, index)
            before = replace(self._open, lines=tuple(lines[self._open.first - 1 : index])) if prompt.kind is Kind.TRACE else self._open
            self._close(index - own)
            self.has_prompts = True
            plain = self._plain(prompt, index) if self._forms else 0
            if plain:
                index += plain
                continue
            self.noise += range(index + 1 - own, index + 2)
            text, index, doubtful = self._whole_command(prompt.command, index)
            self._begin(prompt, text, index, before)
            if doubtful:
                # What stands behind may be the command's end: it is nobody's answer.
                self._open = replace(
                    self._open, command=self._open.command._replace(simples=(), elsewhere=True), named_by=strengths.NOBODY, machine=""
                )
        self._close(len(lines))
        self.sections = _nobodys(self.sections, self._learned)

    @cached_property
    def _is_odd(self) -> bool:
        """Whether the source may hold prompts without one of the usual signs: then each of its lines is looked at."""
        return bool(has_odd_prompts(self._text)) or has_unsigned_prompts(self._text)

    def _titled(self, prompt: Prompt, index: int) -> tuple[Prompt, int]:
        """Return a prompt with what the line above says of it, where that is its upper line, and how many lines that is."""
        if prompt.host or prompt.cwd is not None or prompt.kind is not Kind.SHELL or index < self._open.first:
            return prompt, 0
        above = self.lines[index - 1]
        title = read_title(above)
        if title:
            return prompt._replace(host=title.host, cwd=title.cwd), 1
        if has_title(self.lines[index].lstrip(), above):
            return prompt._replace(kind=Kind.UNKNOWN, head=self._learned.add_unknown(above)), 1
        return prompt, 0

    def _skip(self, index: int, count: int) -> int:
        """Take lines that are a server's message before a login as noise; return the index behind them."""
        self._close(index)
        self.noise += range(index + 1, index + count + 1)
        self._open = Section(first=index + count + 1, lines=())
        return index + count

    def _doubt(self, line: str) -> None:
        """Where a line looks like a prompt with a command that may have moved the shell, its directory is not known any more."""
        head = self._learned.head_of(line)
        if head is not None and may_move(line.strip()[len(head) :]):
            shell = self._learned.shell_of(head)
            self._cwd[shell] = ""
            self._went.pop(shell, None)

    def _plain(self, prompt: Prompt, index: int) -> int:
        """Take the plain sections that begin with this prompt; return how many lines they have."""
        if self._forms is None or self._settings or not self._learned.is_empty or not prompt.cwd or self.lines[index][0] != "[":
            return 0
        self._text = self._text or "\n".join(self.lines)
        offset = self._offset + sum(map(len, self.lines[self._at : index])) + index - self._at
        self._offset, self._at = offset, index
        shell = prompt.host
        taken = self._forms.take(self._text, offset, index + 1, self._went.get(shell, ""), self._tie)
        if taken is None:
            return 0
        self.sections.append(taken.run)
        self._went.pop(shell, None)
        self._cwd[shell] = taken.shown
        if taken.went is not None:
            self._cwd[shell] = self._went[shell] = taken.went
        self._open = Section(first=index + taken.lines + 1, lines=())
        return taken.lines

    def _supportconfig(self, index: int) -> int:
        """Begin what stands below a supportconfig's header, whose next line names a command or a file; return the next index."""
        self._close(index)
        self.has_prompts = True
        text, count = header_at(self.lines, index)
        self.noise += range(index + 1, index + count + 1)
        self._begin(Prompt("", None, text), text, index + count, self._open)
        return index + count

    def _whole_command(self, text: str, index: int) -> tuple[str, int, bool]:
        """Add the lines that a terminal broke off, and those that a shell asks for with ``> ``; return the next index, and whether more may belong to it."""
        wrapped = whole(self.lines, index, text, self._widths, self._is_prompt)
        text = without_remark(wrapped.text)
        number = index + 1 + wrapped.lines
        self.noise += range(index + 2, number + 1)
        while number < len(self.lines) and is_unfinished(text):
            line = self.lines[number].lstrip()
            if not line.startswith(">"):
                break
            joint = "" if text.endswith("\\") else "; "
            text = text.removesuffix("\\") + joint + line[1:].strip()
            self.noise.append(number + 1)
            number += 1
        return text.replace("do; ", "do ").replace("then; ", "then "), number, wrapped.doubtful

    def _is_prompt(self, line: str) -> bool:
        return self._learned.read(line) is not None

    def _begin(self, prompt: Prompt, text: str, index: int, before: Section) -> None:
        if prompt.kind is Kind.PROGRAM:
            self._begin_in_program(prompt, text, index, before)
            return
        command = parse_command(text)
        if prompt.kind is Kind.TRACE:
            self._begin_traced(command, index, before)
            return
        shell, machine, named_by = self._jumps.whose(prompt)
        known = self._cwd.get(shell, "")
        shown = prompt.cwd
        went = self._went.pop(shell, "")
        if shown:
            self._tie(went, shown, index)
            known = shown
        command = self._settings.typed(shell, command)
        machine, named_by, cwd = asked(command, machine, named_by, known)
        self._around = machine, named_by
        self._jumps.typed(prompt, command)
        self._cwd[shell] = known
        cwd = stands_in(command, cwd)
        followed = not shown or cwd != shown
        self._open = Section(index + 1, (), command, cwd, followed, machine, named_by, shell, index)

    def _begin_traced(self, command: Command, index: int, before: Section) -> None:
        """Begin what a command printed that the shell in front ran, where a ``cd`` of its own may have led it elsewhere."""
        cwd = went_to(before.command, before.cwd, before.lines) if before.command.text.startswith("cd") else before.cwd
        machine, named_by, cwd = asked(command, *self._around, cwd)
        cwd = stands_in(command, cwd)
        self._open = Section(index + 1, (), command, cwd, before.followed or cwd != before.cwd, machine, named_by, before.shell, index)

    def _begin_in_program(self, prompt: Prompt, text: str, index: int, before: Section) -> None:
        """Begin what a program printed that runs in the shell in front: what is typed there is no command line."""
        said = Command(text, (Simple((text or "return",), piped=False, name="typed in a program"),), loop=False, unclear=False, target="")
        machine, named_by = self._around if not prompt.host else ("", strengths.NOBODY)
        self._open = Section(
            index + 1, (), said, "", followed=True, machine=machine, named_by=named_by, shell=before.shell, prompt_line=index
        )

    def _tie(self, known: str, shown: str, line: int) -> None:
        """Where a prompt shows a directory under its volume id that ``cd`` reached by name, both are one volume."""
        tie = tied(known, shown)
        if tie:
            self.volumes.append(Volume(line, *tie))

    def _close(self, end: int) -> None:
        """End the open section before index `end`: its chatter becomes noise, the rest its lines."""
        section = self._open
        start = section.first - 1
        lines = tuple(self.lines[start:end])
        self._open = Section(first=end + 1, lines=())
        section = self._follow(section, lines)
        self._jumps.said(section.command, lines)
        if lines:
            self.sections.append(replace(section, lines=lines))
        elif section.prompt_line:
            self.sections.append(section)

    def _follow(self, section: Section, lines: tuple[str, ...]) -> Section:
        """Carry out the section's ``cd`` for its shell, where it is certain what the shell did; believe its ``pwd``."""
        command, shell = section.command, section.shell
        only = command.only()
        if only and only.name == "pwd" and lines and lines[0].startswith("/") and not command.target:
            self._tie(lines[0].strip(), section.cwd, section.first)
            self._cwd[shell] = section.cwd if not section.followed else lines[0].strip()
            return section
        cwd = self._cwd.get(shell, "")
        went = went_to(command, cwd, lines)
        if went == cwd and not (went and has_moved(command, lines)):
            return section
        self._cwd[shell] = went
        if went != cwd or has_moved(command, lines):
            self._went[shell] = went
        if command.prints and stands_in(command, cwd) != went:
            # A cd of the line did not do what it says, or something else did.
            return replace(section, cwd="", followed=True)
        return section


def _nobodys(sections: list[Section | Run], learned: LearnedPrompts) -> list[Section | Run]:
    """Take what a source's path says from the sections of prompts that nothing knows, where these are not all alike: they may be several machines'."""
    if not learned.is_several:
        return sections
    return [
        replace(section, named_by=strengths.UNKNOWN) if isinstance(section, Section) and learned.is_unknown(section.shell) else section
        for section in sections
    ]

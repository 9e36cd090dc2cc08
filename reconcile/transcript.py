"""Take a source apart: which lines one command printed, and where and on what machine it ran.

A source is a saved screen with prompts, or the bare output of one command. Every line belongs to one section or is noise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile import strengths
from reconcile.commands import NOTHING, Command, changed_directory, is_literal, parse_command, resolve
from reconcile.parsers.records import Volume
from reconcile.prompts import Prompt, is_no_name, match_prompt, may_be_prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.plain import Forms, Run


class Ending(NamedTuple):
    """How a command ended that a capture script ran: its exit status, None where that is lost, and its errors with their lines."""

    line: int
    status: int | None
    errors: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The lines that one command printed. The prompt's own line is not among them.

    `first` is the number of the first line. `cwd` is absolute, ``~``, or ``""`` where unknown; `followed` says that it was
    followed through ``cd`` and not shown by the prompt. `machine` is what prompt or ``ssh`` call it, ``""`` where neither does.
    `shell` tells apart the shells of one source: their prompts look alike or they do not. `lost` says that these lines stood where
    another command's output was expected: what stands around them says nothing about them. `behind_unknown` says that the line in
    front of them is one that nobody understood. `ending` is known where a script of ours ran the command.
    """

    first: int
    lines: tuple[str, ...]
    command: Command = NOTHING
    cwd: str = ""
    followed: bool = False
    machine: str = ""
    named_by: str = ""
    shell: str = ""
    prompt_line: int = 0
    lost: bool = False
    behind_unknown: bool = False
    ending: Ending | None = None

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Give each line with its number."""
        return enumerate(self.lines, self.first)

    def cut(self, start: int, stop: int, *, own: bool, behind_unknown: bool = False) -> Section:
        """Return the lines from number `start` up to but not including `stop`, as output of no known command.

        Where they are not this section's own, they have its directory and its machine no longer.
        """
        lines = self.lines[start - self.first : stop - self.first]
        if own:
            return replace(self, first=start, lines=lines, command=NOTHING, behind_unknown=behind_unknown)
        return Section(first=start, lines=lines, shell=self.shell, lost=True)

    def path(self, name: str) -> str:
        """Resolve a name typed in this section; see `reconcile.commands.resolve`."""
        return resolve(self.cwd, name)

    def is_literal(self, word: str) -> bool:
        """Tell whether a word of the command is a name as it stands. A script of ours leaves nothing for a shell to expand."""
        return self.ending is not None or is_literal(word)

    @property
    def error(self) -> str:
        """What the command said when it failed, where a script of ours wrote it down, else ``""``."""
        if not self.ending or not self.ending.status:
            return ""
        return self.ending.errors[0][1].strip() if self.ending.errors else f"exit status {self.ending.status}"

    def is_followed(self, name: str) -> bool:
        """Tell whether a name's directory is known only by following ``cd``."""
        return self.followed and not name.startswith("/")


class Transcript(NamedTuple):
    """A source's sections in order, its lines of noise, and the ties of names and ids that its prompts show."""

    sections: tuple[Section | Run, ...]
    noise: tuple[int, ...]
    volumes: tuple[Volume, ...]
    has_prompts: bool


# Script started on 2026-11-22 21:48:48+00:00 [COMMAND="..."]        Script done on ...
_SCRIPT = re.compile(r"Script (?:started|done)(?: on|,|:)")
# =~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 10:12:13 =~=~=~=~=~=~=~=~=~=~=~=
_PUTTY = re.compile(r"=~=~=.*PuTTY log")
# [sudo] password for admin:        (root@192.0.2.1) Password:        Password:        root@192.0.2.1's password:
_PASSWORD = re.compile(r"(?:\[sudo\] password for \S+:|(?:\(\S+\) )?[Pp]assword:|[^\s@]+@[^\s@']+'s password:)\s*$")
# Connection to esx01 closed.        BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.
# DISKLIB-VMFS : "./sql-000005-delta.vmdk" : open successful (23) size = 20480, hd = 0. Type 8
_CLOSED = re.compile(
    r"Connection to \S+ closed\.$|BusyBox v[0-9.]+ .{0,100} multi-call binary\.$|DISKLIB-[A-Z]+ ?: ?\".{1,300}\" : (?:open successful|closed)\b"
)
# What ESXi prints before the first prompt of a login.
_BANNER = re.compile(
    r"(?:The time and date of this login have been sent to the system logs\."
    r"|WARNING:$|   All commands run on the ESXi shell are logged and may be included in$|   support bundles\. Do not provide"
    r"|   passwords directly on the command line\.|   Most tools can prompt for secrets or accept them from standard input\."
    r"|VMware offers (?:supported, )?powerful and supported (?:and )?automat|VMware offers supported, powerful system admin"
    r"|see (?:www\.vmware\.com/go/sysadmintools|https://developer\.vmware\.com) for details\.$"
    r"|The ESXi Shell can be disabled by an administrative user\. See the"
    r"|vSphere Security documentation for more information\.$)"
)


# #==[ Command ]======================================#, and below it        # /usr/bin/lsblk -i
_SUPPORTCONFIG = re.compile(r"#==\[ [A-Z][A-Za-z ]{1,40} \]=+#\s*$")
_NAMED = re.compile(r"# (/\S.*?)\s*$")


def is_chatter(line: str) -> bool:
    """Tell whether a line is a terminal's or a login's own talk, or a comment's sign alone."""
    if line.rstrip() in _COMMENT_SIGNS:
        return True
    if not line or line[0] not in _CHATTER_BEGINS:
        return False
    return any(pattern.match(line) for pattern in (_SCRIPT, _PUTTY, _PASSWORD, _CLOSED, _BANNER)) or (
        _PASSWORD.match(line.strip()) is not None
    )


_COMMENT_SIGNS = frozenset({"/*", "*/"})
_CHATTER_BEGINS = frozenset("S=[(PpCTWVBDs ") | frozenset("abcdefghijklmnopqrstuvwxyz")
_UNFINISHED = re.compile(r"(?:^|[;&|]\s*)(?:for|while|until|if)\b")
_FINISHED = re.compile(r"\b(?:done|fi)\b\s*[^;]*$")


def split(lines: Sequence[str], hint: str = "", forms: Forms | None = None, text: str = "") -> Transcript:
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

    def __init__(self, lines: Sequence[str], forms: Forms | None, text: str) -> None:
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
        self._seen: dict[str, Prompt] = {}
        self._open = Section(first=1, lines=())

    def run(self) -> None:
        lines = self.lines
        index = 0
        while index < len(lines):
            # Most lines of most captures hold nothing that a prompt ends in.
            if not may_be_prompt(lines[index]):
                index += 1
                continue
            if lines[index].startswith("#==[") and _SUPPORTCONFIG.match(lines[index]):
                index = self._supportconfig(index)
                continue
            prompt = self._prompt(lines[index])
            if prompt is None:
                index += 1
                continue
            before = self._open
            self._close(index)
            self.has_prompts = True
            plain = self._plain(prompt, index) if self._forms else 0
            if plain:
                index += plain
                continue
            self.noise.append(index + 1)
            text, index = self._whole_command(prompt.command, index)
            self._begin(prompt, text, index)
            if prompt.trace:
                self._open = replace(
                    self._open, cwd=before.cwd, followed=before.followed, machine=before.machine,
                    named_by=before.named_by, shell=before.shell,
                )  # fmt: skip
        self._close(len(lines))

    def _plain(self, prompt: Prompt, index: int) -> int:
        """Take the plain sections that begin with this prompt; return how many lines they have."""
        if self._forms is None or self._seen or not prompt.cwd or self.lines[index][0] != "[":
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
        self.noise.append(index + 1)
        named = _NAMED.match(self.lines[index + 1]) if index + 1 < len(self.lines) else None
        if named is None:
            self._begin(Prompt("", None, ""), "", index + 1)
            return index + 1
        self.noise.append(index + 2)
        text = named[1] if "Command" in self.lines[index] else f"cat {named[1]}"
        self._begin(Prompt("", None, text), text, index + 2)
        return index + 2

    def _prompt(self, line: str) -> Prompt | None:
        """Read a line as a prompt: by its shape, or as one that was seen before, with whatever command behind it or none."""
        prompt = match_prompt(line)
        if prompt:
            if prompt.cwd is None and prompt.command and not prompt.trace:
                self._seen[line[: line.rindex(prompt.command)].strip()] = prompt
            return prompt
        if not self._seen or not line:
            return None
        text = line.strip()
        if text in self._seen:
            return self._seen[text]._replace(command="")
        head = next((head for head, seen in self._seen.items() if seen.host and text.startswith(f"{head} ")), None)
        return self._seen[head]._replace(command=text[len(head) :].strip()) if head else None

    def _whole_command(self, text: str, index: int) -> tuple[str, int]:
        """Add the lines that a shell asks for with ``> `` while a command is not finished; return the next index."""
        number = index + 1
        while number < len(self.lines) and _is_unfinished(text):
            line = self.lines[number].lstrip()
            if not line.startswith(">"):
                break
            joint = "" if text.endswith("\\") else "; "
            text = text.removesuffix("\\") + joint + line[1:].strip()
            self.noise.append(number + 1)
            number += 1
        return text.replace("do; ", "do ").replace("then; ", "then "), number

    def _begin(self, prompt: Prompt, text: str, index: int) -> None:
        command = parse_command(text)
        shell = prompt.host
        known = self._cwd.get(shell, "")
        shown = prompt.cwd
        went = self._went.pop(shell, "")
        if shown:
            self._tie(went, shown, index)
            known = shown
        machine, named_by = ("", "") if is_no_name(prompt.host) else (prompt.host, strengths.WORD if prompt.weak else strengths.PROMPT)
        cwd = known
        if command.target:
            machine, named_by, cwd = command.target, strengths.SSH, "~"
        for simple in command.simples[:-1]:
            if simple.name == "cd":
                cwd = changed_directory(cwd, simple.words)
        self._cwd[shell] = known
        followed = not shown or cwd != shown
        self._open = Section(index + 1, (), command, cwd, followed, machine, named_by, shell, index)

    def _tie(self, known: str, shown: str, line: int) -> None:
        """Where a prompt shows a directory under its volume id that ``cd`` reached by name, both are one volume."""
        by_name = known.split("/")
        by_id = shown.split("/")
        if len(by_name) < _VOLUME_DEPTH or len(by_name) != len(by_id) or is_volume_id(by_name[3]):
            return
        same_place = by_name[:3] == by_id[:3] == ["", "vmfs", "volumes"] and by_name[4:] == by_id[4:]
        if same_place and _VOLUME_ID.fullmatch(by_id[3]):
            self.volumes.append(Volume(line, by_name[3], by_id[3]))

    def _close(self, end: int) -> None:
        """End the open section before index `end`: its chatter becomes noise, the rest its lines."""
        section = self._open
        start = section.first - 1
        lines = tuple(self.lines[start:end])
        self._open = Section(first=end + 1, lines=())
        self._follow(section, lines)
        if lines:
            self.sections.append(replace(section, lines=lines))
        elif section.prompt_line:
            self.sections.append(section)

    def _follow(self, section: Section, lines: tuple[str, ...]) -> None:
        """Carry out the section's ``cd`` for its shell, unless the shell refused it; believe its ``pwd``."""
        only = section.command.only()
        if only and only.name == "pwd" and lines and lines[0].startswith("/") and not section.command.target:
            self._tie(lines[0].strip(), section.cwd, section.first)
            self._cwd[section.shell] = section.cwd if not section.followed else lines[0].strip()
            return
        changes = [simple for simple in section.command.simples if simple.name == "cd"]
        if not changes or section.command.target or any(line.strip() for line in lines if _REFUSED.search(line)):
            return
        cwd = self._cwd.get(section.shell, "")
        for simple in changes:
            cwd = changed_directory(cwd, simple.words) if not section.command.unclear else ""
        self._cwd[section.shell] = self._went[section.shell] = cwd


# /vmfs/volumes/NAME is four parts: the empty one before the first slash, two folders, the volume.
_VOLUME_DEPTH = 4
# 66b0c33b-d2f3dff8-8f53-1e00f500013e        55ab62ec-2abeb31b        vsan:52a59308860999bb-a80c6ed5bd953476
_VOLUME_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f]{8}|vsan:[0-9a-f]{16}-[0-9a-f]{16}"
    r"|(?:PMemDS-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE,
)
# -sh: cd: can't cd to vm 1: No such file or directory        bash: cd: vm: No such file or directory
_REFUSED = re.compile(r"(?:can't cd|No such file|[Nn]ot a directory|[Pp]ermission denied)")


def is_volume_id(text: str) -> bool:
    """Tell whether a folder of ``/vmfs/volumes`` is a volume's id and not its name."""
    return bool(_VOLUME_ID.fullmatch(text))


def _is_unfinished(text: str) -> bool:
    return text.endswith("\\") or bool(_UNFINISHED.search(text) and not _FINISHED.search(text))

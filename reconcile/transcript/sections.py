"""What a source is cut into: the lines that one command printed, and plain sections of one host in a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from reconcile.facts.machine_names import is_no_name
from reconcile.transcript.command_lines import NOTHING, Command
from reconcile.transcript.typed_paths import is_literal, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconcile.facts.records import Record, Volume


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
    front of them is one that nobody understood. `ending` is known where a script of ours ran the command. For `doubt` and `keeps_surplus`
    see `reconcile.parsers.counting`.
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
    doubt: str = ""
    keeps_surplus: bool = False

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
        """Resolve a name typed in this section; see `reconcile.transcript.typed_paths.resolve`."""
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


class Taken(NamedTuple):
    """A run, how many lines it has, the last directory that a prompt showed, and where a ``cd`` behind it led, None without one."""

    run: Run
    lines: int
    shown: str
    went: str | None


class PlainSections(Protocol):
    """What reads plain sections at a stroke."""

    def take(self, text: str, begin: int, number: int, went: str, tie: Callable[[str, str, int], None]) -> Taken | None:
        """Read the plain sections from `begin` on, where line `number` is, or return None where the first is not plain.

        `went` is where a ``cd`` in front led. `tie` is told each directory that a ``cd`` led to, the one that the next prompt shows, and
        that prompt's number, where they differ.
        """

"""What was read of a source: facts, each with its place, and a ledger of its lines."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.record_blocks import PlainDimms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.facts.record_blocks import DimmsShape
    from reconcile.facts.records import Record, Volume


class Part(NamedTuple):
    """Facts that belong to one machine: a section's, or those of an answer that stood in it with no prompt.

    `machine` is what the capture calls it, or ``""``. `shell` tells the shells of a source apart. `lost` says that these lines
    stood where another command's output was expected, so that nothing around them tells whose they are. `blocks` are the facts, those of
    one kind together; there is at least one in each.
    """

    line: int
    machine: str
    named_by: str
    shell: str
    lost: bool
    blocks: tuple[Sequence[Record], ...]

    @property
    def records(self) -> Iterator[Record]:
        """The facts, kind by kind."""
        return chain.from_iterable(self.blocks)


class Ledger(NamedTuple):
    """What became of a source's lines; their sum is `lines`."""

    lines: int
    recognised: int
    noise: int
    not_understood: int


class Unread(NamedTuple):
    """A line not understood. `command` is what printed it if that is known to be none of the vocabulary's, else ``""``."""

    line: int
    text: str
    command: str


class Bound(NamedTuple):
    """A line where a session ends or begins: that of `machine`, or everybody's where that is ``""``.

    `is_header` says that a program wrote it that keeps a log or a record, and `time` is the time in it, if there is one.
    """

    line: int
    machine: str
    is_header: bool
    time: str


class Reading(NamedTuple):
    """What was read of one source. `prompted` are the machines that its prompts name, each with what names it.

    `typed` are the command lines behind its prompts, one a line: as texts by themselves they would take twice the memory. `in_path` is the
    machine's name that the source's path says, where whoever read it has looked that up already. `mentions` are the disks, ids and UUIDs that
    its lines name and no fact says. `bounds` part its sessions.
    """

    sha256: str
    bytes: int
    encoding: str
    status: str
    note: str
    typed: str
    parts: tuple[Part, ...]
    volumes: tuple[Volume, ...]
    unread: tuple[Unread, ...]
    ledger: Ledger
    prompted: tuple[tuple[str, str], ...]
    in_path: str | None = None
    mentions: tuple[Mention, ...] = ()
    bounds: tuple[Bound, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The command lines behind its prompts, each once."""
        return tuple(self.typed.split("\n")) if self.typed else ()

    def in_full(self) -> Reading:
        """Return itself."""
        return self


class PlainReading(NamedTuple):
    """What was read of a source that is one plain answer of plain dimms, as that of nearly every guest of a fleet is.

    It says all that a `Reading` says, and makes most of that when it is asked for. `lines` is how many lines the source has, `host` what
    the prompt in front calls the machine, ``""`` where there is none, and `serials` those of the dimms in the natural order of their names.
    """

    sha256: str
    bytes: int
    lines: int
    host: str
    typed: str
    in_path: str | None
    shape: DimmsShape
    serials: tuple[str, ...]

    @property
    def encoding(self) -> str:
        """UTF-8: a plain answer has no character beyond ASCII."""
        return "utf-8"

    @property
    def status(self) -> str:
        """It was read."""
        return "read"

    @property
    def note(self) -> str:
        """There is nothing to say of it."""
        return ""

    @property
    def dimms(self) -> PlainDimms:
        """The facts."""
        return PlainDimms(self.shape, self.serials)

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """None: it is one answer."""
        return ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The one part."""
        named_by = "prompt" if self.host else ""
        return (Part(self.shape.answer, self.host, named_by, self.host, lost=False, blocks=(self.dimms,)),)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """None."""
        return ()

    @property
    def unread(self) -> tuple[Unread, ...]:
        """None."""
        return ()

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """None: it was read to the last character."""
        return ()

    @property
    def ledger(self) -> Ledger:
        """What became of the lines."""
        prompts = 1 if self.host else 0
        return Ledger(self.lines, self.lines - prompts, prompts, 0)

    @property
    def prompted(self) -> tuple[tuple[str, str], ...]:
        """The machine that the prompt names, if there is one."""
        return ((self.host, "prompt"),) if self.host else ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The command line behind the prompt, if there is one."""
        return (self.typed,) if self.typed else ()

    def in_full(self) -> Reading:
        """Return the same as any other source's reading."""
        return Reading(
            self.sha256, self.bytes, self.encoding, self.status, self.note, self.typed, self.parts, (), (), self.ledger, self.prompted,
            self.in_path,
        )  # fmt: skip


AnyReading = Reading | PlainReading


def added_up(readings: Iterable[AnyReading]) -> Ledger:
    """Return what became of the lines of all of them."""
    plain = prompts = 0
    others: list[Ledger] = []
    for reading in readings:
        if type(reading) is PlainReading:
            plain += reading.lines
            prompts += 1 if reading.host else 0
        else:
            others.append(reading.ledger)
    return Ledger(*map(sum, zip(Ledger(plain, plain - prompts, prompts, 0), *others, strict=True)))


# The line, what it names (``vmdk``, ``id`` or ``uuid``), and the name or the digits.
Mention = tuple[int, str, str]

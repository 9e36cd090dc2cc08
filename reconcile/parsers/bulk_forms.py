"""What plain sections are made of: how their prompts look, and what a parser says of a command and its plain answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconcile.facts.records import Record

# [root@esx01:/vmfs/volumes/PMemDS-1/db01] -- with a directory, so that no cd needs be followed.
HOST = r"[A-Za-z0-9._-]{1,255}+"
COMPONENT = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}+"
ABSOLUTE = rf"(?:/{COMPONENT}){{1,20}}+"
_DIRECTORY = rf"(?:~|{ABSOLUTE})"
PROMPT = rf"\[root@({HOST}):({_DIRECTORY})\] "


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
    """A command and its answer as one plain pattern each, and what makes the records of them; see `reconcile.parsers.registry.PLAIN_FORMS`.

    `read` takes the command, the answer, the directory and the number of the answer's first line, and returns records, those of one kind
    together, or None where this is not so plain after all. `series` is how it is read at a stroke where it stands many times in a row,
    `alike` how it is read where all but what each has of its own was read before.
    """

    command: str
    answer: str
    read: Callable[[str, str, str, int], Sequence[Sequence[Record]] | None]
    series: Series | None = None
    alike: Alike | None = None

"""Visits to folders: a host's shell went into one folder after the other, listed it, asked for the UUID of each disk there, and came back.

Nearly all that a fleet's hosts say is said so, and nearly all visits are alike but for the folder's name and the UUIDs. So what alike ones
have in common stands once, and the records are made when they are asked for.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from reconcile.facts.record_blocks import Block, FolderAnswers
from reconcile.facts.records import Answer, Entry, Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.facts.record_blocks import Column
    from reconcile.facts.records import Record

# Lines from the prompt in front of ``cd`` to the first that ``ls`` prints.
LISTING = 2


class VisitShape:
    """What alike visits have in common: files in natural order, each listed once and each answered once. Lines count from the visit's.

    A file's name is its tail, behind the folder's name where `is_named_after_folder`. `answered` are the answers' lines, `listed` those of
    the listing's names, and `printed` says which file each of these is; all of them were told apart for certain, or none was.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- a column each
        self,
        tails: tuple[str, ...],
        is_named_after_folder: bool,  # noqa: FBT001 -- a column like the others
        answered: tuple[int, ...],
        printed: tuple[int, ...],
        listed: tuple[int, ...],
        is_certain: bool,  # noqa: FBT001 -- as above
    ) -> None:
        self.tails = tails
        self.is_named_after_folder = is_named_after_folder
        self.answered = answered
        self.printed = printed
        self.listed = listed
        self.is_certain = is_certain

    @property
    def columns(self) -> tuple[tuple[str, ...], bool, tuple[int, ...], tuple[int, ...], tuple[int, ...], bool]:
        """What it is made of."""
        return self.tails, self.is_named_after_folder, self.answered, self.printed, self.listed, self.is_certain

    @cached_property
    def has_hyphens(self) -> bool:
        """Whether a tail has one, as names of parts of disks have."""
        return "-" in "".join(self.tails)

    @cached_property
    def asked(self) -> tuple[int, ...]:
        """Which answer is each file's; none where they were asked about in their natural order."""
        order = sorted(self.answered)
        return () if order == list(self.answered) else tuple([order.index(at) for at in self.answered])

    @cached_property
    def listed_of(self) -> tuple[int, ...]:
        """Of each file, the line of its name in the listing."""
        return tuple([line for _, line in sorted(zip(self.printed, self.listed, strict=True))])

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the files' names in a folder of that name."""
        return tuple([folder + tail for tail in self.tails]) if self.is_named_after_folder else self.tails


def shape_of(folder: str, line: int, listed: Sequence[Sequence[Record]], answered: Sequence[Sequence[Record]]) -> VisitShape | None:
    """Return the shape of a visit, as it is in any folder whose name is as long; None where the listing does not show just the disks asked about.

    `line` is the visit's, `listed` and `answered` are what was read of listing and answers.
    """
    entries, answers = listed[0], answered[0]
    if not (isinstance(entries, Block) and entries.kind is Entry and isinstance(answers, FolderAnswers) and len(answered) == 1):
        return None
    shown, names, is_certain = entries.texts(_NAME), answers.texts(_ANSWERED_NAME), entries.columns[_CERTAIN]
    if not isinstance(is_certain, bool) or len(shown) != len(names) or set(shown) != set(names):
        return None
    # In what order names stand that go on with a figure depends on the folder's own figures.
    after_folder = all(name.startswith(folder) and not name[len(folder) : len(folder) + 1].isdecimal() for name in names)
    tails = tuple([name[len(folder) :] for name in names]) if after_folder else names
    if any(folder in tail for tail in tails):
        return None
    place_of = {name: place for place, name in enumerate(names)}
    return VisitShape(
        tails,
        after_folder,
        tuple([at - line for at in answers.numbers(0)]),
        tuple([place_of[name] for name in shown]),
        tuple([at - line for at in entries.numbers(0)]),
        is_certain,
    )


_ANSWERED_NAME = Answer._fields.index("name")
_NAME, _CERTAIN = (Entry._fields.index(name) for name in ("name", "certain"))


class Visits(Block[Answer]):
    """The answers of visits to folders of one directory, `above`, which is a path below ``/vmfs/volumes/``; at least one.

    The others are columns with a value for each visit: its first line, the folder's name, the UUIDs in the order of the files and as they are
    shown, with dashes, and its shape.
    """

    __slots__ = ("above", "folders", "lines", "shapes", "shown")
    kind = Answer

    def __init__(
        self,
        above: str,
        lines: Sequence[int],
        folders: Sequence[str],
        shown: Sequence[tuple[str, ...]],
        shapes: Sequence[VisitShape],
    ) -> None:
        self.above = above
        self.lines = lines
        self.folders = folders
        self.shown = shown
        self.shapes = shapes

    def __len__(self) -> int:
        return sum(map(len, self.shown))

    def __iter__(self) -> Iterator[Answer]:
        return chain.from_iterable(map(self.answers_of, range(len(self.lines))))

    def answers_of(self, index: int) -> Iterator[Answer]:
        """Give the answers of one visit."""
        line, folder, shape = self.lines[index], self.folders[index], self.shapes[index]
        path = f"{self.above}/{folder}/"
        return (
            Answer(line + at, path, name, shown.replace("-", ""), followed=False)
            for at, name, shown in zip(shape.answered, shape.names(folder), self.shown[index], strict=True)
        )

    def entries_of(self, index: int) -> Iterator[Entry]:
        """Give the names in the listing of one visit."""
        line, folder, shape = self.lines[index], self.folders[index], self.shapes[index]
        names, path = shape.names(folder), f"{self.above}/{folder}"
        return (
            Entry(line + at, line + LISTING, path, names[place], "", "", None, "", "", followed=False, certain=shape.is_certain)
            for place, at in zip(shape.printed, shape.listed, strict=True)
        )

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]  # made when asked for, which is seldom
        """Their fields in order."""
        return tuple(zip(*self, strict=True))

    def may_hold(self, field: int, value: str | int | None) -> bool:
        """Tell whether any may have a value in a field."""
        return field != _ANSWER_FOLLOWED or value is False

    def beside(self) -> tuple[Sequence[Record], ...]:
        """Return what else the visits say: the listings' names, and the folders that were listed whole."""
        whole = [
            Listed(line + LISTING, line + LISTING, f"{self.above}/{folder}", followed=False)
            for line, folder, shape in zip(self.lines, self.folders, self.shapes, strict=True)
            if shape.is_certain
        ]
        return (VisitEntries(self), tuple(whole)) if whole else (VisitEntries(self),)


class VisitEntries(Block[Entry]):
    """The names that the listings of visits show. Each is a disk's, and was asked about in the same visit."""

    __slots__ = ("visits",)
    kind = Entry

    def __init__(self, visits: Visits) -> None:
        self.visits = visits

    def __len__(self) -> int:
        return len(self.visits)

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(map(self.visits.entries_of, range(len(self.visits.lines))))

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]  # as above
        """Their fields in order."""
        return tuple(zip(*self, strict=True))

    def may_hold(self, field: int, value: str | int | None) -> bool:
        """Tell whether any may have a value in a field."""
        if field == _CERTAIN:
            return any(shape.is_certain == value for shape in self.visits.shapes)
        return field not in _SHARED or value == _SHARED[field]


_ANSWER_FOLLOWED = Answer._fields.index("followed")
_SHARED: dict[int, str | int | None] = {Entry._fields.index(name): value for name, value in (("kind", ""), ("followed", False))}

"""Visits to folders in a host's session, one behind the other, read at a stroke; what was read of one is used for those that are alike."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reconcile.base.uuid_text import uuid_texts
from reconcile.facts.folder_visits import LISTING, Visits, shape_of
from reconcile.facts.vmfs_names import is_disk
from reconcile.parsers.bulk_forms import ABSOLUTE, COMPONENT, HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.facts.folder_visits import VisitShape
    from reconcile.parsers.bulk_forms import Form, Series
    from reconcile.parsers.bulk_run import Growing


class Visit:
    """The pattern of a visit to a folder: into it with ``cd``, one plain section, a series, and out again to where it began.

    It begins in a directory with a whole path: what lies below ``~`` is nowhere that a disk is looked for.
    """

    def __init__(self, listing: Form, series: Series) -> None:
        section = series.begins + series.rest
        self._whole = re.compile(
            rf"(?P<head>\[root@(?P<host>{HOST}):(?P<cwd>{ABSOLUTE})\] )cd (?P<name>{COMPONENT})\n"
            rf"(?P<inner>\[root@(?P=host):(?P=cwd)/(?P=name)\] )(?P<asked>{listing.command})\n"
            rf"(?P<listing>{listing.answer})"
            rf"(?P<series>(?:(?P=inner){section}){{1,1000000}}+)"
            r"(?P=inner)cd \.\.(?:\n(?=(?P=head))|\n?\Z)"
        )
        self._listing = listing
        self._series = series
        self._known: dict[tuple[str, str, int], VisitShape] = {}

    def take(self, text: str, begin: int, cwd: str, line: int, run: Growing) -> tuple[int, int]:
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

    def add_to(self, run: Growing) -> None:
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

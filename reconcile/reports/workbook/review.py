"""A reviewer's decisions: the columns that a person fills in beside the findings, and how they come over from an older workbook."""

from __future__ import annotations

import datetime as dt
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.errors import CaptureError
from reconcile.base.printable import visible
from reconcile.reports.escape import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DECISIONS = ("Accepted", "Rejected", "Needs follow-up", "Not applicable")
COLUMNS = ("decision", "initials", "reviewed_on", "comment")
CARRIED = "carried"
WIDTHS = (17, 9, 12, 22)
# A workbook is an archive; a person's own is a few megabytes.
_MOST_BYTES = 1 << 30


class Review(NamedTuple):
    """What a person said of a finding; `rule`, `subject` and `message` are the finding's own when he said it."""

    id: str
    rule: str
    subject: str
    message: str
    decision: str
    initials: str
    reviewed_on: str | dt.date
    comment: str

    @property
    def entries(self) -> tuple[str | dt.date, ...]:
        """What the person filled in, in the columns' order."""
        return (self.decision, self.initials, self.reviewed_on, self.comment)


Reviews = dict[str, Review]


def read_reviews(path: str | os.PathLike[str]) -> Reviews:
    """Read the decisions from a workbook of this tool, by the findings' ids. Raises `CaptureError` where it is none."""
    shown = visible(os.fspath(path))
    try:
        rows = list(_rows_of_findings(Path(path)))
    except OSError as error:
        message = f"'{shown}' cannot be read: {error.strerror or error}. Name the workbook that holds the reviewer's decisions."
        raise CaptureError(message) from error
    except Exception as error:  # whatever openpyxl meets in a file that is none
        message = f"'{shown}' is no workbook of this tool: {error}. Name the workbook that holds the reviewer's decisions."
        raise CaptureError(message) from error
    found: Reviews = {}
    for row in rows:
        entries = [row.get(name) for name in COLUMNS]
        ident = str(row.get("id") or "")
        if not ident or all(entry in {None, ""} for entry in entries):
            continue
        decision, initials, on, comment = entries
        found[ident] = Review(
            ident, _text(row.get("rule")), _text(row.get("subject")), _text(row.get("message")), _text(decision), _text(initials),
            on.date() if isinstance(on, dt.datetime) else _text(on), _text(comment),
        )  # fmt: skip
    return found


def remarks_on_others(past: Iterable[Review]) -> dict[tuple[str, str], str]:
    """Return, by rule and subject, what was decided of findings that are not there any more: beside one alike it says that it is not carried."""
    found: dict[tuple[str, str], str] = {}
    for one in past:
        decided = ", ".join(str(entry) for entry in one.entries[:-1] if entry) or "a comment"
        told = f"not carried, for what it is about was another: {decided}; the message then: {one.message}"
        found.setdefault((one.rule, cell_text(one.subject)), told)
    return found


def _text(value: object) -> str:
    return unescaped(str(value)) if value is not None else ""


def unescaped(text: str) -> str:
    """Return a cell's text as it was before `reconcile.reports.escape.cell_text` made it fit for a cell."""
    return _ESCAPED.sub("_x", text)


_ESCAPED = re.compile(r"_x005F_x(?=[0-9A-Fa-f]{1,4}_)")


def _rows_of_findings(path: Path) -> Iterator[dict[str, object]]:
    check_workbook(path)
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow to import

    book = load_workbook(path, read_only=True)
    try:
        sheets = [name for name in book.sheetnames if re.fullmatch(r"Findings(?: \([0-9]+\))?|Past reviews", name)]
        if not sheets:
            message = "it has no sheet Findings"
            raise ValueError(message)
        for name in sheets:
            rows: Iterable[tuple[object, ...]] = book[name].iter_rows(values_only=True)
            header: tuple[object, ...] = ()
            for row in rows:
                if not header:
                    header = row
                else:
                    # A heading is the column's name in words.
                    yield dict(zip((str(name).replace(" ", "_") for name in header), row, strict=False))
    finally:
        book.close()


def check_workbook(path: Path) -> None:
    """Refuse what only looks like a workbook: parts that unpack to more than any has, or that define entities.

    Raises `ValueError`, `zipfile.BadZipFile` or `OSError`.
    """
    if path.is_file() and not zipfile.is_zipfile(path):
        message = "it is not stored as a .xlsx file is"
        raise ValueError(message)
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
            message = "its parts unpack to more than 1 GiB"
            raise ValueError(message)
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    if b"<!" in part.read(1024).replace(b"<!--", b""):
                        message = "it defines a document type, which no workbook does"
                        raise ValueError(message)

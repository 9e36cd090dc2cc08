"""Whose capture it is, said by the user: a CSV with the columns ``pattern`` and ``machine``, which overrules what captures say."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from fnmatch import translate
from typing import TYPE_CHECKING, NamedTuple

from reconcile.base.errors import CaptureError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

_HEADER = ["pattern", "machine"]


class Override(NamedTuple):
    """A pattern over a source's path as the report shows it, and the machine whose captures these sources are; `text` is the pattern's."""

    pattern: re.Pattern[str]
    machine: str
    text: str


def read_overrides(path: str | os.PathLike[str]) -> tuple[Override, ...]:
    """Read the file; raises `CaptureError` where it is not there or not of that form."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- a PathLike need not be a Path
            text = file.read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"'{path}' cannot be read: {reason}. Give a CSV with the header pattern,machine."
        raise CaptureError(message) from error
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    if not rows or [cell.strip() for cell in rows[0]] != _HEADER:
        message = f"'{path}' does not begin with the header pattern,machine. Put it there; each line below it is a pattern and a name."
        raise CaptureError(message)
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_HEADER) or not all(cell.strip() for cell in row):
            message = f"'{path}', row {number}, is not a pattern and a machine. Write it as: guests/db01/*,db01"
            raise CaptureError(message)
    return tuple(Override(re.compile(translate(pattern.strip())), machine.strip(), pattern.strip()) for pattern, machine in rows[1:])


def overrides_digest(overrides: Sequence[Override]) -> str:
    """Return the SHA-256 of the rules, a line ``pattern,machine`` each."""
    return hashlib.sha256("".join(f"{one.text},{one.machine}\n" for one in overrides).encode()).hexdigest()


def machine_of(label: str, overrides: Sequence[Override]) -> str:
    """Return the machine that the first fitting pattern gives, or ``""``."""
    return next((override.machine for override in overrides if override.pattern.match(label)), "")

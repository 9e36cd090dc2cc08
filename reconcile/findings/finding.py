"""What a rule is, and a finding.

A finding's id is made from its rule and from what it is about, never from its position, so a reviewer's note stays with it when the
report is made anew, and never goes to another matter.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconcile.findings.row_keys import NO_KEYS, Keys

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a finding weighs. Errors and warnings need a person and make the exit code 1; notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding: its name, what it means and what would settle it."""

    name: str
    severity: Severity
    title: str
    meaning: str
    advice: str


class Finding(NamedTuple):
    """One finding. `source` and `line` say where to look, as far as there is one place.

    `about` is what else it is about, where rule, machine and subject do not tell all: a datastore's identity, the content of lines.
    `keys` say which rows of the mapping it is about; where they say less than is known, `rows` say it of each row or of several. `given_id`
    is the id of one that stands among others, whose ids are different.
    """

    rule: Rule
    site: str
    machine: str
    subject: str
    message: str
    source: str
    line: int | None
    about: str = ""
    keys: Keys = NO_KEYS
    rows: tuple[Keys, ...] = ()
    given_id: str = ""

    @property
    def id(self) -> str:
        """The same for the same matter in every run, and another for any other."""
        keys = f"{self.rule.name}\0{self.site}\0{self.machine}\0{self.subject}"
        return self.given_id or ident_of(f"{keys}\0{self.about}" if self.about else keys)


def ident_of(text: str) -> str:
    """Return the id that is made of a text: 40 bits."""
    return f"F-{hashlib.sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()[:10]}"


def content_of(texts: Iterable[str]) -> str:
    """Return what stands for the content of lines in a finding's `about`."""
    return hashlib.sha256("\n".join(texts).encode("utf-8", "backslashreplace")).hexdigest()

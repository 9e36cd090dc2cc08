"""What tests of reports share: a result of real captures, and one of hostile text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_site import UNSETTLED

from reconcile import match, read
from reconcile.findings.finding import Finding
from reconcile.findings.rules import NOT_UNDERSTOOD
from reconcile.library import Result
from reconcile.results.reconciliation import Reconciliation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@pytest.fixture
def result(captures) -> Result:
    """Return a result with something in every sheet."""
    return match(read(captures(UNSETTLED)))


@pytest.fixture(scope="session")
def saying(tmp_path_factory) -> Callable[[Sequence[str]], Result]:
    """Make a result whose findings say given texts, each in every column that takes a capture's text."""
    folder = tmp_path_factory.mktemp("saying")
    for name, text in UNSETTLED.items():
        (folder / name).write_text(str(text))
    captures = read(folder)

    def make(texts: Sequence[str]) -> Result:
        findings = (Finding(NOT_UNDERSTOOD, text, text, text, text, text, number) for number, text in enumerate(texts, 1))
        return Result(Reconciliation(captures, (), tuple(findings)))

    return make

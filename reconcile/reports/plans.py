"""Which outputs can be written, and as what: checked before anything is read, and again before anything is replaced."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.base.errors import OutputError
from reconcile.base.printable import visible
from reconcile.base.windows import is_reserved
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = (".xlsx", ".html", ".csv", ".json")
_SUFFIXES_SAID = ".xlsx, .html, .csv or .json"
# What stands in a folder beside a CSV for each table.
WORKBOOK_FILE, PAGE_FILE, PACKAGE_FILE, RUN_FILE, SUMS_FILE = "audit.xlsx", "audit.html", "datapackage.json", "run.json", "SHA256SUMS"
_FOLDER_FILES = frozenset({f"{spec.name}.csv" for spec in schema.ALL} | {WORKBOOK_FILE, PAGE_FILE, PACKAGE_FILE, RUN_FILE, SUMS_FILE})


@dataclass(frozen=True, slots=True)
class Plan:
    """An output that can be written: as the user said it, and where it is. `folder` is one for the whole report, a table a file.

    `replaces` says that what is there may be replaced. `tables_only` leaves workbook and page out of a folder. `bom` puts a byte order
    mark in front of CSVs, without which Excel on Windows takes them for another encoding.
    """

    said: str
    path: Path
    folder: bool
    replaces: bool
    bom: bool = True
    tables_only: bool = False

    @property
    def shows_lines(self) -> bool:
        """Whether it shows captured lines, which must be kept for it."""
        return (self.folder and not self.tables_only) or self.path.suffix.lower() == ".html"


def plan_outputs(
    outputs: Sequence[str], captures: Sequence[str] = (), *, force: bool = False, bom: bool = True, takes_bare: bool = False
) -> list[Plan]:
    """Check that outputs can be written before anything is read; raises `OutputError`. `captures` are paths to keep out of.

    `takes_bare` says that a new name without an ending is a folder; else whoever gives one is asked which is meant.
    """
    plans = [_plan(output, force=force, bom=bom, takes_bare=takes_bare) for output in outputs]
    paths = [plan.path for plan in plans]
    twice = next((plan for plan in plans if paths.count(plan.path) > 1), None)
    if twice:
        message = f"'{visible(twice.said)}' is named twice as an output. Name each once."
        raise OutputError(message)
    for plan in plans:
        _keep_out(plan, captures)
        check_place(plan)
    return plans


def plan_results(said: str, suffix: str, captures: Sequence[str] = (), *, force: bool = False) -> Plan:
    """Check that one output of the library can be written: a file with that suffix, or a folder for ``.csv`` and ``""``.

    Raises `OutputError`.
    """
    takes_folder = suffix in {".csv", ""}
    text = said
    if not takes_folder and not text.endswith(("/", os.sep)) and not Path(text).is_dir() and not text.lower().endswith(SUFFIXES):
        text += suffix
    if not suffix and not text.endswith(("/", os.sep)):
        text += "/"
    (plan,) = plan_outputs([text], captures, force=force, takes_bare=True)
    if plan.folder and not takes_folder:
        message = f"'{visible(text)}' is a folder. Name a file that ends in {suffix}."
        raise OutputError(message)
    if not plan.folder and plan.path.suffix.lower() != suffix:
        message = f"'{visible(text)}' does not end in {suffix}. Name a file that does{', or a folder' if takes_folder else ''}."
        raise OutputError(message)
    return replace(plan, tables_only=suffix == ".csv")


def _plan(output: str, *, force: bool, bom: bool, takes_bare: bool) -> Plan:
    if not output:
        message = f"An output is empty. Name a file that ends in {_SUFFIXES_SAID}, or a folder that ends in /."
        raise OutputError(message)
    if is_reserved(output):
        message = f"'{visible(output)}' is a device's name on Windows, whatever its ending. Name another output."
        raise OutputError(message)
    suffix = Path(output).suffix.lower()
    is_bare = not suffix and not os.path.lexists(output)
    # A folder that is called as a file would be is one only for who says so.
    folder = output.endswith(("/", os.sep)) or (Path(output).is_dir() and suffix not in SUFFIXES) or (is_bare and takes_bare)
    if not folder and is_bare and Path(output).name.lower() not in SUFFIXES:
        shown = visible(output)
        message = f"'{shown}' may be a file or a folder. Say {shown}.xlsx for a workbook, or {shown}/ for a folder with all of it."
        raise OutputError(message)
    if not folder and Path(output).name.lower() in SUFFIXES:
        message = f"'{visible(output)}' is an ending without a name. Put one in front of it, such as audit{visible(Path(output).name)}."
        raise OutputError(message)
    if not folder and suffix not in SUFFIXES:
        message = f"'{visible(output)}' says no format. Let it end in {_SUFFIXES_SAID}, or in / for a folder with all of it."
        raise OutputError(message)
    path = Path(os.path.abspath(output))  # noqa: PTH100 -- resolve() would follow a link that is to be replaced
    return Plan(output, path, folder, replaces=force, bom=bom)


def check_place(plan: Plan) -> None:
    """Refuse what cannot be written or must not be replaced. Asked when planning, and again when writing."""
    shown, path = visible(plan.said), plan.path
    if not path.parent.is_dir():
        message = f"The folder of '{shown}' is not there. Make it, or name another."
        raise OutputError(message)
    if not os.path.lexists(path):
        return
    if path.is_symlink():
        message = f"'{shown}' is a link, which no report replaces. Name another output."
        raise OutputError(message)
    if path.is_dir() and not plan.folder:
        message = f"'{shown}' is a folder. Name a file, or end it in / to have a folder with the whole report."
        raise OutputError(message)
    if plan.folder and not path.is_dir():
        message = f"'{shown}' is a file, and a folder would be written. Name another output."
        raise OutputError(message)
    if not plan.replaces:
        message = f"'{shown}' exists. Name another output, or give --force to replace it."
        raise OutputError(message)
    if plan.folder and not all(entry.name in _FOLDER_FILES and entry.is_file() and not entry.is_symlink() for entry in path.iterdir()):
        message = f"The folder '{shown}' holds files that no report wrote, so it is not replaced. Name another."
        raise OutputError(message)


def _keep_out(plan: Plan, captures: Sequence[str]) -> None:
    target = Path(os.path.realpath(plan.path.parent)) / plan.path.name
    for capture in captures:
        if capture == "-":
            continue
        kept = Path(os.path.realpath(capture))
        if target == kept or kept in target.parents or (plan.folder and target in kept.parents):
            message = f"'{visible(plan.said)}' would be written among the captures in '{visible(capture)}'. Name an output outside."
            raise OutputError(message)

"""Writing reports: whole or not at all, never over something that is there, never into the captures."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile import schema
from reconcile.errors import OutputError
from reconcile.reports.csv_file import csv_bytes
from reconcile.reports.json_file import json_bytes
from reconcile.reports.run_file import run_bytes
from reconcile.reports.safe import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.results import Result

_SUFFIXES = (".xlsx", ".csv", ".json")
RUN_FILE = "run.json"
SUMS_FILE = "SHA256SUMS"
_FOLDER_FILES = frozenset({f"{spec.name}.csv" for spec in schema.ALL} | {RUN_FILE, SUMS_FILE})


@dataclass(frozen=True, slots=True)
class Plan:
    """Outputs that can be written: as the user said them, and where they are. `folder` holds a table a file."""

    said: str
    path: Path
    folder: bool


def plan_outputs(outputs: Sequence[str], captures: Sequence[str] = (), *, force: bool = False) -> list[Plan]:
    """Check that outputs can be written before anything is read; raises `OutputError`. `captures` are paths to keep out of."""
    plans = [_plan(output, force=force) for output in outputs]
    paths = [plan.path for plan in plans]
    twice = next((plan for plan in plans if paths.count(plan.path) > 1), None)
    if twice:
        message = f"'{visible(twice.said)}' is named twice as an output. Name each once."
        raise OutputError(message)
    for plan in plans:
        _keep_out(plan, captures)
    return plans


def _plan(output: str, *, force: bool) -> Plan:
    shown = visible(output)
    suffix = Path(output).suffix.lower()
    folder = output.endswith(("/", os.sep)) or (not suffix and not Path(output).is_file()) or Path(output).is_dir()
    if not folder and suffix not in _SUFFIXES:
        message = f"'{shown}' says no format. Let it end in .xlsx, .csv or .json, or in / for a folder with a CSV for each table."
        raise OutputError(message)
    path = Path(os.path.abspath(output))  # noqa: PTH100 -- resolve() would follow a link that is to be replaced
    if not path.parent.is_dir():
        message = f"The folder of '{shown}' is not there. Make it, or name another."
        raise OutputError(message)
    if os.path.lexists(path):
        if not force:
            message = f"'{shown}' exists. Name another output, or give --force to replace it."
            raise OutputError(message)
        if path.is_dir() != folder or path.is_symlink():
            message = f"'{shown}' exists and is not what would replace it. Name another output."
            raise OutputError(message)
        if folder and not {entry.name for entry in path.iterdir()} <= _FOLDER_FILES:
            message = f"The folder '{shown}' holds files that no report wrote, so it is not replaced. Name another."
            raise OutputError(message)
    return Plan(output, path, folder)


def _keep_out(plan: Plan, captures: Sequence[str]) -> None:
    target = Path(os.path.realpath(plan.path.parent)) / plan.path.name
    for capture in captures:
        if capture == "-":
            continue
        kept = Path(os.path.realpath(capture))
        if target == kept or kept in target.parents or (plan.folder and target in kept.parents):
            message = f"'{visible(plan.said)}' would be written among the captures in '{visible(capture)}'. Name an output outside."
            raise OutputError(message)


def write_reports(result: Result, outputs: Sequence[str] | Sequence[Plan], *, force: bool = False) -> list[str]:
    """Write a result to outputs, all of them or none; return them as they were said. Raises `OutputError`."""
    plans = [output for output in outputs if isinstance(output, Plan)]
    plans += plan_outputs([output for output in outputs if isinstance(output, str)], result.captures.roots, force=force)
    made: list[tuple[Path, Plan]] = []
    try:
        for plan in plans:
            made.append((_made(plan), plan))
            _fill(made[-1][0], plan, result)
        for temporary, plan in made:
            _put(temporary, plan)
    except OSError as error:
        message = f"The report cannot be written: {error.strerror or error}. Nothing was left half-written."
        raise OutputError(message) from error
    finally:
        for temporary, _ in made:
            _remove(temporary)
    return [plan.said for plan in plans]


def _made(plan: Plan) -> Path:
    """Make a file or folder beside the output, so that putting it in its place is one step."""
    if plan.folder:
        return Path(tempfile.mkdtemp(prefix=".reconcile-", dir=plan.path.parent))
    descriptor, name = tempfile.mkstemp(prefix=".reconcile-", dir=plan.path.parent)
    os.close(descriptor)
    return Path(name)


def _fill(temporary: Path, plan: Plan, result: Result) -> None:
    if plan.folder:
        sums: list[str] = []
        files = {f"{spec.name}.csv": csv_bytes(result.table(spec.name)) for spec in schema.ALL}
        for name, data in {**files, RUN_FILE: run_bytes(result, files)}.items():
            (temporary / name).write_bytes(data)
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
        (temporary / SUMS_FILE).write_bytes("".join(sorted(sums, key=lambda line: line[66:])).encode())
        return
    temporary.write_bytes(_bytes_of(plan, result))


def _bytes_of(plan: Plan, result: Result) -> bytes:
    match plan.path.suffix.lower():
        case ".xlsx":
            from reconcile.reports.workbook import workbook_bytes  # noqa: PLC0415 -- openpyxl is slow to import

            return workbook_bytes(result)
        case ".csv":
            return csv_bytes(result.table("mapping"))
        case _:
            return json_bytes(result.table(spec.name) for spec in schema.ALL)


def _put(temporary: Path, plan: Plan) -> None:
    """Put what was written in its place, with the rights that the user's other files get."""
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod((0o777 if plan.folder else 0o666) & ~umask)
    if plan.folder and plan.path.is_dir():
        old = Path(tempfile.mkdtemp(prefix=".reconcile-", dir=plan.path.parent))
        plan.path.rename(old / "old")
        temporary.rename(plan.path)
        shutil.rmtree(old)
    else:
        temporary.replace(plan.path)


def _remove(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        temporary.unlink(missing_ok=True)

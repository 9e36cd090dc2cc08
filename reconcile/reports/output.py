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
from reconcile.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconcile.compare import Comparison
    from reconcile.results import Result

_SUFFIXES = (".xlsx", ".csv", ".json")
RUN_FILE = "run.json"
SUMS_FILE = "SHA256SUMS"
_FOLDER_FILES = frozenset({f"{spec.name}.csv" for spec in schema.ALL} | {RUN_FILE, SUMS_FILE})


@dataclass(frozen=True, slots=True)
class Plan:
    """An output that can be written: as the user said it, and where it is. `folder` holds a table a file.

    `replaces` says that what is there may be replaced.
    """

    said: str
    path: Path
    folder: bool
    replaces: bool


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
        _check_place(plan)
    return plans


def _plan(output: str, *, force: bool) -> Plan:
    if not output:
        message = "An output is empty. Name a file that ends in .xlsx, .csv or .json, or a folder that ends in /."
        raise OutputError(message)
    suffix = Path(output).suffix.lower()
    folder = output.endswith(("/", os.sep)) or Path(output).is_dir() or (not suffix and not os.path.lexists(output))
    if not folder and (suffix not in _SUFFIXES or Path(output).name.lower() in _SUFFIXES):
        message = f"'{visible(output)}' says no format. Let it end in .xlsx, .csv or .json, or in / for a folder with a CSV for each table."
        raise OutputError(message)
    path = Path(os.path.abspath(output))  # noqa: PTH100 -- resolve() would follow a link that is to be replaced
    return Plan(output, path, folder, replaces=force)


def _check_place(plan: Plan) -> None:
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
        message = f"'{shown}' is a folder. Name a file, or end it in / to have a folder of CSVs."
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


def write_reports(result: Result, outputs: Sequence[str | Plan], *, force: bool = False) -> list[str]:
    """Write a result to outputs, all of them or none; return them as they were said. Raises `OutputError`."""
    plans = [output for output in outputs if isinstance(output, Plan)]
    plans += plan_outputs([output for output in outputs if isinstance(output, str)], result.captures.roots, force=force)
    return _write(plans, lambda temporary, plan: _fill(temporary, plan, result))


def write_comparison(comparison: Comparison, plans: Sequence[Plan]) -> list[str]:
    """Write a comparison to outputs, all of them or none; return them as they were said. Raises `OutputError`."""
    folder = next((plan for plan in plans if plan.folder), None)
    if folder:
        message = f"'{visible(folder.said)}' is a folder, and a comparison is one table. Name a file that ends in .xlsx, .csv or .json."
        raise OutputError(message)
    return _write(plans, lambda temporary, plan: temporary.write_bytes(_bytes_of_comparison(plan, comparison)))


def _bytes_of_comparison(plan: Plan, comparison: Comparison) -> bytes:
    match plan.path.suffix.lower():
        case ".xlsx":
            from reconcile.reports.workbook import comparison_bytes  # noqa: PLC0415 -- openpyxl is slow to import

            return comparison_bytes(comparison)
        case ".csv":
            return csv_bytes(comparison.table)
        case _:
            return json_bytes([comparison.table])


def _write(plans: Sequence[Plan], fill: Callable[[Path, Plan], object]) -> list[str]:
    made: list[tuple[Path, Plan]] = []
    try:
        for plan in plans:
            made.append((_made(plan), plan))
            fill(made[-1][0], plan)
        _put_all(made)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        message = f"The report cannot be written: {error.strerror or error}{where}. Nothing was left half-written."
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


def _put_all(made: Sequence[tuple[Path, Plan]]) -> None:
    """Put all outputs in their places. If one cannot be, those that were are taken back and what was there before returns."""
    aside: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for temporary, plan in made:
            _check_place(plan)
            # The rights that the user's other files get.
            temporary.chmod((0o777 if plan.folder else 0o666) & ~_umask())
            if os.path.lexists(plan.path):
                kept = Path(tempfile.mkdtemp(prefix=".reconcile-", dir=plan.path.parent))
                aside.append((kept, plan.path))
                plan.path.rename(kept / _OLD)
            temporary.rename(plan.path)
            placed.append(plan.path)
    except BaseException:
        for path in reversed(placed):
            _remove(path)
        for kept, path in reversed(aside):
            if os.path.lexists(kept / _OLD):
                (kept / _OLD).rename(path)
        raise
    finally:
        for kept, _ in aside:
            _remove(kept)


_OLD = "old"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        temporary.unlink(missing_ok=True)

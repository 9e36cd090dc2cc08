"""Writing reports: whole or not at all, never over something that is there, never into the captures."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.base.errors import OutputError
from reconcile.base.garbage_collection import uncollected
from reconcile.base.printable import visible
from reconcile.reports.csv_file import csv_blocks
from reconcile.reports.datapackage_file import Written, package_bytes, written
from reconcile.reports.json_file import json_blocks
from reconcile.reports.plans import PACKAGE_FILE, PAGE_FILE, RUN_FILE, SUMS_FILE, WORKBOOK_FILE, Plan, check_place, plan_outputs
from reconcile.reports.run_file import run_bytes
from reconcile.results import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconcile.capture.read_all import Progress
    from reconcile.reports.workbook.review import Reviews
    from reconcile.results.compare import Comparison
    from reconcile.results.reconciliation import Reported


@uncollected()
def write_reports(  # noqa: PLR0913 -- one argument a choice
    result: Reported,
    outputs: Sequence[str | Plan],
    *,
    force: bool = False,
    reviews: Reviews | None = None,
    progress: Progress | None = None,
    workers: int | None = 1,
) -> list[str]:
    """Write a result to outputs, all of them or none; return them as they were said. Raises `OutputError`.

    `reviews` are a reviewer's decisions from an older workbook, which a new one keeps. `workers` is how many processes may write, None one
    for each processor.
    """
    plans = [output for output in outputs if isinstance(output, Plan)]
    plans += plan_outputs([output for output in outputs if isinstance(output, str)], result.captures.roots, force=force, takes_bare=True)

    def fill(temporary: Path, plan: Plan) -> None:
        if progress:
            progress(f"writing {plan.said}", 0, 0)
        _fill(temporary, plan, result, reviews, workers)

    return _write(plans, fill)


def write_comparison(comparison: Comparison, plans: Sequence[Plan]) -> list[str]:
    """Write a comparison to outputs, all of them or none; return them as they were said. Raises `OutputError`."""
    folder = next((plan for plan in plans if plan.folder), None)
    if folder:
        message = (
            f"'{visible(folder.said)}' is a folder, and a comparison is one table. Name a file that ends in .xlsx, .html, .csv or .json."
        )
        raise OutputError(message)
    return _write(plans, lambda temporary, plan: _fill_comparison(temporary, plan, comparison))


def _fill_comparison(temporary: Path, plan: Plan, comparison: Comparison) -> None:
    with temporary.open("w+b") as stream:
        match plan.path.suffix.lower():
            case ".xlsx":
                from reconcile.reports.workbook.workbook import write_comparison_book  # noqa: PLC0415 -- openpyxl is slow to import

                write_comparison_book(comparison, stream)
            case ".html":
                from reconcile.reports.page.changes import comparison_blocks  # noqa: PLC0415 -- only where one is wanted

                stream.writelines(comparison_blocks(comparison))
            case ".csv":
                stream.writelines(csv_blocks(comparison.table, bom=plan.bom))
            case _:
                stream.writelines(json_blocks([comparison.table]))


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
        # Not by mkdtemp: on Windows what is made so is closed to all others for good, whatever the folder above it says.
        made = plan.path.parent / f".reconcile-{secrets.token_hex(8)}"
        made.mkdir()
        return made
    descriptor, name = tempfile.mkstemp(prefix=".reconcile-", dir=plan.path.parent)
    os.close(descriptor)
    return Path(name)


def _fill(temporary: Path, plan: Plan, result: Reported, reviews: Reviews | None, workers: int | None) -> None:
    if not plan.folder:
        suffix = plan.path.suffix.lower()
        if suffix == ".csv":
            with temporary.open("wb") as stream:
                stream.writelines(csv_blocks(result.table("mapping"), bom=plan.bom, workers=workers))
        else:
            _write_file(temporary, suffix, result, reviews=reviews)
        return
    files: dict[str, Written] = {}
    for name in () if plan.tables_only else (WORKBOOK_FILE, PAGE_FILE):
        _write_file(temporary / name, Path(name).suffix, result, reviews=reviews)
        with (temporary / name).open("rb") as file:
            files[name] = written(iter(lambda: file.read(_AT_ONCE), b""))
    for spec in schema.ALL:
        files[f"{spec.name}.csv"] = _write_blocks(
            temporary / f"{spec.name}.csv", csv_blocks(result.table(spec.name), bom=plan.bom, workers=workers)
        )
    files[PACKAGE_FILE] = _write_blocks(temporary / PACKAGE_FILE, [package_bytes(result, files)])
    files[RUN_FILE] = _write_blocks(temporary / RUN_FILE, [run_bytes(result, files)])
    (temporary / SUMS_FILE).write_bytes("".join(f"{file.sha256}  {name}\n" for name, file in sorted(files.items())).encode())


_AT_ONCE = 1 << 20


def _write_file(path: Path, suffix: str, result: Reported, *, reviews: Reviews | None = None) -> None:
    with path.open("w+b") as stream:
        if suffix == ".xlsx":
            from reconcile.reports.workbook.workbook import write_workbook  # noqa: PLC0415 -- openpyxl is slow to import

            write_workbook(result, stream, reviews)
        else:
            stream.writelines(blocks_of(suffix, result))


def _write_blocks(path: Path, blocks: Iterable[bytes]) -> Written:
    """Write a file, and measure it on the way."""
    with path.open("wb") as file:
        return written(block for block in blocks if file.write(block) is not None)


def blocks_of(suffix: str, result: Reported) -> Iterable[bytes]:
    """Give a report as the bytes of a file with that suffix, which is not a workbook's, a piece at a time."""
    match suffix:
        case ".html":
            from reconcile.reports.page.page import page_blocks  # noqa: PLC0415 -- only where one is wanted

            return page_blocks(result)
        case ".csv":
            return csv_blocks(result.table("mapping"))
        case _:
            return json_blocks(result.table(spec.name) for spec in schema.ALL)


def _put_all(made: Sequence[tuple[Path, Plan]]) -> None:
    """Put all outputs in their places. If one cannot be, those that were are taken back and what was there before returns."""
    aside: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for temporary, plan in made:
            check_place(plan)
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

"""A fleet on disk: folders of captures, the same as archives, and the truth beside them, where no report looks."""

from __future__ import annotations

import csv
import io
import json
import random
import tarfile
import zipfile
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from fleets import Truth, make, truths
from shapes import texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fleets import Plan

KINDS = ("folder", "tgz", "zip")
_WHEN = (2026, 11, 22, 10, 0, 0)
_MTIME = 1_795_341_600


class Data(NamedTuple):
    """A fleet on disk. `captures` are the arguments for a report, by kind: each site's folder, or each site's archive."""

    plan: Plan
    folder: Path
    captures: dict[str, list[str]]
    files: int
    bytes: int

    @property
    def truth(self) -> list[Truth]:
        """What the report must say."""
        with (self.folder / "truth.csv").open(newline="", encoding="utf-8") as stream:
            return [Truth(**row) for row in csv.DictReader(stream)]


def write(plan: Plan, folder: Path, kinds: tuple[str, ...]) -> Data:
    """Write a fleet into a folder; what is there already, made by the same plan, is taken as it is."""
    mark = folder / "plan.json"
    wanted = json.dumps([asdict(plan), sorted(kinds)])
    if mark.is_file() and mark.read_text(encoding="utf-8").split("\n")[0] == wanted:
        files, size = map(int, mark.read_text(encoding="utf-8").split("\n")[1].split())
    else:
        folder.mkdir(parents=True)
        hosts = make(plan)
        with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as stream:
            table = csv.writer(stream)
            table.writerow(Truth._fields)
            table.writerows(truths(hosts))
        files, size = _write_captures(plan, folder, kinds, texts(random.Random(plan.seed + 1), hosts, plain=plan.plain))
        mark.write_text(f"{wanted}\n{files} {size}\n", encoding="utf-8")
    sites = sorted(path.name for path in (folder / "captures").iterdir())
    captures = {"folder": [str(folder / "captures" / site) for site in sites]}
    captures |= {kind: [str(folder / f"{site}.{kind}") for site in sites] for kind in kinds if kind != "folder"}
    return Data(plan, folder, captures, files, size)


def _write_captures(plan: Plan, folder: Path, kinds: tuple[str, ...], captures: object) -> tuple[int, int]:
    """Write the files, and each into the archives of its site as well; return how many, and their bytes."""
    dice = random.Random(plan.seed + 2)
    files = size = 0
    with ExitStack() as open_archives:
        archives: dict[str, list[Callable[[str, bytes], None]]] = {}
        for path, text in captures:
            site, _, below = path.partition("/")
            data = text.encode() if plan.plain else _encoded(dice, text)
            if site not in archives:
                archives[site] = [_archive(open_archives, folder / f"{site}.{kind}", kind) for kind in kinds if kind != "folder"]
            file = folder / "captures" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            for add in archives[site]:
                add(below, data)
            files, size = files + 1, size + len(data)
    return files, size


def _encoded(dice: random.Random, text: str) -> bytes:
    """Save one file in ten as PowerShell does, and one in five with the line ends of Windows."""
    encoding = "utf-16" if dice.random() < 0.1 else "utf-8"
    return (text.replace("\n", "\r\n") if dice.random() < 0.2 else text).encode(encoding)


def _archive(stack: ExitStack, path: Path, kind: str) -> Callable[[str, bytes], None]:
    """Open an archive; return what adds a file to it."""
    if kind == "zip":
        packed = stack.enter_context(zipfile.ZipFile(path, "w"))
        return lambda name, data: packed.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED)
    tar = stack.enter_context(tarfile.open(path, "w:gz", compresslevel=6))  # noqa: SIM115 -- the stack closes it

    def add(name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime = len(data), _MTIME
        tar.addfile(info, io.BytesIO(data))
        tar.members.clear()

    return add

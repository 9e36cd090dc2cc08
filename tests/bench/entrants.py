"""Who runs in a race: the floor, the tool in all the ways that were asked for, and the peers. Each is a command and what it writes."""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from truth import Verdict, by_suffix, judge, mapping, of_a_peer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packing import Data

FLOOR = "floor F"
# The tool's exit codes for a report that stands.
_STANDS = (0, 1)


@dataclass(frozen=True, slots=True)
class Entrant:
    """One command. `output` is what it writes, None for the floor; `peer` says that it joins on digits alone."""

    name: str
    command: tuple[str, ...]
    output: Path | None = None
    peer: bool = False

    def clear(self) -> None:
        """Take away what an earlier run wrote."""
        if self.output and self.output.is_dir():
            shutil.rmtree(self.output)
        elif self.output:
            self.output.unlink(missing_ok=True)

    def failed(self, code: int) -> bool:
        """Tell whether there is no result, by the exit code and by what is there."""
        if self.output and not self.output.exists():
            return True
        return code != 0 if self.peer or self.output is None else code not in _STANDS

    def digest(self) -> str:
        """Return the SHA-256 of what was written, of a folder that of its mapping; who ran it and when may differ."""
        if self.output is None:
            return ""
        file = self.output / "mapping.csv" if self.output.is_dir() else self.output
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def verdict(self, data: Data, said: str) -> str:
        """Say whether what it found is true; begins with ``WRONG`` where it is not."""
        truth = data.truth
        if self.output is None:
            return _of_the_floor(said, data)
        if self.output.suffix == ".html":
            return _of_a_page(self.output, len(truth))
        verdict: Verdict = judge(of_a_peer(self.output), by_suffix(truth)) if self.peer else judge(mapping(self.output), truth)
        return str(verdict)


def _of_a_page(page: Path, wanted: int) -> str:
    """Count a page's rows; what stands in them is for people."""
    rows = page.read_bytes().count(b'<details class="row ')
    return f"{rows:,} rows, not looked at" if rows == wanted else f"WRONG: {rows:,} rows, there are {wanted:,}"


def _of_the_floor(said: str, data: Data) -> str:
    truth = data.truth
    files, vmdks, devices, reader = said.split()
    wanted = (data.files, sum(bool(row.vmdk) for row in truth), sum(bool(row.guest) for row in truth))
    met = (int(files), int(vmdks), int(devices))
    return (
        f"{int(vmdks):,} vmdks, {int(devices):,} devices, JSON by {reader}" if met == wanted else f"WRONG: read {met}, there are {wanted}"
    )


def floor(data: Data) -> Entrant:
    """Return the floor: it reads the folders, whatever the others read."""
    return Entrant(FLOOR, (sys.executable, str(Path(__file__).with_name("floor.py")), *data.captures["folder"]))


def ours(data: Data, tool: Sequence[str], kinds: Sequence[str], outputs: Sequence[str], workers: Sequence[int]) -> list[Entrant]:
    """Return the tool's runs: each kind of capture to each kind of output, with each number of workers."""
    found = []
    for kind in kinds:
        for output in outputs:
            for number in workers or [None]:
                name = f"{kind} to {output}" + (f", {number} workers" if number else "")
                path = data.folder / "out" / (name.replace(" ", "-") + ("/" if output == "folder" else f".{output}"))
                written = f"{path}/" if output == "folder" else str(path)
                command = [*tool, "report", *data.captures[kind], "-o", written, "--quiet"]
                command += ["--sites"] if data.plan.sites > 1 else []
                command += ["--workers", str(number)] if number else []
                found.append(Entrant(name, tuple(command), path))
    return found


def peers(data: Data, folder: Path, names: Sequence[str], python: str) -> list[Entrant]:
    """Return the peers in a folder whose names begin so: programs that are called with a folder of captures and a CSV to write."""
    found = []
    for name in names:
        program = next(iter(sorted(folder.glob(f"{name}_*"))), None)
        if program is None:
            sys.exit(f"There is no peer {name}_* in {folder}.")
        path = data.folder / "out" / f"{program.stem}.csv"
        runner = "bash" if program.suffix == ".sh" else python
        found.append(Entrant(program.stem, (runner, str(program), data.captures["folder"][0], str(path)), path, peer=True))
    return found

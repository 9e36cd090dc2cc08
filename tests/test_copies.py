"""Copies of a process that share its work out: the same comes of it, whoever does what, and whatever becomes of them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from itertools import pairwise

import pytest
from deviating_site import DeviatingSite

from reconcile.base import forks as copies
from reconcile.base.forks import shared_out

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies a process as Linux does")

# A program whose process is alone, as the command line's is. Each thing comes out with the process that made it.
ALONE = """
import json, multiprocessing, os, signal, sys, threading, time
from reconcile.base import forks as copies
from reconcile.base.forks import shared_out

me = os.getpid()
copies.ENOUGH = 4

def make(number):
    if os.getpid() != me:
        FATE
    return (f"{number} {os.getpid()} " + "x" * 200_000).encode()

def shown(found):
    return [[int(word) for word in piece.split()[:2]] for piece in found]

found = []
for piece in shared_out(make, range(12), WORKERS):
    found.append(piece)
print(json.dumps([me, shown(found), len(multiprocessing.active_children())]))
"""


def alone(workers: object = 3, fate: str = "pass", program: str = ALONE):
    program = program.replace("FATE", fate).replace("WORKERS", str(workers))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert ran.stderr == ""
    me, found, left = json.loads(ran.stdout)
    assert [number for number, _ in found] == list(range(12))
    assert left == 0
    return [process == me for _, process in found], len({process for _, process in found})


@linux
@pytest.mark.parametrize(("workers", "own", "processes"), [(1, 12, 1), (2, 6, 2), (3, 4, 3), (4, 3, 4), (9, 3, 4)])
def test_each_process_makes_its_part(workers, own, processes):
    by_first, different = alone(workers)
    assert by_first == [number < own for number in range(12)]
    assert different == processes


@linux
@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize(
    "fate",
    [
        "os._exit(3)", "int('x')", "number == 7 and os._exit(0)", "number == 8 and os.kill(os.getpid(), signal.SIGKILL)",
        "number == 9 and int('x')", "number == 11 and sys.exit()",
    ],
)  # fmt: skip
def test_what_a_copy_does_not_make_is_made_all_the_same(workers, fate):
    by_first, _ = alone(workers, fate=fate)
    assert all(by_first[: 12 // workers])
    assert any(by_first[12 // workers :])


@linux
@pytest.mark.parametrize("beside", ["threading.Thread(target=time.sleep, args=(9,), daemon=True).start()", "copies.ENOUGH = 13"])
def test_a_process_is_not_copied_beside_a_thread_nor_for_little(beside):
    by_first, different = alone(program=ALONE.replace("def make", f"{beside}\ndef make"))
    assert (all(by_first), different) == (True, 1)


@linux
@pytest.mark.parametrize(
    ("what", "allowed", "made"),
    [
        ("os.memfd_create", 0, 0), ("os.memfd_create", 1, 1), ("os.fork", 0, 0), ("os.fork", 1, 1),
        ("os.pipe", 0, 0), ("os.pipe", 1, 0), ("os.pipe", 3, 1),
    ],
)  # fmt: skip
def test_where_there_is_no_room_for_a_copy_the_first_does_its_part(what, allowed, made):
    """The second of two copies may be the one that there is no room for. To start a process takes two pipes more."""
    limited = f"""
allowed, real = [{allowed}], {what}
def limited(*given):
    if not allowed[0]:
        raise OSError(24, "Too many")
    allowed[0] -= 1
    return real(*given)
{what} = limited
"""
    by_first, different = alone(program=ALONE.replace("def make", f"{limited}\ndef make"))
    assert different == 1 + made
    assert by_first == [*[True] * 4, *[made == 0] * 4, *[True] * 4]


@linux
def test_copies_end_where_nobody_takes_what_they_make():
    program = ALONE.replace("    found.append(piece)", "    break") + (
        "\nfor left in range(100):\n    if not multiprocessing.active_children(): break\n    time.sleep(0.05)\nprint(left < 99)"
    )
    program = program.replace("FATE", "time.sleep(30)").replace("WORKERS", "2")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    assert ran.stdout.split("\n")[1] == "True"


@linux
def test_an_error_of_ones_own_is_ones_own():
    program = ALONE.replace("        FATE\n", "        pass\n    elif number == 1:\n        raise MemoryError('mine')\n")
    program = program.replace("WORKERS", "2")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert ran.stderr.strip().endswith("MemoryError: mine")


def test_parts_are_all_there_is_and_nearly_as_large():
    for total in range(40):
        for count in range(1, 6):
            ends = copies._ends(total, count)  # noqa: SLF001
            sizes = [ends[0], *(end - start for start, end in pairwise(ends))]
            assert (len(sizes), sum(sizes), min(sizes) >= 0) == (count, total, True)
            assert max(sizes) - min(sizes) <= 1


def test_one_process_makes_all_where_no_more_are_wanted():
    assert list(shared_out(str.encode, ["a", "b"] * 50, 1)) == [b"a", b"b"] * 50


REPORT = """
import sys
from reconcile.base import forks as copies
from reconcile.commands.app import program
from reconcile.reports import csv_file
csv_file._BLOCK = 1
copies.ENOUGH = 2
made, begun = [], copies.Copy.__init__
copies.Copy.__init__ = lambda self, give: (begun(self, give), print("a copy"))[0]
program()
"""


@linux
def test_a_report_is_the_same_to_the_byte_however_many_write_it(captures, tmp_path):
    site = max((DeviatingSite(random.Random(f"copies {seed}")) for seed in range(20)), key=lambda site: len(site.guests))
    site.guests.pop("vm00")
    folder = captures(site.files())
    copied = {}
    for workers in (1, 2, 4):
        out = tmp_path / f"{workers}.csv"
        command = [sys.executable, "-c", REPORT, "report", folder, "-o", out, "--workers", str(workers), "-q"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        assert (ran.returncode, ran.stderr) == (1, "")
        copied[workers] = ran.stdout.count("a copy")
    assert copied == {1: 0, 2: 1, 4: 3}
    (written,) = {(tmp_path / f"{workers}.csv").read_bytes() for workers in copied}
    assert written.count(b"\r\n") > 10


LIBRARY = """
import sys, reconcile
from reconcile.base import forks as copies
from reconcile.reports import csv_file
csv_file._BLOCK, copies.ENOUGH = 1, 2
copies.Copy.__init__ = None
print(copies.can_be_copied())
reconcile.match(reconcile.read(sys.argv[1])).to_csv(sys.argv[2])
"""


@linux
def test_in_python_one_process_writes(captures, tmp_path):
    """A script's process is not copied behind its back, not even where it could be."""
    folder = captures(DeviatingSite(random.Random("copies")).files())
    command = [sys.executable, "-c", LIBRARY, folder, tmp_path / "a.csv"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert (ran.stdout, ran.stderr) == ("True\n", "")
    assert (tmp_path / "a.csv").read_bytes().count(b"\r\n") > 2

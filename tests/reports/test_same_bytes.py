"""Same captures, same report: whenever, wherever and in whatever order."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from small_site import PAIR, UNSETTLED

from reconcile import match, read
from reconcile.reports.workbook.workbook import workbook_bytes
from reconcile.reports.write import write_reports

OUTPUTS = ["a.xlsx", "a.csv", "a.json", "a.html"]


def written(result, folder) -> dict[str, bytes]:
    folder.mkdir()
    write_reports(result, [str(folder / name) for name in OUTPUTS])
    return {name: (folder / name).read_bytes() for name in OUTPUTS}


def test_the_same_result_twice_gives_the_same_workbook(result):
    assert workbook_bytes(result) == workbook_bytes(result)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"TZ": "America/New_York", "PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "OPENPYXL_LXML": "True", "USER": "somebody"},
    ],
)
def test_another_time_zone_hash_seed_locale_and_folder_change_nothing(captures, tmp_path, elsewhere):
    folder = captures({**UNSETTLED, "i\u0307stanbul.txt": "ILIKE i\n", "Zebra.txt": "", "apple.txt": ""})
    here = written(match(read(folder)), tmp_path / "here")
    there = tmp_path / "there"
    there.mkdir()
    command = [sys.executable, "-m", "reconcile", "report", f"../{folder.name}", *(word for name in OUTPUTS for word in ("-o", name))]
    ran = subprocess.run(command, cwd=there, env={**os.environ, **elsewhere}, capture_output=True, check=False)  # noqa: S603
    assert ran.returncode == 1, ran.stderr
    assert {name: (there / name).read_bytes() for name in OUTPUTS} == here


def test_captures_that_lie_elsewhere_change_nothing(captures, tmp_path):
    (tmp_path / "b").mkdir()
    one = written(match(read(captures(UNSETTLED))), tmp_path / "one")
    assert written(match(read(captures(UNSETTLED, "b/captures"))), tmp_path / "other") == one


def test_the_times_and_modes_of_captures_change_nothing(captures, tmp_path):
    folder = captures(UNSETTLED)
    one = written(match(read(folder)), tmp_path / "one")
    for number, path in enumerate(folder.iterdir()):
        path.chmod(0o400)
        os.utime(path, (number, number))
    assert written(match(read(folder)), tmp_path / "other") == one


def test_arguments_in_another_order_change_nothing(captures, tmp_path):
    folders = [
        captures({**PAIR, "same.txt": f"{name}\n", f"{name}.txt": str(PAIR["db01.txt"]).replace("db01", name)}, name) for name in "cab"
    ]
    arguments = [*folders, folders[0] / "c.txt", folders[1]]
    one = written(match(read(*arguments)), tmp_path / "one")
    assert written(match(read(*reversed(arguments))), tmp_path / "other") == one


def test_sites_in_another_order_change_nothing(captures, tmp_path):
    folders = [captures(UNSETTLED, name) for name in "cab"]
    one = written(match(read(*folders, sites=True)), tmp_path / "one")
    assert written(match(read(*reversed(folders), sites=True)), tmp_path / "other") == one


def test_another_byte_in_a_capture_changes_every_report_of_its_hash(captures, tmp_path):
    """So that the tests above can fail."""
    one = written(match(read(captures(UNSETTLED))), tmp_path / "one")
    other = written(match(read(captures({**UNSETTLED, "web01.txt": str(UNSETTLED["web01.txt"]) + "\n"}))), tmp_path / "other")
    assert one["a.xlsx"] != other["a.xlsx"]
    assert one["a.json"] != other["a.json"]

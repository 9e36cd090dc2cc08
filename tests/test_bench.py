"""The bench runs at a tiny size, its fleets are what they say, and an answer that is not true is caught."""

from __future__ import annotations

import csv
import random
import re
import subprocess
import sys

import pytest
from fleets import Plan, make, truths
from packing import write
from shapes import texts
from truth import by_suffix, judge, mapping

from reconcile import match, read

PLAN = Plan(hosts=4, vms=4, dimms=3, seed=7, collisions=2, plain=False)


@pytest.fixture(scope="module")
def bench(root):
    return root / "tests" / "bench" / "run.py"


def raced(bench, *options: str):
    command = [sys.executable, bench, "--rounds", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own bench


def test_the_whole_job_is_raced_against_the_floor_and_told_exact(bench):
    ran = raced(bench, "--size", "2x3x2", "3x4x2", "--collisions", "1", "--captures", "folder", "tgz", "--varied")
    assert ran.returncode == 0, ran.stderr
    for name in ("floor F", "folder to csv", "tgz to csv"):
        assert len(re.findall(rf"^{name} +([0-9.]+ +){{6}}[0-9]+%  [0-9]+ (vmdks|rows, exact)", ran.stdout, re.MULTILINE)) == 2
    assert "for 10 times the input" in ran.stdout


def test_every_output_of_several_sites_is_raced(bench):
    ran = raced(bench, "--size", "4x3x2", "--sites", "2", "--output", "csv", "xlsx", "html", "json", "folder")
    assert ran.returncode == 0, ran.stderr
    for output in ("csv", "xlsx", "json", "folder"):
        assert re.search(rf"^folder to {output} .* rows, exact$", ran.stdout, re.MULTILINE), ran.stdout
    assert re.search(r"^folder to html .* rows, not looked at$", ran.stdout, re.MULTILINE), ran.stdout


def test_a_tool_that_fails_or_lies_is_told_and_the_exit_code_is_1(bench, tmp_path):
    lies = tmp_path / "lies.py"
    lies.write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'reconcile', *sys.argv[1:]])\n"
        "path = sys.argv[sys.argv.index('-o') + 1]\n"
        "text = open(path, encoding='utf-8-sig').read()\n"
        "open(path, 'w', encoding='utf-8-sig').write(text.replace('nmem1', 'nmem7', 1))\n"
    )
    ran = raced(bench, "--size", "2x3x2", "--tool", sys.executable, str(lies))
    assert ran.returncode == 1
    assert "WRONG: 1 rows missing, 1 too many" in ran.stdout
    failed = raced(bench, "--size", "2x3x2", "--tool", "false")
    assert failed.returncode == 1
    assert "FAILED" in failed.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write(PLAN, tmp_path_factory.mktemp("bench") / "fleet", ("folder", "tgz", "zip"))


@pytest.mark.parametrize("kind", ["folder", "tgz", "zip"])
def test_what_the_tool_finds_is_true_and_every_line_is_understood(kind, data, tmp_path):
    result = match(read(*data.captures[kind]))
    result.to_csv(tmp_path / "out")
    assert judge(mapping(tmp_path / "out"), data.truth).exact
    assert result.captures.unread.empty
    # The chance collisions and the copied vmdk were settled by the guests' other devices.
    assert result.mapping["evidence"].str.contains("same VM as").sum() == 5


@pytest.mark.parametrize("column", ["status", "guest", "device", "device_id", "host", "vm", "vmdk", "uuid"])
def test_one_wrong_cell_is_caught(column, data, tmp_path):
    rows = [row._asdict() for row in data.truth]
    wrong = next(row for row in rows if row["status"] == "matched")
    for name, value in ((column, wrong[column]), (column, "wrong")):
        wrong[name] = value
        with (tmp_path / "mapping.csv").open("w", newline="") as stream:
            table = csv.DictWriter(stream, list(wrong))
            table.writeheader()
            table.writerows(rows)
        verdict = judge(mapping(tmp_path), data.truth)
        assert verdict.exact == (value != "wrong")
    assert len(verdict.missing) == len(verdict.extra) == 1


def test_a_row_that_stands_twice_or_not_at_all_is_caught(data):
    truth = data.truth
    assert judge([*truth, truth[0]], truth).extra == [truth[0]]
    assert judge(truth[1:], truth).missing == [truth[0]]


def test_a_fleet_is_its_seeds_and_has_its_doubles():
    one, same, other = make(PLAN), make(PLAN), make(Plan(4, 4, 3, seed=8, collisions=2, plain=False))
    written = [list(texts(random.Random(1), hosts, plain=False)) for hosts in (one, same, other)]
    assert written[0] == written[1] != written[2]
    truth = list(truths(one))
    assert {row.status for row in truth} == {"matched", "ambiguous", "host-only", "guest-only"}
    suffixes = [row.uuid[-8:] for row in truth if row.status == "matched"]
    assert len(suffixes) - len(set(suffixes)) == PLAN.collisions
    # A join on 8 digits alone cannot settle these.
    assert sum(row.status == "matched" for row in by_suffix(truth)) == len(suffixes) - 2 * PLAN.collisions - 1


def test_at_size_l_there_are_as_many_collisions_as_chance_makes():
    assert round(Plan(2000, 50, 4).vmdks ** 2 / 2**33) == 19

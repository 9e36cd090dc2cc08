"""With ``--sites`` one site is held at a time, and every output is to the byte what it is where all are held together."""

from __future__ import annotations

import gc
import json
import sys
import weakref
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_site import GUEST, PAIR, UNSETTLED, contents

import reconcile
from reconcile import CaptureError, ReconcileError
from reconcile.base.limits import MIB, Limits
from reconcile.capture import chunks, sources
from reconcile.capture import read_all as spread
from reconcile.capture import read_file as captures
from reconcile.capture.compressed_streams import Meter
from reconcile.commands import terminal
from reconcile.facts.source_reading import PlainReading, Reading
from reconcile.findings import ordered
from reconcile.inventory import site as sites
from reconcile.inventory.devices import Device
from reconcile.inventory.vmdks import Vmdk
from reconcile.machines.site_facts import SiteFacts
from reconcile.matching.rows import Row
from reconcile.reports.explain import explain
from reconcile.reports.json_file import tables_as_json
from reconcile.reports.page import map as page_map
from reconcile.reports.page import page
from reconcile.reports.plans import plan_outputs
from reconcile.reports.write import write_reports
from reconcile.results import fleet
from reconcile.results import packed as remains
from reconcile.results.reconciliation import PagePiece
from reconcile.results.schema import ALL, CAPTURED

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parent / "cases"
SAMPLES = Path(__file__).parent.parent / "samples"
OUTPUTS = ("a.csv", "a.xlsx", "a.html", "a.json", "a/")


@pytest.fixture
def few(monkeypatch):
    """Cut captures into chunks of two sources, so that a chunk may hold the end of one site and the beginning of another."""
    monkeypatch.setattr(spread, "BOUNDS", chunks.Bounds(2, MIB))


@pytest.fixture
def several(captures):
    """Return the samples and some cases as sites, one of them an archive, one with sources that are refused, one with nothing in it."""
    folder = captures({"zeta/old.7z": b"7z\xbc\xaf\x27\x1crest", **{f"zeta/{name}": text for name, text in UNSETTLED.items()}}, "all")
    (folder / "empty").mkdir()
    for case in ("clone-told-apart-by-folder", "errors-for-answers", "sums-of-the-site"):
        (folder / case).symlink_to(CASES / case / "input")
    with zipfile.ZipFile(folder / "alpha.zip", "w") as archive:
        for name, text in PAIR.items():
            archive.writestr(name, text)
    return [SAMPLES / "site", *sorted(folder.iterdir(), reverse=True)]


@pytest.fixture
def held(monkeypatch):
    """Count the sites that are held when another is begun. The most is the list's last."""
    alive: weakref.WeakSet[SiteFacts] = weakref.WeakSet()
    counts: list[int] = []

    def counted(*arguments: object) -> SiteFacts:
        facts = SiteFacts(*arguments)
        alive.add(facts)
        counts.append(len(alive))
        return facts

    monkeypatch.setattr(sites, "SiteFacts", counted)
    return counts


def written(folder: Path) -> dict[str, object]:
    """Return a folder's files; of the record of a run what does not differ from one to the next."""
    found: dict[str, object] = {path: data for path, data in contents(folder).items() if not path.endswith("SHA256SUMS")}
    for path in [path for path in found if path.endswith("run.json")]:
        told = json.loads((folder / path).read_bytes())
        found[path] = {key: value for key, value in told.items() if key not in {"written", "command"}}
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_every_output_is_what_it_is_where_all_sites_are_held(several, few, run, tmp_path, capsys, workers):
    for name in ("one", "held"):
        (tmp_path / name).mkdir()
    ran = run("report", *several, "--sites", "--workers", workers, *(part for out in OUTPUTS for part in ("-o", f"{tmp_path}/one/{out}")))
    result = reconcile.match(reconcile.read(*several, sites=True))
    capsys.readouterr()
    terminal.show(result, write_reports(result, [f"{tmp_path}/held/{out}" for out in OUTPUTS]))
    assert written(tmp_path / "one") == written(tmp_path / "held")
    assert len(written(tmp_path / "one")) == len(OUTPUTS) + len(ALL) + 4
    said = capsys.readouterr().err.replace("/held/", "/one/")
    assert ran == (2, "", f"{said}not read: old.7z: a 7z archive; unpack it and name the folder\n")
    assert ran.code == result.exit_code


@pytest.mark.parametrize("workers", [1, 2])
def test_every_command_says_what_it_says_of_sites_that_are_all_held(several, few, run, capsys, workers):
    captures = reconcile.read(*several, sites=True)
    result = reconcile.match(captures)
    more = [*several, "--sites", "--workers", workers]
    assert run("parse", *more).out == "".join(tables_as_json((captures.table(spec.name) for spec in CAPTURED), ascii_only=True))
    assert run("explain", "nmem0", *more).out == "".join(f"{line}\n" for line in explain(result, "nmem0"))
    told = json.loads(run("check", *more, "--format", "json").out)
    assert told["machines"] == [json.loads(json.dumps(state._asdict())) for state in result.advice().machines]
    assert told["needs"] == [json.loads(json.dumps(need._asdict())) for need in result.advice().needs]
    with pytest.raises(CaptureError) as unknown:
        explain(result, "nobody")
    assert run("explain", "nobody", *more).err == f"reconcile: {unknown.value}\n"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("output", OUTPUTS)
def test_no_two_sites_are_held_for_a_report(several, few, held, run, tmp_path, output, workers):
    assert run("report", *several, "--sites", "--workers", workers, "-o", f"{tmp_path}/{output}", "-o", "-", "-q").code == 2
    assert held == [1] * 6
    held.clear()
    assert run("verify", tmp_path / output, *several, "--sites", "--workers", workers).code == 0
    assert held == [1] * 6


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("command", ["parse", "check", "explain nmem0"])
def test_no_two_sites_are_held_by_the_other_commands(several, few, held, run, command, workers):
    run(*command.split(), *several, "--sites", "--workers", workers)
    assert held == [1] * 6


def test_of_a_site_nothing_is_left_when_the_next_is_begun(several, monkeypatch, run, tmp_path):
    """Neither what was read of its sources nor its devices, vmdks and rows."""

    def alive() -> int:
        return sum(isinstance(thing, (Reading, PlainReading, Device, Vmdk, Row)) for thing in gc.get_objects())

    others, left = alive(), {}

    def begun(source: sources.Source, meter: Meter) -> Iterator[sources.Outcome]:
        if source.site not in left:
            left[source.site] = alive() - others
        return read(source, meter)

    read = captures.read
    monkeypatch.setattr(captures, "read", begun)
    run("report", *several, "--sites", "--workers", 1, "-o", f"{tmp_path}/a/", "-q")
    assert list(left.values()) == [0] * 6


def test_all_sites_are_held_where_the_library_is_asked_for_them(several, held):
    """What the count of the tests above would show, were no site dropped."""
    assert len(reconcile.read(*several, sites=True).sites) == 6
    assert held == [1, 2, 3, 4, 5, 6]


def test_the_bytes_of_a_site_go_with_it(several, monkeypatch):
    meter = Meter(Limits(), keep=True)
    monkeypatch.setattr(fleet, "Meter", lambda *_, **__: meter)
    kept = [{site for site, _ in captures._kept} for captures in fleet.each_captured(*several, keep=True)]  # noqa: SLF001 -- no other way
    assert [len(names) for names in kept] == [1] * 6
    assert meter.kept == {}


def test_the_library_gives_a_result_of_sites_that_it_does_not_hold(several, held, tmp_path):
    result = reconcile.match_sites(*several)
    assert held == [1] * 6
    whole = reconcile.match(reconcile.read(*several, sites=True))
    for spec in ALL:
        assert result.table(spec.name).frame.equals(whole.table(spec.name).frame), spec.name
    assert result.captures.dimms.equals(whole.captures.dimms)
    # The rows of a finding stand in the mapping.
    assert result.all_findings == tuple(finding._replace(rows=()) for finding in whole.all_findings)
    assert (result.totals, result.exit_code) == (whole.totals, whole.exit_code)
    result.to_html(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == page.page_bytes(whole)
    assert list(result.differences(tmp_path / "a.html")) == []


def test_what_a_result_without_sites_cannot_give_is_said(several):
    result = reconcile.match_sites(*several, tables=["mapping", "findings"], keep=False)
    assert len(result.mapping) == len(result.table("mapping").rows) > 0
    with pytest.raises(ReconcileError, match="'dimms' was not asked for"):
        _ = result.captures.dimms
    for ask in (
        lambda: result.by_site,
        lambda: result.captures.sites,
        result.advice,
        lambda: result.captures.lines("s", "l"),
        lambda: result.captures.figures,
    ):
        with pytest.raises(ReconcileError, match="not held any more"):
            ask()
    with pytest.raises(ReconcileError, match="There is no table 'nonsense'"):
        reconcile.match_sites(*several, tables=["nonsense"])
    with pytest.raises(ReconcileError, match="No CAPTURE was given"):
        reconcile.match_sites()


def test_an_id_stands_once_in_all_sites(captures, monkeypatch):
    """Two findings' ids may agree by chance, and then the later one gets another, whichever site it is of; none is lost."""
    monkeypatch.setattr(ordered, "ident_of", lambda text: text.partition("\0")[0] if "\0" in text else f"{text}'")
    folders = [captures(UNSETTLED, name) for name in ("berlin", "paris")]
    rows = reconcile.match(reconcile.read(*folders, sites=True)).table("findings").rows
    assert tuple(reconcile.match_sites(*folders).table("findings").rows) == rows
    monkeypatch.undo()
    assert len(rows) == len({row[0] for row in rows}) == len(reconcile.match(reconcile.read(*folders, sites=True)).all_findings) > 0


def test_a_map_of_many_rows_is_short_and_one_of_few_is_whole(captures, monkeypatch, tmp_path):
    """Which of both it will be is not known before the last site."""
    monkeypatch.setattr(page_map, "MOST_WHOLE", 3)
    monkeypatch.setattr(page_map, "WHOLE_ROWS", page_map.WHOLE_ROWS._replace(most_rows=3))
    monkeypatch.setattr(page, "PIECES", (page.FINDINGS, page_map.WHOLE_ROWS, page_map.SHORT_ROWS))
    folders = [captures(UNSETTLED if name == "paris" else PAIR, name) for name in ("berlin", "paris", "rome", "wien")]
    for many in (2, 3, 4):
        whole = page.page_bytes(reconcile.match(reconcile.read(*folders[:many], sites=True)))
        assert page.page_bytes(reconcile.match_sites(*folders[:many])) == whole
        assert (b"Of this many rows" in whole) == (many > 2)


def test_a_piece_that_a_long_report_does_not_have_is_made_no_more(captures):
    folders = [captures(PAIR, name) for name in ("berlin", "paris", "rome")]
    made: list[str] = []
    piece = PagePiece(lambda result: made.extend(result.captures.figures.sites) or iter(("line",)), 2)
    remains.pack(fleet.each_result(*folders, sites=True), remains.Wanted(["mapping"], [piece]))
    assert made == ["berlin", "paris"]


def test_reports_ask_for_no_table_that_they_were_not_known_to_need(several, tmp_path):
    """Each output by itself is written of what is packed for it alone."""
    for output in OUTPUTS:
        plans = plan_outputs([f"{tmp_path}/{output}"])
        needed = reconcile.reports.wanted.needed_for(plans)
        assert {"mapping", "findings"} <= set(needed.tables)
        write_reports(remains.pack(fleet.each_result(*several, sites=True), needed), plans)


def test_what_a_run_may_unpack_is_counted_over_all_sites(captures, run):
    folder = captures({})
    for name in "abc":
        with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("big.txt", f"{name}" * 900_000)
            archive.writestr("db01.txt", GUEST)
    archives = sorted(folder.iterdir())
    limits = Limits(run_bytes=2 * MIB)
    whole = reconcile.match(reconcile.read(*archives, sites=True, limits=limits))
    one = reconcile.match_sites(*archives, limits=limits)
    assert tuple(one.table("sources").rows) == whole.table("sources").rows
    assert [source.site for source in one.captures.refused] == ["c"]


def test_an_argument_that_is_not_there_is_told_before_anything_is_read(captures, run, held):
    folder = captures(PAIR, "berlin")
    ran = run("report", "zeta", folder, "alpha", "--sites", "-o", "-")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("reconcile: 'zeta' is not there.")
    assert held == []
    ran = run("report", folder, "--sites", "--site", "x", "-o", "-")
    assert ran.err.startswith("reconcile: --site names the one site, and --sites makes each CAPTURE its own.")


def test_where_no_site_holds_anything_that_is_read_it_is_said(captures, run):
    folders = [captures({"x.txt": "hello\n"}, name) for name in ("berlin", "paris")]
    for command in ("parse", "check", "explain x", "report -o -"):
        ran = run(*command.split(), *folders, "--sites")
        assert (ran.code, ran.out) == (2, "")
        assert "is output of a command that this tool reads" in ran.err
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize("most", [5, 20, 100])
def test_a_terminal_shows_the_same_rows_and_findings(several, monkeypatch, capsys, most):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(terminal, "_MOST_ROWS", most)
    shown = []
    for result in (reconcile.match(reconcile.read(*several, sites=True)), reconcile.match_sites(*several)):
        terminal.show(result, [])
        shown.append(capsys.readouterr().err)
    assert shown[0] == shown[1]
    assert ("more row" in shown[0]) == (most < 100)

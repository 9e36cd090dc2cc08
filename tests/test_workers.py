"""Any number of workers gives the same bytes; one that dies takes only what killed it; Ctrl-C ends them all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from small_site import PAIR, contents

from reconcile import match, read
from reconcile.base.limits import BY_SIZE, DEFAULT, MIB, Limits
from reconcile.capture import chunks, sources, workers
from reconcile.capture import read_all as spread
from reconcile.capture import read_file as captures
from reconcile.capture.compressed_streams import Meter
from reconcile.reports.write import write_reports

CASES = sorted((Path(__file__).parent / "cases").iterdir())
SAMPLES = Path(__file__).parent.parent / "samples"
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")

# A program whose process is alone, as the command line's is, and in which a source called poison ends whoever reads it.
POISON = """
import multiprocessing, os, signal, sys, time
from reconcile.capture import chunks
from reconcile.capture import read_source as reading
from reconcile.capture import workers
from reconcile.commands.app import main
from reconcile.capture.read_file import read_file

def read(source, meter):
    if source.path.startswith("poison"):
        os.kill(os.getpid(), signal.SIGKILL) if source.path.endswith("killed.txt") else os._exit(3)
    if source.path.startswith("slow"):
        open(source.file + ".begun", "x").close()
        time.sleep(60)
    return read_file(source, meter)

chunks.read_file = read
from reconcile.capture import read_all as spread
spread.BOUNDS = chunks.Bounds(3, 1 << 20)
if __name__ == "__main__":
    method = sys.argv.pop(1)
    if method != "unsaid":
        multiprocessing.set_start_method(method)
    main()
"""


@pytest.fixture
def few(monkeypatch):
    """Cut captures into chunks of two sources, so that small ones need several."""
    monkeypatch.setattr(spread, "BOUNDS", chunks.Bounds(2, MIB))


@pytest.fixture
def program(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(POISON)
    return file


def everything(folder: Path, site: str, out: Path, count: int) -> dict[str, bytes]:
    result = match(read(folder, site=site, workers=count))
    write_reports(result, [f"{out}/{count}.{kind}" for kind in ("xlsx", "html", "csv", "json")])
    return {file.suffix: file.read_bytes() for file in out.glob(f"{count}.*")}


@pytest.mark.parametrize("folder", [SAMPLES, CASES[0] / "input", CASES[-1] / "input"], ids=str)
def test_any_number_of_workers_gives_the_same_bytes(folder, few, tmp_path):
    one, two, three = (everything(folder, "site", tmp_path, count) for count in (1, 2, 3))
    assert set(one) == {".xlsx", ".html", ".csv", ".json"}
    assert one == two
    assert one == three


def in_full(outcomes):
    return [outcome._replace(reading=outcome.reading and outcome.reading.in_full()) for outcome in outcomes]


def test_what_workers_hand_back_is_what_is_read_here(few):
    """All samples and cases at once: readings, refusals, and the bytes that are kept."""
    folders = {SAMPLES.name: SAMPLES, **{case.name: case / "input" for case in CASES}}
    found = [source for site, folder in folders.items() for source in sources.locate([str(folder)], site=site) if not source.status]
    here, there = Meter(DEFAULT, keep=True), Meter(DEFAULT, keep=True)
    expected = [outcome for source in found for outcome in captures.read(source, here)]
    got = spread.read_all(found, there, workers=2)
    assert in_full(got) == in_full(expected)
    assert [type(record) for o in got if o.reading for part in o.reading.parts for record in part.records] == [
        type(record) for o in expected if o.reading for part in o.reading.parts for record in part.records
    ]
    assert there.kept == here.kept


@pytest.mark.parametrize("most", [1, 400, MIB])
@pytest.mark.parametrize("files", [1, 3, 100])
def test_a_worker_that_has_read_enough_hands_the_rest_back(monkeypatch, most, files):
    """The same is read, in as many answers as it takes, and everybody gets a part of the last rest."""
    found = [source for source in sources.locate([str(SAMPLES)]) if not source.status]
    expected = [outcome for source in found for outcome in captures.read(source, Meter(DEFAULT))]
    monkeypatch.setattr(spread, "BOUNDS", chunks.Bounds(files, most))
    assert spread.read_all(found, Meter(DEFAULT), workers=2) == expected
    numbered = list(enumerate(found))
    answers = list(workers.Workers(2, DEFAULT, keep=False, most=most).read(chunks.cut(iter(numbered), files)))
    assert sorted(number for answer in answers for number in answer.chunk.numbers) == [number for number, _ in numbered]
    sizes = [[Path(source.file).stat().st_size for source in answer.chunk.sources] for answer in answers]
    assert all(sum(of_answer[:-1]) < most for of_answer in sizes)
    if most == 1:
        assert len(answers) == len(found)
    if most == MIB:
        assert len(answers) == -(-len(found) // files)


@pytest.mark.parametrize(
    ("done", "parts", "rest"), [(4, 1, []), (4, 3, []), (1, 1, [3]), (1, 2, [2, 1]), (1, 3, [1, 1, 1]), (2, 3, [1, 1])]
)
def test_what_was_not_read_of_a_chunk_is_cut_into_parts(done, parts, rest):
    of_four = chunks.Chunk((3, 4, 5, 6), tuple(sources.Source("s", str(number), "", "") for number in range(4)))
    read_of_it, data, left = of_four.after(done.to_bytes(4, "big") + b"said", parts)
    assert (len(read_of_it.numbers), data, [len(chunk.numbers) for chunk in left]) == (done, b"said", rest)
    assert [number for chunk in (read_of_it, *left) for number in chunk.numbers] == [3, 4, 5, 6]
    assert [source for chunk in (read_of_it, *left) for source in chunk.sources] == list(of_four.sources)


@pytest.mark.parametrize("wanted", [None, BY_SIZE])
def test_few_files_are_read_by_one_process_and_many_by_all_processors(monkeypatch, wanted):
    monkeypatch.setattr(workers, "process_context", lambda: multiprocessing.get_context("fork"))
    assert workers.how_many(wanted, workers.ENOUGH - 1) == 1
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert workers.how_many(wanted, workers.ENOUGH) == processors
    assert workers.how_many(3, 1) == 3
    monkeypatch.setattr(workers, "process_context", lambda: multiprocessing.get_context("spawn"))
    assert workers.how_many(wanted, workers.ENOUGH) == (1 if wanted is None else processors)


@pytest.mark.parametrize(
    "line",
    [
        "report FOLDER -o new.csv", "report FOLDER --sites -o new.csv", "parse FOLDER", "parse FOLDER --sites", "check FOLDER",
        "explain nmem0 FOLDER", "diff FOLDER FOLDER -o new.csv", "verify old.csv FOLDER",
    ],
)  # fmt: skip
def test_the_command_line_leaves_it_to_their_size_however_processes_are_started(captures, run, monkeypatch, tmp_path, line):
    folder, asked = captures(PAIR), []
    monkeypatch.chdir(tmp_path)
    run("report", folder, "-o", "old.csv")
    monkeypatch.setattr(spread, "how_many", lambda wanted, _: asked.append(wanted) or 1)
    assert run(*(folder if word == "FOLDER" else word for word in line.split())).code in {0, 1}
    assert set(asked) == {BY_SIZE}


UNGUARDED = """
import sys, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
print("begun")
import reconcile
from reconcile.capture import workers
workers.ENOUGH = 2
print(len(reconcile.read(sys.argv[1]).sources))
"""


def test_a_script_that_reads_many_files_is_run_once(captures, tmp_path):
    """Where a process cannot be copied, as beside a thread, each other one would begin with all that the script does."""
    (tmp_path / "script.py").write_text(UNGUARDED)
    folder = captures({f"{number}/{name}": text for number in range(3) for name, text in PAIR.items()})
    command = [sys.executable, tmp_path / "script.py", folder]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    assert (ran.stdout.split(), ran.stderr) == (["begun", str(3 * len(PAIR))], "")


def test_limits_hold_over_all_workers_together(captures, few, tmp_path):
    """Three archives that together unpack to more than a run may: the same one is refused, whoever reads the rest."""
    folder = captures({**PAIR, "big.txt": b"x" * (MIB + 1)})
    for name in "abc":
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            archive.writestr(f"{name}.txt", os.urandom(400_000).hex())
    limits = Limits(member_bytes=MIB, run_bytes=2 * MIB)
    one, three = (read(folder, limits=limits, workers=count, site="s") for count in (1, 3))
    assert one.table("sources").frame.equals(three.table("sources").frame)
    refused = [source.label for site in three.sites for source in site.refused]
    assert refused == ["big.txt", "c.zip"]


def test_progress_is_told_while_workers_read(captures, few):
    told: list[tuple[str, int, int]] = []
    read(captures(PAIR), workers=2, progress=lambda *step: told.append(step))
    assert told
    assert {step[0] for step in told} == {"reading"}
    assert [step[1] for step in told] == sorted(step[1] for step in told)


def start(program: Path, method: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, program, method, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("method", ["unsaid", "spawn", "forkserver"])
@pytest.mark.parametrize("how", ["exit 3", "SIGKILL"])
def test_a_worker_that_dies_is_said_so_and_takes_nothing_with_it(captures, program, tmp_path, method, how):
    if method == "forkserver" and sys.platform == "win32":
        pytest.skip("no such way to start a process here")
    harmless = {f"{number}/{name}": text for number in range(3) for name, text in PAIR.items()}
    name = "poison.killed.txt" if how == "SIGKILL" else "poison.txt"
    folder = captures({**harmless, name: "bad\n"})
    with start(program, method, "report", folder, "-o", tmp_path / "a.csv", "--workers", "2") as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "INCOMPLETE" in said
    assert f"not read: {name}: the process that read it died ({how})" in said
    assert "Traceback" not in said
    (folder / name).unlink()
    with start(program, method, "report", folder, "-o", tmp_path / "b.csv", "--workers", "2") as process:
        process.communicate(timeout=60)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_bug_in_a_worker_is_shown_as_a_bug(captures, tmp_path):
    file = tmp_path / "program.py"
    file.write_text(POISON.replace("os._exit(3)", 'int("no figure")'))
    with start(file, "unsaid", "report", captures({**PAIR, "poison.txt": "x\n"}), "-o", tmp_path / "a.csv", "--workers", "2") as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.startswith("reconcile: this is a bug: ValueError: invalid literal")
    assert said.count("\n") == 1
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("where", ["berlin", "paris", "rome"])
def test_a_worker_that_dies_at_one_of_several_sites_takes_nothing_with_it(captures, program, tmp_path, where):
    folders = [
        captures({f"{number}/{name}": text for number in range(3) for name, text in PAIR.items()}, site)
        for site in ("berlin", "paris", "rome")
    ]
    (tmp_path / where / "poison.killed.txt").write_text("bad\n")
    for name in ("a.csv", "b.csv"):
        with start(program, "unsaid", "report", *folders, "--sites", "-o", tmp_path / name, "--workers", "2") as process:
            _, said = process.communicate(timeout=60)
        assert ("not read: poison.killed.txt: the process that read it died (SIGKILL)" in said) == (name == "a.csv"), said
        (tmp_path / where / "poison.killed.txt").unlink(missing_ok=True)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@linux
@pytest.mark.parametrize(("method", "more"), [("unsaid", []), ("spawn", []), ("unsaid", ["--sites"])])
def test_an_interrupt_ends_all_processes_at_once(captures, program, tmp_path, method, more):
    """The terminal sends Ctrl-C to the whole group, and one process answers for all."""
    folder = captures({**PAIR, "slow.txt": "x\n"})
    before = contents(tmp_path)
    command = [sys.executable, str(program), method, "report", str(folder), "-o", str(tmp_path / "a.csv"), "--workers", "2", *more]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:  # noqa: S603
        begun = folder / "slow.txt.begun"
        while not begun.exists():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == "reconcile: interrupted; nothing was left half-written\n"
    begun.unlink()
    assert contents(tmp_path) == before
    # Python's own tracker of spawned processes sees that they are gone, and goes.
    deadline = time.monotonic() + 60
    while is_there(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_there(process.pid)


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_where_no_process_can_be_started_all_is_read_here(captures, few, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(workers, "_Worker", refuse)
    assert len(read(captures(PAIR), workers=2).sources) == len(PAIR)

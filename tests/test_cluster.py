"""A Dask cluster reads in place of this machine's processes, and the same bytes come out; what it cannot do is said in words."""

from __future__ import annotations

import os
import sys

import pytest
from small_site import PAIR, contents

from reconcile.capture import chunks
from reconcile.capture import dask_cluster as cluster

REQUIRED = os.environ.get("RECONCILE_DASK") == "required"
try:
    import distributed
except ImportError:
    if REQUIRED:
        raise
    distributed = None

needs_dask = pytest.mark.skipif(distributed is None, reason="distributed is not installed: pip install '.[dask]'")
# What Dask and its own libraries warn of on their way in and out is theirs.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def address():
    """Start a cluster of two processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as started:
        yield started.scheduler_address


@needs_dask
def test_a_cluster_gives_the_same_bytes(address, captures, run, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "BOUNDS", chunks.Bounds(2, 1 << 20))
    folder = captures({f"{number}/{name}": text for number in range(3) for name, text in PAIR.items()})
    outputs = ("xlsx", "html", "csv", "json")
    for name, more in (("one", ["--workers", "1"]), ("dask", ["--dask", address])):
        (tmp_path / name).mkdir()
        ran = run("report", folder, *(part for kind in outputs for part in ("-o", tmp_path / name / f"a.{kind}")), *more)
        assert ran.code in {0, 1}
    assert contents(tmp_path / "one") == contents(tmp_path / "dask")
    assert len(contents(tmp_path / "one")) == len(outputs)


@needs_dask
def test_a_cluster_reads_several_sites_one_behind_the_other(address, captures, run, monkeypatch):
    monkeypatch.setattr(cluster, "BOUNDS", chunks.Bounds(2, 1 << 20))
    folders = [captures({f"{number}/{name}": text for number in range(3) for name, text in PAIR.items()}, site) for site in ("a", "b", "c")]
    one, other = (run("report", *folders, "--sites", "-o", "-", *more) for more in (["--workers", 1], ["--dask", address]))
    assert one == other
    assert one.code in {0, 1}


@needs_dask
def test_captures_that_the_workers_do_not_see_are_said_so(address, captures, run, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_size", lambda _: 12345)
    ran = run("report", captures(PAIR), "-o", tmp_path / "a.csv", "--dask", address)
    assert ran.code == 2
    assert "Put the captures on storage that all workers share" in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "a.csv").exists()


@needs_dask
def test_workers_of_another_version_are_said_so(address, captures, run, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "__version__", "99")
    ran = run("report", captures(PAIR), "-o", tmp_path / "a.csv", "--dask", address)
    assert ran.code == 2
    assert "and this is 99. Install the same on both." in ran.err


@needs_dask
def test_where_no_scheduler_answers_it_is_said_so(captures, run, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    ran = run("report", captures(PAIR), "-o", tmp_path / "a.csv", "--dask", "tcp://127.0.0.1:9")
    assert ran.code == 2
    assert "No Dask scheduler answers at 'tcp://127.0.0.1:9'" in ran.err
    ran = run("report", captures(PAIR), "-o", tmp_path / "a.csv", "--dask", "nonsense://")
    assert (ran.code, "this is a bug" in ran.err) == (2, False)


def test_without_dask_it_is_said_what_to_install(captures, run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = run("report", captures(PAIR), "-o", tmp_path / "a.csv", "--dask", "tcp://127.0.0.1:8786")
    assert ran.code == 2
    assert "Install vpmem-reconcile[dask]" in ran.err


@needs_dask
def test_a_source_that_kills_worker_after_worker_is_marked(monkeypatch, captures):
    """As Dask tells it: an error that is not the source's own."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- for this test alone

    from reconcile.base.limits import DEFAULT  # noqa: PLC0415
    from reconcile.capture.sources import locate  # noqa: PLC0415

    def kill(files, limits, *, keep, most):
        if any(path == "bad.txt" for _, path in files):
            raise distributed.KilledWorker("read", None, 4)
        return chunks.read_chunk(files, limits, keep=keep, most=most)

    monkeypatch.setattr(cluster, "read_chunk", kill)
    found = list(enumerate(locate([str(captures({**PAIR, "bad.txt": "x\n"}))])))
    with ThreadPoolExecutor(2) as executor:
        answers = list(cluster.Cluster("", DEFAULT, keep=False)._answers(executor, list(chunks.cut(found, cluster.BOUNDS.files)), 2))  # noqa: SLF001
    assert [answer.chunk.sources[0].path for answer in answers if answer.data is None] == ["bad.txt"]
    assert len(answers) == len(found)

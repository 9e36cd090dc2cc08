"""The documentation: the tool shows it, and what it says to type can be typed."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys

import pytest
from test_documents import documents

from reconcile.commands.docs import page_names

ANY = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b]*\x1b\\")


def typed(root):
    """Give each line to type of the documents: in a block, indented or fenced, and beginning with the tool's name."""
    for path in documents(root):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    reconcile "):
                yield path.name, line.strip()


def test_the_list_names_every_page_with_its_heading(run, root):
    ran = run("docs")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == page_names()
    assert {f"{name}.md" for name in page_names()} == {path.name for path in (root / "reconcile" / "docs").glob("*.md")}


def test_a_page_in_a_pipe_is_its_markdown_without_marks(run, root):
    for name in page_names():
        ran = run("docs", name)
        assert (ran.code, ran.err) == (0, "")
        text = (root / "reconcile" / "docs" / f"{name}.md").read_text(encoding="utf-8")
        assert ran.out.splitlines() == [line for line in text.splitlines() if not line.startswith("<!--")]


@pytest.mark.parametrize(("columns", "page"), [(200, "capture"), (80, "capture"), (80, "formats"), (60, "formats"), (80, "reports")])
def test_a_page_on_a_terminal_is_laid_out_and_nothing_is_cut(run, monkeypatch, columns, page):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def reconfigure(self, **_: object) -> None:
            """Take what a stream takes."""

    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    run("docs", page)
    told = ANY.sub("", stream.getvalue())
    assert told.splitlines()[0].strip() in {"How to capture", "What can be read", "What comes out"}
    assert "\u2026" not in told
    assert max(map(len, told.splitlines())) <= columns


def test_a_page_that_is_not_there(run):
    ran = run("docs", "captures")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"reconcile: There is no page 'captures'. Take one of: {', '.join(page_names())}.\n"


@pytest.fixture
def desk(root, tmp_path, monkeypatch, run):
    """Lie out what the documents speak of: captures of one visit and of two, two sites, and a report."""
    for name in ("captures", "march", "november", "site-a", "site-b"):
        shutil.copytree(root / "samples" / "site", tmp_path / name)
    shutil.rmtree(tmp_path / "november" / "guests" / "db01")
    monkeypatch.chdir(tmp_path)
    assert run("report", "captures/", "-o", "audit.xlsx", "-q").code == 1
    return tmp_path


def test_every_command_in_the_documents_can_be_typed(desk, run, root):
    """What is printed goes to standard output, whatever file a shell would put it into."""
    lines = [line for _, line in typed(root)]
    assert len(lines) > 15
    for line in lines:
        words = shlex.split(re.split(r" {3,}|>", line)[0])[1:]
        for output in [words[at + 1] for at, word in enumerate(words) if word == "-o" and words[at + 1] != "-"]:
            (desk / output).unlink(missing_ok=True)
        ran = run(*words)
        assert ran.code in {0, 1}, (line, ran)
        assert ran.out or ran.err, line


def test_every_command_of_the_tool_stands_in_a_document(root, run):
    known = {line.split()[1] for _, line in typed(root)}
    text = "".join(path.read_text(encoding="utf-8") for path in documents(root))
    listed = run("--help").out.partition("Commands:\n")[2].splitlines()
    assert {line.split()[0] for line in listed} - known <= {"docs"}
    assert "`reconcile docs`" in text


def test_the_example_in_python_runs(desk, root):
    (program,) = re.findall(r"```python\n(.*?)```", (root / "reconcile" / "docs" / "library.md").read_text(encoding="utf-8"), re.DOTALL)
    (desk / "audit.xlsx").unlink()
    exec(compile(program, "library.md", "exec"), {})  # noqa: S102 -- what our own page shows
    assert (desk / "audit.xlsx").is_file()
    assert (desk / "audit.html").is_file()


def test_links_lead_somewhere_and_nobody_reads_more_than_150_lines_first(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme.count("\n") < 150
    assert all(0 < (root / "samples" / name).stat().st_size < 200_000 for name in ("page.png", "workbook.png"))
    for path in documents(root):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)
    for name in re.findall(r"`reconcile docs\s(\w+)`", "".join(path.read_text(encoding="utf-8") for path in documents(root))):
        assert name in page_names()

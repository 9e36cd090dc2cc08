"""What README and samples show is made by the tool itself. RECONCILE_REGENERATE=1 makes it anew."""

from __future__ import annotations

import ast
import os
import re

import pytest
from imports_of import imports, modules, room_of
from test_layers import ROOMS

from reconcile import match, read
from reconcile.findings.rules import RULES
from reconcile.parsers.registry import PARSERS
from reconcile.reports.csv_file import csv_bytes
from reconcile.results import schema
from reconcile.results.changes import MEANINGS

REGENERATE = bool(os.environ.get("RECONCILE_REGENERATE"))


def summary(result, run):
    ran = run("report", "samples/site", "-o", "audit.xlsx")
    assert ran.code == 1
    return f"```text\n{ran.err}```"


def tables(result, run):
    told = [(f"`{spec.name}`", spec.about, " ".join(f"`{column.name}`" for column in spec.columns)) for spec in schema.ALL]
    return markdown(("table", "a row is", "columns"), told)


def rules(result, run):
    return markdown(
        ("rule", "", "what it means"), [(f"`{rule.name}`", str(rule.severity), f"{rule.title}. {rule.meaning}") for rule in RULES]
    )


def formats(result, run):
    told = [(f"`{parser.name}`", parser.where, parser.reads, f"`{parser.command}`") for parser in PARSERS]
    return markdown(("command", "on", "what is read", "for example"), told)


def explained(result, run):
    ran = run("explain", "db01 nmem0", "samples/site")
    assert ran.code == 0
    return f"```text\n{ran.out}```"


def changes(result, run):
    return markdown(("change", "what it means"), [(f"`{change}`", meaning) for change, meaning in MEANINGS.items()])


def rooms(result, run):
    told = {
        room_of(name): ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for name, path in modules().items()
        if name.count(".") == 1
    }
    return markdown(("room", "what is in it"), [(f"`{room}`", told[room].partition("\n")[0]) for room in ROOMS])


def arrows(result, run):
    """Draw the imports of rooms, without those that lead where others lead as well."""
    known: dict[str, set[str]] = {room: set() for room in ROOMS}
    for name, others in imports().items():
        known.get(room_of(name), set()).update(room_of(other) for other in others if other.startswith("reconcile."))
    behind: dict[str, set[str]] = {}
    for room in ROOMS:
        known[room].discard(room)
        behind[room] = known[room].union(*(behind[other] for other in known[room]))
    told = [
        f"    {room} --> {other}"
        for room in reversed(ROOMS)
        for other in reversed(ROOMS)
        if other in known[room] and not any(other in behind[between] for between in known[room])
    ]
    return "\n".join(["```mermaid", "flowchart TD", *told, "```"])


MADE = {function.__name__: function for function in (summary, tables, rules, formats, explained, changes)}
MADE_FOR_DEVELOPERS = {function.__name__: function for function in (rooms, arrows)}


def markdown(header, rows):
    lines = [header, tuple("---" for _ in header), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def documents(root):
    return [root / "README.md", *sorted((root / "reconcile" / "docs").glob("*.md"))]


@pytest.fixture
def sample(root, tmp_path, monkeypatch):
    (tmp_path / "samples").symlink_to(root / "samples")
    monkeypatch.chdir(tmp_path)
    return match(read("samples/site"))


@pytest.mark.parametrize("name", MADE)
def test_the_documents_show_what_the_tool_says(name, sample, root, run):
    (document,) = [path for path in documents(root) if f"<!-- generated: {name} -->" in path.read_text(encoding="utf-8")]
    shows(document, name, MADE[name](sample, run))


@pytest.mark.parametrize("name", MADE_FOR_DEVELOPERS)
def test_the_page_for_developers_shows_the_house_as_it_is(name, sample, root, run):
    shows(root / ".github" / "CONTRIBUTING.md", name, MADE_FOR_DEVELOPERS[name](sample, run))


def shows(document, name, text_made):
    text = document.read_text(encoding="utf-8")
    made = f"<!-- generated: {name} -->\n{text_made}\n<!-- end -->"
    pattern = re.compile(rf"<!-- generated: {name} -->\n.*?<!-- end -->", re.DOTALL)
    shown = pattern.findall(text)
    assert len(shown) == 1
    if REGENERATE:
        document.write_text(pattern.sub(lambda _: made, text), encoding="utf-8")
    else:
        assert shown[0] == made


@pytest.mark.parametrize("spec", schema.ALL, ids=lambda spec: spec.name)
def test_the_samples_report_is_what_the_samples_give(spec, sample, root):
    file = root / "samples" / "report" / f"{spec.name}.csv"
    made = csv_bytes(sample.table(spec.name))
    if REGENERATE:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(made)
    else:
        assert file.read_bytes() == made


def test_nothing_else_lies_among_the_samples_report(root):
    assert {file.name for file in (root / "samples" / "report").iterdir()} == {f"{spec.name}.csv" for spec in schema.ALL}


def test_the_samples_show_each_status_and_no_line_is_left_over(sample):
    assert set(sample.mapping["status"]) == {"matched", "ambiguous", "guest-only", "host-only"}
    assert sample.captures.unread.empty


def test_the_top_level_holds_what_the_design_names(root):
    tracked = {entry.name for entry in root.iterdir() if not entry.name.startswith(".") and entry.name != "audit.xlsx"}
    assert tracked <= {"pyproject.toml", "README.md", "reconcile", "samples", "tests", "build", "dist"}

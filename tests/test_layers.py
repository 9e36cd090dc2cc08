"""The house: which room may know which. An import that runs up, in a ring, or out of a room that must not know it, is a failure."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from imports_of import imports, modules, room_of

# From the ground up. A room may know those in front of it, and none behind it. Each is a folder, or a module beside the folders.
ROOMS = (
    "base", "docs", "scripts", "facts", "transcript", "parsers", "capture", "machines", "inventory", "matching", "findings", "results", "reports",
    "library", "commands",
)  # fmt: skip
DOORS = {"", "__main__"}
# Which rooms may load which library from elsewhere. Others load the standard library alone.
ALLOWED = {
    "rich": {"commands"}, "typer": {"commands"}, "openpyxl": {"reports"}, "numpy": {"inventory"}, "pandas": {"results", "library"},
    "distributed": {"capture"},
}  # fmt: skip
MOST_ENTRIES = 20
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 350, 40
# A function with an argument for each option, or for each choice of a call, is as long as these are.
EACH_OPTION = {"report", "diff", "_reading", "read"}


def test_every_room_is_known_and_every_import_runs_down():
    assert {room_of(name) for name in modules()} - DOORS == set(ROOMS)
    rank = {room: number for number, room in enumerate(ROOMS)} | dict.fromkeys(DOORS, len(ROOMS))
    up = [
        f"{name} -> {other}"
        for name, others in imports().items()
        for other in others
        if other.startswith("reconcile.") and rank[room_of(other)] > rank[room_of(name)]
    ]
    assert up == []


def test_no_files_import_each_other_in_a_ring():
    known = {name: {other for other in others if other in modules() and other != name} for name, others in imports().items()}
    # What imports nothing that is left is in no ring.
    while free := {name for name, others in known.items() if not others}:
        known = {name: others - free for name, others in known.items() if name not in free}
    assert known == {}


@pytest.mark.parametrize("library", ALLOWED)
def test_a_library_is_loaded_where_it_is_needed_and_nowhere_else(library):
    loaded = {room_of(name) for name, others in imports().items() for other in others if other.split(".")[0] == library}
    assert loaded == ALLOWED[library]


def test_a_folders_own_file_holds_one_docstring():
    for name, path in modules().items():
        if path.name == "__init__.py" and name != "reconcile":
            (node,) = ast.parse(path.read_text(encoding="utf-8")).body
            assert isinstance(node, ast.Expr), name
            assert isinstance(node.value, ast.Constant), name


def test_every_module_can_be_the_first_one_that_is_imported():
    names = [name for name in modules() if not name.endswith("__main__")]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    for known in [known for known in sys.modules if known.partition('.')[0] == 'reconcile']:\n"
        "        del sys.modules[known]\n"
        "    importlib.import_module(name)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 -- a program of our own
    assert ran.returncode == 0, ran.stderr


def test_the_top_of_the_package_is_seen_at_a_glance():
    entries = [entry.name for entry in modules()["reconcile"].parent.iterdir() if entry.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES


def test_no_file_and_no_function_is_so_long_that_it_has_several_purposes():
    for name, path in modules().items():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= MOST_LINES, name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name not in EACH_OPTION:
                assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_A_FUNCTION, f"{name}.{node.name}"

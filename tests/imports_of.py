"""What each module of the package imports, under ``TYPE_CHECKING`` and inside functions, too."""

from __future__ import annotations

import ast
from pathlib import Path

import reconcile

PACKAGE = Path(reconcile.__file__).parent


def modules() -> dict[str, Path]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("reconcile", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports() -> dict[str, set[str]]:
    """Return for every module the modules of the package, and those from elsewhere, that it imports."""
    known = modules()
    return {name: set(_imported(path, known)) for name, path in known.items()}


def _imported(path: Path, known: dict[str, Path]) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.append(whole if whole in known else node.module)
    return found


def room_of(module: str) -> str:
    """Return the room that a module of the package lies in: a folder, or a module beside them; ``""`` for the package's own face."""
    return module.split(".")[1] if "." in module else ""

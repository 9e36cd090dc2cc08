"""Paths as people type them: whether one is a name as it stands, and where it leads from a directory."""

from __future__ import annotations

import posixpath

_UNEXPANDED = frozenset("*?[]{}$`")


def is_literal(path: str) -> bool:
    """Tell whether a path is a name as it stands, with nothing in it that a shell expands."""
    return bool(path) and not _UNEXPANDED.intersection(path) and not path.startswith("~")


def resolve(cwd: str, path: str) -> str:
    """Join a path to a working directory; the answer is absolute, or relative where the directory's place is unknown."""
    joined = path if path.startswith("/") or not cwd or cwd.startswith("~") else posixpath.join(cwd, path)
    joined = posixpath.normpath(joined) if joined else ""
    if joined.startswith("//"):
        joined = joined[1:]
    return "" if joined == "." else joined


def changed_directory(cwd: str, words: tuple[str, ...]) -> str:
    """Return the working directory after ``cd``; ``""`` where it cannot be told."""
    operands = [word for word in words[1:] if not (word.startswith("-") and len(word) > 1)]
    if not operands:
        return "~"
    if len(operands) > 1 or operands[0] == "-" or not is_literal(operands[0]):
        return ""
    went = resolve(cwd, operands[0])
    return "" if went.startswith("..") else went

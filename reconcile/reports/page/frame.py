"""What pages have in common: a head that lets nothing load, and the bytes."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from reconcile.base.version import __version__
from reconcile.reports.escape import html_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NOT_KEPT = "The page shows the captured lines, and these captures were read without them. Read them with keep=True."
# Lines that are encoded at once.
_BLOCK = 2000


def asset(name: str) -> str:
    """Return the text of a file that stands beside this one."""
    return files(__package__).joinpath(name).read_text("utf-8")


def opening(title: str, script: str = "") -> Iterator[str]:
    """Give a page's lines up to its body; only its own style and the script, if there is one, are let run."""
    style = asset("page.css")
    scripts = f" script-src {_hash(script)};" if script else ""
    policy = f"default-src 'none'; style-src {_hash(style)};{scripts} base-uri 'none'; form-action 'none'"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">'
    yield f'<meta name="generator" content="vpmem-reconcile {__version__}">'
    yield f"<title>{html_text(title)}</title>"
    yield f"<style>{style}</style>\n</head>\n<body>"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def in_blocks(lines: Iterator[str] | Iterable[str]) -> Iterator[bytes]:
    """Give lines as bytes, some at a time."""
    before, lines = "", iter(lines)
    while block := list(islice(lines, _BLOCK)):
        yield (before + "\n".join(block)).encode("utf-8", "backslashreplace")
        before = "\n"

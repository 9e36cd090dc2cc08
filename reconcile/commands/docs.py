"""``reconcile docs``: the documentation, for sites without a web."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from reconcile.base.errors import ReconcileError
from reconcile.base.printable import visible
from reconcile.commands.exit import put

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# What makes generated parts and commands findable is nothing for readers.
_MARKS = re.compile(r"^<!--.*-->\n", re.MULTILINE)


def page_names(incomplete: str = "") -> list[str]:
    """Return the names of the pages that begin so."""
    names = sorted(entry.name.removesuffix(".md") for entry in _folder().iterdir() if entry.name.endswith(".md"))
    return [name for name in names if name.startswith(incomplete)]


def docs(
    name: Annotated[str | None, typer.Argument(metavar="NAME", show_default=False, hidden=True, autocompletion=page_names)] = None,
) -> None:
    """Show the documentation, a page a subject.

        reconcile docs             which pages there are
        reconcile docs capture     one of them

    On a terminal a page is laid out; in a file or a pipe it is Markdown.
    """
    names = page_names()
    if name is None:
        put(f"{page:<10} {_text(page).partition(chr(10))[0].removeprefix('# ')}\n" for page in names)
        return
    if name not in names:
        message = f"There is no page '{visible(name)}'. Take one of: {', '.join(names)}."
        raise ReconcileError(message)
    if sys.stdout is None or not sys.stdout.isatty():
        put([_text(name)])
        return
    _lay_out(_text(name))


def _lay_out(markdown: str) -> None:
    """Print Markdown on a terminal. A cell that is too long for its column goes on on the next line, where rich would cut it."""
    from rich.console import Console, ConsoleOptions, RenderResult  # noqa: PLC0415 -- slow to import
    from rich.markdown import Markdown, TableElement  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    class Whole(TableElement):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for part in super().__rich_console__(console, options):
                for column in part.columns if isinstance(part, Table) else ():
                    column.overflow = "fold"
                yield part

    class Page(Markdown):
        elements = Markdown.elements | {"table_open": Whole}

    Console().print(Page(markdown))


def _text(name: str) -> str:
    return _MARKS.sub("", _folder().joinpath(f"{name}.md").read_text(encoding="utf-8"))


def _folder() -> Traversable:
    from importlib.resources import files  # noqa: PLC0415 -- --help and --version need none of it

    return files("reconcile.docs")

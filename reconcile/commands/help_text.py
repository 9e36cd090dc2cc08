"""What ``--help`` shows: limits in a panel of their own, and words where typer writes signs."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

_RANGE = re.compile(r"([0-9]{1,20})<=x<=([0-9]{1,20})")
_BRACES = re.compile(r"\{([A-Z]+)\}")


class Command(TyperCommand):
    """A command whose options stand in the panels that they name, as text: rich, which draws panels, is slow to load."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return what the line of usage is made of."""
        return [_BRACES.sub(r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx, formatter):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 -- typer's own classes are private
        """Write the options, panel by panel."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record:
                panel = getattr(parameter, "rich_help_panel", None) or "Options"
                panels.setdefault(panel, []).append((record[0], _RANGE.sub(r"\1 to \2", record[1])))
        for panel, records in sorted(panels.items(), key=lambda item: item[0] != "Options"):
            with formatter.section(panel):
                formatter.write_dl(records)


def register(app: typer.Typer, command: Callable[..., None]) -> None:
    """Add a command, whose docstring is its help: the first line for the list of commands, indented lines as they stand."""
    doc = inspect.cleandoc(command.__doc__ or "")
    # A backspace keeps typer from filling the paragraph.
    kept = re.sub(r"\n\n(?=    )", "\n\n\b\n", doc)
    app.command(cls=Command, help=kept, short_help=doc.partition("\n")[0])(command)

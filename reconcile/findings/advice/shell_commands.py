"""Commands that are ready to paste: names quoted for any ``sh``, lines that fit a terminal, each answer in a file named after its machine."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.path_names import name_in_path
from reconcile.facts.records import Failure
from reconcile.facts.source_reading import PlainReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.inventory.site import Site

_WIDTH = 74
_ROOT = "/vmfs/volumes/"
NDCTL = "ndctl list -DRNi"
LSBLK = "lsblk -J -b -O"


class _Tool(NamedTuple):
    """A tool of a guest: what asks it, in which ending the answer is saved, and what asks the kernel where the tool is not there."""

    command: str
    ending: str
    without: str


TOOLS = {
    "ndctl": _Tool(NDCTL, "json", "grep . /sys/bus/nd/devices/nmem*/nfit/id"),
    "lsblk": _Tool(LSBLK, "json", "ls -l /dev/disk/by-id/"),
}
# -bash: ndctl: command not found        sh: 1: lsblk: not found        zsh: command not found: ndctl
_NOT_FOUND = re.compile(
    r"\b(ndctl|lsblk)\b.{0,3}: (?:command )?not found|command not found: (ndctl|lsblk)\b|\b(ndctl|lsblk)\b.{0,20}?"
    r"(?:not found|introuvable|pas \u00e9t\u00e9 trouv\u00e9e|nicht gefunden|no encontrada|\u898b\u3064\u304b\u308a\u307e\u305b\u3093|\u672a\u627e\u5230|\u627e\u4e0d\u5230)"
    r"|(?:\u672a\u627e\u5230\u547d\u4ee4|\u627e\u4e0d\u5230\u547d\u4ee4|la orden) .{0,3}\b(ndctl|lsblk)\b"
)


# grep -H . /sys/bus/nd/devices/nmem0/nfit/id
_ASKED_KERNEL = re.compile(r"^grep -H \. /?sys/bus/nd/devices/nmem", re.MULTILINE)


class Tools:
    """Which tools the guests of a site have, as far as it is known that they have not."""

    def __init__(self, site: Site) -> None:
        self._missing: set[tuple[str, str]] = set()
        for fact, failure in site.facts.of(Failure):
            found = _NOT_FOUND.search(failure.text)
            if found:
                self._missing.add((fact.machine.name, next(filter(None, found.groups()))))
        for source, machines in zip(site.facts.sources, site.facts.machines, strict=True):
            # Our script asks the kernel where there is no ndctl, and ndctl else.
            if (
                type(source.reading) is not PlainReading
                and _ASKED_KERNEL.search(source.reading.typed)
                and "ndctl" not in source.reading.typed
            ):
                self._missing.update((machine.name, "ndctl") for machine in machines)

    def has(self, machine: str, tool: str) -> bool:
        """Tell whether a guest may have a tool."""
        return (machine, tool) not in self._missing

    def missing_in(self, machine: str, command: str) -> str:
        """Return the tool that a command needs and that the guest has not, or ``""``."""
        return next((tool for tool in TOOLS if tool in command and not self.has(machine, tool)), "")

    def ask(self, machine: str, tool: str) -> str:
        """Return what asks a guest for what a tool shows, without it where it is not there."""
        known = TOOLS[tool]
        if self.has(machine, tool):
            return saved(known.command, machine, tool, known.ending)
        return saved(known.without, machine, "ndctl" if tool == "ndctl" else "ls")


def quoted(text: str) -> str:
    """Quote a name for ``sh``; what does not print stands as the pattern ``?``, which the shell fills in."""
    words: list[str] = []
    for character in text:
        if not character.isprintable():
            words.append("?")
        elif words and words[-1] != "?":
            words[-1] += character
        else:
            words.append(character)
    return "".join(word if word == "?" else shlex.quote(word) for word in words) or "''"


def file_for(machine: str, word: str, ending: str = "txt") -> str:
    """Return where an answer is saved: a file from whose name the tool takes the machine's, or ``""`` where it would take another."""
    name = f"{machine}.{word}.{ending}"
    fits = "/" not in machine and machine.isprintable() and name_in_path(name) == machine
    return quoted(f"/tmp/{name}") if fits else ""  # noqa: S108 -- on the machine where the command is run, not here


def saved(command: str, machine: str, word: str, ending: str = "txt") -> str:
    """Return a command that saves what it prints, errors too, and asks the machine for its name where the file's cannot say it."""
    file = file_for(machine, word, ending)
    if file:
        return f"{command} > {file} 2>&1"
    return f"{{ uname -a; {command}; }} > /tmp/{word}.txt 2>&1"


def _wrapped(words: Iterable[str]) -> str:
    """Join words to a line, or to several with a backslash at the end of each but the last."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > _WIDTH:
            lines[-1] += " \\"
            lines.append("  ")
        lines[-1] += word if lines[-1] in {"", "  "} else f" {word}"
    return "\n".join(lines)


def _begin(machine: str, word: str) -> tuple[str, str]:
    """Return where to save, and what goes there first: the machine's name, where the file's name cannot tell it."""
    file = file_for(machine, word)
    return (file, "") if file else (f"/tmp/{word}.txt", f"uname -a >> /tmp/{word}.txt\n")  # noqa: S108 -- as above


def ask_overview(machine: str) -> str:
    """Return what shows a host's datastores."""
    return f"{saved('df -h', machine, 'df')}\n{saved('ls -l /vmfs/volumes/', machine, 'ls')}"


def ask_uuids(machine: str, datastore: str, inner: Sequence[str]) -> str:
    """Return the loop that asks disks on one datastore for their UUIDs; `inner` are paths in it, or patterns that end in ``*.vmdk``."""
    file, first = _begin(machine, "getuuid")
    listed = _wrapped(["for f in", *(f'"$d"/{_pattern(path)}' for path in inner)])
    loop = f'{listed}; do\n  echo "$f"; vmkfstools -J getuuid "$f"\ndone >> {file} 2>&1'
    return f"{first}d={quoted(datastore)}\n{loop}"


def ask_files(machine: str, paths: Sequence[str]) -> str:
    """Return the loop that asks files for their UUIDs, wherever they are; of those without a folder it looks in every VM's."""
    file, first = _begin(machine, "getuuid")
    words = [quoted(path) if path.startswith("/") else f"{_ROOT}*/*/{quoted(path)}" for path in paths]
    return f'{first}{_wrapped(["for f in", *words])}; do\n  echo "$f"; vmkfstools -J getuuid "$f"\ndone >> {file} 2>&1'


def ask_listing(machine: str, datastore: str, folders: Sequence[str] = ()) -> str:
    """Return what lists a datastore whole, or only some folders of it."""
    file, first = _begin(machine, "ls")
    words = [f'"$d"/{quoted(folder)}/' for folder in folders] or ['"$d"/']
    return f"{first}d={quoted(datastore)}\n{_wrapped(['ls -lR', *words])} >> {file} 2>&1"


def ask_any_host() -> str:
    """Return what captures the disks of a host whose name is not known."""
    return (
        "{ uname -a; df -h; ls -lR /vmfs/volumes/PMemDS-*/\n"
        "for f in /vmfs/volumes/PMemDS-*/*/*.vmdk; do\n"
        '  echo "$f"; vmkfstools -J getuuid "$f"\n'
        "done; } > /tmp/host.txt 2>&1"
    )


def ask_any_host_of_disks() -> str:
    """Return what asks all disks of a host whose name is not known, on whatever datastore; extents are no disks."""
    return (
        "{ uname -a; ls -l /vmfs/volumes/\n"
        "for f in /vmfs/volumes/*/*/*.vmdk; do\n"
        '  case "$f" in *-flat.vmdk|*-ctk.vmdk|*-delta.vmdk|*-sesparse.vmdk) continue;; esac\n'
        '  echo "$f"; vmkfstools -J getuuid "$f"\n'
        "done; } > /tmp/host.txt 2>&1"
    )


def ask_any_guest() -> str:
    """Return what captures the devices of a guest whose name is not known."""
    return f"{{ uname -a; {NDCTL}; df -h; {LSBLK}; }} > /tmp/guest.txt 2>&1"


def _pattern(path: str) -> str:
    """Quote a path in which the last ``*`` parts are patterns."""
    parts = path.split("/")
    return "/".join(part if part in {"*", "*.vmdk"} else quoted(part) for part in parts)

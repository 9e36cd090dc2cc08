"""Settings that make a shell's programs ask another machine from then on: VMware's remote tools read the host from ``VI_SERVER``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.facts import strengths
from reconcile.transcript.asked_machine import is_itself, is_machine_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.transcript.command_lines import Command, Simple

# What of the settings names the machine, the strongest first: behind a vCenter's name stands the host which it is to ask.
_NAMING = ("VI_VIHOST", "VI_SERVER", "VI_URL")
# Programs that read these settings.
_READERS = frozenset("esxcli vmkfstools vmkfstools.pl vmware-cmd resxtop".split())
# Words of a line that print nothing of a machine.
_SAY_NOTHING = frozenset("echo printf for while until do done if then fi vifptarget".split())
# VI_SERVER=esx01        $env:VI_SERVER=esx01
_SETTING = re.compile(r"(?:\$env:)?(VI_[A-Z]{1,20})=(.{0,255})$", re.IGNORECASE)
_SETTERS = frozenset({"export", "set", "declare", "typeset"})


class AskingSettings:
    """What the shells of one source were told to ask."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, str]] = {}

    def __bool__(self) -> bool:
        """Tell whether any shell was told to ask another machine."""
        return any(self._of.values())

    def typed(self, shell: str, command: Command) -> Command:
        """Take note of the settings on a line typed in a shell; return it with the machine that the shell's settings make it ask, unless it names one."""
        if command.text in {"exit", "logout"}:
            self._of.pop(shell, None)
        if "VI_" in command.text.upper() or "vifptarget" in command.text:
            for name, value in _settings(command):
                known = self._of.setdefault(shell, {})
                known.pop(name, None)
                if value:
                    known[name] = value
        return self._applied(shell, command)

    def _applied(self, shell: str, command: Command) -> Command:
        known = self._of.get(shell, {})
        named = next((known[name] for name in _NAMING if name in known), "")
        if not named or command.target or command.elsewhere or is_itself(named):
            return command
        printing = [simple.name for simple in command.simples if simple.name not in _SAY_NOTHING and not _is_setting(simple)]
        if _READERS.isdisjoint(printing):
            return command
        if is_machine_name(named) and _READERS.issuperset(printing):
            return command._replace(target=named, asked_by=strengths.COMMAND)
        return command._replace(elsewhere=True)


def _is_setting(simple: Simple) -> bool:
    return bool(_SETTING.match(simple.words[0])) or simple.name in _SETTERS


def _settings(command: Command) -> Iterator[tuple[str, str]]:
    """Give each setting with its value, ``""`` where it was taken back."""
    alone = command.text.split()
    if all(map(_SETTING.match, alone)):
        yield from _of_words(alone)
        return
    for simple in command.simples:
        words = simple.words
        if simple.name in _SETTERS:
            yield from _of_words(words[1:])
        elif simple.name == "setenv" and words[2:]:
            yield words[1].upper(), words[2]
        elif simple.name in {"unset", "unsetenv"}:
            yield from ((word.upper(), "") for word in words[1:])
        elif words[0].casefold().startswith("$env:vi_"):
            yield from _of_words(["".join(words)])
        elif simple.name == "vifptarget" and len(words) > 1:
            yield "VI_SERVER", words[2] if words[1] in {"-s", "--set"} and words[2:] else ""


def _of_words(words: tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        found = _SETTING.match(word)
        if found:
            yield found[1].upper(), found[2].strip("\"'")

"""What is wrong with a command line, said in this tool's words.

typer says it in exceptions of classes that it keeps to itself, and their texts change from version to version. So they are known by
what they carry: the option, the parameter, the command.
"""

from __future__ import annotations

import re
from typing import Any

# What each argument is, for who left it out.
_ARGUMENTS = {
    "CAPTURE": "a file, a folder or an archive of saved command output",
    "SUBJECT": "a device, vmdk, guest, host, UUID, finding or rule",
    "REPORT": "a workbook, a page, a CSV, a JSON file or a folder that this tool wrote",
    "OLD": "the captures of the earlier visit",
    "NEW": "the captures of the later visit",
}
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
_NO_COMMAND = re.compile(r"No such command '(.*?)'\.", re.DOTALL)
_CHOICES = re.compile(r"[^']*('.*') is not one of (.*?)\.?$", re.DOTALL)
_RANGE = re.compile(r"([0-9]{1,20})<=x<=([0-9]{1,20})")
_MACHINE = "The kind of machine"


def usage_message(error: Exception) -> str:
    """Return what is wrong and what to do, in two sentences; nothing of an error that is about something else."""
    said, context = getattr(error, "format_message", None), getattr(error, "ctx", None)
    if said is None:
        return ""
    path = getattr(context, "command_path", "reconcile")
    return f"{_wrong(error, str(said()), context)} See {path} --help."


def _wrong(error: Exception, said: str, context: object) -> str:
    """Say what is wrong."""
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    if parameter is not None:
        return _wrong_parameter(error, said, parameter, context)
    if option is not None:
        return _wrong_option(error, said, str(option))
    if extra := _EXTRA.search(said):
        return f"'{extra[1]}' is one word too many." if " " not in extra[1] else f"'{extra[1]}' is too much."
    if unknown := _NO_COMMAND.match(said):
        commands = getattr(getattr(context, "command", None), "commands", ())
        return f"There is no command '{unknown[1]}'. Take one of: {', '.join(commands)}."
    return f"{said.rstrip('.')}."


def _wrong_option(error: Exception, said: str, option: str) -> str:
    if type(error).__name__ == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        return f"There is no option {option}.{f' Did you mean {near[0]}?' if near else ''}"
    return f"{option} wants something behind it, and nothing stands there." if "require" in said else f"{option} takes nothing behind it."


def _wrong_parameter(error: Exception, said: str, parameter: Any, context: object) -> str:  # noqa: ANN401 -- typer's own class is private
    name = str(getattr(parameter, "metavar", "")) if str(parameter.param_type_name) == "argument" else str(parameter.opts[0])
    choices, name = (name, _MACHINE) if "|" in name else ("", name)
    if type(error).__name__ == "MissingParameter":
        return f"{name} is missing: {_ARGUMENTS.get(name) or ', '.join(choices.split('|'))}."
    limits = _RANGE.search(str(parameter.get_help_record(context)))
    return _bad_value(name, str(getattr(error, "message", said)), limits)


def _bad_value(name: str, said: str, limits: re.Match[str] | None) -> str:
    if found := _CHOICES.match(said):
        return f"{name} cannot be {found[1]}. Take one of: {found[2].replace(chr(39), '')}."
    if limits:
        return f"{name} takes a whole number from {int(limits[1]):,} to {int(limits[2]):,}."
    return f"{name} cannot be that: {said.rstrip('.')}."

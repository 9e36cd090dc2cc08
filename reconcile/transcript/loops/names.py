"""Which of what a loop prints is the name that it asks about: the whole of it, its last part, or the variable that it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.transcript.loops.printed_lines import ANSWER, ANY, BASE, FULL, LITERAL, NAME, VALUE, Part
from reconcile.transcript.shell_words import OUTPUT, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconcile.transcript.shell_words import Word


def named(parts: Sequence[Part], operand: list[Part], word: Word) -> list[Part]:
    """Tell which of the variables in what is printed are the name that is asked about: `operand`, which `word` was."""
    variables = [part.text for part in operand if part.kind == VARIABLE]
    only = variables[0] if len(set(variables)) == 1 else ""
    found: list[Part] = []
    for part in _with_names(joined(parts), operand):
        if part.kind == VARIABLE:
            found.append(_variable(part.text, operand, only))
        elif part.kind == OUTPUT:
            found.append(_output(part.text, word))
        else:
            found.append(part)
    return _without_directory(found)


def joined(parts: Iterable[Part]) -> list[Part]:
    """Put neighbours together that are text."""
    found: list[Part] = []
    for part in parts:
        if found and part.kind == found[-1].kind == LITERAL:
            found[-1] = Part(LITERAL, found[-1].text + part.text)
        else:
            found.append(part)
    return found


def shown(word: Word) -> str:
    """Return a word as it is typed."""
    return "".join(f"${piece.text}" if piece.kind == VARIABLE else piece.text for piece in word)


def words_of_output(command: str) -> str:
    """Return how many words a command prints, ``""`` where that is not known."""
    if command.startswith("("):
        return "1"
    if command in {"hostname", "hostname -s", "hostname -f", "uname -n", "date -Is", "date +%s"}:
        return "1"
    form = _DATE.fullmatch(command)
    return str(len(form[1].split())) if form else ""


# date +%H:%M:%S        date -u '+%F %T'
_DATE = re.compile(r"date (?:-u )?[\"']?\+([^\"'`$;|&]{1,100})[\"']?")


def _with_names(parts: list[Part], operand: list[Part]) -> list[Part]:
    """Put a name where the operand stands in what is printed, all of it."""
    if not any(part.kind == VARIABLE for part in operand):
        return parts
    found: list[Part] = []
    index = 0
    while index < len(parts):
        ends = _begins_with(parts[index:], operand)
        if ends is None:
            found.append(parts[index])
            index += 1
            continue
        front, behind = ends
        found += [Part(LITERAL, front)] * bool(front) + [Part(NAME)]
        index += len(operand)
        if behind:
            parts = [*parts[:index], Part(LITERAL, behind), *parts[index:]]
    return found


def _begins_with(parts: Sequence[Part], operand: Sequence[Part]) -> tuple[str, str] | None:
    """Return the text in front of the operand and behind it where parts begin with it, text at its ends being more than it; else None."""
    if len(parts) < len(operand):
        return None
    front = behind = ""
    for index, (part, wanted) in enumerate(zip(parts, operand, strict=False)):
        if part == wanted:
            continue
        if part.kind != LITERAL or wanted.kind != LITERAL:
            return None
        if index == 0 and part.text.endswith(wanted.text):
            front = part.text[: -len(wanted.text)]
        elif index == len(operand) - 1 and part.text.startswith(wanted.text):
            behind = part.text[len(wanted.text) :]
        else:
            return None
    return front, behind


def _variable(text: str, operand: Sequence[Part], only: str) -> Part:
    name = re.split(r"[#%:/]", text, maxsplit=1)[0]
    if text == only:
        return Part(VALUE)
    if text in {f"{name}##*/", f"{name}##*\\/"} and len(operand) == 1 and operand[0].text == name:
        return Part(BASE)
    if operand and operand[-1] == Part(VARIABLE, text):
        return Part(BASE)
    return Part(ANY, "pwd" if text == "PWD" else "1" if text in {"?", "#", "$"} else "")


# basename "$f"        basename -- $f        readlink -f "$f"
_OF_NAME = re.compile(r"(basename|readlink -f|realpath)(?: --)? \"?([^\" ]+|[^\"]+)\"?")


def _output(command: str, operand: Word) -> Part:
    if "getuuid" in command:
        return Part(ANSWER)
    found = _OF_NAME.fullmatch(command.strip())
    if found and found[2].replace("{", "").replace("}", "") == shown(operand).replace("{", "").replace("}", ""):
        return Part(BASE if found[1] == "basename" else FULL)
    return Part(ANY, "pwd" if command.strip() == "pwd" else words_of_output(command.strip()))


def _without_directory(parts: Sequence[Part]) -> list[Part]:
    """Take the working directory in front of a name for a part of it: what is printed then is a whole path."""
    found: list[Part] = []
    for part in parts:
        is_path = part.kind == NAME and found[-2:] == [Part(ANY, "pwd"), Part(LITERAL, "/")]
        found = found[:-2] if is_path else found
        found.append(Part(FULL) if is_path else part)
    return [Part(ANY) if part == Part(ANY, "pwd") else part for part in found]

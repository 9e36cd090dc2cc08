"""What stands in front of a typed command, taken apart: whose prompt it is, and which directory it shows.

People set their prompts as they like. All that is relied on is what nearly all have in common: a sign or a bracket at the end, perhaps a
user and a host with an ``@`` between them, and a directory that begins with ``~`` or ``/``. A head that has something else, too, is unknown.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Head(NamedTuple):
    """A prompt's head: its host, its directory, None where it shows none, and whether the host is but a bare word.

    `pattern` is what other prompts of its shape match, with groups `host`, `dir` and `command`; ``""`` where it shows no directory.
    """

    host: str
    cwd: str | None
    weak: bool
    pattern: str


# (base)        (.venv)        09:14:22        [09:14]        2026-11-22T10:00:01.123Z        22.11.2026 10:00        ┌──        #12        127 in front of root@db01
_DECORATION = re.compile(
    r"(?:\((?![^()]{0,60}@)[A-Za-z0-9_.+-]{1,40}\)"
    r"|(\[)?(?:(?:[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4})[ T])?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,9})?"
    r"(?: ?[AP]M|Z|[+-][0-9]{2}:?[0-9]{2})?(?(1)\]|(?=\s))"
    r"|[0-9]{1,3}\s(?=\s{0,3}\S{1,64}@)"
    r"|[\u2190-\u23ff\u25a0-\u2bff\U0001f000-\U0001faff\ufe0f]{1,6}(?=\s)"
    r"|[\u2500-\u259f\u279c\u276f>-]{1,6}(?=[^\s>-]))\s*"
)
# #        $        >$        ] $        the signs of fish, zsh, starship, and those of fonts for powerline
_SIGNS = "#$%>\u27a4\u2771\u25b8\u25ba\u21d2\u27f6\u23f5\u276f\u00bb\u203a\u279c\u2192\u03bb\u27e9\u25b6\u2717\u2714\u26a1\ue0b0\ue0b1"
_SIGN = re.compile(rf"[{_SIGNS}](?:[ {_SIGNS}]{{0,6}}[{_SIGNS}])?\s*$")
_CLOSING = {"[": "]", "(": ")", "<": ">", "{": "}"}
# (main)        git:(main)        [main *]        on main, behind the directory
_BRANCH = re.compile(
    r"(?:\s|^)?\s?(?:git:)?[(\[][A-Za-z][A-Za-z0-9_./*+! -]{0,60}[)\]]\s*[\u2717\u2714*]?$| on [A-Za-z][A-Za-z0-9_./-]{0,60}$"
)
_HOST = r"<[^<>]{1,60}>|[A-Za-z0-9_\u00c0-\uffff][A-Za-z0-9_.\u00c0-\ufdff-]{0,254}"
_WHO = rf"(?:(?P<user>[^\s\[\](){{}}<>:/$#%~|]{{1,128}})@)?(?P<host>{_HOST})"
# root@esx01:/vmfs/volumes        esx01 /tmp        root@db01        esx01: ~
_BODY = re.compile(rf"(?:{_WHO})?(?:(?P<gap>:{{1,2}} ?| {{1,2}}|\|| - |^)(?P<dir>[~/].*))?$")
# root@db01 [ /vmfs ]        root@db01 (/tmp)
_BODY_IN_BRACKETS = re.compile(rf"{_WHO} ?(?P<gap>[\[(] ?)(?P<dir>[~/][^\])]*?) ?[\])]$")
# db01 vm 1 -- the last part of a directory, as Red Hat shows it between brackets
_LAST_PART = re.compile(rf"{_WHO} (?P<part>[^~/\s@:][^@:]*)$")
# C:\Users\ops        ops@WIN07 C:\Users\ops
_WINDOWS = re.compile(rf"(?:{_WHO} )?[A-Za-z]:\\[^<>|\"?*]{{0,1000}}$")
# A host is no time, no number, no figure of a kernel's clock.
_NUMBER = re.compile(r"[0-9][0-9:.,+-]*$")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")


def read_head(text: str) -> Head | None:
    """Take a prompt's head apart; return None where it is not wholly understood."""
    head = text.strip()
    bare = _undecorated(head)
    inner, closing, is_signed = _inner(bare)
    if not is_signed and not closing:
        return None
    inner = _undecorated(inner)
    if not inner:
        return Head("", None, weak=False, pattern="")
    found = _WINDOWS.match(inner)
    if found:
        return Head(found["host"] or "", None, weak=bool(found["host"]) and not found["user"], pattern="")
    body, cut = (inner, "") if closing else without_branch(inner)
    found = _BODY_IN_BRACKETS.match(body) or _BODY.match(body)
    if found:
        return _head(head, found, "" if cut and found["dir"] else found["dir"])
    found = _LAST_PART.match(body) if closing == "]" else None
    return _head(head, found, "") if found else None


def without_branch(text: str) -> tuple[str, str]:
    """Return what a prompt shows without a repository's branch behind it, and what was cut off that may be a part of a folder's name instead."""
    body = _BRANCH.sub("", text, count=1).rstrip() or text
    return body, text[len(body) :] if "/vmfs/" in text else ""


def _head(head: str, found: re.Match[str], directory: str | None) -> Head | None:
    host = found["host"] or ""
    if host and _NUMBER.match(host) and not _ADDRESS.match(host):
        return None
    cwd = directory.rstrip() if directory is not None else None
    return Head(host, cwd, bool(host) and not found["user"] and not cwd, _pattern(head, host, cwd))


def _pattern(head: str, host: str, cwd: str | None) -> str:
    """Return a pattern of the prompts that look like this one but for host, directory and the time of the day."""
    if not cwd:
        return ""
    at = head.rfind(host, 0, head.rindex(cwd)) if host else 0
    before, between = head[: max(at, 0)], head[max(at, 0) + len(host) : head.rindex(cwd)]
    after = head[head.rindex(cwd) + len(cwd) :]
    # Where no bracket closes it, a directory with a blank in it could be anything.
    inner = r"[~/][^\n]{0,4096}?" if after.strip()[:1] in {"]", ")", "}"} else r"[~/]\S{0,4096}?"
    front = re.sub(r"[0-9]", "[0-9]", re.escape(before)) if before else ""
    who = "(?P<host>[A-Za-z0-9_][A-Za-z0-9_.-]{0,254})" if host else "(?P<host>)"
    return rf"{front}{who}{re.escape(between)}(?P<dir>{inner}){re.escape(after)}(?:\s+(?P<command>\S.*)|)$"


def _undecorated(text: str) -> str:
    while found := _DECORATION.match(text):
        text = text[found.end() :]
    return text


def _inner(text: str) -> tuple[str, str, bool]:
    """Return what stands between a head's brackets and in front of its sign, the closing bracket, and whether it has a sign."""
    sign = _SIGN.search(text)
    closing = _CLOSING.get(text[:1], "")
    if sign and closing == ">" and "<" not in text[1:] and text.count(">") == 1:
        return text[1 : text.rindex(">")].strip(), closing, False
    body = text[: sign.start()].rstrip() if sign else text.rstrip()
    if closing and body.endswith(closing) and len(body) > 1:
        return body[1:-1].strip(), closing, bool(sign)
    return body, "", bool(sign)


# ┌──(root@kali)-[~/x]        root@db01 in ~/x        # root @ db01 in ~ [09:14:22] -- the upper line of a prompt of two
_TITLE = re.compile(
    r"(?P<line>[\u2500-\u259f])?[\u2500-\u259f\s#\[({<-]{0,8}(?P<user>[A-Za-z0-9_.\\-]{1,64}) ?@ ?(?P<host>[A-Za-z0-9_][A-Za-z0-9_.-]{0,254})"
    r"(?:[\])}>\s:\u2500-\u259f-]{1,8}(?:in )?(?:[\[(] ?(?P<closed>[~/][^\])]{0,4096}?) ?[\])]|(?P<dir>[~/]\S{0,4096}))(?P<rest>\s.{0,200})?|[\])}>\s]{0,4})$"
)


def read_title(line: str) -> Head | None:
    """Read the upper line of a prompt of two lines, which says whose it is; the lower one has but a sign in front of the command."""
    found = _TITLE.match(line)
    if not found or not (found["line"] or found["closed"] or found["dir"]):
        return None
    shown = found["closed"] or (found["dir"] if not (found["rest"] or "").strip() else "")
    return Head(found["host"], shown, weak=False, pattern="")


# The sign of a prompt whose upper line is made by starship, pure or oh-my-zsh.
_SIGN_OF_TWO = re.compile(r"[\u276f\u279c\u203a\u00bb\u03bb\u2192]\s")


def has_title(line: str, above: str) -> bool:
    """Tell whether the line above a prompt is its upper line, in a form that does not tell what in it is the host."""
    return bool(_SIGN_OF_TWO.match(line)) and bool(re.search(r"[~/]", above)) and len(above) < _LONGEST_TITLE


_LONGEST_TITLE = 200

# In front of a command: a sign, or what closes a bracket.
SIGN_OR_CLOSING = rf"[\])}}{_SIGNS}]"


def nobodys_key(head: str) -> str:
    """Return what tells the prompts of one shell that nobody knows from another's: its head without directories, times and counts."""
    text = re.sub(r"(?<![A-Za-z0-9])[~/][^\s\])>}]*", "", head)
    text = re.sub(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?", "", text)
    return " ".join(text.split())


def is_figures(head: str) -> bool:
    """Tell whether a head has no letter, as the clock of a kernel's messages has none."""
    return any(character.isdigit() for character in head) and not any(character.isalpha() for character in head)

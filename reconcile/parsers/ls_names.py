"""Names in a listing as people hand them on: with blanks behind them, the marks of ``ls -F``, remarks, and prose between the lines."""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANKS = " \t\r\u00a0"
_INDICATORS = {"/": "dir", "@": "link", "|": "fifo", "=": "socket", "*": "file"}
# The end of a disk's name within a text: db01.vmdk  <-- new        db01.vmdk*        db01.vmdk (nmem1) -- but not db01.vmdk.bak
_END_OF_DISK = re.compile(r"\.vmdk(?=[\s*@|=/]|$)", re.IGNORECASE)
# Behind a name that is no disk's, what cannot be one of its own blanks: vm1   <- the database        vm1 # old        vm1<TAB>x
_REMARK = re.compile(r"(?:\s*\t\s*|\s{2,}|\s(?=#|//|<-|<=|\u2190|\u2192|\(nmem[0-9]))(?=\S).*$")
# Signs with which nothing but a remark begins, behind a disk's name.
_SURE_REMARK = re.compile(r"(?<=\.vmdk)\s+(?:#|//|<|\(|--|\u2190|\u2192|=>).*$", re.IGNORECASE)
# ```        ~~~        {noformat}        {code:bash}        <pre>        [/code]        ----------
FENCE = re.compile(r"\s*(?:```\S*|~~~\S*|\{(?:noformat|code)[^}]{0,40}\}|</?(?:pre|code|tt)>|\[/?code[^\]]{0,20}\]|-{5,}|={5,}|\*{5,})\s*$")
# NOTE: still missing app9_3.vmdk        the second one was removed, it was called app9_2.vmdk        That is all for now.
_COLON = re.compile(r"\S:\s+\S")
_SENTENCE = re.compile(r"[,;] \S|[a-z][.!?]$")
# A remark on a line of its own.
_COMMENT = re.compile(r"\s*(?://|#|/\*|\*/|<!--)(?:\s|$)")
# A name has fewer words, or it is in doubt.
_MOST_WORDS = 4


class Shown(NamedTuple):
    """A name without what stands behind it, what its mark says of it, and whether that is certain."""

    name: str
    kind: str
    certain: bool


def shown_name(text: str, *, marked: bool, alone: bool) -> Shown:
    """Take off a name what is no part of it.

    `marked` says that ``ls`` was asked to set marks behind names, `alone` that the name has the line for itself: then it may be a sentence.
    """
    text = text.rstrip(_BLANKS)
    disk = _END_OF_DISK.search(text)
    if disk and disk.end() < len(text):
        rest = text[disk.end() :]
        # A name that goes on behind a blank and ends as a disk's may be one name, and may be two.
        certain = not _END_OF_DISK.search(rest) or rest.lstrip(_BLANKS)[:1] in set("#<(/")
        kind = _INDICATORS.get(rest[0], "")
        # What stands right behind a mark is neither a mark nor a remark.
        if kind and rest[1:2].strip():
            return Shown(text, "", certain=True)
        return Shown(text[: disk.end()], kind, certain)
    mark = text[-1:]
    if mark == "/" or (marked and mark in _INDICATORS):
        return Shown(text[:-1].rstrip(_BLANKS), _INDICATORS[mark], certain=True)
    if disk:
        return Shown(text, "", certain=not alone or len(text.split()) <= _MOST_WORDS)
    cut = _REMARK.sub("", text.lstrip(_BLANKS))
    whole = text.lstrip(_BLANKS)
    return Shown(text, "", certain=True) if cut == whole else Shown(cut, "", certain=False)


def without_remark(line: str) -> str:
    """Return a line of names without the remark that stands behind its last disk, and without blanks at its end."""
    line = line.rstrip(_BLANKS)
    return _SURE_REMARK.sub("", line) if ".vmdk" in line.lower() else line


def is_comment(line: str) -> bool:
    """Tell whether a line among names is somebody's remark."""
    return bool(_COMMENT.match(line))


def is_prose(line: str) -> bool:
    """Tell whether a line among names is no name and ends the listing: a fence of Markdown or of a wiki, a sentence, a note."""
    text = line.strip()
    return bool(FENCE.match(text) or _COLON.search(text)) or (len(text.split()) > _MOST_WORDS and bool(_SENTENCE.search(text)))

"""A record that the reading of one source makes and uses up: words around a name that only a listing can tell from them."""

from __future__ import annotations

from typing import NamedTuple


class Worded(NamedTuple):
    """The words in which the name of an answer's file stands, nobody knows where; a listing of its `folder` may know the name."""

    line: int
    words: str
    folder: str
    followed: bool

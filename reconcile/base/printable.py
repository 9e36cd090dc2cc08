"""Text as it can be shown: nothing in it moves a cursor, turns the reading direction or hides."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Return a text with every character that does not print as an escape: ESC as \x1b, a line feed as \n."""
    if text.isprintable():
        return text
    if text.isascii():
        return text.translate(_ASCII)
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode("ascii") for character in text)


# A look-up, for in captures it is mostly tabs and escape sequences that do not print.
_ASCII = {code: repr(chr(code))[1:-1] for code in (*range(0x20), 0x7F)}

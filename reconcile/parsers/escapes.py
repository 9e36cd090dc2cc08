r"""Characters that util-linux and the kernel write as figures: ``\x20`` and ``\040``. Each is a byte, and together they are UTF-8."""

from __future__ import annotations

import re

# \xc3\xbc: what lsblk and findmnt print for a letter beyond ASCII, and for blanks and tabs
_HEXADECIMAL = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
# \040: what the kernel prints for a blank
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2})+")


def from_hexadecimal(text: str) -> str:
    r"""Return a text as it was before util-linux escaped it; bytes that are no UTF-8 stay as printed.

    >>> from_hexadecimal(r"/srv/caf\xc3\xa9\x20 1"), from_hexadecimal(r"/srv/\xff")
    ('/srv/café  1', '/srv/\\xff')
    """
    return _HEXADECIMAL.sub(lambda found: _decoded(bytes.fromhex(found[0].replace("\\x", "")), found[0]), text) if "\\" in text else text


def from_octal(text: str) -> str:
    r"""Return a text as it was before the kernel escaped it; bytes that are no UTF-8 stay as printed.

    >>> from_octal(r"/srv/my\040data")
    '/srv/my data'
    """
    return (
        _OCTAL.sub(lambda found: _decoded(bytes(int(part, 8) for part in found[0].split("\\")[1:]), found[0]), text)
        if "\\" in text
        else text
    )


def _decoded(data: bytes, printed: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return printed

"""One mount point in two spellings: what ``df`` and our own scripts show as ``?`` is a character that does not print.

Source: coreutils, df.c: control characters are replaced, and in some locales every byte beyond ASCII.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DELETE = "\x7f"


def spell_out(mounts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    r"""Of mounts, each a device and its mount point, return those spelt with ``?`` that another spells in full, and how.

    >>> spell_out([("pmem0", "/a?b"), ("pmem0", "/a\tb"), ("pmem1", "/a?b")])
    {('pmem0', '/a?b'): '/a\tb'}
    """
    given = set(mounts)
    asked = {mount for mount in given if "?" in mount[1]}
    if not asked:
        return {}
    found: dict[tuple[str, str], set[str]] = {}
    for device, target in given:
        for spelt in _spellings(target):
            if (device, spelt) in asked and spelt != target:
                found.setdefault((device, spelt), set()).add(target)
    return {mount: min(targets) for mount, targets in found.items()}


def _spellings(target: str) -> set[str]:
    """Return how a mount point may be shown."""
    plain = "".join("?" if character < " " or character == _DELETE else character for character in target)
    if plain.isascii():
        return {plain}
    by_byte = "".join(character if character.isascii() else "?" * len(character.encode("utf-8", "replace")) for character in plain)
    by_character = "".join(character if character.isascii() else "?" for character in plain)
    return {plain, by_byte, by_character}

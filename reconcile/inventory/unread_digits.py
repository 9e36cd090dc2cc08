"""Digits of a captured vmdk or device in lines that were not read: they prove no row, and nobody may say that they were not captured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts.source_reading import PlainReading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconcile.facts.source_reading import Unread
    from reconcile.machines.site_facts import SiteFacts

# 36000c29842c754f802c2d49b206b080c        60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        6000C298-42c7-54f8-02c2-d49b206b080c
_LONG = re.compile(r"[0-9a-fA-F][0-9a-fA-F -]{31,160}")
# 8902-206b080c        8902-01-2134-206b080c
_ID = re.compile(r"(?<![0-9a-fA-F])8902-(?:[0-9a-fA-F]{2}-[0-9a-fA-F]{4}-)?([0-9a-fA-F]{8})(?![0-9a-fA-F])", re.IGNORECASE)
_UUID_LENGTH = 32
_APART = str.maketrans("", "", " -")
# Of a longer line, such as one that holds a whole archive, only the beginning is looked at.
_LONGEST = 16384


class UnreadDigits(NamedTuple):
    """Where digits stand unread: the source's index, the line, and the digits: 32 of a UUID, or 8 of an id's serial."""

    source: int
    unread: Unread
    digits: str


def find_unread_digits(facts: SiteFacts, uuids: Collection[str], serials: Collection[str]) -> Iterator[UnreadDigits]:
    """Give the unread lines that hold one of some UUIDs, or VMware's id or UUID with one of some serials; of each source each digits once."""
    for index, source in enumerate(facts.sources):
        reading = source.reading
        if type(reading) is PlainReading or not reading.unread:
            continue
        told: set[str] = set()
        for unread in reading.unread:
            for digits in _digits_in(unread.text[:_LONGEST], uuids, serials):
                if digits not in told:
                    told.add(digits)
                    yield UnreadDigits(index, unread, digits)


def _digits_in(line: str, uuids: Collection[str], serials: Collection[str]) -> Iterator[str]:
    if uuids or serials:
        for found in _LONG.findall(line):
            digits = found.translate(_APART).lower()
            for at in range(len(digits) - _UUID_LENGTH + 1):
                uuid = digits[at : at + _UUID_LENGTH]
                if uuid in uuids:
                    yield uuid
                elif uuid.startswith("6000c29") and uuid[-8:] in serials:
                    yield uuid[-8:]
    if serials and "8902-" in line:
        for serial in _ID.findall(line):
            if serial.lower() in serials:
                yield serial.lower()

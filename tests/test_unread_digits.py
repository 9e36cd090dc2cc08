"""Digits in lines that were not read are found however they are spelt, and nothing else is."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.inventory.unread_digits import find_unread_digits
from reconcile.machines.places import SourceOf
from reconcile.machines.site_facts import SiteFacts

UUID = "6000c29d0c1b2a394857667584930211"


def found(line: str, uuids=(UUID,), serials=()):
    text = f"[root@mail2 ~]# some-tool\n{line}\n"
    facts = SiteFacts("s", [SourceOf("mail2.txt", "mail2.txt", read_source(text.encode()))])
    return [(one.unread.line, one.digits) for one in find_unread_digits(facts, set(uuids), set(serials))]


@pytest.mark.parametrize(
    "spelt",
    [
        UUID,
        UUID.upper(),
        f"3{UUID}",
        f"0x{UUID}",
        f"naa.{UUID}",
        "6000C29d-0c1b-2a39-4857-667584930211",
        "60 00 C2 9d 0c 1b 2a 39-48 57 66 75 84 93 02 11",
        f'"PhysicalDrive1","VMware Virtual disk","{UUID}"',
        f"ID_SERIAL=3{UUID}",
        f"deadbeef {UUID} deadbeef",
    ],
)
def test_a_uuid_is_found_in_any_spelling(spelt):
    assert found(f"it says {spelt}.") == [(2, UUID)]


@pytest.mark.parametrize("line", [UUID[:-1], UUID[:-1] + "2", "60:00:c2", "", "8902-84930211"])
def test_other_digits_are_not(line):
    assert found(f"it says {line}") == []


@pytest.mark.parametrize("spelt", ["8902-0a0b0c0d", "8902-0A0B0C0D", "8902-01-2134-0a0b0c0d", "6000c2911111111111111111" + "0a0b0c0d"])
def test_a_serial_is_found_in_an_id_or_a_uuid(spelt):
    assert found(f"id: {spelt}", (), ("0a0b0c0d",)) == [(2, "0a0b0c0d")]


@pytest.mark.parametrize("spelt", ["0a0b0c0d", "8902-0a0b0c0d0", "18902-0a0b0c0d", "8680-0a0b0c0d"])
def test_a_serial_alone_is_no_id(spelt):
    assert found(f"id: {spelt}", (), ("0a0b0c0d",)) == []


def test_each_digits_once_a_source():
    assert found(f"{UUID}\n{UUID}") == [(2, UUID)]

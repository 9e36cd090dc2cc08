"""Recognised means that a line's facts are in a record: each other line that a parser takes is of a kind that it declares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from parsers.test_disguises import PROMPT, SAMPLES

import reconcile.parsers.registry
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Parsed
from reconcile.parsers.kinds import swallowed
from reconcile.parsers.registry import PARSERS, answer_of
from reconcile.transcript.sections import Section
from reconcile.transcript.split import split

if TYPE_CHECKING:
    from reconcile.parsers.parser import Parser

TESTS = Path(__file__).parents[1]
BY_NAME = {parser.name: parser for parser in PARSERS}


def sources() -> list[bytes]:
    """Return the samples, the inputs of all cases, and each parser's own samples."""
    folders = [TESTS.parent / "samples", *sorted((TESTS / "cases").glob("*/input"))]
    files = [file.read_bytes() for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return files + [f"{PROMPT} {command}\n{output}".encode() for command, output, _ in SAMPLES.values()]


def test_each_line_that_a_parser_recognises_has_a_record_or_is_of_a_kind_that_it_declares(monkeypatch):
    """What no kind explains would be listed as unread; that no parser needs that for what it knows is seen here."""
    found: list[tuple[str, str]] = []
    read: set[str] = set()

    def noting(parser: Parser, section: Section, parsed: Parsed) -> list[int]:
        lost = swallowed(parser, section, parsed)
        read.add(parser.name)
        found.extend((parser.name, section.lines[number - section.first]) for number in lost)
        return lost

    monkeypatch.setattr(reconcile.parsers.registry, "swallowed", noting)
    for data in sources():
        read_source(data, plain=False)
    assert found == []
    assert read == BY_NAME.keys()


# Samples that are not called after their parser.
_OF = {"uname": "hostname", "mount": "findmnt", "proc": "findmnt"}


def section_of(sample: str) -> tuple[str, Section]:
    command, output, _ = SAMPLES[sample]
    section = split(f"{PROMPT} {command}\n{output}".rstrip("\n").split("\n")).sections[-1]
    assert isinstance(section, Section)
    name = sample.split(maxsplit=1)[0]
    return _OF.get(name, name), section


@pytest.mark.parametrize("sample", [sample for sample, (_, _, expected) in SAMPLES.items() if expected and "pwd" not in sample])
def test_a_parser_that_swallows_a_record_is_caught(sample):
    """Each parser in turn loses its last record and still calls all lines recognised: a line of it is unread then."""
    name, section = section_of(sample)
    parser = BY_NAME[name]
    line = max(record.line for record in parser.parse(section).records)

    def careless(section: Section) -> Parsed:
        parsed = parser.parse(section)
        return parsed._replace(records=tuple(record for record in parsed.records if record.line != line))

    assert answer_of(parser, section).not_understood == ()
    assert answer_of(replace(parser, parse=careless), section).not_understood


def test_a_parser_that_takes_everything_is_caught():
    section = split([
        "[root@esx01:~] ls -l /vmfs/volumes/ds",
        "total 8",
        "-rw------- 1 root root 12 Mar 21 09:14 a.vmdk",
        "what is this",
    ]).sections[-1]
    assert isinstance(section, Section)
    assert swallowed(BY_NAME["ls"], section, Parsed((), (), ())) == [3, 4]

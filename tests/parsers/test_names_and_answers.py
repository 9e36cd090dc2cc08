"""Files of names and answers with no prompt, made at random: errors among them, lists in front, a line lost. No pair is wrong."""

from __future__ import annotations

import random

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer

SEEDS = 2500
FOLDER = "/vmfs/volumes/PMemDS-1/vm/"


def answer(number: int) -> str:
    octets = [f"6000c29{number:025x}"[at : at + 2] for at in range(0, 32, 2)]
    return f"UUID is {' '.join(octets[:8])}-{' '.join(octets[8:])}"


def file_of(dice: random.Random) -> list[str]:
    count = dice.randint(1, 12)
    names = [f"{FOLDER}vm{number}.vmdk" for number in range(count)]
    if dice.random() < 0.2:
        lines = names + [answer(number) for number in range(count)]
    else:
        behind = dice.random() < 0.5
        errors = ["Failed to open 'x' : The system cannot find the file specified (25).", "a message that nobody knows"]
        told = [answer(number) if dice.random() > 0.15 else dice.choice(errors) for number in range(count)]
        lines = [line for name, one in zip(names, told, strict=True) for line in ((one, name) if behind else (name, one))]
        if dice.random() < 0.3:
            lines = names + lines
    if dice.random() < 0.7:
        del lines[dice.randrange(len(lines))]
    return lines


def test_no_name_goes_with_another_ones_answer():
    found = named = 0
    for seed in range(SEEDS):
        lines = file_of(random.Random(seed))
        for part in read_source("\n".join(lines).encode()).parts:
            for record in part.records:
                if isinstance(record, Answer):
                    found += 1
                    named += bool(record.path)
                    assert record.path in {"", f"{FOLDER}vm{int(record.uuid[7:], 16)}.vmdk"}, lines
    # Were nothing ever named, nothing would be wrong either.
    assert named > found * 0.15


def test_a_long_file_keeps_its_names_where_a_line_is_lost():
    """One loss makes one name doubtful, not a thousand."""
    lines = [line for number in range(50) for line in (f"{FOLDER}vm{number}.vmdk", answer(number))]
    for lost in (1, 2, 49, 50):
        kept = [*lines[:lost], *lines[lost + 1 :]]
        records = [record for part in read_source("\n".join(kept).encode()).parts for record in part.records]
        assert sum(bool(record.path) for record in records if isinstance(record, Answer)) == 49

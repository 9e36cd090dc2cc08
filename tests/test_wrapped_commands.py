"""A command line that a terminal broke is put together; one that a copy of the screen filled up with blanks was not broken."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer
from reconcile.transcript.split import split

FOLDER = "/vmfs/volumes/PMemDS-5b1e7c20-43d8-9a4f-b1c6-2f90e6d7a811/ledger"
FIND = f"[root@north2:~] find {FOLDER} -name '*.vmdk'"
FOUND = (f"{FOLDER}/ledger.vmdk", f"{FOLDER}/ledger_1.vmdk")


@pytest.mark.parametrize("width", [120, 132, 141, 160])
def test_a_command_filled_up_with_blanks_has_no_end_in_the_next_line(width):
    (section, *_) = split([line.ljust(width) for line in (FIND, *FOUND, "[root@north2:~] ")]).sections
    assert (section.machine, section.command.elsewhere) == ("north2", False)
    assert tuple(line.strip() for line in section.lines) == FOUND


def test_a_command_that_ends_with_its_line_may_go_on_in_the_next():
    """Of a path below the folder asked for nothing tells whether it is an answer: it is nobody's."""
    asks = f"[root@north2:~] ls {FOLDER}".ljust(100, "x")
    (section, *_) = split([asks, "1", "ledger.vmdk", "[root@north2:~] "]).sections
    assert section.command.elsewhere
    assert not section.machine


@pytest.mark.parametrize(
    "command",
    [
        "ls *.vmdk | xargs -I% sh -c 'echo %; vmkfstools -J getuuid %'",
        "ls | xargs -I{} sh -c 'echo {}; vmkfstools -J getuuid {}'",
        'ls *.vmdk | xargs -I {} sh -c "echo {} && vmkfstools -J getuuid {}"',
        "find . -name '*.vmdk' -exec sh -c 'echo {}; vmkfstools -J getuuid {}' \\;",
    ],
)
def test_the_name_below_a_long_command_that_asks_of_many_is_no_end_of_it(command):
    """The command's line is the widest of the source, as of a terminal that broke it there."""
    prompt = "[root@esx07:/vmfs/volumes/PMemDS-77a1c0de-5b1e-4f02-8c3d-9e10aa44b2c7/mail02] "
    uuid = "UUID is 60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1"
    reading = read_source(f"{prompt}{command}\nmail02.vmdk\n{uuid} b7\nmail02_1.vmdk\n{uuid} c9\n".encode())
    found = [record for part in reading.parts for record in part.records if isinstance(record, Answer)]
    assert [(answer.name, answer.uuid[-2:]) for answer in found] == [("mail02.vmdk", "b7"), ("mail02_1.vmdk", "c9")]

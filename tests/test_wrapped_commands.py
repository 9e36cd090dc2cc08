"""A command line that a terminal broke is put together; one that a copy of the screen filled up with blanks was not broken."""

from __future__ import annotations

import pytest

from reconcile.transcript import split

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

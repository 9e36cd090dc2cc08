"""``pwd``: believed for the paths behind it, and a line that is accounted for."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Volume

UUID = "UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c"


def paths(text: str) -> list[str]:
    return [record.path for part in read_source(text.encode()).parts for record in part.records if isinstance(record, Answer)]


def test_the_answer_says_where_the_shell_is():
    assert paths(f"# pwd\n/vmfs/volumes/ds/vm\n# vmkfstools -J getuuid a.vmdk\n{UUID}\n") == ["/vmfs/volumes/ds/vm/a.vmdk"]


def test_the_answer_overrules_what_was_followed():
    text = f"# cd /vmfs/volumes/ds/one\n# pwd\n/vmfs/volumes/ds/two\n# vmkfstools -J getuuid a.vmdk\n{UUID}\n"
    assert paths(text) == ["/vmfs/volumes/ds/two/a.vmdk"]


def test_a_prompt_that_shows_the_directory_overrules_the_answer():
    """The prompt shows the resolved path, ``pwd`` the name that was entered."""
    where = "/vmfs/volumes/622aec5b-de94a27c-948e-00505680fb1d"
    text = f"[root@esx01:{where}] pwd\n/vmfs/volumes/Packer\n[root@esx01:{where}] vmkfstools -J getuuid a.vmdk\n{UUID}\n"
    assert paths(text) == [f"{where}/a.vmdk"]
    assert read_source(text.encode()).volumes == (Volume(2, "Packer", "622aec5b-de94a27c-948e-00505680fb1d"),)


@pytest.mark.parametrize(
    ("text", "ledger"),
    [
        ("# pwd\n/a b\n", (2, 1, 1, 0)), ("# pwd\n", (1, 0, 1, 0)), ("# pwd\nx\n", (2, 0, 1, 1)), ("# pwd\n/a\n/b\n", (3, 1, 1, 1)),
        ("# pwd\n\n/a\n", (3, 0, 2, 1)),
    ],
)  # fmt: skip
def test_one_line_is_recognised_and_no_other(text, ledger):
    assert read_source(text.encode()).ledger == ledger


def test_an_answer_that_is_no_path_is_not_believed():
    assert paths(f"# cd /vmfs/volumes/ds/one\n# pwd\none\n# vmkfstools -J getuuid a.vmdk\n{UUID}\n") == ["/vmfs/volumes/ds/one/a.vmdk"]

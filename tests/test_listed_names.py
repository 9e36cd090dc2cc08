"""Words around a name: a listing of the same folder that knows just one such name says which of them are it."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.facts.records import Answer, Unpaired

FOLDER = "/vmfs/volumes/PMemDS-5a1c77e0-2b93-4d18-9f60-7e4b21c8d935/crm"
PROMPT = f"[root@esx31:{FOLDER}] "
LOOP = 'for v in *.vmdk; do echo "$(date) $v"; vmkfstools -J getuuid "$v"; done'
CLOCK = "Mi 2 Dez 10:02:11 CET 2026"


def answer(number: int) -> str:
    return f"UUID is 60 00 C2 9a 11 22 33 44-55 66 77 88 99 aa bb {number:02x}"


def listing(*names: str, prompt: str = PROMPT) -> str:
    return f"{prompt}ls -l\n" + "".join(f"-rw-------    1 root     root     1073741824 Nov 18 09:12 {name}\n" for name in names)


def turns(*names: str, form: str = "{clock} {name}\n{answer}\n", command: str = LOOP) -> str:
    said = "".join(form.format(clock=CLOCK, name=name, answer=answer(number)) for number, name in enumerate(names, 1))
    return f"{PROMPT}{command}\n{said}{PROMPT}\n"


def paths(text: str) -> list[str]:
    records = [record for part in read_source(text.encode()).parts for record in part.records]
    assert sum(isinstance(record, Unpaired) for record in records) == sum(
        isinstance(record, Answer) and not record.path for record in records
    )
    return [record.path.removeprefix(f"{FOLDER}/") for record in records if isinstance(record, Answer)]


@pytest.mark.parametrize("names", [("crm.vmdk", "crm_1.vmdk"), ("my crm.vmdk", "crm_1.vmdk"), ("Crm.VMDK",)])
def test_the_one_listed_name_in_the_words_is_the_files(names):
    assert paths(listing(*names) + turns(*names)) == list(names)
    assert paths(turns(*names) + listing(*names)) == list(names)


@pytest.mark.parametrize(
    ("listed", "printed", "known"),
    [
        # Both stand in the words.
        (("crm.vmdk", "my crm.vmdk"), ("my crm.vmdk", "crm.vmdk"), ["", "crm.vmdk"]),
        (("2026.vmdk", "CET 2026.vmdk"), ("CET 2026.vmdk",), [""]),
        ((), ("crm.vmdk",), [""]),
        (("other.vmdk", "rm.vmdk", "crm.vmdk.bak", "crm.vmdk.old.vmdk"), ("crm.vmdk",), [""]),
        # One file would have two UUIDs.
        (("crm.vmdk",), ("crm.vmdk", "crm.vmdk"), ["", ""]),
    ],
)
def test_where_several_names_fit_or_none_the_answer_is_no_files(listed, printed, known):
    assert paths(listing(*listed) + turns(*printed)) == known


@pytest.mark.parametrize("prompt", [PROMPT.replace("esx31", "esx32"), PROMPT.replace("crm]", "web]")])
def test_a_listing_of_another_host_or_folder_knows_nothing(prompt):
    assert paths(listing("crm.vmdk", prompt=prompt) + turns("crm.vmdk")) == [""]


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ("{answer}\n{clock} {name}\n", 'for v in *.vmdk; do vmkfstools -J getuuid "$v"; echo "$(date) $v"; done'),
        ("{clock} {name} {answer}\n", 'for v in *.vmdk; do echo "$(date) $v $(vmkfstools -J getuuid $v)"; done'),
        ("{clock}: {name} ...\n{answer}\n", 'for v in *.vmdk; do echo "$(date): $v ..."; vmkfstools -J getuuid "$v"; done'),
    ],
)
def test_wherever_the_command_puts_the_words(form, command):
    names = ("crm.vmdk", "crm_1.vmdk")
    text = listing(*names) + turns(*names, form=form, command=command)
    assert paths(text) == list(names)
    assert not read_source(text.encode()).unread


def test_each_disk_stands_once_in_the_report(tmp_path):
    names = ("crm.vmdk", "crm_1.vmdk")
    (tmp_path / "esx31.txt").write_text(listing(*names) + turns(*names))
    rows = match(read(tmp_path)).mapping
    assert list(rows["vmdk"]) == list(names)
    assert list(rows["host"]) == ["esx31", "esx31"]

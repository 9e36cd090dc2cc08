"""--machines: the user says whose captures they are."""

from __future__ import annotations

import pytest
from small_site import PAIR

from reconcile import CaptureError, match, read

LOCALHOST = {"one/list.txt": PAIR["db01.txt"].replace("root@db01", "root@localhost"), "esx01.txt": PAIR["esx01.txt"]}


def machines(tmp_path, text: str):
    file = tmp_path / "machines.csv"
    file.write_bytes(text.encode())
    return file


def test_the_first_pattern_that_fits_names_the_machine(captures, tmp_path):
    folder = captures(LOCALHOST)
    found = read(folder, machines=machines(tmp_path, "pattern,machine\r\none/*,db07\r\n*,other\r\n"))
    sources = found.sources.set_index("path")
    assert sources.loc["one/list.txt", ["machine", "named_by"]].tolist() == ["db07", "override"]
    assert sources.loc["esx01.txt", "machine"] == "other"
    assert set(match(found).mapping["guest"]) == {"db07"}


def test_what_a_prompt_says_is_overruled(captures, tmp_path):
    found = read(captures(PAIR), machines=machines(tmp_path, "\ufeffpattern,machine\ndb01.txt,db99\n"))
    assert set(found.dimms["guest"]) == {"db99"}


def test_what_no_pattern_fits_is_as_it_was(captures, tmp_path):
    found = read(captures(PAIR), machines=machines(tmp_path, "pattern,machine\nnothing/*,db99\n"))
    assert set(found.dimms["guest"]) == {"db01"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header"),
        ("name,machine\na,b\n", "header"),
        ("pattern,machine\nonly one\n", "row 2"),
        ("pattern,machine\na,b\n,c\n", "row 3"),
    ],
)
def test_a_file_of_another_form_is_refused_with_what_to_do(captures, tmp_path, text, said):
    with pytest.raises(CaptureError, match=said):
        read(captures(PAIR), machines=machines(tmp_path, text))


def test_the_command_line_takes_it(captures, tmp_path, run):
    ran = run("parse", captures(PAIR), "--table", "dimms", "--machines", machines(tmp_path, "pattern,machine\n*,db99\n"))
    assert ran.code == 0
    assert ",db99," in ran.out
    ran = run("report", captures(PAIR), "-o", tmp_path / "x.csv", "--machines", tmp_path / "nowhere.csv")
    assert ran.code == 2
    assert "cannot be read: No such file or directory. Give a CSV" in ran.err
    assert not (tmp_path / "x.csv").exists()

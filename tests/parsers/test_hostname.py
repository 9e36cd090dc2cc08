"""``hostname`` and ``uname``: whose capture this is, in the machine's own words."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Hostname

LINUX = "Linux db01 6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.1-1 (2026-01-01) x86_64 GNU/Linux"
ESXI = "VMkernel esx01.example.net 7.0.3 #1 SMP Release build-19193900 Jan 18 2022 15:14:06 x86_64 x86_64 x86_64 ESXi"


@pytest.mark.parametrize(
    ("command", "answer", "name", "by"),
    [
        ("hostname", "db01", "db01", "hostname"), ("hostname -f", "db01.example.net", "db01.example.net", "hostname"),
        ("hostname -s", " db01 ", "db01", "hostname"), ("uname -n", "db_01", "db_01", "hostname"), ("uname -a", LINUX, "db01", "uname"),
        ("uname -a", ESXI, "esx01.example.net", "uname"), ("sudo hostname", "db01", "db01", "hostname"), ("hostname", "7", "7", "hostname"),
    ],
)  # fmt: skip
def test_the_answer_is_the_name(command, answer, name, by, records):
    assert records(f"# {command}\n{answer}\n") == [Hostname(2, name, by)]


@pytest.mark.parametrize("line", [LINUX, ESXI])
def test_a_line_of_uname_needs_no_command(line, records):
    (found,) = records(f"{line}\n")
    assert (found.line, found.by) == (1, "uname")


@pytest.mark.parametrize("line", ["db01", "Linux", "Linux db01", "Linux kernel 6.1 is out", "linux db01 6.1.0 #1", "VMkernel 7.0.3 #1"])
def test_a_bare_word_without_a_command_names_nobody(line, records):
    assert records(f"{line}\n") == []


@pytest.mark.parametrize(
    "command", ["uname -r", "uname", "hostname newname", "hostname -i", "hostname -I", "hostnamectl", "cat /etc/hostname"]
)
def test_other_forms_name_nobody(command):
    """Among them ``hostname NAME``, which sets one and prints nothing."""
    reading = read_source(f"# {command}\ndb01\n".encode())
    assert not reading.parts
    assert [unread.line for unread in reading.unread] == [2]


@pytest.mark.parametrize("answer", ["a b", "-x", "x-", "", "a/b", "a:b", "é", "x" * 254, "hostname: Name or service not known"])
def test_what_is_no_name_names_nobody(answer, records):
    assert [record for record in records(f"# hostname\n{answer}\n") if isinstance(record, Hostname)] == []


def test_the_first_line_is_the_answer_and_what_follows_is_not():
    reading = read_source(b"# hostname\ndb01\ndb02\n")
    assert [record for part in reading.parts for record in part.records] == [Hostname(2, "db01", "hostname")]
    assert [unread.line for unread in reading.unread] == [3]


def test_a_file_called_hostname_holds_a_name(records):
    """A sosreport's ``hostname`` is the bare answer."""
    assert records("db01.example.net\n", hint="hostname") == [Hostname(1, "db01.example.net", "hostname")]

"""Prompts, each in the shape that a real capture showed, and lines that only look like one."""

from __future__ import annotations

import pytest

from reconcile.facts.machine_names import is_no_name
from reconcile.transcript.prompts import Kind, Prompt, match_prompt


@pytest.mark.parametrize(
    ("line", "host", "cwd", "command"),
    [
        ("[root@esx01:~] df -h", "esx01", "~", "df -h"), ("[root@esxi:/var/log] ls", "esxi", "/var/log", "ls"), ("[root@vc1] df", "vc1", None, "df"),
        ("[root@esx01:/vmfs/volumes/PMemDS-1/vm 1] ls", "esx01", "/vmfs/volumes/PMemDS-1/vm 1", "ls"), ("[root@esx01:~]", "esx01", "~", ""),
        ("[root@esx01:~] ", "esx01", "~", ""), ("[xxx@ServerHost:~] ls", "ServerHost", "~", "ls"), ("[root@localhost:~] ls", "localhost", "~", "ls"),
        ("[root@esx01.example.net:/a]  ls", "esx01.example.net", "/a", "ls"), ("[root@192.0.2.1:~] ls", "192.0.2.1", "~", "ls"),
        ("[root@db01 ~]# ndctl list", "db01", "~", "ndctl list"), ("[root@db01 vm 1]# ls", "db01", "", "ls"), ("[bob@db01 /]$ ls", "db01", "/", "ls"),
        ("root@db01:~# ndctl list -D", "db01", "~", "ndctl list -D"), ("user@db01:/mnt/db redo$ ls", "db01", "/mnt/db redo", "ls"),
        ("root@db01:/# ", "db01", "/", ""), ("linux-4o54:/home/viking # ndctl list -BiRN", "linux-4o54", "/home/viking", "ndctl list -BiRN"),
        ("~ # cd /vmfs/volumes", "", "~", "cd /vmfs/volumes"), ("/ # ls", "", "/", "ls"), ("/vmfs/volumes/663e335e-dcaeabe2/vm # ls", "", "/vmfs/volumes/663e335e-dcaeabe2/vm", "ls"),
        ("/vmfs/volumes/ds/vm 1 # ls -l", "", "/vmfs/volumes/ds/vm 1", "ls -l"), ("/vmfs/volumes #", "", "/vmfs/volumes", ""),
        ("# ls", "", None, "ls"), ("$ sudo ndctl list -D", "", None, "sudo ndctl list -D"), ("~# ls", "", None, "ls"), ("> df -h", "", None, "df -h"),
        ("esxi_host>$ df -h", "esxi_host", None, "df -h"), ("guestvm $ sudo ndctl list", "guestvm", None, "sudo ndctl list"),
        ("esxi_host>$  ls", "esxi_host", None, "ls"), ("bash-5.1$ ls", "", None, "ls"), ("sh-4.2# ls", "", None, "ls"), ("-sh-4.2$ ls", "", None, "ls"),
        ("vi-admin@vma:~[192.0.2.10]> esxcli storage filesystem list", "192.0.2.10", "~", "esxcli storage filesystem list"),
        ("   [root@esx01:~] ls", "esx01", "~", "ls"), ("\t# vmkfstools -J getuuid a.vmdk  ", "", None, "vmkfstools -J getuuid a.vmdk"),
    ],
)  # fmt: skip
def test_each_shape_of_prompt(line, host, cwd, command):
    found = match_prompt(line)
    assert found is not None
    assert (found.host, found.cwd, found.command.strip()) == (host, cwd, command)


def test_the_trace_of_set_x_is_no_prompt_of_its_own():
    assert match_prompt("+ vmkfstools -J getuuid ./a.vmdk") == Prompt("", None, "vmkfstools -J getuuid ./a.vmdk", Kind.TRACE)
    assert match_prompt("++ ls") == Prompt("", None, "ls", Kind.TRACE)


@pytest.mark.parametrize("line", ["# ls;pwd", "# ls; pwd", "$ ls|cat", "host1> df&&ls", "# df>out.txt"])
def test_a_command_may_be_followed_by_an_operator_without_a_blank(line):
    """If the prompt is not seen, the answer behind it is taken for the command's before."""
    found = match_prompt(line)
    assert found is not None
    assert found.command.startswith(("ls", "df"))


@pytest.mark.parametrize(
    "line",
    [
        "", " ", "#", "$", ">", "# a remark", "$ 5 is the price", "[    0.031524] pmem0: x", "[", "[]", "[ {", "[sudo] password for bob:", "#==[ Command ]==#",
        "total 8", "a.vmdk", "/vmfs/volumes/x:", "/vmfs/volumes/x", "100% /mnt", "UUID is 60 00 C2", "VMFS-6 1G 1G 1G 0% /vmfs/volumes/a", "a # b", "x > y",
        "+1+2.vmdk", "-rw------- 1 root root 1 Nov 20 10:11 a.vmdk", '"dev":"nmem0",', "lrwxr-xr-x 1 root root 35 May 24 17:10 A -> b", "# Disk DescriptorFile",
        "Filesystem   Size   Used Available Use% Mounted on", "root@db01 ls", "[x@y", "%%%", "+ 5", "a$ b", "=cmd|'calc'!A0.vmdk",
        "Tier-2 (NAS01) # 5",
    ],
)  # fmt: skip
def test_what_is_no_prompt(line):
    assert match_prompt(line) is None


@pytest.mark.parametrize(
    "name",
    ["", "localhost", "LOCALHOST", "localhost.localdomain", "localhost.example.net", "root", "~", "bash", "bash-5.1", "-sh", "sh-4.2"],
)
def test_names_that_name_nobody(name):
    assert is_no_name(name)


@pytest.mark.parametrize("name", ["esx01", "localhost1", "mylocalhost", "shell", "rooty", "bash1", "db01.example.net", "192.0.2.1", "r"])
def test_names_that_are_names(name):
    assert not is_no_name(name)


@pytest.mark.parametrize(
    "line", ["[root@esx01:" + "/x " * 20_000, "a" * 50_000 + "# ls", "/" + " " * 50_000 + "#", "[" * 50_000, "[a@b " + " " * 50_000]
)
def test_a_line_of_any_length_is_decided(line):
    match_prompt(line)

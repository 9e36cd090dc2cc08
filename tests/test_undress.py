"""What pasting puts around a capture comes off, and nothing else does."""

from __future__ import annotations

import pytest

from reconcile.undress import undress

SESSION = ("[root@db01 ~]# ndctl list -D", "[", "  {", '    "dev":"nmem0",', '    "id":"8902-206b080c"', "  }", "]")


@pytest.mark.parametrize(
    ("dressed", "note"),
    [
        (tuple(f"> {line}" for line in SESSION), "'>'"),
        (tuple(f"> > {line}" for line in SESSION), "'> >'"),
        (tuple(f"// {line}" for line in SESSION), "'//'"),
        (tuple(f"# {line}" for line in SESSION), "'#'"),
        (tuple(f"    {line}" for line in SESSION), "indentation"),
        (tuple(f"\t{line}" for line in SESSION), "indentation"),
        (tuple(line.replace(" ", "\u00a0") for line in SESSION), "no-break"),
        (tuple(line.replace('"', "&quot;") for line in SESSION), "HTML"),
        (tuple(line.replace('"', "\u201c") for line in SESSION), "typographic"),
    ],
)
def test_what_pasting_puts_around_a_capture_comes_off_and_is_noted(dressed, note):
    lines, told = undress(dressed)
    assert lines == SESSION
    assert note in told


def test_a_quoted_part_of_a_mail_is_undressed_and_the_rest_stays():
    mail = ("Hello,", "this is what it says:", *(f"> {line}" for line in SESSION), "Regards")
    lines, told = undress(mail)
    assert lines == ("Hello,", "this is what it says:", *SESSION, "Regards")
    assert told


@pytest.mark.parametrize(
    "lines",
    [
        SESSION,
        ("# cd /vmfs/volumes", "# ls -l", "total 0", "# vmkfstools -J getuuid a.vmdk", "# exit"),
        ("# Disk DescriptorFile", "# The Disk Data Base", "#DDB"),
        ("# $ ls", "# > ls", "# esx01# ls"),
        (" leading.vmdk",),
        (" leading.vmdk", " other.vmdk"),
        ("a&amp;b.vmdk", "> odd name.vmdk", "// other.vmdk"),
        ("[root@esx01:~] for f in *; do", "> echo $f", "> done"),
        ("UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c",),
        (),
        ("", ""),
    ],
)
def test_what_may_be_meant_stays(lines):
    assert undress(lines) == (lines, "")


def test_every_line_stays_a_line():
    lines = ("> a&#10;b", ">", "> [root@db01 ~]# ls")
    assert len(undress(lines)[0]) == len(lines)

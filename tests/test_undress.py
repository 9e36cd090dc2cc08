"""What pasting puts around a capture comes off, and nothing else does."""

from __future__ import annotations

import pytest

from reconcile.transcript.paste_marks import undress

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
        (tuple(f"{number:4d}  {line}" for number, line in enumerate(SESSION, 7)), "in front of each line"),
        (tuple(f"2026-03-03 10:00:0{number} {line}" for number, line in enumerate(SESSION)), "in front of each line"),
        (tuple(f"`{line}`" for line in SESSION), "layout"),
        (tuple(f"**{line}**" for line in SESSION), "layout"),
        (tuple(f"<code>{line}</code><br/>" for line in SESSION), "layout"),
        (tuple(f"\u200b{line}" for line in SESSION), "word processor"),
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


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("<ul>", "<li>a.vmdk</li><li>b.vmdk</li>", "</ul>"), ("", "a.vmdk  b.vmdk", "")),
        (("<html><body><pre>", "[root@n1:~] ls <b>-l</b>", "x<br>", "</pre></body></html>"), ("", "[root@n1:~] ls -l", "x", "")),
        (("```console", "[root@n1:~] ls", "```"), ("", "[root@n1:~] ls", "")),
        (("/*", " * [root@n1:~] ls", " * a_1.vmdk", " */"), ("", "[root@n1:~] ls", "a_1.vmdk", "")),
        (("a\\_1.vmdk", "\\# df"), ("a_1.vmdk", "# df")),
        (("8902\u2013206b080c",), ("8902-206b080c",)),
    ],
)
def test_the_marks_of_pages_and_wikis_come_off_and_every_line_stays(lines, expected):
    assert undress(lines)[0] == expected


@pytest.mark.parametrize(
    "lines",
    [
        # What a shell remembers, two names of several words, a glob, a path of Windows, and one line that may be called so.
        ("1  ls", "2  vmkfstools -J getuuid a.vmdk", "3  exit"),
        ("1 a.vmdk", "2 b.vmdk", "3 c.vmdk"),
        ("[root@n1:~] ls **/a.vmdk **/b.vmx",),
        ("C:\\_captures\\a", "C:\\b"),
        ("_a_",),
        ("*a*",),
        ("db \u2013 new", "x"),
        ("2026-03-03T10:00:00Z cpu1: UUID", "2026-03-03T10:00:01Z cpu1: x"),
    ],
)
def test_what_only_looks_like_a_mark_stays(lines):
    assert undress(lines)[0] == lines

"""``ls``: names as they are, with all their blanks, each in the directory that the capture says and no other."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Entry, Failure, Listed

DS = "/vmfs/volumes/PMemDS-5c0f31b2-8d4a-2b7e-91c6-0a1b2c3d4e5f"
LONG = "-rw-------    1 root     root     17179869184 Nov 20 10:11 a.vmdk"


def entries(text: str | bytes, hint: str = "") -> list[Entry]:
    return [record for record in facts(text, hint) if isinstance(record, Entry)]


def facts(text: str | bytes, hint: str = ""):
    reading = read_source(text.encode() if isinstance(text, str) else text, hint)
    assert sum(reading.ledger[1:]) == reading.ledger.lines
    return [record for part in reading.parts for record in part.records]


def names(text: str | bytes, hint: str = "") -> list[str]:
    return [entry.name for entry in entries(text, hint)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LONG, ("a.vmdk", "file", "17179869184", 17179869184, "Nov 20 10:11", "")),
        ("-rw-------    1 root     root        1.5G Nov 20 10:11 a.vmdk", ("a.vmdk", "file", "1.5G", None, "Nov 20 10:11", "")),
        ("-rw-------    1 root     root         394 Jan  1  1970 a.vmdk", ("a.vmdk", "file", "394", 394, "Jan  1  1970", "")),
        ("     15 -rw-------    1 operator disk     12 Mar  4  2023 a.vmdk", ("a.vmdk", "file", "12", 12, "Mar  4  2023", "")),
        ("     15      4 -rw-------    1 0     0     12 Mar  4  2023 a.vmdk", ("a.vmdk", "file", "12", 12, "Mar  4  2023", "")),
        (
            "-rw-------    1 operator disk     12 2023-03-04 05:06:07 +0000 a.vmdk",
            ("a.vmdk", "file", "12", 12, "2023-03-04 05:06:07 +0000", ""),
        ),
        ("-rw-r--r-- 1 root root 12 2023-03-04 05:06 a.vmdk", ("a.vmdk", "file", "12", 12, "2023-03-04 05:06", "")),
        ("drwxr-xr-t    2 root     root        4.0K Mar  4  2023 db 01", ("db 01", "dir", "4.0K", None, "Mar  4  2023", "")),
        ("lrwxrwxrwx    1 root     root           4 Mar  4  2023 a -> b  c", ("a", "link", "4", 4, "Mar  4  2023", "b  c")),
        ("prw-r--r--    1 root     root           0 Mar  4  2023 fifo", ("fifo", "fifo", "0", 0, "Mar  4  2023", "")),
        ("brw-rw----    1 root     disk        8,   0 Mar  4  2023 sda", ("sda", "device", "", None, "Mar  4  2023", "")),
        ("-rw-r--r--.   1 root     root           1 Mar  4  2023 x", ("x", "file", "1", 1, "Mar  4  2023", "")),
        ("-rw-r--r--    1 root     root           1 Mar  4  2023 x  ", ("x", "file", "1", 1, "Mar  4  2023", "")),
        ("-rw-r--r--    1 root     root           1 Mar  4  2023 total 8", ("total 8", "file", "1", 1, "Mar  4  2023", "")),
        ("-rw-r--r--    1 root     root           1 Mar  4  2023 a -> b", ("a -> b", "file", "1", 1, "Mar  4  2023", "")),
    ],
)  # fmt: skip
def test_a_long_line(line, expected):
    (entry,) = entries(f"[root@esx01:{DS}] ls -l\ntotal 8\n{line}\n")
    assert (entry.name, entry.kind, entry.size, entry.bytes, entry.modified, entry.target) == expected
    assert (entry.line, entry.directory, entry.certain, entry.followed) == (3, DS, True, False)


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("a -> b", 1, ("a", "b")), ("a -> b -> c", 6, ("a", "b -> c")), ("a -> b -> c", 1, ("a -> b", "c")), ("a -> b -> c", 99, ("a", "b -> c")),
        ("a -> b   # a remark", 1, ("a", "b")), ("ü -> ö", 2, ("ü", "ö")), ("a ->  b", 2, ("a", " b")), ("a", 1, ("a", "")),
        ("a -> -> -> b", 4, ("a ->", "-> b")), ("x -> /vmfs/volumes/a b", 18, ("x", "/vmfs/volumes/a b")),
    ],
)  # fmt: skip
def test_a_links_target_is_as_long_as_its_size(text, size, expected):
    """Names and targets may hold arrows, and people write remarks behind them."""
    (entry,) = entries(f"# ls -l\nlrwxrwxrwx    1 root     root     {size:8} Mar  4  2023 {text}\n")
    assert (entry.name, entry.target) == expected


@pytest.mark.parametrize(
    ("command", "shown", "expected"),
    [
        ("ls", "a.vmdk", "a.vmdk"), ("ls -1", "total 8", "total 8"), ("ls", " leading.vmdk", " leading.vmdk"), ("ls", "trailing  ", "trailing"),
        ("ls", "x:", "x:"), ("ls", "-rw-r--r-- 1 root root 4096 Nov 22 21:00 fake.vmdk", "-rw-r--r-- 1 root root 4096 Nov 22 21:00 fake.vmdk"),
        ("ls", "2024-01-31", "2024-01-31"), ("ls", "*.vmdk", "*.vmdk"), ("ls", "=cmd|'calc'!A0.vmdk", "=cmd|'calc'!A0.vmdk"), ("ls", "007", "007"),
        ("ls -p", "appdb/", "appdb"), ("ls -F", "x*", "x"), ("ls -F", "l@", "l"), ("ls -F", "f|", "f"), ("ls -F", "s=", "s"), ("ls", "x*", "x*"),
        ("ls -p", "l@", "l@"), ("ls", "ü\u200eb.vmdk", "ü\u200eb.vmdk"), ("ls", "a -> b.vmdk", "a -> b.vmdk"), ("ls", '"q".vmdk', '"q".vmdk'),
    ],
)  # fmt: skip
def test_a_name_on_its_own_line_is_the_whole_line(command, shown, expected):
    """Among other names, so that nothing about the listing is in doubt."""
    found = [entry.name for entry in entries(f"[root@esx01:{DS}] {command}\nzz-first.vmdk\n{shown}\nzz.vmdk\n")]
    assert found == ["zz-first.vmdk", expected, "zz.vmdk"]


def test_a_real_folder_of_odd_names_long_and_short_is_the_same_folder(shared):
    """The long line's name is the short one's, whatever it holds; a link's has its target cut off."""
    folder = shared / "qemu" / "busybox"
    plain = [name.rstrip() for name in (folder / "utf8_ls_1_odd.txt").read_bytes().decode().removesuffix("\n").split("\n")]
    assert len(plain) == 30
    for file in ("utf8_ls_l_odd.txt", "utf8_ls_la_odd.txt", "ls_lF.txt", "ls_color.txt", "utf8_ls_1_odd.txt", "utf8_ls_odd.txt"):
        flags = file.split("_")[1 if file.startswith("ls") else 2].removesuffix(".txt")
        hint = "ls" if flags in {"1", "odd", "color"} else f"ls -{flags}"
        assert names((folder / file).read_bytes(), hint) == plain, file


@pytest.mark.parametrize(
    "file", ["ls_le.txt", "utf8_ls_l_appdb.txt", "utf8_ls_lh_appdb.txt", "ls_li.txt", "ls_lsa.txt", "ls_lt.txt", "ls_l_files.txt"]
)
def test_every_form_of_a_real_folders_listing_has_its_disks(file, shared):
    found = entries((shared / "qemu" / "busybox" / file).read_bytes(), "ls -l")
    disks = {entry.name: entry for entry in found if entry.name.endswith(".vmdk")}
    assert set(disks) == {"appdb_1.vmdk", "appdb_2.vmdk"}
    assert disks["appdb_1.vmdk"].size == ("16.0G" if "lh" in file else "17179869184")
    assert all(entry.kind == "file" for entry in found)


@pytest.mark.parametrize(
    "file", ["utf8_ls_lR_PMemDS.txt", "utf8_ls_lRa_PMemDS.txt", "utf8_ls_lR.txt", "utf8_gnu_ls_lR_PMemDS.txt", "utf8_ls_R.txt"]
)
def test_a_real_recursive_listing_has_each_name_in_its_own_folder(file, shared):
    """A folder whose name ends in a colon, and names that look like headers, stand among them."""
    folder = shared / "qemu" / "busybox"
    found = entries((folder / file).read_bytes(), "ls -R" if file == "utf8_ls_R.txt" else "ls -lR")
    by_folder = {}
    for entry in found:
        by_folder.setdefault(entry.directory, []).append(entry.name)
    assert by_folder[f"{DS}/appdb"] == ["appdb.nvdimm", "appdb_1.vmdk", "appdb_2.vmdk"]
    assert "db 01.vmdk" in by_folder[f"{DS}/db 01"]
    assert len(by_folder[f"{DS}/vdi-pool"]) > 100
    assert all(entry.directory.startswith("/vmfs/volumes") for entry in found)

    def counts(path: str) -> bool:
        """Leave out what ls prints with question marks, or not at all, and where find prints a name on two lines."""
        return (
            path.startswith(DS) and path.endswith(".vmdk") and path.isascii() and "/odd/" not in path and ("a_" in file or "/." not in path)
        )

    find = (folder / "utf8_find_vmdk.txt").read_text(errors="replace").split("\n")
    shown = [f"{entry.directory}/{entry.name}" for entry in found]
    assert sorted(filter(counts, shown)) == sorted(filter(counts, find))


def test_directories_with_headers_are_told_apart():
    text = f"# ls -l {DS}/a {DS}/b\n{DS}/a:\ntotal 0\n{LONG}\n\n{DS}/b:\ntotal 0\n\n{DS}/c d:\ntotal 4\n{LONG}\n"
    assert [(entry.directory, entry.line) for entry in entries(text)] == [(f"{DS}/a", 4), (f"{DS}/c d", 11)]
    assert [record.directory for record in facts(text) if isinstance(record, Listed)] == [f"{DS}/a", f"{DS}/b", f"{DS}/c d"]


@pytest.mark.parametrize(
    ("command", "shown", "place"),
    [
        ("ls", "a.vmdk", f"{DS}/vm/a.vmdk"), ("ls .", "a.vmdk", f"{DS}/vm/a.vmdk"), ("ls ..", "a.vmdk", f"{DS}/a.vmdk"),
        ("ls /x", "a.vmdk", "/x/a.vmdk"), ("ls sub", "a.vmdk", f"{DS}/vm/sub/a.vmdk"), ("ls a.vmdk", "a.vmdk", f"{DS}/vm/a.vmdk"),
        ("ls *.vmdk", "a.vmdk", f"{DS}/vm/a.vmdk"), ("ls sub/*.vmdk", "sub/a.vmdk", f"{DS}/vm/sub/a.vmdk"), ("ls /x/*.vmdk", "/x/a.vmdk", "/x/a.vmdk"),
        ("ls sub/a.vmdk", "sub/a.vmdk", f"{DS}/vm/sub/a.vmdk"), ("ls ./a.vmdk", "./a.vmdk", f"{DS}/vm/a.vmdk"),
        ("ls ../x/a.vmdk", "../x/a.vmdk", f"{DS}/x/a.vmdk"), ("ls b.vmdk sub/a.vmdk", "sub/a.vmdk", f"{DS}/vm/sub/a.vmdk"),
        ("ls *", "a.vmdk", "a.vmdk"), ("ls s*", "a.vmdk", "a.vmdk"), ("ls $X", "a.vmdk", "a.vmdk"), ("ls 'a b'", "a.vmdk", f"{DS}/vm/a b/a.vmdk"),
        ("ls -d *", "a.vmdk", f"{DS}/vm/a.vmdk"), ("cd /y && ls", "a.vmdk", "/y/a.vmdk"), ("cd sub; ls", "a.vmdk", f"{DS}/vm/sub/a.vmdk"),
        ("ls | sort", "a.vmdk", f"{DS}/vm/a.vmdk"),
    ],
)  # fmt: skip
def test_a_name_lies_where_the_command_says(command, shown, place):
    """A pattern that matches one folder prints what is in it, with no word of which folder: then the place is not known."""
    (entry,) = entries(f"[root@esx01:{DS}/vm] {command}\n{shown}\n")
    assert f"{entry.directory}/{entry.name}".lstrip("/" if not entry.directory else "") == place


@pytest.mark.parametrize(
    ("command", "whole"),
    [
        ("ls", True),
        ("ls -l", True),
        (f"ls {DS}", True),
        ("ls *.vmdk", False),
        ("ls | head -3", False),
        ("ls -d *", False),
        ("ls -la | grep x", False),
    ],
)
def test_a_directory_is_listed_whole_only_without_pattern_and_filter(command, whole):
    """What a listing does not show is missing only if the listing was whole."""
    assert bool([record for record in facts(f"[root@esx01:{DS}] {command}\na.vmdk\n") if isinstance(record, Listed)]) == whole


def test_an_empty_directory_is_listed_and_has_no_names():
    assert facts(f"[root@esx01:{DS}] ls\n[root@esx01:{DS}] ") == [Listed(1, 2, DS, followed=False)]
    assert names(f"[root@esx01:{DS}] ls -l\ntotal 0\n") == []


def test_an_error_is_a_failure_and_no_name():
    text = f"[root@esx01:{DS}] ls -l x.vmdk a.vmdk\nls: x.vmdk: No such file or directory\n{LONG}\n"
    assert names(text) == ["a.vmdk"]
    assert [record.line for record in facts(text) if isinstance(record, Failure)] == [2]


def test_an_answer_of_vmkfstools_among_names_is_no_name():
    """The prompt between was lost."""
    text = f"[root@esx01:{DS}] ls\na.vmdk\nUUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c\n"
    assert names(text) == ["a.vmdk"]
    assert [type(record).__name__ for record in facts(text)] == ["Listed", "Entry", "Answer"]


def test_names_behind_a_blank_line_are_no_names():
    """No blank line stands within a directory's names, so what follows is another command's."""
    text = f"[root@esx01:{DS}] ls\na.vmdk\n\nb.vmdk\n"
    assert names(text) == ["a.vmdk"]
    assert [unread.line for unread in read_source(text.encode()).unread] == [4]


def test_long_lines_need_no_command_and_bare_names_do():
    assert names(f"{LONG}\n") == ["a.vmdk"]
    assert names("a.vmdk\nb.vmdk\n") == []
    assert names("a.vmdk\nb.vmdk\n", hint="ls") == ["a.vmdk", "b.vmdk"]


def test_a_second_total_in_one_listing_begins_an_answer_of_nobody():
    text = f"[root@esx01:{DS}] ls -l\ntotal 8\n{LONG}\ntotal 4\n{LONG.replace('a.vmdk', 'b.vmdk')}\n"
    reading = read_source(text.encode())
    found = [(part.lost, entry.directory, entry.name) for part in reading.parts for entry in part.records if isinstance(entry, Entry)]
    assert found == [(False, DS, "a.vmdk"), (True, "", "b.vmdk")]


def test_the_dots_are_no_names():
    assert names("# ls -a\n.\n..\n.hidden\n") == [".hidden"]


CONTEXT = "total 0\n-rw-------.  1 root     root    system_u:object_r:x_t:s0:c1,c2   1073741824 Sep 30 16:58 a b.vmdk\n-rw-r--r--   1 root root ?  12 Sep 30 16:58 c.vmdk\n"


@pytest.mark.parametrize("prompt", ["", f"[root@db01:{DS}/vm] ls -lZ\n"])
def test_a_security_context_moves_no_column(prompt):
    found = entries(prompt + CONTEXT)
    assert [(entry.name, entry.bytes) for entry in found] == [("a b.vmdk", 1073741824), ("c.vmdk", 12)]


def test_a_long_line_of_another_form_is_no_name():
    """Before coreutils 8.24, -Z showed neither size nor date."""
    text = f"[root@db01:{DS}/vm] ls -Z\ndrwxr-xr-x. root root system_u:object_r:x_t:s0 a\n-rw-r--r--. root root system_u:object_r:x_t:s0 b.vmdk\n"
    assert entries(text) == []
    assert [unread.line for unread in read_source(text.encode()).unread] == [2, 3]


@pytest.mark.parametrize("prompt", ["", f"[root@esx01:~] ls -l /nowhere {DS}/vm {DS}/vm2\n"])
def test_what_could_not_be_listed_is_said_in_front_and_hides_no_header(prompt):
    text = f"ls: cannot access '/nowhere': No such file or directory\n{DS}/vm:\ntotal 4\n{LONG}\n\n{DS}/vm2:\ntotal 4\n{LONG.replace('a.vmdk', 'b.vmdk')}\n"
    found = facts(prompt + text)
    assert [(entry.directory, entry.name) for entry in found if isinstance(entry, Entry)] == [
        (f"{DS}/vm", "a.vmdk"),
        (f"{DS}/vm2", "b.vmdk"),
    ]
    assert sum(isinstance(record, Failure) for record in found) == 1


@pytest.mark.parametrize("directory", ["/dev/disk/by-id", "/boot", "/vmfs/volumes/a:b/c"])
def test_without_a_prompt_an_absolute_header_begins_a_listing(directory):
    text = f"{directory}:\ntotal 4\n{LONG}\n"
    assert [(entry.directory, entry.name) for entry in entries(text)] == [(directory, "a.vmdk")]
    assert read_source(text.encode()).unread == ()


def test_what_lies_in_the_root_has_the_root_for_its_directory():
    assert [(entry.directory, entry.name) for entry in entries(f"[root@esx01:~] ls -ld /vmfs\n{LONG.replace('a.vmdk', '/vmfs')}\n")] == [
        ("/", "vmfs")
    ]


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("a.vmdk   #Delta", "a.vmdk"),
        ("a.vmdk # the log disk", "a.vmdk"),
        ("a#1.vmdk", "a#1.vmdk"),
        ("a.vmdk#1", "a.vmdk#1"),
        ("#a.vmdk #b.vmdk #c", "#a.vmdk"),
    ],
)
def test_a_remark_behind_a_disk_is_no_part_of_its_name(shown, name):
    assert names(f"[root@esx01:{DS}/vm] ls -l\ntotal 4\n{LONG.replace('a.vmdk', shown)}\n") == [name]


BEHIND = [
    " ", "  ", "\t", " " * 40, "\r", "*", "@", "  (nmem1)", " <- this", " <-- nmem0", " // log", " \u2190 neu", "   yes", " yes", "\tlog", " # data", "* # data",
]  # fmt: skip


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("flag", ["", " -1"])
def test_what_stands_behind_a_disks_name_is_no_part_of_it(behind, flag):
    """Blanks, marks and remarks, in a long listing as in one of names alone; but a name may go on directly behind .vmdk."""
    long = entries(f"[root@esx01:{DS}/vm] ls -l\n{LONG.replace('a.vmdk', 'vm 1.vmdk' + behind)}\n{LONG}\n")
    assert [(entry.name, entry.certain) for entry in long] == [("vm 1.vmdk", True), ("a.vmdk", True)]
    short = entries(f"[root@esx01:{DS}/vm] ls{flag}\na.vmdk\nvm 1.vmdk{behind}\n")
    assert "vm 1.vmdk" in [entry.name for entry in short]
    assert not [entry.name for entry in short if entry.certain and entry.name not in {"a.vmdk", "vm 1.vmdk"}]


@pytest.mark.parametrize(
    "name", ["a.vmdk.bak", "a.vmdk~", "a.vmdk-old", "a.vmdk_1", "a.vmdk.lck", "my vm 1.vmdk", "a(1).vmdk", "a b  c.vmdk"]
)
def test_what_goes_on_behind_vmdk_is_another_files_name(name):
    assert names(f"[root@esx01:{DS}/vm] ls -l\n{LONG.replace('a.vmdk', name)}\n{LONG}\n") == [name, "a.vmdk"]


def test_two_disks_on_one_long_line_are_a_doubt():
    assert [(entry.name, entry.certain) for entry in entries(f"# ls -l\n{LONG} b.vmdk\n")] == [("a.vmdk", False)]


def test_a_remark_behind_a_folder_is_a_doubt():
    line = "drwxr-xr-x    1 root     root           512 Nov 20 10:11 db 01"
    assert [(entry.name, entry.certain) for entry in entries(f"# ls -l\n{line}  <-- the database\n{line}\n")] == [
        ("db 01", False),
        ("db 01", True),
    ]


def test_blanks_that_were_doubled_are_no_part_of_names_and_one_is_a_doubt():
    doubled = LONG.replace(" a", "  a")
    found = entries(f"# ls -l\n{doubled}\n{doubled.replace('a.vmdk', 'b.vmdk')}\n")
    assert [(entry.name, entry.certain) for entry in found] == [("a.vmdk", True), ("b.vmdk", True)]
    found = entries(f"# ls -l\n{doubled}\n{LONG.replace('a.vmdk', 'b.vmdk')}\n")
    assert [(entry.name, entry.certain) for entry in found] == [(" a.vmdk", False), ("b.vmdk", True)]


PROSE = ["NOTE: still missing b.vmdk", "```", "{noformat}", "</pre>", "It was called b.vmdk, but that is long ago.", "------------"]


@pytest.mark.parametrize("prose", PROSE)
@pytest.mark.parametrize("command", ["ls", "ls -1", "ls -l"])
def test_prose_below_a_listing_is_no_file_and_ends_it(command, prose):
    shown = LONG if "l" in command[3:] else "a.vmdk"
    text = f"[root@esx01:{DS}/vm] {command}\n{shown}\n{prose}\nMore text\n"
    assert names(text) == ["a.vmdk"]
    unread = {line.line for line in read_source(text.encode()).unread}
    assert unread - {3} == {4}


@pytest.mark.parametrize(
    "headline", ["Output:", "Result of this:", "**Example output.**\n```", "```", "// what it printed", "NOTE: shortened, see below"]
)
@pytest.mark.parametrize("command", ["ls", "ls -l"])
def test_a_headline_above_a_listing_is_no_folder_and_no_file(command, headline):
    shown = f"total 0\n{LONG}" if "l" in command[3:] else "a.vmdk\nb"
    found = entries(f"[root@esx01:{DS}/vm] {command} {DS}/vm\n{headline}\n\n{shown}\n")
    assert {(entry.directory, entry.name) for entry in found} <= {
        (f"{DS}/vm", "a.vmdk"),
        (f"{DS}/vm", "b"),
        (f"{DS}/vm", "**Example output.**"),
    }
    assert (f"{DS}/vm", "a.vmdk") in {(entry.directory, entry.name) for entry in found} or "Example" in headline


def test_behind_a_headline_in_the_middle_nothing_is_a_file():
    assert names(f"[root@esx01:{DS}/vm] ls\na.vmdk\n\nThese were removed:\nb.vmdk\n") == ["a.vmdk"]


def test_what_a_terminal_broke_off_a_command_is_the_commands_and_no_file():
    text = f"[root@esx01:~] ls -l {DS}/vm\n1\ntotal 8\n{LONG}\n"
    assert [(entry.directory, entry.name) for entry in facts(text) if isinstance(entry, Entry)] == [(f"{DS}/vm1", "a.vmdk")]
    assert not read_source(text.encode()).unread


def test_a_long_line_that_a_terminal_broke_is_one_again():
    whole = f"-rw-------    1 root     root     17179869184 Nov 20 10:11 {DS}/vm1/vm1.vmdk"
    at = len(whole) - 9
    text = f"[root@esx01:~] ls -l {DS}/vm1/*.vmdk\n{whole[:at]}\n{whole[at:]}\n{whole[:at]}\n{whole[at:].replace('1.', '1_1.')}\n"
    assert [(entry.line, entry.directory, entry.name) for entry in entries(text)] == [
        (2, f"{DS}/vm1", "vm1.vmdk"),
        (4, f"{DS}/vm1", "vm1_1.vmdk"),
    ]
    assert read_source(text.encode()).unread == ()

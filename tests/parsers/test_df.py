"""``df`` of ESXi, whose first column is a type, and of Linux, whose first column is a device."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.facts.records import Filesystem, Mount

HEADER = "Filesystem   Size   Used Available Use% Mounted on"
ROWS = [
    ("VMFS-6", "348.8G", "19.7G", "329.1G", "6%", "/vmfs/volumes/datastore1 (1)"),
    ("vfat", "4.0G", "64.0K", "4.0G", "0%", "/vmfs/volumes/BOOTBANK1"),
    ("PMEM", "5.9T", "3.4G", "5.9T", "0%", "/vmfs/volumes/PMemDS-14ed2a15-2e15-7f4a-bbfd-c0b1058a03d2"),
]
PUBLIC = [
    "df_bytes_and_fslist_esxi80u3_nolabel.txt", "df_h_and_ls_columns_esxi6_esx01.txt", "df_h_esxi55_three_vmfs5.txt",
    "df_lh_esxi6_no_prompt.txt", "pmem_session_esxi70u3_scargall.txt",
]  # fmt: skip


def laid_out(rows, unit: str = "Size") -> list[str]:
    """Lay rows out as ESXi does: every column as wide as its content, one blank between, the mount point raw."""
    table = [("Filesystem", unit, "Used", "Available", "Use%", "Mounted on"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    return [
        " ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:5], widths[1:], strict=True)), row[5]])
        for row in table
    ]


def df(rows, unit: str = "Size") -> str:
    return "\n".join(laid_out(rows, unit)) + "\n"


def cells(record: Filesystem) -> tuple[str, ...]:
    return (record.type, record.size, record.used, record.available, f"{record.use_percent}%", record.mounted_on)


def is_df_row(record) -> bool:
    """Esxcli lists file systems too, and says nothing of what is used."""
    return isinstance(record, Filesystem) and record.used != ""


@pytest.mark.parametrize("name", PUBLIC)
def test_rows_read_from_a_real_esxi_render_to_the_very_lines(name, shared):
    """ESXi's layout rule is exact, so any misread cell would show as another line."""
    data = (shared / "public" / "host" / name).read_bytes()
    lines = data.decode().split("\n")
    parts = [part for part in read_source(data).parts if any(is_df_row(record) for record in part.records)]
    assert parts
    for part in parts:
        found = [record for record in part.records if isinstance(record, Filesystem)]
        first = found[0].line
        unit = lines[first - 2].split()[1]
        assert [record.line for record in found] == list(range(first, first + len(found)))
        assert laid_out([cells(record) for record in found], unit) == lines[first - 2 : first - 1 + len(found)]


def test_each_answer_of_a_real_session_is_read_and_no_row_is_missed(shared):
    rows = {}
    for name in PUBLIC:
        reading = read_source((shared / "public" / "host" / name).read_bytes())
        rows[name] = sum(is_df_row(record) for part in reading.parts for record in part.records)
    assert list(rows.values()) == [8, 5, 6, 5, 5]


def test_a_clean_answer(records):
    assert records(df(ROWS[2:])) == [
        Filesystem(
            2, "PMEM", "5.9T", "3.4G", "5.9T", 6487118603878, 3650722202, 6487118603878, 0,
            "/vmfs/volumes/PMemDS-14ed2a15-2e15-7f4a-bbfd-c0b1058a03d2",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "shown", "exact"),
    [
        ("Bytes", "96368328704", 96368328704), ("Size", "249.7M", 261829427), ("Size", "8.0K", 8192), ("Size", "4.0G", 1 << 32),
        ("Size", "5.9T", 6487118603878), ("Size", "0", 0), ("Size", "512", 512), ("Size", "1.0P", 1 << 50), ("1M-blocks", "1024", 1 << 30),
        ("1K-blocks", "1048576", 1 << 30), ("1k-blocks", "1", 1024), ("Blocks", "1024", None), ("Blocks", "1.0G", 1 << 30),
        ("Size", "x", "none"), ("Size", "1.0.0G", "none"), ("Size", "-", "none"),
    ],
)  # fmt: skip
def test_the_header_says_the_unit(unit, shown, exact, records):
    """A figure under an unknown unit is not known in bytes; a word that is no figure is no row."""
    found = records(df([("VMFS-6", shown, "0", "0", "0%", "/vmfs/volumes/a")], unit))
    sizes = [record.size_bytes for record in found if isinstance(record, Filesystem)]
    assert sizes == ([] if exact == "none" else [exact])


@pytest.mark.parametrize(
    "kind", ["VMFS-3", "VMFS-5", "VMFS-6", "VMFS-L", "VMFSOS", "VFFS", "vfat", "NFS", "NFS41", "PMEM", "vsan", "VVOL", "OTHER"]
)
def test_a_row_without_its_header_is_known_by_its_type(kind, records):
    """A figure in plain digits may then be of any unit."""
    rows = [(kind, "1.5G", "0", "1.5G", "0%", "/vmfs/volumes/a b"), (kind.lower(), "100", "50", "50", "50%", "/vmfs/volumes/c")]
    found = records("\n".join(laid_out(rows)[1:]))
    assert [(record.type, record.size_bytes, record.mounted_on) for record in found] == [
        (kind, 1610612736, "/vmfs/volumes/a b"), (kind.lower(), None, "/vmfs/volumes/c"),
    ]  # fmt: skip


def test_under_the_header_any_type_is_a_type(records):
    assert [record.type for record in records(df([("NEWFS-9", "1.0G", "0", "1.0G", "0%", "/vmfs/volumes/a")]))] == ["NEWFS-9"]


@pytest.mark.parametrize(
    "name", ["datastore1 (1)", "a  b", "ISO's (NAS01)", "x 100% /vmfs/volumes/y", "ü", "PMEM 1 2 3 4% /vmfs/volumes/z"]
)
def test_a_mount_point_keeps_its_blanks(name, records):
    assert [record.mounted_on for record in records(df([(*ROWS[0][:5], f"/vmfs/volumes/{name}")]))] == [f"/vmfs/volumes/{name}"]


def test_collapsed_and_indented_columns_are_the_same_rows(records):
    """Columns are read by their content and not by their place."""
    collapsed = "\n".join(" ".join(line.split()) for line in laid_out(ROWS))
    indented = "\n".join("    " + line for line in laid_out(ROWS))
    assert records(collapsed) == records(indented) == records(df(ROWS))


def test_a_second_header_in_one_command_is_an_answer_of_nobody():
    """Its prompt was lost, and with it the machine."""
    reading = read_source(f"[root@esx01:~] df -h\n{df(ROWS[:1])}{df(ROWS[1:])}".encode())
    assert [(part.machine, part.lost, [record.line for record in part.records]) for part in reading.parts] == [
        ("esx01", False, [3]), ("", True, [5, 6]),
    ]  # fmt: skip


def test_an_error_among_the_rows_is_a_failure_and_the_rows_stay():
    lines = laid_out(ROWS)
    error = "VmFileSystem: SlowRefresh() failed: Unable to get FS Attrs for /vmfs/volumes/5c53034f-1b8eeae8-02ab-000c2979903c"
    reading = read_source("\n".join(["[root@esx01:~] df -h", lines[0], lines[1], error, *lines[2:]]).encode())
    kinds = [type(record).__name__ for part in reading.parts for record in part.records]
    assert sorted(kinds) == ["Failure", "Filesystem", "Filesystem", "Filesystem"]
    assert reading.ledger.not_understood == 0


GNU = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/pmem0      974M   68K  907M   1% /mnt/db redo\ntmpfs           951M   72K  951M   1% /run\n"
GNU_TYPED = "Filesystem     Type  Size  Used Avail Use% Mounted on\n/dev/pmem0p1   ext4  974M   68K  907M   1% /mnt/a\nmy disk        9p    252G     -     -    - /out\n"
GNU_PLAIN = (
    "Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/pmem0        996780       68    927900   1% /vmfs/volumes/x\n"
)
POSIX = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/pmem0        996780       68    927900       1% /mnt\n"
INODES = "Filesystem     Inodes IUsed IFree IUse% Mounted on\n/dev/pmem0      65536   263 65273    1% /mnt\n"
BUSYBOX = (
    "Filesystem                Size      Used Available Use% Mounted on\n"
    "/dev/pmem0              973.4M     68.0K    906.2M   0% /mnt\n"
    "volume-with-a-name-of-more-than-twenty-letters\n"
    "                        100.0G     60.0M     99.9G   0% /mnt/long\n"
    "datastore two             2.5T         0      2.5T   0% /vmfs/volumes/data store 2\n"
)
BUSYBOX_TYPED = (
    "Filesystem           Type            Size      Used Available Use% Mounted on\n"
    "/dev/pmem0           ext4          973.4M     68.0K    906.2M   0% /mnt\n"
    "volume-with-a-name-of-more-than-twenty-letters\n"
    "                     tmpfs         100.0G     60.0M     99.9G   0% /mnt/long\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GNU, [Mount(2, "/dev/pmem0", "/mnt/db redo", ""), Mount(3, "tmpfs", "/run", "")]),
        (GNU_TYPED, [Mount(2, "/dev/pmem0p1", "/mnt/a", "ext4"), Mount(3, "my disk", "/out", "9p")]),
        (GNU_PLAIN, [Mount(2, "/dev/pmem0", "/vmfs/volumes/x", "")]),
        (POSIX, [Mount(2, "/dev/pmem0", "/mnt", "")]),
        (INODES, [Mount(2, "/dev/pmem0", "/mnt", "")]),
        (
            BUSYBOX,
            [
                Mount(2, "/dev/pmem0", "/mnt", ""), Mount(4, "volume-with-a-name-of-more-than-twenty-letters", "/mnt/long", ""),
                Mount(5, "datastore two", "/vmfs/volumes/data store 2", ""),
            ],
        ),
        (BUSYBOX_TYPED, [Mount(2, "/dev/pmem0", "/mnt", "ext4"), Mount(4, "volume-with-a-name-of-more-than-twenty-letters", "/mnt/long", "tmpfs")]),
    ],
    ids=["GNU -h", "GNU -hT", "GNU plain", "POSIX", "inodes", "busybox", "busybox -T"],
)  # fmt: skip
def test_the_df_of_linux_gives_mounts_and_no_file_systems(text, expected, records):
    """Its first column is a device, which would otherwise pass for a datastore's type."""
    assert records(text) == expected
    assert read_source(text.encode()).ledger.not_understood == 0


def test_a_device_alone_on_the_last_line_is_not_understood():
    reading = read_source(BUSYBOX.rsplit("\n", 3)[0].encode())
    assert [unread.line for unread in reading.unread] == [3]


@pytest.mark.parametrize(
    ("name", "count", "kinds"),
    [
        ("df.txt", 7, {""}), ("df_k.txt", 7, {""}), ("df_m.txt", 7, {""}), ("df_h.txt", 7, {""}), ("df_P.txt", 7, {""}), ("df_i.txt", 7, {""}),
        ("df_T.txt", 7, {"devtmpfs", "tmpfs", "9p", "ext4"}), ("df_hT.txt", 7, {"devtmpfs", "tmpfs", "9p", "ext4"}), ("df_h_one.txt", 1, {""}),
        ("gnu_df_h.txt", 8, {""}), ("gnu_df_hT.txt", 8, {"rootfs", "devtmpfs", "tmpfs", "9p", "ext4"}), ("pty_df_h_80.typescript", 7, {""}),
    ],
)  # fmt: skip
def test_a_real_busybox_names_each_device_and_where_it_is(name, count, kinds, shared, records):
    """Devices with blanks, and one whose name is too long for its column."""
    found = records((shared / "qemu" / "busybox" / name).read_bytes())
    assert {type(record) for record in found} == {Mount}
    assert len(found) == count
    assert {mount.fstype for mount in found} == kinds
    places = {mount.target: mount.device for mount in found}
    assert places["/vmfs/volumes/PMemDS-5c0f31b2-8d4a-2b7e-91c6-0a1b2c3d4e5f"] == "/dev/pmem0"
    if count > 1:
        assert places["/vmfs/volumes/data store 2"] == "datastore two"
        assert places["/vmfs/volumes/datastore-with-a-very-long-name"] == "vmfs-volume-5f00aa11-22bb33cc-44dd-556677889900"


def test_a_missing_mount_point_is_a_failure_beside_the_row(shared, records):
    found = records((shared / "qemu" / "busybox" / "df_h_missing.txt").read_bytes())
    assert sorted(type(record).__name__ for record in found) == ["Failure", "Mount"]


LANGUAGES = [
    ("Dateisystem    Gr\u00f6\u00dfe Benutzt Verf. Verw% Eingeh\u00e4ngt auf", ""),
    ("Dateisystem    1K-Bl\u00f6cke Benutzt Verf\u00fcgbar Verw% Eingeh\u00e4ngt auf", ""),
    ("Sys. de fichiers blocs de 1K Utilis\u00e9 Disponible Uti% Mont\u00e9 sur", ""),
    ("Sys. de fichiers Type Taille Utilis\u00e9 Dispo Uti% Mont\u00e9 sur", "xfs"),
    ("S.ficheros     Tama\u00f1o Usados  Disp Uso% Montado en", ""),
    ("S.ficheros     Tipo  Tama\u00f1o Usados  Disp Uso% Montado en", "xfs"),
    ("File system    Dim. Usati Dispon. Uso% Montato su", ""),
    ("Sist. Arq.     Tipo Tam. Usado Disp. Uso% Montado em", "xfs"),
    (
        "\u30d5\u30a1\u30a4\u30eb\u30b7\u30b9   \u30b5\u30a4\u30ba  \u4f7f\u7528  \u6b8b\u308a \u4f7f\u7528% \u30de\u30a6\u30f3\u30c8\u4f4d\u7f6e",
        "",
    ),
    ("\u6587\u4ef6\u7cfb\u7edf       \u5bb9\u91cf  \u5df2\u7528  \u53ef\u7528 \u5df2\u7528% \u6302\u8f7d\u70b9", ""),
    ("System plik\u00f3w  rozm. u\u017cyte dost. %u\u017c. zamont. na", ""),
    ("Souborov\u00fd syst\u00e9m  Velikost U\u017eito Volno U\u017ei% P\u0159ipojeno do", ""),
    ("Filsystem      Storlek Anv\u00e4nt Tillg Anv% Monterat p\u00e5", ""),
    ("Fajlsistem     Veli\u010dina Zauzeto Slobodno Kori\u0161\u0107eno% Montirano na", ""),
]


@pytest.mark.parametrize(("heading", "fstype"), LANGUAGES)
@pytest.mark.parametrize("named", [True, False])
def test_a_heading_in_another_language(heading, fstype, named, records):
    """The layout is the same: with the command in front any heading will do, without it one that is known."""
    kind = f" {fstype}   " if fstype else ""
    rows = f"udev          {kind.replace('xfs', 'devtmpfs')} 1,9G    0  1,9G   0% /dev\n/dev/pmem4    {kind} 7,8G  90M  7,8G   2% /donn\u00e9es du mois\n"
    found = [record for record in records(("[root@lin5 ~]# df -h\n" if named else "") + f"{heading}\n{rows}") if isinstance(record, Mount)]
    known = named or not heading.startswith("Fajl")
    assert [(mount.device, mount.target, mount.fstype) for mount in found] == (
        [("udev", "/dev", "devtmpfs" if fstype else ""), ("/dev/pmem4", "/donn\u00e9es du mois", fstype)] if known else []
    )


def test_a_column_that_an_unknown_heading_does_not_tell_is_no_part_of_a_device():
    text = "[root@lin5 ~]# df -hT\nFajlsistem Vrsta Veli\u010dina Zauzeto Slobodno Kori\u0161\u0107eno% Montirano na\n/dev/pmem4 xfs 7,8G  90M  7,8G   2% /srv\n"
    reading = read_source(text.encode())
    assert not any(isinstance(record, Mount) for part in reading.parts for record in part.records)
    assert [unread.line for unread in reading.unread] == [3]


@pytest.mark.parametrize("behind", ["  ", "\t", " " * 60, "\r"])
def test_what_stands_behind_a_mount_point_is_no_part_of_it(behind):
    text = f"Filesystem   Size   Used Available Use% Mounted on{behind}\nPMEM         5.9T   3.4G      5.9T   0% /vmfs/volumes/PMemDS-1{behind}\n"
    (row,) = [record for part in read_source(text.encode()).parts for record in part.records]
    assert row.mounted_on == "/vmfs/volumes/PMemDS-1"

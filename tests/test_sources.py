"""From CAPTURE arguments to sources: their order, their names, and what is not read."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from small_site import GUEST, HOST, PAIR

from reconcile import CaptureError, match, read
from reconcile.base.limits import DEFAULT, Limits
from reconcile.capture.compressed_streams import Meter
from reconcile.capture.read_file import read as outcomes_of
from reconcile.capture.sources import locate


def labels(*arguments: object) -> list[str]:
    return [source.label for source in locate([str(argument) for argument in arguments])]


def statuses(*arguments: object) -> dict[str, str]:
    table = read(*map(str, arguments)).sources
    return dict(zip(table["path"], table["status"], strict=True))


def notes(*arguments: object) -> dict[str, str]:
    table = read(*map(str, arguments)).sources
    return dict(zip(table["path"], table["note"], strict=True))


def test_a_folder_is_walked_and_every_file_is_listed_in_order(captures):
    folder = captures({"b": "", "a/z.txt": "", "a/y/x.log": "", "c.d/e": "", "B": "", ".hidden": ""})
    assert labels(folder) == [".hidden", "B", "a/y/x.log", "a/z.txt", "b", "c.d/e"]


def test_a_file_is_called_by_its_name(captures):
    assert labels(captures(PAIR) / "db01.txt") == ["db01.txt"]


def test_the_working_directory_is_walked_as_any_folder(captures, monkeypatch):
    monkeypatch.chdir(captures(PAIR))
    assert labels(".") == ["db01.txt", "esx01.txt"]


def test_the_same_file_by_two_arguments_is_one_source(captures, tmp_path):
    folder = captures(PAIR)
    (tmp_path / "link").symlink_to(folder)
    for again in (folder, folder / "db01.txt", f"{folder}/../captures", tmp_path / "link", tmp_path / "link" / "db01.txt"):
        assert labels(folder, again) == ["db01.txt", "esx01.txt"]
        assert labels(again, folder) == ["db01.txt", "esx01.txt"]


def test_files_of_one_name_are_told_apart_by_their_folders(captures):
    berlin, paris = captures(PAIR, "berlin"), captures({"db01.txt": GUEST, "web.txt": ""}, "paris")
    assert labels(berlin, paris) == ["berlin/db01.txt", "esx01.txt", "paris/db01.txt", "web.txt"]


def test_files_of_one_name_in_folders_of_one_name_are_told_apart_further_up(captures, tmp_path):
    for city in ("berlin", "paris"):
        (tmp_path / city).mkdir()
    folders = [captures({"db01.txt": GUEST}, f"{city}/guests") for city in ("berlin", "paris")]
    assert labels(*folders) == ["berlin/guests/db01.txt", "paris/guests/db01.txt"]
    assert labels(*(folder / "db01.txt" for folder in folders)) == ["berlin/guests/db01.txt", "paris/guests/db01.txt"]


def test_a_name_in_one_argument_that_is_like_a_made_one_stays_apart(captures):
    one, two = captures({"db01.txt": GUEST, "a/db01.txt": GUEST}, "a"), captures({"db01.txt": GUEST}, "b")
    found = labels(one, two)
    assert len(set(found)) == len(found) == 3


def test_names_that_look_alike_once_escaped_stay_apart_wherever_the_folder_lies(captures):
    """A byte that does not print, and the four characters that it is shown as."""
    found = [labels(captures({"a\x1b": "", r"a\x1b": ""}, name)) for name in ("one", "another")]
    assert len(set(found[0])) == 2
    assert found[0] == found[1]


def test_the_order_of_arguments_changes_nothing(captures):
    folders = [captures({"x.txt": GUEST, f"{name}.txt": ""}, name) for name in ("c", "a", "b")]
    assert labels(*folders) == labels(*reversed(folders))


def test_with_sites_each_argument_has_its_own_names(captures):
    berlin, paris = captures(PAIR, "berlin"), captures({"db01.txt": GUEST}, "paris")
    found = locate([str(paris), str(berlin)], sites=True)
    assert [(source.site, source.label) for source in found] == [("berlin", "db01.txt"), ("berlin", "esx01.txt"), ("paris", "db01.txt")]


def test_two_sites_of_one_name_are_refused(captures, tmp_path):
    (tmp_path / "b").mkdir()
    folders = [captures(PAIR), captures(PAIR, "b/captures")]
    with pytest.raises(CaptureError, match="both be the site 'captures'"):
        locate([str(folder) for folder in folders], sites=True)


def test_no_argument_at_all_is_refused():
    with pytest.raises(CaptureError, match="No CAPTURE"):
        locate([])


def test_a_pattern_is_expanded_and_a_name_with_brackets_is_not(captures, monkeypatch):
    monkeypatch.chdir(captures({"a1.txt": "", "a2.txt": "", "[a]3.txt": ""}))
    assert labels("a*.txt") == ["a1.txt", "a2.txt"]
    assert labels("[a]3.txt") == ["[a]3.txt"]


@pytest.mark.parametrize("first", [True, False])
def test_a_pattern_that_matches_nothing_is_refused_beside_others(captures, first):
    folder = str(captures(PAIR))
    with pytest.raises(CaptureError, match="nothing-here"):
        locate(["nothing-here-*", folder] if first else [folder, "nothing-here-*"])


def test_a_link_that_is_met_is_listed_and_not_followed(captures, tmp_path):
    folder = captures(PAIR)
    captures({"secret.txt": GUEST.replace("db01", "elsewhere")}, "outside")
    (folder / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    (folder / "folder").symlink_to(tmp_path / "outside")
    (folder / "circle").symlink_to(folder)
    (folder / "broken").symlink_to("nowhere")
    found = statuses(folder)
    assert {name: status for name, status in found.items() if status != "read"} == dict.fromkeys(
        ["file", "folder", "circle", "broken"], "link"
    )
    assert match(read(folder)).exit_code == 0


@pytest.mark.parametrize("name", ["a-latest.txt", "z-latest.txt"])
def test_a_link_that_is_met_does_not_hide_the_file_that_it_names(captures, name):
    folder = captures(PAIR)
    (folder / name).symlink_to("db01.txt")
    assert statuses(folder) == {"db01.txt": "read", "esx01.txt": "read", name: "link"}


def test_a_file_with_two_names_on_the_disk_is_two_sources(captures):
    folder = captures(PAIR)
    (folder / "again.txt").hardlink_to(folder / "db01.txt")
    assert labels(folder) == ["again.txt", "db01.txt", "esx01.txt"]


def test_a_link_that_is_named_is_followed_and_keeps_its_name(captures, tmp_path):
    (tmp_path / "berlin").symlink_to(captures(PAIR))
    (tmp_path / "web.txt").symlink_to(tmp_path / "captures" / "db01.txt")
    assert statuses(tmp_path / "berlin") == {"db01.txt": "read", "esx01.txt": "read"}
    assert locate([str(tmp_path / "berlin")])[0].site == "berlin"
    assert statuses(tmp_path / "web.txt") == {"web.txt": "read"}


def test_a_named_link_to_nothing_is_not_there(tmp_path):
    (tmp_path / "broken").symlink_to("nowhere")
    with pytest.raises(CaptureError, match="is not there"):
        locate([str(tmp_path / "broken")])


def test_a_pipe_and_a_socket_are_refused_at_once(captures):
    """In a process of its own, for a reader that waits would wait for ever."""
    folder = captures(PAIR)
    script = (
        "import os, socket, sys, reconcile\n"
        "os.chdir(sys.argv[1]); os.mkfifo('pipe'); socket.socket(socket.AF_UNIX).bind('socket')\n"
        "table = reconcile.read('.').sources.set_index('path')\n"
        "print(table.loc['pipe', 'status'], table.loc['socket', 'status'], table.loc['pipe', 'note'], sep=', ')"
    )
    ran = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, timeout=30, check=True, text=True)  # noqa: S603
    assert ran.stdout == "refused, refused, not a regular file; what a pipe gives is read with -\n"


def test_a_file_that_is_gone_when_its_turn_comes_is_refused(captures):
    folder = captures(PAIR)
    found = locate([str(folder)])
    (folder / "db01.txt").unlink()
    outcomes = [outcome for source in found for outcome in outcomes_of(source, Meter(DEFAULT))]
    assert [outcome.source.status for outcome in outcomes] == ["refused", ""]
    assert "No such file" in outcomes[0].source.note


def test_a_file_that_becomes_a_link_is_not_followed(captures, tmp_path):
    folder = captures(PAIR)
    found = locate([str(folder)])
    (folder / "db01.txt").rename(tmp_path / "moved.txt")
    (folder / "db01.txt").symlink_to(tmp_path / "moved.txt")
    (outcome,) = outcomes_of(found[0], Meter(DEFAULT))
    assert outcome.source.status == "refused"


def test_a_folder_without_permission_is_refused_and_the_rest_is_read(captures):
    folder = captures({**PAIR, "private/x.txt": GUEST})
    (folder / "private").chmod(0)
    try:
        if os.access(folder / "private", os.R_OK):
            pytest.skip("this user may read everything")
        assert statuses(folder)["private"] == "refused"
    finally:
        (folder / "private").chmod(0o700)


def test_a_folder_that_the_system_does_not_list_is_refused_and_the_rest_is_read(captures, monkeypatch):
    def denied(path):
        if Path(path).name == "private":
            raise PermissionError(13, "Permission denied")
        return real(path)

    real = os.scandir
    monkeypatch.setattr(os, "scandir", denied)
    folder = captures({**PAIR, "private/x.txt": GUEST})
    assert statuses(folder) == {"db01.txt": "read", "esx01.txt": "read", "private": "refused"}
    assert notes(folder)["private"] == "cannot be listed: Permission denied"
    result = match(read(folder))
    assert result.exit_code == 2
    assert list(result.findings["rule"]) == ["refused"]


def test_a_file_that_the_system_does_not_read_is_refused_and_the_rest_is_read(captures, monkeypatch):
    def broken(descriptor, size):
        if os.fstat(descriptor).st_size == len("broken"):
            raise OSError(5, "Input/output error")
        return real(descriptor, size)

    real = os.read
    monkeypatch.setattr(os, "read", broken)
    folder = captures({**PAIR, "x.txt": "broken"})
    assert statuses(folder)["x.txt"] == "refused"
    assert "Input/output error" in notes(folder)["x.txt"]


def test_an_empty_file_is_empty(captures):
    assert statuses(captures({**PAIR, "nothing.txt": ""}))["nothing.txt"] == "empty"


def test_what_is_too_large_is_refused(captures):
    folder = captures({**PAIR, "large.txt": (b"x" * 1023 + b"\n") * 1024 + b"x", "just.txt": (b"x" * 1023 + b"\n") * 1024})
    sources = read(folder, limits=Limits(member_bytes=1 << 20)).sources.set_index("path")
    assert sources["status"].to_dict() == {"db01.txt": "read", "esx01.txt": "read", "just.txt": "read", "large.txt": "refused"}
    assert "larger than 1 MiB" in sources.loc["large.txt", "note"]


def test_standard_input_that_is_too_large_is_refused(run):
    ran = run("parse", "-", "--max-file", "1", stdin=b"x\n" * (1 << 20))
    assert ran.code == 2
    assert "larger than 1 MiB" in ran.err


FOREIGN = {"7z": b"7z\xbc\xaf\x27\x1c", "rar": b"Rar!\x1a\x07\x01\x00", "zstd": b"\x28\xb5\x2f\xfd"}


@pytest.mark.parametrize("kind", FOREIGN)
def test_an_archive_of_a_kind_that_is_not_read_is_refused_with_what_to_do(captures, kind):
    """Whatever it is called; and the report is incomplete."""
    folder = captures({**PAIR, "bundle.txt": FOREIGN[kind].ljust(600, b"\1")})
    assert statuses(folder)["bundle.txt"] == "refused"
    note = notes(folder)["bundle.txt"]
    assert kind in note
    assert note.endswith("; unpack it and name the folder")
    assert match(read(folder)).exit_code == 2


def test_a_host_called_bzhost_is_no_archive(captures):
    folder = captures({"x.txt": GUEST.replace("root@db01:~#", "BZhost01$")})
    assert statuses(folder) == {"x.txt": "read"}


def test_a_workbook_among_the_captures_is_binary_and_not_refused(captures, tmp_path):
    folder = captures(PAIR)
    match(read(folder)).to_excel(tmp_path / "old.xlsx")
    (tmp_path / "old.xlsx").rename(folder / "old.xlsx")
    assert statuses(folder)["old.xlsx"] == "binary"
    assert match(read(folder)).exit_code == 0


@pytest.mark.parametrize("data", [b"\0" * 999, b"\x7fELF\x02\x01\x01".ljust(64, b"\0") + bytes(range(256)) * 4], ids=["nul", "program"])
def test_a_binary_file_is_binary(captures, data):
    assert statuses(captures({**PAIR, "x.txt": data}))["x.txt"] == "binary"


def test_compressed_data_is_binary_though_nul_is_rare_in_it(captures):
    """Photos, and archives of kinds that nobody names here."""
    data = b"\xff\xd8\xff\xe0\x00\x10JFIF" + random.Random(1).randbytes(5000).replace(b"\0", b"\1")
    assert statuses(captures({**PAIR, "photo.jpg": data}))["photo.jpg"] == "binary"


@pytest.mark.parametrize(
    "name", [b"a\xffb.txt", "caf\u00e9.txt".encode(), "caf\u00e9.txt".encode("latin-1"), b"a\nb", b"\xe2\x80\xaea", b"=1+1"]
)
def test_any_file_name_has_a_label_that_prints(captures, name):
    folder = captures({"db01.txt": HOST})
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(GUEST)
    except OSError:
        pytest.skip("this file system does not take such names")
    result = match(read(folder))
    assert list(result.mapping["status"]) == ["matched"]
    assert len(set(result.captures.sources["path"])) == 2
    assert all(path.isprintable() for path in result.captures.sources["path"])


def test_a_file_with_a_letter_beyond_ascii_is_called_the_same_in_every_locale(captures):
    folder = captures({"caf\u00e9.txt": GUEST})
    script = "import sys, reconcile; print(ascii(list(reconcile.read(sys.argv[1]).sources['path'])))"
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    told = {
        subprocess.run([sys.executable, "-c", script, folder], env={**os.environ, **more}, capture_output=True, check=True).stdout  # noqa: S603
        for more in ({"PYTHONUTF8": "1"}, plain)
    }
    assert told == {rb"['caf\xe9.txt']" + os.linesep.encode()}


def test_a_folder_in_a_folder_a_thousand_deep_is_walked(tmp_path, monkeypatch):
    deep = [tmp_path / "captures"]
    deep[0].mkdir()
    try:
        for _ in range(1100):
            deep.append(deep[-1] / "d")
            deep[-1].mkdir()
        (deep[-1] / "db01.txt").write_text(GUEST)
        assert len(locate([str(deep[0])])) == 1
    finally:
        (deep[-1] / "db01.txt").unlink(missing_ok=True)
        for folder in reversed(deep[1:]):
            folder.rmdir()


def test_captures_are_left_as_they_were(captures, tmp_path):
    folder = captures(PAIR)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in folder.rglob("*")}
    match(read(folder)).to_csv(tmp_path / "out")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in folder.rglob("*")} == before

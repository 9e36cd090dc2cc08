"""Lists of sums that came with the captures: each source is verified, differs or is not listed, and what is gone is named."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile

import pytest
from small_site import GUEST, HOST, PAIR

from reconcile import match, read

WHERE = {"guests/db01.txt": GUEST, "hosts/esx 01.txt": HOST}


def digest(content):
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def listed(files, prefix="", mark=" "):
    return "".join(f"{digest(content)} {mark}{prefix}{name}\n" for name, content in files.items())


def verdicts(result):
    return dict(zip(result.captures.sources["path"], result.captures.sources["manifest"], strict=True))


def told(result):
    findings = result.findings
    return [
        (rule, subject)
        for rule, subject in zip(findings["rule"], findings["subject"], strict=True)
        if rule in {"sum-differs", "listed-file-missing"}
    ]


def test_without_a_list_nothing_is_said(captures):
    result = match(read(captures(PAIR)))
    assert set(verdicts(result).values()) == {""}


def test_a_source_is_verified_differs_or_is_not_listed(captures):
    files = {**WHERE, "SHA256SUMS": listed({**WHERE, "hosts/esx 01.txt": "as it was\n"}), "late.txt": "root@db01:~# date -u\n"}
    result = match(read(captures(files)))
    assert verdicts(result) == {
        "SHA256SUMS": "list",
        "guests/db01.txt": "verified",
        "hosts/esx 01.txt": "differs",
        "late.txt": "not listed",
    }
    assert told(result) == [("sum-differs", "hosts/esx 01.txt")]
    finding = result.findings[result.findings["rule"] == "sum-differs"].iloc[0]
    assert (finding["severity"], finding["source"], finding["line"]) == ("error", "SHA256SUMS", 2)
    assert digest(HOST) in finding["message"]
    assert digest("as it was\n") in finding["message"]
    assert result.exit_code == 1


def test_a_listed_file_that_is_not_there_is_named(captures):
    files = {**WHERE, "SHA256SUMS": listed({**WHERE, "guests/gone.txt": "x", "hosts/gone too.txt": "y"})}
    result = match(read(captures(files)))
    assert told(result) == [("listed-file-missing", "guests/gone.txt"), ("listed-file-missing", "hosts/gone too.txt")]


def test_a_list_of_which_nothing_is_there_is_told_once(captures):
    result = match(read(captures({**PAIR, "SHA256SUMS": listed({"a.txt": "a", "b.txt": "b"})})))
    assert told(result) == [("listed-file-missing", "SHA256SUMS")]


def test_the_list_is_a_source_of_no_machine_with_every_line_counted(captures):
    result = match(read(captures({**PAIR, "SHA256SUMS": listed(PAIR) + "\nwhat is this\n"})))
    row = result.captures.sources.set_index("path").loc["SHA256SUMS"]
    assert (row["machine"], row["lines"], row["recognised"], row["noise"], row["not_understood"]) == ("", 4, 2, 1, 1)
    assert len(row["sha256"]) == 64
    assert set(result.captures.sources["machine"]) == {"", "db01", "esx01"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SHA256SUMS", listed(WHERE, mark="*")),
        ("SHA256SUMS", listed(WHERE, "./")),
        ("SHA256SUMS", listed(WHERE, "captures/")),
        ("SHA256SUMS", listed(WHERE, "/home/admin/captures/")),
        ("lists/SHA256SUMS", listed(WHERE)),
        ("lists/SHA256SUMS", listed(WHERE, "../")),
        ("sums.txt", "".join(f"SHA256 ({name}) = {digest(content)}\n" for name, content in WHERE.items())),
    ],
)
def test_wherever_the_list_was_made_its_names_are_found(captures, name, text):
    result = match(read(captures({**WHERE, name: text})))
    assert verdicts(result) == {**dict.fromkeys(WHERE, "verified"), name: "list"}
    assert told(result) == []


def test_what_powershell_writes_is_found_below_the_folder_that_it_names(captures):
    rows = "".join(f"SHA256          {digest(text).upper()}       C:\\caps\\{name.replace('/', chr(92))}\n" for name, text in WHERE.items())
    text = f"\r\nAlgorithm       Hash        Path\r\n---------       ----        ----\r\n{rows}".encode("utf-16")
    result = match(read(captures({**WHERE, "hashes.txt": text})))
    assert verdicts(result) == {**dict.fromkeys(WHERE, "verified"), "hashes.txt": "list"}


def test_a_list_in_a_subfolder_speaks_of_that_folder(captures):
    files = {**WHERE, "guests/SHA256SUMS": listed({"db01.txt": GUEST})}
    assert verdicts(match(read(captures(files)))) == {
        "guests/SHA256SUMS": "list",
        "guests/db01.txt": "verified",
        "hosts/esx 01.txt": "not listed",
    }


def test_a_list_of_lists_verifies_the_lists(captures):
    inner = listed({"db01.txt": GUEST})
    files = {**WHERE, "guests/SHA256SUMS": inner, "SHA256SUMS": listed({"guests/SHA256SUMS": inner, "hosts/esx 01.txt": HOST})}
    assert verdicts(match(read(captures(files)))) == {
        "SHA256SUMS": "list",
        "guests/SHA256SUMS": "verified",
        "guests/db01.txt": "verified",
        "hosts/esx 01.txt": "verified",
    }


def test_a_list_that_lists_itself_as_it_was_then_is_not_different(captures):
    result = match(read(captures({**PAIR, "SHA256SUMS": f"{digest('')}  SHA256SUMS\n{listed(PAIR)}"})))
    assert verdicts(result)["SHA256SUMS"] == "list"
    assert told(result) == []


def test_a_file_that_was_renamed_is_known_by_its_sum(captures):
    result = match(read(captures({"db01.txt": GUEST, "esx01.txt": HOST, "SHA256SUMS": listed({"db01.txt": GUEST, "old name.txt": HOST})})))
    assert verdicts(result) == {"SHA256SUMS": "list", "db01.txt": "verified", "esx01.txt": "verified"}
    assert told(result) == []


def test_two_lists_that_contradict_each_other_are_told(captures):
    files = {**PAIR, "a.sha256": listed(PAIR), "b.sha256": listed({**PAIR, "db01.txt": "other"})}
    result = match(read(captures(files)))
    assert verdicts(result)["db01.txt"] == "differs"
    assert told(result) == [("sum-differs", "db01.txt")]


def test_names_with_line_feeds_and_backslashes_are_found(captures):
    files = {"line\nfeed\\.txt": GUEST, "esx01.txt": HOST}
    text = f"\\{digest(GUEST)}  line\\nfeed\\\\.txt\n{digest(HOST)}  esx01.txt\n"
    assert set(verdicts(match(read(captures({**files, "SHA256SUMS": text})))).values()) == {"list", "verified"}


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_list_in_an_archive_speaks_of_its_members(captures, pack):
    data = pack({**{f"captures/{name}": text for name, text in WHERE.items()}, "captures/SHA256SUMS": listed(WHERE)})
    found = verdicts(match(read(captures({"b.zip": data}))))
    assert found == {
        "b.zip": "not listed",
        "b.zip!/captures/SHA256SUMS": "list",
        **{f"b.zip!/captures/{name}": "verified" for name in WHERE},
    }


def test_what_is_in_a_listed_archive_is_as_the_archive_is(captures):
    data = zipped(WHERE)
    for content, verdict in ((data, "verified"), (b"other", "differs")):
        result = match(read(captures({"b.zip": data, "SHA256SUMS": f"{digest(content)}  b.zip\n"})))
        assert verdicts(result) == {"SHA256SUMS": "list", "b.zip": verdict, **{f"b.zip!/{name}": verdict for name in WHERE}}


def test_a_list_beside_an_archive_may_speak_of_what_was_packed(captures):
    result = match(read(captures({"b.zip": zipped(WHERE), "SHA256SUMS": listed(WHERE)})))
    assert {f"b.zip!/{name}": "verified" for name in WHERE}.items() <= verdicts(result).items()


def test_a_list_named_beside_its_files_is_found_whatever_the_arguments_are(captures):
    folder = captures({**PAIR, "SHA256SUMS": listed(PAIR)})
    assert verdicts(match(read(*sorted(folder.iterdir())))) == {"SHA256SUMS": "list", **dict.fromkeys(PAIR, "verified")}


def test_what_could_not_be_read_is_said_so(captures):
    files = {**PAIR, "old.7z": b"7z\xbc\xaf\x27\x1crest"}
    result = match(read(captures({**files, "SHA256SUMS": listed(files)})))
    assert verdicts(result)["old.7z"] == "not read"


def test_sums_that_a_session_prints_of_a_machines_own_files_are_no_list(captures):
    session = f"{GUEST}root@db01:~# sha256sum /etc/*\n{digest('x')}  /etc/fstab\n"
    result = match(read(captures({**PAIR, "db01.txt": session})))
    assert set(verdicts(result).values()) == {""}
    assert told(result) == []
    assert result.captures.unread.empty


def test_sums_in_a_support_bundle_of_other_files_are_no_list(captures):
    files = {**PAIR, "sos/sos_commands/x/sha256sum": listed({"a": "a"}), "sos/sos_commands/host/hostname": "db01\n"}
    assert told(match(read(captures(files)))) == []
    result = match(read(captures({**files, "SHA256SUMS": listed(PAIR)})))
    assert told(result) == []
    assert verdicts(result)["sos/sos_commands/x/sha256sum"] == "not listed"

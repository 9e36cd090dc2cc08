"""The one published transcript of the whole job, from the blog post that first described it. Read where it lies."""

from __future__ import annotations

import pytest

from reconcile import match, read

HOST = "public/host/pmem_session_esxi70u3_scargall.txt"
GUEST = "public/guest/vmware_scargall_blog_D.txt"
BRACKETS_LOST = "public/guest/vmware_intel_article_D_nobrackets.txt"
TRUTH = {
    ("nmem0", "8902-206b080c", "pmem-guest-001.vmdk", "6000c298-42c7-54f8-02c2-d49b206b080c"),
    ("nmem1", "8902-a2ebf260", "pmem-guest-001_1.vmdk", "6000c29d-9045-4266-d7cf-edf7a2ebf260"),
}
# Without its prompt an answer is of no named file; it is still the device's.
NAMELESS = {(device, ident, "", uuid) for device, ident, _, uuid in TRUTH}


def matched(result) -> set[tuple[str, ...]]:
    mapping = result.mapping
    rows = mapping[mapping["status"] == "matched"]
    return {tuple(row) for row in rows[["device", "device_id", "vmdk", "uuid"]].itertuples(index=False)}


def joined(shared, tmp_path, *names: str):
    file = tmp_path / "session.txt"
    file.write_bytes(b"".join((shared / name).read_bytes() for name in names))
    return [file]


def in_two_files(shared, tmp_path):
    return [shared / HOST, shared / GUEST]


def without_brackets(shared, tmp_path):
    return [shared / HOST, shared / BRACKETS_LOST]


def in_one_file(shared, tmp_path):
    return joined(shared, tmp_path, HOST, GUEST)


def guest_first(shared, tmp_path):
    return joined(shared, tmp_path, GUEST, HOST)


WAYS = [in_two_files, without_brackets, in_one_file, guest_first]


@pytest.mark.parametrize("way", WAYS)
def test_gives_the_two_pairs_and_nothing_else(way, shared, tmp_path):
    result = match(read(*way(shared, tmp_path)))
    assert matched(result) == TRUTH
    assert list(result.mapping["status"]) == ["matched", "matched"]
    assert list(result.mapping["vm"]) == ["pmem-guest-001"] * 2
    assert list(result.mapping["datastore"]) == ["PMemDS-2ab23afe-ef87-eb45-9e0d-8db94ea7740d"] * 2
    assert not set(result.findings["severity"]) & {"error", "warning"}
    assert result.captures.unread.empty
    assert result.exit_code == 0


def test_the_command_line_says_so_and_exits_0(shared, tmp_path, run):
    ran = run("report", shared / HOST, shared / GUEST, "-o", tmp_path / "audit.xlsx")
    assert ran.code == 0
    assert "2 matched" in ran.err
    assert "RECONCILED" in ran.err


@pytest.mark.parametrize("way", WAYS)
def test_with_any_one_line_lost_no_pair_is_wrong(way, shared, tmp_path):
    """A lost line may cost a pair or raise a finding; it never makes one that the whole transcript denies."""
    sources = [path.read_text().split("\n") for path in way(shared, tmp_path)]
    folders = {"pmem-guest-001", ""}
    for number, lines in enumerate(sources):
        for index in range(len(lines)):
            files = []
            for other, whole in enumerate(sources):
                kept = [*whole[:index], *whole[index + 1 :]] if other == number else whole
                file = tmp_path / f"{other}.txt"
                file.write_text("\n".join(kept))
                files.append(file)
            result = match(read(*files))
            assert matched(result) <= TRUTH | NAMELESS, lines[index]
            assert set(result.mapping["vm"]) <= folders, lines[index]
            if matched(result) != TRUTH:
                assert set(result.findings["severity"]) & {"error", "warning"}, lines[index]

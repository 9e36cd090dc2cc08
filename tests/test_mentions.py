"""The last look: what a capture names is a fact, is listed as unread, or is handed on as named and not read."""

from __future__ import annotations

import pytest

from reconcile import match, read
from reconcile.capture.read_source import read_source
from reconcile.parsers.mentions import named_in

DS = "/vmfs/volumes/PMemDS-77a1c0de-5b1e-4f02-8c3d-9e10aa44b2c7"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mail02_1.vmdk", [("vmdk", "mail02_1.vmdk")]),
        ("see mail02.vmdk, mail03.vmdk and mail04.vmdk.bak", [("vmdk", "mail02.vmdk"), ("vmdk", "mail03.vmdk")]),
        ('file = "[shared 01] mail02/a.vmdk"', [("vmdk", "[shared 01] mail02/a.vmdk")]),
        ("(mail02 (1).vmdk)", [("vmdk", "1).vmdk")]),
        ("mail02.VMDK", [("vmdk", "mail02.VMDK")]),
        ("for f in *.vmdk", []),
        ('"id":"8902-6F03d1b7"', [("id", "8902-6f03d1b7")]),
        ("18902-6f03d1b7 8902-6f03d1b 8902-6f03d1b7a 8902-6f03d1b7-1", []),
        ("UUID is 60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1 b7", [("uuid", "6000c2915d0e77319ac412e86f03d1b7")]),
        ("wwn-0x6000c2915d0e77319ac412e86f03d1b7-part1", [("uuid", "6000c2915d0e77319ac412e86f03d1b7")]),
        ("36000c2915d0e77319ac412e86f03d1b7", [("uuid", "6000c2915d0e77319ac412e86f03d1b7")]),
        ("6000C291-5d0e-7731-9ac4-12e86f03d1b7", [("uuid", "6000c2915d0e77319ac412e86f03d1b7")]),
        ("6000c2915d0e77319ac412e86f03d1b", []),
    ],
)
def test_names_ids_and_uuids_are_seen_in_every_spelling(line, expected):
    assert list(named_in(line)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Read: nothing to add.
        (f"[root@esx07:{DS}/mail02] ls\nmail02.vmdk\n", []),
        (f"[root@esx07:{DS}/mail02] vmkfstools -J getuuid mail02.vmdk\nUUID is 60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1 b7\n", []),
        ('[\n  {\n    "dev":"nmem0",\n    "id":"8902-6f03d1b7"\n  }\n]\n', []),
        # Not understood, which is a warning of its own.
        ("somebody says that mail02.vmdk is gone\n", []),
        # An answer of something that is not read is no more than a note.
        ("[root@esx07:~] du -h /x\n1.0G    /x/mail02.vmdk\n", [(2, "vmdk", "/x/mail02.vmdk")]),
        # Asked by name, and nothing came.
        (f"[root@esx07:{DS}/mail02] ls -l mail02.vmdk\n[root@esx07:~] exit\n", [(1, "vmdk", "mail02.vmdk")]),
        (f"[root@esx07:{DS}/mail02] rm mail02.vmdk\n[root@esx07:~] exit\n", []),
    ],
)
def test_what_no_fact_says_is_handed_on(text, expected):
    assert list(read_source(text.encode()).mentions) == expected


LISTED = "-rw-------    1 root     root     17179869184 Mar  3 08:40 {}\n"


def found(captures, files):
    result = match(read(captures(files)))
    return [
        (finding.rule.name, finding.message) for finding in result.all_findings if finding.rule.name in {"only-named", "unplaced-listing"}
    ]


def test_a_listing_without_a_folder_is_said_unless_its_disks_are_on_rows(captures):
    ask = f"[root@esx07:{DS}/mail02] vmkfstools -J getuuid mail02.vmdk\nUUID is 60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1 b7\n"
    listing = LISTED.format("mail02.vmdk") + LISTED.format("mail02-flat.vmdk")
    assert found(captures, {"esx07/ls-l.txt": listing, "esx07/getuuid.txt": ask}) == []
    (one,) = found(captures, {"esx07/ls-l.txt": listing, "esx08/getuuid.txt": ask.replace("esx07", "esx08")} | {"esx07/getuuid.txt": ""})
    assert one[0] == "unplaced-listing"
    assert "mail02.vmdk" in one[1]


def test_digits_in_output_that_is_not_read_are_said_unless_somebody_has_them(captures):
    dated = "[root@esx07:~] date\nThu Mar  5 10:11:12 UTC 2026\n"
    echoed = f"{dated}[root@esx07:~] dmesg\nnote 8902-6f03d1b7 and 6000c2915d0e77319ac412e86f03d1b7\n"
    assert [rule for rule, _ in found(captures, {"esx07.txt": echoed})] == ["only-named", "only-named"]
    ask = f"[root@esx07:{DS}/mail02] vmkfstools -J getuuid mail02.vmdk\nUUID is 60 00 C2 91 5d 0e 77 31-9a c4 12 e8 6f 03 d1 b7\n"
    guest = '[\n  {\n    "dev":"nmem0",\n    "id":"8902-6f03d1b7"\n  }\n]\n'
    assert found(captures, {"esx07.txt": echoed + ask, "mail02.ndctl.json": guest}) == []

"""What a file's name says of it: a disk, a part of one that must lie beside it, or a snapshot."""

from __future__ import annotations

import pytest

from reconcile.facts.vmfs_names import base_of_snapshot, is_disk, is_said_of_part, part_of


@pytest.mark.parametrize(
    ("name", "folder", "bases"),
    [
        ("erp-flat.vmdk", "erp", ("erp.vmdk",)),
        ("erp_1-ctk.vmdk", "erp", ("erp_1.vmdk",)),
        ("erp-rdmp.VMDK", "erp", ("erp.VMDK",)),
        ("erp-digest-flat.vmdk", "erp", ("erp.vmdk",)),
        ("erp-000001.vmdk", "erp", ("erp.vmdk",)),
        ("erp-000012-sesparse.vmdk", "erp", ("erp-000012.vmdk", "erp.vmdk")),
        ("rio-delta.vmdk", "rio-delta", ()),
        ("rio-delta-000001.vmdk", "rio-delta", ("rio-delta.vmdk",)),
        ("vm-000001.vmdk", "vm-000001", ()),
        ("inv-204417.vmdk", "inv", ()),
        ("inv-000000.vmdk", "inv", ()),
        ("inv-204417-000001.vmdk", "inv-204417", ("inv-204417.vmdk",)),
        ("erp.vmdk", "erp", ()),
        ("-flat.vmdk", "erp", ()),
    ],
)
def test_a_part_lies_beside_its_disk_and_a_first_disk_is_called_like_its_folder(name, folder, bases):
    part = part_of(name, folder)
    assert (part.bases if part else ()) == bases


def test_a_snapshot_is_of_the_disk_without_its_number():
    assert base_of_snapshot("web_1-000002.vmdk", "web") == "web_1.vmdk"
    assert not base_of_snapshot("web-ctk.vmdk", "web")
    assert not base_of_snapshot("web-123456.vmdk", "web")


@pytest.mark.parametrize("name", ["a-b.vmdk", "a-12345.vmdk", "a.vmdk", "flat.vmdk"])
def test_most_names_are_a_disks_whatever_lies_beside_them(name):
    assert is_disk(name)


def test_an_error_that_is_the_right_answer_is_told_from_others():
    assert is_said_of_part("Failed to open virtual disk './a/a-flat.vmdk' : The file specified is not a virtual disk (15).")
    assert not is_said_of_part("Failed to open virtual disk 'a.vmdk' : The file specified is not a virtual disk (15).")
    assert not is_said_of_part("Failed to open 'a-flat.vmdk' : Failed to lock the file (16392).")

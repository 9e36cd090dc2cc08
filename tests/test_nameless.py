"""Two machines under prompts that name nobody: each that contradicts the one before is its own, and the path names neither."""

from __future__ import annotations

import pytest

from reconcile import match, read

ONE, OTHER = "PMemDS-31c2a7f0-6b4d-4e19-8a55-0d9e7c1b2f38", "PMemDS-8fd04b16-c27a-4b93-9e60-5a1f3c8d7e24"
BY_NAME = "/vmfs/volumes/local"


def df(*datastores: str) -> str:
    rows = "".join(f"VMFS-6     100.0G  10.0G     90.0G  10% /vmfs/volumes/{name}\n" for name in datastores)
    return f"df -h\nFilesystem   Size   Used Available Use% Mounted on\n{rows}"


def disk(path: str, serial: str) -> str:
    return f"vmkfstools -J getuuid {path}\nUUID is 60 00 C2 9a 11 22 33 44-55 66 77 88 99 aa {serial[:2]} {serial[2:]}\n"


def dimms(*serials: str) -> str:
    shown = ",".join(f'{{"dev":"nmem{number}","id":"8902-{serial}"}}' for number, serial in enumerate(serials))
    return f"ndctl list -D\n[{shown}]\n"


def session(*steps: str, prompt: str = "~ # ") -> str:
    return "".join(prompt + step for step in steps) + prompt + "\n"


def machines(tmp_path, text: str, path: str = "esx41.txt") -> list[str]:
    """Return whose each vmdk or dimm is, in the order of the lines."""
    (tmp_path / path).write_text(text)
    captures = read(tmp_path, site="s")
    rows = match(captures).mapping
    shown = rows.assign(line=rows["host_line"].fillna(rows["guest_line"]), machine=rows["host"].where(rows["host"] != "", rows["guest"]))
    return list(shown.sort_values(["line", "device"])["machine"])


A, B = disk(f"/vmfs/volumes/{ONE}/crm/crm.vmdk", "00a1"), disk(f"/vmfs/volumes/{OTHER}/erp/erp.vmdk", "00b2")
LOCAL_A, LOCAL_B = disk(f"{BY_NAME}/crm/crm.vmdk", "00a1"), disk(f"{BY_NAME}/erp/erp.vmdk", "00b2")


@pytest.mark.parametrize("prompt", ["~ # ", "# ", "$ ", "/ # ", "esx_host>$ ", "bash-5.1$ "])
@pytest.mark.parametrize(
    "steps",
    [
        (df(ONE, "boot-1"), A, df(OTHER, "boot-2"), B),
        (A, B),
        (df("local", "boot-1"), LOCAL_A, df("store", "boot-2"), LOCAL_B),
        (f"ls {BY_NAME}\ncrm\n", LOCAL_A, f"ls {BY_NAME}\nerp\n", LOCAL_B),
        ("hostname\nlocalhost\n", A, "hostname\nlocalhost\n", B),
    ],
)
def test_answers_that_have_nothing_in_common_are_two_machines(tmp_path, steps, prompt):
    first, second = machines(tmp_path, session(*steps, prompt=prompt))
    assert first.startswith("(esx41.txt")
    assert second.startswith("(esx41.txt:")
    assert first != second


@pytest.mark.parametrize(
    "steps",
    [
        (df(ONE, "boot-1"), A, df(ONE, "boot-1", "new"), A),
        (df("local"), LOCAL_A, df("local", "store"), LOCAL_B),
        (f"ls {BY_NAME}\ncrm\n", LOCAL_A, f"ls {BY_NAME}\nerp\ncrm\n", LOCAL_B),
        (f"ls {BY_NAME}\ncrm\n", LOCAL_A, f"rm -r {BY_NAME}/crm\n", f"ls {BY_NAME}\nerp\n", LOCAL_B),
        # One answer shows both.
        (df(ONE, OTHER), A, B),
        (A, B, f"ls /vmfs/volumes\n{ONE}\n{OTHER}\n", df(OTHER, ONE)),
    ],
)
def test_what_one_machine_may_show_is_its_own(tmp_path, steps):
    assert set(machines(tmp_path, session(*steps))) == {"esx41"}


def test_a_prompt_that_names_its_machine_is_no_matter_of_doubt(tmp_path):
    assert set(machines(tmp_path, session(A, B, prompt="[root@esx42:~] "))) == {"esx42"}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((dimms("0a1b2c3d"), dimms("9f8e7d6c")), ["(crm.log)", "(crm.log:4)"]),
        ((dimms("0a1b2c3d", "11111111"), dimms("9f8e7d6c")), ["(crm.log)", "(crm.log)", "(crm.log:4)"]),
        # Swapped by a reboot, one new, and after one.
        ((dimms("0a1b2c3d", "9f8e7d6c"), dimms("9f8e7d6c", "0a1b2c3d")), ["crm", "crm"]),
        ((dimms("0a1b2c3d", "9f8e7d6c"), dimms("9f8e7d6c", "11111111")), ["crm", "crm", "crm"]),
        ((dimms("0a1b2c3d"), "reboot\n", dimms("9f8e7d6c")), ["crm", "crm"]),
        # Asked one by one.
        ((dimms("0a1b2c3d").replace("-D", "-D -d nmem0"), dimms("9f8e7d6c").replace("-D", "-D -d nmem1").replace("nmem0", "nmem1")), ["crm", "crm"]),
    ],
)  # fmt: skip
def test_a_guests_dimms_do_not_all_change_while_it_runs(tmp_path, steps, found):
    assert machines(tmp_path, session(*steps, prompt="# "), "crm.log") == found


@pytest.mark.parametrize(
    ("said", "found"), [("erp", "(crm.log)"), ("crm", "crm"), ("crm.corp.example", "crm"), ("192.0.2.7", "crm"), ("localhost", "crm")]
)
def test_a_path_does_not_name_what_ends_as_another_machines_session(tmp_path, said, found):
    assert machines(tmp_path, f"{dimms('0a1b2c3d').partition('D')[2].strip()}\nConnection to {said} closed.\n", "crm.log") == [found]


def test_what_may_be_of_either_machine_is_neithers(tmp_path):
    steps = ("hostname\nesx43\n", df("local", "boot-1"), LOCAL_A, df("store", "boot-2"), LOCAL_B)
    assert [name.partition(":")[0].rstrip(")") for name in machines(tmp_path, session(*steps))] == ["(esx41.txt", "(esx41.txt"]


def test_the_name_that_a_machine_says_is_that_of_what_agrees_with_it(tmp_path):
    steps = ("hostname\nesx43\n", df(ONE, "boot-1"), A, df(OTHER, "boot-2"), B)
    first, second = machines(tmp_path, session(*steps))
    assert first == "esx43"
    assert second.startswith("(esx41.txt")

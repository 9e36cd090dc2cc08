"""One name is no proof of one machine: what paths, UUIDs and objects say against it counts."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.capture.sources import Outcome, Source
from reconcile.facts.path_names import hint_and_name_in, name_in_path
from reconcile.inventory.site import gather
from reconcile.matching.match import match


def dimms(*serials: str) -> str:
    return "[\n" + ",\n".join(f'  {{"dev":"nmem{n}", "id":"8902-{serial}"}}' for n, serial in enumerate(serials)) + "\n]\n"


def devices(files: dict[str, str]) -> set[tuple[str, str, str]]:
    outcomes = [
        Outcome(Source("s", name, name, name), read_source(text.encode(), *hint_and_name_in(name))) for name, text in sorted(files.items())
    ]
    (site,) = gather(outcomes)
    match(site.devices, site.vmdks, site.ties, site.folders)
    return {(device.guest, device.name, device.id) for device in site.devices}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("berlin/pmem01.ndctl.json", "pmem01"), ("berlin/pmem1.json", "pmem1"), ("db01/lsblk-pmem0.txt", "db01"), ("berlin/ndctl_CRM.json", "CRM"),
        ("berlin/ndctl_HR.json", "HR"), ("berlin/df_mail.txt", "mail"), ("berlin/ndctl_DB.json", "DB"), ("db01/ndctl-DRN.json", "db01"),
        ("db01/ndctl-list-DRNi.txt", "db01"), ("db01/proc-mounts.txt", "db01"), ("db01/dimms.json", "db01"), ("db01/log.txt", "db01"),
        ("app3-by-id.txt", "app3"), ("app3/ls-l-dev-disk-by-id.txt", "app3"), ("by-path_app3.log", "app3"), ("app3/findmnt-P.txt", "app3"),
        ("app3/lsscsi-s.txt", "app3"), ("app3/cat-proc-mounts.txt", "app3"), ("standby-id.txt", "standby-id"), ("app3-20261122-b.txt", "app3-b"),
        ("db07.md", "db07"), ("db07.txt.asc", "db07"), ("db07.ndctl.html", "db07"), ("db07.eml", "db07"),
    ],
)  # fmt: skip
def test_names_made_of_flags_and_words_are_names(path, name):
    assert name_in_path(path) == name


def test_one_files_name_in_several_folders_is_no_machine():
    assert devices({"a1/status9.txt": dimms("00000001"), "b2/status9.txt": dimms("00000002")}) == {
        ("a1", "nmem0", "8902-00000001"), ("b2", "nmem0", "8902-00000002"),
    }  # fmt: skip
    # One machine, captured twice.
    assert {guest for guest, *_ in devices({"x/db01.txt": dimms("00000001"), "y/db01.txt": dimms("00000001")})} == {"db01"}
    # Two sites that count their machines alike.
    files = {
        f"{site}/{name}.txt": dimms(f"{n}{m}000000") for n, site in enumerate(("rome", "oslo")) for m, name in enumerate(("db01", "db02"))
    }
    assert {guest for guest, *_ in devices(files)} == {"rome/db01", "rome/db02", "oslo/db01", "oslo/db02"}


def test_a_file_told_apart_by_a_dotted_part_is_another_machines():
    assert {guest for guest, *_ in devices({"web.json": dimms("00000001"), "web.1.json": dimms("00000002")})} == {"web", "web.1"}
    assert {guest for guest, *_ in devices({"web.json": dimms("00000001"), "web.a.net.json": dimms("00000002")})} == {"web.a.net"}


def test_ten_guests_whose_prompts_are_alike_are_ten():
    files = {f"db{n}/session.txt": f"guestvm $ ndctl list -D\n{dimms(f'0000000{n}')}" for n in range(10)}
    assert {guest for guest, *_ in devices(files)} == {f"db{n}" for n in range(10)}
    numbered = {f"{n}/session.txt": f"guestvm $ ndctl list -D\n{dimms(f'0000000{n}')}" for n in range(10)}
    assert len({guest for guest, *_ in devices(numbered)}) == 10


@pytest.mark.parametrize(("other", "count"), [("4217aaaa-1c2d-3e4f-5061-728394a5b6c7", 2), ("42170a0b-1c2d-3e4f-5061-728394a5b6c7", 1)])
def test_two_bios_uuids_under_one_name_are_two_machines(other, count):
    uuids = ("42170a0b-1c2d-3e4f-5061-728394a5b6c7", other)
    files = {
        f"{n}.txt": f"root@web:~# dmidecode -s system-uuid\n{uuid}\nroot@web:~# ndctl list -D\n{dimms('00000001')}"
        for n, uuid in enumerate(uuids)
    }
    assert len(devices(files)) == count


def test_clones_that_nobody_renamed_are_told_apart_by_their_paths_where_their_answers_contradict():
    prompt = "root@web03:~# ndctl list -D\n"
    assert len(devices({"web03.txt": prompt + dimms("00000001", "00000002"), "web04.txt": prompt + dimms("00000001")})) == 3
    # Rebooted, and captured twice.
    assert len(devices({"web03.txt": prompt + dimms("00000001", "00000002"), "web04.txt": prompt + dimms("00000002", "00000001")})) == 2
    assert len(devices({"web03.txt": prompt + dimms("00000001", "00000002"), "web03-before.txt": prompt + dimms("00000001")})) == 2


SERIAL = "6000c2931f0e2d3c4b5a69788796a5b4"


@pytest.mark.parametrize(
    ("text", "guest"),
    [
        (f"PSComputerName : filer2\nNumber         : 1\nSerialNumber   : {SERIAL}\n", "filer2"),
        (f"Number         : 1\nSerialNumber   : {SERIAL}\nPSComputerName : filer2.a.net\nSystemName : FILER2\n", "filer2.a.net"),
        (f"__SERVER     : FILER2\nIndex        : 1\nSerialNumber : {SERIAL}\n", "FILER2"),
        (f"PSComputerName : 10.0.0.7\nSystemName : FILER2\nIndex : 1\nSerialNumber : {SERIAL}\n", "FILER2"),
        (f"PSComputerName : localhost\nNumber         : 1\nSerialNumber   : {SERIAL}\n", "jump"),
        (f'[{{"Number": 1, "SerialNumber": "{SERIAL}", "CimSystemProperties": {{"ServerName": "FILER2"}}}}]\n', "FILER2"),
        (f"PSComputerName Number SerialNumber\n-------------- ------ ------------\nfiler2              1 {SERIAL}\n", "filer2"),
    ],
)  # fmt: skip
def test_an_object_that_names_its_machine_is_that_machines(text, guest):
    shown = f"PS C:\\> Get-Disk | Format-List\n\n{text}\nPS C:\\>\n"
    assert {whose for whose, *_ in devices({"jump.txt": shown})} == {guest}


@pytest.mark.parametrize("more", ["Filename : [ds] a/a.vmdk", "VMName : db01", "Parent : db01"])
def test_a_list_of_the_hosts_side_is_no_guests(more):
    assert not devices({"jump.txt": f"PS C:\\> Get-Disk | Format-List\n\nNumber : 1\nSerialNumber : {SERIAL}\n{more}\n"})


def test_values_that_one_command_prints_one_by_one_are_one_answer():
    lines = '{"dev":"nmem0","id":"8902-00000001"}\n{"dev":"nmem1","id":"8902-00000002"}\n'
    files = {"x.txt": f"root@db01:~# ndctl list -D | jq -c '.[]'\n{lines}"}
    assert {guest for guest, *_ in devices(files)} == {"db01"}
    # A third value that shows a name again is another answer, whose prompt was lost.
    files = {"x.txt": f"root@db01:~# ndctl list -D | jq -c '.[]'\n{lines}" + '{"dev":"nmem0","id":"8902-00000003"}\n'}
    assert {guest for guest, *_ in devices(files)} == {"db01", "(x.txt)"}

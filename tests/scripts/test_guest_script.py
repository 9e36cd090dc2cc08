"""The script for Linux guests under real shells, with and without root, with and without ndctl."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from stand_ins import HOST_COMMANDS, commands, run_script, shells, uuid

from reconcile import match, read
from reconcile.scripts.capture_scripts import Side

NDCTL = """[ "$*" = "list -DRNi" ] && cat <<END
{
  "dimms":[
    {
      "dev":"nmem0",
      "id":"8902-00000001"
    }
  ],
  "regions":[
    {
      "dev":"region0",
      "size":1073741824,
      "mappings":[
        {
          "dimm":"nmem0",
          "offset":0,
          "length":1073741824,
          "position":0
        }
      ]
    }
  ]
}
END
"""
LSBLK = """[ "$1" != --help ] || echo " -J, --json  use JSON output format\n -O, --output-all  output all columns"
[ "$1" = -J ] && printf '{\\n "blockdevices": [\\n  {"name": "sda", "type": "disk", "serial": "6000c290000000020000000000000002"}\\n ]\\n}\\n'"""
FINDMNT = (
    """[ "$1" != --help ] || { echo " -J, --json  use JSON output format"; exit; }\n"""
    """printf '{\\n "filesystems": [\\n  {"target": "/mnt/a b", "source": "/dev/pmem0", "fstype": "ext4", "options": "rw"}\\n ]\\n}\\n'"""
)
GUEST = {
    "hostname": "echo db01\n",
    "uname": "echo Linux db01 6.1.0-56-amd64 \\#1 SMP x86_64 GNU/Linux\n",
    "lsblk": LSBLK,
    "findmnt": FINDMNT,
}
DEVICES = "sys/bus/nd/devices"


@pytest.fixture
def guest(tmp_path):
    root = tmp_path / "root"
    files = {
        f"{DEVICES}/nmem0/nfit/id": "8902-00000001",
        f"{DEVICES}/nmem0/nfit/serial": "0x00000001",
        f"{DEVICES}/nmem0/nfit/vendor": "0x8902",
        f"{DEVICES}/region0/size": "1073741824",
        f"{DEVICES}/region0/mapping0": "nmem0,0,1073741824,0",
        "sys/class/dmi/id/product_uuid": "564d8a1b-5c3e-9f10-2233-445566778899",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{text}\n")
    return root


def result_of(made, captures):
    host = f"[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/PMemDS-1/db01/db01.vmdk\nUUID is {uuid(1)}\n"
    host += f"[root@esx01:~] vmkfstools -J getuuid /vmfs/volumes/ds/db01/sda.vmdk\nUUID is {uuid(2)[:-4]}0 02\n"
    result = match(read(captures({"guest.txt": made.file.read_bytes(), "host.txt": host})))
    assert result.captures.unread.empty
    assert set(result.captures.sources["status"]) == {"read"}
    return result


def devices(result):
    return {(row.status, row.guest, row.device, row.vmdk) for row in result.mapping.itertuples()}


BOTH = {("matched", "db01", "nmem0", "db01.vmdk"), ("matched", "db01", "sda", "sda.vmdk")}


@pytest.mark.parametrize("shell", shells())
def test_with_ndctl_the_report_is_true(shell, guest, tmp_path, captures):
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST | {"ndctl": NDCTL}))
    assert (made.code, made.err) == (0, "")
    result = result_of(made, captures)
    assert devices(result) == BOTH
    assert "564d8a1b5c3e9f102233445566778899" in set(result.captures.systems["value"].str.replace("-", ""))
    assert "command-failed" not in set(result.findings["rule"])


@pytest.mark.parametrize("shell", shells())
def test_without_ndctl_the_kernel_is_asked(shell, guest, tmp_path, captures):
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST))
    assert made.code == 0
    result = result_of(made, captures)
    assert devices(result) == BOTH
    assert result.captures.regions["size_bytes"].tolist() == [1073741824]
    assert "ndctl list" not in str(result.advice())


@pytest.mark.parametrize("shell", shells())
def test_without_ndctl_the_way_from_a_dimm_to_its_mounts_is_known(shell, guest, tmp_path, captures):
    links = {
        "pmem0": "devices/LNXSYSTM:00/ndbus0/region0/pfn0.0/block/pmem0",
        "sda": "devices/pci0000:00/0000:03:00.0/host0/target0:0:0/0:0:0:0/block/sda",
    }
    for name, target in links.items():
        (guest / f"sys/{target}").mkdir(parents=True)
        (guest / "sys/class/block").mkdir(parents=True, exist_ok=True)
        (guest / f"sys/class/block/{name}").symlink_to(f"../../{target}")
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST))
    rows = result_of(made, captures).mapping.set_index("device")
    assert rows.loc["nmem0", ["region", "block_devices", "mountpoints"]].tolist() == ["region0", "pmem0", "/mnt/a b"]


@pytest.mark.parametrize("shell", shells())
def test_without_ndctl_a_dimm_without_a_driver_is_said_to_be_disabled(shell, guest, tmp_path, captures):
    for number, path in ((1, "nfit/id"), (1, "driver"), (2, "nfit/id")):
        file = guest / f"{DEVICES}/nmem{number}/{path}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"8902-0000000{number + 1}\n")
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST))
    findings = result_of(made, captures).findings
    disabled = findings[findings["rule"] == "disabled-dimm"]["message"].str.cat()
    assert "nmem2 has no driver" in disabled
    assert "nmem1" not in disabled


@pytest.mark.parametrize("shell", shells())
def test_with_neither_the_missing_command_is_named(shell, tmp_path, captures):
    (tmp_path / "root").mkdir()
    stand_ins = {name: GUEST[name] for name in ("hostname", "uname")}
    made = run_script(Side.GUEST, shell, tmp_path / "root", commands(tmp_path / "bin", stand_ins, without=("findmnt", "lsblk")))
    assert made.code == 1
    assert "  ndctl list -DRNi (exit status 127)" in made.out
    assert "  lsblk -P -b -o" in made.out
    findings = match(read(made.file)).findings
    failed = findings[findings["rule"] == "command-failed"]["message"].str.cat()
    assert "ndctl" in failed
    assert "lsblk" in failed


@pytest.mark.parametrize("shell", shells())
def test_an_old_lsblk_without_json_is_asked_for_pairs(shell, guest, tmp_path, captures):
    pairs = f"""[ "$1" = -P ] || {{ echo "lsblk: invalid option -- J" >&2; exit 1; }}\necho 'NAME="sda" TYPE="disk" SERIAL="{uuid(2).replace(" ", "").replace("-", "")}"'\n"""
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST | {"ndctl": NDCTL, "lsblk": pairs}))
    assert made.code == 0
    assert "sda" in set(match(read(made.file)).mapping["device"])


@pytest.mark.parametrize("shell", shells())
def test_without_root_what_is_not_permitted_is_left_out(shell, guest):
    # Where the suite runs as root, the script is run as nobody, who must be able to come to its files.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(guest, folder / "root")
        (folder / "root/sys/class/dmi/id/product_uuid").chmod(0)
        user = 65534 if os.geteuid() == 0 else None
        made = run_script(Side.GUEST, shell, folder / "root", commands(folder / "bin", GUEST | {"ndctl": NDCTL}), user=user)
        assert (made.code, made.err) == (0, "")
        assert "product_uuid" not in made.file.read_text()
        assert set(match(read(made.file)).mapping["device"]) == {"nmem0", "sda"}


@pytest.mark.parametrize("shell", shells())
def test_the_real_ndctl_finds_nothing_and_says_nothing(shell, guest, tmp_path):
    ndctl = shutil.which("ndctl")
    if not ndctl:
        pytest.skip("there is no ndctl here")
    made = run_script(Side.GUEST, shell, guest, commands(tmp_path / "bin", GUEST | {"ndctl": f'exec {ndctl} "$@"\n'}))
    assert "\n$ ndctl list -DRNi\n= 0\n" in made.file.read_text()
    assert match(read(made.file)).captures.dimms.empty


def test_the_hosts_stand_ins_are_not_asked_for_on_a_guest(guest, tmp_path):
    made = run_script(Side.GUEST, ("dash",), guest, commands(tmp_path / "bin", GUEST | {"vmkfstools": HOST_COMMANDS["vmkfstools"]}))
    assert "vmkfstools" not in made.file.read_text()

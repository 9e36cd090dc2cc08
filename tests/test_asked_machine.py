"""A command answers for its prompt only where it is known to ask the machine there; else for the one that it names, or for nobody."""

from __future__ import annotations

import pytest

from reconcile.capture.read_source import read_source
from reconcile.transcript.command_lines import parse_command


@pytest.mark.parametrize(
    "text",
    [
        "ndctl list -D", "sudo ndctl list -D | jq .", "ls -l | grep vmdk | sort", "for f in *.vmdk; do echo $f; vmkfstools -J getuuid $f; done",
        "ls *.vmdk | xargs -n1 vmkfstools -J getuuid", "find . -name '*.vmdk' -exec vmkfstools -J getuuid {} \\;", "cd /x && ls",
        "[ -d x ] && ls x", "test -f a.vmdk; vmkfstools -J getuuid a.vmdk", "Get-Disk | Format-List", "Get-PhysicalDisk -CimSession localhost",
        "gwmi win32_diskdrive -cn . | fl", "$d = Get-Disk; $d | fl", "esxcli storage filesystem list --formatter=csv", "ndctl list -H", "df -H",
        "timeout 30 vmkfstools -J getuuid a.vmdk; ls", "sudo sh -c 'ndctl list -D; ls'; pwd", "grep -H uuid *.vmdk; ls", "while read f; do ls $f; done < x",
        "vmkfstools -J getuuid $(ls *.vmdk)", "find . -print0 | xargs -0 ls -l", "apt-get update; ndctl list", "A=b ls; ls", "echo ssh db01; ls",
        "date; ndctl list -D", "hostname && date -u && arch && ndctl list -DRNi",
    ],
)  # fmt: skip
def test_what_is_known_to_ask_here_answers_for_the_prompt(text):
    command = parse_command(text)
    assert (command.target, command.elsewhere) == ("", False)


@pytest.mark.parametrize(
    ("text", "target", "asked_by"),
    [
        ("ssh db01 ndctl list -D", "db01", "ssh"), ("ssh -J hop ops@db01 ndctl list", "db01", "ssh"), ("ssh hop ssh db01 ndctl list", "db01", "ssh"),
        ("ssh -tt hop sudo ssh root@db02 ndctl list", "db02", "ssh"), ("sudo ssh -tp 22 db01 ls", "db01", "ssh"), ("ssh db01 -l root ls", "db01", "ssh"),
        ("ssh -oProxyCommand=x jdoe@corp.example@esx12 ls", "esx12", "ssh"), ("plink -ssh -batch -pw x root@esx12 df -h", "esx12", "ssh"),
        ("putty -ssh root@esx12", "esx12", "ssh"), ("mosh db01 -- ndctl list", "db01", "ssh"), ("sshpass -p secret ssh db01 ls", "db01", "ssh"),
        ("timeout 5 ssh db01 ndctl list", "db01", "ssh"), ("ssh db01 hostname; ssh DB01 ndctl list", "db01", "ssh"), ("echo x; ssh db01 ls", "db01", "ssh"),
        ("ssh db01 ndctl list -D | jq .", "db01", "ssh"), ("ssh ssh://root@db01 ls", "db01", "ssh"), ("ssh db01", "db01", "ssh"),
        ("Get-PhysicalDisk -CimSession win07", "win07", "command"), ("Get-Disk -CimSession 'win07' | fl", "win07", "command"),
        ("Get-Disk -CimSession (New-CimSession -ComputerName win07)", "win07", "command"), ("Get-Disk -CimSession (New-CimSession win07)", "win07", "command"),
        ("gwmi win32_diskdrive -cn win07", "win07", "command"), ("Get-WmiObject Win32_DiskDrive -Computer win07", "win07", "command"),
        ("wmic /node:win07 diskdrive get SerialNumber", "win07", "command"), ("Invoke-Command -ComputerName win07 { Get-Disk }", "win07", "command"),
        ("esxcli -s esx01 storage filesystem list", "esx01", "command"), ("esxcli --server=vc -h esx02 storage filesystem list", "esx02", "command"),
        ("esxcli --server esx01 storage filesystem list | grep PMem", "esx01", "command"), ("VI_SERVER=esx01 esxcli storage filesystem list", "esx01", "command"),
        ("vmkfstools --server esx01 -J getuuid a.vmdk", "esx01", "command"), ("vmkfstools -h esx01 -J getuuid a.vmdk", "esx01", "command"),
        ("vmkfstools --server vc --vihost esx02 -J getuuid a.vmdk", "esx02", "command"), ("vicfg-volume --server esx01 -l", "esx01", "command"),
        ("vmkfstools.pl --server=vc -h esx02 -J getuuid a.vmdk", "esx02", "command"), ("vicfg-scsidevs --url https://esx01:443/sdk -l", "esx01", "command"),
        ("esxcli --url esx01.example.net storage filesystem list", "esx01.example.net", "command"),
    ],
)  # fmt: skip
def test_one_literal_name_is_the_machine_that_is_asked(text, target, asked_by):
    command = parse_command(text)
    assert (command.target, command.asked_by, command.elsewhere) == (target, asked_by, False)


@pytest.mark.parametrize(
    "text",
    [
        "ssh db01 ndctl list; ssh db02 ndctl list", "ssh db01 ndctl list; ndctl list", "ndctl list; ssh db01 ndctl list", "ssh $h ndctl list",
        "for h in a b; do ssh $h ndctl list -D; done", "while read h; do ssh -n $h ndctl list; done < hosts", "cat hosts | xargs -I{} ssh {} ndctl list",
        "ssh localhost ndctl list", "ssh -p 2222 127.0.0.1 ndctl list", "ssh db01 'ndctl list; ssh db02 ndctl list'", "echo ls | ssh db01",
        "vmkfstools --server $h -J getuuid a.vmdk", "vmkfstools --server esx01,esx02 -J getuuid a.vmdk", "esxcli --config ~/.esx01 storage filesystem list",
        "vmkfstools --sessionfile s1 -J getuuid a.vmdk", "vicfg-volume -l", "vmkfstools.pl -J getuuid a.vmdk",
        "esxcli -s esx01 storage filesystem list; vmkfstools -J getuuid a.vmdk", "Get-Disk -CimSession win07,win08", "Get-Disk -CimSession $s", "Get-Disk -CimSession (Get-Content list.txt)", "gc hosts | % { Get-Disk -CimSession $_ }",
        "Get-Disk -CimSession win07; Get-Disk", "$s = New-CimSession win07; Get-Disk -CimSession $s", "icm -Session $s { Get-Disk }",
        "kubectl exec db-0 -- ndctl list -D", "docker exec db ndctl list", "pdsh -w db[01-02] ndctl list", "ansible all -a 'ndctl list'", "oc debug node/x",
        "ndctl list; kubectl exec db-0 -- ndctl list", "ndctl list; ./other.sh", "ls; collect-all", "vmkfstools -J getuuid $(ssh esx02 ls /x)",
        "for f in `ssh esx02 ls`; do vmkfstools -J getuuid $f; done", "find . -exec rsh-all {} +; ls", "govc guest.run -vm db ndctl list", "sudo salt '*' cmd.run ls",
        "virsh console db", "lxc exec db -- ndctl list", "nsenter -t 1 -m ndctl list", "esxcli -s $h storage filesystem list", "if ssh db01 true; then ls; fi",
        "wmic /node:@list.txt diskdrive get", "$SSH db01 ndctl list; ls",
    ],
)  # fmt: skip
def test_anything_else_is_nobodys(text):
    command = parse_command(text)
    assert command.elsewhere
    assert not command.target


@pytest.mark.parametrize(
    "options",
    [
        "--server esx01",
        "--server=esx01",
        "-h esx01",
        "--server vc --vihost esx01",
        "--server esx01 --username root --portnumber 443",
        "--url https://esx01/sdk",
    ],
)
def test_what_says_where_to_log_in_is_no_file(options):
    store = "/vmfs/volumes/datastore1/crm"
    text = f"[ops@hop:~] vmkfstools {options} -J getuuid {store}/crm.vmdk\nUUID is 60 00 C2 9a 11 22 33 44-55 66 77 88 99 aa bb cc\n"
    (part,) = read_source(text.encode()).parts
    assert [(part.machine, record.path) for record in part.records] == [("esx01", f"{store}/crm.vmdk")]


@pytest.mark.parametrize("options", ["-s esx01", "-s vc -h esx01", "--server esx01 -u root", "--formatter=csv --server vc --vihost=esx01"])
def test_a_table_of_another_host_is_read_as_its(options):
    mount = "/vmfs/volumes/5a1c77e0-2b934d18-9f60-7e4b21c8d935"
    ruler = "  ".join(["-" * 49, "-" * 11, "-" * 35, "-" * 7, "-" * 6, "-" * 12, "-" * 12])
    cells = (mount, "crm", mount.rpartition("/")[2], "true", "VMFS-6", "100000000000", "90000000000")
    table = "\n".join([
        _FORM.format("Mount Point", "Volume Name", "UUID", "Mounted", "Type", "Size", "Free"),
        ruler,
        _FORM.format(*cells),
        "",
    ])
    parts = read_source(f"[ops@hop:~] esxcli {options} storage filesystem list\n{table}".encode()).parts
    assert {part.machine for part in parts} == {"esx01"}


_FORM = "{:49}  {:11}  {:35}  {:>7}  {:6}  {:>12}  {:>12}"

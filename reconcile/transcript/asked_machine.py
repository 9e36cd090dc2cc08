"""Which machine a command asks: the one that it runs on, one that it names, or one that cannot be told.

Programs that ask the machine they run on are listed, and so are the ways in which those ask another one. What is not listed is not known to
ask here: its answers are not the prompt's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.facts import strengths

if TYPE_CHECKING:
    from collections.abc import Sequence


class Asked(NamedTuple):
    """A machine that is asked: its name, ``""`` where it cannot be told, and what names it."""

    machine: str
    named_by: str


HERE = Asked("", "")
# Surely another machine, a container, or several; which one nothing says.
ELSEWHERE = Asked("", strengths.NOBODY)

_SSH_OPTIONS_WITH_VALUE = frozenset("-b -c -D -e -F -i -I -J -L -l -m -o -O -p -Q -R -S -w -W".split())
_PLINK_OPTIONS_WITH_VALUE = frozenset("-P -l -pw -pwfile -i -load -L -R -D -m -hostkey -sshlog -proxycmd -nc".split())
# Programs that carry a command line to the machine that they name, and which of their options take a value.
CARRIERS = {
    "ssh": _SSH_OPTIONS_WITH_VALUE, "slogin": _SSH_OPTIONS_WITH_VALUE, "autossh": _SSH_OPTIONS_WITH_VALUE | {"-M"}, "rsh": frozenset({"-l"}),
    "remsh": frozenset({"-l"}), "plink": _PLINK_OPTIONS_WITH_VALUE, "plink.exe": _PLINK_OPTIONS_WITH_VALUE, "putty": _PLINK_OPTIONS_WITH_VALUE,
    "putty.exe": _PLINK_OPTIONS_WITH_VALUE, "kitty.exe": _PLINK_OPTIONS_WITH_VALUE, "ssh.exe": _SSH_OPTIONS_WITH_VALUE,
    "mosh": frozenset({"-p", "--port"}),
}  # fmt: skip
# A line that cannot be taken apart asks others where such a word stands in it.
MAY_CARRY = re.compile(r"\b(?:ssh|plink|rsh|pdsh|kubectl|oc|docker|podman|ansible|nsenter|virsh)\b")
# Programs whose answers, if any, are those of the machine they run on.
_LOCAL = frozenset(
    ". : [ [[ alias apropos apt apt-get arch awk base64 basename bc blkid blockdev break bzip2 case cat cd cfdisk chgrp chmod chown cksum clear cmp"
    " column command continue cp cpio crontab cryptsetup cut date daxctl dd declare depmod df diff dirname disown dmesg dmidecode dmsetup dnf dos2unix"
    " dpkg du dumpe2fs e2label echo egrep elif else env esac esxcfg-info esxcfg-scsidevs esxcfg-volume esxcli esxtop eval exit expand export expr"
    " false fdisk fg fgrep fi file find findmnt fold for free function gawk gdisk getconf getent getopt getopts grep groups grub2-mkconfig gunzip gzip"
    " hash hdparm head help hexdump history hostname hostnamectl hwinfo id if ifconfig insmod inxi ionice iostat ip ipmctl jobs join jq kill"
    " killall last ldd less let ll ln local localcli locale loginctl logger logname logout ls lsattr lsblk lscpu lsinitrd lsmem lsmod lsof lspci"
    " lsscsi lsusb lvdisplay lvs lz4 man mapfile md5sum mdadm mkdir mkfs mkfs.ext4 mkfs.xfs mknod mktemp modinfo modprobe more mount mountpoint mv"
    " nawk ndctl nl nmcli nohup nproc nstat numactl numfmt numastat nvme od openssl partprobe parted paste pgrep pidof pigz pkill popd"
    " pr printenv printf ps pushd pvdisplay pvs pwd read readarray readlink realpath reboot renice reset resize2fs return rev rm rmdir rmmod rpm"
    " sar scsi_id sed select seq set sg_inq sg_vpd sgdisk sha1sum sha256sum sha512sum shift shopt shred shuf shutdown sleep smartctl sort source"
    " split stat strings stty sudo sum swapoff swapon swapinfo sync sysctl systemctl systemd-detect-virt tac tail tar tee test then time"
    " timedatectl times top touch tput tr trap tree true truncate tty tune2fs type udevadm ulimit umask umount unalias uname uniq unix2dos unset"
    " until unxz unzip update-grub uptime users vdo vgdisplay vgs vi vim vim-cmd vm-support vmkfstools vmkvsitools vmstat vmware"
    " vmware-toolbox-cmd voma vsish w wait wc what whatis whence whereis which while who whoami wipefs xfs_info xxd xz xzcat yes yum zcat"
    " zfs zgrep zip zless zpool zstd zypper do done in hd hexedit jc yq gron csvlook csvtool bat xmllint python python3 perl ruby node lua git"
    " } { ) ( ! ;; at dir cls ver vol set systeminfo fsutil mountvol tasklist reg findstr sc ipconfig diskpart nano emacs script".split()
)  # fmt: skip
# PowerShell's cmdlets that ask here unless an option says otherwise, and its short names.
_CMDLET = re.compile(
    r"(?:Get|Select|Format|Where|Sort|ForEach|ConvertTo|ConvertFrom|Export|Import|Out|Write|Set|Group|Measure|Update|Add|Remove|Clear|Start|Stop"
    r"|Test|Compare|Join|Split|Tee)-(?!PSSession)[A-Za-z]{1,60}$",
    re.IGNORECASE,
)
_CMDLETS = frozenset(
    "gcim gwmi gci gc fl ft fw select where sort foreach % ? gm ogv measure group tee epcsv ipcsv wmic powershell pwsh".split()
)
# Programs that ask another machine, a container or many, each in its own way: no word of theirs is believed to be a machine's name.
_REMOTE = frozenset(
    "ansible ansible-console ansible-playbook aws az buildah chroot clush crictl csshx ctr docker dsh esxcfg-nas fab fabric ftp gcloud govc incus"
    " ipmitool iscsiadm kubectl k lftp limactl lxc lxc-attach machinectl mco mcollective microk8s minikube multipass nc ncat nerdctl nsenter"
    " oc orb parallel parallel-ssh pdsh podman pssh psexec psexec64 puppet bolt qm pct pvesh racadm rexec rsync salt salt-call salt-ssh"
    " scp screen sftp singularity socat systemd-nspawn systemd-run telnet tmux toolbox distrobox tsh unshare vagrant vicfg-cfgbackup virsh virt-cat"
    " virt-df virt-filesystems virt-ls winexe winrs wsl xargs-ssh xl xe expect cssh mssh mpssh sshpt taktuk rundeck knife".split()
)  # fmt: skip
# Options by which programs that ask here ask another machine instead.
_ANOTHERS = re.compile(r"--(?:host|hosts|server|vihost|remote|machine|target-host|nodename|computername|url)(?:=(.*))?$")
_SHORT_OF = {
    "esxcli": {"-s", "-h"}, "vmkfstools": {"-s", "-h"}, "hostnamectl": {"-H", "-M"}, "timedatectl": {"-H", "-M"}, "systemctl": {"-H", "-M"},
    "loginctl": {"-H", "-M"}, "vim-cmd": {"-H"}, "vmware-cmd": {"-H"},
}  # fmt: skip
# Of VMware's remote programs: the options that say where and as whom to log in, and have a value; of two machines the last of these is asked.
_LOGIN = frozenset(
    "--server --vihost --url --username --user --password --portnumber --protocol --servicepath --config --sessionfile --savesessionfile --cacertsfile"
    " --credstore --encoding --passthroughauthpackage --thumbprint".split()
)
_SHORT_LOGIN = {"esxcli": frozenset("-s -h -u -p -c -d".split()), "vmkfstools": frozenset({"-h"})}
_READ_FROM_FILE = re.compile(r"--(?:config|sessionfile|credstore)(?:=|$)")
_VCENTERS = frozenset({"-h", "--vihost"})
_IN_URL = re.compile(r"(?:https?://)?([^/:]{1,255})(?::[0-9]{1,5})?(?:/.*)?$")
# VI_SERVER=esx01 esxcli ...        DOCKER_HOST=tcp://db01 ...
_ASKING_VARIABLE = re.compile(r"[A-Z_]*(?:SERVER|VIHOST|HOST|CONTEXT)=(.*)$")
# esx01        db01.example.net        192.0.2.1
_LITERAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$")
_ITSELF = re.compile(r"(?:localhost(?:\..{0,200})?|\.|127\.0\.0\.1|::1|\$env:computername)$", re.IGNORECASE)


def is_machine_name(text: str) -> bool:
    """Tell whether a word is one machine's name as it stands: no list, no pattern, no variable."""
    return bool(_LITERAL.match(text))


def is_itself(name: str) -> bool:
    """Tell whether a name is that of whoever uses it, as ``localhost`` is."""
    return bool(_ITSELF.match(name))


def asked_by(words: Sequence[str]) -> Asked:
    """Return whom a command asks by its own options; programs that carry a whole command line elsewhere are not for this."""
    program = words[0].rpartition("/")[2]
    name = program.removesuffix(".pl")
    is_vmwares = name in _SHORT_LOGIN or name.startswith("vicfg-")
    if is_vmwares and any(map(_READ_FROM_FILE.match, words)):
        return ELSEWHERE
    if not is_vmwares and is_remote(name):
        return ELSEWHERE
    if not is_vmwares and not is_local(name):
        return HERE
    pairs = _pairs(name, words)
    # Behind a vCenter's name stands that of the host which it is to ask.
    named = [value for option, value in pairs if is_vmwares and option in _VCENTERS] or [value for _, value in pairs]
    return _one_of(named) if named or not is_vmwares or program in _LOCAL else ELSEWHERE


def without_login(words: Sequence[str]) -> list[str]:
    """Return a command's words without the options by which VMware's remote programs log in to a machine.

    >>> without_login(["esxcli", "-s", "esx01", "--username=root", "storage", "filesystem", "list"])
    ['esxcli', '--username=root', 'storage', 'filesystem', 'list']
    """
    with_value = _LOGIN | _SHORT_LOGIN.get(words[0].rpartition("/")[2].removesuffix(".pl"), frozenset())
    return [word for before, word in zip(["", *words], words, strict=False) if word not in with_value and before not in with_value]


def _one_of(named: Sequence[str]) -> Asked:
    if not named or all(map(_ITSELF.match, named)):
        return HERE
    distinct = {value.casefold() for value in named}
    return Asked(named[0], strengths.COMMAND) if len(distinct) == 1 and is_machine_name(named[0]) else ELSEWHERE


def _pairs(name: str, words: Sequence[str]) -> list[tuple[str, str]]:
    short = _SHORT_OF.get(name, set())
    found: list[tuple[str, str]] = []
    for at, word in enumerate(words):
        if word[:1] != "-":
            continue
        behind = words[at + 1] if at + 1 < len(words) else ""
        long = _ANOTHERS.match(word)
        if long:
            option, value = word.partition("=")[0], behind if long[1] is None else long[1]
            address = _IN_URL.match(value) if option == "--url" else None
            found.append((option, address[1] if address else value))
        elif word in short:
            found.append((word, behind))
    return found


def asked_by_variable(word: str) -> Asked:
    """Return whom a setting in front of a command makes it ask."""
    found = _ASKING_VARIABLE.match(word)
    return _one_of([found[1]]) if found and found[1] else HERE


def is_local(name: str) -> bool:
    """Tell whether a program is known to ask the machine that it runs on, if nothing on its line says otherwise."""
    return name in _LOCAL or name.casefold() in _CMDLETS or bool(_CMDLET.match(name))


def is_remote(name: str) -> bool:
    """Tell whether a program is known to ask others."""
    return name in _REMOTE or name.startswith(("vicfg-", "pdsh", "kubectl"))


# Get-Disk -CimSession win07        gwmi win32_diskdrive -cn win07,win08        wmic /node:win07 diskdrive get
_POWERSHELL = re.compile(
    r"(?i)(?:^|[\s;|({=&])(?:(?:get|new|invoke|enter|set|update|remove)-[a-z]{2,40}|gwmi|gcim|icm|nsn|etsn|iwmi|rwmi)(?=[\s;|)]|$)"
)
_OPTION = re.compile(
    r"(?i)(?<=[\s(])-(computern(?:ame|am|a)?|comput(?:er)?|compu?|cn|cims(?:ession|essio|essi|ess|es|e)?|cim|ses(?:sion|sio|si|s)?|pscomputername|hostn(?:ame)?|vmname|vmid"
    r"|containerid|connectionuri|sshconnection)(?![a-z])[ :]{0,4}(\([^()]{0,400}\)|\"[^\"]{0,300}\"|'[^']{0,300}'|\$[^\s;|)]{1,100}|[^\s;|)}]{1,300})?"
)
_NEW_SESSION = re.compile(
    r"(?i)\b(?:New-CimSession|New-PSSession|nsn|Get-CimSession|Get-PSSession|Enter-PSSession|etsn)\b(?![^;|]{0,300}-c)\s{0,4}([^\s;|)$-][^\s;|)]{0,300})?"
)
_GETS = re.compile(r"(?i)(?:^|[\s|({=&])(?:get-(?!cimsession|pssession|content)[a-z]{2,40}|gwmi|gcim|wmic)\b")
_INVOKE = re.compile(r"(?i)(?:^|[\s;|(=])(?:Invoke-Command|icm)\b")
# Without one of these, no PowerShell asks anybody else.
_MAY_NAME = re.compile(r"(?i)[-/](?:c[ino]|ses|pscomp|host|vm|node:|sshc)|icm|invoke-c|nsn")
_NODE = re.compile(r"(?i)\bwmic\b.{0,100}?/node:\s{0,2}(\"[^\"]{0,300}\"|'[^']{0,300}'|[^\s\"']{1,300})")


def asked_by_powershell(text: str) -> Asked:
    """Return whom a line of PowerShell asks by its options; `HERE` where it has none such."""
    if not _MAY_NAME.search(text):
        return HERE
    node = _NODE.search(text)
    if node:
        return _one_of([node[1].strip("\"'")])
    if not _POWERSHELL.search(text):
        return HERE
    named: list[str] = []
    for found in _OPTION.finditer(text):
        value = (found[2] or "").strip("\"'")
        if value.startswith("("):
            inner = _OPTION.search(value) or _NEW_SESSION.search(value)
            value = (inner[inner.lastindex or 0] or "").strip("\"'") if inner and inner.lastindex else value
        named.append(value)
    named += [found[1].strip("\"'") for found in _NEW_SESSION.finditer(text) if found[1]]
    if named and any(_GETS.search(part) and not _OPTION.search(part) for part in text.split(";")):
        # One of several statements asks here.
        return ELSEWHERE
    return _one_of(named) if named or not _INVOKE.search(text) else ELSEWHERE

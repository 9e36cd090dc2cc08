"""Whether the names that a line prints of the machines which it asks stand in front of their answers: else they are no headers."""

from __future__ import annotations

import re

# $(cat hosts)        `cat hosts`: run before anything that the line prints
_SUBSTITUTED = re.compile(r"\$\([^()]{0,400}\)|`[^`]{0,400}`")
# for h in db01 db02; do echo "== $h"; ssh root@$h ndctl list -D; done
_STEP = re.compile(
    r"(?<![\w./$-])(?:(?P<carry>ssh|slogin|rsh|plink|kubectl|oc|docker|podman|virsh|lxc|icm|invoke-command)(?P<to>(?: {1,4}-[A-Za-z]{1,8})*(?: {1,4}[^\s;|&-][^\s;|&]{0,254})?)"
    r"|(?P<own>hostname|uname)|(?P<name>echo|printf) {1,4}[^\s;|&][^;|&]{0,300}"
    r"|(?P<ask>ndctl|daxctl|lsblk|vmkfstools|findmnt|df|dmidecode|esxcli|scsi_id|udevadm|get-[a-z]{4,30}|gwmi|gcim))(?![\w./-])",
    re.IGNORECASE,
)
# "id":"8902-206b080c"        UUID is 60 00 C2 98 42 c7 54 f8-02 c2 d4 9b 20 6b 08 0c        36000c29842c754f802c2d49b206b080c
_SHOWN = re.compile(r'"(?:id|serial|wwn)" ?: ?"[^"]{4,80}"|\bUUID is\b|\b(?:0x|3)?6000[cC]29[0-9a-fA-F]{25}\b')


def stand_in_front(command: str) -> bool:
    """Tell whether each question on a line stands behind what prints a name of the machine that is asked, as far as the line says."""
    named = carried = ""
    has_named = has_asked = is_behind = False
    for step in _STEP.finditer(_SUBSTITUTED.sub("", command)):
        if step["carry"]:
            to = step["to"].strip("\"' ")
            # What a machine says of itself is no name of one that is asked from there, or beside it; nor is one name two machines'.
            if to != carried and (named == "own" or has_asked):
                named = ""
            carried = to
        elif step["ask"]:
            is_behind = is_behind or not named
            has_asked = True
        else:
            named, has_asked = ("own" if step["own"] else "said"), False
            has_named = True
    return not (has_named and is_behind)


def shows_ids(text: str) -> bool:
    """Tell whether an answer with ids stands in a text."""
    return bool(_SHOWN.search(text))

"""What names a machine, the strongest first: one list, which all rooms that meet two names for one answer ask.

`sources.named_by` shows these words. A part of a source that says ``nobody`` is another machine's than the one around it, and nothing says
which: neither the source's path nor what else it holds names it.
"""

from __future__ import annotations

OVERRIDE = "machines file"
# The answer's own object, or the header that our own capture script writes.
OBJECT = "object"
HEADER = "header"
HOSTNAME = "hostname"
UNAME = "uname"
BUNDLE = "bundle"
# The header of a tool that asked many machines.
FAN_OUT = "fan-out"
# The one literal name that a command gave of the machine it asked: ``ssh db01 ...``, ``Get-Disk -CimSession db01``.
SSH = "ssh"
COMMAND = "command"
# A prompt with a user or a directory in it.
PROMPT = "prompt"
PATH = "path"
# A bare word in front of ``$``, ``>`` or ``#``.
WORD = "word"
NOTHING = "nothing"
# Said of a part that is surely not the machine's around it.
NOBODY = "nobody"

# Those of one line are equally strong.
_LEVELS = (
    (OVERRIDE,),
    (OBJECT, HEADER),
    (HOSTNAME, UNAME, BUNDLE),
    (FAN_OUT, SSH, COMMAND),
    (PROMPT,),
    (PATH,),
    (WORD,),
    (NOTHING, NOBODY, ""),
)
_RANKS = {word: rank for rank, words in enumerate(_LEVELS) for word in words}


def rank(named_by: str) -> int:
    """Return how strong what names a machine is: 0 is the strongest."""
    return _RANKS[named_by]

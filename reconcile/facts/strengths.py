"""What names a machine, the strongest first: one list, which all rooms that meet two names for one answer ask.

`sources.named_by` shows these words. A part of a source that says ``nobody`` is another machine's than the one around it, and nothing says
which: neither the source's path nor what else it holds names it.
"""

from __future__ import annotations

# What the user says: a line of the file that --machines gives.
OVERRIDE = "override"
# The answer's own object says it (PSComputerName, SystemName), or the header that our own capture script writes.
OBJECT = "object"
# The machine itself, asked by hostname or uname in the same shell; in a support bundle, for all of it.
ANSWER = "answer"
# What a tool that asked many machines, or a loop, printed in front of the answer of each.
HEADER = "header"
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
# Said of a part behind a prompt that nothing knows, beside other such: a ``hostname`` in the same shell names it, the path does not.
UNKNOWN = "unknown prompt"

# Those of one line are equally strong.
LEVELS = (
    (OVERRIDE,),
    (OBJECT,),
    (ANSWER,),
    (HEADER, SSH, COMMAND),
    (PROMPT,),
    (PATH,),
    (WORD,),
    (NOTHING, NOBODY, UNKNOWN, ""),
)
_RANKS = {word: rank for rank, words in enumerate(LEVELS) for word in words}


def rank(named_by: str) -> int:
    """Return how strong what names a machine is: 0 is the strongest."""
    return _RANKS[named_by]

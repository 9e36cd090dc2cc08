"""How much is read of what came from outside. Counted while reading, never believed from what an archive says of itself."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
# For `workers`: as many processes as the number of files makes worth while, in a program whose main module each of them may run again.
BY_SIZE = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one run. A source beyond one of them is refused, and the report says INCOMPLETE."""

    member_bytes: int = 64 * MIB
    archive_bytes: int = 512 * MIB
    run_bytes: int = 2048 * MIB
    members: int = 200_000
    ratio: int = 200
    depth: int = 2

    def changed(self) -> list[str]:
        """Say which bounds are not the usual ones, as options."""
        told = [
            ("file", self.member_bytes // MIB, DEFAULT.member_bytes // MIB),
            ("archive", self.archive_bytes // MIB, DEFAULT.archive_bytes // MIB),
            ("run", self.run_bytes // MIB, DEFAULT.run_bytes // MIB),
            ("members", self.members, DEFAULT.members),
            ("ratio", self.ratio, DEFAULT.ratio),
            ("depth", self.depth, DEFAULT.depth),
        ]
        return [f"--max-{name} {value}" for name, value, usual in told if value != usual]


DEFAULT = Limits()
# Below this a high ratio harms nobody: a megabyte of blanks is a small file.
RATIO_FROM = MIB

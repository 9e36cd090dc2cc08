"""How work grows with what it is given: by ratios in one run, so that no machine is too slow for a test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# How many times longer the large one is; work that grows with the square takes 64 times as long, and work that does not, 8 times.
TIMES = 8
_TOO_MANY = 30
# Seconds. What takes less is not looked at twice: that much goes by in what every call does.
_NOTHING = 0.05
_LEAST = 1e-4


def grows_with_the_square(work: Callable[[], object], less: Callable[[], object]) -> bool:
    """Tell whether work takes far more than `TIMES` as long as the same with the `TIMES`-th part; only where it did so again and again."""
    return all(_cost(work) > max(_NOTHING, _TOO_MANY * max(_LEAST, min(_cost(less) for _ in range(3)))) for _ in range(3))


def _cost(work: Callable[[], object]) -> float:
    """Return the seconds of this process's own that work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun

"""How long work takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple, TypeVar

Result = TypeVar("Result")


class Timed(NamedTuple):
    """Seconds of the first time, and the medians of those after it: on the clock, and of all cores."""

    first: float
    then: float
    cpu: float


def timed(work: Callable[[], Result], repeats: int) -> tuple[Result, Timed]:
    """Do work once and `repeats` times more."""
    seconds, cpu = [], []
    for _ in range(repeats + 1):
        begun, cpu_begun = time.perf_counter(), time.process_time()
        result = work()
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - cpu_begun)
    return result, Timed(seconds[0], median(seconds[1:]), median(cpu[1:]))

"""What a request brought: calls, and what was not counted of it, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from live.intake.calls import Call, Told, read
from live.intake.errors import RejectedCallError

_MAX_REASONS = 5


@dataclass(slots=True)
class Batch:
    """What a request brought.

    Args:
        calls: those that can be counted.
        ignored: how many entries are not calls of a model, or have no tokens.
        rejected: how many were refused, by the reason.
    """

    calls: list[Call] = field(default_factory=list)
    ignored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def refusal(self) -> str:
        """Why some were refused, as sentences; "" if none was."""
        return " ".join(f"{number}: {reason}" for reason, number in self.rejected.most_common(_MAX_REASONS))


def batch_of(entries: Iterable[Told | RejectedCallError | None], now: datetime) -> Batch:
    """Sort what was read of a request.

    Args:
        entries: what is told of each call; None if it is no call, an error if it cannot be read.
        now: the time.
    """
    batch = Batch()
    for entry in entries:
        if entry is None:
            batch.ignored += 1
            continue
        try:
            if isinstance(entry, RejectedCallError):
                raise entry
            batch.calls.append(read(entry, now))
        except RejectedCallError as error:
            batch.rejected[f"{error}"] += 1
    return batch

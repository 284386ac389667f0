"""What a question is asked in, and why one that was understood is not answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.reading.plan import Plan


class CannotError(Exception):
    """A question that was understood and that nothing here answers; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is asked in.

    Args:
        today: the day.
        budgets: the names of the budgets.
        last: the question before, if it is about that.
        is_unanswered: whether the question that is followed was not answered, so that `last` is an older one.
    """

    today: date
    budgets: Sequence[str] = ()
    last: Plan | None = None
    is_unanswered: bool = False

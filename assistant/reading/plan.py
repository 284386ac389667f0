"""What a question is read as: a Question of costs.query, or what another report is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.query.question import DEFAULT_LIMIT, Question

WEEK = "week"
TIMES = ("day", WEEK, "month", "billing_month")


class Kind(StrEnum):
    """Which part of the product answers."""

    COSTS = "costs"
    SHARE = "share"
    COUNT = "count"
    FORECAST = "forecast"
    ANOMALIES = "anomalies"
    BUDGETS = "budgets"
    MODELS = "models"
    LIVE = "live"
    PRICE = "price"


# The tool that answers the same, by kind; shares, counts and averages are computed from its rows.
TOOLS = {
    Kind.COSTS: "query_costs",
    Kind.SHARE: "query_costs",
    Kind.COUNT: "query_costs",
    Kind.FORECAST: "forecast_costs",
    Kind.ANOMALIES: "find_anomalies",
    Kind.BUDGETS: "budget_status",
    Kind.MODELS: "compare_models",
    Kind.LIVE: "live_cost",
    Kind.PRICE: "search",
}

Filters = Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A question as it was read.

    Args:
        kind: which part of the product answers.
        measures: as of a Question.
        by: what rows are grouped by: dimensions of a Question, and week.
        filters: as of a Question.
        window: its days.
        order_by: as of a Question, or "change desc" or "change_percent desc" if it is compared.
        limit: how many rows.
        compare: the time that it is compared with.
        average: the unit of time of which an average is meant; "" if none.
        whole: of a share, the filters of the whole.
        count_of: the dimension whose values are counted.
        live: of live usage: "now", "hour", "minutes" or "day".
        minutes: how many.
        usage: whether live usage is asked for in tokens rather than money.
        name: of a budget; the words of a search.
        candidates: the models that are compared.
        assumed: what was taken for granted, as sentences.
    """

    kind: Kind = Kind.COSTS
    measures: tuple[str, ...] = ("billed_cost",)
    by: tuple[str, ...] = ()
    filters: Filters = field(default_factory=dict)
    window: Window = field(default_factory=Window)
    order_by: str = ""
    limit: int = DEFAULT_LIMIT
    compare: Window | None = None
    average: str = ""
    whole: Filters | None = None
    count_of: str = ""
    live: str = ""
    minutes: int = 0
    usage: bool = False
    name: str = ""
    candidates: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The measure that is compared, averaged and ranked."""
        return self.measures[0]

    def question(self, window: Window | None = None) -> Question:
        """The Question that pages and tools use too, of its window or another; weeks are asked as days.

        Raises:
            InvalidQuestionError: it cannot be asked.
        """
        window = window or self.window
        dimensions = tuple(dict.fromkeys("day" if each == WEEK else each for each in self.by))
        is_own = self.order_by.split()[:1] not in (["change"], ["change_percent"], [WEEK])
        return Question(
            self.measures,
            dimensions,
            self.filters,
            window.start,
            window.end,
            self.order_by if is_own else "",
            self.limit,
        )

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON, without what it leaves at its default."""
        found: dict[str, Any] = {"kind": self.kind.value, "tool": TOOLS[self.kind]}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "kind" and value != _DEFAULT[each.name]:
                found[each.name] = _json(value)
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The plan of as_json."""
        read: dict[str, Any] = {name: value for name, value in found.items() if name != "tool"}
        for name in ("measures", "by", "candidates", "assumed"):
            if name in read:
                read[name] = tuple(read[name])
        for name in ("window", "compare"):
            if read.get(name):
                read[name] = _window(read[name])
        return cls(**{**read, "kind": Kind(read["kind"])})


def _json(value: Any) -> Any:
    if isinstance(value, Window):
        return {
            "start": f"{value.start}" if value.start else None,
            "end": f"{value.end}" if value.end else None,
        }
    if isinstance(value, Mapping):
        return {name: list(values) for name, values in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _window(found: Mapping[str, str | None]) -> Window:
    start, end = (found[name] and date.fromisoformat(f"{found[name]}") for name in ("start", "end"))
    return Window(start or None, end or None)


_DEFAULT: Mapping[str, Any] = {
    each.name: each.default_factory() if callable(each.default_factory) else each.default
    for each in fields(Plan)
}

"""The panels about costs, each defined once: for pages, boards of Grafana, tools and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from catalog.meters.meter import UsageKind
from costs.query.dimensions import UNMAPPED, Value
from costs.query.periods import Window
from costs.query.question import EXCLUDES, Question

Filters = Mapping[str, Sequence[Value]]

MAX_ROWS = 1000
TOP = 20


class Drawing(StrEnum):
    """How a panel is drawn. Its rows are a table beside it, always."""

    FIGURES = "figures"
    STACKED_BARS = "stacked bars"
    BARS = "bars"
    TABLE = "table"


class Unit(StrEnum):
    """What the first measure of a panel counts."""

    MONEY = "money"
    TOKENS = "tokens"


class Report(StrEnum):
    """What costs.reports computes of a panel's answers, if they alone do not say it."""

    MONTH_TO_DATE = "month_to_date"
    FORECAST = "forecast"
    CACHE_SAVINGS = "cache_savings"
    RESTATEMENTS = "restatements"
    LOADS = "loads"


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel.

    Args:
        name: as in addresses, such as spend-by-day.
        title: what people read above it.
        purpose: a sentence: which question it answers.
        question: what is asked, without a window; None if it is not asked of the charges.
        drawing: how it is drawn.
        unit: what its first measure counts.
        report: what is computed of the answer.
        empty: a sentence for a window in which it has no rows.
    """

    name: str
    title: str
    purpose: str
    question: Question | None
    drawing: Drawing
    unit: Unit = Unit.MONEY
    report: Report | None = None
    empty: str = "There are no such charges in this time."

    def asked(self, window: Window, filters: Filters = MappingProxyType({})) -> Question:
        """Its question within a window, of the charges that filters choose too.

        Args:
            window: the days.
            filters: as of a Question; a charge has to fit these and the panel's own.

        Raises:
            ValueError: it has no question.
            InvalidQuestionError: a filter cannot be used.
        """
        if self.question is None:
            raise ValueError(f"the panel {self.name} has no question")
        both = _both(self.question.filters, filters)
        return replace(self.question, start=window.start, end=window.end, filters=both)


def _both(own: Filters, asked: Filters) -> Filters:
    """Filters that take the charges which a panel's own and those asked for both take."""
    both: dict[str, Sequence[Value]] = dict(asked)
    for name, values in own.items():
        if name not in asked:
            both[name] = values
        elif name.startswith(EXCLUDES):
            both[name] = [*values, *asked[name]]
        else:
            [wanted] = Question(filters={name: asked[name]}).read_filters()
            common = [value for value in values if value in wanted.values]
            both[name] = common or values
            if not common:
                # None is among both.
                both[f"{EXCLUDES}{name}"] = [*values, *asked.get(f"{EXCLUDES}{name}", ())]
    return both


# Charges for AI that are not counted in tokens.
_NOT_TOKENS = tuple(kind.value for kind in UsageKind if kind is not UsageKind.TOKENS)

_ALL = (
    Panel(
        "spend-by-day",
        "Spend by day",
        "How much was spent each day, on which cloud?",
        Question(dimensions=("day", "cloud"), limit=MAX_ROWS),
        Drawing.STACKED_BARS,
    ),
    Panel(
        "month-to-date",
        "Month to date",
        "How much was spent this month, beside the same days of the last month and the budgets?",
        Question(),
        Drawing.FIGURES,
        report=Report.MONTH_TO_DATE,
    ),
    Panel(
        "forecast",
        "Forecast",
        "How much will the month have cost when it ends, and how far off may that be?",
        Question(dimensions=("day",), limit=MAX_ROWS),
        Drawing.FIGURES,
        report=Report.FORECAST,
    ),
    Panel(
        "models",
        "Models",
        "Which models cost most, and what does a million of their tokens cost?",
        Question(
            ("billed_cost", "share", "tokens", "cost_per_million_tokens"),
            ("model", "developer"),
            {"not_model": (None,)},
            limit=TOP,
        ),
        Drawing.BARS,
    ),
    Panel(
        "tokens-by-model",
        "Tokens by model",
        "Which models use most tokens?",
        Question(("tokens", "billed_cost"), ("model",), {"usage_kind": (UsageKind.TOKENS.value,)}, limit=TOP),
        Drawing.BARS,
        Unit.TOKENS,
    ),
    Panel(
        "model-direction-cache",
        "Model, direction and cache",
        "What do input, output, and reads and writes of the cache cost, model by model?",
        Question(
            ("billed_cost", "tokens", "cost_per_million_tokens"),
            ("model", "direction", "cache"),
            {"usage_kind": (UsageKind.TOKENS.value,)},
            limit=100,
        ),
        Drawing.TABLE,
    ),
    Panel(
        "cache-savings",
        "Cache savings",
        "How much less did cached input cost than the same input without a cache?",
        Question(
            ("billed_cost", "tokens", "cost_per_million_tokens"),
            ("cloud", "model", "tier", "cache"),
            {"usage_kind": (UsageKind.TOKENS.value,), "direction": ("Input",)},
            limit=MAX_ROWS,
        ),
        Drawing.TABLE,
        report=Report.CACHE_SAVINGS,
        empty="No cached input was charged in this time.",
    ),
    Panel(
        "customers",
        "Customers",
        "Which customers cost most, how has that changed, and how much is of no known customer?",
        Question(("billed_cost", "share", "tokens"), ("customer",), limit=TOP),
        Drawing.BARS,
    ),
    Panel(
        "batch-share",
        "Batch share",
        "How much of the tokens is bought in the cheaper tiers?",
        Question(
            ("billed_cost", "share", "tokens", "cost_per_million_tokens"),
            ("tier",),
            {"usage_kind": (UsageKind.TOKENS.value,)},
        ),
        Drawing.BARS,
    ),
    Panel(
        "not-tokens",
        "AI charges that are not tokens",
        "What do searches, provisioned throughput, storage of caches and hosting cost?",
        Question(
            ("billed_cost", "share"),
            ("usage_kind", "service", "meter"),
            {"usage_kind": _NOT_TOKENS},
            limit=TOP,
        ),
        Drawing.TABLE,
    ),
    Panel(
        "regions",
        "Regions",
        "Where is money spent?",
        Question(("billed_cost", "share"), ("cloud", "region"), limit=TOP),
        Drawing.BARS,
    ),
    Panel(
        "credits",
        "Credits",
        "Which credits and corrections lower or raise the bill?",
        Question(
            dimensions=("category", "cloud", "service"),
            filters={"category": ("Credit", "Adjustment")},
            order_by="billed_cost asc",
            limit=TOP,
        ),
        Drawing.TABLE,
        empty="No credits or adjustments were billed in this time.",
    ),
    Panel(
        "unmapped",
        "Models without a name",
        "Which models on the bills are in no table, and what do they cost?",
        Question(("billed_cost", "tokens"), ("cloud", "service", "meter"), {"model": (UNMAPPED,)}, limit=TOP),
        Drawing.TABLE,
        empty="Every model on the bills of this time has a name.",
    ),
    Panel(
        "restatements",
        "Restatements",
        "What did new deliveries change in months that were loaded before?",
        None,
        Drawing.TABLE,
        report=Report.RESTATEMENTS,
        empty="No delivery has changed a month that was loaded before.",
    ),
    Panel(
        "loads",
        "Loads",
        "Which months of which sources are loaded, and how old are they?",
        None,
        Drawing.TABLE,
        report=Report.LOADS,
        empty="Nothing is loaded.",
    ),
)
PANELS: Mapping[str, Panel] = MappingProxyType({panel.name: panel for panel in _ALL})

"""A question about costs: measures by dimensions, within a window and filters. It is never SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from catalog.nearest import nearest
from costs.errors import InvalidQuestionError, UnknownDimensionError
from costs.query.dimensions import DIMENSIONS, Dimension, Value
from costs.query.periods import Window
from costs.wording import quoted

# What SQL adds up, by measure; all else is computed from these sums.
SUMS = {
    "billed_cost": "BilledCost",
    "effective_cost": "EffectiveCost",
    "list_cost": "ListCost",
    "tokens": "x_Tokens",
    "requests": "x_Requests",
}
COSTS = ("billed_cost", "effective_cost", "list_cost")
MEASURES = (*SUMS, "cost_per_million_tokens", "share", "change")
EXCLUDES = "not_"

MAX_MEASURES = 6
MAX_DIMENSIONS = 4
MAX_VALUES = 100
MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Filter:
    """The rows whose dimension has one of the values, or none of them if it excludes."""

    dimension: Dimension
    values: tuple[Value, ...]
    excludes: bool

    @property
    def is_of_time(self) -> bool:
        """Whether it says when, as days, months and loads do, rather than what."""
        return self.dimension.unit is not None or self.dimension.name == "load"

    def leaves_out(self, month: str) -> bool:
        """Whether it is of days or months that are not in this one."""
        in_month = [bool(value and value.startswith(month)) for value in self.values]
        return self.dimension.unit is not None and not self.excludes and not any(in_month)


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by: a measure or a dimension."""

    by: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question; one that exists can be answered.

    Args:
        measures: names of MEASURES, 1 to 6.
        dimensions: names of DIMENSIONS, up to 4.
        filters: by dimension, or not_ and a dimension, the values; None is where a row has no value.
        start: the first day, in UTC.
        end: the day after the last.
        order_by: a measure or dimension of the question, with asc or desc; "" is time, else largest first.
        limit: how many rows, 1 to 1000.
        as_of: the loads of that moment; None for those of now.

    Raises:
        InvalidQuestionError: an argument is out of range or contradicts another.
        UnknownDimensionError: a dimension or filter does not exist.
    """

    measures: Sequence[str] = ("billed_cost",)
    dimensions: Sequence[str] = ()
    filters: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    order_by: str = ""
    limit: int = DEFAULT_LIMIT
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        _check_names(self)
        _check_window(self)
        _check_change(self)
        self.read_filters()
        self.order()
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidQuestionError(f"limit is {self.limit}.", hint=f"Send a limit from 1 to {MAX_LIMIT}.")

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    @property
    def keys(self) -> tuple[Dimension, ...]:
        """What its rows are grouped by: the dimensions, and the currency, since no two are ever added up."""
        names = dict.fromkeys([*self.dimensions, "currency"])
        return tuple(DIMENSIONS[name] for name in names)

    @property
    def time(self) -> Dimension | None:
        """Its dimension of time, if it has one."""
        return next((key for key in self.keys if key.unit), None)

    @property
    def base(self) -> str:
        """The sum that share and change are of: the first one asked for, billed_cost if there is none."""
        return next((measure for measure in self.measures if measure in SUMS), "billed_cost")

    @property
    def cost(self) -> str:
        """The cost that cost_per_million_tokens is of: the first one asked for, else billed_cost."""
        return next((measure for measure in self.measures if measure in COSTS), "billed_cost")

    def read_filters(self) -> list[Filter]:
        """The filters, with their values in the spelling of the data."""
        return [_read_filter(name, values) for name, values in self.filters.items()]

    def order(self) -> Order:
        """What its rows are sorted by. Rows that are equal in it follow in order of their dimensions."""
        if not self.order_by.strip():
            return Order(self.time.name, False) if self.time else Order(self.measures[0], True)
        name, *direction = self.order_by.split()
        _check_one_of("order_by", name, [*self.measures, *(key.name for key in self.keys)])
        way = " ".join(direction).casefold() or ("desc" if name in MEASURES else "asc")
        if way not in ("asc", "desc"):
            raise InvalidQuestionError(
                f"order_by ends in {quoted(way)}.", hint=f'Send "{name} desc" or "{name} asc".'
            )
        return Order(name, way == "desc")


def _check_names(question: Question) -> None:
    if not 1 <= len(question.measures) <= MAX_MEASURES:
        raise InvalidQuestionError(
            f"The question has {len(question.measures)} measures.",
            hint=f"Send 1 to {MAX_MEASURES} of {_listed()}.",
        )
    if len(question.dimensions) > MAX_DIMENSIONS:
        raise InvalidQuestionError(
            f"The question has {len(question.dimensions)} dimensions.", hint=f"Send up to {MAX_DIMENSIONS}."
        )
    for measure in question.measures:
        _check_one_of("measures", measure, MEASURES)
    for dimension in question.dimensions:
        _dimension(dimension)


def _listed() -> str:
    return ", ".join(MEASURES)


def _check_one_of(argument: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise InvalidQuestionError(
            f"{argument} cannot be {quoted(name)}.",
            hint=f"Send one of {', '.join(dict.fromkeys(known))}.",
            candidates=nearest(name, known),
        )


def _dimension(name: str) -> Dimension:
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    raise UnknownDimensionError(
        f"There is no dimension {quoted(name)}.",
        hint=f"Dimensions: {', '.join(DIMENSIONS)}. A filter may have not_ before the name.",
        candidates=nearest(name.removeprefix(EXCLUDES), list(DIMENSIONS)),
    )


def _read_filter(name: str, values: Sequence[Value]) -> Filter:
    dimension = _dimension(name.removeprefix(EXCLUDES))
    if not 1 <= len(values) <= MAX_VALUES:
        raise InvalidQuestionError(
            f"The filter {name} has {len(values)} values.",
            hint=f"Send 1 to {MAX_VALUES}, or leave the filter out. null is the rows without a value.",
        )
    read = dict.fromkeys(None if value is None else dimension.read(value) for value in values)
    return Filter(dimension, tuple(read), name.startswith(EXCLUDES))


def _check_window(question: Question) -> None:
    for name, day in (("start", question.start), ("end", question.end)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise InvalidQuestionError(
                f"{name} is {day}.", hint=f"Send a day from {FIRST_DAY} to {LAST_DAY}."
            )
    if question.start and question.end and question.start >= question.end:
        raise InvalidQuestionError(
            f"start {question.start} is not before end {question.end}.",
            hint="end is the day after the last one: October is 2026-10-01 to 2026-11-01.",
        )


def _check_change(question: Question) -> None:
    if "change" not in question.measures:
        return
    if question.start is None or question.end is None:
        raise InvalidQuestionError("change needs a start and an end.", hint="Send both as dates.")
    times = [key.name for key in question.keys if key.unit]
    filters = {name.removeprefix(EXCLUDES) for name in question.filters}
    fixed = [name for name in ("load", "day", "month", "billing_month") if name in filters]
    if "load" in question.dimensions or len(times) > 1 or fixed:
        raise InvalidQuestionError(
            "change cannot be compared with the period before in this question.",
            hint="Leave out the dimension load and filters by load, day, month or billing_month, and send "
            "at most one dimension of time.",
        )

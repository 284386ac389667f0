"""Questions as SQL, made by sqlglot's builder for DuckDB and BigQuery alike.

Only sums are computed here: engines round divisions differently, but add decimals alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlglot import exp

from costs.meters.meter import UsageKind
from costs.query.dimensions import DIMENSIONS, Dimension, column, text
from costs.query.periods import Window
from costs.query.question import SUMS, Filter, Order, Question
from costs.store.base import TABLE

# The cost of rows without tokens and with tokens; the number of rows added up, and of groups.
WITHOUT_TOKENS, OF_TOKENS, ROWS, GROUPS = "without_tokens", "of_tokens", "charges", "row_count"
# The kinds of usage that tokens and requests are of, as the load stamps them.
COUNTS = {"tokens": (UsageKind.TOKENS,), "requests": (UsageKind.REQUESTS, UsageKind.SEARCHES)}


def counts(question: Question) -> list[str]:
    """The measures among COUNTS that the question's are computed from."""
    measures = {"tokens" if name == "cost_per_million_tokens" else name for name in question.measures}
    return [name for name in COUNTS if name in measures]


def unknown_rows(count: str) -> str:
    """The name of the number of charges whose tokens or requests are not known."""
    return f"rows_of_unknown_{count}"


def unknown_cost(count: str) -> str:
    """The name of what those charges cost."""
    return f"cost_of_unknown_{count}"


def compile_question(
    question: Question, *, window: Window | None = None, order: Order | None = None, limit: int | None = None
) -> exp.Select:
    """The query of the question's sums: one row for each combination of its dimensions and the currency.

    Args:
        question: the question.
        window: another window than the question's.
        order: a sum or a dimension to sort by, before the dimensions.
        limit: how many rows; None for all. GROUPS says how many there are.
    """
    keys = question.keys
    groups = exp.Window(this=exp.Count(this=exp.Star()))
    select = _grouped(question, keys, [*_sums(question), (GROUPS, groups)], window or question.window)
    order_by = [_ordered(order.by, descending=order.descending)] if order else []
    select = select.order_by(*order_by, *(_ordered(key.name) for key in keys))
    return select if limit is None else select.limit(limit)


def by_load(question: Question, window: Window | None = None) -> exp.Select:
    """The query of the question's sums by load and currency, and what an answer says beside its figures."""
    billed, keys = column("BilledCost"), (DIMENSIONS["load"], DIMENSIONS["currency"])
    is_unmapped = column("x_BillingModel").is_(exp.null()).not_().and_(column("x_ModelId").is_(exp.null()))
    others = [
        ("unmapped", _sum_if(is_unmapped, billed)),
        ("unattributed", _sum_if(column("x_ConsumerId").is_(exp.null()), billed)),
        ("estimates", _sum_if(column("x_IsEstimate"), exp.Literal.number(1))),
    ]
    if "cost_per_million_tokens" in question.measures:
        has_none = column("x_Tokens").is_(exp.null())
        others.append((WITHOUT_TOKENS, _sum_if(has_none, column(SUMS[question.cost]))))
    for name in counts(question):
        others.append((unknown_rows(name), _sum_if(_is_unknown(name), exp.Literal.number(1))))
        others.append((unknown_cost(name), _sum_if(_is_unknown(name), column(SUMS[question.cost]))))
    select = _grouped(question, keys, [*_sums(question), *others], window or question.window)
    return select.order_by(*(_ordered(key.name) for key in keys))


def parts(question: Question, price: str, order_by: str, limit: int) -> exp.Select:
    """The query of what a figure is made of, by load, meter, unit and unit price.

    Args:
        question: the question that has the figure as its answer.
        price: the column of unit prices.
        order_by: cost, tokens or requests, the largest of which comes first.
        limit: how many rows; GROUPS says how many there are.
    """
    keys = {
        "load": column("x_LoadId"),
        "currency": column("BillingCurrency"),
        "cloud": column("x_Cloud"),
        "service": column("ServiceName"),
        "meter": column("x_Meter"),
        "unit": column("PricingUnit"),
        "unit_price": column(price),
    }
    sums = [
        ("quantity", exp.func("SUM", column("PricingQuantity"))),
        ("cost", exp.func("SUM", column(SUMS[question.cost]))),
        ("tokens", exp.func("SUM", column(SUMS["tokens"]))),
        ("requests", exp.func("SUM", column(SUMS["requests"]))),
        (ROWS, exp.Count(this=exp.Star())),
        (GROUPS, exp.Window(this=exp.Count(this=exp.Star()))),
    ]
    select = _select(keys.items(), sums).where(*_conditions(question, question.window))
    order = [_ordered(order_by, descending=True), *(_ordered(name) for name in keys)]
    return select.order_by(*order).limit(limit)


def distinct(dimension: Dimension, values: Iterable[str] | None, limit: int) -> exp.Select:
    """The query of the values that the dimension has in the whole table, or of which of `values` it has."""
    value = dimension.expression()
    select = _select([(dimension.name, value)], []).where(value.is_(exp.null()).not_())
    if values is not None:
        select = select.where(_in(dimension, values))
    return select.order_by(_ordered(dimension.name)).limit(limit)


def sources(question: Question) -> exp.Select:
    """The query of the sources that have rows with the question's filters at any time."""
    filters = [filter_ for filter_ in question.read_filters() if not filter_.is_of_time]
    select = _select([("source", column("x_Source"))], [])
    return select.where(*(_condition(filter_) for filter_ in filters)).order_by(_ordered("source"))


def _grouped(
    question: Question, keys: Iterable[Dimension], sums: list[tuple[str, exp.Expr]], window: Window
) -> exp.Select:
    select = _select([(key.name, key.expression()) for key in keys], sums)
    return select.where(*_conditions(question, window))


def _select(keys: Iterable[tuple[str, exp.Expr]], sums: Iterable[tuple[str, exp.Expr]]) -> exp.Select:
    keys = list(keys)
    named = [exp.alias_(value, name, quoted=True) for name, value in (*keys, *sums)]
    positions = [exp.Literal.number(number) for number, _ in enumerate(keys, 1)]
    return exp.select(*named).from_(TABLE).group_by(*positions)


def _sums(question: Question) -> list[tuple[str, exp.Expr]]:
    """The sums that the question's measures are computed from."""
    names = dict.fromkeys([*(measure for measure in question.measures if measure in SUMS), question.base])
    sums: list[tuple[str, exp.Expr]] = [(name, exp.func("SUM", column(SUMS[name]))) for name in names]
    if "cost_per_million_tokens" in question.measures:
        has_tokens = column("x_Tokens").is_(exp.null()).not_()
        sums.append((OF_TOKENS, _sum_if(has_tokens, column(SUMS[question.cost]))))
        if "tokens" not in names:
            sums.append(("tokens", exp.func("SUM", column(SUMS["tokens"]))))
    return sums


def _is_unknown(count: str) -> exp.Expr:
    """Whether a row is of usage that is counted so, and its unit did not say how many there are."""
    kinds = [text(kind) for kind in COUNTS[count]]
    is_used = column("ChargeCategory").eq(text("Usage"))
    status = exp.func("COALESCE", column("CommitmentDiscountStatus"), text(""))
    is_counted = exp.In(this=column("x_UsageKind"), expressions=kinds)
    return exp.and_(is_counted, is_used, status.neq(text("Unused")), column(SUMS[count]).is_(exp.null()))


def _sum_if(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.func("SUM", exp.case().when(condition, value))


def _ordered(name: str, *, descending: bool = False) -> exp.Ordered:
    """A term of ORDER BY. Rows without the value come last in both directions."""
    return exp.Ordered(this=column(name), desc=descending, nulls_first=False)


def _conditions(question: Question, window: Window) -> list[exp.Expr]:
    charged = column("ChargePeriodStart")
    conditions: list[exp.Expr] = []
    if window.start:
        conditions.append(exp.GTE(this=charged.copy(), expression=_midnight(window.start)))
    if window.end:
        conditions.append(exp.LT(this=charged.copy(), expression=_midnight(window.end)))
    return [*conditions, *map(_condition, question.read_filters())]


def _midnight(day: date) -> exp.Expr:
    return exp.cast(text(f"{day.isoformat()} 00:00:00+00:00"), "timestamptz")


def _condition(wanted: Filter) -> exp.Expr:
    """The condition of a filter, which is true or false of each row, so that X and not_X part them all."""
    dimension = wanted.dimension
    is_null = dimension.expression().is_(exp.null())
    values = [value for value in wanted.values if value is not None]
    allows_null = (None in wanted.values) is not wanted.excludes
    if not values:
        return is_null if allows_null else is_null.not_()
    # NULL in SQL if the row has no value, which neither side takes for true.
    among = _in(dimension, values).not_() if wanted.excludes else _in(dimension, values)
    return among.or_(is_null) if allows_null else among


def _in(dimension: Dimension, values: Iterable[str]) -> exp.Expr:
    return exp.In(this=dimension.expression(), expressions=[dimension.literal(value) for value in values])

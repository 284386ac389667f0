"""Questions as SQL, made by sqlglot's builder for DuckDB and BigQuery alike.

Only sums are computed here: engines round divisions differently, but add decimals alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from sqlglot import exp

from catalog.meters.meter import UsageKind
from costs.query.dimensions import Dimension, column, text
from costs.query.periods import Window
from costs.query.question import SUMS, Filter, Order, Question
from costs.store.base import TABLE

# The cost of rows without tokens and with tokens; the number of rows added up, and in totals that of groups.
WITHOUT_TOKENS, OF_TOKENS, ROWS, GROUPS = "without_tokens", "of_tokens", "charges", "row_count"
_GROUPED, _ALL = "grouped", "all_groups"
NO_LEAST: Mapping[str, Decimal] = MappingProxyType({})
# The kinds of usage that tokens and requests are of, as the load stamps them.
COUNTS = {"tokens": (UsageKind.TOKENS,), "requests": (UsageKind.REQUESTS, UsageKind.SEARCHES)}


def counts(question: Question) -> list[str]:
    """The measures among COUNTS that the question's are computed from."""
    measures = {"tokens" if name == "cost_per_million_tokens" else name for name in question.measures}
    return [name for name in COUNTS if name in measures]


def lacking(question: Question) -> list[str]:
    """The measures of the question that charges may lack: FOCUS lets bills leave out list costs alone."""
    return [name for name in ("list_cost",) if name in question.measures]


def unknown_rows(count: str) -> str:
    """The name of the number of charges whose tokens, requests or list costs are not known."""
    return f"rows_of_unknown_{count}"


def unknown_cost(count: str) -> str:
    """The name of what those charges cost."""
    return f"cost_of_unknown_{count}"


def compile_question(
    question: Question,
    *,
    window: Window | None = None,
    order: Order | None = None,
    limit: int | None = None,
    least: Mapping[str, Decimal] = NO_LEAST,
) -> exp.Query:
    """The query of the question's sums, and of what an answer says beside them.

    It reads each charge once. It has a row for each combination of the dimensions and the currency, and one
    for each currency with the sums of them all, whose GROUPS is how many they are.

    Args:
        question: the question.
        window: another window than the question's.
        order: a sum or a dimension to sort by, before the dimensions.
        limit: how many combinations; None for all.
        least: by currency, the amount that a series reaches at some time, or else is left out of all of it;
            a series is of the same values but for the time.
    """
    keys = {key.name: key.expression() for key in question.keys}
    order_by = [ordered(order.by, descending=order.descending)] if order else []
    sums = {**_sums(question), **_beside(question)}
    grouped = _select(keys, sums).where(*_conditions(question, window or question.window), copy=False)
    if not least:
        return _with_totals(keys, sums, grouped, order_by, limit)
    # Of the groups by their names: BigQuery may not know in QUALIFY what they were grouped by.
    reaching = exp.select(exp.Star(), copy=False).from_(exp.to_table(_ALL), copy=False)
    reaching.where(exp.true(), copy=False).qualify(_reaches(question, least), copy=False)
    both = _with_totals(keys, sums, reaching, order_by, limit)
    both.args["with_"].expressions.insert(0, exp.CTE(this=grouped, alias=exp.to_identifier(_ALL)))
    return both


def parts(question: Question, price: str, order_by: str, limit: int) -> exp.Query:
    """The query of what a figure is made of, by load, meter, unit and unit price, with its totals as above.

    Args:
        question: the question that has the figure as its answer.
        price: the column of unit prices.
        order_by: cost, tokens or requests, the largest of which comes first.
        limit: how many parts.
    """
    keys: dict[str, exp.Expr] = {
        "load": column("x_LoadId"),
        "currency": column("BillingCurrency"),
        "cloud": column("x_Cloud"),
        "service": column("ServiceName"),
        "meter": column("x_Meter"),
        "unit": column("PricingUnit"),
        "unit_price": column(price),
    }
    sums: dict[str, exp.Expr] = {
        **_sums(question),
        "quantity": exp.func("SUM", column("PricingQuantity")),
        "cost": exp.func("SUM", column(SUMS[question.cost])),
        "tokens": exp.func("SUM", column(SUMS["tokens"])),
        "requests": exp.func("SUM", column(SUMS["requests"])),
        ROWS: exp.Count(this=exp.Star()),
        **_beside(question),
    }
    order = [ordered(order_by, descending=True)]
    grouped = _select(keys, sums).where(*_conditions(question, question.window), copy=False)
    return _with_totals(keys, sums, grouped, order, limit)


def grouped_sums(question: Question, conditions: Iterable[exp.Expr]) -> exp.Select:
    """The query of the question's sums by its dimensions and the currency, of the charges of its filters.

    Args:
        question: the question; its window is left to the conditions.
        conditions: which of the charges.
    """
    keys = {key.name: key.expression() for key in question.keys}
    return _select(keys, _sums(question)).where(*conditions, *map(_condition, question.read_filters()))


def by_load(question: Question, window: Window | None = None) -> exp.Select:
    """The query of the loads that have charges with the question's filters at any time.

    It says how many of the charges of each are of the question, and how many of these are estimates. Without
    filters every load has charges, so it has those of the window alone.
    """
    filters = question.read_filters()
    of_time = [
        *in_window(window or question.window),
        *(_condition(one) for one in filters if one.is_of_time),
    ]
    asked, one = exp.and_(*of_time) if of_time else exp.true(), exp.Literal.number(1)
    counts = {
        ROWS: _sum_if(asked, one),
        "estimates": _sum_if(exp.and_(asked, column("x_IsEstimate")), one.copy()),
    }
    of_what = [_condition(one) for one in filters if not one.is_of_time]
    select = _select({"load": column("x_LoadId")}, counts)
    return select.where(*(of_what if filters else of_time)).order_by(ordered("load"))


def distinct(dimension: Dimension, values: Iterable[str] | None, limit: int) -> exp.Select:
    """The query of the values that the dimension has in the whole table, or of which of `values` it has."""
    value = dimension.expression()
    select = _select({dimension.name: value}).where(value.is_(exp.null()).not_())
    if values is not None:
        select = select.where(_in(dimension, values))
    return select.order_by(ordered(dimension.name)).limit(limit)


def _with_totals(
    keys: Mapping[str, exp.Expr],
    sums: Mapping[str, exp.Expr],
    grouped: exp.Select,
    order_by: Iterable[exp.Ordered],
    limit: int | None,
) -> exp.Query:
    """The groups by these keys, in order, and their totals by currency, which is one of the keys.

    Both are put in that order once more at last: a union need not keep that of its parts.
    """
    # Nothing else has these parts, so that none is copied.
    groups = exp.select(exp.Star(), aliased(GROUPS, exp.null()), copy=False).from_(
        exp.to_table(_GROUPED), copy=False
    )
    terms = [*order_by, *(ordered(name) for name in keys)]
    groups.order_by(*terms, copy=False)
    currency = column("currency")
    totals = exp.select(
        *(aliased(name, currency if name == "currency" else exp.null()) for name in keys),
        *(aliased(name, exp.func("SUM", column(name))) for name in sums),
        aliased(GROUPS, exp.Count(this=exp.Star())),
        copy=False,
    )
    totals.from_(exp.to_table(_GROUPED), copy=False).group_by(currency.copy(), copy=False)
    if limit is not None:
        groups.limit(limit, copy=False)
    both = exp.union(groups.subquery(copy=False), totals, distinct=False, copy=False)
    both.order_by(*(term.copy() for term in terms), copy=False)
    return both.with_(_GROUPED, as_=grouped, copy=False)


def _reaches(question: Question, least: Mapping[str, Decimal]) -> exp.Expr:
    """Whether the series of a group reaches the amount of its currency at some time."""
    largest = exp.Max(this=exp.Abs(this=column(question.base)))
    series = [column(key.name) for key in question.keys if not key.unit]
    amount = exp.case(column("currency"))
    # The store of BigQuery writes these as literals (costs/store/bigquery/sql.py).
    for currency, floor in least.items():
        amount = amount.when(text(currency), exp.cast(text(f"{floor:f}"), "decimal(38,18)"))
    return exp.GTE(this=exp.Window(this=largest, partition_by=series), expression=amount)


def _select(keys: Mapping[str, exp.Expr], sums: Mapping[str, exp.Expr] = MappingProxyType({})) -> exp.Select:
    named = [aliased(name, value) for name, value in (*keys.items(), *sums.items())]
    positions = [exp.Literal.number(number) for number, _ in enumerate(keys, 1)]
    return (
        exp.select(*named, copy=False).from_(exp.to_table(TABLE), copy=False).group_by(*positions, copy=False)
    )


def aliased(name: str, value: exp.Expr) -> exp.Expr:
    """A column of a result."""
    return exp.alias_(value, name, quoted=True, copy=False)


def _sums(question: Question) -> dict[str, exp.Expr]:
    """The sums that the question's measures are computed from."""
    names = dict.fromkeys([*(measure for measure in question.measures if measure in SUMS), question.base])
    sums: dict[str, exp.Expr] = {name: exp.func("SUM", column(SUMS[name])) for name in names}
    if "cost_per_million_tokens" in question.measures:
        has_tokens = column("x_Tokens").is_(exp.null()).not_()
        sums[OF_TOKENS] = _sum_if(has_tokens, column(SUMS[question.cost]))
        sums["tokens"] = exp.func("SUM", column(SUMS["tokens"]))
    return sums


def _beside(question: Question) -> dict[str, exp.Expr]:
    """The sums that an answer says beside its figures."""
    billed, cost = column("BilledCost"), column(SUMS[question.cost])
    is_unmapped = column("x_BillingModel").is_(exp.null()).not_().and_(column("x_ModelId").is_(exp.null()))
    sums = {
        "unmapped": _sum_if(is_unmapped, billed),
        "unattributed": _sum_if(column("x_ConsumerId").is_(exp.null()), billed),
    }
    if "cost_per_million_tokens" in question.measures:
        sums[WITHOUT_TOKENS] = _sum_if(column("x_Tokens").is_(exp.null()), cost)
    for name in counts(question):
        sums[unknown_rows(name)] = _sum_if(_is_unknown(name), exp.Literal.number(1))
        sums[unknown_cost(name)] = _sum_if(_is_unknown(name), cost)
    for name in lacking(question):
        is_lacking = column(SUMS[name]).is_(exp.null())
        sums[unknown_rows(name)] = _sum_if(is_lacking, exp.Literal.number(1))
        sums[unknown_cost(name)] = _sum_if(is_lacking, billed)
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


def ordered(name: str, *, descending: bool = False) -> exp.Ordered:
    """A term of ORDER BY. Rows without the value come last in both directions."""
    return exp.Ordered(this=column(name), desc=descending, nulls_first=False)


def _conditions(question: Question, window: Window) -> list[exp.Expr]:
    return [*in_window(window), *map(_condition, question.read_filters())]


def in_window(window: Window) -> list[exp.Expr]:
    """The conditions that a charge began within a window."""
    charged = column("ChargePeriodStart")
    conditions: list[exp.Expr] = []
    if window.start:
        conditions.append(exp.GTE(this=charged.copy(), expression=_midnight(window.start)))
    if window.end:
        conditions.append(exp.LT(this=charged.copy(), expression=_midnight(window.end)))
    return conditions


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

"""Our own checks of a cast table. Errors refuse the load; warnings are kept with it. Each is a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from sqlglot import exp

from costs.focus.columns import Column, columns, focus_columns
from costs.focus.currencies import currencies
from costs.focus.sql import call, fill
from costs.wording import counted, shortened

_EXAMPLES = 3
_CHARGED = "BilledCost <> 0 or EffectiveCost <> 0"
# As of files: two of three.
_MOST, _OF = 2, 3
# Mandatory in FOCUS, but clouds are documented to leave them empty: AWS the issuer, Google Cloud's preview
# the category, Azure the prices of some agreements. The charge itself stays true without them.
_LEFT_OUT = frozenset({"InvoiceIssuerName", "ServiceCategory", "ListCost", "ContractedCost"})
# Of these, no sum is made.
_DESCRIPTIVE = frozenset({"InvoiceIssuerName", "ServiceCategory"})
# Other columns keep what a provider says, since FOCUS adds values with each version.
_CLOSED = frozenset({"ChargeCategory", "x_Cloud"})
_ROW = """
concat_ws(' on ', coalesce(x_Meter, ChargeDescription, ServiceName, 'a row'),
          strftime(ChargePeriodStart at time zone 'UTC', '%Y-%m-%d'))
"""
_MONTH = "strftime(BillingPeriodStart at time zone 'UTC', '%Y-%m')"
# Google Cloud's FOCUS export has months of Pacific time.
_OF_A_MONTH = """
(BillingPeriodStart at time zone $zone = date_trunc('month', BillingPeriodStart at time zone $zone)
 and BillingPeriodEnd at time zone $zone = BillingPeriodStart at time zone $zone + interval 1 month)
"""
_NOT_A_MONTH = "not ($utc or (x_Cloud is not distinct from 'gcp' and $pacific))"
_PERIOD = "concat_ws(' to ', BillingPeriodStart, BillingPeriodEnd)"
# Late usage and corrections are billed months later; commitments are bought for up to five years.
_FAR = """
ChargePeriodStart < cast($month as timestamptz) - interval 3 year
or ChargePeriodEnd > cast($month as timestamptz) + interval 6 year
"""
# Somewhere it is as much later than in UTC.
AHEAD = timedelta(hours=14)
# Usage is billed in its month or later.
_LATE = f"""
ChargeCategory = 'Usage'
and ChargePeriodStart
    >= cast($month as timestamptz) + interval 1 month + interval {AHEAD.total_seconds():.0f} second
"""
# Nothing was charged for before: S3 began in March 2006 (aws.amazon.com, "Announcing Amazon S3"), App Engine
# in April 2008, and Azure charges since February 2010 (Windows Azure Team Blog, 2010-02-01).
_BEGAN = "case x_Cloud when 'gcp' then '2008-04' when 'azure' then '2010-02' else '2006-03' end"
_BEFORE = f"{{}} < {_BEGAN}"
# Bills print unit prices with three significant digits or more (0.5 % off at most) and costs with six
# decimals or more. The errors to find are a wrong unit or tier, far larger. Doubles will do for this alone.
_MISPRICED = """
ChargeCategory in ('Usage', 'Purchase') and ChargeClass is distinct from 'Correction'
and abs(cast($price as double) * cast(coalesce(PricingQuantity, ConsumedQuantity) as double)
        - cast($cost as double)) > 0.01 * abs(cast($cost as double)) + 0.000001
"""
_NEGATIVE = "$quantity < 0 and ChargeCategory = 'Usage' and ChargeClass is distinct from 'Correction'"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a load: errors refuse it, warnings do not.

    Args:
        errors: sentences.
        warnings: sentences.
        copies: of the warnings, those about rows that may count twice.
    """

    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()
    copies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Check:
    """A condition that no row should meet.

    Args:
        wrong: the condition.
        says: what is wrong, to be followed by "on 3 rows".
        is_error: whether it refuses the load.
        is_gap: whether it is a source's way if it holds for all rows: it never fills the column.
        example: what of a row to show, in SQL.
        money: the column to sum by currency.
    """

    wrong: exp.Expr
    says: str
    is_error: bool = False
    is_gap: bool = False
    example: str = _ROW
    money: str = "BilledCost"


def check(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    period: str,
    *,
    is_estimate: bool = False,
    now: datetime | None = None,
) -> Findings:
    """Check a table that has the columns of unified_costs.

    Args:
        connection: a session in UTC.
        table: the name of the table.
        period: the billing month that it is a load of, as 2026-10.
        is_estimate: whether it is known to lack what clouds leave out of bills by mistake.
        now: None for the clock. No month is billed before it begins.
    """
    now = now or datetime.now(UTC)
    gaps = _LEFT_OUT if is_estimate else _DESCRIPTIVE
    checks = [
        *_column_checks(columns().values(), gaps),
        *_period_checks(period),
        *_age_checks(period, now),
        *_amount_checks(),
        _unread(),
    ]
    numbers = exp.select(fill("count(*)"), *(fill("count_if($x)", x=each.wrong) for each in checks))
    rows, *counts = _rows(connection, numbers.from_(_name(table)))[0]
    if not rows:
        return Findings(errors=[f"There are no rows of {period}."])
    counted_checks = zip(checks, counts, strict=True)
    found = [(each, count) for each, count in counted_checks if count and not (each.is_gap and count == rows)]
    errors = [_sentence(connection, table, each, count) for each, count in found if each.is_error]
    warnings = [_sentence(connection, table, each, count) for each, count in found if not each.is_error]
    copies = _copies(connection, table) or _copies_with_other_tags(connection, table)
    return Findings(errors, [*warnings, *copies], copies or ())


def _column_checks(all_: Iterable[Column], gaps: frozenset[str]) -> Iterator[_Check]:
    for column in all_:
        name = column.name
        if column.is_mandatory and not column.is_nullable:
            yield _Check(
                fill("$x is null", x=_column(name)),
                f"{name} is missing",
                is_error=name not in _LEFT_OUT,
                is_gap=name in gaps,
            )
        if column.allowed:
            wrong = fill("$x not in $allowed", x=_column(name), allowed=_texts(column.allowed))
            yield _Check(
                wrong, f"{name} has a value that FOCUS does not allow", name in _CLOSED, example=name
            )


def _period_checks(period: str) -> Iterator[_Check]:
    other = fill(f"{_MONTH} <> $period", period=exp.Literal.string(period))
    far = fill(_FAR, month=exp.Literal.string(f"{period}-01T00:00:00Z"))
    yield _Check(other, f"BillingPeriodStart is not in {period}", is_error=True, example=_MONTH)
    yield _Check(far, f"The charge period is years away from {period}", is_error=True)
    utc, pacific = (_of_a_month(zone) for zone in ("UTC", "America/Los_Angeles"))
    wrong = fill(_NOT_A_MONTH, utc=utc, pacific=pacific)
    yield _Check(wrong, "The billing period is not one calendar month in UTC", is_error=True, example=_PERIOD)
    ends = fill("ChargePeriodEnd < ChargePeriodStart")
    yield _Check(ends, "The charge period ends before it starts", is_error=True)
    yield _Check(fill("ChargePeriodEnd = ChargePeriodStart"), "The charge period ends when it starts")


def _age_checks(period: str, now: datetime) -> Iterator[_Check]:
    """What no cloud has billed: months that have not begun, or are older than it, and usage of later ones."""
    latest = f"{now + AHEAD:%Y-%m}"
    ahead = fill(f"{_MONTH} > $latest", latest=exp.Literal.string(latest))
    clock = f"by the clock of this machine, which says {now:%Y-%m-%d},"
    yield _Check(ahead, f"The billing month has not begun {clock}", is_error=True, example=_MONTH)
    says = "The billing month is before its cloud charged for anything"
    example = f"concat_ws(' ', {_MONTH}, 'of', x_Cloud)"
    yield _Check(fill(_BEFORE.format(_MONTH)), says, is_error=True, example=example)
    late = fill(_LATE, month=exp.Literal.string(f"{period}-01T00:00:00Z"))
    yield _Check(late, f"The usage is of after {period}, in which it is billed,", is_error=True)


def _unread() -> _Check:
    return _Check(fill("x_Cloud = 'other'"), "No known cloud is named, so that meters are not read,")


def _of_a_month(zone: str) -> exp.Expr:
    return fill(_OF_A_MONTH, zone=exp.Literal.string(zone))


def _amount_checks() -> Iterator[_Check]:
    code = fill("BillingCurrency not in $codes", codes=_texts(currencies()))
    yield _Check(code, "BillingCurrency is not an ISO 4217 code", is_error=True, example="BillingCurrency")
    for price, cost in (("ContractedUnitPrice", "ContractedCost"), ("ListUnitPrice", "ListCost")):
        wrong = fill(_MISPRICED, price=_column(price), cost=_column(cost))
        yield _Check(wrong, f"{cost} is not {price} times PricingQuantity", money=cost)
    for quantity in ("ConsumedQuantity", "PricingQuantity"):
        wrong = fill(_NEGATIVE, quantity=_column(quantity))
        yield _Check(wrong, f"{quantity} is below 0 without a correction")


def _sentence(connection: duckdb.DuckDBPyConnection, table: str, check: _Check, count: int) -> str:
    rows = exp.select().from_(_name(table)).where(check.wrong)
    shown = rows.select(fill(f"cast({check.example} as varchar)")).distinct().order_by("1").limit(_EXAMPLES)
    sums = rows.select("BillingCurrency", f"sum({check.money})").group_by("1").order_by("1 nulls last")
    examples = [example for (example,) in _rows(connection, shown)]
    return _text(check.says, count, examples, f"their {check.money} is {_amounts(_rows(connection, sums))}")


def _copies(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """A warning about rows that are the same in every column.

    Rows without money are left out: clouds repeat those. Some repeat rows with money too (Google Cloud's
    differ only in when they were exported), so that it is not an error.
    """
    return _told(connection, _repeated(table, focus_columns()), "Every column is that of another row")


def _copies_with_other_tags(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The same of rows that differ in tags alone, if most have such a copy: some resources cost the same."""
    copies = _repeated(table, [name for name in focus_columns() if name != "Tags"])
    charged = exp.select("count(*)").from_(_name(table)).where(_CHARGED)
    [(repeated,)] = _rows(connection, exp.select("coalesce(sum(copies + 1), 0)").from_(copies))
    [(rows,)] = _rows(connection, charged)
    if not repeated or repeated * _OF < rows * _MOST:
        return []
    return _told(connection, copies, "Every column but Tags is that of another row")


def _repeated(table: str, names: Iterable[str]) -> exp.Subquery:
    """The rows with money that are the same in columns, once, with how many more there are."""
    return (
        exp.select("any_value(BillingCurrency) as currency", "any_value(BilledCost) as cost")
        .select("count(*) - 1 as copies", exp.alias_(fill(f"any_value({_ROW})"), "example"))
        .from_(_name(table))
        .where(_CHARGED)
        .group_by(call("hash", *map(_column, names)))
        .having("count(*) > 1")
        .subquery("repeated")
    )


def _told(connection: duckdb.DuckDBPyConnection, copies: exp.Subquery, says: str) -> list[str]:
    sums = exp.select("currency", "sum(copies * cost)", "sum(copies)").from_(copies)
    by_currency = _rows(connection, sums.group_by("1").order_by("1 nulls last"))
    if not by_currency:
        return []
    shown = exp.select("example").distinct().from_(copies).order_by("1").limit(_EXAMPLES)
    examples = [example for (example,) in _rows(connection, shown)]
    count = sum(int(copies) for *_, copies in by_currency)
    money = _amounts([(currency, cost) for currency, cost, _ in by_currency])
    return [_text(says, count, examples, f"their BilledCost is {money}")]


def _text(says: str, count: int, examples: Sequence[str | None], money: str) -> str:
    shown = ", ".join(repr(shortened(example)) for example in examples if example)
    return f"{says} on {counted(count, 'row')}{f', such as {shown}' if shown else ''}; {money}."


def _amounts(sums: Sequence[tuple[str | None, Decimal | None]]) -> str:
    """Sums by currency, in words."""
    known = [(amount, currency or "(no currency)") for currency, amount in sums if amount is not None]
    return ", ".join(f"{amount.normalize():f} {currency}" for amount, currency in known) or "unknown"


def _rows(connection: duckdb.DuckDBPyConnection, select: exp.Select) -> list[Any]:
    return connection.execute(select.sql("duckdb")).fetchall()


def _name(table: str) -> exp.Table:
    return exp.table_(table, quoted=True)


def _texts(values: Iterable[str]) -> exp.Tuple:
    return exp.Tuple(expressions=[exp.Literal.string(value) for value in sorted(values)])


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)

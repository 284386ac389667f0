"""Says what a delivery lacks of the load that it would replace, which may be all but a part of the month.

A manifest tells what a month has. Files without one tell nothing, so they are compared with what is loaded.
Credits, refunds and corrections make a sum smaller and take nothing away: what counts are the charges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import exact_sum, plain
from costs.focus.alike import METER, SPELLED
from costs.focus.sql import fill
from costs.load.incomplete import LAST_DAY
from costs.load.report import amounts
from costs.models import CostLoad
from costs.store.base import Doubt
from costs.store.engine import stored
from costs.store.files import Written
from costs.wording import counted, quoted

# Of money, less is not all of it: restatements change some of a month's charges.
_LEAST = Decimal("0.5")
# A loss of less of its currency is no reason to refuse a month.
_LITTLE = Decimal("0.01")
_NAMED = {"ServiceName": "service", "RegionId": "region", "ChargeCategory": "charge category"}
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"
# A charge that others take back in part, by the day: how long charges last changes nothing.
_CHARGE = (_DAY, METER, "ServiceName", "RegionId", "ChargeCategory", "ChargeClass")

# The cloud, the billing account and the account, spelled alike.
_Account = tuple[str, str, str]
_Value = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lost:
    """What a delivery lacks.

    Args:
        errors: why it may not replace the load, as sentences.
        doubts: what may be wrong if it does.
    """

    errors: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Charged:
    """What an account was charged in a currency, whatever credits took back.

    Args:
        name: the account, as spelled.
        least: the charges of which something is left once the same day's and meter's are added up.
        most: all that are above 0.
    """

    name: str
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class _Month:
    """What a file has of a month.

    Args:
        days: those with usage that costs something.
        accounts: what each was charged, by currency.
        values: the services, regions and charge categories, with their money if any.
    """

    days: frozenset[date]
    accounts: Mapping[_Account, Mapping[str, _Charged]]
    values: Mapping[_Value, Mapping[str, Decimal]]

    def charged(self, currency: str, amount: Callable[[_Charged], Decimal]) -> Decimal:
        found = (sums[currency] for sums in self.accounts.values() if currency in sums)
        return exact_sum(map(amount, found))

    def currencies(self) -> set[str]:
        return {currency for sums in self.accounts.values() for currency in sums}


def compare(connection: duckdb.DuckDBPyConnection, new: Written, old: CostLoad, file: Path | None) -> Lost:
    """What a file lacks of the load that it would replace.

    Args:
        connection: a session in UTC that may read both.
        new: the file.
        old: the load.
        file: of the load; None if that is missing.
    """
    try:
        before = _month(connection, file) if file else None
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        before = None
    if before is None:
        says = f"Load {old.pk} cannot be read, so nothing tells whether this has all of the month."
        return Lost(doubts=[Doubt(says)])
    after = _month(connection, new.path)
    found = next(chain(_days(before, after), _accounts(before, after), _money(before, after)), "")
    errors = [_refusal(found, new, old)] if found else []
    return Lost(errors, [*_little(before, after), *_values(before, after, old), *_still(after, old)])


def _refusal(found: str, new: Written, old: CostLoad) -> str:
    month = f"--source {old.source_id} --period {old.billing_period}"
    here, loaded = f"{counted(new.rows, 'row')}, {amounts(new.billed)}", amounts(old.billed_by_currency)
    return (
        f"The files have {found} ({here} instead of {counted(old.rows, 'row')}, {loaded}), so they seem to "
        f"be a part of the month, which would replace the whole. Export all of it; or, if it is right, run "
        f"load_costs {month} --withdraw and then load_costs {month}."
    )


def _days(before: _Month, after: _Month) -> Iterator[str]:
    if gone := sorted(before.days - after.days):
        such_as = f"{gone[0]} to {gone[-1]}" if len(gone) > 1 else f"{gone[0]}"
        of = counted(len(before.days), "day")
        yield f"no usage on {len(gone)} of {of} that are loaded with usage, {such_as}"


def _accounts(before: _Month, after: _Month) -> Iterator[str]:
    """An account that has rows has its charges, whatever their sum."""
    if gone := sorted(before.accounts.keys() - after.accounts.keys()):
        name = next(iter(before.accounts[gone[0]].values())).name
        of = counted(len(before.accounts), "account")
        yield f"no charges of {len(gone)} of {of} that are loaded, such as {quoted(name)}"


def _money(before: _Month, after: _Month) -> Iterator[str]:
    for currency in sorted(before.currencies()):
        if currency not in after.currencies():
            yield f"no charges in {currency or 'no currency'}, which are loaded"
        had, has = before.charged(currency, _least), after.charged(currency, _most)
        if has < _LEAST * had:
            yield _less(f"charges in {currency}", has, had)
    for says, is_little in _accounts_with_less(before, after):
        if not is_little:
            yield says


def _accounts_with_less(before: _Month, after: _Month) -> Iterator[tuple[str, bool]]:
    """The accounts that lost most of their charges, and whether that is little of the currency."""
    for account, sums in sorted(before.accounts.items()):
        for currency, charged in sums.items():
            now = after.accounts.get(account, {}).get(currency)
            has = now.most if now else Decimal(0)
            if has < _LEAST * charged.least:
                lost, all_ = charged.least - has, before.charged(currency, _least)
                what = f"charges of account {quoted(charged.name)} in {currency}"
                yield _less(what, has, charged.least), lost < _LITTLE * all_


def _less(what: str, has: Decimal, had: Decimal) -> str:
    return f"less than half of the {what}, {plain(has)} instead of {plain(had)} before credits"


def _little(before: _Month, after: _Month) -> Iterator[Doubt]:
    for says, is_little in _accounts_with_less(before, after):
        if is_little:
            yield Doubt(f"The files have {says}.")


def _values(before: _Month, after: _Month, old: CostLoad) -> Iterator[Doubt]:
    """The services, regions and categories with money of which nothing is left."""
    month = f"--source {old.source_id} --period {old.billing_period}"
    for (column, value), billed in sorted(before.values.items()):
        if billed and (column, value) not in after.values:
            says = (
                f"There are no more charges of {_NAMED[column]} {quoted(value)}, of which load {old.pk} had "
                f"{amounts(billed)}. If that is wrong, export the month whole; if it is right, load_costs "
                f"{month} --withdraw and then load_costs {month} end this doubt."
            )
            yield Doubt(says, lost=f"{column}:{value}")


def _still(after: _Month, old: CostLoad) -> Iterator[Doubt]:
    """What the load lacked of the one before it, and this lacks too."""
    have = {f"{column}:{value}" for column, value in after.values}
    for doubt in old.doubts:
        if doubt.get("lost") and doubt["lost"] not in have:
            yield Doubt(**doubt)


def _least(charged: _Charged) -> Decimal:
    return charged.least


def _most(charged: _Charged) -> Decimal:
    return charged.most


def _month(connection: duckdb.DuckDBPyConnection, file: Path) -> _Month:
    rows = stored(connection, [str(file)]).subquery("charges")
    return _Month(_usage(connection, rows), _by_account(connection, rows), _by_value(connection, rows))


def _usage(connection: duckdb.DuckDBPyConnection, rows: exp.Subquery) -> frozenset[date]:
    """A charge of several days has usage on each."""
    select = exp.select(fill(_DAY), fill(LAST_DAY)).distinct().from_(rows)
    select = select.where("ChargeCategory = 'Usage' and BilledCost <> 0")
    spans = connection.execute(select.sql("duckdb")).fetchall()
    return frozenset(a + timedelta(days=n) for a, b in spans for n in range((b - a).days + 1))


def _by_account(
    connection: duckdb.DuckDBPyConnection, rows: exp.Subquery
) -> Mapping[_Account, Mapping[str, _Charged]]:
    names = ("BillingAccountId", "SubAccountId")
    spelled = (fill(f"coalesce({SPELLED}, '')", account=exp.column(name)) for name in names)
    columns = [exp.alias_(each, name) for each, name in zip(spelled, ("billing", "account"), strict=True)]
    charges = (
        exp.select("coalesce(x_Cloud, '') as cloud", *columns, "coalesce(BillingCurrency, '') as currency")
        .select("min(coalesce(SubAccountId, BillingAccountId, '')) as name", "sum(BilledCost) as net")
        .select("sum(greatest(BilledCost, 0)) as most")
        .from_(rows)
        .group_by("1", "2", "3", "4", *map(fill, _CHARGE))
    )
    select = (
        exp.select(
            "cloud", "billing", "account", "currency", "min(name)", "sum(greatest(net, 0))", "sum(most)"
        )
        .from_(charges.subquery("by_charge"))
        .group_by("1", "2", "3", "4")
        .order_by("1", "2", "3", "4")
    )
    found: dict[_Account, dict[str, _Charged]] = {}
    for *of, currency, name, least, most in connection.execute(select.sql("duckdb")).fetchall():
        cloud, billing, account = of
        charged = _Charged(name, least or Decimal(0), most or Decimal(0))
        found.setdefault((cloud, billing, account), {})[currency] = charged
    return found


def _by_value(
    connection: duckdb.DuckDBPyConnection, rows: exp.Subquery
) -> Mapping[_Value, Mapping[str, Decimal]]:
    found: dict[_Value, dict[str, Decimal]] = {}
    for column in _NAMED:
        select = (
            exp.select(
                column, "coalesce(BillingCurrency, '')", "sum(BilledCost)", "count_if(BilledCost <> 0)"
            )
            .from_(rows)
            .where(f"{column} is not null")
            .group_by("1", "2")
            .order_by("1", "2")
        )
        for value, currency, billed, count in connection.execute(select.sql("duckdb")).fetchall():
            money = found.setdefault((column, value), {})
            if count:
                money[currency] = billed
    return found

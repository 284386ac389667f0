"""What restates a month replaces it; what lost a part of it does not, or is doubted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.load.lost import Lost, compare
from costs.models import CostLoad
from costs.store.files import Written
from tests.costs.bills import OCTOBER, Row, charge, write_bill
from tests.costs.focus.test_alike import daily, hourly, monthly
from tests.costs.loaded import Origin, cast_into, session

Rows = Sequence[Row]
DAYS = daily("1")


def written(folder: Path, rows: Rows, name: str) -> Written:
    bill = write_bill(folder, OCTOBER, rows, name=f"{name}.csv")
    cast_into(f"read_csv('{bill}', all_varchar = true, header = true)", Origin("aws"))
    path = folder / f"{name}.parquet"
    session().execute(f"copy t to '{path}' (format parquet)")
    billed: dict[str, Decimal] = {}
    for row in rows:
        currency = row["BillingCurrency"]
        billed[currency] = billed.get(currency, Decimal(0)) + Decimal(row["BilledCost"])
    return Written(path, len(rows), billed, {}, "", {})


def lost(before: Rows, after: Rows) -> Lost:
    with TemporaryDirectory() as name:
        folder = Path(name)
        had, has = written(folder, before, "before"), written(folder, after, "after")
        billed = {currency: str(amount) for currency, amount in had.billed.items()}
        old = CostLoad(id="old", source_id="bills", billing_period=OCTOBER, rows=had.rows, billed=billed)
        return compare(session(), has, old, had.path)


def anew(rows: Rows, **changes: str) -> list[dict[str, str]]:
    return [{**row, **changes} for row in rows]


REFUND = anew(DAYS, BilledCost="-1", ChargeClass="Correction")
CREDIT = charge("-30", ChargeCategory="Credit")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DAYS, anew(DAYS, BilledCost="0.95")),
        (DAYS, [*DAYS, CREDIT]),
        (DAYS, [*DAYS, charge("-31", ChargeCategory="Credit")]),
        (DAYS, [*DAYS, *REFUND]),
        (DAYS, [*DAYS, *anew(REFUND, ChargeClass="")]),
        ([*DAYS, *REFUND], DAYS),
        (anew(DAYS, BilledCost="24"), hourly()),
        (hourly(), anew(DAYS, BilledCost="24")),
        (anew(DAYS, BilledCost="24"), monthly()),
        (DAYS[:10], DAYS),
        (DAYS, [*DAYS, charge("-2")]),
        (DAYS, anew(DAYS, Tags='{"team": "new"}')),
        (DAYS, anew(DAYS, BillingAccountId="1111-2222-3333", SubAccountId="4444-5555-6666")),
        ([*DAYS[:-10], *anew(DAYS[-10:], BilledCost="0")], DAYS[:-10]),
    ],
    ids=[
        "5 % less",
        "a credit",
        "a credit of all",
        "refunded",
        "refunded as usage",
        "not refunded",
        "by the hour",
        "by the day",
        "by the month",
        "grown",
        "negative usage",
        "a tag",
        "spelled with dashes",
        "days that cost nothing",
    ],
)
def test_a_restatement_is_right(before: Rows, after: Rows) -> None:
    found = lost(before, after)
    assert (found.errors, found.doubts) == ([], [])


EUROS = anew(DAYS, BillingCurrency="EUR", BilledCost="1000")
PURCHASE = charge("1000", ChargeCategory="Purchase")
OTHER = anew(DAYS, SubAccountId="777788889999", BilledCost="9")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ([*DAYS, *EUROS], DAYS, "no charges in EUR, which are loaded"),
        ([*DAYS, *anew(EUROS, BilledCost="-1")], DAYS, "no charges in EUR, which are loaded"),
        ([*DAYS, PURCHASE], DAYS, "less than half of the charges in USD, 31 instead of 1031 before credits"),
        (
            [*DAYS, *anew(DAYS, BilledCost="99")],
            DAYS,
            "less than half of the charges in USD, 31 instead of 3100",
        ),
        ([*DAYS, *OTHER], [*DAYS, *anew(OTHER, BilledCost="0.0001")], "less than half of the charges in USD"),
        (
            [*anew(DAYS, BilledCost="20"), *OTHER],
            [*anew(DAYS, BilledCost="20"), *anew(OTHER, BilledCost="0.0001")],
            'less than half of the charges of account "777788889999" in USD, 0.0031 instead of 279',
        ),
        ([*DAYS, *OTHER], DAYS, 'no charges of 1 of 2 accounts that are loaded, such as "777788889999"'),
        (DAYS, DAYS[20:], "no usage on 20 of 31 days that are loaded with usage, 2026-10-01 to 2026-10-20"),
    ],
    ids=[
        "currency",
        "credits of a currency",
        "purchase",
        "money",
        "most",
        "money of an account",
        "account",
        "days",
    ],
)
def test_what_lost_most_of_its_money_is_refused(before: Rows, after: Rows, says: str) -> None:
    [error] = lost(before, after).errors
    assert says in error
    assert "--period 2026-10 --withdraw and then load_costs" in error


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ({"RegionId": "eu-west-1"}, 'region "eu-west-1", of which load old had 3 USD'),
        ({"ServiceName": "Amazon S3"}, 'service "Amazon S3"'),
        ({"ChargeCategory": "Tax"}, 'charge category "Tax"'),
        (
            {"ChargeCategory": "Credit", "BilledCost": "-30"},
            'charge category "Credit", of which load old had -30 USD',
        ),
    ],
)
def test_a_part_of_which_nothing_is_left_is_doubted(gone: dict[str, str], says: str) -> None:
    found = lost([*DAYS, {**charge("3"), **gone}], DAYS)
    assert found.errors == []
    [doubt] = found.doubts
    assert f"There are no more charges of {says}" in doubt.says
    assert "--withdraw and then load_costs" in doubt.says


def test_a_small_account_that_lost_its_money_is_doubted() -> None:
    found = lost(
        [*anew(DAYS, BilledCost="1000"), *OTHER],
        [*anew(DAYS, BilledCost="1000"), *anew(OTHER, BilledCost="1")],
    )
    assert found.errors == []
    assert 'less than half of the charges of account "777788889999"' in found.doubts[0].says


@settings(max_examples=15)
@given(
    costs=st.lists(st.integers(1, 10**6), min_size=2, max_size=6),
    kept=st.integers(0, 200),
    currency=st.sampled_from(["USD", "EUR"]),
)
def test_a_currency_is_refused_exactly_if_less_than_half_of_its_charges_are_left(
    costs: list[int], kept: int, currency: str
) -> None:
    rows = [{**daily(str(cost), [day])[0], "BillingCurrency": currency} for day, cost in enumerate(costs, 1)]
    after = [{**row, "BilledCost": str(Decimal(row["BilledCost"]) * kept / 100)} for row in rows]
    is_refused = bool(lost([*DAYS, *rows], [*DAYS, *after]).errors)
    had = sum(costs) + (31 if currency == "USD" else 0)
    has = Decimal(sum(costs) * kept) / 100 + (31 if currency == "USD" else 0)
    assert is_refused is (has * 2 < had)

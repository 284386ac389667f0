from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from costs.focus.checks import Findings, check
from costs.focus.columns import columns
from tests.costs.loaded import Origin, cast_into, session
from tests.costs.providers.writers import rows, write_csv

GOOD = {
    "BilledCost": "2",
    "BillingAccountId": "a",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-05-01",
    "BillingPeriodEnd": "2026-06-01",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-05-03",
    "ChargePeriodEnd": "2026-05-04",
    "ContractedCost": "2",
    "ContractedUnitPrice": "0.5",
    "EffectiveCost": "2",
    "InvoiceIssuerName": "AWS",
    "ListCost": "3",
    "ListUnitPrice": "0.75",
    "PricingQuantity": "4",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceName": "Amazon Bedrock",
    "ServiceProviderName": "AWS",
    "SkuMeter": "meter",
}


@pytest.fixture(scope="module", autouse=True)
def _good_row() -> None:
    values = ", ".join(f"'{value}' as {name}" for name, value in GOOD.items())
    cast_into(f"(select {values})", Origin("aws"))
    session().execute("create or replace table good as from t")


NOW = datetime(2026, 6, 10, tzinfo=UTC)


def checked(*changes: dict[str, str | None], period: str = "2026-05") -> Findings:
    """What is found in rows that are good but for their changes."""
    session().execute("create or replace table t as from good limit 0")
    for number, change in enumerate(changes):
        values: dict[str, Any] = {"ResourceId": str(number), **change}
        changed = ", ".join(f"cast(? as {columns()[name].kind.value}) as {name}" for name in values)
        sql = f"insert into t select * replace ({changed}) from good"  # noqa: S608
        session().execute(sql, list(values.values()))
    return check(session(), "t", period, now=NOW)


def test_good_rows_have_no_findings() -> None:
    assert checked({}, {}) == Findings([], [])


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_made_up_bills_of_three_clouds_have_no_findings(provider: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(provider, "1.3", 300))
    cast_into(f"read_csv('{path}', all_varchar = true, header = true)")
    assert check(session(), "t", "2026-05") == Findings([], [])


def test_no_rows_are_an_error() -> None:
    assert checked() == Findings(["There are no rows of 2026-05."])


def test_what_would_make_figures_wrong_is_an_error() -> None:
    found = checked(
        {},
        {"BilledCost": None},
        {"BillingCurrency": None},
        {"ChargeCategory": "Fee"},
        {"BillingPeriodStart": "2026-04-01", "BillingPeriodEnd": "2026-05-01"},
        {"ChargePeriodStart": "1970-01-01"},
        {"ChargePeriodEnd": "9999-01-01"},
        {"BillingPeriodEnd": "2026-04-01"},
        {"ChargePeriodEnd": "2026-05-02"},
        {"BillingCurrency": "usd"},
        {"BillingCurrency": "ABC"},
    )
    assert found.errors == [
        "BilledCost is missing on 1 row, such as 'meter on 2026-05-03'; their BilledCost is unknown.",
        (
            "BillingCurrency is missing on 1 row, such as 'meter on 2026-05-03'; "
            "their BilledCost is 2 (no currency)."
        ),
        (
            "ChargeCategory has a value that FOCUS does not allow on 1 row, such as 'Fee'; "
            "their BilledCost is 2 USD."
        ),
        "BillingPeriodStart is not in 2026-05 on 1 row, such as '2026-04'; their BilledCost is 2 USD.",
        (
            "The charge period is years away from 2026-05 on 2 rows, such as 'meter on 1970-01-01', "
            "'meter on 2026-05-03'; their BilledCost is 4 USD."
        ),
        (
            "The billing period is not one calendar month in UTC on 1 row, such as "
            "'2026-05-01 00:00:00+00 to 2026-04-01 00:00:00+00'; their BilledCost is 2 USD."
        ),
        (
            "The charge period ends before it starts on 1 row, such as 'meter on 2026-05-03'; "
            "their BilledCost is 2 USD."
        ),
        (
            "BillingCurrency is not an ISO 4217 code on 2 rows, such as 'ABC', 'usd'; "
            "their BilledCost is 2 ABC, 2 usd."
        ),
    ]
    assert found.warnings == []


@pytest.mark.parametrize(
    ("start", "end", "cloud"),
    [
        ("2026-05-15", "2026-06-15", "azure"),
        ("2026-05-01", "2027-06-01", "aws"),
        ("2026-05-01", "2026-05-31", "aws"),
        ("2026-05-01", "2026-05-01", "aws"),
        ("2026-05-01T00:00:00-07:00", "2026-06-01T00:00:00-07:00", "aws"),
        ("2026-05-01T00:00:00-08:00", "2026-06-01T00:00:00-08:00", "gcp"),
        ("2026-05-01T00:00:00-07:00", "2026-06-01T00:00:00Z", "gcp"),
    ],
)
def test_a_billing_period_that_is_not_one_month_is_an_error(start: str, end: str, cloud: str) -> None:
    found = checked({}, {"BillingPeriodStart": start, "BillingPeriodEnd": end, "x_Cloud": cloud})
    [error] = found.errors
    assert error.startswith("The billing period is not one calendar month in UTC on 1 row, such as '2026-05-")


def test_a_month_of_google_cloud_may_be_one_of_pacific_time() -> None:
    may = {"BillingPeriodStart": "2026-05-01T00:00:00-07:00", "BillingPeriodEnd": "2026-06-01T00:00:00-07:00"}
    march = {
        "BillingPeriodStart": "2026-03-01T00:00:00-08:00",
        "BillingPeriodEnd": "2026-04-01T00:00:00-07:00",
        "ChargePeriodStart": "2026-03-31T23:00:00-07:00",
    }
    assert checked({**may, "x_Cloud": "gcp"}, {"x_Cloud": "gcp"}).errors == []
    assert checked({**march, "x_Cloud": "gcp"}, period="2026-03").errors == []


def of_month(month: str, ends: str, **changes: str) -> Findings:
    start, end = f"{month}-01", f"{ends}-01"
    charge = {"BillingPeriodStart": start, "BillingPeriodEnd": end, "ChargePeriodStart": start}
    return checked({**charge, "ChargePeriodEnd": end, **changes}, period=month)


def test_a_month_that_has_not_begun_is_an_error() -> None:
    assert of_month("2026-06", "2026-07").errors == []
    [error] = of_month("2026-07", "2026-08").errors
    assert error == (
        "The billing month has not begun by the clock of this machine, which says 2026-06-10, on 1 row, such "
        "as '2026-07'; their BilledCost is 2 USD."
    )
    assert "has not begun" in of_month("2926-05", "2926-06").errors[0]


@pytest.mark.parametrize(
    ("cloud", "before", "first"),
    [
        ("aws", ("2006-02", "2006-03"), ("2006-03", "2006-04")),
        ("gcp", ("2008-03", "2008-04"), ("2008-04", "2008-05")),
        ("azure", ("2010-01", "2010-02"), ("2010-02", "2010-03")),
        ("other", ("1970-01", "1970-02"), ("2006-03", "2006-04")),
    ],
)
def test_a_month_before_a_cloud_charged_for_anything_is_an_error(
    cloud: str, before: tuple[str, str], first: tuple[str, str]
) -> None:
    assert of_month(*first, x_Cloud=cloud).errors == []
    [error] = of_month(*before, x_Cloud=cloud).errors
    assert error == (
        "The billing month is before its cloud charged for anything on 1 row, such as "
        f"'{before[0]} of {cloud}'; their BilledCost is 2 USD."
    )


def test_usage_of_after_its_billing_month_is_an_error_but_a_purchase_is_none() -> None:
    later: dict[str, str | None] = {"ChargePeriodStart": "2029-05-03", "ChargePeriodEnd": "2029-05-04"}
    edge: dict[str, str | None] = {
        "ChargePeriodStart": "2026-06-01 13:00:00+00",
        "ChargePeriodEnd": "2026-06-03",
    }
    assert checked(edge, {**later, "ChargeCategory": "Purchase"}).errors == []
    [error] = checked({}, later).errors
    assert error.startswith(
        "The usage is of after 2026-05, in which it is billed, on 1 row, such as 'meter on"
    )


def test_a_column_that_the_source_never_fills_is_no_finding_unless_sums_are_made_of_it() -> None:
    found = checked({"ServiceCategory": None, "ListCost": None}, {"ServiceCategory": None})

    assert [warning.partition(",")[0] for warning in found.warnings] == ["ListCost is missing on 1 row"]


def test_what_is_only_suspicious_is_a_warning() -> None:
    found = checked(
        {},
        {"InvoiceIssuerName": None},
        {"ListCost": None},
        {"PricingCategory": "On-Demand"},
        {"ServiceCategory": None},
        {"ChargePeriodEnd": "2026-05-03"},
        {"ContractedCost": "2.03"},
        {"PricingQuantity": None, "ConsumedQuantity": "4000"},
        {"ListCost": "3000"},
        {"ConsumedQuantity": "-1"},
    )
    assert found.errors == []
    assert [warning.partition(",")[0] for warning in found.warnings] == [
        "InvoiceIssuerName is missing on 1 row",
        "ListCost is missing on 1 row",
        "PricingCategory has a value that FOCUS does not allow on 1 row",
        "ServiceCategory is missing on 1 row",
        "The charge period ends when it starts on 1 row",
        "ContractedCost is not ContractedUnitPrice times PricingQuantity on 2 rows",
        "ListCost is not ListUnitPrice times PricingQuantity on 2 rows",
        "ConsumedQuantity is below 0 without a correction on 1 row",
    ]


def test_what_bills_rightly_have_is_not_found() -> None:
    rightly: list[dict[str, str | None]] = [
        {"ContractedCost": "2.01"},  # the price is rounded
        {"PricingQuantity": None, "ConsumedQuantity": "4"},
        {"ContractedUnitPrice": None, "ListUnitPrice": None},
        {"ChargeCategory": "Tax", "ContractedCost": "9"},
        {"ChargeClass": "Correction", "ContractedCost": "-2", "ConsumedQuantity": "-4"},
        {"ChargePeriodStart": "2025-06-01", "ChargePeriodEnd": "2025-06-02"},  # billed late
        {"ChargeCategory": "Purchase", "ChargePeriodEnd": "2031-05-03"},  # for five years
        {"ServiceSubcategory": "Generative AI"},
    ]
    assert checked(*rightly) == Findings([], [])


def test_money_is_summed_by_currency() -> None:
    euros = {"ListCost": None, "BillingCurrency": "EUR", "BilledCost": "0.10"}
    found = checked({"ListCost": None}, euros)
    [warning] = found.warnings
    assert warning.endswith("on 2 rows, such as 'meter on 2026-05-03'; their BilledCost is 0.1 EUR, 2 USD.")


def test_examples_are_three_at_most() -> None:
    odd: list[dict[str, str | None]] = [{"PricingCategory": f"Odd {number}"} for number in range(9)]
    [warning] = checked(*odd).warnings
    assert "on 9 rows, such as 'Odd 0', 'Odd 1', 'Odd 2'; " in warning


def test_exact_copies_are_a_warning_with_the_money_that_they_add() -> None:
    same: dict[str, str | None] = {"ResourceId": "same"}
    found = checked(same, same, same, {"ResourceId": "other"})
    [warning] = found.warnings
    assert warning.startswith("Every column is that of another row on 2 rows, such as 'meter on 2026-05-03'")
    assert warning.endswith("their BilledCost is 4 USD.")


def test_copies_without_money_are_not_found() -> None:
    free: dict[str, str | None] = {"ResourceId": "same", "BilledCost": "0", "EffectiveCost": "0"}
    found = checked(free, free)
    assert not any("another row" in warning for warning in found.warnings)


def test_a_month_begins_at_most_a_time_zone_early() -> None:
    session().execute("create or replace table t as from good")
    for hour, is_ahead in ((9, True), (11, False)):
        found = check(session(), "t", "2026-05", now=datetime(2026, 4, 30, hour, tzinfo=UTC))
        assert any("has not begun" in error for error in found.errors) is is_ahead


@pytest.mark.parametrize(("others", "is_told"), [(0, True), (1, False)])
def test_rows_of_which_most_differ_from_another_in_tags_alone_are_told(others: int, is_told: bool) -> None:
    same: list[dict[str, str | None]] = [
        {"ResourceId": "r", "Tags": tags} for tags in (None, '{"team": "a"}')
    ]
    others_: list[dict[str, str | None]] = [{"ResourceId": f"{number}"} for number in range(2 * others)]
    found = checked(*same, *others_)
    assert bool(found.copies) is is_told
    assert not is_told or found.copies[0].startswith("Every column but Tags is that of another row on 1 row")

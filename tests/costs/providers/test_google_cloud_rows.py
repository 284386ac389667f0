from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from costs.errors import LoadError
from costs.focus.rounded import rounded
from costs.focus.unreadable import unreadable
from costs.providers.folder import FolderSource
from costs.providers.relations import as_written, relation
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import billed, load, session
from tests.costs.providers.writers import google_row, write_json, write_lines


def deliveries(root: Path) -> list[Delivery]:
    return list(FolderSource("gcp-main", root).deliveries())


def loaded(root: Path, **changes: Any) -> dict[str, Any]:
    """The one row of an export, in FOCUS columns."""
    write_lines(root / "rows.jsonl", [google_row(**changes)])
    [delivery] = deliveries(root)
    [row] = load(delivery)
    return row


def test_a_row_gets_the_names_of_focus(tmp_path: Path) -> None:
    row = loaded(tmp_path)
    filled = {name: value for name, value in row.items() if value is not None and name != "Tags"}
    assert filled == {
        "BilledCost": Decimal("0.3"),
        "BillingAccountId": "010101-F0FFF0-61C528",
        "BillingAccountType": "Billing Account",
        "BillingCurrency": "USD",
        "BillingPeriodEnd": datetime(2026, 6, 1, tzinfo=UTC),
        "BillingPeriodStart": datetime(2026, 5, 1, tzinfo=UTC),
        "ChargeCategory": "Usage",
        "ChargeDescription": "Gemini 2.5 Flash GA Text Input - Predictions",
        "ChargePeriodEnd": datetime(2026, 5, 3, 11, tzinfo=UTC),
        "ChargePeriodStart": datetime(2026, 5, 3, 10, tzinfo=UTC),
        "ConsumedQuantity": Decimal(1000000),
        "ConsumedUnit": "requests",
        "ContractedCost": Decimal("0.3"),
        "ContractedUnitPrice": Decimal("0.0000003"),
        "EffectiveCost": Decimal("0.3"),
        "HostProviderName": "Google Cloud",
        "InvoiceIssuerName": "Google Cloud",
        "ListCost": Decimal("0.3"),
        "ListUnitPrice": Decimal("0.0000003"),
        "PricingQuantity": Decimal(1000000),
        "PricingUnit": "count",
        "RegionId": "us-central1",
        "RegionName": "us-central1",
        "ResourceId": "//aiplatform.googleapis.com/x",
        "ResourceName": "gemini-2.5-flash",
        "ServiceName": "Vertex AI",
        "ServiceProviderName": "Google Cloud",
        "SkuId": "FDAB-647C-5A22",
        "SkuMeter": "Gemini 2.5 Flash GA Text Input - Predictions",
        "SubAccountId": "proj-a",
        "SubAccountName": "Project A",
        "SubAccountType": "Project",
        "x_Cloud": "gcp",
        "x_IsEstimate": False,
        "x_LoadId": "load-1",
        "x_Meter": "Gemini 2.5 Flash GA Text Input - Predictions",
        "x_PublisherName": "Google Cloud",
        "x_Source": "bills",
    }


def test_credits_are_taken_off_what_is_billed(tmp_path: Path) -> None:
    row = loaded(tmp_path, cost="1.5E-1", credits=[{"name": "a", "amount": "-0.05"}, {"amount": -5.28e-4}])
    assert (row["BilledCost"], row["EffectiveCost"]) == (Decimal("0.099472"), Decimal("0.099472"))
    assert (row["ContractedCost"], row["ListCost"]) == (Decimal("0.15"), Decimal("0.3"))


def rounding(root: Path, **changes: Any) -> list[str]:
    """What is said of the rounding of an export with one row."""
    write_lines(root / "rows.jsonl", [google_row(**changes)])
    [delivery] = deliveries(root)
    return rounded(session(), as_written(delivery))


def test_amounts_are_told_to_be_rounded_before_they_are_added_up(tmp_path: Path) -> None:
    credits_ = [{"amount": "-1.00000000000000000004"}, {"amount": "-0.5"}, {"amount": "-2E-19"}]

    assert rounding(tmp_path, cost="1.5E-19", cost_at_list="0.3", credits=credits_) == [
        (
            "Rounded to 18 decimals: BilledCost on 1 row (by at most 0.0000000000000000015 in all), "
            "ContractedCost on 1 row (by at most 0.0000000000000000005 in all), "
            "EffectiveCost on 1 row (by at most 0.0000000000000000015 in all)."
        )
    ]


@pytest.mark.parametrize(
    ("price", "quantity", "is_rounded"),
    [
        ("0.0000000000000000003", "1", True),
        ("0.000000000000003", "1000000", True),
        ("0.000000000003", "1000000", False),
        ("0.0000000000000000003", "730", False),  # a price per so many hours is not kept
    ],
)
def test_prices_are_told_to_be_rounded_before_and_after_they_are_of_one_unit(
    tmp_path: Path, price: str, quantity: str, *, is_rounded: bool
) -> None:
    told = rounding(tmp_path, price={"effective_price": price, "pricing_unit_quantity": quantity})

    assert [sentence.split(" (")[0] for sentence in told] == (
        ["Rounded to 18 decimals: ContractedUnitPrice on 1 row"] if is_rounded else []
    )


def test_labels_of_the_resource_win_over_those_of_its_project(tmp_path: Path) -> None:
    row = loaded(
        tmp_path,
        labels=[{"key": "team", "value": "search"}],
        project={"id": "p", "labels": [{"key": "team", "value": "all"}, {"key": "env", "value": "prod"}]},
        system_labels=[{"key": "compute.googleapis.com/cores", "value": "4"}],
    )
    assert json.loads(row["Tags"]) == {"team": "search", "env": "prod", "compute.googleapis.com/cores": "4"}


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"cost_type": "tax"}, "ChargeCategory", "Tax"),
        ({"cost_type": "rounding_error"}, "ChargeCategory", "Adjustment"),
        ({"cost_type": "new"}, "ChargeCategory", "new"),
        ({"cost_type": "tax", "cost_at_list": None}, "ListCost", Decimal("0.3")),
        ({"cost_at_list": None}, "ListCost", None),
        ({"adjustment_info": {"id": "x"}}, "ChargeClass", "Correction"),
        ({"adjustment_info": {"id": None}}, "ChargeClass", None),
        ({"project": None}, "SubAccountType", None),
        ({"price": None}, "ContractedUnitPrice", None),
        ({"price": {"effective_price": "0.3", "pricing_unit_quantity": "730"}}, "ContractedUnitPrice", None),
        (
            {"transaction_type": "THIRD_PARTY_RESELLER", "seller_name": "Anthropic"},
            "x_PublisherName",
            "Anthropic",
        ),
        ({"labels": None, "project": None, "system_labels": None}, "Tags", "{}"),
    ],
)
def test_fields_mean_what_the_export_says(tmp_path: Path, changes: Any, column: str, value: Any) -> None:
    assert loaded(tmp_path, **changes)[column] == value


def test_the_month_is_that_of_the_invoice_and_late_rows_belong_to_it(tmp_path: Path) -> None:
    late = google_row(usage_start_time="2026-04-30 23:00:00 UTC", usage_end_time="2026-05-01 00:00:00 UTC")
    april = google_row(invoice={"month": "202604"}, cost="7")
    write_lines(tmp_path / "a.jsonl", [late, april])
    write_lines(tmp_path / "b.ndjson.gz", [google_row()])
    first, second = deliveries(tmp_path)
    assert (first.period, second.period, first.layout) == ("2026-04", "2026-05", Layout.GOOGLE_CLOUD_ROWS)
    assert ([path.name for path in first.files], billed(first)) == (["a.jsonl"], Decimal(7))
    assert ([path.name for path in second.files], billed(second)) == (
        ["a.jsonl", "b.ndjson.gz"],
        Decimal("0.6"),
    )


def test_a_late_row_changes_the_revision_of_its_month_only(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [google_row(), google_row(invoice={"month": "202604"})])
    before = [delivery.revision for delivery in deliveries(tmp_path)]
    write_lines(tmp_path / "b.jsonl", [google_row(export_time="2026-06-02 00:00:00 UTC")])
    after = [delivery.revision for delivery in deliveries(tmp_path)]
    assert before[0] == after[0]
    assert before[1] != after[1]


@given(st.permutations(range(4)))
@hypothesis_settings(max_examples=4)
def test_the_order_and_the_names_of_files_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    for number in range(4):
        row = google_row(cost=str(number), export_time=f"2026-05-0{number + 1} 00:00:00 UTC")
        write_lines(one / f"{number}.jsonl", [row])
        write_lines(other / f"x{order[number]}.jsonl", [row])
    [[first], [second]] = [deliveries(one), deliveries(other)]
    assert first.revision == second.revision
    assert load(first) == load(second)


def test_a_json_array_is_read_like_lines(tmp_path: Path) -> None:
    write_json(tmp_path / "rows.json", [google_row(), google_row(cost="1")])
    [delivery] = deliveries(tmp_path)
    assert billed(delivery) == Decimal("1.3")


@pytest.mark.parametrize("changes", [{"cost": "much"}, {"credits": [{"amount": "-0.1"}, {"amount": "some"}]}])
def test_an_amount_that_is_none_stays_visible(tmp_path: Path, changes: Any) -> None:
    write_lines(tmp_path / "rows.jsonl", [google_row(**changes), google_row()])
    [delivery] = deliveries(tmp_path)
    [sentence, *_] = unreadable(session(), relation(delivery))
    assert sentence.startswith("1 value of BilledCost cannot be read as decimal(38,18), such as '")
    assert "in rows.jsonl" in sentence


@pytest.mark.parametrize("invoice", [{}, {"month": "May"}, {"month": "202613"}])
def test_rows_without_a_month_are_an_error(tmp_path: Path, invoice: Any) -> None:
    write_lines(tmp_path / "rows.jsonl", [google_row(invoice=invoice), google_row()])
    with pytest.raises(
        LoadError, match=r"The invoice.month is .* on 1 row of Google Cloud, such as in rows.jsonl"
    ):
        deliveries(tmp_path)


def test_a_broken_line_is_an_error(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "rows.jsonl", [google_row()])
    path.write_text(path.read_text() + '{"billing_account_id": \n')
    with pytest.raises(LoadError, match="cannot be read"):
        deliveries(tmp_path)


def test_the_same_rows_in_two_files_are_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [google_row()])
    (tmp_path / "b.jsonl").write_bytes(path.read_bytes())
    with pytest.raises(LoadError, match=r"a.jsonl and b.jsonl are the same file"):
        deliveries(tmp_path)


def test_a_damaged_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"x" * 9999)[:20])
    with pytest.raises(LoadError, match=r"a.jsonl.gz cannot be read"):
        deliveries(tmp_path)

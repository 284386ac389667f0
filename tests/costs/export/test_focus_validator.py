"""What focus-validator 2.2.1 says of our exports. It is right, but for what is named here."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from costs.export.export import Wanted
from tests.costs.export.exporting import load_rich, write
from tests.costs.whole_demo import loaded
from tests.harness.focus_validator import validate

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.one_database]

# Rules that have half of the condition that they state, so that rows fail which the sentence is not about.
FALSE_ALARMS = {
    "InvoiceId-C-004-C": "null if a charge is on no invoice: it is checked of all rows, so any invoice fails",
    "EffectiveCost-C-005-C": "0 if a purchase covers future charges: it is checked of all purchases",
    "CommitmentDiscountStatus-C-004-C": "not null for usage with a commitment: it is checked of rows without",
}
# All that the made-up bills have: those of AWS and Azure have no capacity reservations.
CRITERIA = (
    "ACCOUNT_NAMING_SUPPORTED",
    "AVAILABILITY_ZONE_SUPPORTED",
    "BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED",
    "COMMITMENT_DISCOUNT_SUPPORTED",
    "MULTIPLE_PRICING_CATEGORIES_SUPPORTED",
    "NEGOTIATED_PRICING_SUPPORTED",
    "PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED",
    "PUBLIC_PRICE_LIST_SUPPORTED",
    "REGION_SUPPORTED",
    "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED",
    "SUB_ACCOUNT_SUPPORTED",
    "TAGGING_SUPPORTED",
    "UNIT_PRICING_SUPPORTED",
    "USAGE_MEASUREMENT_SUPPORTED",
    "VIRTUAL_CURRENCY_SUPPORTED",
)
# Of its 578 rules, so that a file of which most are skipped does not pass.
ENOUGH = 300
# What the demo's bills do not say, as real ones of these clouds may not either. The export invents nothing,
# and names these columns.
GAPS_OF_THE_DEMO = {
    "BilledCost-C-005-C": 'a false alarm: 0 if a third party is paid, checked where the issuer "Amazon Web '
    'Services" is not spelled as the provider "AWS" is',
    "ChargeFrequency-C-002-M": "not null: the detailed export of Google Cloud has no frequency",
    "CostAndUsage-D-042-O": "recommended: no bill has a ServiceSubcategory",
    "InvoiceId-C-005-C": "a false alarm: not null if a charge is on an invoice; it is checked of all rows",
    "PricingUnit-C-003-O": 'units such as "1K tokens" are as AWS and Azure spell them',
    "ServiceCategory-C-002-M": "not null: the detailed export of Google Cloud has no category",
    "ServiceName-C-005-C": "one category a service: as above",
    "ServiceName-C-008-C": "one subcategory a service: as above",
    "ServiceSubcategory-C-001-M": "as above",
    "ServiceSubcategory-C-002-M": "as above",
}


def test_bills_that_have_all_that_focus_wants_are_accepted_but_for_false_alarms(tmp_path: Path) -> None:
    load_rich(tmp_path / "bills")
    write(tmp_path / "all.csv", Wanted(version="1.2", own=True))

    verdict = validate(tmp_path / "all.csv", *CRITERIA)

    assert verdict.failed.keys() == FALSE_ALARMS.keys(), verdict.failed
    assert verdict.passed > ENOUGH


def test_of_the_demo_it_finds_only_what_the_bills_do_not_say(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    with loaded(tmp_path / "lake", django_db_blocker):
        write(tmp_path / "demo.parquet", Wanted(version="1.2"))

    verdict = validate(tmp_path / "demo.parquet")

    assert verdict.failed.keys() == GAPS_OF_THE_DEMO.keys(), verdict.failed

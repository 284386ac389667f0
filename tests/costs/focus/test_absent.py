from __future__ import annotations

import pytest

from costs.focus.absent import absent
from tests.costs.providers.writers import rows


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_bills_of_three_clouds_lack_nothing(provider: str) -> None:
    assert absent(dict.fromkeys(rows(provider)[0], "VARCHAR")) == []


def test_columns_that_a_file_lacks_are_named_with_what_is_then_unknown() -> None:
    assert absent({"BilledCost": "VARCHAR", "pricingunit": "VARCHAR"}) == [
        "The files have no column Tags: no customer is known by a tag.",
        "The files have no column SubAccountId: costs have no account.",
        "The files have no column RegionId: costs have no region.",
        (
            "The files have no column ConsumedQuantity, ConsumedUnit or PricingQuantity: "
            "tokens and requests are unknown where no other column says how many."
        ),
        "The files have no column ChargeClass: corrections are not told from other charges.",
    ]


def test_labels_under_another_name_are_tags() -> None:
    assert not any("Tags" in sentence for sentence in absent({"x_Labels": "JSON"}))

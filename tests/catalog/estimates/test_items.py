from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.estimates.items import read_item
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.usage import Item


def test_texts_are_read_as_the_types_of_their_arguments() -> None:
    sent = {
        "resource": " n1-standard-4 ",
        "region": "us-central1",
        "quantity": "1e1",
        "hours": "",
        "gpu_count": "2.0",
        "local_ssds": None,
        "ha": "Yes",
        "label": "web",
    }

    assert read_item(sent) == ResourceRequest(
        resource="n1-standard-4",
        region="us-central1",
        quantity=Decimal(10),
        gpu_count=2,
        ha=True,
        label="web",
    )


def test_values_of_json_are_read_exactly() -> None:
    sent = {"sku_id": "22EB-AAE8-FBCD", "quantity": Decimal("0.1"), "unit": "TiB", "region": None}

    assert read_item(sent) == Item("22EB-AAE8-FBCD", Decimal("0.1"), "TiB")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (
            {"resource": "n2-standard-8", "regoin": "x"},
            "Unknown argument: 'regoin'. Send region for 'regoin'.",
        ),
        ({"resource": "a", "zzzz": 1}, "Unknown argument: 'zzzz'. There are: resource,"),
        ({"region": "us-central1"}, "An item has either a resource or a sku_id."),
        ({"resource": "a", "sku_id": "b"}, "An item has either a resource or a sku_id."),
        ({"resource": "a", "unit": "GiB"}, "unit goes with sku_id."),
        ({"sku_id": "a", "quantity": "1", "hours": "1"}, "hours goes with resource."),
        ({"sku_id": "a"}, "quantity is missing beside sku_id."),
        ({"resource": "a", "hours": "many"}, "hours: 'many' is not a quantity."),
        ({"resource": "a", "quantity": "-1"}, "quantity: A quantity must be a number from 0"),
        ({"resource": "a", "gpu_count": "1.5"}, "gpu_count: '1.5' is not a whole number."),
        ({"resource": "a", "ha": "perhaps"}, "ha: 'perhaps' is not true or false."),
        ({"resource": ["a"]}, r"resource: ['a'] is not a text."),
        ({"resource": "a", "quantity": True}, "quantity: True is not a number."),
    ],
)
def test_what_is_not_an_item_is_refused_with_what_to_send(sent: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_item(sent)

    assert f"{caught.value.message} {caught.value.hint}".startswith(says)


def test_a_lone_surrogate_becomes_a_question_mark_as_no_file_can_have_it() -> None:
    assert read_item({"resource": "e2-micro", "label": "a\ud800"}).label == "a?"

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from catalog.offers.resources.request import ResourceRequest
from tools import errors
from tools.prices_schema import (
    Arguments,
    CalculateArguments,
    CalculateItem,
    DetailsArguments,
    SearchArguments,
)


def _calculate(**item: Any) -> CalculateArguments:
    return CalculateArguments.model_validate({"items": [{"sku_id": "A", "quantity": 1} | item]})


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (730, "730"),
        (0.1, "0.1"),
        (1e17, "100000000000000000"),
        ("0.000000001", "0.000000001"),
        ("12345678901234567.890123456", "12345678901234567.890123456"),
    ],
)
def test_a_quantity_is_read_as_the_decimal_that_was_written(sent: object, read: str) -> None:
    assert _calculate(quantity=sent).items[0].quantity == Decimal(read)


@pytest.mark.parametrize(
    "sent",
    [
        True,
        [1, 2],
        {},
        "many",
        "NaN",
        "-1",
        -1,
        1e19,
        "1" * 41,
        pytest.param(10**5000, id="huge"),
        float("inf"),
    ],
)
def test_an_invalid_quantity_is_refused_by_its_path(sent: object) -> None:
    with pytest.raises(ValidationError) as caught:
        _calculate(quantity=sent)

    error = errors.from_validation_error(caught.value, CalculateArguments)
    assert error["code"] == "invalid_argument"
    assert error["message"].startswith("items[0].quantity: ")


@pytest.mark.parametrize("sent", [None, [], ""])
def test_a_sku_without_a_quantity_is_refused(sent: object) -> None:
    with pytest.raises(ValidationError) as caught:
        _calculate(quantity=sent)

    error = errors.from_validation_error(caught.value, CalculateArguments)
    assert error["message"] == "items[0]: needs quantity beside sku_id."


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "items[0]: needs either sku_id or resource."),
        ({"sku_id": "A", "resource": "n2-standard-8"}, "items[0]: needs either sku_id or resource."),
        ({"sku_id": "A", "quantity": 1, "hours": 2, "ha": True}, "items[0]: ha, hours goes with resource."),
        ({"resource": "n2-standard-8", "unit": "h"}, "items[0]: unit goes with sku_id."),
    ],
)
def test_an_item_is_of_a_sku_or_of_a_resource(sent: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CalculateArguments.model_validate({"items": [sent]})

    assert errors.from_validation_error(caught.value, CalculateArguments)["message"] == says


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"resource": "n2-standard-8"}, ResourceRequest(resource="n2-standard-8")),
        (
            {
                "resource": "n2-standard-8",
                "sku_id": None,
                "quantity": "3",
                "gpu": "",
                "hours": 100,
                "ha": "no",
            },
            ResourceRequest(resource="n2-standard-8", quantity=Decimal(3), hours=Decimal(100)),
        ),
    ],
)
def test_a_resource_has_the_defaults_of_what_is_left_out(
    sent: dict[str, object], read: ResourceRequest
) -> None:
    [item] = CalculateArguments.model_validate({"items": [sent]}).items

    assert item.request() == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)),
        (" 2026-11-20 ", datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)),
        ("20261120", datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)),
        ("0001-01-01", datetime(1, 1, 1, 23, 59, 59, 999999, UTC)),
        ("2026-11-20T12:00:00Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00+02:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_as_of_is_read_in_utc_and_a_date_means_the_end_of_that_day(sent: str, read: datetime) -> None:
    assert DetailsArguments.model_validate({"sku_ids": ["A"], "as_of": sent}).as_of == read


@pytest.mark.parametrize(
    ("kind", "sent", "says"),
    [
        (SearchArguments, {"q": "n2"}, "unknown argument: q."),
        (SearchArguments, {"month": 1}, "unknown argument: month."),
        (SearchArguments, {"regoin": "x"}, "unknown argument: regoin (did you mean region?)."),
        (SearchArguments, {"limit": 51}, "limit: must be at most 50."),
        (SearchArguments, {"limit": "0"}, "limit: must be at least 1."),
        (SearchArguments, {"limit": "ten"}, "limit: must be a whole number."),
        (SearchArguments, {"limit": "10.5"}, "limit: must be a whole number."),
        (SearchArguments, {"limit": True}, "limit: must be a whole number."),
        (SearchArguments, {"kind": "prices"}, "kind: must be 'all', 'skus' or 'services'."),
        (SearchArguments, {"response_format": "all"}, "response_format: must be 'concise' or 'detailed'."),
        (SearchArguments, {"query": "x" * 201}, "query: must have at most 200 characters."),
        (SearchArguments, {"query": {}}, "query: must be a text."),
        (SearchArguments, {"region": "x" * 501}, "region: must have at most 500 characters."),
        (SearchArguments, {"region": ["us", "eu"]}, "region: must be a text."),
        (DetailsArguments, {}, "send 1 to 20 sku_ids and resources together, not 0."),
        (DetailsArguments, {"sku_ids": []}, "send 1 to 20 sku_ids and resources together, not 0."),
        (
            DetailsArguments,
            {"sku_ids": ["A"] * 11, "resources": ["e2-micro"] * 10},
            "send 1 to 20 sku_ids and resources together, not 21.",
        ),
        (
            DetailsArguments,
            {"resources": ["e2-micro"] * 21},
            "resources: must have at most 20 items, not 21.",
        ),
        (DetailsArguments, {"resources": ["x" * 201]}, "resources[0]: must have at most 200 characters."),
        (DetailsArguments, {"sku_ids": ["A"] * 21}, "sku_ids: must have at most 20 items, not 21."),
        (DetailsArguments, {"sku_ids": [""]}, "sku_ids[0]: must have at least 1 character."),
        (DetailsArguments, {"sku_ids": ["A", None]}, "sku_ids[1]: must be a text."),
        (DetailsArguments, {"sku_ids": '["A"'}, "sku_ids: must be a list."),
        (DetailsArguments, {"sku_ids": "[" * 100_000}, "sku_ids: must be a list."),
        (DetailsArguments, {"sku_ids": ["A"], "history": "maybe"}, "history: must be true or false."),
        (DetailsArguments, {"sku_ids": ["A"], "history": 2}, "history: must be true or false."),
        (
            DetailsArguments,
            {"sku_ids": ["A"], "as_of": "2026-W48"},
            "as_of: must be a day, not a week: give YYYY-MM-DD.",
        ),
        (DetailsArguments, {"sku_ids": ["A"], "as_of": "2026-02-30"}, "as_of: 2026-02-30 does not exist."),
        (
            DetailsArguments,
            {"sku_ids": ["A"], "as_of": "9999-12-31T23:59:59-10:00"},
            "as_of: must be between the years 1 and 9999 in UTC.",
        ),
        (
            DetailsArguments,
            {"sku_ids": ["A"], "as_of": 1795176000},
            "as_of: must be a date or time in ISO 8601, such as 2026-11-20.",
        ),
        (
            DetailsArguments,
            {"sku_ids": ["A"], "as_of": "yesterday"},
            "as_of: must be a date or time in ISO 8601, such as 2026-11-20.",
        ),
        (
            CalculateArguments,
            {"items": [{"sku_id": "A", "quantity": 1, "zzzz": 2}]},
            "unknown argument: items[0].zzzz.",
        ),
        (CalculateArguments, {"items": [{"quantity": 1}]}, "items[0]: needs either sku_id or resource."),
        (CalculateArguments, {"items": ["A"]}, "items[0]: must be an object."),
        (
            CalculateArguments,
            {"items": [{"sku_id": "A", "quantity": 1, "regions": "us"}], "month": 2},
            "unknown argument: items[0].regions (did you mean region?); unknown argument: month (did",
        ),
    ],
)
def test_an_invalid_argument_is_named_with_the_reason(
    kind: type[Arguments], sent: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(sent)

    error = errors.from_validation_error(caught.value, kind)
    assert error["message"].startswith(says)
    assert all(name in error["hint"] for name in kind.model_fields)


def test_an_error_in_an_item_names_the_arguments_of_an_item() -> None:
    with pytest.raises(ValidationError) as caught:
        _calculate(count=2)

    hint = errors.from_validation_error(caught.value, CalculateArguments)["hint"]
    assert hint == (
        "Arguments: items, months, as_of, compare, group_by, cursor, response_format."
        f" Arguments of each of items: {', '.join(CalculateItem.model_fields)}."
    )


def test_each_invalid_item_is_named_up_to_20() -> None:
    items = [{"sku_id": "A", "quantity": "many"}] * 22

    with pytest.raises(ValidationError) as caught:
        CalculateArguments.model_validate({"items": items})

    message = errors.from_validation_error(caught.value, CalculateArguments)["message"]
    assert [f"items[{position}].quantity: " in message for position in range(22)] == [True] * 20 + [False] * 2
    assert message.endswith("; and 2 more errors.")

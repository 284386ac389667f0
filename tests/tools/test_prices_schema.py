from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tools import errors
from tools.prices_schema import Arguments, CalculateArguments, DetailsArguments, SearchArguments


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


@pytest.mark.parametrize("sent", [True, None, [], "", "many", "NaN", "-1", -1, 1e19, "1" * 41, float("inf")])
def test_an_invalid_quantity_is_refused_by_its_path(sent: object) -> None:
    with pytest.raises(ValidationError) as caught:
        _calculate(quantity=sent)

    error = errors.from_validation_error(caught.value, CalculateArguments)
    assert error["code"] == "invalid_argument"
    assert error["message"].startswith("items[0].quantity: ")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)),
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
        (SearchArguments, {"limit": 51}, "limit: should be less than or equal to 50."),
        (SearchArguments, {"limit": "10"}, "limit: should be a valid integer."),
        (SearchArguments, {"kind": "prices"}, "kind: should be 'all', 'skus' or 'services'."),
        (SearchArguments, {"query": "x" * 201}, "query: string should have at most 200 characters."),
        (DetailsArguments, {}, "missing argument: sku_ids."),
        (
            DetailsArguments,
            {"sku_ids": []},
            "sku_ids: list should have at least 1 item after validation, not 0.",
        ),
        (DetailsArguments, {"sku_ids": "A"}, "sku_ids: should be a valid list."),
        (
            DetailsArguments,
            {"sku_ids": ["A"], "as_of": "yesterday"},
            "as_of: must be a date or time in ISO 8601, such as 2026-11-20.",
        ),
        (
            CalculateArguments,
            {"items": [{"sku_id": "A", "quantity": 1, "count": 2}]},
            "unknown argument: items[0].count.",
        ),
        (CalculateArguments, {"items": [{"quantity": 1}], "months": 0}, "missing argument: items[0].sku_id"),
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

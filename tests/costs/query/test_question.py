from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from costs.errors import CostError, InvalidQuestionError, UnknownDimensionError
from costs.focus.columns import columns
from costs.query import Question
from costs.query.dimensions import DIMENSIONS
from costs.query.question import MEASURES, SUMS, Order


def refusal(**arguments: Any) -> CostError:
    with pytest.raises(CostError) as caught:
        Question(**arguments)
    assert caught.value.hint
    return caught.value


def test_the_names_are_those_of_the_contract() -> None:
    assert " ".join(MEASURES) == (
        "billed_cost effective_cost list_cost tokens requests cost_per_million_tokens share change"
    )
    assert " ".join(DIMENSIONS) == (
        "cloud service account region model developer direction cache modality tier scope context customer "
        "usage_kind category day month billing_month meter source load currency"
    )


def test_each_dimension_and_sum_is_of_a_column_that_there_is() -> None:
    named = {dimension.column for dimension in DIMENSIONS.values()} | set(SUMS.values())

    assert named <= set(columns())


def test_an_unknown_dimension_is_refused_with_the_nearest() -> None:
    for sent in ({"dimensions": ["modell"]}, {"filters": {"not_modell": ["x"]}}):
        error = refusal(**sent)
        assert isinstance(error, UnknownDimensionError)
        assert error.code == "unknown_dimension"
        assert error.candidates[0] == "model"


def test_a_dimension_cannot_be_excluded_from_the_grouping() -> None:
    assert refusal(dimensions=["not_model"]).code == "unknown_dimension"


@pytest.mark.parametrize(
    ("arguments", "message", "candidate"),
    [
        ({"measures": ["biled_cost"]}, 'measures cannot be "biled_cost".', "billed_cost"),
        ({"filters": {"cloud": ["AWZ"]}}, 'cloud cannot be "AWZ".', "aws"),
        ({"filters": {"not_direction": ["inptu"]}}, 'direction cannot be "inptu".', "Input"),
        ({"order_by": "tokens desc"}, 'order_by cannot be "tokens".', "billed_cost"),
    ],
)
def test_an_unknown_value_is_refused_with_candidates(
    arguments: dict[str, Any], message: str, candidate: str
) -> None:
    error = refusal(**arguments)

    assert error.code == "invalid_argument"
    assert error.message == message
    assert candidate in error.candidates


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measures": []}, "The question has 0 measures."),
        ({"measures": ["tokens"] * 7}, "The question has 7 measures."),
        ({"dimensions": ["cloud"] * 5}, "The question has 5 dimensions."),
        ({"limit": 0}, "limit is 0."),
        ({"limit": 1001}, "limit is 1001."),
        ({"start": date(1999, 12, 31)}, "start is 1999-12-31."),
        ({"end": date(2100, 1, 2)}, "end is 2100-01-02."),
        (
            {"start": date(2026, 10, 2), "end": date(2026, 10, 1)},
            "start 2026-10-02 is not before end 2026-10-01.",
        ),
        (
            {"start": date(2026, 10, 1), "end": date(2026, 10, 1)},
            "start 2026-10-01 is not before end 2026-10-01.",
        ),
        ({"order_by": "billed_cost up"}, 'order_by ends in "up".'),
        ({"filters": {"customer": []}}, "The filter customer has 0 values."),
        ({"filters": {"customer": ["x"] * 101}}, "The filter customer has 101 values."),
        (
            {"filters": {"customer": ["x" * 501]}},
            "A value of customer must be a text of at most 500 characters.",
        ),
        ({"filters": {"meter": ["\ud800"]}}, "A value of meter must be a text of at most 500 characters."),
        ({"filters": {"month": ["2026-13"]}}, 'month cannot be "2026-13".'),
        ({"filters": {"billing_month": ["2026-10-01"]}}, 'billing_month cannot be "2026-10-01".'),
        ({"filters": {"day": ["2026-02-30"]}}, 'day cannot be "2026-02-30".'),
        ({"filters": {"day": ["2026-10-01T12:00"]}}, 'day cannot be "2026-10-01T12:00".'),
        ({"measures": ["change"]}, "change needs a start and an end."),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments: dict[str, Any], message: str) -> None:
    error = refusal(**arguments)

    assert isinstance(error, InvalidQuestionError)
    assert error.message == message


@pytest.mark.parametrize(
    "arguments",
    [
        {"dimensions": ["load"]},
        {"dimensions": ["day", "month"]},
        {"filters": {"not_month": ["2026-10"]}},
        {"filters": {"load": ["x"]}},
    ],
)
def test_change_is_refused_where_the_period_before_cannot_be_asked_for(arguments: dict[str, Any]) -> None:
    error = refusal(measures=["change"], start=date(2026, 10, 1), end=date(2026, 11, 1), **arguments)

    assert error.message == "change cannot be compared with the period before in this question."


def test_values_of_closed_lists_may_be_in_any_case_and_those_of_bills_may_not() -> None:
    question = Question(filters={"cloud": ["AWS", " gcp ", "aws"], "customer": ["Acme", None]})

    cloud, customer = question.read_filters()

    assert cloud.values == ("aws", "gcp")
    assert customer.values == ("Acme", None)


@pytest.mark.parametrize(
    ("arguments", "order"),
    [
        ({}, Order("billed_cost", descending=True)),
        ({"measures": ["share", "tokens"], "dimensions": ["model"]}, Order("share", descending=True)),
        ({"dimensions": ["model", "month"]}, Order("month", descending=False)),
        ({"order_by": "billed_cost"}, Order("billed_cost", descending=True)),
        ({"order_by": " billed_cost ASC "}, Order("billed_cost", descending=False)),
        ({"dimensions": ["model"], "order_by": "model"}, Order("model", descending=False)),
        ({"order_by": "currency desc"}, Order("currency", descending=True)),
    ],
)
def test_rows_are_by_time_or_the_largest_first_unless_told_otherwise(
    arguments: dict[str, Any], order: Order
) -> None:
    assert Question(**arguments).order() == order


def test_text_from_outside_is_on_one_line_and_short_in_a_message() -> None:
    error = refusal(dimensions=["x\n\x1b[2J\u2028" + "y" * 500])

    assert error.message.startswith('There is no dimension "x\\n\\u001b[2J\\u2028yyy')
    assert len(error.message) < 200

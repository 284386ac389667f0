from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.errors import InvalidQuestionError, NotLoadedError
from costs.explain import Explanation, explain
from costs.query import Question
from costs.store.base import CostStore
from tests.costs.query.asking import NOW, OCTOBER, answer
from tests.costs.stores import Charge, MemoryStore, charge, tokens


def metered(cost: str, quantity: str, price: str | None, **others: Any) -> Charge:
    """A charge of so many units at a contracted price, whose list price is 1."""
    return charge(
        cost=cost,
        **{
            "x_Meter": "USE1-input-tokens",
            "PricingUnit": "1K tokens",
            "PricingQuantity": Decimal(quantity),
            "ContractedUnitPrice": price and Decimal(price),
            "ListUnitPrice": Decimal(1),
            **others,
        },
    )


def explained(store: CostStore, *measures: str, limit: int = 20, **others: Any) -> Explanation:
    return explain(Question(measures or ("billed_cost",), **others), store, limit, now=NOW)


def test_a_figure_is_shown_by_load_meter_and_unit_price_the_largest_part_first() -> None:
    store = MemoryStore(
        [
            metered("0.3", "100", "0.003"),
            metered("0.6", "200", "0.003"),
            metered("0.5", "100", "0.005"),
            charge("2026-09-30", cost="7", ChargeCategory="Tax"),
        ]
    )

    found = explained(store)

    assert found["figure"] == {"measure": "billed_cost", "value": "8.4"}
    assert found["currency"] == "USD"
    shown = ("cost", "meter", "quantity", "unit", "unit_price", "price_source", "charges", "billing_month")
    assert [tuple(row[name] for name in shown) for row in found["rows"]] == [  # type: ignore[literal-required]
        ("7", None, None, None, None, None, 1, "2026-09"),
        ("0.9", "USE1-input-tokens", "300", "1K tokens", "0.003", "bill_contracted", 2, "2026-10"),
        ("0.5", "USE1-input-tokens", "100", "1K tokens", "0.005", "bill_contracted", 1, "2026-10"),
    ]
    last = found["rows"][1]
    assert (last["cloud"], last["service"], last["source"]) == ("aws", "Amazon Bedrock", "aws")
    assert (last["load"], last["file"]) == ("aws-2026-10", "2026-10-1.csv, 2026-10-2.csv")


def test_the_parts_that_are_left_out_are_counted_with_their_money() -> None:
    store = MemoryStore([metered(cost, "1", cost) for cost in ("1", "2", "4")])

    found = explained(store, limit=1)

    assert [row["cost"] for row in found["rows"]] == ["4"]
    assert (found["rows_left_out"], found["value_left_out"]) == (2, "3")


def test_a_list_cost_is_explained_by_list_prices() -> None:
    store = MemoryStore([metered("1", "5", "0.2", ListCost=Decimal(5))])

    [row] = explained(store, "list_cost")["rows"]

    assert (row["cost"], row["unit_price"], row["price_source"]) == ("5", "1", "bill_list")


def test_tokens_are_explained_by_the_quantities_of_the_bill() -> None:
    store = MemoryStore([tokens("2000", PricingQuantity=Decimal(2), PricingUnit="1K tokens"), charge()])

    found = explained(store, "tokens")

    assert found["figure"] == {"measure": "tokens", "value": "2000"}
    assert [(row["tokens"], row["quantity"]) for row in found["rows"]] == [("2000", "2"), (None, None)]
    assert found["value_left_out"] == "0"


def test_a_unit_price_that_the_bill_does_not_say_is_unknown() -> None:
    [row] = explained(MemoryStore([metered("1", "5", None)]))["rows"]

    assert (row["unit_price"], row["price_source"]) == (None, None)


def test_an_explanation_is_of_the_window_and_filters_as_the_question_is() -> None:
    store = MemoryStore(
        [
            charge(cost="1", x_ConsumerId="a"),
            charge(cost="2"),
            charge("2026-09-05", cost="4", x_ConsumerId="a"),
        ]
    )

    found = explained(store, filters={"customer": ["a"]}, **OCTOBER)

    assert found["figure"]["value"] == "1"
    assert [load["load"] for load in found["loads"]] == ["aws-2026-10"]


def test_a_figure_without_charges_is_unknown_and_its_hint_says_why() -> None:
    found = explained(MemoryStore([charge()]), filters={"customer": ["acme"]})

    assert found["figure"]["value"] is None
    assert (found["rows"], found["currency"], found["value_left_out"]) == ([], None, "0")
    assert 'No charge has customer "acme"' in (found["hint"] or "")


def test_a_demo_figure_is_marked() -> None:
    found = explained(MemoryStore([charge()], demo=frozenset({"aws"})))

    assert found["is_demo"] is True
    assert found["loads"][0]["is_demo"] is True
    assert found["hint"] == "These costs are made-up demo data."


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"measures": ["share"]}, "share is not one sum."),
        ({"measures": ["cost_per_million_tokens"]}, "cost_per_million_tokens is not one sum."),
        ({"measures": ["billed_cost", "tokens"]}, "billed_cost, tokens is not one sum."),
        ({"dimensions": ["cloud"]}, "A question with dimensions has several figures."),
    ],
)
def test_a_question_with_several_figures_is_refused(question: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidQuestionError) as caught:
        explain(Question(**question), MemoryStore([charge()]))

    assert caught.value.message == message
    assert caught.value.hint


def test_a_figure_in_two_currencies_is_refused_with_both() -> None:
    store = MemoryStore([charge(), charge(BillingCurrency="EUR")])

    with pytest.raises(InvalidQuestionError) as caught:
        explained(store)

    assert caught.value.candidates == ["EUR", "USD"]
    assert explained(store, filters={"currency": ["EUR"]})["currency"] == "EUR"


def test_nothing_is_explained_before_the_first_load() -> None:
    with pytest.raises(NotLoadedError):
        explained(MemoryStore([charge()]), as_of=datetime(2020, 1, 1, tzinfo=UTC))


METERED = st.builds(
    metered,
    st.decimals(-1000, 1000, places=18).map(str),
    st.decimals(0, 1000, places=9).map(str),
    st.none() | st.sampled_from(["0.1", "0.2"]),
    x_Meter=st.none() | st.sampled_from(["a", "it's"]),
    PricingUnit=st.sampled_from(["1K tokens", "1M tokens"]),
)


@settings(max_examples=15)
@given(st.lists(METERED, min_size=1, max_size=6), st.integers(1, 4))
def test_the_parts_add_up_to_the_figure_and_it_is_that_of_the_question(
    charges: list[Charge], limit: int
) -> None:
    store = MemoryStore(charges)

    found = explained(store, limit=limit)

    parts = [Decimal(row["cost"] or 0) for row in found["rows"]]
    assert sum(parts, Decimal(found["value_left_out"])) == Decimal(found["figure"]["value"] or 0)
    assert sum(one["BilledCost"] for one in charges) == Decimal(found["figure"]["value"] or 0)
    assert answer(store)["rows"] == [{"billed_cost": found["figure"]["value"]}]
    groups = {(one["x_Meter"], one["PricingUnit"], one["ContractedUnitPrice"]) for one in charges}
    assert len(found["rows"]) + found["rows_left_out"] == len(groups)

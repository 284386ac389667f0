from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp, parse_one

from costs.query import Question
from costs.query.board import ALL, NOBODY, Chosen, board_query, currencies, customers
from tests.costs.stores import MemoryStore, charge, tokens

ALWAYS = exp.true()
USD = Chosen(ALL, ALL, "USD")


def rows(store: MemoryStore, select: exp.Select) -> list[dict[str, Any]]:
    found = store.run(select)
    return [dict(zip(found.names, row, strict=True)) for row in found.rows]


def asked(store: MemoryStore, *measures: str, chosen: Chosen = USD, **others: Any) -> list[dict[str, Any]]:
    return rows(store, board_query(Question(measures, **others), chosen, ALWAYS))


def test_a_board_has_the_charges_of_the_chosen_currency_alone() -> None:
    store = MemoryStore([charge(cost="2"), charge(cost="30", BillingCurrency="EUR")])

    assert asked(store, "billed_cost") == [{"currency": "USD", "billed_cost": Decimal(2)}]


@pytest.mark.parametrize(
    ("customer", "cost"),
    [(ALL, 7), (NOBODY, 4), (b"acme".hex(), 1), (b"o'reilly".hex(), 2)],
)
def test_a_board_has_the_charges_of_the_chosen_customer(customer: str, cost: int) -> None:
    store = MemoryStore(
        [
            charge(cost="1", x_ConsumerId="acme"),
            charge(cost="2", x_ConsumerId="o'reilly"),
            charge(cost="4"),
        ]
    )

    (row,) = asked(store, "billed_cost", chosen=Chosen(ALL, customer, "USD"))

    assert row["billed_cost"] == cost


def test_a_board_has_the_charges_of_the_chosen_cloud() -> None:
    store = MemoryStore([charge(cost="1"), charge(cost="2", x_Cloud="gcp")])

    (row,) = asked(store, "billed_cost", chosen=Chosen("gcp", ALL, "USD"))

    assert row["billed_cost"] == 2


def test_the_customers_to_choose_from_have_a_value_that_chooses_them() -> None:
    store = MemoryStore([charge(x_ConsumerId="o'reilly"), charge(), charge()])

    assert rows(store, customers()) == [
        {"text": "(unattributed)", "value": NOBODY},
        {"text": "o'reilly", "value": b"o'reilly".hex()},
    ]


def test_the_currencies_to_choose_from_are_those_of_charges() -> None:
    store = MemoryStore([charge(), charge(BillingCurrency="EUR")])

    assert [row["value"] for row in rows(store, currencies())] == ["EUR", "USD"]


def test_a_share_is_of_all_rows_and_not_only_of_those_listed() -> None:
    store = MemoryStore([charge(cost="3"), charge(cost="1", x_Cloud="gcp")])

    (row,) = asked(store, "billed_cost", "share", dimensions=["cloud"], limit=1)

    assert (row["cloud"], float(row["share"])) == ("aws", 0.75)


def test_the_price_of_a_million_tokens_leaves_out_what_has_no_tokens() -> None:
    store = MemoryStore([tokens("2000000", cost="5"), charge(cost="100")])

    (row,) = asked(store, "cost_per_million_tokens")

    assert float(row["cost_per_million_tokens"]) == 2.5


def test_what_cannot_be_divided_is_null() -> None:
    store = MemoryStore([charge(cost="0")])

    (row,) = asked(store, "share", "cost_per_million_tokens")

    assert (row["share"], row["cost_per_million_tokens"]) == (None, None)


def test_ratios_are_safe_in_bigquery_too() -> None:
    select = board_query(Question(("share", "cost_per_million_tokens")), USD, ALWAYS)

    assert select.sql("bigquery").count("SAFE_DIVIDE(") == 2
    assert isinstance(parse_one(select.sql("bigquery"), read="bigquery"), exp.Select)


def test_a_board_cannot_show_change() -> None:
    question = Question(("change",), start=date(2026, 10, 1), end=date(2026, 11, 1))

    with pytest.raises(ValueError, match="one window"):
        board_query(question, USD, ALWAYS)

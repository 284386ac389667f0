from __future__ import annotations

from decimal import Decimal

from costs.query import Question
from costs.query.groups import all_groups
from costs.query.snapshot import take
from tests.costs.query.asking import NOW
from tests.costs.stores import MemoryStore, charge


def test_series_that_never_reach_the_least_of_their_currency_are_left_out_whole() -> None:
    store = MemoryStore(
        [
            charge("2026-10-01", "-9", x_ConsumerId="credited"),
            charge("2026-10-02", "1", x_ConsumerId="credited"),
            charge("2026-10-01", "4", x_ConsumerId="small"),
            charge("2026-10-02", "4", x_ConsumerId="small"),
            charge("2026-10-01", "5", BillingCurrency="EUR"),
        ]
    )
    question = Question(dimensions=("day", "customer"))

    found = all_groups(question, take(store, None, NOW), least={"USD": Decimal(5), "EUR": Decimal("5.01")})

    assert list(found.groups) == [("2026-10-01", "credited", "USD"), ("2026-10-02", "credited", "USD")]
    assert found.count == len(found.groups)

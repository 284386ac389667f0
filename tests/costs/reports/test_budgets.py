from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from costs.errors import UnknownBudgetError
from costs.models import Budget, BudgetChange
from costs.query import Question, answer_from
from costs.query.snapshot import Snapshot, take
from costs.reports.budgets import BudgetRow, budget_status
from costs.store.base import SourceState
from tests.costs.alerts.making import make_budget, store_of
from tests.costs.stores import Charge, charge

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)


def costs(*charges: Charge, now: datetime = NOW, **others: Any) -> Snapshot:
    return take(store_of(list(charges), now, **others), None, now)


def row(*charges: Charge, now: datetime = NOW) -> BudgetRow:
    [found] = budget_status(costs(*charges, now=now))["budgets"]
    return found


@pytest.mark.parametrize("measure", ["billed_cost", "effective_cost"])
def test_spent_is_what_query_costs_answers_to_the_digit(measure: str) -> None:
    make_budget(filters={"cloud": ["aws"], "not_customer": [None]}, measure=measure)
    snapshot = costs(
        charge("2026-10-01", "0.000000000000000001", x_ConsumerId="a"),
        charge("2026-10-20", "12345678901.123456789", x_ConsumerId="b", EffectiveCost=Decimal("7.7")),
        charge("2026-10-03", "-3.1", x_ConsumerId="b"),
        charge("2026-10-03", "5"),
        charge("2026-10-03", "5", x_ConsumerId="a", x_Cloud="gcp"),
        charge("2026-09-30", "5", x_ConsumerId="a"),
    )
    filters: dict[str, list[str | None]] = {"cloud": ["aws"], "not_customer": [None], "currency": ["USD"]}
    question = Question((measure,), (), filters, date(2026, 10, 1), date(2026, 11, 1))

    [found] = budget_status(snapshot)["budgets"]

    assert found["spent"] == answer_from(question, snapshot)["totals"][0][measure]
    assert (
        found["spent"]
        == {
            "billed_cost": "12345678898.023456789000000001",
            "effective_cost": "4.600000000000000001",
        }[measure]
    )


def test_the_word_null_in_kept_filters_is_no_value_as_in_query_costs() -> None:
    make_budget(filters={"customer": ["null"]})

    found = row(charge(cost="3"), charge(cost="4", x_ConsumerId="null"), charge(cost="5", x_ConsumerId="a"))

    assert (found["spent"], found["filters"]) == ("3", {"customer": [None]})


def test_a_budget_is_over_since_the_day_that_it_went_over_the_last_time() -> None:
    make_budget("team-a", "10")

    days = {"2026-10-02": "11", "2026-10-03": "-5", "2026-10-05": "4", "2026-10-07": "1"}

    found = row(*(charge(day, cost) for day, cost in days.items()))

    assert (found["spent"], found["percent"]) == ("11", "110")
    assert (found["is_over"], found["over_since"], found["will_be_over"]) == (True, "2026-10-07", True)
    assert [(each["threshold"], each["since"]) for each in found["reached"]] == [
        (50, "2026-10-02"),
        (80, "2026-10-05"),
        (100, "2026-10-05"),
    ]


def test_a_budget_that_is_spent_exactly_is_not_over() -> None:
    make_budget("team-a", "10")

    found = row(charge("2026-10-02", "10"))

    assert (found["is_over"], found["over_since"]) == (False, None)
    assert found["reached"][-1]["threshold"] == 100


def test_a_quarter_is_of_the_calendar() -> None:
    make_budget(period="quarter")
    now = datetime(2026, 9, 30, 23, tzinfo=UTC)

    found = row(*(charge(f"2026-{month:02}-05") for month in range(6, 10)), now=now)

    assert found["period"] == {"start": "2026-07-01", "end": "2026-10-01"}
    assert found["spent"] == "3"


def test_only_its_currency_counts_and_the_hint_names_the_others() -> None:
    make_budget(currency="EUR")

    found = row(charge(cost="3"), charge(cost="4", BillingCurrency="EUR"))

    assert (found["spent"], found["currency"]) == ("4", "EUR")
    assert "Its filters match 3 USD too, which it does not count: it is in EUR." in (found["hint"] or "")


def test_what_is_not_loaded_is_unknown_and_not_0() -> None:
    make_budget()

    found = row(charge("2026-09-05", "40"))

    assert (found["spent"], found["percent"], found["is_complete"]) == (None, None, False)
    assert (found["is_over"], found["will_be_over"], found["forecast"]) == (None, None, None)


def test_a_source_that_lacks_a_month_leaves_open_whether_a_budget_is_over() -> None:
    make_budget("team-a", "10")
    old = charge("2026-09-05", x_Cloud="gcp")

    under, over = row(old, charge(cost="9")), row(old, charge(cost="11"))

    assert (under["spent"], under["is_over"], under["is_complete"]) == ("9", None, False)
    assert (over["spent"], over["is_over"], over["is_complete"]) == ("11", True, False)


def test_a_loaded_month_without_charges_of_a_budget_cost_0() -> None:
    make_budget(filters={"customer": ["acme"]})

    found = row(charge("2026-09-05", x_ConsumerId="acme"), charge())

    assert (found["spent"], found["is_complete"], found["is_over"]) == ("0", True, False)


@pytest.mark.parametrize(
    "terms", [{"filters": {"customer": ["new"]}}, {"filters": {"cloud": ["azure"]}}, {"currency": "EUR"}]
)
def test_charges_that_have_not_come_yet_cost_0_if_every_month_is_loaded(terms: dict[str, Any]) -> None:
    make_budget(**terms)

    found = row(charge("2026-09-05"), charge())

    assert (found["spent"], found["percent"]) == ("0", "0")
    assert (found["is_complete"], found["is_over"]) == (True, False)
    assert "No charge fits" in (found["hint"] or "")
    assert [past["spent"] for past in found["history"]] == ["0", None, None, None, None, None]


def test_charges_that_have_not_come_yet_are_unknown_if_any_source_lacks_the_month() -> None:
    make_budget(filters={"customer": ["new"]})
    lacking = [charge("2026-09-05", x_Cloud="gcp"), charge()]
    never = SourceState("gcp", was_loaded=False)

    of_lacking = row(*lacking)
    [of_never] = budget_status(costs(charge(), states=[never]))["budgets"]

    for found in (of_lacking, of_never):
        assert (found["spent"], found["is_complete"], found["is_over"]) == (None, False, None)


def test_a_past_period_is_judged_by_the_limit_that_held_at_its_end() -> None:
    budget = make_budget("team-a", "10", at=datetime(2026, 8, 15, tzinfo=UTC))
    budget.amount_text = "20"
    budget.save()
    last = BudgetChange.objects.filter(budget="team-a")[0]
    BudgetChange.objects.filter(pk=last.pk).update(at=datetime(2026, 9, 30, 23, tzinfo=UTC))
    charges = [charge(f"2026-{month:02}-05", "5") for month in range(7, 11)]

    found = row(*charges)

    limits = [(past["period"]["start"], past["limit"], past["percent"]) for past in found["history"]]
    assert found["limit"] == "20"
    assert limits[:3] == [
        ("2026-09-01", "20", "25"),
        ("2026-08-01", "10", "50"),
        ("2026-07-01", None, None),
    ]
    assert [past["spent"] for past in found["history"]] == ["5", "5", "5", None, None, None]


def test_as_of_a_moment_the_terms_are_those_of_then() -> None:
    budget = make_budget("team-a", "10", at=datetime(2026, 8, 15, tzinfo=UTC))
    budget.amount_text = "20"
    budget.save()
    make_budget("newer", at=NOW + timedelta(days=1))

    found = budget_status(costs(charge()))["budgets"]

    assert [(each["name"], each["limit"]) for each in found] == [("team-a", "10")]


def test_a_forecast_goes_over_before_the_spending_does() -> None:
    make_budget("team-a", "100")
    september = [charge(f"2026-09-{day:02}", "5") for day in range(1, 31)]

    found = row(*september, *(charge(f"2026-10-{day:02}", "5") for day in range(1, 20)))

    assert (found["spent"], found["forecast"], found["forecast_percent"]) == ("95", "155", "155")
    assert (found["is_over"], found["will_be_over"]) == (False, True)
    assert {"kind": "forecast", "threshold": 100, "since": None} in found["reached"]


def test_without_budgets_the_answer_says_so() -> None:
    answer = budget_status(costs(charge()))

    assert answer["budgets"] == []
    assert answer["hint"] == "There are no budgets. Staff may add some in the admin."


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    make_budget("team-a")

    with pytest.raises(UnknownBudgetError) as error:
        budget_status(costs(charge()), name="team-b")

    assert error.value.candidates == ["team-a"]


def test_a_deleted_budget_leaves_its_terms() -> None:
    budget = make_budget("team-a", "10")

    budget.delete()

    assert not Budget.objects.exists()
    terms = [change.terms for change in BudgetChange.objects.filter(budget="team-a")]
    assert terms[0] is None
    assert (terms[1] or {})["amount"] == "10"


def test_what_does_not_change_the_terms_is_no_change_of_them() -> None:
    budget = make_budget("team-a")

    budget.notes = "ours"
    budget.save()

    assert BudgetChange.objects.count() == 1

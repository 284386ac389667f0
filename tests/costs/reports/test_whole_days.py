from __future__ import annotations

from datetime import date

from costs.query.coverage import coverage
from costs.query.question import Question
from costs.query.snapshot import take
from costs.reports.known_days import known_days, late
from costs.reports.whole_days import sources
from costs.store.base import GivenWay
from tests.costs.reports.days import LAST, NOW, daily, days, office, store

NOVEMBER = date(2026, 11, 1)


def test_a_bill_tells_the_days_of_the_estimates_that_gave_way_to_it() -> None:
    estimates = daily(
        {day: office(day) for day in days() if day < NOVEMBER}, x_Source="guess", x_IsEstimate=True
    )
    bills = daily({day: office(day) for day in days() if day >= NOVEMBER}, x_Source="bill")
    gave_way = {"bill-2026-11": [GivenWay("guess-2026-11", "guess", "444455556666", {})]}
    costs = take(store(*estimates, *bills, gave_way=gave_way), None, NOW)

    known = sources({}, costs)
    assert {name: source.through for name, source in known.items()} == {"bill": LAST, "guess": LAST}
    assert "2026-11" in known["guess"].months
    found = known_days({}, date(2026, 11, 20), date(2026, 12, 1), costs)
    assert (found["USD"].through, found["USD"].why) == (LAST, "")
    assert list(late(found, date(2026, 12, 1))) == []
    assert coverage(Question(), costs).missing(Question().window) == {
        "bill": ["2026-08", "2026-09", "2026-10"],
    }


def test_without_a_bill_the_days_of_estimates_that_have_ended_are_not_known() -> None:
    estimates = daily(
        {day: office(day) for day in days() if day < NOVEMBER}, x_Source="guess", x_IsEstimate=True
    )
    bills = daily({day: office(day) for day in days() if day >= NOVEMBER}, x_Source="bill")
    costs = take(store(*estimates, *bills), None, NOW)

    assert "2026-11" not in sources({}, costs)["guess"].months

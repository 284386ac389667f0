from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from costs.panels import PANELS
from costs.query import Question, compile_question
from costs.query.dimensions import DIMENSIONS
from costs.query.periods import Window
from costs.query.question import MEASURES
from costs.query.question import SUMS as MEASURED
from costs.query.snapshot import take
from costs.reports.find_anomalies import find_anomalies
from costs.reports.show import show
from costs.store.fitting import reads
from costs.store.rollups import ROLLUPS, SUMS, TIME
from tests.costs.query.asking import NOW, OCTOBER, answer
from tests.costs.query.test_properties import DAYS, DIMENSION_LISTS, EXAMPLES, charges
from tests.costs.stores import Charge, RolledUpStore, charge, tokens

_NOT_CHANGE = st.lists(
    st.sampled_from([name for name in MEASURES if name != "change"]), min_size=1, max_size=4, unique=True
)


@st.composite
def charged_within_days(draw: st.DrawFn) -> Charge:
    """A charge of some hour, perhaps without a list cost, tokens or requests."""
    found = {**draw(charges())}
    found[TIME] += timedelta(hours=draw(st.integers(0, 23)))
    found["ListCost"] = draw(st.none() | st.just(found["ListCost"]))
    found["CommitmentDiscountStatus"] = draw(st.sampled_from([None, "Used", "Unused"]))
    found["x_IsEstimate"] = draw(st.booleans())
    return found


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(["model", "customer", "region", "not_meter"]), max_size=2)):
        filters[name] = draw(st.lists(st.sampled_from([None, "a", "it's"]), min_size=1, max_size=2))
    days = {"start": date.fromisoformat(draw(DAYS)), "end": date(2026, 11, 2)}
    window: dict[str, Any] = draw(st.sampled_from([{}, OCTOBER, days]))
    return {"dimensions": draw(DIMENSION_LISTS), "filters": filters, **window}


@EXAMPLES
@given(st.lists(charged_within_days(), min_size=1, max_size=8), _NOT_CHANGE, questions())
def test_a_rollup_answers_every_question_that_it_can_as_the_charges_do(
    table: list[Charge], measures: list[str], question: dict[str, Any]
) -> None:
    # The store compares.
    answer(RolledUpStore(table), *measures, **question)


def days_of_models() -> list[Charge]:
    days = [f"{date(2026, 8, 1) + timedelta(days=number)}" for number in range(100)]
    cached = {"x_TokenCacheAction": "Read", "x_ConsumerId": "acme", "RegionId": "eu"}
    spiked = [tokens("5", day, "900" if day == "2026-10-20" else "9", **cached) for day in days]
    return [*spiked, *(charge(day, "3", x_Meter="disk", SubAccountId="a") for day in days)]


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_of_a_month_is_answered_by_rollups_alone(name: str) -> None:
    store = RolledUpStore(days_of_models())

    show(PANELS[name], Window(**OCTOBER), take(store, None, NOW), {"cloud": ["aws"]})

    assert store.rolled_up == store.statements


def test_anomalies_are_found_by_rollups_and_explained_by_charges() -> None:
    store = RolledUpStore(days_of_models())

    found = find_anomalies(take(store, None, NOW), **OCTOBER)

    assert [row["day"] for row in found["anomalies"]] == ["2026-10-20"]
    assert len(store.statements) - len(store.rolled_up) == len(["the day", "the weekdays before"])


def test_every_dimension_and_every_sum_is_in_a_rollup() -> None:
    keys = {TIME, "x_LoadId", *(key for rollup in ROLLUPS for key in rollup.keys)}

    assert {dimension.column for dimension in DIMENSIONS.values()} <= keys
    assert set(MEASURED.values()) == set(SUMS)


@pytest.mark.parametrize(
    "select",
    [
        "select sum(BilledCost) from unified_costs where BilledCost > 0",
        "select sum(BilledCost * 2) from unified_costs",
        "select sum(EffectiveCost), sum(1) from unified_costs where EffectiveCost is null",
        "select count(*) from unified_costs",
        "select min(x_Meter) from unified_costs",
        "select sum(BilledCost) from unified_costs where x_SkuMeterSubcategory = 'a'",
        "select sum(BilledCost) from unified_costs where ChargePeriodStart < timestamptz '2026-10-01 05:00Z'",
        "select sum(BilledCost) from unified_costs group by ChargePeriodStart",
        "select sum(a.BilledCost) from unified_costs as a join unified_costs as b on a.x_Meter = b.x_Meter",
        "select x_Meter from gcp_llm_costs",
    ],
)
def test_what_only_charges_tell_is_asked_of_charges(select: str) -> None:
    asked = reads(parse_one(select, dialect="duckdb", into=exp.Select))

    assert not [rollup for rollup in ROLLUPS if asked and asked.fits(rollup)]


def test_days_are_not_asked_of_months() -> None:
    days = datetime(2026, 10, 2, tzinfo=UTC).date(), date(2026, 11, 1)
    of_months, of_days, grouped = (
        reads(compile_question(question))
        for question in (
            Question(dimensions=("customer", "model"), **OCTOBER),
            Question(dimensions=("customer", "model"), start=days[0], end=days[1]),
            Question(dimensions=("customer", "day"), **OCTOBER),
        )
    )

    assert of_months is not None
    assert [rollup.name for rollup in ROLLUPS if of_months.fits(rollup)] == ["by_month_what_who"]
    assert not [rollup for rollup in ROLLUPS if of_days is None or of_days.fits(rollup)]
    assert grouped is not None
    assert [rollup.name for rollup in ROLLUPS if grouped.fits(rollup)] == ["by_day_who"]

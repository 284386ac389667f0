from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from live import reconciliation as module
from live.answer import Reconciled
from live.cost import live_cost
from live.models import LiveSource
from live.providers.source import Measure, Series
from live.question import LiveQuestion
from live.reconciliation import certainties, reconciliation
from tests.costs.stores import Charge, MemoryStore, tokens
from tests.live.scripted import INPUT, Cloud, Clouds, make_source

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 24, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = DAY + timedelta(days=3)
# The series, the model and the price of a million tokens, as the bill has them.
USED = (
    (INPUT, "aws", "nova-lite", "0.06"),
    (INPUT._replace(direction="Output"), "aws", "nova-lite", "0.24"),
    (INPUT._replace(cache="Read"), "aws", "nova-lite", "0.015"),
    (
        Series("p", "us-central1", "gemini-2.5-pro", Measure.TOKENS, "", "Input"),
        "gcp",
        "gemini-2.5-pro",
        "1.25",
    ),
    (Series("s", "eastus", "gpt-4o", Measure.TOKENS, "chat", "Output"), "azure", "gpt-4o", "10"),
)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    module.forget()
    yield
    module.forget()


def charge(used: tuple[Series, str, str, str], day: datetime, count: int, load: str, **more: Any) -> Charge:
    series, cloud, model, price = used
    cost = Decimal(price) * count / 1_000_000
    return tokens(
        f"{count}",
        f"{day:%Y-%m-%d}",
        f"{cost}",
        **{
            "x_Cloud": cloud,
            "x_ModelId": model,
            "SubAccountId": series.account,
            "RegionId": series.region,
            "x_TokenDirection": series.direction,
            "x_TokenCacheAction": series.cache or None,
            "x_LoadId": f"{cloud}-{load}",
            **more,
        },
    )


def bills(totals: dict[Series, int], **more: Any) -> MemoryStore:
    """What was loaded before the day, and what is loaded two days after it with the day and the next one."""
    before = [charge(used, DAY - timedelta(days=1), 1_000_000, "early") for used in USED]
    later = [charge(used, DAY - timedelta(days=1), 1_000_000, "later") for used in USED]
    of_day = [charge(used, DAY, totals[used[0]], "later", **more) for used in USED]
    after = [charge(used, DAY + timedelta(days=1), 1_000_000, "later") for used in USED]
    clouds = ("aws", "gcp", "azure")
    replaced = DAY + timedelta(days=2)
    return MemoryStore(
        [*before, *later, *of_day, *after],
        loaded_at={f"{cloud}-early": DAY - HOUR for cloud in clouds}
        | {f"{cloud}-later": replaced for cloud in clouds},
        until={f"{cloud}-early": replaced for cloud in clouds},
    )


def replay() -> dict[Series, int]:
    """A day of three clouds, read every 20 minutes with points that come late, again, or are revised."""
    sources = {
        "aws": make_source("aws"),
        "gcp": LiveSource.objects.create(name="gcp", kind="cloud-monitoring", location="monitoring://p"),
        "azure": LiveSource.objects.create(name="azure", kind="azure-monitor", location="azure-monitor://s"),
    }
    found = {name: Cloud() for name in sources}
    clouds = Clouds({sources[name].location: cloud for name, cloud in found.items()})
    totals = dict.fromkeys((used[0] for used in USED), 0)
    for at in range(0, 24 * 60, 20):
        for number, (series, cloud, *_) in enumerate(USED):
            minute = DAY + timedelta(minutes=at)
            count = 1000 * (number + 1) + at
            # The second half of a minute comes after the next read; another is counted twice and taken back.
            early = count // 2 if at % 60 == 0 else count + 5 if at % 60 == 20 else count
            found[cloud].tell(minute, early, series)
            late = minute - timedelta(minutes=20)
            if late >= DAY:
                found[cloud].tell(late, 1000 * (number + 1) + at - 20, series)
            totals[series] += count
        clouds.collect(DAY + timedelta(minutes=at + 10))
    for number, (series, cloud, *_) in enumerate(USED):
        found[cloud].tell(DAY + timedelta(minutes=1420), 1000 * (number + 1) + 1420, series)
    for hours in range(24, 73, 6):
        clouds.collect(DAY + timedelta(hours=hours, minutes=10))
    return totals


def rows_of(found: list[Reconciled], day: str = "2026-11-24") -> dict[tuple[str, str | None], Reconciled]:
    return {(row["cloud"], row["model"]): row for row in found if row["day"] == day}


def test_a_day_of_three_clouds_is_estimated_to_the_last_digit_of_its_bill() -> None:
    store = bills(replay())

    found = rows_of([*reconciliation(store, now=LATER)])

    assert sorted(found, key=str) == sorted(
        [
            ("aws", None),
            ("aws", "nova-lite"),
            ("azure", None),
            ("azure", "gpt-4o"),
            ("gcp", None),
            ("gcp", "gemini-2.5-pro"),
        ],
        key=str,
    )
    billed = sum(
        (one["EffectiveCost"] for one in store.charges if one["ChargePeriodStart"] == DAY), Decimal(0)
    )
    estimated = [Decimal(f"{row['estimated']}") for row in found.values() if row["model"]]
    assert sum(estimated) == billed
    assert sum(Decimal(f"{row['billed']}") for row in found.values() if row["model"] is None) == billed
    assert {row["error"] for row in found.values()} == {"0"}
    assert {row["why"] for row in found.values()} == {None}


def aws_day(count: int = 4_000_000, series: Series = INPUT) -> Clouds:
    """A day of AWS that was read whole, and up to LATER."""
    source, cloud = make_source(), Cloud()
    clouds = Clouds({source.location: cloud})
    clouds.collect(DAY)
    cloud.tell(DAY + HOUR, count, series)
    for hours in range(6, 73, 6):
        clouds.collect(DAY + timedelta(hours=hours))
    return clouds


def aws_bill(cost: str = "0.24", *, last: int = 1, **more: Any) -> MemoryStore:
    """Of the day, and of the days until `last` days after it; the price before it was 0.06 a million."""
    at = [charge(USED[0], DAY - timedelta(days=1), 1_000_000, "early")]
    at += [charge(USED[0], DAY - timedelta(days=1), 1_000_000, "later")]
    paid = {"EffectiveCost": Decimal(cost), **more}
    at += [charge(USED[0], DAY, 4_000_000, "later", **paid)]
    at += [charge(USED[0], DAY + timedelta(days=each + 1), 1_000_000, "later") for each in range(last)]
    replaced = DAY + timedelta(days=2)
    return MemoryStore(
        at, loaded_at={"aws-early": DAY - HOUR, "aws-later": replaced}, until={"aws-early": replaced}
    )


def aws_rows(store: MemoryStore) -> dict[str | None, Reconciled]:
    found = rows_of([*reconciliation(store, now=LATER)])
    return {model: row for (_, model), row in found.items()}


def test_a_price_that_changed_is_the_error_and_is_what_live_cost_is_sure_of() -> None:
    aws_day()
    store = aws_bill("0.25")

    row = aws_rows(store)["nova-lite"]

    # Not the price of the day's own bill, which nobody had when the day was.
    assert (row["estimated"], row["billed"], row["error"]) == ("0.24", "0.25", "-0.01")
    assert row["error_percent"] == "-4"
    answer = live_cost(LiveQuestion(day=DAY.date()), store, now=LATER)
    known = {"cloud": "aws", "currency": "USD", "days": 1, "within_percent": "4"}
    assert answer["certainty"] == [{**known, "model": None}, {**known, "model": "nova-lite"}]
    assert (
        "On the one settled day of aws, the estimate was within 4 % of the bill in USD."
        in f"{answer['hint']}"
    )
    of_model = live_cost(LiveQuestion(day=DAY.date(), model="nova-lite"), store, now=LATER)
    assert [each["model"] for each in of_model["certainty"]] == ["nova-lite"]


def test_a_certainty_is_the_worst_of_the_days_and_never_rounded_down() -> None:
    days = [("2026-11-24", "0.01"), ("2026-11-23", "-7.5"), ("2026-11-22", None)]
    row: Any = {"cloud": "aws", "model": None, "currency": "USD"}

    rows: Any = [{**row, "day": day, "error_percent": error} for day, error in days]
    [found] = certainties(rows)

    assert (found["days"], found["within_percent"]) == (2, "7.5")


def test_the_least_error_is_not_shown_as_none() -> None:
    aws_day()

    assert aws_rows(aws_bill("0.2400001"))["nova-lite"]["error_percent"] == "-0.01"


def test_a_day_is_not_settled_before_the_bill_has_the_next_one() -> None:
    aws_day()

    assert not aws_rows(aws_bill(last=0))


@pytest.mark.parametrize(
    ("series", "more", "model", "why"),
    [
        (INPUT._replace(name="amazon.nova-pro-v1:0"), {}, "nova-pro", "4,000,000 tokens had no known price."),
        (INPUT._replace(name="amazon.nova-pro-v1:0"), {}, "nova-lite", "metrics had none"),
        (INPUT._replace(name="amazon.nova-pro-v1:0"), {}, None, "None of the tokens had a known price."),
        (INPUT._replace(name="who-knows"), {}, "(unmapped)", "cannot be set side by side"),
        (INPUT, {"x_ModelId": None, "x_BillingModel": "New"}, "nova-lite", "bill has none"),
        (INPUT, {"x_ModelId": None, "x_BillingModel": "New"}, "(unmapped)", "cannot be set side by side"),
        (INPUT, {"BillingCurrency": "EUR"}, "nova-lite", None),
    ],
)
def test_what_cannot_be_compared_has_no_error_and_says_why(
    series: Series, more: dict[str, Any], model: str | None, why: str | None
) -> None:
    aws_day(series=series)

    of_day = [row for row in reconciliation(aws_bill(**more), now=LATER) if row["day"] == f"{DAY:%Y-%m-%d}"]
    found = [row for row in of_day if row["model"] == model]

    assert [row["error"] for row in found] == [None] * len(found) != []
    assert all(why in f"{row['why']}" for row in found) if why else len(found) == 2


def test_a_day_with_minutes_that_were_not_read_tells_nothing_of_prices() -> None:
    source, cloud = make_source(), Cloud()
    clouds = Clouds({source.location: cloud})
    cloud.tell(DAY + HOUR, 4_000_000)
    clouds.collect(DAY + 2 * HOUR)
    LiveSource.objects.update(through=DAY + 20 * HOUR)
    for hours in range(26, 73, 6):
        clouds.collect(DAY + timedelta(hours=hours))

    rows = aws_rows(aws_bill())

    assert {(row["error"], row["why"]) for row in rows.values()} == {
        (None, "Not all minutes of the day were read.")
    }
    assert not certainties([*rows.values()])


def test_a_day_on_which_a_source_was_disabled_is_not_called_read() -> None:
    source, cloud = make_source(), Cloud()
    other = make_source("eu", "eu-west-1")
    clouds = Clouds({source.location: cloud, other.location: Cloud()})
    clouds.collect(DAY)
    cloud.tell(DAY + HOUR, 4_000_000)
    clouds.collect(DAY + 6 * HOUR)
    LiveSource.objects.filter(pk=other.pk).update(is_enabled=False)
    for hours in range(12, 73, 6):
        clouds.collect(DAY + timedelta(hours=hours))

    rows = aws_rows(aws_bill())

    assert {(row["error"], row["why"]) for row in rows.values()} == {
        (None, "Not all minutes of the day were read.")
    }


def test_days_before_the_first_collection_are_not_compared() -> None:
    source, cloud = make_source(), Cloud()
    clouds = Clouds({source.location: cloud})
    LiveSource.objects.update(through=DAY + timedelta(days=2))
    clouds.collect(DAY + timedelta(days=2, minutes=1))
    clouds.collect(LATER)

    assert not reconciliation(aws_bill(), now=LATER)


def test_provisioned_throughput_is_on_neither_side() -> None:
    aws_day(series=INPUT._replace(tier="provisioned"))

    row = aws_rows(aws_bill())["nova-lite"]

    assert (row["estimated"], row["why"]) == (None, "The cloud's metrics had none of these tokens.")


def test_the_demo_is_not_compared_with_a_real_bill() -> None:
    clouds = aws_day()
    store = aws_bill()
    store.demo = frozenset({"aws"})

    assert clouds.by_location
    assert not reconciliation(store, now=LATER)


def test_without_sources_or_bills_there_are_no_rows() -> None:
    assert not reconciliation(aws_bill(), now=LATER)
    aws_day()
    assert not reconciliation(MemoryStore([]), now=LATER)


def test_it_is_computed_again_once_other_bills_are_loaded() -> None:
    aws_day()
    store = aws_bill("0.25")
    first = reconciliation(store, now=LATER)
    asked = len(store.statements)

    assert reconciliation(store, now=LATER + MINUTE) is first
    assert len(store.statements) == asked
    # Each hour only what may have changed is asked again, and not the prices of each day.
    assert reconciliation(store, now=LATER + HOUR) == first
    assert len(store.statements) - asked < asked
    store.loaded_at = {**store.loaded_at, "aws-later": LATER + HOUR}
    store.until = {"aws-early": LATER + HOUR}
    assert not reconciliation(store, now=LATER + 2 * MINUTE)

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from costs.models import ModelName
from live.answer import CostAnswer, UsageAnswer
from live.cost import live_cost
from live.errors import InvalidLiveQuestionError, NoLiveDataError
from live.models import LiveHour, LiveSource
from live.providers.source import Measure
from live.question import LiveQuestion
from live.usage import live_usage
from tests.costs.stores import MemoryStore, tokens
from tests.live.scripted import (
    INPUT,
    NOON,
    REQUESTS,
    bill,
    make_source,
    one_cloud,
    used,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def cost(store: MemoryStore | None = None, now: Any = NOON, **question: Any) -> CostAnswer:
    return live_cost(LiveQuestion(**question), store or bill(), now=now)


def usage(now: Any = NOON, **question: Any) -> UsageAnswer:
    return live_usage(LiveQuestion(**question), now=now)


def test_usage_has_tokens_and_requests_by_model() -> None:
    used()

    answer = usage()

    [row] = answer["rows"]
    assert (row["cloud"], row["account"], row["model"]) == ("aws", "111122223333", "nova-lite")
    assert (row["input_tokens"], row["output_tokens"], row["requests"]) == ("4000000", "1000000", "40")
    # What the cloud does not tell is not 0.
    assert (row["cached_input_tokens"], row["throttles"], row["active_requests"]) == (None, None, None)
    assert (answer["tokens"], answer["requests"], answer["complete"]) == ("5000000", "40", True)


def test_cost_is_tokens_at_the_price_of_the_bill_with_its_source() -> None:
    used()

    answer = cost(minutes=60)

    assert answer["totals"] == [{"currency": "USD", "cost": "0.48", "is_upper_bound": False}]
    assert answer["clouds"] == [{"cloud": "aws", **answer["totals"][0]}]
    assert [(row["direction"], row["cost"]) for row in answer["rows"]] == [
        ("Input", "0.24"),
        ("Output", "0.24"),
    ]
    said = answer["rows"][0]["price"]
    assert said == {
        "source": "bill",
        "as_of": "2026-11-27",
        "detail": "bill 2026-11-27",
        "per_million": "0.06",
        "assumes": [],
    }
    assert (answer["complete"], answer["unpriced_tokens"], answer["is_estimate"]) == (True, "0", True)


def test_tokens_without_a_price_are_counted_and_never_cost_nothing() -> None:
    _, cloud, clouds = used()
    cloud.tell(NOON - 4 * MINUTE, 777, INPUT._replace(name="vendor.new-model-v1:0"))
    clouds.collect(NOON + MINUTE)

    answer = cost(now=NOON + MINUTE, minutes=60)

    first = answer["rows"][0]
    assert (first["model"], first["name"]) == ("(unmapped)", "vendor.new-model-v1:0")
    assert (first["cost"], first["price"], first["tokens"]) == (None, None, "777")
    assert "No table of models" in f"{first['why']}"
    assert answer["totals"][0]["cost"] == "0.48"
    assert (answer["unpriced_tokens"], answer["complete"]) == ("777", False)
    assert "777 tokens have no known price" in f"{answer['hint']}"


def test_a_name_that_an_administrator_adds_is_priced_from_then_on() -> None:
    _, cloud, clouds = used()
    cloud.tell(NOON - 4 * MINUTE, 1_000_000, INPUT._replace(name="profile/abc"))
    clouds.collect(NOON + MINUTE)

    ModelName.objects.create(
        cloud="aws", billing_model="profile/abc", model_id="nova-lite", developer="Amazon"
    )

    assert cost(now=NOON + MINUTE, minutes=60)["totals"][0]["cost"] == "0.54"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"tier": "provisioned"}, "billed by the hour"),
        ({"direction": "", "cache": ""}, "input or output"),
        ({"name": "amazon.nova-pro-v1:0"}, "Neither a loaded bill"),
    ],
)
def test_why_there_is_no_price_is_said(values: dict[str, Any], why: str) -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - MINUTE, 5, INPUT._replace(**values))
    clouds.collect(NOON)

    [row] = cost(minutes=60)["rows"]
    assert why in f"{row['why']}"
    assert cost(minutes=60)["totals"] == []


def test_currencies_are_never_added_up() -> None:
    _, cloud, clouds = used()
    cloud.tell(NOON - 5 * MINUTE, 1_000_000, INPUT._replace(account="999"))
    clouds.collect(NOON + MINUTE)
    euro = {"x_ModelId": "nova-lite", "BillingCurrency": "EUR", "SubAccountId": "999"}
    usd = {"x_ModelId": "nova-lite", "SubAccountId": "111122223333"}
    store = MemoryStore(
        [
            tokens("1000000", "2026-11-27", "0.05", EffectiveCost=Decimal("0.05"), **euro),
            tokens("1000000", "2026-11-27", "0.06", EffectiveCost=Decimal("0.06"), **usd),
        ]
    )

    totals = cost(store, NOON + MINUTE, minutes=60)["totals"]
    assert [(each["currency"], each["cost"]) for each in totals] == [("EUR", "0.05"), ("USD", "0.24")]


def test_the_hour_is_this_one_if_no_time_is_named() -> None:
    used(NOON + 20 * MINUTE)

    answer = cost(now=NOON + 20 * MINUTE)

    assert (answer["start"], answer["end"]) == ("2026-11-28T12:00:00Z", "2026-11-28T12:20:00Z")
    assert answer["rows"] == []
    earlier = cost(now=NOON + 20 * MINUTE, hour=NOON - MINUTE)
    assert earlier["start"] == "2026-11-28T11:00:00Z"
    assert earlier["totals"][0]["cost"] == "0.48"


def test_a_day_has_what_is_billed_of_it_apart() -> None:
    used()
    today = {"x_ModelId": "nova-lite", "SubAccountId": "111122223333", "EffectiveCost": Decimal(9)}

    store = MemoryStore([tokens("1000000", "2026-11-28", "9", **today)])
    answer = cost(store, day=date(2026, 11, 28))

    assert answer["billed"] == {"USD": "9"}
    assert answer["start"] == "2026-11-28T00:00:00Z"
    assert cost(store, minutes=60)["billed"] is None


def test_the_sum_of_a_day_is_the_same_once_its_minutes_are_hours() -> None:
    _, _, clouds = used()
    day_before = usage(day=NOON.date())["tokens"]

    clouds.collect(NOON + timedelta(days=4))

    assert LiveHour.objects.exists()
    answer = usage(NOON + timedelta(days=4), day=NOON.date())
    assert answer["tokens"] == day_before == "5000007"


def test_a_cloud_that_is_read_each_minute_is_as_late_as_it_always_is() -> None:
    used(NOON + timedelta(seconds=10))

    answer = usage(NOON + timedelta(seconds=40))

    # CloudWatch has a minute three minutes later.
    assert answer["lag_seconds"] == {"aws": 3 * 60 + 40}
    assert answer["complete"]


def test_a_collector_that_stopped_makes_the_answer_incomplete_and_says_since_when() -> None:
    used()

    answer = usage(NOON + 30 * MINUTE)

    assert answer["lag_seconds"] == {"aws": 1800}
    assert not answer["complete"]
    [gap] = answer["missing"]
    assert (gap["start"], gap["end"]) == ("2026-11-28T12:00:00Z", "2026-11-28T12:21:00Z")
    assert gap["why"] == "collect_live did not run."


def test_a_source_that_fails_is_named_with_its_reason() -> None:
    source, cloud, clouds = used()
    cloud.error = "It may not be read."
    clouds.collect(NOON + 15 * MINUTE)

    answer = usage(NOON + 15 * MINUTE)

    assert not answer["complete"]
    assert f"{source.name} cannot be read: It may not be read." in f"{answer['hint']}"
    assert answer["missing"][0]["why"] == "It may not be read."


def test_a_source_that_was_never_read_has_no_lag_of_zero() -> None:
    used()
    make_source("second", "eu-west-1")

    answer = usage()

    assert answer["lag_seconds"] == {"aws": None}
    assert not answer["complete"]
    assert "collect_live has not read it yet." in [gap["why"] for gap in answer["missing"]]


def test_a_disabled_source_counts_and_what_was_not_read_of_it_is_missing() -> None:
    source, _, _ = used()
    LiveSource.objects.filter(pk=source.pk).update(is_enabled=False)

    answer = usage(NOON + MINUTE)

    why = "aws is disabled: what is used there is not known."
    assert (answer["tokens"], answer["complete"]) == ("5000000", False)
    assert [(each["start"], each["end"], each["why"]) for each in answer["missing"]] == [
        ("2026-11-28T12:00:00Z", "2026-11-28T12:01:00Z", why)
    ]
    assert why in f"{answer['hint']}"
    # The hour before was read to its end.
    assert usage(NOON + 30 * MINUTE, hour=NOON - MINUTE)["complete"]


def test_a_model_is_asked_for_by_its_id_or_by_the_name_of_the_cloud() -> None:
    used()

    for model in ("nova-lite", "Amazon.Nova-Lite-v1:0"):
        assert usage(model=model)["tokens"] == "5000000"
    other = usage(model="nova-pro")
    assert (other["tokens"], other["rows"]) == ("0", [])
    assert "Nothing is counted of" in f"{other['hint']}"


def test_the_demo_counts_only_if_there_is_nothing_real() -> None:
    LiveSource.objects.create(name="demo-gcp", kind="demo", location="demo://gcp", through=NOON)
    assert usage()["is_demo"]
    assert "made up" in f"{usage()['hint']}"

    used()

    answer = usage()
    assert not answer["is_demo"]
    assert answer["lag_seconds"].keys() == {"aws"}


def test_made_up_bills_neither_price_real_usage_nor_stand_beside_it() -> None:
    used()
    today = {"x_ModelId": "nova-lite", "SubAccountId": "111122223333", "x_Source": "demo"}
    charges = [*bill().charges, tokens("1000000", "2026-11-28", "9", **today)]
    store = MemoryStore(charges, demo=frozenset({"aws", "demo"}))

    answer = cost(store, day=NOON.date())

    assert (answer["billed"], answer["totals"]) == ({}, [])
    assert answer["unpriced_tokens"] == "5000007"
    # A real bill beside them counts alone.
    both = cost(replace(store, demo=frozenset({"demo"})), day=NOON.date())
    assert (both["billed"], both["totals"][0]["cost"]) == ({}, "0.48000042")


def test_made_up_usage_has_the_prices_of_made_up_bills() -> None:
    source, _, _ = used()
    LiveSource.objects.filter(pk=source.pk).update(kind="demo", location="demo://aws")

    assert cost(bill(), minutes=60)["totals"] == []
    of_demo = cost(replace(bill(), demo=frozenset({"aws"})), minutes=60)
    assert of_demo["totals"][0]["cost"] == "0.48"


def test_input_that_hides_what_was_cached_is_marked() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(NOON - MINUTE, 5, INPUT._replace(cache=""))
    clouds.collect(NOON)

    [row] = usage()["rows"]
    assert (row["input_tokens"], row["input_has_cached"]) == ("5", True)
    [priced] = cost(minutes=60)["rows"]
    assert priced["cache"] is None


def test_latency_is_the_mean_of_the_requests() -> None:
    _, cloud, clouds = used()
    cloud.tell(NOON - 5 * MINUTE, 20_000, REQUESTS._replace(measure=Measure.LATENCY_MS))
    clouds.collect(NOON + MINUTE)

    assert usage(NOON + MINUTE)["rows"][0]["latency_ms"] == "500"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"cloud": "ibm"}, "cloud cannot be"),
        ({"minutes": 0}, "minutes is 0"),
        ({"minutes": 181}, "minutes is 181"),
        ({"minutes": 5, "day": NOON.date()}, "Only one of"),
        ({"day": date(2026, 11, 29)}, "in the future"),
        ({"day": date(2026, 1, 1)}, "longer ago than the 92 days"),
        ({"hour": NOON + timedelta(days=1)}, "in the future"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(question: dict[str, Any], said: str) -> None:
    used()

    with pytest.raises(InvalidLiveQuestionError, match=said):
        usage(**question)


def test_without_sources_the_way_on_is_said() -> None:
    with pytest.raises(NoLiveDataError) as caught:
        usage()
    assert "collect_live" in caught.value.hint
    used()
    with pytest.raises(NoLiveDataError, match="No live usage of gcp"):
        usage(cloud="gcp")


def test_rows_are_bounded_and_totals_have_them_all() -> None:
    _, cloud, clouds = one_cloud()
    for at in range(130):
        cloud.tell(NOON - MINUTE, 10, INPUT._replace(account=f"{at:012}"))
    clouds.collect(NOON)

    answer = cost(minutes=60)

    assert (len(answer["rows"]), answer["rows_left_out"]) == (100, 30)
    assert Decimal(answer["totals"][0]["cost"]) == Decimal("0.000078")
    assert (len(usage()["rows"]), usage()["rows_left_out"]) == (100, 30)

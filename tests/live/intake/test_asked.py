"""Questions about calls, beside what the clouds measure of the same tokens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from live.cost import live_cost
from live.errors import InvalidLiveQuestionError, NoLiveDataError
from live.intake import otlp
from live.intake.accept import accept
from live.intake.batch import batch_of
from live.models import LiveSource
from live.now import live_now
from live.question import LiveQuestion
from live.usage import live_usage
from tests.costs.stores import MemoryStore, tokens
from tests.live.intake.sent import TAGS, request, span
from tests.live.scripted import INPUT, NOON, bill, one_cloud, used

pytestmark = pytest.mark.django_db

AGO = NOON - timedelta(minutes=5)


def send(*spans: Any) -> None:
    accept(batch_of(otlp.from_json(request(*spans), TAGS), NOON).calls, 7, NOON)


def send_three() -> None:
    million: dict[str, Any] = {
        "gen_ai__usage__input_tokens": 1_000_000,
        "gen_ai__usage__output_tokens": 1_000_000,
        "ended": AGO,
    }
    send(
        span(1, **million),
        span(2, **million, customer__id="initech", feature__name="chat"),
        span(3, **{**million, "gen_ai__request__model": "vendor.new"}, customer__id=None),
    )


def cost(**question: Any) -> Any:
    return live_cost(LiveQuestion(minutes=60, **question), bill(), now=NOON)


def usage(**question: Any) -> Any:
    return live_usage(LiveQuestion(minutes=60, **question), now=NOON)


def test_calls_and_metrics_of_the_same_tokens_are_never_added_together() -> None:
    used()
    send_three()

    metrics, calls = usage(), usage(basis="calls")

    assert (metrics["basis"], metrics["tokens"], metrics["requests"]) == ("metrics", "5000000", "40")
    assert (calls["basis"], calls["tokens"], calls["requests"]) == ("calls", "6000000", "3")
    assert cost()["totals"][0]["cost"] == "0.48"
    assert cost(basis="calls")["totals"][0]["cost"] == "0.6"


def test_a_question_about_customers_rests_on_calls() -> None:
    used()
    send_three()

    answer = cost(customer="acme")

    assert answer["basis"] == "calls"
    assert answer["totals"] == [{"currency": "USD", "cost": "0.3", "is_upper_bound": False}]
    assert {(row["customer"], row["feature"]) for row in answer["rows"]} == {("acme", "search")}
    assert usage(feature="chat")["tokens"] == "2000000"
    assert usage(customer="(none)")["tokens"] == "2000000"
    assert usage(customer="nobody")["rows"] == []


def test_costs_are_grouped_by_customer_and_what_has_no_price_is_in_no_total() -> None:
    send_three()

    groups = cost(by="customer")["groups"]

    assert [(each["name"], each["tokens"], each["unpriced_tokens"]) for each in groups] == [
        (None, "2000000", "2000000"),
        ("acme", "2000000", "0"),
        ("initech", "2000000", "0"),
    ]
    assert groups[0]["totals"] == []
    assert groups[1]["totals"][0]["cost"] == "0.3"
    assert cost()["groups"] == []


def test_usage_is_grouped_by_feature() -> None:
    send_three()

    groups = usage(by="feature")["groups"]

    assert {each["name"]: (each["tokens"], each["requests"]) for each in groups} == {
        "search": ("4000000", "2"),
        "chat": ("2000000", "1"),
    }


def test_nobody_knows_whether_all_calls_were_sent() -> None:
    send_three()

    answer = usage()

    assert (answer["basis"], answer["complete"], answer["lag_seconds"]) == ("calls", False, {})
    assert "the calls that were sent" in answer["hint"]
    assert not answer["is_demo"]


def test_calls_count_before_the_made_up_metrics_of_the_demo() -> None:
    LiveSource.objects.create(name="demo-gcp", kind="demo", location="demo://gcp", through=NOON)
    assert usage()["basis"] == "metrics"
    send_three()

    assert usage()["basis"] == "calls"
    assert usage(basis="metrics")["is_demo"]


def test_a_cloud_is_that_of_the_provider_and_others_keep_their_name() -> None:
    send_three()
    send(span(4, ended=AGO, gen_ai__provider__name="openai", gen_ai__request__model="gpt-4o"))

    assert usage(cloud="aws", basis="calls")["tokens"] == "6000000"
    rows = cost(model="gpt-4o", basis="calls")["rows"]
    assert {(row["cloud"], row["model"], row["cost"]) for row in rows} == {("openai", "gpt-4o", None)}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"basis": "both"}, "basis cannot be"),
        ({"by": "model"}, "by cannot be"),
        ({"basis": "metrics", "customer": "acme"}, "tell no customers"),
        ({"basis": "metrics", "by": "feature"}, "tell no customers"),
    ],
)
def test_a_question_that_contradicts_itself_says_why(question: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidLiveQuestionError, match=said):
        usage(**question)


def test_without_calls_the_way_on_is_said() -> None:
    used()

    with pytest.raises(NoLiveDataError) as caught:
        usage(customer="acme")
    assert "docs/intake.md" in caught.value.hint


def test_a_bill_of_all_is_not_set_beside_the_calls_of_a_customer() -> None:
    used()
    send_three()
    day = NOON.date()

    answer = live_cost(LiveQuestion(day=day, customer="acme"), bill(), now=NOON)

    assert (answer["billed"], answer["certainty"]) == (None, [])
    assert live_cost(LiveQuestion(day=day), bill(), now=NOON)["billed"] == {}


def of_caches(**prices: str) -> MemoryStore:
    """A bill of a million tokens of input of each cache action."""
    return MemoryStore(
        [
            tokens(
                "1000000",
                "2026-11-27",
                price,
                x_ModelId="nova-lite",
                EffectiveCost=Decimal(price),
                x_TokenCacheAction=action,
            )
            for action, price in prices.items()
        ]
    )


@pytest.mark.parametrize(
    ("prices", "each", "is_bound", "assumes", "said"),
    [
        ({"Uncached": "4", "Read": "1"}, "4", True, "cache Uncached", "an upper bound"),
        ({"Uncached": "4", "Read": "1", "Write": "5"}, "4", False, "cache Uncached", "costs more"),
        ({"Write": "5", "Read": "1"}, "3", False, "cache as billed", "mean price"),
    ],
)
def test_a_call_that_does_not_tell_what_was_cached_has_no_silent_mean(
    prices: dict[str, str], each: str, is_bound: bool, assumes: str, said: str
) -> None:
    send(span(1, gen_ai__usage__input_tokens=1_000_000, gen_ai__usage__output_tokens=0, ended=AGO))

    answer = live_cost(LiveQuestion(minutes=60, by="customer"), of_caches(**prices), now=NOON)

    total = {"currency": "USD", "cost": each, "is_upper_bound": is_bound}
    assert answer["groups"][0]["totals"] == answer["totals"] == [total]
    assert answer["rows"][0]["price"]["assumes"] == [assumes]  # type: ignore[index]
    assert said in f"{answer['hint']}"


def test_the_mean_of_a_metric_is_said_in_the_hint() -> None:
    _, cloud, clouds = one_cloud()
    cloud.tell(AGO, 1_000_000, INPUT._replace(cache=""))
    clouds.collect(NOON)

    answer = live_cost(LiveQuestion(minutes=60), of_caches(Uncached="4", Read="1"), now=NOON)

    assert answer["totals"][0]["cost"] == "2.5"
    assert "mean price" in f"{answer['hint']}"


def send_of_google() -> None:
    of = {"gen_ai__provider__name": "gcp.vertex_ai", "gen_ai__request__model": "gemini-2.5-pro"}
    send(span(9, ended=AGO, gen_ai__usage__input_tokens=5, gen_ai__usage__output_tokens=2, **of))


def test_metrics_of_one_cloud_do_not_hide_the_calls_of_another() -> None:
    used()
    send_of_google()

    answer = cost()

    assert (answer["basis"], answer["complete"]) == ("metrics", False)
    assert "Calls of gcp were sent to the intake, and are not counted" in answer["hint"]
    of_google = usage(cloud="gcp")
    assert (of_google["basis"], of_google["tokens"]) == ("calls", "7")
    assert (usage(cloud="aws")["basis"], usage(cloud="aws")["complete"]) == ("metrics", True)
    day = live_now(bill(), now=NOON)["this_day"]
    assert (day["complete"], day["why"]) == (False, "Calls of clouds without metrics are not counted.")
    for question in ({"cloud": "azure"}, {"cloud": "gcp", "basis": "metrics"}):
        with pytest.raises(NoLiveDataError, match="No live usage of") as caught:
            usage(**question)
        assert ("basis calls" in caught.value.hint) == ("basis" in question)


def test_calls_of_another_time_or_of_a_cloud_that_is_measured_are_not_left_out() -> None:
    used(NOON + 3 * timedelta(hours=1))
    send_three()

    assert cost()["complete"]
    send_of_google()
    assert not cost()["complete"]
    assert live_cost(LiveQuestion(hour=NOON - timedelta(hours=2)), bill(), now=NOON)["complete"]

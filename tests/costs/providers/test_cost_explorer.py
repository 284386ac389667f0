from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from botocore.retries.standard import ExponentialBackoff
from django.test import Client
from django.urls import reverse
from werkzeug import Request, Response

from costs.errors import LoadError
from costs.load.job import load
from costs.load.report import Outcome
from costs.load.withdraw import withdraw
from costs.models import CostLoad, CostSource, ModelName
from costs.providers import estimates
from costs.providers.cost_explorer import CostExplorerSource
from costs.providers.registry import kind_of, open_source
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.bills import charge, make_source, write_bill
from tests.costs.loaded import load as loaded
from tests.costs.providers.cost_explorer import (
    CACHED,
    INPUT,
    MEMBER,
    OPERATION,
    PAYER,
    accounts,
    usage,
    will_answer,
)
from tests.harness.moto_server import Door, door, environment, moto_server, of_aws, with_key

pytestmark = pytest.mark.usefixtures("cloud")


LOCATION = f"costexplorer://{PAYER}"
OCTOBER, NOVEMBER = "2026-10", "2026-11"
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
# The identity of the credentials, the accounts, and the two months.
ALL_CALLS = 3


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with moto_server() as port:
        yield port


@pytest.fixture
def cloud(port: int) -> Iterator[Door]:
    with door(port) as found, of_aws(with_key(found.url)):
        yield found


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(estimates, "now", clock)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    return clock


def billed() -> dict[str, Decimal]:
    """What each source is asked to have cost."""
    found = ask(Question(["billed_cost"], ["source"]), Lake())
    return {f"{row['source']}": Decimal(row["billed_cost"]) for row in found["rows"]}


def opened(folder: Path, location: str = LOCATION) -> CostExplorerSource:
    found = open_source("cost-explorer", "ce", location, folder)
    assert isinstance(found, CostExplorerSource)
    return found


def refusal(code: str, status: int = 400) -> Response:
    """An error as services of JSON tell it."""
    body = json.dumps({"__type": code, "message": "made up"})
    return Response(body, status, content_type="application/x-amz-json-1.1")


def is_question(request: Request) -> bool:
    return request.headers.get("X-Amz-Target") == OPERATION


def two_months() -> list[dict[str, object]]:
    both = accounts(OCTOBER, PAYER)
    both["ResultsByTime"] += accounts(NOVEMBER, PAYER, MEMBER)["ResultsByTime"]
    return [
        both,
        usage({"2026-10-01": [INPUT], "2026-10-31": [CACHED]}, is_estimated=False),
        usage({"2026-11-01": [INPUT]}),
        usage({"2026-11-02": [CACHED, ("Tax", "NoUsageType", "0.2", "0", "N/A")]}),
    ]


def test_each_account_of_each_month_is_a_delivery_exact_to_the_digit(
    port: int, cloud: Door, tmp_path: Path
) -> None:
    exact = (
        "Amazon Bedrock",
        "USE1-NovaLite-input-tokens",
        "0.0000000123456789",
        "0.2057613150",
        "1K tokens",
    )
    will_answer(port, *two_months()[:2], usage({"2026-11-01": [exact]}), usage({}))
    source = opened(tmp_path)
    found = list(source.deliveries())

    assert [(each.period, each.account, each.is_estimate) for each in found] == [
        (OCTOBER, PAYER, True),
        (NOVEMBER, PAYER, True),
    ]
    [row] = loaded(found[1])
    assert row["BilledCost"] == row["EffectiveCost"] == Decimal("0.0000000123456789")
    assert row["ConsumedQuantity"] == Decimal("0.205761315")
    assert (row["BillingAccountId"], row["SubAccountId"]) == (PAYER, PAYER)
    assert row["x_Meter"] == "USE1-NovaLite-input-tokens"
    assert row["ListCost"] is None
    # One for the accounts, one for each account of a month.
    assert (source.calls, source.notes) == (4, ["Cost Explorer: 4 calls, for 0.04 USD."])
    assert (
        sum("POST" in request for request in cloud.requests) == 5
    )  # and one for the identity, which is free


@pytest.mark.django_db
@pytest.mark.one_database
def test_estimates_are_loaded_and_their_meters_read_and_answers_say_that_they_are_estimates(
    port: int, cloud: Door
) -> None:
    source = CostSource.objects.create(name="ce", kind=kind_of(LOCATION), location=LOCATION)
    unknown = ("Amazon EC2", "Quokka:9", "3", "1", "N/A")
    answers = two_months()
    answers[3] = usage({"2026-11-02": [CACHED, unknown]})
    will_answer(port, *answers)

    report = load(source)

    assert [(month.period, month.account, month.outcome) for month in report.months] == [
        (OCTOBER, PAYER, Outcome.LOADED),
        (NOVEMBER, PAYER, Outcome.LOADED),
        (NOVEMBER, MEMBER, Outcome.LOADED),
    ]
    assert report.summary().splitlines() == [
        f"ce 2026-10 of {PAYER} loaded: 2 rows, 1.015215 USD.",
        f"ce 2026-11 of {PAYER} loaded: 1 row, 1.0152 USD.",
        f"ce 2026-11 of {MEMBER} loaded: 2 rows, 3.000015 USD.",
        "ce: Cost Explorer: 4 calls, for 0.04 USD.",
    ]
    source.refresh_from_db()
    assert list(source.calls.values()) == [4]
    found = ask(Question(["billed_cost", "tokens"], ["model", "direction", "cache"]), Lake())
    assert found["is_estimate"] is True
    assert "Estimates until a bill is loaded: 2026-10 to 2026-11 of source" in f"{found['hint']}"
    rows = {(row["model"], row["direction"], row["cache"]): row["tokens"] for row in found["rows"]}
    assert rows == {
        ("claude-3-5-haiku", "Input", "Uncached"): "2538000",
        ("nova-lite", "Input", "Read"): "2000",
        (None, None, None): None,
    }
    assert found["totals"][0]["billed_cost"] == "5.03043"

    # Nothing is asked again today.
    cloud.requests.clear()
    again = load(source)
    assert {month.outcome for month in again.months} == {Outcome.UNCHANGED}
    assert cloud.requests == []
    assert CostLoad.objects.current().count() == 3


@pytest.mark.django_db
@pytest.mark.one_database
def test_a_bill_replaces_the_estimate_of_its_account_and_the_loads_say_so(
    port: int, tmp_path: Path, admin_client: Client
) -> None:
    guess = CostSource.objects.create(name="ce", kind=kind_of(LOCATION), location=LOCATION)
    will_answer(port, *two_months())
    load(guess)
    assert billed() == {"ce": Decimal("2.23043")}

    # A bill of one of the two accounts that have estimates of the month.
    bill = charge("7", ChargePeriodStart="2026-11-01T00:00:00Z", ChargePeriodEnd="2026-11-02T00:00:00Z")
    write_bill(tmp_path / "bills", NOVEMBER, [bill | {"BillingAccountId": PAYER, "SubAccountId": MEMBER}])
    report = load(make_source(tmp_path / "bills"))

    assert report.problems() == []
    estimated = f"estimate of 2026-11 of account {MEMBER}, 0.200015 USD, of source ce"
    replaced = f"bills: It replaces the {estimated}, by 7 USD."
    assert replaced in report.summary()
    assert billed() == {"bills": 7, "ce": Decimal("2.030415")}
    old, new = (
        CostLoad.objects.current().get(source=name, account=of)
        for name, of in (("ce", MEMBER), ("bills", ""))
    )
    changelist = admin_client.get(reverse("admin:costs_costload_changelist")).content.decode()
    link = reverse("admin:costs_costload_change", args=[new.pk])
    assert f'estimate, does not count: replaced by bills <a href="{link}">' in changelist
    explained = admin_client.get(reverse("admin:costs_costload_explain", args=[old.pk])).content.decode()
    assert f"None of them counts: {new} has a bill of the same account." in explained
    sources = admin_client.get(reverse("admin:costs_costsource_change", args=["ce"])).content.decode()
    assert "4 calls, 0.04 USD" in sources

    # Changed names stamp both again, and change nothing in what counts.
    ModelName.objects.create(cloud="aws", product="", billing_model="NovaLite", model_id="q", developer="Q")
    again = load(guess)
    assert [(month.period, month.account, month.outcome) for month in again.months] == [
        (OCTOBER, PAYER, Outcome.RESTAMPED),
        (NOVEMBER, PAYER, Outcome.UNCHANGED),
        (NOVEMBER, MEMBER, Outcome.RESTAMPED),
    ]
    does_not = (
        f"ce: The estimate of 2026-11 of account {MEMBER}, 0.200015 USD, does not count: source bills has it"
    )
    assert does_not in again.summary()
    assert billed() == {"bills": 7, "ce": Decimal("2.030415")}

    withdraw([new])
    assert billed() == {"ce": Decimal("2.23043")}


@pytest.mark.django_db
@pytest.mark.one_database
def test_an_estimate_that_cost_explorer_has_no_more_is_told_and_doubted_until_it_is_back(
    port: int, clock: Clock
) -> None:
    guess = CostSource.objects.create(name="ce", kind=kind_of(LOCATION), location=LOCATION)
    will_answer(port, *two_months())
    load(guess)

    def doubts() -> bool:
        return "no longer has the estimate of account" in f"{ask(Question(['billed_cost']), Lake())['hint']}"

    assert not doubts()
    for period in (None, NOVEMBER):
        will_answer(port, accounts(NOVEMBER, PAYER), usage({"2026-11-01": [INPUT]}))
        clock.now += timedelta(hours=13)
        report = load(guess, period=period)
        told = f"ce 2026-11 of {MEMBER} is no longer in its source; its load stays: 0.200015 USD."
        assert told in report.summary()
        assert doubts()
        # A load of another month says nothing of this one.
        assert load(guess, period=OCTOBER).gone == {}
        assert doubts()

    # Nothing at all is left of the month.
    will_answer(port, {"ResultsByTime": [], "DimensionValueAttributes": []})
    clock.now += timedelta(hours=13)
    assert set(load(guess, period=NOVEMBER).gone) == {f"2026-11 of {PAYER}", f"2026-11 of {MEMBER}"}

    answers = two_months()
    will_answer(port, accounts(NOVEMBER, PAYER, MEMBER), *answers[2:])
    clock.now += timedelta(hours=13)
    assert load(guess).gone == {}
    assert not doubts()


def test_a_day_that_is_restated_is_read_again_and_a_month_that_is_final_is_not(
    port: int, tmp_path: Path, clock: Clock
) -> None:
    will_answer(port, *two_months())
    before = {each.period: each for each in opened(tmp_path).deliveries() if each.account == PAYER}
    restated = ("Amazon Bedrock", INPUT[1], "9", "1269", "1K tokens")
    will_answer(port, accounts(NOVEMBER, PAYER), usage({"2026-11-01": [restated]}))
    clock.now += timedelta(hours=13)
    source = opened(tmp_path)
    after = {each.period: each for each in source.deliveries() if each.account == PAYER}

    assert source.calls == 2
    assert after[OCTOBER].revision == before[OCTOBER].revision
    assert after[NOVEMBER].revision != before[NOVEMBER].revision
    assert [row["BilledCost"] for row in loaded(after[NOVEMBER])] == [9]


def test_a_month_that_is_over_is_asked_again_while_it_is_estimated(
    port: int, cloud: Door, tmp_path: Path, clock: Clock
) -> None:
    will_answer(port, accounts(OCTOBER, PAYER), usage({"2026-10-01": [INPUT]}, is_estimated=True))
    list(opened(tmp_path).deliveries())
    clock.now = datetime(2026, 12, 20, tzinfo=UTC)
    will_answer(port, accounts(OCTOBER, PAYER), usage({"2026-10-01": [INPUT]}, is_estimated=False))
    source = opened(tmp_path)
    list(source.deliveries())
    assert source.calls == 2

    clock.now = datetime(2027, 1, 20, tzinfo=UTC)
    cloud.requests.clear()
    will_answer(port)
    list(opened(tmp_path).deliveries())
    asked = [request for request in cloud.requests if "POST" in request]
    assert len(asked) == 2  # the identity, and which accounts the months since have


def test_an_answer_of_several_pages_is_read_to_its_end_or_not_kept(
    port: int, cloud: Door, tmp_path: Path
) -> None:
    pages = [usage({"2026-10-01": [INPUT]}, token="more"), usage({"2026-10-02": [INPUT]}, is_estimated=False)]
    will_answer(port, accounts(OCTOBER, PAYER), *pages)
    seen = []

    def cut_off(request: Request) -> Response | None:
        seen.append(request)
        return refusal("InternalError", 500) if b"NextPageToken" in request.get_data() else None

    cloud.hook = cut_off
    with pytest.raises(LoadError, match="is throttled or down in spite of retries"):
        list(opened(tmp_path).deliveries())
    assert list(tmp_path.glob("*/*.csv")) == []

    cloud.hook = None
    [found] = opened(tmp_path).deliveries()
    assert sum(row["BilledCost"] for row in loaded(found)) == Decimal("2.0304")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("ExpiredTokenException", "cannot be read: the credentials have expired"),
        ("ThrottlingException", "is throttled or down in spite of retries"),
        ("LimitExceededException", "is throttled or down in spite of retries"),
        ("AccessDeniedException", "give the credentials ce:GetCostAndUsage"),
        ("DataUnavailableException", "it takes a day from when Cost Explorer was enabled"),
    ],
)
def test_what_aws_refuses_is_a_sentence_that_says_what_to_do(
    port: int, cloud: Door, tmp_path: Path, code: str, says: str
) -> None:
    will_answer(port, *two_months())
    cloud.hook = lambda request: refusal(code) if is_question(request) else None
    source = opened(tmp_path)
    with pytest.raises(LoadError, match=re.escape(says)):
        list(source.deliveries())
    # Each that was sent is counted, since AWS may take money for it.
    assert source.calls >= 1
    assert source.notes[0].startswith("Cost Explorer: ")


def test_credentials_that_expire_midway_keep_what_was_answered(
    port: int, cloud: Door, tmp_path: Path
) -> None:
    will_answer(port, *two_months())
    asked = []

    def expire(request: Request) -> Response | None:
        asked.append(is_question(request))
        return refusal("ExpiredTokenException") if sum(asked) > ALL_CALLS else None

    cloud.hook = expire
    with pytest.raises(LoadError, match="have expired"):
        list(opened(tmp_path).deliveries())
    cloud.hook = None
    source = opened(tmp_path)
    assert len(list(source.deliveries())) == 3
    # The accounts, and the one that was missing.
    assert source.calls == 2


def test_a_load_stops_at_its_bound_says_what_it_lacks_and_the_next_goes_on(port: int, tmp_path: Path) -> None:
    location = f"{LOCATION}?max_calls=3"
    will_answer(port, *two_months())
    source = opened(tmp_path, location)
    found = list(source.deliveries())

    assert source.calls == 3
    assert [(each.period, each.account, bool(each.problem)) for each in found] == [
        (OCTOBER, PAYER, False),
        (NOVEMBER, PAYER, False),
        (NOVEMBER, MEMBER, True),
    ]
    assert "a load may make 3 calls: the next load goes on" in found[2].problem

    source = opened(tmp_path, location)
    assert [each.problem for each in source.deliveries()] == ["", "", ""]
    assert source.calls == 2


def test_another_currency_is_kept(port: int, tmp_path: Path) -> None:
    will_answer(port, accounts(OCTOBER, PAYER), usage({"2026-10-01": [INPUT]}, currency="CNY"))
    [found] = opened(tmp_path).deliveries()
    assert [row["BillingCurrency"] for row in loaded(found)] == ["CNY"]


def test_no_data_yet_is_said(port: int, tmp_path: Path) -> None:
    will_answer(port)
    with pytest.raises(
        LoadError, match="has no costs yet: Cost Explorer has them about a day after the usage"
    ):
        list(opened(tmp_path).deliveries())


def test_credentials_of_another_account_are_refused_before_anything_is_paid(tmp_path: Path) -> None:
    source = opened(tmp_path, f"costexplorer://{MEMBER}")
    with pytest.raises(LoadError, match=f"the credentials are of account {PAYER}"):
        list(source.deliveries())
    assert source.calls == 0


def test_one_account_of_a_payer_can_be_asked_for_alone(port: int, cloud: Door, tmp_path: Path) -> None:
    filters = []
    cloud.hook = lambda request: (
        filters.append(json.loads(request.get_data())) if is_question(request) else None
    )
    will_answer(port, accounts(OCTOBER, MEMBER), usage({"2026-10-01": [INPUT]}))
    [found] = opened(tmp_path, f"{LOCATION}/{MEMBER}").deliveries()

    assert found.account == MEMBER
    only = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [MEMBER]}}
    assert [each["Filter"] for each in filters] == [only, only]
    assert filters[1]["TimePeriod"] == {"Start": "2026-10-01", "End": "2026-11-01"}


def test_without_credentials_it_says_which_to_give(cloud: Door, tmp_path: Path) -> None:
    with of_aws(environment(cloud.url)), pytest.raises(LoadError, match="without credentials of AWS"):
        list(opened(tmp_path).deliveries())


@pytest.mark.parametrize(
    "location",
    ["costexplorer://", "costexplorer://12345", "costexplorer://profile", f"{LOCATION}/x"],
)
def test_a_location_that_names_no_account_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(LoadError, match="is no account of AWS: write costexplorer://ACCOUNT"):
        opened(tmp_path, location)


@pytest.mark.parametrize("options", ["months=0", "months=14", "max_calls=x", "cheap=yes", "max_calls="])
def test_unknown_options_are_refused(tmp_path: Path, options: str) -> None:
    with pytest.raises(LoadError, match="ends in something unknown"):
        opened(tmp_path, f"{LOCATION}?{options}")


@pytest.mark.parametrize("lost", [".asked.json", f"{OCTOBER}/{PAYER}.{PAYER}.csv"])
def test_what_was_kept_and_is_lost_or_damaged_is_asked_again(port: int, tmp_path: Path, lost: str) -> None:
    # Of the month that is missing alone, it is another question which accounts it has.
    will_answer(port, *two_months(), accounts(OCTOBER, PAYER))
    before = list(opened(tmp_path).deliveries())
    (tmp_path / lost).write_text("{")
    if not lost.endswith(".json"):
        (tmp_path / lost).unlink()

    assert list(opened(tmp_path).deliveries()) == before

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport
from werkzeug import Request, Response

from costs.errors import LoadError
from costs.load.job import load
from costs.models import CostSource
from costs.providers import azure_credentials, estimates
from costs.providers import cost_management as module
from costs.providers.cost_management import MAX_WAIT, CostManagementSource
from costs.providers.registry import kind_of, open_source
from costs.providers.source import Delivery
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.loaded import load as loaded
from tests.costs.providers.cost_management import (
    SECOND,
    SUBSCRIPTION,
    Cost,
    CostManagement,
    Signed,
    cost_management,
    problem,
)

OF_SUBSCRIPTION = f"costmanagement://subscriptions/{SUBSCRIPTION}"
OF_ACCOUNT = "costmanagement://billingAccounts/1234567"
OCTOBER, NOVEMBER = "2026-10", "2026-11"
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
THROTTLED = "x-ms-ratelimit-microsoft.costmanagement-{}-retry-after"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(estimates, "now", clock)
    return clock


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waited."""
    found: list[float] = []
    monkeypatch.setattr(RequestsTransport, "sleep", lambda _, seconds: found.append(seconds))
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[CostManagement]:
    with cost_management() as found:
        yield found


@pytest.fixture
def cloud(server: CostManagement, monkeypatch: pytest.MonkeyPatch) -> CostManagement:
    url = server.url
    server.__init__()  # type: ignore[misc]  # as it was at first
    server.url = url
    monkeypatch.setattr(module, "_ENDPOINT", url)
    monkeypatch.setattr(azure_credentials, "DefaultAzureCredential", Signed)
    return server


def opened(folder: Path, location: str = OF_ACCOUNT) -> CostManagementSource:
    found = open_source("cost-management", "cm", location, folder)
    assert isinstance(found, CostManagementSource)
    return found


def read(folder: Path, location: str = OF_ACCOUNT) -> list[Delivery]:
    return list(opened(folder, location).deliveries())


def test_each_subscription_of_each_month_is_a_delivery_exact_to_the_digit(
    cloud: CostManagement, tmp_path: Path
) -> None:
    tiny = Cost("1.2345678901234E-05", "0.000000125", currency="USD")
    tax = Cost(day="20261101", subscription="", charge="Tax")
    october = [tiny, Cost(subscription=SECOND.upper())]
    cloud.billed = {OCTOBER: october, NOVEMBER: [Cost(day="20261101"), tax]}

    found = read(tmp_path)

    of_second = f"/subscriptions/{SECOND}"
    of_first = f"/subscriptions/{SUBSCRIPTION}"
    assert [(each.period, each.account) for each in found] == [
        (OCTOBER, of_first),
        (OCTOBER, of_second),
        (NOVEMBER, ""),
        (NOVEMBER, of_first),
    ]
    [row] = loaded(found[0])
    assert row["BilledCost"] == row["EffectiveCost"] == Decimal("0.000012345678901234")
    assert row["PricingQuantity"] == Decimal("0.000000125")
    assert row["BillingAccountId"] == "/providers/Microsoft.Billing/billingAccounts/1234567"
    assert (row["BillingCurrency"], row["x_Cloud"], row["ChargeCategory"]) == ("USD", "azure", "Usage")
    [of_none] = loaded(found[2])
    assert (of_none["SubAccountId"], of_none["ChargeCategory"]) == (None, "Tax")
    assert [each["timePeriod"] for each in cloud.questions[2:]] == [
        {"from": "2026-11-01T00:00:00Z", "to": "2026-11-03T23:59:59Z"}
    ] * 2


@pytest.mark.django_db
@pytest.mark.one_database
def test_estimates_are_loaded_and_tokens_whose_unit_is_not_sure_stay_unknown(cloud: CostManagement) -> None:
    cloud.billed = {OCTOBER: [Cost("2"), Cost("0.5", meter="Quokka 9 Units", service="Quokkas", product="")]}
    source = CostSource.objects.create(name="cm", kind=kind_of(OF_SUBSCRIPTION), location=OF_SUBSCRIPTION)

    report = load(source)

    assert report.problems() == []
    assert "cm: Cost Management: 4 calls." in report.summary()
    found = ask(Question(["billed_cost", "tokens"], ["model", "direction", "cache"]), Lake())
    assert found["is_estimate"] is True
    assert [(row["model"], row["direction"], row["cache"], row["billed_cost"]) for row in found["rows"]] == [
        ("gpt-4.1", "Input", "Read", "2"),
        (None, None, None, "0.5"),
    ]
    assert {row["tokens"] for row in found["rows"]} == {None}


def test_reservations_are_billed_when_bought_and_effective_when_used(
    cloud: CostManagement, tmp_path: Path
) -> None:
    used, unused = Cost("0", meter="D4"), Cost("3", meter="D4", charge="UnusedReservation")
    bought = Cost("30", meter="D4", charge="Purchase", quantity="1")
    cloud.billed = {OCTOBER: [bought, used]}
    cloud.effective = {OCTOBER: [Cost("27", meter="D4"), unused]}

    [found] = read(tmp_path)

    rows = {
        (row["ChargeCategory"], row["CommitmentDiscountStatus"]): (row["BilledCost"], row["EffectiveCost"])
        for row in loaded(found)
    }
    assert rows == {
        ("Purchase", None): (30, 0),
        ("Usage", None): (0, 27),
        ("Usage", "Unused"): (0, 3),
    }


def test_pages_are_read_to_the_end_by_the_same_question(cloud: CostManagement, tmp_path: Path) -> None:
    cloud.billed = {OCTOBER: [Cost(f"{number}.5", meter=f"M{number}") for number in range(25)]}
    cloud.page = 10
    source = opened(tmp_path)
    [found] = source.deliveries()

    assert sum(row["BilledCost"] for row in loaded(found)) == Decimal("312.5")
    assert source.calls == len(cloud.questions) == 8
    assert cloud.questions[0] == cloud.questions[2]


def test_an_answer_that_is_cut_off_half_way_is_not_kept(cloud: CostManagement, tmp_path: Path) -> None:
    cloud.billed = {OCTOBER: [Cost(meter=f"M{number}") for number in range(25)]}
    cloud.page = 10

    def cut_off(request: Request) -> Response | None:
        if "skiptoken" not in request.query_string.decode():
            return None
        whole = cloud.answer(request)
        half = Response(whole.get_data()[:-20], headers={"Content-Type": "application/json"})
        half.automatically_set_content_length = False
        half.headers["Content-Length"] = f"{len(whole.get_data())}"
        half.headers["Connection"] = "close"
        return half

    cloud.fault = cut_off
    with pytest.raises(LoadError, match="broke in spite of retries"):
        read(tmp_path)
    assert list(tmp_path.glob("*/*.csv")) == []
    cloud.fault = lambda _: None
    assert [each.rows for each in read(tmp_path)] == [25]


def test_throttling_is_waited_for_as_the_longest_of_its_headers_says(
    cloud: CostManagement, tmp_path: Path, waits: list[float]
) -> None:
    cloud.billed = {OCTOBER: [Cost()]}
    left = [
        problem(429, "429", **{THROTTLED.format("qpu"): "7", THROTTLED.format("entity"): "3"}),
        problem(429, "429", Retry_After="5", **{THROTTLED.format("client"): "2"}),
        problem(503, "ServiceUnavailable", Retry_After="11"),
    ]
    cloud.fault = lambda _: left.pop(0) if left else None

    assert len(read(tmp_path)) == 1
    assert waits == [7, 5, 11]


def test_throttling_for_longer_than_a_load_waits_is_said(
    cloud: CostManagement, tmp_path: Path, waits: list[float]
) -> None:
    wait = f"{MAX_WAIT + 1:.0f}"
    cloud.fault = lambda _: problem(429, "429", **{THROTTLED.format("tenant"): wait})
    with pytest.raises(LoadError, match="is throttled or down in spite of retries"):
        read(tmp_path)
    assert waits == []


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "ExpiredAuthenticationToken", "has not accepted the credentials, or does so no longer"),
        (403, "RBACAccessDenied", "give the job's identity the role Cost Management Reader"),
        (404, "SubscriptionNotFound", "is no scope that there is"),
        (400, "BadRequest", 'cannot be read: "Too many \\\\u0007 groups."'),
        (500, "InternalServerError", "is throttled or down in spite of retries"),
    ],
)
def test_what_azure_refuses_is_a_sentence_that_says_what_to_do(
    cloud: CostManagement, tmp_path: Path, status: int, code: str, says: str
) -> None:
    cloud.fault = lambda _: problem(status, code, "Too many \x07 groups.")
    with pytest.raises(LoadError, match=re.escape(f"Azure says {status} {code}: {OF_ACCOUNT} ") + ".*"):
        read(tmp_path)
    source = opened(tmp_path)
    with pytest.raises(LoadError, match=says):
        list(source.deliveries())
    assert source.calls == 1


def test_credentials_that_expire_midway_keep_what_was_answered(cloud: CostManagement, tmp_path: Path) -> None:
    cloud.billed = {OCTOBER: [Cost()], NOVEMBER: [Cost(day="20261101")]}
    cloud.fault = lambda _: problem(401, "ExpiredAuthenticationToken") if len(cloud.questions) > 1 else None
    with pytest.raises(LoadError, match="renew them"):
        read(tmp_path)
    cloud.fault = lambda _: None
    source = opened(tmp_path)
    assert [each.period for each in source.deliveries()] == [OCTOBER, NOVEMBER]
    assert source.calls == 2


def test_without_credentials_it_says_which_to_give(
    cloud: CostManagement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nobody(Signed):
        def get_token(self, *_: str, **__: object) -> object:  # type: ignore[override]
            raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token.")

    monkeypatch.setattr(azure_credentials, "DefaultAzureCredential", Nobody)
    with pytest.raises(LoadError, match=f"There are no credentials for {OF_ACCOUNT}: give the job"):
        read(tmp_path)
    assert cloud.paths == []


def test_only_months_that_may_change_are_asked_again(
    cloud: CostManagement, tmp_path: Path, clock: Clock
) -> None:
    cloud.billed = {OCTOBER: [Cost()], NOVEMBER: [Cost(day="20261101")]}
    before = read(tmp_path)
    assert read(tmp_path) == before
    assert len(cloud.questions) == 4

    clock.now += timedelta(days=6)
    cloud.billed = {OCTOBER: [Cost("9")], NOVEMBER: [Cost("8", day="20261101")]}
    restated = read(tmp_path)
    assert [sum(row["BilledCost"] for row in loaded(each)) for each in restated] == [9, 8]
    assert [one.revision != other.revision for one, other in zip(before, restated, strict=True)] == [
        True,
        True,
    ]

    # A week after its end, October is as it stays.
    clock.now += timedelta(days=1)
    cloud.questions.clear()
    read(tmp_path)
    assert {each["timePeriod"]["from"][:7] for each in cloud.questions} == {NOVEMBER}


def test_a_load_stops_at_its_bound_and_says_what_it_lacks(cloud: CostManagement, tmp_path: Path) -> None:
    cloud.billed = {OCTOBER: [Cost()], NOVEMBER: [Cost(day="20261101")]}
    found = read(tmp_path, f"{OF_ACCOUNT}?max_calls=2")
    assert [(each.period, bool(each.problem)) for each in found] == [(OCTOBER, False), (NOVEMBER, True)]
    assert [bool(each.problem) for each in read(tmp_path, f"{OF_ACCOUNT}?max_calls=2")] == [False, False]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{}", "is none of Cost Management"),
        (b"not JSON", "is none of Cost Management"),
        (
            b'{"properties": {"columns": [{"name": "Cost", "type": "Number"}], "rows": []}}',
            "without UsageQuantity",
        ),
    ],
)
def test_an_answer_of_another_form_is_refused(
    cloud: CostManagement, tmp_path: Path, body: bytes, says: str
) -> None:
    cloud.fault = lambda _: Response(body, content_type="application/json")
    with pytest.raises(LoadError, match=says):
        read(tmp_path)


def test_no_token_is_sent_to_another_address(cloud: CostManagement, tmp_path: Path) -> None:
    cloud.billed = {OCTOBER: [Cost(), Cost(meter="M")]}
    cloud.page = 1

    def elsewhere(request: Request) -> Response:
        text = cloud.answer(request).get_data().replace(cloud.url.encode(), b"http://127.0.0.1:1")
        return Response(text, content_type="application/json")

    cloud.fault = elsewhere
    with pytest.raises(LoadError, match="goes on at another address"):
        read(tmp_path)


def test_no_data_yet_is_said(cloud: CostManagement, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="has no costs yet"):
        read(tmp_path)
    assert cloud.paths[0].endswith("/billingAccounts/1234567/providers/Microsoft.CostManagement/query")


@pytest.mark.parametrize(
    "location",
    ["costmanagement://", "costmanagement://subscriptions/x", "costmanagement://billingAccounts/1/../../x"],
)
def test_a_location_that_names_no_scope_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(LoadError, match="is no scope of Azure: write costmanagement://subscriptions/ID"):
        opened(tmp_path, location)

"""Estimates of Azure Cost Management's query API, where no export is set up.

Costs are by day, subscription, service, meter and unit (learn.microsoft.com, "Query - Usage"). Azure's own
client of it makes floats of amounts, so that only the core of Azure's clients is used: a number stays the
text that it is in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from azure.core import PipelineClient
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest, HttpResponse

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import estimates
from costs.providers.azure_credentials import credential
from costs.providers.azure_errors import of_query
from costs.providers.estimate_source import EstimateSource, Place, Service
from costs.providers.estimates import Answers, Row, day_after, first_day

# Two for each month, and their pages. Azure takes nothing, but throttles.
MAX_CALLS = 40
_FORM = "costmanagement://subscriptions/ID or costmanagement://billingAccounts/ID"
_LOCATION = re.compile(
    r"costmanagement://(?P<scope>subscriptions/[0-9A-Fa-f-]{36}|"
    r"billingAccounts/[\w:.-]{1,128}(?:/billingProfiles/[\w-]{1,64})?)/?(?:\?.*)?"
)
_ENDPOINT = "https://management.azure.com"
_VERSION = "2025-03-01"
# Costs may change for some days after their month.
_FINAL_AFTER = timedelta(days=7)
_RETRIES = 5
# Of a longer wait, the next load makes better use.
MAX_WAIT = 90.0
_WAITS = (
    "Retry-After",
    *(
        f"x-ms-ratelimit-microsoft.costmanagement-{of}-retry-after"
        for of in ("qpu", "entity", "tenant", "client")
    ),
)
# Its documentation tells of two, and the portal itself groups by more.
_GROUPING = ("SubscriptionId", "ServiceName", "MeterSubCategory", "Meter", "UnitOfMeasure", "ChargeType")
_COST, _QUANTITY, _DAY, _CURRENCY = "Cost", "UsageQuantity", "UsageDate", "Currency"
_CATEGORIES = {
    "usage": "Usage",
    "unusedreservation": "Usage",
    "unusedsavingsplan": "Usage",
    "purchase": "Purchase",
    "tax": "Tax",
}
_OK = 200
_Key = tuple[str, ...]


def open_source(name: str, location: str, fetched: Path, identity: Identity = OWN) -> CostManagementSource:
    """Open the Cost Management of a scope.

    Args:
        name: of the source.
        location: costmanagement://subscriptions/ID or costmanagement://billingAccounts/ID.
        fetched: where its answers are kept.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location names no scope.
    """
    return CostManagementSource(name, _Place.of(location), fetched, identity)


@dataclass(frozen=True, slots=True)
class _Place(Place):
    """The scope that is asked for.

    Args:
        scope: as Azure writes it, such as /subscriptions/ID.
    """

    scope: str

    @classmethod
    def of(cls, location: str) -> _Place:
        found = _LOCATION.fullmatch(location)
        if not found:
            raise LoadError(f"{location!r} is no scope of Azure: write {_FORM}.")
        scope = found["scope"]
        is_subscription = scope.startswith("subscriptions/")
        path = f"/{scope.lower()}" if is_subscription else f"/providers/Microsoft.Billing/{scope}"
        return cls(location.partition("?")[0], estimates.bounds(location, _FORM, MAX_CALLS), path)

    @property
    def account(self) -> str:
        """The subscription, if the scope is one."""
        return self.scope if self.scope.startswith("/subscriptions/") else ""


class CostManagementSource(EstimateSource[_Place]):
    """What Cost Management has of the subscriptions of a scope."""

    service = Service(
        "cost-management", "Cost Management", "azure", "Azure has them some hours after the usage"
    )

    def ask(self, answers: Answers) -> Sequence[tuple[str, str]]:
        """Ask for the months that may have changed, of all subscriptions at once."""
        today = estimates.now().date()
        wanted = answers.months(estimates.months_until(today, self.place.bounds.months))
        due = sorted(filter(answers.is_due, wanted), key=answers.asked_at)
        if not due:
            return []
        with _opened(self.identity) as client:
            for number, month in enumerate(due):
                if not self.may_ask():
                    return [(each, "") for each in due[number:]]
                rows = _Month(self, self.place, client, month).rows(today)
                answers.keep(month, "", rows, is_final=day_after(month) + _FINAL_AFTER <= today)
        return []


@dataclass(frozen=True, slots=True)
class _Month:
    """A month to ask for.

    Args:
        source: whose calls are counted.
        place: what is asked for.
        client: what asks.
        month: the month.
    """

    source: CostManagementSource
    place: _Place
    client: PipelineClient[HttpRequest, HttpResponse]
    month: str

    def rows(self, today: date) -> Mapping[str, Sequence[Row]]:
        """What each subscription is charged, by day and meter.

        What is billed and what is effective are two questions: reservations are billed when they are bought.

        Raises:
            LoadError: Azure cannot be asked, or its answer is not whole.
        """
        billed, effective = (self._by_key(kind, today) for kind in ("ActualCost", "AmortizedCost"))
        found: dict[str, list[Row]] = {}
        for key in sorted({*billed, *effective}):
            named = dict(zip((_DAY, _CURRENCY, *_GROUPING), key, strict=True))
            subscription = named["SubscriptionId"].lower()
            account = self.place.account or (f"/subscriptions/{subscription}" if subscription else "")
            money = {
                "BilledCost": billed.get(key, ("0",))[0],
                "EffectiveCost": effective.get(key, ("0",))[0],
                "PricingQuantity": (billed.get(key) or effective[key])[1],
            }
            found.setdefault(account, []).append({**self._row(named, account), **money})
        return found

    def _row(self, named: Mapping[str, str], account: str) -> Row:
        kind = named["ChargeType"].lower()
        return {
            **estimates.of_month(self.month),
            **estimates.of_day(self._day(named[_DAY])),
            # Of a subscription, Azure does not tell who pays for it.
            "BillingAccountId": self.place.scope,
            "SubAccountId": account,
            "ProviderName": "Microsoft",
            "ChargeCategory": _CATEGORIES.get(kind, "Adjustment"),
            "CommitmentDiscountStatus": "Unused" if kind.startswith("unused") else "",
            "ServiceName": named["ServiceName"],
            "x_SkuMeterSubcategory": named["MeterSubCategory"],
            "x_SkuMeterName": named["Meter"],
            "x_PricingUnitDescription": named["UnitOfMeasure"],
            "BillingCurrency": named[_CURRENCY],
        }

    def _day(self, text: str) -> date:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not first_day(self.month) <= day < day_after(self.month):
            raise LoadError(f"{self.place.address} has an answer for {self.month} with costs of {text!r}.")
        return day

    def _by_key(self, kind: str, today: date) -> Mapping[_Key, tuple[str, str]]:
        """The cost and the quantity by day, currency and group."""
        found: dict[_Key, tuple[str, str]] = {}
        for record in self._records(kind, today):
            key = tuple(record[name] for name in (_DAY, _CURRENCY, *_GROUPING))
            if key in found:
                raise LoadError(
                    f"{self.place.address} has an answer for {self.month} with a group twice: load again."
                )
            found[key] = (record[_COST], record[_QUANTITY])
        return found

    def _records(self, kind: str, today: date) -> Iterator[Mapping[str, str]]:
        """The rows of all pages, with what each column has as text."""
        url = f"{_ENDPOINT}{self.place.scope}/providers/Microsoft.CostManagement/query?api-version={_VERSION}"
        question, seen = self._question(kind, today), set[str]()
        while url:
            if url in seen or self.source.calls >= self.place.bounds.max_calls + MAX_CALLS:
                raise LoadError(f"{self.place.address} has an answer of too many pages: load again.")
            seen.add(url)
            properties = self._asked(url, question)
            yield from self._named(properties)
            url = f"{properties.get('nextLink') or ''}"
            if url and not url.startswith(f"{_ENDPOINT}/"):
                # It would be sent a token.
                raise LoadError(f"{self.place.address} has an answer that goes on at another address.")

    def _question(self, kind: str, today: date) -> Mapping[str, Any]:
        last = min(day_after(self.month) - timedelta(days=1), today)
        sums = {name: {"name": name, "function": "Sum"} for name in (_COST, _QUANTITY)}
        return {
            "type": kind,
            "timeframe": "Custom",
            "timePeriod": {"from": f"{first_day(self.month)}T00:00:00Z", "to": f"{last}T23:59:59Z"},
            "dataset": {
                "granularity": "Daily",
                "aggregation": sums,
                "grouping": [{"type": "Dimension", "name": name} for name in _GROUPING],
            },
        }

    def _asked(self, url: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        self.source.calls += 1
        try:
            answer = self.client.send_request(
                HttpRequest("POST", url, json=question),
                # Questions change nothing, so that one may be asked again.
                retry_on_methods=["POST"],
                enforce_https=_ENDPOINT.startswith("https:"),
            )
            if answer.status_code != _OK:
                raise HttpResponseError(response=answer)
            # Numbers stay as they are written.
            properties = json.loads(answer.text(), parse_float=str, parse_int=str)["properties"]
        except AzureError as error:
            raise LoadError(of_query(error, self.place.address)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise LoadError(f"{self.place.address} has an answer that is none of Cost Management.") from error
        return properties if isinstance(properties, dict) else {}

    def _named(self, properties: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
        columns = [f"{column['name']}".lower() for column in properties.get("columns", ())]
        wanted = (_COST, _QUANTITY, _DAY, _CURRENCY, *_GROUPING)
        if lacking := [name for name in wanted if name.lower() not in columns]:
            raise LoadError(f"{self.place.address} has an answer without {' and '.join(lacking)}.")
        places = {name: columns.index(name.lower()) for name in wanted}
        for row in properties.get("rows", ()):
            if len(row) != len(columns):
                raise LoadError(f"{self.place.address} has an answer with rows of other columns: load again.")
            yield {name: "" if row[place] is None else f"{row[place]}" for name, place in places.items()}


class _Throttling(RetryPolicy[HttpRequest, HttpResponse]):
    """Waits as long as the longest of the headers says by which Cost Management throttles."""

    def get_retry_after(self, response: Any) -> float | None:
        headers = response.http_response.headers
        waits = [self.parse_retry_after(headers[name]) for name in _WAITS if headers.get(name)]
        return max(waits, default=None)

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        wait = self.get_retry_after(response)
        return (wait or 0) <= MAX_WAIT and super().is_retry(settings, response)


@contextmanager
def _opened(identity: Identity) -> Iterator[PipelineClient[HttpRequest, HttpResponse]]:
    with credential(identity) as opened:
        policies = [
            UserAgentPolicy(base_user_agent="cloud-pricing"),
            _Throttling(retry_total=_RETRIES, retry_status=_RETRIES),
            BearerTokenCredentialPolicy(opened, "https://management.azure.com/.default"),
        ]
        with PipelineClient[HttpRequest, HttpResponse](
            _ENDPOINT, policies=policies, connection_timeout=10, read_timeout=120
        ) as client:
            yield client

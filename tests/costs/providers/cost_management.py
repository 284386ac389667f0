"""A Cost Management on loopback that answers as learn.microsoft.com, "Query - Usage" has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from azure.core.credentials import AccessToken
from werkzeug import Request, Response

from tests.harness.http_server import serve

SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-111122223333"
SECOND = "0b1f6471-1bf0-4dda-aec3-444455556666"
TOKEN = "made-up-token"
_FAR = 4_000_000_000
_COLUMNS = (
    ("Cost", "Number"),
    ("UsageQuantity", "Number"),
    ("UsageDate", "Number"),
    *((name, "String") for name in ("SubscriptionId", "ServiceName", "MeterSubCategory", "Meter")),
    *((name, "String") for name in ("UnitOfMeasure", "ChargeType", "Currency")),
)


@dataclass(frozen=True)
class Cost:
    """A row of an answer; amounts are written as they stand here."""

    cost: str = "1.25"
    quantity: str = "10"
    day: str = "20261005"
    subscription: str = SUBSCRIPTION
    service: str = "Foundry Models"
    product: str = "Azure OpenAI"
    meter: str = "gpt 4.1 cached Inp glbl Tokens"
    unit: str = "1K"
    charge: str = "Usage"
    currency: str = "EUR"

    def row(self) -> str:
        of = (self.subscription, self.service, self.product, self.meter, self.unit, self.charge)
        texts = ", ".join(map(json.dumps, (*of, self.currency)))
        return f"[{self.cost}, {self.quantity}, {self.day}, {texts}]"


@dataclass
class CostManagement:
    """What is asked, and answers.

    Args:
        billed: the costs by month.
        effective: the same with reservations spread over their use; those that are billed if not told.
        page: how many rows a page has.
    """

    billed: Mapping[str, Sequence[Cost]] = field(default_factory=dict)
    effective: Mapping[str, Sequence[Cost]] | None = None
    page: int = 1000
    url: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    # Answers a request instead.
    fault: Callable[[Request], Response | None] = lambda _: None

    def __call__(self, request: Request) -> Response:
        self.paths.append(request.path)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "ExpiredAuthenticationToken")
        return self.fault(request) or self.answer(request)

    def answer(self, request: Request) -> Response:
        question = json.loads(request.get_data())
        self.questions.append(question)
        is_billed = question["type"] == "ActualCost" or self.effective is None
        costs = self.billed if is_billed else self.effective or {}
        found = costs.get(question["timePeriod"]["from"][:7], ())
        start = int(request.args.get("$skiptoken", 0))
        rows = ", ".join(cost.row() for cost in found[start : start + self.page])
        columns = json.dumps([{"name": name, "type": type_} for name, type_ in _COLUMNS])
        after = start + self.page
        version = request.args["api-version"]
        link = (
            f"{self.url}{request.path}?api-version={version}&$skiptoken={after}"
            if after < len(found)
            else None
        )
        return Response(
            f'{{"id": "x", "name": "y", "type": "Microsoft.CostManagement/query", "properties": '
            f'{{"nextLink": {json.dumps(link)}, "columns": {columns}, "rows": [{rows}]}}}}',
            content_type="application/json",
        )


class Signed:
    """A signed-in identity, in place of azure-identity's chain."""

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        assert scopes == ("https://management.azure.com/.default",)
        return AccessToken(TOKEN, _FAR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def problem(status: int, code: str, message: str = "Made up.", **headers: str) -> Response:
    """An error as Azure Resource Manager tells it."""
    body = json.dumps({"error": {"code": code, "message": message}})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, named, content_type="application/json")


@contextmanager
def cost_management() -> Iterator[CostManagement]:
    found = CostManagement()
    with serve(found) as server:
        found.url = server.url_for("").rstrip("/")
        yield found

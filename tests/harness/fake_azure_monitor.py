"""An Azure on loopback: accounts with deployments, and the batch of metrics that Azure Monitor answers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.monitor.querymetrics import MetricsClient
from werkzeug import Request, Response

from live.providers.azure import client_options
from tests.harness.http_server import serve as serve_http

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
_ACCOUNT = "/subscriptions/{}/resourceGroups/ai/providers/Microsoft.CognitiveServices/accounts/{}"


@dataclass
class Deployed:
    """A deployment: its model, version and SKU, and counts by metric and minute; None is no total."""

    model: str
    version: str = "1"
    sku: str = "GlobalStandard"
    counts: Mapping[str, Mapping[datetime, float | None]] = field(default_factory=dict)


@dataclass
class FakeAzure:
    """What the subscription has, what was asked, and the status that is answered instead.

    Args:
        accounts: by name, the region and the deployments by name.
        unlisted: deployments that have counts, but are in no list any more, by account.
    """

    accounts: dict[str, tuple[str, dict[str, Deployed]]] = field(default_factory=dict)
    unlisted: dict[str, dict[str, Deployed]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if self.status != 200:
            return _json({"error": {"code": "MadeUp", "message": "made up"}}, self.status)
        if request.path.endswith("/metrics:getBatch"):
            return _json({"values": [self._metrics(each, request) for each in _resources(request)]})
        if request.path.endswith("/deployments"):
            _, deployments = self.accounts[request.path.split("/")[-2]]
            return _json({"value": [_deployment(*each) for each in deployments.items()]})
        return _json({"value": [_account(name, region) for name, (region, _) in self.accounts.items()]})

    def _metrics(self, resource: str, request: Request) -> Mapping[str, Any]:
        account = resource.rpartition("/")[2]
        start, end = (datetime.fromisoformat(request.args[name]) for name in ("starttime", "endtime"))
        found = {**self.accounts[account][1], **self.unlisted.get(account, {})}
        # As Azure does, without `top` only ten series are given.
        listed = list(found.items())[: int(request.args.get("top", 10))]
        return {
            "starttime": request.args["starttime"],
            "endtime": request.args["endtime"],
            "interval": "PT1M",
            "namespace": "Microsoft.CognitiveServices/accounts",
            "resourceregion": "eastus2",
            "resourceid": resource,
            "value": [
                _metric(resource, name, listed, (start, end))
                for name in request.args["metricnames"].split(",")
            ],
        }

    def client(self) -> Clients:
        return Clients(self.url)


class Clients:
    """Azure's clients, which ask a server on loopback."""

    def __init__(self, url: str) -> None:
        self._url = url

    def accounts(self) -> CognitiveServicesManagementClient:
        return CognitiveServicesManagementClient(
            _Credential(), SUBSCRIPTION, base_url=self._url, authentication_policy=_Open(), **client_options()
        )

    def metrics(self, region: str) -> MetricsClient:
        return MetricsClient(
            f"{self._url}/{region}", _Credential(), authentication_policy=_Open(), **client_options()
        )


class _Credential:
    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("made-up", 9_999_999_999)


class _Open(SansIOHTTPPolicy[Any, Any]):
    """A token would be sent over https only."""


@contextlib.contextmanager
def serve(fake: FakeAzure) -> Iterator[FakeAzure]:
    """The subscription on a port of its own."""
    with serve_http(fake) as server:
        fake.url = server.url_for("").rstrip("/")
        yield fake


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")


def _resources(request: Request) -> list[str]:
    found: list[str] = json.loads(request.get_data())["resourceids"]
    return found


def _account(name: str, region: str) -> Mapping[str, Any]:
    return {
        "id": _ACCOUNT.format(SUBSCRIPTION, name),
        "name": name,
        "kind": "OpenAI",
        "location": region,
        "properties": {},
    }


def _deployment(name: str, deployed: Deployed) -> Mapping[str, Any]:
    model = {"format": "OpenAI", "name": deployed.model, "version": deployed.version}
    return {"id": name, "name": name, "sku": {"name": deployed.sku}, "properties": {"model": model}}


def _metric(
    resource: str,
    name: str,
    deployments: list[tuple[str, Deployed]],
    window: tuple[datetime, datetime],
) -> Mapping[str, Any]:
    return {
        "id": f"{resource}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": name},
        "displayDescription": "",
        "unit": "Count",
        "errorCode": "Success",
        "timeseries": [
            {
                "metadatavalues": [
                    {"name": {"value": "modeldeploymentname", "localizedValue": "m"}, "value": deployment}
                ],
                "data": [
                    _point(at, value)
                    for at, value in deployed.counts.get(name, {}).items()
                    if window[0] <= at < window[1]
                ],
            }
            for deployment, deployed in deployments
            if name in deployed.counts
        ],
    }


def _point(at: datetime, value: float | None) -> Mapping[str, Any]:
    told = {} if value is None else {"total": value}
    return {"timeStamp": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", **told}

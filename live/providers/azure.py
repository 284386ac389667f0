"""Tokens of Azure OpenAI and Foundry from Azure Monitor, by deployment, of all accounts of a subscription.

The metrics are in "Supported metrics for Microsoft.CognitiveServices/accounts". A deployment is no model:
which one it has, and how it is sold, is in the account's list of deployments. Cached tokens are within the
processed prompt tokens, of which the metric gives no part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import RetryPolicy
from azure.identity import DefaultAzureCredential
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.monitor.querymetrics import MetricsClient

from live.errors import CollectError
from live.providers.source import MAX_SERIES, MINUTE, Measure, Reading, Requests, Series, Tariff, minute_of

_LOCATION = re.compile(
    r"azure-monitor://(?P<subscription>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
)
_NAMESPACE = "Microsoft.CognitiveServices/accounts"
_FILTER = "ModelDeploymentName eq '*'"
# What a metric counts: measure, direction and cache.
METRICS: Mapping[str, tuple[Measure, str, str]] = MappingProxyType(
    {
        "ProcessedPromptTokens": (Measure.TOKENS, "Input", ""),
        "GeneratedTokens": (Measure.TOKENS, "Output", "Uncached"),
        "AzureOpenAIRequests": (Measure.REQUESTS, "", ""),
    }
)
# Tier and scope by the SKU of a deployment (learn.microsoft.com, "Deployment types for Foundry Models"). A
# standard deployment serves calls of more than one tier.
_SKUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Standard": ("", "regional"),
        "GlobalStandard": ("", "global"),
        "DataZoneStandard": ("", "geo"),
        "GlobalBatch": ("batch", "global"),
        "DataZoneBatch": ("batch", "geo"),
        "ProvisionedManaged": ("provisioned", "regional"),
        "GlobalProvisionedManaged": ("provisioned", "global"),
        "DataZoneProvisionedManaged": ("provisioned", "geo"),
    }
)
# Accounts that one query may ask about ("Metrics - batch" of the REST API).
_BATCH = 50
_RETRIES = 3
_TIMEOUT = 30


class Clients(Protocol):
    """The clients of a subscription."""

    def accounts(self) -> Any:
        """That of accounts and deployments."""

    def metrics(self, region: str) -> Any:
        """That of the metrics of a region."""


class _Account(NamedTuple):
    """An account with its deployments, by name: model, version, and the SKU that it is sold by."""

    id: str
    region: str
    deployments: Mapping[str, tuple[str, str, str]]


def open_source(location: str) -> AzureMonitor:
    """Open the metrics of a subscription, by Azure's default credential.

    Raises:
        CollectError: the location is none of a subscription.
    """
    found = _LOCATION.fullmatch(location)
    if not found:
        raise CollectError(
            f"{location} is no subscription of Azure: write azure-monitor://SUBSCRIPTION with its id."
        )
    return AzureMonitor(found["subscription"], _Default(found["subscription"]))


class _Default:
    """Clients by the default credential."""

    def __init__(self, subscription: str) -> None:
        self._subscription, self._credential = subscription, DefaultAzureCredential()

    def accounts(self) -> CognitiveServicesManagementClient:
        return CognitiveServicesManagementClient(self._credential, self._subscription, **client_options())

    def metrics(self, region: str) -> MetricsClient:
        endpoint = f"https://{region}.metrics.monitor.azure.com"
        return MetricsClient(endpoint, self._credential, **client_options())


def client_options() -> dict[str, Any]:
    retry = RetryPolicy(retry_total=_RETRIES, retry_backoff_factor=0.5)
    return {"retry_policy": retry, "connection_timeout": 10, "read_timeout": _TIMEOUT}


class AzureMonitor:
    """The counts of a subscription.

    Args:
        subscription: its id.
        clients: where they are.
    """

    tariffs: Mapping[str, Tariff] = MappingProxyType({})

    def __init__(self, subscription: str, clients: Clients) -> None:
        self._subscription, self._clients = subscription, clients

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of a time; see Collector."""
        reading = Reading()
        with self._explained():
            by_region: defaultdict[str, list[_Account]] = defaultdict(list)
            for account in self._accounts(requests):
                by_region[account.region].append(account)
            for region, accounts in by_region.items():
                with self._clients.metrics(region) as client:
                    for at in range(0, len(accounts), _BATCH):
                        self._read(client, accounts[at : at + _BATCH], (start, end), reading, requests)
        return reading

    def _accounts(self, requests: Requests) -> Iterator[_Account]:
        """The accounts that have deployments."""
        with self._clients.accounts() as client:
            requests.count("accounts")
            for account in client.accounts.list():
                group = account.id.split("/")[4]
                requests.count("deployments")
                found = client.deployments.list(group, account.name)
                deployments = {each.name: _deployed(each) for each in found}
                if deployments:
                    yield _Account(account.id, account.location.lower().replace(" ", ""), deployments)

    def _read(
        self,
        client: Any,
        accounts: Sequence[_Account],
        window: tuple[datetime, datetime],
        reading: Reading,
        requests: Requests,
    ) -> None:
        requests.count("getBatch", len(accounts))
        results = client.query_resources(
            resource_ids=[account.id for account in accounts],
            metric_namespace=_NAMESPACE,
            metric_names=[*METRICS],
            timespan=window,
            granularity=MINUTE,
            aggregations=["Total"],
            filter=_FILTER,
            # Without it, only the ten largest deployments are given.
            max_results=MAX_SERIES,
        )
        for metric in (metric for result in results for metric in result.metrics):
            if metric.name in METRICS:
                self._add(metric, _account_of(metric.id, accounts), reading)

    def _add(self, metric: Any, account: _Account, reading: Reading) -> None:
        for found in metric.timeseries:
            values = {name.lower(): value for name, value in found.metadata_values.items()}
            series = self._series(metric.name, values.get("modeldeploymentname", ""), account)
            for point in found.data:
                # A minute without a total is one that Azure does not have, or not yet.
                if point.total is not None:
                    moment = point.timestamp
                    minute = minute_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
                    reading.add(series, minute, round(point.total))

    def _series(self, metric: str, deployment: str, account: _Account) -> Series:
        measure, direction, cache = METRICS[metric]
        name, version, sku = account.deployments.get(deployment, ("", "", ""))
        tier, scope = _SKUS.get(sku, ("", "")) if measure is Measure.TOKENS else ("", "")
        return Series(
            account=self._subscription,
            region=account.region,
            name=name or deployment,
            measure=measure,
            deployment=f"{account.id.rpartition('/')[2]}/{deployment}",
            direction=direction,
            cache=cache,
            tier=tier,
            scope=scope,
            version=version,
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except AzureError as error:
            raise CollectError(_sentence(error, self._subscription)) from error


def _account_of(metric_id: str, accounts: Sequence[_Account]) -> _Account:
    """The account of a metric, by its id: the client does not tell which resource a result is of."""
    resource = metric_id.lower().partition("/providers/microsoft.insights/")[0]
    found = [account for account in accounts if account.id.lower() == resource]
    if not found:
        raise CollectError(f"Azure Monitor answered for {resource}, which was not asked for.")
    return found[0]


def _deployed(deployment: Any) -> tuple[str, str, str]:
    model = deployment.properties and deployment.properties.model
    sku = deployment.sku.name if deployment.sku else ""
    return (model.name or "", model.version or "", sku) if model else ("", "", sku)


def _sentence(error: AzureError, subscription: str) -> str:
    """What is wrong and what to do."""
    if isinstance(error, ClientAuthenticationError):
        return (
            "There are no credentials of Azure, or it does not accept them: give the job a managed identity, "
            "AZURE_CLIENT_ID with its secret or certificate, or run az login."
        )
    status = error.status_code if isinstance(error, HttpResponseError) else None
    if status in (401, 403):
        return (
            f"The credentials may not read the accounts or metrics of {subscription}: give them the roles "
            "Reader and Monitoring Reader on the subscription."
        )
    if status == 404:  # noqa: PLR2004 "Not Found"
        return f"There is no subscription {subscription} that the credentials may see: correct the location."
    if status == 429:  # noqa: PLR2004 "Too Many Requests"
        return f"Azure lets {subscription} ask no more for now: it is asked again later."
    if status is None or status >= 500:  # noqa: PLR2004
        return f"Azure Monitor cannot be reached, in spite of retries ({type(error).__name__})."
    return f"Azure refuses to tell of {subscription}: it says {status}."

"""What Cost Explorer answers, as moto's server is told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests

# moto's own account.
PAYER, MEMBER = "123456789012", "444455556666"
OPERATION = "AWSInsightsIndexService.GetCostAndUsage"
# Made up: the service, the usage type, its cost, how much, and its unit.
Charge = tuple[str, str, str, str, str]
INPUT: Charge = ("Amazon Bedrock", "USE1-Claude3.5Haiku-input-tokens", "1.0152", "1269", "1K tokens")
CACHED: Charge = (
    "Amazon Bedrock",
    "USE1-NovaLite-cache-read-input-token-count",
    "0.000015",
    "1",
    "1K tokens",
)


def accounts(month: str, *names: str) -> dict[str, Any]:
    """Which accounts have costs in a month."""
    groups = [{"Keys": [name], "Metrics": _metrics("1", "1", "N/A", "USD")} for name in names]
    return _answer([_result(f"{month}-01", groups)])


def usage(
    days: Mapping[str, Sequence[Charge]], *, is_estimated: bool = True, currency: str = "USD", token: str = ""
) -> dict[str, Any]:
    """The charges of days."""
    results = [
        _result(
            day,
            [
                {"Keys": [service, usage_type], "Metrics": _metrics(cost, amount, unit, currency)}
                for service, usage_type, cost, amount, unit in charges
            ],
            is_estimated=is_estimated,
        )
        for day, charges in days.items()
    ]
    return _answer(results) | ({"NextPageToken": token} if token else {})


def will_answer(port: int, *answers: Mapping[str, Any]) -> None:
    """Forget all before, and answer the next different questions so, one after the other."""
    url = f"http://127.0.0.1:{port}/moto-api"
    requests.post(f"{url}/reset", timeout=10).raise_for_status()
    body = {"results": list(answers)}
    requests.post(f"{url}/static/ce/cost-and-usage-results", json=body, timeout=10).raise_for_status()


def _answer(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"ResultsByTime": results, "DimensionValueAttributes": []}


def _result(day: str, groups: Sequence[Mapping[str, Any]], *, is_estimated: bool = True) -> Mapping[str, Any]:
    period = {"Start": day, "End": day}
    return {"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": is_estimated}


def _metrics(cost: str, amount: str, unit: str, currency: str) -> Mapping[str, Any]:
    money = {"Amount": cost, "Unit": currency}
    return {"UnblendedCost": money, "AmortizedCost": money, "UsageQuantity": {"Amount": amount, "Unit": unit}}

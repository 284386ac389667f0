"""Between Google's client and the emulator: what was asked, and answers that the emulator does not give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from google.cloud import bigquery
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PROJECT, DATASET = "acme-billing", "billing"
_LABELS = [("key", "STRING"), ("value", "STRING")]
# The detailed export, with some of the fields that are not read.
DETAILED: Sequence[Any] = [
    ("billing_account_id", "STRING"),
    ("service", [("id", "STRING"), ("description", "STRING")]),
    ("sku", [("id", "STRING"), ("description", "STRING")]),
    ("usage_start_time", "TIMESTAMP"),
    ("usage_end_time", "TIMESTAMP"),
    ("project", [("id", "STRING"), ("number", "STRING"), ("name", "STRING"), ("labels[]", _LABELS)]),
    ("labels[]", _LABELS),
    ("system_labels[]", _LABELS),
    ("tags[]", [*_LABELS, ("inherited", "BOOLEAN"), ("namespace", "STRING")]),
    ("location", [("location", "STRING"), ("country", "STRING"), ("region", "STRING"), ("zone", "STRING")]),
    ("resource", [("name", "STRING"), ("global_name", "STRING")]),
    (
        "price",
        [
            ("effective_price", "NUMERIC"),
            ("list_price", "NUMERIC"),
            ("unit", "STRING"),
            ("pricing_unit_quantity", "NUMERIC"),
        ],
    ),
    ("cost", "FLOAT"),
    ("cost_at_list", "NUMERIC"),
    ("currency", "STRING"),
    (
        "usage",
        [
            ("amount", "FLOAT"),
            ("unit", "STRING"),
            ("amount_in_pricing_units", "FLOAT"),
            ("pricing_unit", "STRING"),
        ],
    ),
    ("credits[]", [("name", "STRING"), ("amount", "FLOAT"), ("type", "STRING"), ("id", "STRING")]),
    ("invoice", [("month", "STRING"), ("publisher_type", "STRING")]),
    ("cost_type", "STRING"),
    ("adjustment_info", [("id", "STRING"), ("type", "STRING")]),
    ("transaction_type", "STRING"),
    ("seller_name", "STRING"),
    ("export_time", "TIMESTAMP"),
]

# As few of them as an export can have: the emulator takes a second to read the SQL of all.
NARROW = [
    each for each in DETAILED if each[0] in {"billing_account_id", "sku", "cost", "invoice", "export_time"}
]
_KEYS = [("Key", "STRING"), ("Value", "STRING")]
# The FOCUS export has 55 columns.
FOCUS: Sequence[Any] = [
    ("BilledCost", "NUMERIC"),
    ("BillingAccountId", "STRING"),
    ("BillingAccountType", "STRING"),
    ("BillingCurrency", "STRING"),
    ("BillingPeriodStart", "TIMESTAMP"),
    ("BillingPeriodEnd", "TIMESTAMP"),
    ("ChargeCategory", "STRING"),
    ("ChargeClass", "STRING"),
    ("ChargeDescription", "STRING"),
    ("ChargePeriodStart", "TIMESTAMP"),
    ("ChargePeriodEnd", "TIMESTAMP"),
    ("ConsumedQuantity", "NUMERIC"),
    ("ConsumedUnit", "STRING"),
    ("ContractedCost", "NUMERIC"),
    ("EffectiveCost", "NUMERIC"),
    ("ListCost", "NUMERIC"),
    ("ListUnitPrice", "NUMERIC"),
    ("PricingQuantity", "NUMERIC"),
    ("PricingUnit", "STRING"),
    ("ProviderName", "STRING"),
    ("PublisherName", "STRING"),
    ("RegionId", "STRING"),
    ("ResourceId", "STRING"),
    ("ServiceName", "STRING"),
    ("SkuId", "STRING"),
    ("SubAccountId", "STRING"),
    ("SubAccountName", "STRING"),
    ("x_Credits[]", [("Name", "STRING"), ("Amount", "NUMERIC")]),
    ("x_ExportTime", "TIMESTAMP"),
    ("x_Labels[]", _KEYS),
    ("x_ProjectLabels[]", _KEYS),
    ("x_Tags[]", [*_KEYS, ("x_Inherited", "BOOLEAN"), ("x_Namespace", "STRING")]),
]


def schema(fields: Sequence[Any]) -> list[bigquery.SchemaField]:
    return [_field(*each) for each in fields]


def _field(name: str, kind: Any) -> bigquery.SchemaField:
    mode = "REPEATED" if name.endswith("[]") else "NULLABLE"
    if isinstance(kind, str):
        return bigquery.SchemaField(name.removesuffix("[]"), kind, mode)
    return bigquery.SchemaField(name.removesuffix("[]"), "RECORD", mode, fields=schema(kind))


@dataclass
class Wire:
    """A proxy before the emulator.

    Args:
        server: the proxy.
        target: the emulator's address.
        asked: the queries that ran, without dry runs.
        faults: each answers a request in the place of the emulator, unless it returns None.
        partition: what the proxy says that tables are partitioned by; the emulator forgets it.
        rows: how many rows it says that a table has; the emulator does not count those that were deleted.
        short: whether the last row of an answer is lost.
        size: how much it says that a query reads.
    """

    server: HTTPServer
    target: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    partition: Mapping[str, str] | None = None
    rows: int | None = None
    short: bool = False
    size: Callable[[str], int] = lambda _: 1000

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        for fault in self.faults:
            if (answer := fault(request)) is not None:
                return answer
        body = request.get_data()
        query = _query(request)
        if query and not json.loads(body)["configuration"].get("dryRun"):
            self.asked.append(query)
        answered = self._session.request(
            request.method,
            f"{self.target}{request.full_path}",
            data=body,
            headers={"Content-Type": request.content_type or "application/json"},
        )
        return Response(self._changed(request, answered), answered.status_code, mimetype="application/json")

    def _changed(self, request: Request, answered: requests.Response) -> bytes:
        if answered.ok and request.method == "GET" and "/tables/" in request.path:
            told = {"timePartitioning": self.partition, "numRows": self.rows}
            given = {name: value for name, value in told.items() if value is not None}
            return json.dumps({**answered.json(), **given}).encode()
        if answered.ok and _is_dry(request):
            job = answered.json()
            job["statistics"]["query"] = {"totalBytesProcessed": f"{self.size(_query(request)['query'])}"}
            return json.dumps(job).encode()
        if self.short and "/queries/" in request.path and len(rows := answered.json().get("rows", [])) > 1:
            return json.dumps({**answered.json(), "rows": rows[:-1]}).encode()
        return answered.content


def refusal(status: int, reason: str, message: str) -> Response:
    """An error as Google's APIs answer it."""
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    return Response(json.dumps({"error": error}), status, mimetype="application/json")


def reads_month(request: Request, month: str) -> bool:
    """Whether a request starts the reading of a month."""
    query = {} if _is_dry(request) else _query(request)
    values = [each["parameterValue"]["value"] for each in query.get("queryParameters", [])]
    return "AS line" in query.get("query", "") and month in values


def _query(request: Request) -> dict[str, Any]:
    if request.method != "POST" or not request.path.endswith("/jobs"):
        return {}
    query: dict[str, Any] = json.loads(request.get_data())["configuration"].get("query", {})
    return query


def _is_dry(request: Request) -> bool:
    return bool(_query(request)) and bool(json.loads(request.get_data())["configuration"].get("dryRun"))

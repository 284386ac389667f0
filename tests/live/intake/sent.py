"""Spans and payloads as clients send them, and what is counted of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import Sum

from live.intake.otlp import Tags
from live.models import LiveMinute

NOW = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)
TAGS = Tags(("customer.id", "tenant.id"), ("feature.name",))
NANOS = 1_000_000_000


def attributes(**values: Any) -> list[dict[str, Any]]:
    """Attributes in JSON of OpenTelemetry; a double underscore is a dot."""
    kinds = {str: "stringValue", int: "intValue", bool: "boolValue", float: "doubleValue"}
    return [
        {
            "key": name.replace("__", "."),
            "value": {kinds[type(value)]: str(value) if type(value) is int else value},
        }
        for name, value in values.items()
        if value is not None
    ]


def span(number: int = 1, *, ended: datetime = NOW, **values: Any) -> dict[str, Any]:
    """A span of a chat on Bedrock for the customer acme; None leaves an attribute out."""
    usual: dict[str, Any] = {
        "gen_ai__operation__name": "chat",
        "gen_ai__provider__name": "aws.bedrock",
        "gen_ai__request__model": "amazon.nova-lite-v1:0",
        "gen_ai__usage__input_tokens": 100,
        "gen_ai__usage__output_tokens": 20,
        "customer__id": "acme",
        "feature__name": "search",
    }
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat",
        "endTimeUnixNano": f"{int(ended.timestamp()) * NANOS}",
        "attributes": attributes(**{**usual, **values}),
    }


def request(*spans: Any, resource: list[dict[str, Any]] | None = None) -> bytes:
    """An ExportTraceServiceRequest in JSON."""
    scopes = [{"scope": {"name": "test"}, "spans": list(spans)}]
    return json.dumps(
        {"resourceSpans": [{"resource": {"attributes": resource or []}, "scopeSpans": scopes}]}
    ).encode()


def counted() -> dict[tuple[str, str, str, str], int]:
    """What is counted, by customer, direction or measure, cache and model."""
    rows = LiveMinute.objects.values_list(
        "series__customer", "series__direction", "series__measure", "series__cache", "series__name"
    )
    return {
        (customer, direction or measure, cache, name): total
        for customer, direction, measure, cache, name, total in rows.annotate(total=Sum("value")).order_by()
        if total
    }


def totals() -> dict[str, int]:
    """What is counted by direction or measure alone."""
    found: dict[str, int] = {}
    for (_, what, cache, _), count in counted().items():
        name = f"{what} {cache}".strip()
        found[name] = found.get(name, 0) + count
    return found

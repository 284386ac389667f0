"""The board of now: what AI usage costs an hour, as this server's /metrics says to Prometheus."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from costs.grafana import drawing
from costs.grafana.metrics import Metric, with_panels

UID = "live"
DESCRIPTION = (
    "What AI usage costs now, before any bill: estimates, at the pace of the last 15 minutes that each cloud "
    "has whole. A gap is a time of which that is not known. docs/live.md says how it is counted. "
    "`manage.py export_grafana` makes this board."
)


def _of(name: str, *by: str) -> str:
    """Several servers tell the same of one database, so the largest counts."""
    return f"max by ({', '.join(by)}) (cloud_pricing_live_{name})"


METRICS = (
    Metric(
        "An hour now", f"sum by (currency) ({_of('cost_per_hour', 'cloud', 'model', 'currency')})", "none"
    ),
    Metric("This hour so far", _of('cost{part="hour"}', "currency"), "none"),
    Metric("This day so far", _of('cost{part="day"}', "currency"), "none"),
    Metric("Clouds that are known", f"sum({_of('pace_known', 'cloud')})", "none"),
    Metric("Sources that are late", f"sum({_of('source_late', 'source', 'cloud')})", "none"),
    Metric("Idle capacity, a day", _of("idle_capacity_cost_per_day", "cloud", "currency"), "none"),
    Metric(
        "Cost an hour, by model",
        f"topk(10, {_of('cost_per_hour', 'cloud', 'model', 'currency')} > 0)",
        "none",
        "{{model}} on {{cloud}}, {{currency}}",
    ),
    Metric(
        "Cost an hour, by cloud",
        f"sum by (cloud, currency) ({_of('cost_per_hour', 'cloud', 'model', 'currency')})",
        "none",
        "{{cloud}}, {{currency}}",
    ),
    Metric(
        "Tokens an hour, by model",
        f"topk(10, {_of('tokens_per_hour', 'cloud', 'model')} > 0)",
        "short",
        "{{model}} on {{cloud}}",
    ),
    Metric(
        "Tokens an hour without a price",
        f"{_of('unpriced_tokens_per_hour', 'cloud', 'model')} > 0",
        "short",
        "{{model}} on {{cloud}}",
    ),
    Metric("How late clouds are", _of("lag_seconds", "cloud"), "s", "{{cloud}}"),
    Metric("Collections of the last hour", _of("collections", "outcome"), "none", "{{outcome}}"),
)


def board() -> dashboard.Dashboard:
    made = drawing.board("Cloud Pricing: now", UID, DESCRIPTION).tags(["live"])
    return with_panels(made.time("now-6h", "now").refresh("1m"), METRICS)

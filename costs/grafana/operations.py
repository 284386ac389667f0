"""The board of operations: what this server's /metrics says to Prometheus."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from costs.grafana import drawing
from costs.grafana.metrics import Metric, with_panels

UID = "operations"
DESCRIPTION = (
    "Whether the server answers, how fast, and how old its prices and costs are. docs/operations.md says "
    "what each metric means. `manage.py export_grafana` makes this board."
)


def _rate(name: str, by: str) -> str:
    return f"sum by ({by}) (rate({name}[$__rate_interval]))"


def _p95(name: str, by: str) -> str:
    return f"histogram_quantile(0.95, sum by (le, {by}) (rate({name}_bucket[$__rate_interval])))"


METRICS = (
    Metric("Servers that answer", 'sum(up{job="cloud-pricing"})', "none"),
    Metric("Database", "min(cloud_pricing_database_up)", "bool_yes_no"),
    Metric("Age of prices", "time() - max(cloud_pricing_catalog_synced_timestamp_seconds)", "s"),
    Metric("SKUs", "max(cloud_pricing_catalog_skus)", "none"),
    Metric("Services not read", "max(cloud_pricing_catalog_services_failed)", "none"),
    Metric("Alerts that fire", "sum(max by (kind) (cloud_pricing_alerts_firing))", "none"),
    Metric("Calls of tools", _rate("cloud_pricing_tool_calls_total", "tool"), "reqps", "{{tool}}"),
    Metric(
        "Calls that failed",
        _rate('cloud_pricing_tool_calls_total{outcome!="ok"}', "outcome"),
        "reqps",
        "{{outcome}}",
    ),
    Metric(
        "Calls, 95 % took less", _p95("cloud_pricing_tool_call_duration_seconds", "tool"), "s", "{{tool}}"
    ),
    Metric("Token checks", _rate("cloud_pricing_token_checks_total", "outcome"), "reqps", "{{outcome}}"),
    Metric("Pages, by status", _rate("cloud_pricing_http_requests_total", "status"), "reqps", "{{status}}"),
    Metric(
        "Pages, 95 % took less",
        f"topk(10, {_p95('cloud_pricing_http_request_duration_seconds', 'route')})",
        "s",
        "{{route}}",
    ),
    Metric(
        "Age of cost sources",
        "time() - max by (source) (cloud_pricing_cost_source_read_timestamp_seconds)",
        "s",
        "{{source}}",
    ),
    Metric(
        "Syncs: time since the latest",
        "time() - max by (status) (cloud_pricing_sync_started_timestamp_seconds)",
        "s",
        "{{status}}",
    ),
)


def board() -> dashboard.Dashboard:
    made = drawing.board("Cloud Pricing: operations", UID, DESCRIPTION).tags(["operations"])
    return with_panels(made.time("now-6h", "now").refresh("1m"), METRICS)

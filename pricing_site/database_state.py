"""The state of the database as metrics. Syncs and loads run in other processes, which leave it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import Error
from django.db.models import Count, Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from catalog.models import PricingUpdate
from catalog.pricing.freshness import offer
from costs.alerts import causes
from costs.models import Alert, AlertRun, CostLoad, CostSource
from pricing_site.live_state import live_metrics
from pricing_site.readiness import readiness
from tools.version import product_version

SYNC_STATUSES = tuple(PricingUpdate.Status)


class DatabaseState(Collector):
    """Read anew at each scrape."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering it must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("cloud_pricing_build", "The version.", {"version": product_version()})
        state = readiness()
        yield _gauge(
            "cloud_pricing_ready", "Whether every tool and page can answer.", state["status"] == "ready"
        )
        if "migrations" in state["checks"]:
            says = "Migrations of this version that the database lacks."
            yield _gauge("cloud_pricing_migrations_missing", says, state["checks"]["migrations"]["missing"])
        try:
            metrics = [*_catalog(), *_syncs(), *_loads(), *_alerts(), *live_metrics()]
        except Error:
            metrics = []
        yield _gauge("cloud_pricing_database_up", "Whether the database answers.", bool(metrics))
        yield from metrics


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value)


def _catalog() -> Iterator[Metric]:
    update = PricingUpdate.objects.latest_completed()
    if update is None:
        return
    offered = offer(update)
    yield _gauge("cloud_pricing_catalog_skus", "SKUs that are not withdrawn.", offered.skus)
    failed = offered.freshness.failed
    yield _gauge(
        "cloud_pricing_catalog_services_failed", "Services that the last sync could not read.", failed
    )
    if synced_at := offered.freshness.synced_at:
        says = "When the service that was read longest ago was read."
        yield _gauge("cloud_pricing_catalog_synced_timestamp_seconds", says, synced_at.timestamp())


def _syncs() -> Iterator[Metric]:
    """Of each status the latest: there is one a day, and rows are kept for good."""
    says = "When the latest sync of each provider and status started."
    labels = ["provider", "status"]
    started = GaugeMetricFamily("cloud_pricing_sync_started_timestamp_seconds", says, labels=labels)
    latest = PricingUpdate.objects.order_by().values_list(*labels).annotate(Max("started_at"))
    for provider, status, started_at in latest:
        started.add_metric([provider, status], started_at.timestamp())
    yield started
    last = PricingUpdate.objects.filter(completed_at__isnull=False).order_by("-id").first()
    if last and last.completed_at:
        seconds = (last.completed_at - last.started_at).total_seconds()
        yield _gauge("cloud_pricing_sync_duration_seconds", "How long the last completed sync took.", seconds)


def _loads() -> Iterator[Metric]:
    says = "Loads of billing months, by source and status."
    counts = GaugeMetricFamily("cloud_pricing_cost_loads", says, labels=["source", "status"])
    for source, status, number in (
        CostLoad.objects.order_by().values_list("source_id", "status").annotate(Count("pk"))
    ):
        counts.add_metric([source, status], number)
    yield counts
    says = "When load_costs last saw all that a source offers."
    read = GaugeMetricFamily("cloud_pricing_cost_source_read_timestamp_seconds", says, labels=["source"])
    says = "Months of a source whose newest delivery was refused."
    refused = GaugeMetricFamily("cloud_pricing_cost_months_refused", says, labels=["source"])
    for source in CostSource.objects.filter(is_enabled=True):
        refused.add_metric([source.name], len(source.refused))
        if source.read_at:
            read.add_metric([source.name], source.read_at.timestamp())
    yield from (read, refused, _calls())


def _calls() -> Metric:
    says = "How often a source was asked for estimates this month, which AWS takes 0.01 USD a call for."
    calls = GaugeMetricFamily("cloud_pricing_cost_estimate_calls", says, labels=["source"])
    month = f"{timezone.now():%Y-%m}"
    for source in CostSource.objects.exclude(calls={}):
        calls.add_metric([source.name], source.calls.get(month, 0))
    return calls


def _alerts() -> Iterator[Metric]:
    firing = GaugeMetricFamily("cloud_pricing_alerts_firing", "Alerts that fire.", labels=["kind"])
    found = dict(Alert.objects.firing().order_by().values_list("kind").annotate(Count("pk")))
    for kind in Alert.Kind:
        firing.add_metric([kind], found.get(kind, 0))
    yield firing
    evaluated = AlertRun.objects.filter(error="", rules=causes.COSTS).aggregate(at=Max("finished_at"))["at"]
    if evaluated:
        says = "When rules were last evaluated to the end."
        yield _gauge("cloud_pricing_rules_evaluated_timestamp_seconds", says, evaluated.timestamp())

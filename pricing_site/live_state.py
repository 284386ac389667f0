"""What is used and costs now, as metrics. Here alone are amounts floats: Prometheus knows nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from catalog.errors import CatalogError
from costs.store import configured
from live.freshness import freshness
from live.idle import idle_capacity
from live.models import LiveRun
from live.now import kept_now
from live.now_answer import NowAnswer, PaceNow
from live.sources import counting, of_metrics

# Models beyond those that the answer names, together.
OTHERS = "(others)"
# Labels of one metric. What no table of models has is one label, or there would be no end to them.
MAX_MODELS = 50
OUTCOMES = ("completed", "partial", "failed")
_IDLE_SECONDS = 900
_LAST_HOUR = timedelta(hours=1)

Key = tuple[str, ...]


def live_metrics() -> Iterator[Metric]:
    """Of each source and cloud; of models, what an hour is at the pace of the last minutes."""
    yield from _sources()
    yield from _collections()
    try:
        answer = kept_now(configured.open_store())
        idle = _idle()
    except CatalogError:
        # Nothing is collected, or the costs cannot be read: what is not known has no value.
        return
    yield from _clouds(answer)
    yield from _models(answer["per_hour"])
    yield _parts(answer)
    says = "What provisioned throughput without a token in 24 hours costs a day, as last billed."
    yield _family("cloud_pricing_live_idle_capacity_cost_per_day", says, ("cloud", "currency"), idle.items())


def _sources() -> Iterator[Metric]:
    says = "The end of the last minute that collect_live has read of a source."
    labels = ("source", "cloud")
    name = "cloud_pricing_live_source_through_timestamp_seconds"
    through = GaugeMetricFamily(name, says, labels=labels)
    says = "How often in a row a source could not be read."
    failures = GaugeMetricFamily("cloud_pricing_live_source_failures", says, labels=labels)
    for source in of_metrics().filter(is_enabled=True):
        failures.add_metric([source.name, source.cloud], source.failures)
        if source.through:
            through.add_metric([source.name, source.cloud], source.through.timestamp())
    now = timezone.now()
    says = "Whether a source is further behind than its cloud and a collection every five minutes take."
    late = {
        (source.name, source.cloud): Decimal(freshness(source, now).is_late)
        for source in counting()
        if source.is_enabled
    }
    yield from (through, failures, _family("cloud_pricing_live_source_late", says, labels, late.items()))


def _collections() -> Iterator[Metric]:
    """How collections of the last hour ended, and when one last ended well."""
    ended = LiveRun.objects.filter(finished_at__gte=timezone.now() - _LAST_HOUR)
    outcomes = Counter(_outcome(*each) for each in ended.values_list("error", "failed"))
    says = "Collections of the last hour, by outcome."
    counts = {(outcome,): Decimal(outcomes[outcome]) for outcome in OUTCOMES}
    yield _family("cloud_pricing_live_collections", says, ("outcome",), counts.items())
    last = LiveRun.objects.filter(error="").aggregate(at=Max("finished_at"))["at"]
    if last:
        says = "When a collection last came to its end."
        yield GaugeMetricFamily("cloud_pricing_live_collected_timestamp_seconds", says, last.timestamp())


def _outcome(error: str, failed: int) -> str:
    return "failed" if error else "partial" if failed else "completed"


def _clouds(answer: NowAnswer) -> Iterator[Metric]:
    says = "How long ago the last minute is that a cloud has whole."
    lags = {(each["cloud"],): each["lag_seconds"] for each in answer["clouds"]}
    known = {(each["cloud"],): Decimal(each["known"]) for each in answer["per_hour"]["clouds"]}
    seconds = {key: Decimal(lag) for key, lag in lags.items() if lag is not None}
    yield _family("cloud_pricing_live_lag_seconds", says, ("cloud",), seconds.items())
    says = "Whether it is known what a cloud's last minutes had; if not, its tokens and cost have no value."
    yield _family("cloud_pricing_live_pace_known", says, ("cloud",), known.items())


def _models(pace: PaceNow) -> Iterator[Metric]:
    tokens, unpriced, cost = _of_models(pace)
    says = "Tokens an hour at the pace of the last minutes."
    yield _family("cloud_pricing_live_tokens_per_hour", says, ("cloud", "model"), tokens.items())
    says = "Those of them without a known price, which cost something all the same."
    yield _family("cloud_pricing_live_unpriced_tokens_per_hour", says, ("cloud", "model"), unpriced.items())
    says = "What an hour costs at the pace of the last minutes, without tokens that have no known price."
    yield _family("cloud_pricing_live_cost_per_hour", says, ("cloud", "model", "currency"), cost.items())


def _of_models(pace: PaceNow) -> tuple[dict[Key, Decimal], dict[Key, Decimal], dict[Key, Decimal]]:
    """Tokens, tokens without a price and cost by model; what a cloud has besides is of OTHERS."""
    tokens: defaultdict[Key, Decimal] = defaultdict(Decimal)
    unpriced: defaultdict[Key, Decimal] = defaultdict(Decimal)
    cost: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for cloud in pace["clouds"]:
        if cloud["known"]:
            others = (cloud["cloud"], OTHERS)
            tokens[others], unpriced[others] = Decimal(cloud["tokens"]), Decimal(cloud["unpriced_tokens"])
            for total in cloud["totals"]:
                cost[*others, total["currency"]] = Decimal(total["cost"])
    for row in pace["rows"][:MAX_MODELS]:
        key, others = (row["cloud"], f"{row['model']}"), (row["cloud"], OTHERS)
        for found in (tokens, *([] if row["currency"] else [unpriced])):
            found[key] += Decimal(row["tokens"])
            found[others] -= Decimal(row["tokens"])
        if row["currency"]:
            cost[*key, row["currency"]] += Decimal(row["cost"] or 0)
            cost[*others, row["currency"]] -= Decimal(row["cost"] or 0)
    return tokens, unpriced, cost


def _parts(answer: NowAnswer) -> Metric:
    says = "What is counted of this hour and this day costs, without tokens that have no known price."
    parts = {"hour": answer["this_hour"]["totals"], "day": answer["this_day"]["totals"]}
    found = {
        (part, total["currency"]): Decimal(total["cost"])
        for part, totals in parts.items()
        for total in totals
    }
    return _family("cloud_pricing_live_cost", says, ("part", "currency"), found.items())


def _idle() -> Mapping[tuple[str, str], Decimal]:
    """A bill changes once a day, and the last day's minutes are many."""
    found: Mapping[tuple[str, str], Decimal] | None = cache.get("live-idle")
    if found is None:
        found = {**idle_capacity(configured.open_store(), timezone.now())}
        cache.set("live-idle", found, _IDLE_SECONDS)
    return found


def _family(name: str, says: str, labels: Key, values: Iterable[tuple[Key, Decimal]]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values:
        family.add_metric(key, float(value))
    return family

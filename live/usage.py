"""The answer to what is used: tokens and requests by model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from typing_extensions import TypedDict

from costs.query.dimensions import UNMAPPED
from live.answer import UsageAnswer, UsageGroup, UsageRow
from live.basis import basis, look
from live.counts import Count
from live.providers.source import Measure
from live.question import LiveQuestion

DEFAULT_MINUTES = 60
MAX_ROWS = 100
# The field of tokens by direction and cache. Input of which the cloud does not tell what was cached is input.
_FIELDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("Input", "Uncached"): "input_tokens",
        ("Input", ""): "input_tokens",
        ("Input", "Read"): "cached_input_tokens",
        ("Input", "Write"): "cache_write_tokens",
        ("Output", "Uncached"): "output_tokens",
    }
)
_OTHERS = "other_tokens"
# Cloud, account, region, name, deployment, customer and feature.
Group = tuple[str, str, str, str, str, str, str]


def live_usage(question: LiveQuestion, *, now: datetime | None = None) -> UsageAnswer:
    """Say what is used, the most tokens first.

    Args:
        question: of which time, cloud and model; the last hour if it has no time.
        now: the time; None for the clock's.

    Returns:
        The answer, with counts as decimal strings; null is what the cloud does not tell.

    Raises:
        NoLiveDataError: nothing is collected.
        InvalidLiveQuestionError: the time is in the future, or was too long ago.
    """
    if (question.minutes, question.hour, question.day) == (None, None, None):
        question = replace(question, minutes=DEFAULT_MINUTES)
    asked = look(question, now)
    groups: defaultdict[Group, list[Count]] = defaultdict(list)
    for count in asked.counts:
        each = count.series
        of = (count.cloud, each.account, each.region, each.name, each.deployment)
        groups[*of, each.customer, each.feature].append(count)
    ordered = sorted(groups.items(), key=lambda item: (-_tokens(item[1]), item[0]))
    requests = [count.value for count in asked.counts if count.measure is Measure.REQUESTS]
    return {
        **basis(asked, is_complete=True),
        "is_estimate": False,
        "rows": [_row(key, found) for key, found in ordered[:MAX_ROWS]],
        "rows_left_out": len(ordered[MAX_ROWS:]),
        **_groups(question.by, asked.counts),
        "tokens": f"{_tokens(asked.counts)}",
        "requests": f"{sum(requests)}" if requests else None,
    }


class _Groups(TypedDict):
    groups: list[UsageGroup]
    groups_left_out: int


def _groups(by: str, counts: Iterable[Count]) -> _Groups:
    """Customers or features, the most tokens first."""
    found: defaultdict[str, list[Count]] = defaultdict(list)
    for count in counts if by else ():
        found[getattr(count.series, by)].append(count)
    ordered = sorted(found.items(), key=lambda item: (-_tokens(item[1]), item[0]))
    shown: list[UsageGroup] = [
        {
            "name": name or None,
            "tokens": f"{_tokens(of)}",
            "requests": f"{_sum(of, Measure.REQUESTS) or 0}",
        }
        for name, of in ordered[:MAX_ROWS]
    ]
    return {"groups": shown, "groups_left_out": len(ordered[MAX_ROWS:])}


def _tokens(counts: Iterable[Count]) -> int:
    return sum(count.value for count in counts if count.measure is Measure.TOKENS)


def _row(key: Group, counts: Sequence[Count]) -> UsageRow:
    cloud, account, region, name, deployment, customer, feature = key
    tokens: dict[str, int] = {}
    for count in counts:
        if count.measure is Measure.TOKENS:
            field = _FIELDS.get((count.series.direction, count.series.cache), _OTHERS)
            tokens[field] = tokens.get(field, 0) + count.value
    told = {field: f"{value}" for field, value in tokens.items()}
    requests = _sum(counts, Measure.REQUESTS)
    model = next((count.model for count in counts if count.model), None)
    return {
        "cloud": cloud,
        "account": account,
        "region": region,
        "model": model.id if model else UNMAPPED,
        "name": name,
        "deployment": deployment or None,
        "customer": customer or None,
        "feature": feature or None,
        "input_tokens": told.get("input_tokens"),
        "cached_input_tokens": told.get("cached_input_tokens"),
        "cache_write_tokens": told.get("cache_write_tokens"),
        "output_tokens": told.get("output_tokens"),
        "other_tokens": told.get(_OTHERS),
        "input_has_cached": any(_hides_cached(count) for count in counts),
        "requests": None if requests is None else f"{requests}",
        # No cloud tells how many requests are under way.
        "active_requests": None,
        "throttles": _text(_sum(counts, Measure.THROTTLES)),
        "latency_ms": _text(_mean(_sum(counts, Measure.LATENCY_MS), requests)),
    }


def _hides_cached(count: Count) -> bool:
    return count.series.direction == "Input" and not count.series.cache


def _sum(counts: Sequence[Count], measure: Measure) -> int | None:
    """None if there is no series of the measure: then the cloud does not tell it."""
    values = [count.value for count in counts if count.measure is measure]
    return sum(values) if values else None


def _mean(total: int | None, number: int | None) -> int | None:
    return round(total / number) if total is not None and number else None


def _text(number: int | None) -> str | None:
    return None if number is None else f"{number}"

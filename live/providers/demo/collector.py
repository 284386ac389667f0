"""The use of the demo's made-up company: the tokens of its bills, spread over the minutes of each day.

A day's minutes add up to what the demo's bill of that day charges. As the clouds' own metrics do, those of
Google Cloud and Azure count cached tokens among the others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType

from catalog.meters.meter import Meter, UsageKind
from catalog.meters.read import read_meter
from costs.providers.demo.charges import CLOUDS, Charge, charges
from live.errors import CollectError
from live.providers.source import Measure, Reading, Requests, Series, Tariff, minute_of

_DAY = timedelta(days=1)
_MINUTES_OF_DAY = 24 * 60
# How busy each hour of a day is.
_HOURS = (3, 2, 2, 2, 2, 3, 5, 8, 12, 14, 15, 15, 14, 15, 15, 14, 13, 11, 9, 8, 7, 6, 5, 4)
_TOKENS_OF_ANSWER = 600
_CALLS = "calls"
_ACCOUNT, _SHARED = "demo-", "shared"
_PROVIDERS = {"aws": "aws.bedrock", "gcp": "gcp.vertex_ai", "azure": "azure.ai.openai"}
# Where the cloud's metric counts the tokens of a cache apart.
_TELLS_CACHE = frozenset({"aws"})
# What a model is called where it is called, and its deployment, by cloud and billing name.
_MODELS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("aws", "Claude 4.6 Opus"): ("anthropic.claude-opus-4-6-v1:0", ""),
        ("aws", "Claude 4.6 Sonnet"): ("anthropic.claude-sonnet-4-6-v1:0", ""),
        ("aws", "NovaLite"): ("amazon.nova-lite-v1:0", ""),
        ("aws", "Qwen3-32B"): ("qwen.qwen3-32b-v1:0", ""),
        ("gcp", "Gemini 2.5 Flash"): ("gemini-2.5-flash", ""),
        ("gcp", "Gemini 2.5 Pro"): ("gemini-2.5-pro", ""),
        ("azure", "gpt 4.1"): ("gpt-4.1", "chat"),
        ("azure", "GPT 5.1"): ("gpt-5.1", "agents"),
        # No table of models has it.
        ("azure", "Z Preview"): ("model-z-preview", "trial"),
    }
)


def open_source(location: str) -> Demo:
    """Open the demo of a cloud.

    Raises:
        CollectError: the demo has no such cloud.
    """
    known = {**{cloud: (cloud,) for cloud in CLOUDS}, _CALLS: CLOUDS}
    name = location.removeprefix("demo://")
    if name not in known:
        raise CollectError(f"{location} is no demo: write demo:// and one of {', '.join(known)}.")
    return Demo(known[name], is_of_calls=name == _CALLS)


class Demo:
    """The counts of clouds of the demo, which are the same on every machine.

    Args:
        clouds: whose.
        is_of_calls: whether as calls that were sent, which tell customers; those of none are not sent.
    """

    tariffs: Mapping[str, Tariff] = MappingProxyType({})

    def __init__(self, clouds: Iterable[str], *, is_of_calls: bool = False) -> None:
        self._clouds, self._is_of_calls = tuple(clouds), is_of_calls

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of a time; see Collector."""
        requests.count("read")
        reading, day = Reading(), start.date()
        while datetime.combine(day, time.min, UTC) < end:
            for cloud in self._clouds:
                self._add(reading, cloud, day, range(minute_of(start), minute_of(end)))
            day += _DAY
        return reading

    def _add(self, reading: Reading, cloud: str, day: date, minutes: range) -> None:
        for series, total in _of_day(cloud, day).items():
            counted = _as_call(cloud, series) if self._is_of_calls else series
            if counted:
                for minute, value in _spread(series, total, day, minutes.start, minutes.stop):
                    reading.add(counted, minute, value)


@lru_cache(maxsize=12)
def _of_day(cloud: str, day: date) -> Mapping[Series, int]:
    """The tokens and requests of a day, of each series."""
    totals: defaultdict[Series, Decimal] = defaultdict(Decimal)
    for charge in charges(cloud, day.replace(day=1), day + _DAY):
        meter = read_meter(cloud, charge.meter.meter, charge.meter.unit, charge.meter.service)
        if charge.day == day and meter.kind is UsageKind.TOKENS and meter.per_unit:
            series = _series(charge, meter)
            totals[series] += charge.quantity * meter.per_unit
    counts = {series: int(total) for series, total in totals.items()}
    answers = {_requests(each): total for each, total in counts.items() if each.direction == "Output"}
    return {**counts, **{series: total // _TOKENS_OF_ANSWER for series, total in answers.items()}}


def _series(charge: Charge, meter: Meter) -> Series:
    cloud, account = charge.meter.cloud, f"{_ACCOUNT}{charge.customer or _SHARED}"
    name, deployment = _MODELS[cloud, meter.billing_model]
    is_told = cloud in _TELLS_CACHE or meter.direction == "Output"
    return Series(
        account=account,
        region=charge.meter.region,
        name=name,
        measure=Measure.TOKENS,
        deployment=f"{account}/{deployment}" if deployment else "",
        direction=meter.direction or "",
        cache=(meter.cache or "") if is_told else "",
        scope=meter.scope or "",
    )


def _as_call(cloud: str, series: Series) -> Series | None:
    """The same as a call tells it; None if it is of no customer."""
    customer = series.account.removeprefix(_ACCOUNT)
    if customer == _SHARED:
        return None
    return series._replace(
        account="", region="", deployment="", provider=_PROVIDERS[cloud], customer=customer
    )


def _requests(series: Series) -> Series:
    return series._replace(measure=Measure.REQUESTS, direction="", cache="", scope="")


def _spread(series: Series, total: int, day: date, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The minutes of a day in a window, each with its part of the total. All minutes add up to it."""
    first = minute_of(datetime.combine(day, time.min, UTC))
    marks = _marks(f"{series.account} {series.name}", day)
    for at in range(max(start - first, 0), min(end - first, _MINUTES_OF_DAY)):
        yield first + at, total * marks[at + 1] // marks[-1] - total * marks[at] // marks[-1]


@lru_cache(maxsize=64)
def _marks(seed: str, day: date) -> tuple[int, ...]:
    """How much of a day's work is done at the start of each minute and at the end of the last."""
    weights = []
    for hour, busy in enumerate(_HOURS):
        noise = hashlib.shake_128(f"{seed} {day} {hour}".encode()).digest(60)
        weights += [busy * (200 + each) for each in noise]
    return (0, *accumulate(weights))

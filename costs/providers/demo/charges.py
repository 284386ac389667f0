"""The charges of the demo's made-up company: three clouds, three months, the same on every machine."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cache
from pathlib import Path

CLOUDS = ("aws", "gcp", "azure")
CUSTOMERS = ("acme", "globex", "initech", None)
MONTHS = 3
_FILE = Path(__file__).with_name("charges.csv")
# Of a Monday's quantity, by weekday.
_WEEKDAYS = tuple(map(Decimal, ("1", "1.08", "1.1", "1.05", "0.9", "0.35", "0.3")))
_GROWTH_A_DAY = Decimal("0.004")
# What quantities are rounded to: clouds count tokens and calls one by one, and other units in parts.
_WHOLE, _PART = Decimal(1), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Meter:
    """A line of charges.csv."""

    cloud: str
    service: str
    meter: str
    unit: str
    price: Decimal
    quantity: Decimal
    shares: tuple[int, ...]
    region: str
    sku: str
    planted: str

    @property
    def is_machine(self) -> bool:
        """Whether it is paid for by the hour, whatever the use."""
        return "hour" in self.unit.lower() or self.unit == "Hrs"


@dataclass(frozen=True, slots=True)
class Spike:
    """Days on which a customer uses a multiple of the usual: what anomaly detection is to find."""

    meter: str
    customer: str
    days_ago: frozenset[int]
    factor: int

    def days(self, today: date) -> list[date]:
        return sorted(today - timedelta(days=days) for days in self.days_ago)


SPIKES = (
    Spike("Gemini 2.5 Flash GA Text Input - Predictions", "globex", frozenset({12, 13}), 6),
    Spike("USE1-Claude4.6Opus-output-tokens", "acme", frozenset({40}), 5),
)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one customer used of one meter on one day."""

    meter: Meter
    day: date
    customer: str | None
    quantity: Decimal

    @property
    def cost(self) -> Decimal:
        return self.quantity * self.meter.price


@cache
def meters() -> tuple[Meter, ...]:
    with _FILE.open(newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return tuple(
            Meter(
                row["cloud"],
                row["service"],
                row["meter"],
                row["unit"],
                Decimal(row["price"]),
                Decimal(row["quantity"]),
                tuple(map(int, row["share"].split())),
                row["region"],
                row["sku"],
                row["planted"],
            )
            for row in rows
        )


def months(today: date) -> list[date]:
    """The first days of the demo's billing months; the last one is the current month, to yesterday."""
    first = (today - timedelta(days=1)).replace(day=1)
    found = [first]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def charges(cloud: str, month: date, today: date) -> Iterator[Charge]:
    """The charges of a cloud in a billing month, up to the day before `today`."""
    begins, day = months(today)[0], month
    while day < today and day.month == month.month:
        for meter in meters():
            if meter.cloud == cloud:
                yield from _charges(meter, day, (day - begins).days, (today - day).days)
        day += timedelta(days=1)


def _charges(meter: Meter, day: date, since_start: int, days_ago: int) -> Iterator[Charge]:
    for customer, share in zip(CUSTOMERS, meter.shares, strict=True):
        if share:
            factor = _usual(meter, day, since_start, customer) * _spike(meter, customer, days_ago)
            places = _WHOLE if meter.unit == "count" else _PART
            quantity = (meter.quantity * share / 100 * factor).quantize(places, ROUND_DOWN)
            yield Charge(meter, day, customer, quantity)


def _usual(meter: Meter, day: date, since_start: int, customer: str | None) -> Decimal:
    if meter.is_machine:
        return Decimal(1)
    noise = hashlib.sha256(f"{meter.meter} {customer} {day}".encode()).digest()[0]
    jitter = Decimal("0.88") + Decimal(noise) / 1024
    return _WEEKDAYS[day.weekday()] * jitter * (1 + _GROWTH_A_DAY * since_start)


def _spike(meter: Meter, customer: str | None, days_ago: int) -> int:
    hits = (s for s in SPIKES if (s.meter, s.customer) == (meter.meter, customer) and days_ago in s.days_ago)
    return next((spike.factor for spike in hits), 1)

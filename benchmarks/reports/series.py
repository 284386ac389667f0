"""Made-up series of daily costs whose odd days are known."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

FIRST = date(2026, 5, 1)
DAYS = 150
# Nothing odd is planted before.
LEARNED = 56
# The day of the month on which credits are billed.
CREDITED = 15
OFFICE = (1.0, 1.08, 1.1, 1.05, 0.9, 0.35, 0.3)
FLAT = (1.0,) * 7


@dataclass(frozen=True)
class Series:
    """A series.

    Args:
        daily: its days.
        kind: what is planted.
        odd: the days that a detector is to tell, the first of which is enough.
        excused: days on which it may tell something without being wrong.
    """

    daily: dict[date, Decimal]
    kind: str
    odd: frozenset[date]
    excused: frozenset[date]


def series(count: int, seed: int) -> Iterator[Series]:
    """Every second one is quiet."""
    chance = random.Random(seed)  # noqa: S311 no secrets
    kinds = ("spike", "days", "up", "down", "outage", "new")
    for number in range(count):
        yield _one(chance, "quiet" if number % 2 else kinds[number // 2 % len(kinds)])


def _one(chance: random.Random, kind: str) -> Series:  # noqa: C901 a case a kind
    usual = usual_days(chance)
    start = chance.randrange(LEARNED, DAYS - 10)
    odd = range(start, start)
    if kind == "spike":
        odd = range(start, start + 1)
        usual[start] *= chance.uniform(1.8, 6)
    elif kind == "days":
        odd = range(start, start + chance.randint(2, 3))
        factor = chance.uniform(1.8, 4)
        for day in odd:
            usual[day] *= factor
    elif kind in ("up", "down"):
        odd = range(start, start + 3)
        factor = chance.uniform(1.6, 3) if kind == "up" else chance.uniform(0.2, 0.5)
        for day in range(start, DAYS):
            usual[day] *= factor
    elif kind == "outage":
        odd = range(start, start + 1)
        usual[start] *= chance.uniform(0, 0.3)
    elif kind == "new":
        odd = range(start, start + 3)
        more = sum(usual[start - 28 : start]) / 28 * chance.uniform(0.6, 2)
        for day in range(start, DAYS):
            usual[day] += more
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    daily = {day: Decimal(f"{amount:.9f}") for day, amount in zip(days, usual, strict=True)}
    excused = (
        frozenset(days[each] for each in range(start, min(DAYS, start + 5)))
        if kind != "quiet"
        else frozenset()
    )
    return Series(daily, kind, frozenset(days[each] for each in odd), excused)


def usual_days(chance: random.Random, *, has_months: bool = True) -> list[float]:
    level = math.exp(chance.uniform(math.log(50), math.log(20_000)))
    noise = chance.choice((0.02, 0.05, 0.08, 0.12, 0.2))
    week = chance.choice((OFFICE, OFFICE, FLAT, tuple(chance.uniform(0.7, 1.3) for _ in range(7))))
    growth = chance.choice((0, 0, 0.002, 0.005, 0.01, -0.003))
    wander = chance.choice((0, 0.01, 0.02))
    monthly = chance.choice((0, 0, 0.3, 1, 3)) * level
    credit = chance.choice((0, 0, 0, -0.3)) * level
    fixed = chance.choice((0, 0, 0.5)) * level
    if not has_months:
        monthly = credit = 0.0
    amounts, walk = [], 0.0
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        walk += growth + chance.gauss(0, wander)
        shape = week[day.weekday()] * math.exp(walk + chance.gauss(0, noise))
        amounts.append(
            level * shape + fixed + (monthly if day.day == 1 else 0) + (credit if day.day == CREDITED else 0)
        )
    return amounts

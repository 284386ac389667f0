"""Measures forecasts and anomalies on made-up series and bills whose truth is known (docs/anomalies.md).

.venv/bin/python -m benchmarks.reports [--count 120] [--seed 7]
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from benchmarks.reports.bills import MadeUpBill, bills
from benchmarks.reports.series import DAYS, FIRST, series
from costs.reports.explained import Anomaly, anomalies
from costs.reports.forecast import Forecast, forecast
from costs.reports.judged_months import FLOOR_PART

# Alarms count from here on.
JUDGED = 35
MONTHS = Decimal(DAYS - JUDGED) / 30
MONTH, NEXT = date(2026, 8, 1), date(2026, 9, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=120, help="series and bills (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    measure_anomalies(options.count, options.seed)
    for day in (5, 10, 15, 20, 25):
        measure_forecasts(options.count, options.seed, day)


def measure_anomalies(count: int, seed: int) -> None:
    """Print how many planted anomalies are found and explained, and the false alarms of quiet bills."""
    planted, found, explained = Counter[str](), Counter[str](), Counter[str]()
    quiet, alarms = 0, 0
    for bill in bills(count, seed):
        floor = bill.floor(FLOOR_PART)
        start, end = FIRST + timedelta(days=JUDGED), FIRST + timedelta(days=DAYS)
        told = anomalies(bill, floor=floor, start=start, whole_to=end)
        if not bill.odd:
            quiet, alarms = quiet + 1, alarms + len(told)
        planted[bill.kind] += len(bill.odd)
        found[bill.kind] += sum(bool(_near(told, day)) for day, _ in bill.odd)
        explained[bill.kind] += _explained(bill, told)
    for kind in filter(planted.get, planted):
        print(f"{kind}: {found[kind]} of {planted[kind]} found, {explained[kind]} rightly explained")
    whole = planted.total()
    print(f"recall {found.total() / whole:.2f}, with the cause {explained.total() / whole:.2f}")
    print(f"false alarms a quiet month of a bill: {alarms / (quiet * MONTHS):.3f}")


def _near(told: list[Anomaly], day: date) -> list[Anomaly]:
    """The anomalies that begin on a day or the one after."""
    return [each for each in told if timedelta(0) <= each.jumps[0].jump.day - day <= timedelta(days=1)]


def _explained(bill: MadeUpBill, told: list[Anomaly]) -> int:
    return sum(
        any(cause.items() <= each.cause.items() for each in _near(told, day)) for day, cause in bill.odd
    )


def measure_forecasts(count: int, seed: int, day: int) -> None:
    """Print how far off month-end forecasts are, and how often the month's cost is within their band."""
    errors, told, within = [], [], []
    through = MONTH + timedelta(days=day - 1)
    for one in series(count, seed):
        known = {each: amount for each, amount in one.daily.items() if each <= through}
        found = forecast(known, start=MONTH, until=NEXT)
        actual = sum((amount for each, amount in one.daily.items() if MONTH <= each < NEXT), Decimal(0))
        errors.append(abs((found.amount or Decimal(0)) - actual) / abs(actual) * 100)
        told.append(found.error_percent or Decimal(0))
        within.append(_has(found, actual))
    print(
        f"day {day}: median error {median(errors):.1f} %, told {median(told):.1f} %, "
        f"in the band {sum(within) / len(within):.2f}"
    )


def _has(found: Forecast, actual: Decimal) -> bool:
    return found.low is not None and found.high is not None and found.low <= actual <= found.high


if __name__ == "__main__":
    main()

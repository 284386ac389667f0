"""What a period will have cost when it ends (docs/forecasts.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext

from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum
from costs.query.periods import DAY
from costs.reports.rest import Series, days_from
from costs.reports.robust import ESTIMATES, median
from costs.reports.usual import SHORTEST

# A past forecast is one that knew four weeks at least.
LEARNED = 28
# Of many past days, so many are tested.
_TESTS = 45
_PERCENT = Decimal("0.1")
_HUNDRED = Decimal(100)
_ZERO = Decimal(0)
# Student's t of an 80 % band by the number of periods that do not overlap, and for more of them.
_WIDTHS = tuple(map(Decimal, ("3.08", "1.89", "1.64", "1.53", "1.48", "1.44", "1.41", "1.40")))
_WIDEST_KNOWN = Decimal("1.35")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of a period.

    Args:
        spent: the exact sum of what is known of it, up to `through`.
        through: the last day that is known; None if none is.
        amount: what the whole period will have cost; None if less than two weeks are known.
        low: the lower end of the band that 8 of 10 such forecasts kept to; None without past forecasts.
        high: its upper end.
        error_percent: the median of what past forecasts of as many days were off, in per cent of the period.
        tested: how many past forecasts that is of.
        expected: what each day of the rest is expected to cost.
    """

    spent: Decimal
    through: date | None
    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    error_percent: Decimal | None = None
    tested: int = 0
    expected: Mapping[date, Decimal] = field(default_factory=dict)


def forecast(daily: Mapping[date, Decimal], *, start: date, until: date) -> Forecast:
    """Forecast what the days from `start` to the day before `until` cost.

    Args:
        daily: what each day cost, in one currency, up to the last whole one, and from long before `start`:
            the band is of what could have been forecast then. Days between that are missing cost nothing.
        start: the first day of the period.
        until: the day after its last.
    """
    through = max(daily, default=None)
    spent = exact_sum(amount for day, amount in daily.items() if start <= day < until)
    if through is not None and through + DAY >= until:
        return Forecast(spent, through, spent, spent, spent)
    if through is None or (through - min(daily)).days + 1 < SHORTEST:
        return Forecast(spent, through)
    with localcontext(ESTIMATES):
        return _forecast(daily, spent, through, start, until)


def _forecast(
    daily: Mapping[date, Decimal], spent: Decimal, through: date, start: date, until: date
) -> Forecast:
    series = Series(daily)
    ahead = (until - through).days - 1
    skipped = max(0, (start - through).days - 1)
    days = days_from(through + DAY, ahead)[skipped:]
    expected = {day: _money(amount) for day, amount in series.expect(len(series), days).items()}
    rest = exact_sum(expected.values())
    amount = EXACT.add(spent, rest)
    errors = _past_errors(series, elapsed=max(0, (through - start).days + 1), skipped=skipped, ahead=ahead)
    if not errors:
        return Forecast(spent, through, amount, expected=expected)
    size = sum(map(abs, expected.values()), _ZERO)
    margin = _margin([error.of_rest for error in errors], (len(series) - LEARNED) // ahead) * size
    low = EXACT.subtract(amount, _money(margin))
    if min(daily.values()) >= 0:
        low = max(low, spent)
    return Forecast(
        spent,
        through,
        amount,
        low,
        EXACT.add(amount, _money(margin)),
        ROUNDED.quantize(median([abs(error.of_period) for error in errors]) * _HUNDRED, _PERCENT),
        len(errors),
        expected,
    )


@dataclass(frozen=True, slots=True)
class _Error:
    """By how much a past forecast was off, as a part of the rest and of the period."""

    of_rest: Decimal
    of_period: Decimal


def _past_errors(series: Series, *, elapsed: int, skipped: int, ahead: int) -> list[_Error]:
    """What forecasts of as many days would have been off, made on earlier days with what was known then."""
    ends = range(LEARNED, len(series) - ahead + 1)
    step = max(1, -(-len(ends) // _TESTS))
    found = (_past_error(series, end, elapsed, skipped, ahead) for end in reversed(ends[::-step]))
    return [error for error in found if error is not None]


def _past_error(series: Series, end: int, elapsed: int, skipped: int, ahead: int) -> _Error | None:
    days = days_from(series.first, end + ahead)[end + skipped :]
    expected = series.expect(end, days)
    actual = series.sum(end + skipped, end + ahead)
    size = sum(map(abs, expected.values()), _ZERO)
    period = abs(actual + series.sum(end - elapsed, end))
    if not size or not period:
        return None
    off = actual - sum(expected.values(), _ZERO)
    return _Error(off / size, off / period)


def _margin(errors: Sequence[Decimal], periods: int) -> Decimal:
    """Half of the band as a part of the rest: wider the fewer periods were tested that do not overlap."""
    mean = sum((error * error for error in errors), _ZERO) / len(errors)
    width = _WIDTHS[periods - 1] if 0 < periods <= len(_WIDTHS) else _WIDEST_KNOWN
    return mean.sqrt() * width


def _money(amount: Decimal) -> Decimal:
    return ROUNDED.quantize(amount, NANO)

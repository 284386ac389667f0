"""What is spent on the model in a day, all workers together: taken before it is asked, and settled after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from assistant.model.provider import Price, Request, Usage
from assistant.models import ModelDay
from catalog.pricing.decimals import EXACT, NANO, ROUNDED

_MILLION = Decimal(1_000_000)
# Most texts have three or more; what a request has cost is known only afterwards.
_BYTES_PER_TOKEN = 2


class SpentError(Exception):
    """What may be spent in a day is spent, or would be."""


def cost(usage: Usage, price: Price) -> Decimal:
    """What tokens cost in US dollars, exactly."""
    parts = (
        (usage.input, price.input),
        (usage.output, price.output),
        (usage.cache_read, price.cache_read),
        (usage.cache_write, price.cache_write),
    )
    total = Decimal(0)
    for tokens, amount in parts:
        total = EXACT.add(total, EXACT.multiply(Decimal(tokens), amount))
    return EXACT.divide(total, _MILLION)


def most(request: Request, price: Price, size: int) -> Decimal:
    """The most that a request may cost: all of its text is written to the cache, and the reply is full."""
    dearest = max(price.input, price.cache_write)
    tokens = Decimal(size // _BYTES_PER_TOKEN + 1)
    both = EXACT.add(
        EXACT.multiply(tokens, dearest), EXACT.multiply(Decimal(request.max_tokens), price.output)
    )
    return EXACT.divide(both, _MILLION)


@dataclass(slots=True)
class Taken:
    """What was taken for a request, and what it has cost: all that was taken, until it is known."""

    amount: Decimal
    spent: Decimal
    is_known: bool = False

    def settle(self, spent: Decimal) -> None:
        self.spent, self.is_known = spent, True


@contextmanager
def taking(amount: Decimal) -> Iterator[Taken]:
    """Take an amount of the day's money for a request, and give back what it has not cost.

    Raises:
        SpentError: there is not so much left.
    """
    day = timezone.now().date()
    nanos, limit = _nanos(amount), _nanos(settings.ASK_USD_PER_DAY)
    ModelDay.objects.get_or_create(day=day)
    # In one statement, so that two workers cannot both take the last of it.
    took = ModelDay.objects.filter(day=day, spent_nanos__lte=limit - nanos).update(
        spent_nanos=F("spent_nanos") + nanos, requests=F("requests") + 1
    )
    if not took:
        raise SpentError
    taken = Taken(amount, amount)
    try:
        yield taken
    finally:
        ModelDay.objects.filter(day=day).update(spent_nanos=F("spent_nanos") - nanos + _nanos(taken.spent))


def spent_today() -> Decimal:
    """What was spent or is taken today (UTC), in US dollars."""
    found = ModelDay.objects.filter(day=timezone.now().date()).values_list("spent_nanos", flat=True).first()
    return EXACT.multiply(Decimal(found or 0), NANO)


def _nanos(amount: Decimal) -> int:
    return int(ROUNDED.divide(amount, NANO).to_integral_value(rounding=ROUND_UP))

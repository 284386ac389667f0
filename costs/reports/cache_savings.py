"""What a cache saved: the same input tokens at the price of input without a cache, less what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum, plain
from costs.query.groups import all_groups
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import OF_TOKENS
from costs.reports.shown import Column, column

# What is compared has one price of input without a cache, but for regions and long contexts.
_ALIKE = ("currency", "cloud", "model", "tier")

COLUMNS: Sequence[Column] = (
    column("cloud", "Cloud", "text"),
    column("model", "Model", "text"),
    column("tier", "Tier", "text"),
    column("currency", "Currency", "text"),
    column("saved", "Saved", "money"),
    column("cached_tokens", "Tokens read", "tokens"),
    column("cached_share", "Read from the cache", "share"),
    column("read_cost", "Reads cost", "money"),
    column("write_cost", "Writes cost", "money"),
    column("uncached_price", "Uncached, per million", "price"),
)
NOTE = (
    "Saved is what tokens read from or written to the cache would have cost at the average price of uncached "
    "input of the same model, cloud and tier in this time, less what they cost."
)
_SHARE_PLACES = Decimal("1e-6")
# Of one token, a nano of a million of them.
_PRICE_PLACES = NANO.scaleb(-6)
_MILLION = Decimal(1_000_000)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Input:
    """Input tokens of one cache action, and what those cost whose number is known."""

    cache: str | None
    tokens: Decimal
    cost: Decimal


def cache_savings(question: Question, costs: Snapshot) -> list[dict[str, Any]]:
    """A row for each currency, cloud, model and tier with cached input, the largest savings first.

    Args:
        question: of the panel cache-savings.
        costs: the costs of a moment.

    Returns:
        Rows of COLUMNS. Charges whose tokens are unknown are left out. `saved` is null where no uncached
        input shows its price; it is negative where writes cost more than reads saved.

    Raises:
        TooLargeError: there are too many models to compare.
    """
    names = [key.name for key in question.keys]
    alike: dict[tuple[str | None, ...], list[_Input]] = {}
    for key, sums in all_groups(question, costs).groups.items():
        named = dict(zip(names, key, strict=True))
        tokens, cost = sums["tokens"] or Decimal(0), sums[OF_TOKENS] or Decimal(0)
        alike.setdefault(tuple(named[name] for name in _ALIKE), []).append(
            _Input(named["cache"], tokens, cost)
        )
    found = [dict(zip(_ALIKE, key, strict=True)) | _saved(inputs) for key, inputs in alike.items()]
    cached = [row for row in found if row["cached_tokens"] != "0" or row["write_cost"] != "0"]
    return sorted(cached, key=_largest_first)


def _largest_first(row: Row) -> tuple[str, bool, Decimal, str]:
    saved = row["saved"]
    return row["currency"] or "", saved is None, -Decimal(saved or 0), row["model"] or ""


def _saved(inputs: Sequence[_Input]) -> dict[str, str | None]:
    read, write, uncached = (_of(inputs, cache) for cache in ("Read", "Write", "Uncached"))
    price = _quotient(uncached.cost, uncached.tokens, _PRICE_PLACES)
    everything = exact_sum(one.tokens for one in inputs)
    return {
        "saved": _plain(_difference(price, read, write)),
        "cached_tokens": plain(read.tokens),
        "cached_share": _plain(_quotient(read.tokens, everything, _SHARE_PLACES)),
        "read_cost": plain(read.cost),
        "write_cost": plain(write.cost),
        "uncached_price": None if price is None else plain(EXACT.multiply(price, _MILLION)),
    }


def _of(inputs: Sequence[_Input], cache: str) -> _Input:
    found = [one for one in inputs if one.cache == cache]
    return _Input(cache, exact_sum(one.tokens for one in found), exact_sum(one.cost for one in found))


def _difference(price: Decimal | None, read: _Input, write: _Input) -> Decimal | None:
    if price is None:
        return None
    worth = EXACT.multiply(price, EXACT.add(read.tokens, write.tokens))
    return ROUNDED.quantize(EXACT.subtract(EXACT.subtract(worth, read.cost), write.cost), NANO)


def _quotient(part: Decimal, whole: Decimal, places: Decimal) -> Decimal | None:
    return ROUNDED.quantize(ROUNDED.divide(part, whole), places) if whole else None


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)

"""What a cache saved: the same input tokens at the price of input without a cache, less what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum, plain
from costs.query.answer import Answer
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
_PLACES = Decimal("1e-6")
_MILLION = Decimal(1_000_000)

Row = Mapping[str, Any]


def cache_savings(answer: Answer) -> list[dict[str, Any]]:
    """A row for each model, cloud and tier with cached input, the largest savings first.

    Args:
        answer: of the panel cache-savings.

    Returns:
        Rows of COLUMNS. `saved` is null where no uncached input shows its price, or tokens are unknown;
        it is negative where writes cost more than reads saved.
    """
    groups: dict[tuple[str | None, ...], list[Row]] = {}
    for row in answer["rows"]:
        alike = {**row, "currency": row.get("currency") or answer["currency"]}
        groups.setdefault(tuple(alike[name] for name in _ALIKE), []).append(row)
    found = [dict(zip(_ALIKE, key, strict=True)) | _saved(rows) for key, rows in groups.items()]
    cached = [row for row in found if row["cached_tokens"] != "0" or row["write_cost"] != "0"]
    return sorted(cached, key=_largest_first)


def _largest_first(row: Row) -> tuple[str, bool, Decimal]:
    saved = row["saved"]
    return (row["currency"] or "", saved is None, -Decimal(saved or 0))


def _saved(rows: Sequence[Row]) -> dict[str, Any]:
    read, write = _of(rows, "Read"), _of(rows, "Write")
    uncached = [row for row in rows if row["cache"] in ("Uncached", None)]
    price = _quotient(_cost(uncached), _tokens(uncached), NANO / _MILLION)
    tokens_known = all(row["tokens"] is not None for row in [*read, *write])
    all_tokens = _tokens(rows)
    return {
        "saved": _plain(_difference(price, [*read, *write])) if tokens_known else None,
        "cached_tokens": _plain(_tokens(read)),
        "cached_share": _plain(_quotient(_tokens(read), all_tokens, _PLACES)),
        "read_cost": _plain(_cost(read)),
        "write_cost": _plain(_cost(write)),
        "uncached_price": _plain(EXACT.multiply(price, _MILLION)) if price is not None else None,
    }


def _difference(price: Decimal | None, rows: Sequence[Row]) -> Decimal | None:
    if price is None:
        return None
    worth = EXACT.multiply(price, _tokens(rows))
    return ROUNDED.quantize(EXACT.subtract(worth, _cost(rows)), NANO)


def _of(rows: Sequence[Row], cache: str) -> list[Row]:
    return [row for row in rows if row["cache"] == cache]


def _cost(rows: Sequence[Row]) -> Decimal:
    return exact_sum(Decimal(row["billed_cost"] or 0) for row in rows)


def _tokens(rows: Sequence[Row]) -> Decimal:
    return exact_sum(Decimal(row["tokens"] or 0) for row in rows)


def _quotient(part: Decimal, whole: Decimal, places: Decimal) -> Decimal | None:
    return ROUNDED.quantize(ROUNDED.divide(part, whole), places) if whole else None


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)

"""Made-up bills of many customers, models and meters, in which a few charges are odd on known days."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.reports.series import DAYS, FIRST, LEARNED, usual_days
from catalog.pricing.decimals import exact_sum
from costs.reports.causes import Cause, Key

MODELS = {
    "aws": ("claude-sonnet-4-6", "claude-haiku-4-5", "nova-lite"),
    "gcp": ("gemini-2.5-flash", "gemini-3-pro"),
    "azure": ("gpt-5", "gpt-5-mini"),
}
METERS = {"input": 0.6, "output": 0.35, "cache read": 0.05}
CUSTOMERS = ("acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", None)
KINDS = ("spike", "days", "customer", "new", "outage", "two")


@dataclass
class MadeUpBill:
    """A bill.

    Args:
        charges: what each day cost, by cloud, model, customer and meter.
        kind: what is planted.
        odd: what is planted, as its day and what caused it.
    """

    charges: dict[Key, dict[date, Decimal]]
    kind: str
    odd: list[tuple[date, Cause]] = field(default_factory=list)
    dimensions = ("cloud", "model", "customer", "meter")

    def series(self) -> Iterator[tuple[Cause, Mapping[date, Decimal]]]:
        yield {}, self._sum(self.charges)
        for place, name in enumerate(self.dimensions):
            for value in dict.fromkeys(key[place] for key in self.charges):
                yield {name: value}, self._sum([key for key in self.charges if key[place] == value])

    def cells(self, days: Collection[date]) -> Mapping[Key, Decimal]:
        return {
            key: exact_sum(daily.get(day, Decimal(0)) for day in days) for key, daily in self.charges.items()
        }

    def floor(self, part: Decimal) -> Decimal:
        total = sorted(self._sum(self.charges).values())
        return max(Decimal(1), total[len(total) // 2] * part)

    def _sum(self, keys: Collection[Key]) -> dict[date, Decimal]:
        days = [FIRST + timedelta(days=number) for number in range(DAYS)]
        return {day: exact_sum(self.charges[key].get(day, Decimal(0)) for key in keys) for day in days}


def bills(count: int, seed: int) -> Iterator[MadeUpBill]:
    """Every second one is quiet."""
    chance = random.Random(seed)  # noqa: S311 no secrets
    for number in range(count):
        yield _one(chance, "quiet" if number % 2 else KINDS[number // 2 % len(KINDS)])


def _one(chance: random.Random, kind: str) -> MadeUpBill:
    bill = MadeUpBill({}, kind)
    models = [(cloud, model) for cloud, names in MODELS.items() for model in names]
    for customer in CUSTOMERS:
        for cloud, model in chance.sample(models, 3):
            amounts = usual_days(chance, has_months=False)
            for meter, part in METERS.items():
                bill.charges[cloud, model, customer, f"{model} {meter}"] = _daily(
                    [amount * part * chance.uniform(0.97, 1.03) for amount in amounts]
                )
    fee = chance.choice((0, 200, 2000))
    bill.charges["aws", None, None, "support"] = {
        day: Decimal(fee)
        for day in (FIRST + timedelta(days=number) for number in range(DAYS))
        if day.day == 1
    }
    for _ in range({"quiet": 0, "two": 2}.get(kind, 1)):
        _plant(chance, bill)
    return bill


def _plant(chance: random.Random, bill: MadeUpBill) -> None:  # noqa: C901 a case a kind
    """Make some charges odd, so much that it is a fifth of the bill of a day at least."""
    start = bill.odd[0][0] if bill.odd else FIRST + timedelta(days=chance.randrange(LEARNED, DAYS - 10))
    whole = sum(bill.cells([start - timedelta(days=back) for back in range(1, 8)]).values(), Decimal(0)) / 7
    more = whole * Decimal(f"{chance.uniform(0.2, 0.8):.3f}")
    cloud, model, customer, meter = chance.choice(_candidates(bill, start, whole))
    cause: dict[str, str | None] = {"cloud": cloud, "model": model, "customer": customer}
    count = 1
    if bill.kind in ("spike", "two"):
        cause["meter"] = meter
    elif bill.kind == "days":
        count = 3
    elif bill.kind == "customer":
        cause = {"customer": customer}
    elif bill.kind == "new":
        cause, count = {"customer": "oscorp"}, 3
        bill.charges[cloud, model, "oscorp", meter] = {}
    bill.odd.append((start, cause))
    keys = [
        key for key in bill.charges if cause.items() <= dict(zip(bill.dimensions, key, strict=True)).items()
    ]
    for day in (start + timedelta(days=number) for number in range(count)):
        if bill.kind == "outage":
            for key in keys:
                bill.charges[key][day] = Decimal(0)
            continue
        now = {key: bill.charges[key].get(day, Decimal(0)) for key in keys}
        whole_now = sum(now.values(), Decimal(0))
        for key, amount in now.items():
            share = amount / whole_now if whole_now else Decimal(1) / len(keys)
            bill.charges[key][day] = round(amount + more * share, 9)


def _candidates(bill: MadeUpBill, day: date, whole: Decimal) -> list[Key]:
    """The charges of customers, for an outage those of models whose end is a tenth of the bill at least."""
    keys = [key for key in bill.charges if key[2]]
    if bill.kind != "outage":
        return keys
    lost = {key: sum(bill.charges[each][day] for each in keys if each[:3] == key[:3]) for key in keys}
    return [key for key in keys if lost[key] > whole / 10] or keys


def _daily(amounts: list[float]) -> dict[date, Decimal]:
    return {FIRST + timedelta(days=number): Decimal(f"{amount:.9f}") for number, amount in enumerate(amounts)}

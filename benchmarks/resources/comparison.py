"""Sets calculate beside OpenCloudCosts: the same questions over the same price list, in one run."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle, product
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.calls import Caller
from benchmarks.resources import opencloudcosts
from benchmarks.resources.machine_prices import HOURS, MachinePrices

MACHINE_TYPES = Path(__file__).parents[2] / "catalog" / "offers" / "data" / "machine_types.csv"
USAGE_TYPES = ("OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr")
REGIONS = ("us-central1", "europe-west3", "asia-northeast1", "southamerica-east1")
# What a float may be beside the price.
TOLERANCE = Decimal("1e-8")
WARM = 200

Question = tuple[str, str, str]
Ask = Callable[[Question], tuple[Decimal | None, dict[str, Any]]]


@dataclass(slots=True)
class Answers:
    """How a product answers: per usage type the right prices, and of each call its size and time."""

    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(USAGE_TYPES, 0))
    wrong: list[str] = field(default_factory=list)
    unpriced: int = 0
    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)


def compare(caller: Caller, interpreter: Path, catalog: Path) -> None:
    """Ask both for each machine type in one region, in each way to buy it, and print how they answer."""
    prices = MachinePrices(catalog, MACHINE_TYPES)
    asked = dict(questions(prices))
    print(f"\n{len(asked)} questions: {len({machine for machine, _, _ in asked})} machine types")
    found = {"calculate": answers(asked, lambda question: _ours(caller, question))}
    with _theirs(interpreter, catalog) as (ask, size):
        found["OpenCloudCosts"] = answers(asked, ask)
    report(found, asked)
    print(f"list of tools: OpenCloudCosts {size:,} bytes")


def questions(prices: MachinePrices) -> Iterator[tuple[Question, Decimal]]:
    """Each machine type in one of the regions that sell it, with its price of an hour."""
    starts = cycle(range(len(REGIONS)))
    for name, start in zip(prices.machines, starts, strict=False):
        regions = (*REGIONS[start:], *REGIONS[:start])
        region = next((each for each in regions if prices.hourly(name, each, "OnDemand")), None)
        for usage_type, where in product(USAGE_TYPES, [region] if region else []):
            if price := prices.hourly(name, where, usage_type):
                yield (name, where, usage_type), price


def answers(asked: dict[Question, Decimal], ask: Ask) -> Answers:
    """Ask everything once, and some of it again."""
    found = Answers()
    for question, price in asked.items():
        started = time.perf_counter()
        amount, answer = ask(question)
        found.seconds.append(time.perf_counter() - started)
        found.sizes.append(len(json.dumps(answer, separators=(",", ":"))))
        if amount is None:
            found.unpriced += 1
        elif abs(amount - price) <= TOLERANCE:
            found.right[question[2]] += 1
        else:
            found.wrong.append(f"{' '.join(question)}: {amount:f}, not {price:f}")
    for question in list(asked)[:WARM]:
        started = time.perf_counter()
        ask(question)
        found.warm.append(time.perf_counter() - started)
    return found


def report(found: dict[str, Answers], asked: dict[Question, Decimal]) -> None:
    """Print the figures side by side."""
    totals = {usage: sum(question[2] == usage for question in asked) for usage in USAGE_TYPES}
    rows: list[tuple[str, Callable[[Answers], str]]] = [
        *((f"right, {usage}", _right(usage, totals[usage])) for usage in USAGE_TYPES),
        ("without a price", lambda each: f"{each.unpriced}"),
        ("calls a question", lambda _: "1"),
        ("bytes an answer", lambda each: f"{median(each.sizes):.0f}"),
        ("first call", lambda each: f"{each.seconds[0] * 1e3:.1f} ms"),
        ("new question, p50", lambda each: f"{median(each.seconds) * 1e3:.1f} ms"),
        ("asked again, p50", lambda each: f"{median(each.warm) * 1e3:.1f} ms"),
    ]
    print(f"{'':22}" + "".join(f"{name:>18}" for name in found))
    for label, figure in rows:
        print(f"{label:22}" + "".join(f"{figure(each):>18}" for each in found.values()))
    for name, each in found.items():
        for line in each.wrong[:5]:
            print(f"{name}: {line}")


def _right(usage_type: str, total: int) -> Callable[[Answers], str]:
    return lambda each: f"{each.right[usage_type]} of {total}"


def _ours(caller: Caller, question: Question) -> tuple[Decimal | None, dict[str, Any]]:
    """A month has the discounts of a month, so an hour is asked for; a commitment is owed for the month."""
    name, region, usage_type = question
    item = {"resource": name, "region": region, "usage_type": usage_type, "hours": "1"}
    try:
        answer = caller.answer("calculate", {"items": [item]})
    except RuntimeError as error:
        return None, error.args[0]
    [row] = answer["items"]
    if row["cost"] is None or row["partial"]:
        return None, answer
    cost = Decimal(row["cost"])
    return cost / HOURS if usage_type.startswith("Commit") else cost, answer


@contextmanager
def _theirs(interpreter: Path, catalog: Path) -> Iterator[tuple[Ask, int]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        opencloudcosts.running(interpreter, catalog, Path(folder)) as program,
    ):

        def ask(question: Question) -> tuple[Decimal | None, dict[str, Any]]:
            answer = program.price(*question)
            return opencloudcosts.hourly(answer), answer

        yield ask, len(json.dumps(program.tools(), separators=(",", ":")))

"""What the demo hides in its charges for questions to find, with its money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from catalog.pricing.decimals import exact_sum, plain
from costs.providers.demo.charges import CLOUDS, SPIKES, Charge, Meter, Spike, charges, meters, months

CURRENCY = "USD"


def sentences(today: date) -> Iterator[str]:
    """What is planted, a sentence each.

    Args:
        today: the day after the last one with charges.
    """
    found = [charge for cloud in CLOUDS for month in months(today) for charge in charges(cloud, month, today)]
    yield from (_of_spike(spike, today) for spike in SPIKES)
    for meter in meters():
        if meter.planted:
            yield _of_meter(meter, _money(charge for charge in found if charge.meter == meter))
    untagged = _money(charge for charge in found if charge.customer is None)
    yield f"Unattributed: {untagged} on all clouds, of charges without a tag of a customer."


def _of_spike(spike: Spike, today: date) -> str:
    days = " and ".join(map(str, spike.days(today)))
    return f"Spike: {spike.customer} uses {spike.factor} times as much as usual of {spike.meter!r} on {days}."


def _of_meter(meter: Meter, money: str) -> str:
    if meter.planted == "idle":
        return f"Idle: {money} of {meter.meter!r} on {meter.cloud}, the same each day, used or not."
    return f"Unmapped: {money} of {meter.meter!r} on {meter.cloud}, a model that no table has."


def _money(found: Iterable[Charge]) -> str:
    return f"{plain(exact_sum(charge.cost for charge in found))} {CURRENCY}"

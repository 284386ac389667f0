"""Real billing meters of three clouds, with their sources (docs/meters.md)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Row(NamedTuple):
    cloud: str
    meter: str
    unit: str
    product: str

    @property
    def products(self) -> tuple[str, ...]:
        """AWS's price list has a meter under several product codes."""
        return tuple(self.product.split("/"))


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def meters(*names: str) -> tuple[Row, ...]:
    files = names or ("meters.csv", "more_meters.csv")
    return tuple(
        Row(row["cloud"], row["meter"], row["unit"], row["product"]) for name in files for row in table(name)
    )

"""TPUs, under the machine types of TPU VMs and the names of accelerators: ct5lp-hightpu-4t, v3-32."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.offers import DATA
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Part, Terms, facts
from catalog.offers.resources.request import ResourceRequest

NOT_INCLUDED = ("boot disk", "external IP address", "egress")
NAME = re.compile(r"(?:tpu-)?(?P<shape>[a-z]\w*?(?:-[a-z]+)?)-(?P<number>\d{1,5})t?")
# The sizes to propose: the smallest of each.
SMALLEST = {"v2": 8, "v3": 8, "v4": 8, "v5p": 8}


@dataclass(frozen=True, slots=True)
class _Tpu:
    """How a TPU is sold: `unit` of what its name counts are one unit of the SKU."""

    model: str
    unit: int
    pods: bool = False
    pod: bool = False


def is_tpu(name: str) -> bool:
    """Whether `name` is one of a TPU."""
    match = NAME.fullmatch(name)
    return match is not None and match["shape"] in _tpus()


def tpu_bill(request: ResourceRequest, name: str) -> Bill:
    """What a TPU is billed as.

    Args:
        request: what was asked for.
        name: a name that `is_tpu`.

    Raises:
        InvalidArgumentError: an argument does not apply, or there is no such size.
    """
    refuse_others(request, name, ())
    match = NAME.fullmatch(name)
    assert match  # noqa: S101 it is one of a TPU
    tpu, number = _tpus()[match["shape"]], int(match["number"])
    if not number or (number % tpu.unit and tpu.unit > 1):
        raise InvalidArgumentError(
            f"{name}: the number of a {tpu.model} is a multiple of {tpu.unit}.",
            hint=f"Send {match['shape']}-{tpu.unit * max(1, number // tpu.unit)}.",
        )
    quantity = Decimal(number) / tpu.unit
    is_pod = tpu.pod or (tpu.pods and quantity > 1)
    own = ["part=accelerator", f"model={tpu.model}", *(["purpose=pod"] if is_pod else [])]
    found = (
        facts("product=cloud-tpu", *own),
        facts("product=cloud-tpu", "product=compute-engine", *own),
    )
    part = Part("TPU", found, quantity, "h", terms=Terms.WHERE_SOLD)
    return Bill(name, (part,), not_included=NOT_INCLUDED)


def tpu_names() -> list[str]:
    """The smallest of each kind."""
    return [f"{shape}-{SMALLEST.get(shape, 4)}{'t' if '-' in shape else ''}" for shape in _tpus()]


@cache
def _tpus() -> dict[str, _Tpu]:
    data: dict[str, Any] = tomllib.loads((DATA / "models.toml").read_text(encoding="utf-8"))["tpu"]
    return {shape: _Tpu(**row) for shape, row in data.items()}

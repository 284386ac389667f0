"""Composes a SKU's description, with words that its terse name lacks: the product, the usage, the place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS

_USAGE_TYPES = {"OnDemand": "on demand", "Preemptible": "spot"}
_COMMITMENT = re.compile(r"Commit(\d+)(Mo|Yr)")
_PERIODS = {"Mo": "month", "Yr": "year"}
# Between the words of CamelCase: "VMNetworkBandwidth" is "VM Network Bandwidth".
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def describe(category: dict[str, Any], unit: str, regions: Sequence[str]) -> str:
    """Compose a SKU's description.

    Args:
        category: the SKU's category in wire form.
        unit: the usage unit in words ("gibibyte month"), empty if the SKU has no price.
        regions: the codes of its regions.

    Returns:
        For example "Compute Engine CPU, spot, per hour, Frankfurt (europe-west3)".
    """
    parts = [
        _product(category),
        _usage(category.get("usageType", "")),
        f"per {unit}" if unit else "",
        _places(regions),
    ]
    return ", ".join(part for part in parts if part)


def _product(category: dict[str, Any]) -> str:
    kind = category.get("resourceGroup") or category.get("resourceFamily") or ""
    return f"{category.get('serviceDisplayName', '')} {_words(kind)}".strip()


@cache
def _usage(usage_type: str) -> str:
    commitment = _COMMITMENT.fullmatch(usage_type)
    if commitment:
        return f"{commitment[1]} {_PERIODS[commitment[2]]} commitment"
    return _USAGE_TYPES.get(usage_type) or _words(usage_type).lower()


def _places(regions: Sequence[str]) -> str:
    names = [_place(code) for code in regions]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


@cache
def _place(code: str) -> str:
    known = REGIONS.get(code) or MULTI_REGIONS.get(code)
    return f"{known.place} ({code})" if known else code


@cache
def _words(camel_case: str) -> str:
    return _WORD_START.sub(" ", camel_case)

"""The id of an estimate: the same for the same request, however it is spelled and whatever it costs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from catalog.errors import CatalogError
from catalog.offers.resources.gpus import find_gpu
from catalog.offers.resources.read import place_in_name, resource_name
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.terms import read_term
from catalog.places import read_place
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import ROUNDED
from catalog.pricing.sku_ids import normalize
from catalog.pricing.unit_words import read_unit
from catalog.pricing.usage import Item

# Raise it if the same request gets another canonical form.
_VERSION = 1
_DIGITS = 32
# The fields of items, with their defaults.
_SKU, _RESOURCE = (
    tuple((field.name, field.default) for field in fields(kind)) for kind in (Item, ResourceRequest)
)
_PLACES = frozenset(("region", "source", "destination"))
_SEPARATORS = re.compile(r"[\s_]+")
_json = json.JSONEncoder(sort_keys=True).encode


def estimate_id(items: Iterable[Item | ResourceRequest], months: int, as_of: datetime | None) -> str:
    """The id of an estimate.

    Args:
        items: the items, in any order.
        months: the number of months.
        as_of: the time that was asked for; None for current prices, whenever that is.

    Returns:
        A digest of the request in its canonical form: numbers, regions, units, usage types and names each in
        one spelling, and without what is left at its default.
    """
    canonical = sorted(_json(_canonical(item)) for item in items)
    content = json.dumps([_VERSION, months, utc_text(as_of) if as_of else None, canonical])
    return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]


def _canonical(item: Item | ResourceRequest) -> dict[str, str]:
    found = {}
    if isinstance(item, ResourceRequest) and (place := place_in_name(item.resource)):
        item = replace(item, region=place)
    for name, default in _SKU if isinstance(item, Item) else _RESOURCE:
        sent = getattr(item, name)
        # None is what was not said; a default may have been said in another spelling.
        if sent is not None and sent != default and (value := _value(name, sent)) != _value(name, default):
            found[name] = value
    return found


def _value(name: str, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{ROUNDED.normalize(value):f}"
    return _text(name, str(value))


@lru_cache(maxsize=4096)
def _text(name: str, text: str) -> str:
    if name in _PLACES:
        place = read_place(text)
        return place.label if place else _folded(text)
    reader = _READERS.get(name, _folded)
    try:
        return reader(text)
    except CatalogError:
        return _folded(text)


def _unit(text: str) -> str:
    reading = read_unit(text)
    return repr(reading.unit) if reading else text


def _gpu(text: str) -> str:
    gpu = find_gpu(text)
    return gpu.name if gpu else _folded(text)


def _folded(text: str) -> str:
    return _SEPARATORS.sub("-", text.strip().casefold())


_READERS: dict[str, Callable[[str], str]] = {
    "label": str,
    "sku_id": normalize,
    "resource": resource_name,
    "usage_type": read_term,
    "unit": _unit,
    "gpu": _gpu,
}

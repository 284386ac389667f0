"""Reads a SKU into attributes: its category first, then its name; what is not read stays as words."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offers.attributes import Attributes
from catalog.offers.categories import facts_of_category
from catalog.offers.implied import Values, imply
from catalog.offers.phrases import texts
from catalog.offers.products import product_of, slug
from catalog.offers.read_name import NameReader


@dataclass(frozen=True, slots=True)
class NamedSku:
    """The texts of a SKU that say what it is."""

    service: str
    name: str
    resource_family: str
    resource_group: str
    usage_type: str


def read_sku(sku: NamedSku) -> Attributes:
    category = facts_of_category(sku.service, sku.resource_family, sku.resource_group)
    name = NameReader(texts(sku.name), slug(sku.service), is_licence=("part", "licence") in category)
    name.read()
    values = name.values
    values.setdefault("product", set()).add(product_of(sku.service))
    values["usage_type"] = {slug(sku.usage_type)}
    _add_defaults(values, category)
    imply(values)
    del values["usage_type"]
    return Attributes(
        frozenset((attribute, value) for attribute, found in values.items() for value in found),
        tuple(name.unread),
        name.span,
        name.route.source,
        name.route.destination,
        has_place=name.has_place,
        key="|".join((sku.service, sku.usage_type, sku.resource_group, " ".join(name.telling))),
    )


def _add_defaults(values: Values, category: tuple[tuple[str, str], ...]) -> None:
    """What the category says of the attributes that the name leaves open."""
    named = frozenset(values)
    for attribute, value in category:
        if attribute not in named:
            values.setdefault(attribute, set()).add(value)

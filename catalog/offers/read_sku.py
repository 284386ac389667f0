"""Reads a SKU into attributes: its category first, then its name; what is not read stays as words."""

from __future__ import annotations

from catalog.offers.attributes import Attributes
from catalog.offers.categories import facts_of_category
from catalog.offers.implied import complete
from catalog.offers.named_sku import NamedSku
from catalog.offers.phrases import texts
from catalog.offers.products import product_of, slug
from catalog.offers.read_model import attributes_of, read_model
from catalog.offers.read_name import LICENCE, NameReader

# Raise it with every change to this package that reads a SKU otherwise: then all SKUs are read again.
VERSION = 3


def read_sku(sku: NamedSku) -> Attributes:
    """What a SKU is: by its meter if its name is one, as AWS's and Azure's are, else by category and name."""
    if sku.provider != "gcp" and (model := read_model(sku)):
        return attributes_of(sku, model)
    category = facts_of_category(sku.service, sku.resource_family, sku.resource_group)
    name = NameReader(texts(sku.name), slug(sku.service), is_licence=LICENCE in category)
    name.read()
    named = {attribute for attribute, _ in name.facts}
    left_open = (fact for fact in category if fact[0] not in named)
    facts = frozenset((*name.facts, *left_open, ("product", product_of(sku.service))))
    place = name.route.source
    return Attributes(
        complete(
            facts,
            sku.usage_type.lower(),
            has_unread=bool(name.unread),
            is_of_several=bool(place and place.is_multi_region),
        ),
        tuple(name.unread),
        name.span,
        name.route.source,
        name.route.destination,
        has_place=name.has_place,
        key="|".join((sku.service, sku.usage_type, sku.resource_group, " ".join(name.telling))),
    )

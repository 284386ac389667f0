"""What is free of the usage of a resource, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.models import Sku
from catalog.offers.allowances import Allowance, allowances, allowances_of
from catalog.offers.named_sku import NamedSku
from catalog.pricing.decimals import plain
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.parts import ON_DEMAND


def free_usage(resource: str, composed: Iterable[Composed]) -> list[str]:
    """The free allowances of a resource, each once.

    Args:
        resource: its name.
        composed: the resource as it is priced in its regions.

    Returns:
        First what the price list gives, which a month's price counts; then what Google documents elsewhere.
    """
    on_demand = [each for each in composed if each.wanted.term == ON_DEMAND]
    components = [component for each in on_demand for component in each.components]
    documented = [allowance for allowance in allowances() if allowance.resource == resource]
    documented += [allowance for each in components for allowance in _documented(each)]
    return list(dict.fromkeys([*_in_price_list(components), *map(_sentence, documented)]))


def named(sku: Sku) -> NamedSku:
    """The names of a SKU that say what it is."""
    texts = (sku.display_name, sku.resource_family, sku.resource_group, sku.usage_type)
    return NamedSku(sku.service.display_name, *(text or "" for text in texts))


def _in_price_list(components: Iterable[Component]) -> Iterator[str]:
    for component in components:
        if given := component.list_price.price.free_allowance:
            unit, part = component.list_price.usage_unit.code, component.part.name
            yield f"The first {plain(given)} {unit} of {part} a month are free, once for the whole account."


def _documented(component: Component) -> Iterator[Allowance]:
    sku = component.listing.sku
    for allowance in allowances_of(named(sku)):
        # An allowance that the list price has is not another one.
        if allowance.holds_in(sku.service_regions) and not component.list_price.price.free_allowance:
            yield allowance


def _sentence(allowance: Allowance) -> str:
    where = f", in {', '.join(sorted(allowance.regions))}" if allowance.regions else ""
    return f"Not counted: {allowance.name}{where} ({allowance.source})."

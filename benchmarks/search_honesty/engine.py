"""The product: its rows, and its answers. Only to be imported after django.setup()."""

from __future__ import annotations

from typing import Any, cast

from benchmarks.search_honesty.cases import Answer
from benchmarks.search_honesty.rows import Row, Rows
from catalog.errors import InvalidArgumentError
from catalog.models import PricingUpdate, Service, Sku
from catalog.search import SearchRequest, search

COLUMNS = (
    "sku_id",
    "display_name",
    "service__display_name",
    "resource_family",
    "resource_group",
    "usage_type",
    "service_regions",
    "geo_taxonomy_regions",
)


def rows() -> Rows:
    skus = Sku.objects.offered().order_by("sku_id").values_list(*COLUMNS)
    services = Service.objects.order_by("service_id").values_list("display_name", flat=True)
    return Rows(tuple(_row(*sku) for sku in skus), tuple(services))


def _row(*columns: Any) -> Row:
    sku_id, name, service, family, group, usage_type, regions, reach = columns
    category = (family or "", group or "", usage_type or "")
    return Row(sku_id, name, service, *category, regions=frozenset(regions), reach=frozenset(reach or ()))


class Product:
    def __init__(self) -> None:
        self._latest = PricingUpdate.objects.latest_completed()

    def ask(self, query: str, **arguments: Any) -> Answer:
        """The product's answer; an error is an answer that shows nothing and says why."""
        try:
            answer = search(SearchRequest(query, kind="skus", **arguments), latest=self._latest)
        except InvalidArgumentError as error:
            return Answer(hint=str(error))
        fields = cast("dict[str, Any]", answer)
        return Answer(
            tuple((sku["sku_id"], sku["display_name"]) for sku in answer["skus"]),
            answer["hint"] or "",
            tuple(fields.get("missing") or ()),
            tuple(fields.get("ambiguous_in") or ()),
        )

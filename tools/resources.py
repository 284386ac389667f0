"""What agents may read without asking a question: MCP's resources, apart from the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.errors import CatalogError, NotFoundError
from catalog.models import PricingUpdate
from catalog.pricing import list_prices
from catalog.pricing.freshness import offer
from catalog.pricing.status import largest
from costs.store import configured
from live.now import kept_now
from tools import documents, prices, registry
from tools.errors import Error, from_catalog_error
from tools.version import product_version

JSON, MARKDOWN = "application/json", "text/markdown"
SKU_PREFIX = "sku://"
MAX_URI_LENGTH = 200
# About 40 KB.
MAX_SERVICES = 300
# As for the tools of the same data.
SCOPE, COSTS_SCOPE = "pricing:read", registry.COSTS_SCOPE


@dataclass(frozen=True)
class Resource:
    """Something to read: where, what it is, the function that returns its text, and its scope."""

    uri: str
    name: str
    title: str
    description: str
    mime_type: str
    read: Callable[[], str]
    scope: str = SCOPE


class RefusedError(Exception):
    """There is nothing to read, for the reason that `error` gives."""

    def __init__(self, error: Error) -> None:
        super().__init__(error["message"])
        self.error = error


def read(uri: str) -> tuple[str, str]:
    """Read a resource, or a SKU by its address.

    Returns:
        Its media type and text.

    Raises:
        RefusedError: there is no such resource, or the catalog is empty.
    """
    if uri.startswith(SKU_PREFIX):
        return JSON, _sku(uri.removeprefix(SKU_PREFIX))
    try:
        found = listed().get(uri)
        if found is None:
            known = ", ".join([*listed(), f"{SKU_PREFIX}{{sku_id}}"])
            raise NotFoundError(f"There is no resource {uri[:MAX_URI_LENGTH]}.", hint=f"There are {known}.")
        return found.mime_type, found.read()
    except CatalogError as error:
        raise RefusedError(from_catalog_error(error)) from None


def listed() -> dict[str, Resource]:
    """The resources of this installation by their addresses: documents only if it came with them."""
    return {each.uri: each for each in _RESOURCES if each.mime_type != MARKDOWN or documents.root()}


def scope_of(uri: str) -> str:
    """The scope that reading an address needs; that of prices where there is nothing to read."""
    found = listed().get(uri)
    return found.scope if found else SCOPE


def _now() -> str:
    return _json(kept_now(configured.open_store()))


def _state() -> str:
    snapshot = list_prices.snapshot(None)
    answer = prices.catalog_state(snapshot)
    update = PricingUpdate.objects.latest_completed()
    offered = offer(update) if update else None
    counts = {"skus": offered.skus, "services": offered.services} if offered else {}
    return _json({**answer, **counts, "version": product_version()})


def _services() -> str:
    answer = prices.catalog_state(list_prices.snapshot(None))
    found, total = largest(MAX_SERVICES)
    rows = [{"service_id": row.pk, "display_name": row.display_name, "skus": skus} for row, skus in found]
    left_out = total - len(rows)
    hint = f"{left_out} smaller services are left out: search finds them by name." if left_out else None
    hints = " ".join(filter(None, [answer["hint"], hint])) or None
    return _json({**answer, "services": rows, "left_out": left_out, "hint": hints})


def _sku(sku_id: str) -> str:
    result = registry.call("details", {"sku_ids": [sku_id[:MAX_URI_LENGTH]]})
    if result.is_error:
        raise RefusedError(result.content["error"])
    if not result.content["skus"]:
        raise RefusedError(from_catalog_error(NotFoundError(f"There is no SKU {sku_id[:MAX_URI_LENGTH]}.")))
    return _json(result.content)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


_RESOURCES = (
    Resource(
        "pricing://catalog",
        "catalog",
        "State of the catalog",
        "How current the list prices are, where they are from, and how many SKUs and services there are.",
        JSON,
        _state,
    ),
    Resource(
        "pricing://services",
        "services",
        "Services",
        f"The services with their ids and numbers of SKUs, the {MAX_SERVICES} largest at most.",
        JSON,
        _services,
    ),
    Resource(
        "pricing://rules",
        "rules",
        "Units and rules",
        "How quantities, units, places, times, tiers and free allowances are read and computed.",
        MARKDOWN,
        lambda: documents.section("docs/tools.md", "Rules"),
    ),
    Resource(
        "pricing://glossary",
        "glossary",
        "Glossary",
        "What the words of prices and costs mean.",
        MARKDOWN,
        lambda: documents.read("docs/glossary.md"),
    ),
    Resource(
        "costs://now",
        "now",
        "AI usage right now",
        "What AI usage costs an hour at the pace of the last minutes, this hour and this day, by cloud and "
        "model, before any bill has it; how late each cloud tells, and what has no price.",
        JSON,
        _now,
        COSTS_SCOPE,
    ),
)

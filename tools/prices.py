"""The three tools. Each calls one catalog function and wraps the result in the response envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from catalog import search as catalog_search
from catalog.errors import CatalogEmptyError
from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing import calculate as calculation
from catalog.pricing import list_prices
from catalog.pricing.answers import utc_text
from catalog.pricing.details import details as details_of
from catalog.pricing.freshness import Freshness, of_services, offer
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.whose import is_of_community
from catalog.providers.sample.source import SampleSource
from tools.prices_schema import CalculateArguments, DetailsArguments, SearchArguments

CONTRACT = "1"

Answer = dict[str, Any]

_SAMPLE_NOTICE = SampleSource().notice()


def search(arguments: SearchArguments) -> Answer:
    """Find SKUs and whole resources, such as machines, by a question in plain English, with list prices."""
    snapshot = list_prices.snapshot()
    update = _require_synced(snapshot.latest)
    request = catalog_search.SearchRequest(**arguments.model_dump())
    answer = catalog_search.search(request, snapshot=snapshot)
    freshness = _freshness(snapshot, update)
    return _with_notice(update, freshness, answer)


def details(arguments: DetailsArguments, snapshot: Snapshot | None = None) -> Answer:
    """Show SKUs in full, with tiers and history, and whole resources: parts, and prices in each region.

    Args:
        arguments: what is asked about.
        snapshot: the time whose prices are shown, if the caller has read it; `as_of` does not count then.
    """
    snapshot = snapshot or list_prices.snapshot(arguments.as_of)
    update = _require_synced(snapshot.latest)
    answer = details_of(arguments.sku_ids, arguments.resources, snapshot=snapshot, history=arguments.history)
    freshness = _freshness(snapshot, update)
    return _with_notice(update, freshness, answer)


def calculate(arguments: CalculateArguments) -> Answer:
    """Price usage of SKUs and whole resources exactly, such as machines: tiers, units, discounts, proof."""
    snapshot = list_prices.snapshot(arguments.as_of)
    update = _require_synced(snapshot.latest)
    answer = calculation.calculate(
        [item.request() for item in arguments.items],
        months=arguments.months,
        snapshot=snapshot,
        detailed=arguments.response_format == "detailed",
        compare=arguments.compare,
        paging=calculation.Paging(arguments.group_by, arguments.cursor),
    )
    freshness = _freshness(snapshot, update)
    if (notice := _notice(update, freshness)) and not is_of_community(answer):
        answer["assumptions"].insert(0, notice)
    return {**_envelope(update, freshness), **answer}


def catalog_state(snapshot: Snapshot) -> Answer:
    """The envelope of an answer about all of the catalog that no tool gives, with the notice as its hint.

    Raises:
        CatalogEmptyError: nothing has been synced yet.
    """
    update = _require_synced(snapshot.latest)
    freshness = offer(update).freshness
    return {**_envelope(update, freshness), "hint": _notice(update, freshness)}


def _require_synced(update: PricingUpdate | None) -> PricingUpdate:
    if update is None:
        raise CatalogEmptyError(
            "The catalog is empty; no prices have been synced yet.",
            hint="Ask the operator to run the command sync_catalog.",
        )
    return update


def _freshness(snapshot: Snapshot, update: PricingUpdate) -> Freshness:
    """The state of the services that the answer speaks of, or of the whole catalog if it speaks of none."""
    services = snapshot.services.values()
    return of_services(services, update) if services else offer(update).freshness


def _notice(update: PricingUpdate, freshness: Freshness) -> str | None:
    if update.source == SAMPLE:
        return _SAMPLE_NOTICE
    return freshness.warning(timezone.now()) or None


def _with_notice(update: PricingUpdate, freshness: Freshness, answer: Mapping[str, Any]) -> Answer:
    """The answer in its envelope, with the notice before its own hint."""
    notice = None if is_of_community(answer) else _notice(update, freshness)
    hint = " ".join(filter(None, [notice, answer["hint"]])) or None
    return {**_envelope(update, freshness), **answer, "hint": hint}


def _envelope(update: PricingUpdate, freshness: Freshness) -> Answer:
    return {
        "contract": CONTRACT,
        "catalog": {
            "synced_at": utc_text(freshness.synced_at) if freshness.synced_at else None,
            "stale": bool(freshness.warning(timezone.now())),
            "update_id": update.pk,
            "source": update.source,
            "currency": "USD",
        },
    }

"""Azure's real price list: each token meter of bills finds its own price, and never another thing's."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from catalog.meters.meter import UsageKind
from catalog.meters.read import read_meter
from catalog.models import SkuModel
from catalog.offers.model_names import Names
from catalog.pricing.list_prices import snapshot
from catalog.pricing.model_rate import ModelRates
from catalog.pricing.model_rates import counted_by, rates_of
from catalog.providers.azure.source import AzureSource
from catalog.sync.run import sync
from tests.catalog.meters.rows import table
from tests.harness.fake_azure_prices import FILE, FakeAzurePrices, real_items

NAMES = Names()


@pytest.fixture(scope="module")
def rates(
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, ModelRates]]:
    """What all of Azure's real retail prices say of each model."""
    folder = tmp_path_factory.mktemp("azure")
    FakeAzurePrices(real_items()).save(folder)
    with django_db_blocker.unblock(), transaction.atomic():
        sync(AzureSource.in_folder(folder))
        now = snapshot()
        models = SkuModel.objects.exclude(model_id=None).values_list("model_id", flat=True).distinct()
        yield {
            model_id: rates_of(now, model_id=model_id, provider="azure") for model_id in models if model_id
        }
        transaction.set_rollback(True)


@cache
def listed() -> dict[tuple[str, str], list[dict[str, str]]]:
    """The rows of Azure's price list by product and meter."""
    found: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["product"], row["meter"]].append(row)
    return found


def test_every_token_meter_with_a_list_price_finds_it_and_no_other(rates: dict[str, ModelRates]) -> None:
    found = {(rate.counted, rate.region): rate.price for model_id in rates for rate in rates[model_id].rates}
    disputed = {(each.counted, each.region) for model_id in rates for each in rates[model_id].conflicts}
    tried, told, wrong = 0, set[str](), list[Any]()
    for row in table("meters.csv"):
        meter = read_meter(row["cloud"], row["meter"], row["unit"], row["product"])
        model = NAMES.find(row["cloud"], (row["product"],), meter.billing_model)
        if row["cloud"] != "azure" or meter.kind is not UsageKind.TOKENS or not model or not meter.per_unit:
            continue
        for price in listed()[row["product"], row["meter"]]:
            for region in price["regions"].split():
                thing = (counted_by("azure", model[0], meter), region.replace("Global", "global"))
                tried += 1
                if thing in disputed:
                    told.add(row["meter"])
                elif found.get(thing) != Decimal(price["price"]) / meter.per_unit:
                    wrong.append((row["meter"], region, price["price"], found.get(thing)))
    assert tried > 2000
    assert wrong == []
    # Azure lists two prices of one thing in West US, under two spellings.
    assert told == {
        f"gpt-35-{name}-Batch-{way}-glbl Tokens" for name in ("trb16K", "turbo16K") for way in ("Inp", "Outp")
    }


def test_a_rate_is_only_of_skus_that_a_bill_reads_as_the_same_thing(
    rates: dict[str, ModelRates],
) -> None:
    rows = SkuModel.objects.values_list("sku_id", "sku__display_name", "sku__resource_group")
    named = {sku_id: (name, product) for sku_id, name, product in rows}
    checked = 0
    for rate in (rate for found in rates.values() for rate in found.rates):
        for sku_id in rate.sku_ids:
            name, product = named[sku_id]
            meter = read_meter("azure", name, "1K", product or "")
            model = NAMES.find("azure", (product or "",), meter.billing_model)
            assert model
            assert counted_by("azure", model[0], meter) == rate.counted
            checked += 1
    assert checked > 5000

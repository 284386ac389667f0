from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS
from catalog.providers.records import SkuRecord
from catalog.providers.sample import models
from catalog.providers.sample.source import PATH, SampleSource

OF_GOOGLE = {each.service_id for each in SampleSource().services() if each.provider == "gcp"}


def sample() -> list[SkuRecord]:
    source = SampleSource()
    return [sku for service in source.services() for sku in source.skus(service.service_id)]


def test_the_sample_is_small_and_every_sku_in_it_has_one_price() -> None:
    skus = sample()

    assert 500 <= len(skus) <= 650
    assert len({sku.sku_id for sku in skus}) == len(skus)
    assert all(len(sku.pricing) == 1 and sku.pricing[0].tiers for sku in skus)
    assert PATH.stat().st_size <= 60_000
    assert models.PATH.stat().st_size <= 20_000


def test_the_sample_contains_the_skus_that_people_ask_for_first() -> None:
    skus = [sku for sku in sample() if sku.service_id in OF_GOOGLE]
    groups = {(sku.resource_group, sku.usage_type) for sku in skus}
    regions = {region for sku in skus for region in sku.service_regions}

    assert len({sku.service_id for sku in skus}) == 5
    assert {("CPU", "OnDemand"), ("CPU", "Preemptible"), ("CPU", "Commit3Yr"), ("GPU", "OnDemand")} <= groups
    assert {"us-central1", "europe-west3", "asia-northeast1", "southamerica-east1", "global"} <= regions
    assert regions <= {*REGIONS, *MULTI_REGIONS, "global"}
    assert "22EB-AAE8-FBCD" in {sku.sku_id for sku in skus}


def test_the_file_states_the_dates_of_its_prices() -> None:
    catalog = json.loads(PATH.read_text(encoding="utf-8"))
    dates = sorted(
        price.effective_time.date().isoformat()
        for sku in sample()
        if sku.service_id in OF_GOOGLE - {models.VERTEX_AI.service_id}
        for price in sku.pricing
        if price.effective_time
    )

    assert (catalog["oldest"], catalog["newest"]) == (dates[0], dates[-1])
    assert catalog["oldest"] in catalog["about"]
    assert catalog["newest"] in catalog["about"]


def test_the_sample_equals_the_same_skus_of_the_real_catalog(real_catalog: Path) -> None:
    source = FolderSource(real_catalog)
    services = {service.service_id: service for service in source.services()}
    compared = set()

    for service in SampleSource().services():
        # The folder names all services of Google Cloud, and has the SKUs of some.
        key = service.service_id
        listed = {sku.sku_id: sku for sku in source.skus(key)} if key in services else {}
        if listed:
            assert service == services[key]
            for sku in SampleSource().skus(key):
                assert listed[sku.sku_id] == sku
                compared.add(key)
    assert compared == OF_GOOGLE - {models.VERTEX_AI.service_id}


def test_the_sample_has_dozens_of_model_prices_of_each_cloud_with_their_dates() -> None:
    services = list(models.services())
    found = Counter(service.provider for service in services for _ in models.skus(service.service_id))
    dates = {
        f"{price.effective_time:%Y-%m-%d}"
        for service in services
        for sku in models.skus(service.service_id)
        for price in sku.pricing
    }

    assert min(found["gcp"], found["aws"], found["azure"]) >= 24
    assert (min(dates), max(dates)) == (models.content()["oldest"], models.content()["newest"])

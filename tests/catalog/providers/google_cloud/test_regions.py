from __future__ import annotations

from pathlib import Path

from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS
from catalog.providers.records import SkuRecord


def test_the_members_of_a_multi_region_are_regions() -> None:
    members = {code for multi_region in MULTI_REGIONS.values() for code in multi_region.members}

    assert members <= REGIONS.keys()


def test_each_code_names_one_place() -> None:
    assert not REGIONS.keys() & MULTI_REGIONS.keys()
    assert len({region.place for region in REGIONS.values()}) == len(REGIONS)


def test_every_region_of_the_real_catalog_has_a_name(real_catalog: Path) -> None:
    source = FolderSource(real_catalog)

    codes = {
        code
        for path in (real_catalog / "skus").iterdir()
        for sku in source.skus(path.name.partition(".")[0])
        if isinstance(sku, SkuRecord)
        for code in (*sku.service_regions, *sku.geo_taxonomy_regions)
    }

    assert codes - REGIONS.keys() - MULTI_REGIONS.keys() == {"global"}

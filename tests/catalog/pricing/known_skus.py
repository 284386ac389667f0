"""Real SKUs: ids, names, tiers and units from Google's public price list of 2022 and 2023."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.models import Service, Sku
from catalog.offers.store import model_row_of, write_models
from catalog.pricing.models import named
from tests.catalog.factories import make_price, make_sku

AMERICAS = ["us-central1", "us-east1", "us-west1"]
GLOBAL = ["global"]
ACCOUNT_MONTHLY: dict[str, Any] = {
    "aggregation_level": "ACCOUNT",
    "aggregation_interval": "MONTHLY",
    "aggregation_count": 1,
}

EGRESS = "22EB-AAE8-FBCD"
CLASS_A = "4DBF-185F-A415"
DAILY_EGRESS = "07A4-C7D5-D204"
DISCOUNT = "168E-35F8-9C79"
A100_COMMITMENT = "DBF8-D0A6-2F53"

Tiers = Sequence[tuple[float, str, int]]

_UNITS: dict[str, dict[str, Any]] = {
    "h": {},
    "GiBy.h": {
        "usage_unit_description": "gibibyte hour",
        "base_unit": "By.s",
        "base_unit_description": "byte second",
        "base_unit_conversion_factor": str(2**30 * 3600),
    },
    "GBy.h": {
        "usage_unit_description": "gigabyte hour",
        "base_unit": "By.s",
        "base_unit_description": "byte second",
        "base_unit_conversion_factor": str(10**9 * 3600),
    },
    "mo": {
        "usage_unit_description": "month",
        "base_unit_conversion_factor": "2678400",
    },
    "GiBy.mo": {
        "usage_unit_description": "gibibyte month",
        "base_unit": "By.s",
        "base_unit_description": "byte second",
        "base_unit_conversion_factor": "2875910101401600",
    },
    "GiBy.d": {
        "usage_unit_description": "gibibyte day",
        "base_unit": "By.s",
        "base_unit_description": "byte second",
        "base_unit_conversion_factor": str(2**30 * 86400),
    },
    "GiBy": {
        "usage_unit_description": "gibibyte",
        "base_unit": "By",
        "base_unit_description": "byte",
        "base_unit_conversion_factor": str(2**30),
    },
    "count": {
        "usage_unit_description": "count",
        "base_unit": "count",
        "base_unit_description": "count",
        "base_unit_conversion_factor": "1",
        "display_quantity": "1000",
    },
}


def add_sku(sku_id: str, name: str, unit: str, tiers: Tiers, *, regions: Sequence[str], **fields: Any) -> Sku:
    """A SKU with one price. `fields` are fields of the SKU, except `price`, the fields of its price."""
    price_fields = fields.pop("price", {})
    sku = make_sku(
        sku_id=sku_id,
        display_name=name,
        service_regions=list(regions),
        geo_taxonomy_regions=[] if regions == GLOBAL else list(regions),
        **fields,
    )
    make_price(sku, tiers, **{"usage_unit": unit} | _UNITS[unit] | price_fields)
    if row := model_row_of(sku.pk, named(sku)):
        write_models([sku.pk], [row])
    return sku


def add_egress() -> Sku:
    return add_sku(
        EGRESS,
        "Download Worldwide Destinations (excluding Asia & Australia)",
        "GiBy",
        [(0, "0", 0), (100, "0", 120_000_000), (1024, "0", 110_000_000), (10240, "0", 80_000_000)],
        regions=GLOBAL,
        price=ACCOUNT_MONTHLY,
    )


def add_class_a() -> Sku:
    return add_sku(
        CLASS_A,
        "Regional Standard Class A Operations",
        "count",
        [(0, "0", 0), (5000, "0", 5000)],
        regions=GLOBAL,
        price=ACCOUNT_MONTHLY,
    )


def add_daily_egress() -> Sku:
    return add_sku(
        DAILY_EGRESS,
        "Networking Traffic Egress GAE/Firebase Storage",
        "GiBy",
        [(0, "0", 0), (1, "0", 120_000_000)],
        regions=GLOBAL,
        price=ACCOUNT_MONTHLY | {"aggregation_interval": "DAILY"},
    )


def add_discount() -> Sku:
    return add_sku(
        DISCOUNT,
        "E2 Instance Core running free tier discount",
        "h",
        [(0, "0", -5_452_898), (744, "0", 0)],
        regions=GLOBAL,
        price=ACCOUNT_MONTHLY,
    )


def add_a100_commitment() -> Sku:
    return add_sku(
        A100_COMMITMENT,
        "Commitment v1: Nvidia Tesla A100 GPU running in APAC for 1 Year",
        "h",
        [(0, "1", 848_362_040)],
        regions=["asia-east1"],
        resource_group="GPU",
        usage_type="Commit1Yr",
    )


N2_REGIONS = {
    # region: (place, core id, nanos a vCPU hour, RAM id, nanos a GiB hour)
    "us-central1": ("Americas", "BB77-5FDA-69D9", 31_611_000, "5B01-D157-A097", 4_237_000),
    "europe-west1": ("EMEA", "9F61-45D7-D4FB", 34_773_000, "A109-54C1-7CB0", 4_661_000),
    "europe-west3": ("Frankfurt", "53BB-FF1B-0C91", 40_730_000, "A5A6-3EDC-7F3C", 5_458_000),
    "southamerica-east1": ("Sao Paulo", "8F60-4F60-EE56", 50_180_000, "6487-C110-BE19", 6_725_000),
}


def add_n2(service: Service) -> None:
    """Cores and RAM of N2 machines in four regions."""
    for region, (place, core, core_nanos, ram, ram_nanos) in N2_REGIONS.items():
        regions = AMERICAS if region in AMERICAS else [region]
        add_sku(
            core,
            f"N2 Instance Core running in {place}",
            "h",
            [(0, "0", core_nanos)],
            regions=regions,
            service=service,
        )
        add_sku(
            ram,
            f"N2 Instance Ram running in {place}",
            "GiBy.h",
            [(0, "0", ram_nanos)],
            regions=regions,
            service=service,
            resource_group="RAM",
        )

"""API JSON to records to tables and back to JSON: nothing may be lost on the way."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Service, Sku
from catalog.providers.google_cloud.folder import FolderSource
from catalog.sync.run import sync
from tests.catalog.tables import UNCHANGED, written_tables
from tests.catalog.to_wire import comparable, to_wire
from tests.catalog.wire import COMPUTE, Wire, compute, wire_price, wire_sku

pytestmark = pytest.mark.django_db

# SQLite's JSON functions cut text at NUL, which names do not contain.
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
nanos = st.integers(1 - 10**9, 10**9 - 1)
rates = st.builds(
    lambda start, units, nanos: {
        "startUsageAmount": start,
        "unitPrice": {"currencyCode": "USD", "units": str(units), "nanos": nanos},
    },
    st.floats(0, 1e18) | st.integers(0, 2**53).map(float),
    st.integers(-(2**63), 2**63 - 1),
    nanos,
)
prices = st.lists(rates, min_size=1, max_size=4, unique_by=lambda rate: rate["startUsageAmount"])


@st.composite
def skus(draw: st.DrawFn) -> Wire:
    price = wire_price(*sorted(draw(prices), key=lambda rate: rate["startUsageAmount"]))
    price["summary"] = draw(text)
    price["pricingExpression"]["somethingNew"] = draw(json_values)
    price["pricingExpression"]["baseUnitConversionFactor"] = draw(st.floats(1, 1e18))
    price["aggregationInfo"] = {"aggregationLevel": "ACCOUNT", "somethingNew": draw(json_values)}
    category = {"resourceFamily": draw(text), "somethingNew": draw(json_values)}
    regions = draw(st.lists(text, max_size=13))
    return wire_sku("A", price, description=draw(text), category=category, serviceRegions=regions)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wire=skus())
def test_any_sku_that_google_may_send_reads_back_unchanged(wire: Wire) -> None:
    Service.objects.all().delete()

    sync(compute(wire))

    assert to_wire(Sku.objects.get()) == comparable(wire)


@pytest.mark.slow
def test_every_sku_of_the_real_catalog_reads_back_as_google_sent_it(real_catalog: Path) -> None:
    source = FolderSource(real_catalog)

    update = sync(source).update

    assert (update.services_synced, update.skus_synced) == (1861, 19_800)
    rows = Sku.objects.prefetch_related("pricing__tiers")
    stored = {sku.sku_id: to_wire(sku) for sku in rows.iterator(chunk_size=2000)}
    sent: dict[str, Any] = {}
    for path in (real_catalog / "skus").iterdir():
        body = json.loads(gzip.decompress(path.read_bytes()))
        sent |= {sku["skuId"]: comparable(sku) for sku in body["skus"]}
    assert len(sent) == 19_800
    assert stored == sent
    assert written_tables(source) == UNCHANGED


@pytest.mark.slow
def test_every_service_of_the_real_catalog_reads_back_as_google_sent_it(real_catalog: Path) -> None:
    sync(FolderSource(real_catalog))

    stored = [
        {
            "name": f"services/{service.service_id}",
            "serviceId": service.service_id,
            "displayName": service.display_name,
            "businessEntityName": service.business_entity_name,
        }
        for service in Service.objects.order_by("service_id")
    ]
    sent = json.loads(gzip.decompress((real_catalog / "services.json.gz").read_bytes()))["services"]
    assert stored == sorted(sent, key=lambda service: service["serviceId"])


def test_a_sku_with_a_character_outside_the_basic_plane_reads_back_unchanged() -> None:
    wire = wire_sku("A", description="🚀 N2 Core in São Paulo")

    sync(compute(wire))

    assert to_wire(Sku.objects.get()) == comparable(wire)
    assert Sku.objects.get().service_id == COMPUTE

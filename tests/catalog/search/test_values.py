from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.pricing.list_prices import snapshot
from catalog.search.values import Values, values_of
from tests.catalog.factories import NOON, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def test_values_are_those_of_offered_skus_as_google_spells_them() -> None:
    service = make_service(display_name="Compute Engine")
    make_sku(service=service, resource_group="N1Standard", usage_type="OnDemand")
    make_sku(
        service=service, resource_group="N/A group", usage_type="Commit1Yr", service_regions=["us-east1"]
    )
    make_sku(service=service, resource_group=None, usage_type=None)
    make_sku(resource_group="Gone", usage_type="Preemptible", service_regions=["us-west1"], retired_at=NOON)

    assert values_of(snapshot(latest=make_update())) == Values(
        services=[(service.pk, "Compute Engine")],
        regions=[(code, code) for code in ("europe-west3", "us-east1")],
        resource_groups=[(name, name) for name in ("N/A group", "N1Standard")],
        usage_types=[(name, name) for name in ("Commit1Yr", "OnDemand")],
    )


def test_they_are_read_once_after_each_sync(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_sku()
    first = snapshot(latest=make_update())
    with django_assert_num_queries(1):
        assert values_of(first) is values_of(first)
    make_sku(resource_group="RAM")

    assert [name for name, _ in values_of(snapshot(latest=make_update())).resource_groups] == ["CPU", "RAM"]


def test_there_are_none_before_the_first_sync() -> None:
    assert values_of(snapshot()) == Values()

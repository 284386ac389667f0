from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import InvalidArgumentError
from catalog.models import PricingUpdate
from catalog.pricing.list_prices import snapshot
from catalog.search.contract import SearchRequest
from catalog.search.search import search
from catalog.search.whole import all_ids
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def latest() -> PricingUpdate:
    service = make_service(display_name="Compute Engine")
    for number in range(70):
        region = "europe-west3" if number % 2 else "us-east1"
        make_sku(display_name=f"N2 Instance Core {number}", service=service, service_regions=[region])
    return make_update(is_full=True)


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(query="n2 core"),
        SearchRequest(query="n2 core in the moonlight"),
        SearchRequest(region="europe-west3"),
        SearchRequest(query="core", region="europe-west3", usage_type="OnDemand"),
        SearchRequest(query="t2d core"),
    ],
)
def test_it_finds_what_the_pages_of_the_search_have(latest: PricingUpdate, request_: SearchRequest) -> None:
    asked = replace(request_, kind="skus", limit=50)
    pages = [search(asked, latest=latest, offset=offset) for offset in (0, 50)]
    assert {*all_ids(request_, snapshot(latest=latest), 100)} == {
        sku["sku_id"] for page in pages for sku in page["skus"]
    }
    assert len(all_ids(request_, snapshot(latest=latest), 7)) == min(7, pages[0]["total"])


def test_an_argument_that_the_search_refuses_is_refused(latest: PricingUpdate) -> None:
    with pytest.raises(InvalidArgumentError):
        all_ids(SearchRequest(region="atlantis-1"), snapshot(latest=latest), 10)

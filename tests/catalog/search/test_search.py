from __future__ import annotations

import gc
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service, Sku
from catalog.pricing.list_prices import snapshot
from catalog.search import SearchAnswer, SearchRequest, search
from catalog.search.index.vocabulary import vocabulary_of
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def _ask(query: str = "", **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


def _names(answer: SearchAnswer) -> list[str]:
    return [sku["display_name"] for sku in answer["skus"]]


@pytest.fixture
def compute() -> Service:
    make_update()
    return make_service(service_id="6F81-5844-456A", display_name="Compute Engine")


def test_a_response_has_every_field_of_the_contract(compute: Service) -> None:
    sku = make_sku(
        service=compute,
        sku_id="0A0A-BBBB-0001",
        display_name="N2 Instance Core running in Frankfurt",
        description="Compute Engine CPU, on demand, per hour, Frankfurt (europe-west3)",
    )
    make_price(sku)

    assert _ask("Compute Engine N2 core Frankfurt") == {
        "resources": [],
        "services": [
            {
                "service_id": "6F81-5844-456A",
                "display_name": "Compute Engine",
                "provider": "gcp",
                "sku_count": 1,
            }
        ],
        "skus": [
            {
                "sku_id": "0A0A-BBBB-0001",
                "display_name": "N2 Instance Core running in Frankfurt",
                "service_id": "6F81-5844-456A",
                "service": "Compute Engine",
                "provider": "gcp",
                "resource_family": "Compute",
                "resource_group": "CPU",
                "usage_type": "OnDemand",
                "regions": ["europe-west3"],
                "price": {
                    "amount": "0.031611",
                    "currency": "USD",
                    "usage_unit": "h",
                    "per": "hour",
                    "tiered": False,
                },
            }
        ],
        "total": 1,
        "next_cursor": None,
        "facets": {
            "service": [{"value": "Compute Engine", "count": 1}],
            "region": [{"value": "europe-west3", "count": 1}],
            "usage_type": [{"value": "OnDemand", "count": 1}],
            "resource_group": [{"value": "CPU", "count": 1}],
        },
        "facets_counted": 1,
        "interpreted": {
            "words": ["compute engine", "n2", "core"],
            "region": "europe-west3",
            "usage_type": None,
            "providers": ["gcp"],
            "attributes": {"product": ["compute-engine"], "family": ["n2"], "part": ["core"]},
            "quantity": [],
        },
        "ambiguous_in": None,
        "missing": None,
        "hint": None,
    }


def test_a_detailed_response_adds_the_description_the_places_and_the_tiers(compute: Service) -> None:
    sku = make_sku(service=compute, display_name="Download", description="Cloud Storage, per gibibyte")
    make_price(sku, [(0, "0", 0), (1.5, "0", 120_000_000)])

    found = _ask("download", response_format="detailed")["skus"][0]

    assert found["description"] == "Cloud Storage, per gibibyte"
    assert (found["geo_taxonomy_type"], found["geo_taxonomy_regions"]) == ("REGIONAL", ["europe-west3"])
    assert found["service_provider_name"] == "Google"
    assert found["price"] is not None
    assert found["price"]["tiers"] == [
        {"start_usage_amount": "0", "amount": "0"},
        {"start_usage_amount": "1.5", "amount": "0.12"},
    ]


@pytest.mark.parametrize("query", ["ram", "RAM", "memory", "instance", "inst", "compute", "n2 ram", "ram n2"])
def test_a_word_matches_the_start_of_a_word_in_name_service_group_or_family(
    compute: Service, query: str
) -> None:
    make_sku(service=compute, display_name="N2 Instance Ram", resource_group="RAM")

    assert _names(_ask(query)) == ["N2 Instance Ram"]


@pytest.mark.parametrize("query", ["stance", "n", "ram n1"])
def test_all_words_must_match_from_the_start_of_a_word(compute: Service, query: str) -> None:
    make_sku(service=compute, display_name="N2 Instance Ram", resource_group="RAM")

    assert _ask(query)["skus"] == []


def test_the_composed_description_is_searched_too(compute: Service) -> None:
    make_sku(
        service=compute, display_name="Storage Image", description="Compute Engine Storage, per gibibyte"
    )

    assert _names(_ask("image gibibyte")) == ["Storage Image"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        # The start of a word finds all words with that prefix.
        ("wid", ["Widget Core", "A Widow Core"]),
        # Whatever the name calls the part, the plainest SKU first: each word that is not asked for costs.
        ("memory", ["Instance Memory", "Instance Ram with a longer name"]),
        ("n2 core", ["N2 Instance Core running in Frankfurt", "N2 Custom Core"]),
        # A name that contains the place before others that are sold there.
        ("core frankfurt", ["Core running in Frankfurt", "Core running in EMEA"]),
        # A name that starts with a word before one that contains it.
        ("widget", ["Widget with a longer name", "Any Widget"]),
        # The shorter name first, then alphabetical order.
        ("widget", ["Widget Z", "Widget AA", "Widget BB"]),
    ],
)
def test_names_are_ranked_by_how_well_they_fit(compute: Service, query: str, names: list[str]) -> None:
    for name in reversed(names):
        make_sku(service=compute, display_name=name)

    assert _names(_ask(query)) == names


def test_a_word_that_a_sku_contains_does_not_match_as_a_prefix(compute: Service) -> None:
    for name in ("N2 Core", "N2D Core"):
        make_sku(service=compute, display_name=name)

    for name in ("Widget Fee", "Widgets Fee"):
        make_sku(service=compute, display_name=name)

    assert _names(_ask("n2 core")) == ["N2 Core"]
    assert _names(_ask("widget")) == ["Widget Fee"]
    assert _names(_ask("n cor")) == ["N2 Core", "N2D Core"]


def test_a_plain_sku_ranks_before_its_variants(compute: Service) -> None:
    variants = [
        "N2 Custom Instance Core",
        "Reserved N2 Instance Core",
        "Sole Tenancy Premium for N2 Sole Tenancy Instance Core",
    ]
    plain = "N2 Instance Core running in the region of Northern Virginia in the United States of America"
    for name in [*variants, plain]:
        make_sku(service=compute, display_name=name)

    assert _names(_ask("n2 core"))[0] == plain
    assert _names(_ask("n2 custom core")) == ["N2 Custom Instance Core"]


def test_a_sku_for_a_special_purpose_ranks_last_unless_asked_for(compute: Service) -> None:
    names = ["CDN Cache Fill from Europe to Asia", "Storage Egress between Europe and Asia"]
    make_sku(service=compute, display_name=names[0], service_regions=["europe-west3"])
    make_sku(service=compute, display_name=names[1], service_regions=["global"])

    assert _names(_ask("traffic from frankfurt to asia"))[0] == names[1]
    assert _names(_ask("cdn traffic from frankfurt to asia"))[0] == names[0]


def test_on_demand_ranks_first_unless_another_usage_type_is_asked_for(compute: Service) -> None:
    make_sku(service=compute, display_name="E2 vCPU", usage_type="Preemptible")
    make_sku(service=compute, display_name="E2 Instance Core", usage_type="OnDemand")

    assert _names(_ask("e2 core")) == ["E2 Instance Core", "E2 vCPU"]
    assert _names(_ask("spot e2 core")) == ["E2 vCPU"]
    assert _names(_ask("e2 core", usage_type="spot")) == ["E2 vCPU"]
    assert _names(_ask("spot e2 core", usage_type="ondemand")) == ["E2 Instance Core"]
    assert _ask("spot e2 core", usage_type="ondemand")["interpreted"]["usage_type"] == "OnDemand"


@pytest.mark.usefixtures("compute")
def test_a_spot_sku_that_is_listed_as_on_demand_is_found_by_its_name() -> None:
    tpu = make_service(display_name="Cloud TPU")
    make_sku(service=tpu, display_name="Tpu-v2 Preemptible Accelerator")
    make_sku(service=tpu, display_name="Tpu-v2 Accelerator")

    assert _names(_ask("preemptible tpu")) == ["Tpu-v2 Preemptible Accelerator"]
    assert _names(_ask("tpu accelerator", usage_type="Preemptible")) == ["Tpu-v2 Preemptible Accelerator"]
    assert _names(_ask("tpu accelerator", usage_type="OnDemand")) == ["Tpu-v2 Accelerator"]


def test_a_region_finds_what_is_sold_there_then_multi_regional_then_global_skus(compute: Service) -> None:
    for name, regions, taxonomy in [
        ("Widget A", ["global"], []),
        ("Widget B", ["europe"], ["europe-west1", "europe-west3"]),
        ("Widget C", ["us-central1", "europe-west3"], []),
        ("Widget D", ["europe-west1"], ["europe-west1"]),
        ("Widget E", ["nowhere"], ["europe-west3"]),
        ("Widget F", ["eur7"], None),
    ]:
        make_sku(service=compute, display_name=name, service_regions=regions, geo_taxonomy_regions=taxonomy)

    assert _names(_ask("widget", region="europe-west3")) == [
        "Widget C",
        "Widget B",
        "Widget E",
        "Widget F",
        "Widget A",
    ]
    assert _names(_ask("widget frankfurt")) == ["Widget C", "Widget B", "Widget E", "Widget F", "Widget A"]
    assert _names(_ask("widget", region="Belgium")) == ["Widget D", "Widget B", "Widget A"]


def test_a_multi_region_also_finds_its_member_regions(compute: Service) -> None:
    for name, region in [
        ("Widget A", "europe-west3"),
        ("Widget B", "eu"),
        ("Widget C", "us"),
        ("Widget D", "europe"),
    ]:
        make_sku(service=compute, display_name=name, service_regions=[region], geo_taxonomy_regions=[])

    assert _names(_ask("widget", region="eu")) == ["Widget B", "Widget D", "Widget A"]


def test_the_region_argument_overrides_the_place_in_the_query(compute: Service) -> None:
    make_sku(service=compute, display_name="Widget in Frankfurt")
    make_sku(service=compute, display_name="Widget in Belgium", service_regions=["europe-west1"])

    answer = _ask("widget frankfurt", region="europe-west1")

    assert _names(answer) == ["Widget in Belgium"]
    assert answer["interpreted"]["region"] == "europe-west1"


def test_a_place_in_the_query_also_matches_the_name(compute: Service) -> None:
    elsewhere = {"service_regions": ["asia-south1"], "geo_taxonomy_regions": []}
    make_sku(service=compute, display_name="Egress from Mumbai to Tokyo", **elsewhere)
    make_sku(service=compute, display_name="Egress from Mumbai", **elsewhere)

    assert _names(_ask("egress tokyo")) == ["Egress from Mumbai to Tokyo"]
    assert _ask("egress", region="tokyo")["skus"] == []


def test_a_new_region_missing_from_our_table_is_found_by_its_code(compute: Service) -> None:
    make_sku(service=compute, display_name="Widget", service_regions=["europe-west99"])

    assert _names(_ask("widget", region="europe-west99")) == ["Widget"]
    assert _names(_ask("widget europe-west99")) == ["Widget"]


def test_a_sku_of_the_region_comes_before_one_whose_name_the_question_contains(compute: Service) -> None:
    name = "Network Inter Zone Egress"
    make_sku(service=compute, display_name=name, service_regions=["global"], geo_taxonomy_regions=[])
    brazil = {"service_regions": ["southamerica-east1"], "geo_taxonomy_regions": []}
    make_sku(service=compute, display_name=f"{name} in Sao Paulo", **brazil)

    assert _names(_ask("network inter zone egress southamerica-east1")) == [f"{name} in Sao Paulo", name]
    assert _names(_ask("network inter zone egress frankfurt")) == [name]


def test_the_region_global_finds_what_is_listed_so_wherever_it_is_sold(compute: Service) -> None:
    everywhere = {"service_regions": ["global"], "geo_taxonomy_regions": []}
    make_sku(service=compute, display_name="Widget running in TelAviv", **everywhere)
    make_sku(service=compute, display_name="Widget", **everywhere)
    make_sku(service=compute, display_name="Widget running in Mumbai", service_regions=["asia-south1"])

    assert set(_names(_ask("widget", region="global"))) == {"Widget", "Widget running in TelAviv"}
    assert "Widget running in TelAviv" in _names(_ask("widget", region="me-west1"))
    assert _names(_ask("widget", region="me-central1")) == ["Widget"]


def test_filters_work_without_words_and_ignore_case(compute: Service) -> None:
    make_sku(service=compute, display_name="A", resource_family="Network", resource_group="Egress")
    make_sku(display_name="B", resource_family="Storage", resource_group="SSD")

    assert _names(_ask(resource_family="network")) == ["A"]
    assert _names(_ask(resource_group="ssd")) == ["B"]
    assert _names(_ask(service="compute engine")) == ["A"]
    assert _names(_ask(service="6f81-5844-456a")) == ["A"]
    assert _names(_ask(service="GCE")) == ["A"]
    assert _names(_ask(service="Google Compute Engine")) == ["A"]


def test_a_service_with_an_accent_is_found_by_its_name() -> None:
    make_sku(service=make_service(display_name="École"), display_name="A")

    assert _names(_ask(service="École")) == ["A"]


def test_a_sku_id_finds_its_sku_and_a_service_id_its_service(compute: Service) -> None:
    make_sku(service=compute, sku_id="22EB-AAE8-FBCD", display_name="Download")
    make_sku(display_name="Other")

    assert _names(_ask("price of 22eb-aae8-fbcd please")) == ["Download"]
    answer = _ask(compute.service_id)
    assert [service["service_id"] for service in answer["services"]] == [compute.service_id]
    assert _names(answer) == ["Download"]


def test_the_id_of_a_service_beside_that_of_a_sku_finds_the_sku_alone(compute: Service) -> None:
    make_sku(service=compute, display_name="A")
    make_sku(service=compute, sku_id="22EB-AAE8-FBCD", display_name="Download")

    assert _names(_ask(f"{compute.service_id} 22EB-AAE8-FBCD")) == ["Download"]
    assert _names(_ask(f"services/{compute.service_id}/skus/22EB-AAE8-FBCD")) == ["Download"]
    assert sorted(_names(_ask(f"price of {compute.service_id}"))) == ["A", "Download"]


def test_withdrawn_skus_are_neither_listed_nor_counted(compute: Service) -> None:
    make_sku(service=compute, sku_id="22EB-AAE8-FBCD", display_name="Old Disk", retired_at=timezone.now())
    make_sku(service=compute, display_name="New Disk")

    answer = _ask(service="Compute Engine")
    assert _names(answer) == ["New Disk"]
    assert answer["services"][0]["sku_count"] == 1
    assert answer["total"] == 1
    assert _ask("22EB-AAE8-FBCD")["skus"] == []


def test_a_service_named_in_the_query_ranks_first(compute: Service) -> None:
    make_service(display_name="Vendor Tools for Compute Engine")
    make_sku(service=compute, display_name="N2 Core")

    services = _ask("compute engine")["services"]
    assert [service["display_name"] for service in services] == [
        "Compute Engine",
        "Vendor Tools for Compute Engine",
    ]
    assert [service["display_name"] for service in _ask("compute engine n2")["services"]] == [
        "Compute Engine"
    ]


def test_kind_selects_services_or_skus(compute: Service) -> None:
    make_sku(service=compute, display_name="Compute Core")

    services, skus = _ask("compute", kind="services"), _ask("compute", kind="skus")
    assert (services["total"], len(services["services"]), services["skus"]) == (1, 1, [])
    assert (skus["total"], skus["services"], len(skus["skus"])) == (1, [], 1)


def test_a_usage_type_without_skus_is_not_an_error(compute: Service) -> None:
    make_sku(service=compute, display_name="Widget", usage_type="OnDemand")

    assert _ask("widget", usage_type="spot")["skus"] == []


def test_filters_keep_services_that_sell_matching_skus(compute: Service) -> None:
    make_sku(service=compute, usage_type="Preemptible")
    make_sku(usage_type="OnDemand")

    answer = _ask(kind="services", usage_type="spot")
    assert [service["display_name"] for service in answer["services"]] == ["Compute Engine"]


def test_the_price_is_that_of_the_first_tier_that_is_not_free(compute: Service) -> None:
    make_price(make_sku(service=compute, display_name="A"), [(0, "0", 0), (5, "1", 20_000_000)])
    make_price(make_sku(service=compute, display_name="B"), [(0, "0", 0)])
    make_price(make_sku(service=compute, display_name="C"), [(0, "-0", -7_600_000)])
    make_price(make_sku(service=compute, display_name="D"), [])
    make_sku(service=compute, display_name="E")

    prices = [sku["price"] for sku in _ask(service="Compute Engine")["skus"]]

    assert [price and (price["amount"], price["tiered"]) for price in prices] == [
        ("1.02", True),
        ("0", False),
        ("-0.0076", False),
        None,
        None,
    ]


def test_a_long_list_of_regions_starts_with_the_requested_one_and_is_truncated(compute: Service) -> None:
    regions = [f"us-east{number}" for number in range(1, 14)]
    make_sku(service=compute, display_name="Widget", service_regions=regions)

    concise = _ask("widget", region="us-east4")["skus"][0]
    detailed = _ask("widget", region="us-east4", response_format="detailed")["skus"][0]

    assert concise["regions"][0] == "us-east4"
    assert len(concise["regions"]) + concise["more_regions"] == 13
    assert sorted(detailed["regions"]) == sorted(regions)
    assert "more_regions" not in detailed


def test_facets_count_all_matches_not_just_the_page(compute: Service) -> None:
    for number in range(12):
        make_sku(service=compute, resource_group=f"Group{number % 10}", service_regions=["us", "eu"])

    facets = _ask(service="Compute Engine", limit=1)["facets"]

    assert facets["service"] == [{"value": "Compute Engine", "count": 12}]
    assert facets["region"] == [{"value": "eu", "count": 12}, {"value": "us", "count": 12}]
    assert facets["resource_group"][:3] == [
        {"value": "Group0", "count": 2},
        {"value": "Group1", "count": 2},
        {"value": "Group2", "count": 1},
    ]
    assert len(facets["resource_group"]) == 8


def test_a_search_takes_one_statement_and_a_second_one_if_no_sku_matches_all_words(
    compute: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_price(make_sku(service=compute, display_name=f"N2 Core {number}"))
    make_sku(service=compute, display_name="Batch Fee")
    latest = make_update(completed_at=NOON)
    search(SearchRequest("n2 core"), latest=latest)

    for query, found, queries in [
        ("n2 core frankfurt", 30, 1),
        ("n2 cores frankfrut", 30, 1),
        ("n2 core in our compute test frankfurt", 30, 1),
        ("n2 core for our batch job frankfurt", 30, 2),
        ("spot n2 core", 30, 2),
        # What no SKU has, and which words no name of a service has, is known without the database.
        ("n2 c9", 0, 0),
    ]:
        with django_assert_num_queries(queries):
            assert len(search(SearchRequest(query, limit=50), latest=latest)["skus"]) == found
    with django_assert_num_queries(2):
        _ask("n2 core")


def test_what_to_drop_is_counted_with_the_search_for_what_may_lack_an_attribute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sql = make_service(display_name="Cloud SQL")
    for engine in ("PostgreSQL", "MySQL"):
        make_price(make_sku(service=sql, display_name=f"Cloud SQL for {engine}: Zonal - vCPU in Frankfurt"))
    make_price(make_sku(service=sql, display_name="Cloud SQL for MySQL: Regional - vCPU in Frankfurt"))
    latest = make_update(completed_at=NOON)
    search(SearchRequest("vcpu"), latest=latest)

    with django_assert_num_queries(2):
        answer = search(SearchRequest("cloud sql postgres vcpu ha"), latest=latest)

    assert (answer["total"], answer["missing"]) == (0, None)
    assert 'Without "postgres": 1 match.' in (answer["hint"] or "")
    assert 'Without "ha": 1 match.' in (answer["hint"] or "")


def test_the_vocabulary_is_read_once_per_sync(
    compute: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_sku(service=compute, display_name="N2 Core")
    for _ in range(2):
        latest = make_update()
        with django_assert_num_queries(2):
            search(SearchRequest("n2 core"), latest=latest)


def test_the_garbage_collector_does_not_visit_the_vocabulary(compute: Service) -> None:
    make_sku(service=compute)
    _ask("n2 core")
    spell_checker = vocabulary_of(snapshot()).spell_checker
    assert not any(found is spell_checker for found in gc.get_objects())


def test_skus_with_equal_names_are_ordered_by_id(compute: Service) -> None:
    for number in (3, 1, 2):
        make_sku(service=compute, sku_id=f"0000-0000-000{number}", display_name="Twin")

    assert [sku["sku_id"][-1] for sku in _ask("twin")["skus"]] == ["1", "2", "3"]
    assert Sku.objects.count() == 3

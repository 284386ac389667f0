"""What the hint says about the first SKU: what it lacks, that it is a special case or excluded."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Service
from catalog.search import SearchAnswer, SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db

SPOT = "Nvidia Tesla T4 GPU attached to Spot Preemptible VMs running in Frankfurt"


def _ask(query: str, **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


def _names(answer: SearchAnswer) -> list[str]:
    return [sku["display_name"] for sku in answer["skus"]]


@pytest.fixture(autouse=True)
def compute() -> Service:
    make_update()
    return make_service(service_id="6F81-5844-456A", display_name="Compute Engine")


@pytest.mark.parametrize(
    ("name", "query", "case"),
    [
        (SPOT, "t4 frankfurt", "spot (term)"),
        ("Commitment v1: N2 Cpu in Frankfurt for 3 Years", "n2 core", "3y (term)"),
        ("N2 Sole Tenancy Instance Core running in Frankfurt", "n2 core frankfurt", "sole (purpose)"),
    ],
)
def test_a_special_case_is_told_if_the_plain_thing_is_not_listed(
    name: str, query: str, case: str, compute: Service
) -> None:
    make_sku(service=compute, display_name=name)

    answer = _ask(query)
    assert _names(answer) == [name]
    assert answer["hint"] == f"The first SKU is a special case: {case}."


def test_a_special_case_that_is_not_first_or_that_is_asked_for_is_not_told(compute: Service) -> None:
    make_sku(service=compute, display_name=SPOT, usage_type="Preemptible")
    assert _ask("spot t4 frankfurt")["hint"] is None
    assert _ask("t4 frankfurt", usage_type="Preemptible")["hint"] is None

    make_sku(service=compute, display_name="Nvidia Tesla T4 GPU running in Frankfurt")
    assert _ask("t4 frankfurt")["hint"] is None
    assert len(_names(_ask("t4 frankfurt"))) > 1


def test_a_sku_that_the_question_names_is_no_special_case(compute: Service) -> None:
    name = "Commitment v1: Cpu in Frankfurt for 1 Year"
    make_sku(service=compute, display_name=name)

    assert _ask(f"- {name}, 7.00 USD")["hint"] is None
    assert "1y (term)" in (_ask("core in frankfurt")["hint"] or "")


def test_a_special_case_that_is_left_open_is_told_as_such_only(compute: Service) -> None:
    for case in ("Custom", "Sole Tenancy"):
        make_sku(service=compute, display_name=f"N2 {case} Instance Core running in Frankfurt")

    answer = _ask("n2 core frankfurt")
    assert [entry["attribute"] for entry in answer["ambiguous_in"] or []] == ["purpose"]
    assert "special case" not in (answer["hint"] or "")


def test_what_is_for_the_product_that_is_asked_for_is_no_special_case(compute: Service) -> None:
    name = "Licensing Fee for SQL Server 2019 Standard for Cloud SQL on VM with up to 4 VCPU"
    make_sku(service=compute, display_name=name, resource_family="License")

    answer = _ask("cloud sql licence for sql server standard")
    assert _names(answer) == [name]
    assert answer["hint"] is None


def test_traffic_of_another_product_is_told_unless_the_question_names_it(compute: Service) -> None:
    storage = make_service(service_id="95FF-2EF5-5EA1", display_name="Cloud Storage")
    fields = {"resource_family": "Network", "service_regions": ["global"], "geo_taxonomy_regions": []}
    make_sku(
        service=storage, display_name="Download Australia", resource_group="PremiumInternetEgress", **fields
    )

    told = "The first SKU is traffic of Cloud Storage."
    assert _ask("internet egress to australia")["hint"] == told
    assert _ask("egress from a bucket to australia")["hint"] is None
    assert _ask("internet egress to australia", service="Cloud Storage")["hint"] is None

    name = "Network Internet Egress from Frankfurt to Australia"
    make_sku(service=compute, display_name=name, resource_group="PremiumInternetEgress")
    assert told not in (_ask("internet egress from frankfurt to australia")["hint"] or "")


@pytest.mark.parametrize("query", ["t4 frankfurt, not spot", "t4 frankfurt, spot disabled"])
def test_what_the_question_excludes_comes_last_and_is_told_if_nothing_else_is_listed(
    query: str, compute: Service
) -> None:
    make_sku(service=compute, display_name=SPOT, usage_type="Preemptible")
    answer = _ask(query)
    assert _names(answer) == [SPOT]
    assert answer["hint"] == 'The question excludes "spot", but nothing else is listed.'

    make_sku(service=compute, display_name="Nvidia Tesla T4 GPU running in Frankfurt")
    answer = _ask(query)
    assert _names(answer) == ["Nvidia Tesla T4 GPU running in Frankfurt", SPOT]
    assert answer["hint"] is None


def test_facts_that_are_excluded_together_exclude_no_sku_that_has_one_of_them(compute: Service) -> None:
    names = [f"Network {kind} Egress from London to Sydney" for kind in ("Inter Region", "Vpn Inter Region")]
    for name in reversed(names):
        make_sku(service=compute, display_name=name, resource_family="Network")

    answer = _ask("inter region traffic london to sydney, no vpn egress")
    assert _names(answer) == names
    assert "excludes" not in (answer["hint"] or "")


def test_what_is_not_on_demand_comes_first_if_on_demand_is_excluded(compute: Service) -> None:
    for name in (SPOT, "Nvidia Tesla T4 GPU running in Frankfurt"):
        make_sku(service=compute, display_name=name)

    assert _names(_ask("t4 not on demand frankfurt"))[0] == SPOT


def test_what_is_excluded_gives_way_to_what_lacks_an_attribute_that_need_not_apply() -> None:
    database = make_service(service_id="9662-B51E-5089", display_name="Cloud SQL")
    regional = "Cloud SQL for MySQL: Regional - Enterprise Plus vCPU in Frankfurt"
    zonal = "Cloud SQL for MySQL: Zonal - vCPU in Frankfurt"
    for name in (regional, zonal):
        make_sku(service=database, display_name=name, resource_family="ApplicationServices")

    assert _names(_ask("mysql enterprise plus vcpu frankfurt")) == [regional]
    answer = _ask("mysql enterprise plus vcpu frankfurt, no ha")
    assert _names(answer) == [zonal, regional]
    assert answer["hint"] == 'The names of these SKUs do not say "enterprise plus".'

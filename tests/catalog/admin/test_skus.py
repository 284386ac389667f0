from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.admin import sku_list
from catalog.models import Sku
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _synced() -> None:
    make_update(is_full=True)


def address(**query: str) -> str:
    return reverse("admin:catalog_sku_changelist", query=query)


def names(client: Client, **query: str) -> list[str]:
    return [sku.display_name for sku in client.get(address(**query)).context["cl"].result_list]


def html(client: Client, **query: str) -> str:
    return client.get(address(**query)).content.decode()


def prices(page: str) -> list[str]:
    cells = re.findall(r'class="field-price">(.*?)</td>', page)
    return [re.sub("<[^>]*>", "", cell) for cell in cells]


def test_a_sku_shows_the_price_in_effect_in_the_first_tier_that_is_not_free(admin_client: Client) -> None:
    sku = make_sku(display_name="Egress")
    make_price(sku, effective_time=NOON - timedelta(days=9), tiers=[(0, "9", 0)])
    make_price(sku, tiers=[(0, "0", 0), (1024, "0", 110_000_000)], usage_unit_description="gibibyte")
    make_price(sku, effective_time=timezone.now() + timedelta(days=9), tiers=[(0, "8", 0)])
    make_sku(display_name="Unpriced")

    assert prices(html(admin_client)) == ["$0.11 per gibibyte (tiers)", "no price"]


def test_a_discount_is_negative_and_a_free_sku_costs_0(admin_client: Client) -> None:
    make_price(make_sku(display_name="A discount"), tiers=[(0, "0", -5_000_000)])
    make_price(make_sku(display_name="B free"), tiers=[(0, "0", 0)])

    assert [price.split()[0] for price in prices(html(admin_client))] == ["-$0.005", "$0"]


def test_only_two_regions_are_named(admin_client: Client) -> None:
    make_sku(service_regions=["europe-west1", "europe-west3", "us-east1", "us-west1"])

    assert "europe-west1, europe-west3 and 2 more" in html(admin_client)


def test_the_search_box_asks_the_search_of_the_tools(admin_client: Client) -> None:
    service = make_service(display_name="Compute Engine")
    core, ram = "N2 Instance Core running in Frankfurt", "N2 Instance Ram running in Frankfurt"
    make_sku(sku_id="AAAA-BBBB-CCCC", display_name=core, service=service)
    make_sku(display_name=ram, service=service)

    # "Francoforte" does not stand in the name.
    assert names(admin_client, q="n2 core Francoforte") == [core]
    assert names(admin_client, q="AAAA-BBBB-CCCC") == [core]


def test_a_question_that_cannot_be_asked_is_answered_with_the_reason(admin_client: Client) -> None:
    make_sku()

    assert "No region or place is called &quot;atlantis-1&quot;" in html(admin_client, region="atlantis-1")
    assert "No SKU matches." in html(admin_client, q="zzzz")


def test_filters_narrow_and_offer_what_offered_skus_have(admin_client: Client) -> None:
    compute, storage = make_service(display_name="Compute Engine"), make_service(display_name="Cloud Storage")
    make_service(display_name="Marketplace image")
    make_sku(display_name="Core", service=compute, service_regions=["us-east1"])
    make_sku(display_name="Spot core", service=compute, usage_type="Preemptible")
    make_sku(display_name="Standard storage", service=storage, resource_group="RegionalStorage")

    specs = admin_client.get(address()).context["cl"].filter_specs
    assert {spec.title: [value for value, _ in spec.lookup_choices] for spec in specs} == {
        "service": [storage.pk, compute.pk],
        "region": ["europe-west3", "us-east1"],
        "resource group": ["CPU", "RegionalStorage"],
        "usage type": ["OnDemand", "Preemptible"],
        "withdrawn": ["yes", "all"],
    }
    assert names(admin_client, service=storage.pk) == ["Standard storage"]
    assert names(admin_client, region="us-east1") == ["Core"]
    assert names(admin_client, resource_group="RegionalStorage") == ["Standard storage"]
    assert names(admin_client, usage_type="Preemptible", service=compute.pk) == ["Spot core"]


def test_withdrawn_skus_are_hidden_unless_asked_for_and_then_struck_through(admin_client: Client) -> None:
    make_sku(display_name="Core offered")
    make_sku(display_name="Core gone", retired_at=NOON, service_regions=["us-east1"])

    assert names(admin_client) == ["Core offered"]
    assert names(admin_client, withdrawn="yes") == ["Core gone"]
    assert names(admin_client, withdrawn="all") == ["Core gone", "Core offered"]
    assert names(admin_client, withdrawn="all", q="core", region="us-east1") == ["Core gone"]
    assert "<s>Core gone</s> (withdrawn 2026-01-02)" in html(admin_client, withdrawn="yes")


def test_pages_follow_each_other_by_name_and_in_a_search(admin_client: Client) -> None:
    for number in range(60):
        make_sku(display_name=f"Core {number:02}")
    for query in ({}, {"q": "core"}):
        first, second = names(admin_client, **query), names(admin_client, **query, p="2")
        assert (len(first), len(second)) == (50, 10)
        assert len({*first, *second}) == 60


@pytest.mark.parametrize("query", [{}, {"q": "core"}, {"withdrawn": "all"}])
def test_a_page_past_the_end_leads_back_to_the_start(admin_client: Client, query: dict[str, str]) -> None:
    make_sku(display_name="Core")

    for page in ("2", "0", "-1", "99999999999"):
        assert admin_client.get(address(**query, p=page)).status_code == 302


def test_a_list_is_cut_rather_than_counted_in_full(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sku_list, "MOST", 50)
    for number in range(60):
        make_sku(display_name=f"Core {number:02}", retired_at=NOON if number % 2 else None)

    assert "50+ SKUs" in html(admin_client, withdrawn="all")
    assert "50+" not in html(admin_client)
    assert admin_client.get(address(withdrawn="all", p="2")).status_code == 302


@pytest.mark.parametrize(
    "query", [{}, {"q": "core"}, {"region": "europe-west3"}, {"withdrawn": "yes"}, {"withdrawn": "all"}]
)
def test_a_page_takes_four_queries_besides_session_and_user(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, query: dict[str, str]
) -> None:
    for number in range(60):
        make_price(make_sku(display_name=f"Core {number}", retired_at=NOON if number % 2 else None))
    html(admin_client, **query)  # reads the vocabulary

    with django_assert_max_num_queries(6):
        html(admin_client, **query)


def exported(user: User, **query: str) -> list[list[str]]:
    async def read() -> str:
        client = AsyncClient()
        await client.aforce_login(user)
        answer = await client.get(reverse("admin:catalog_sku_csv", query=query))
        assert isinstance(answer, StreamingHttpResponse)
        return b"".join([chunk async for chunk in answer]).decode()

    return list(csv.reader(async_to_sync(read)().splitlines()))


def test_the_csv_has_what_the_filters_match(admin_user: User) -> None:
    core = make_sku(display_name="N2 Core", service=make_service(display_name="Compute Engine"))
    make_price(core, tiers=[(0, "0", 31_611_000)], usage_unit="h")
    make_sku(display_name="N2 Ram", resource_group="RAM")

    [header, row] = exported(admin_user, resource_group="CPU")
    assert dict(zip(header, row, strict=True)) == {
        "sku_id": core.pk,
        "display_name": "N2 Core",
        "service": "Compute Engine",
        "resource_family": "Compute",
        "resource_group": "CPU",
        "usage_type": "OnDemand",
        "regions": "europe-west3",
        "price": "0.031611",
        "currency": "USD",
        "usage_unit": "h",
        "tiers": "1",
        "withdrawn_at": "",
    }


def test_the_csv_has_no_formula_and_no_more_rows_than_its_bound(
    admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sku_list, "MOST", 3)
    monkeypatch.setattr(sku_list, "CHUNK", 2)
    for number in range(5):
        make_price(make_sku(display_name=f"=Core ({number})"), tiers=[(0, "0", -5_000_000)])

    for query in ({}, {"q": "core"}, {"withdrawn": "all"}, {"region": "europe-west3"}):
        _, *rows = exported(admin_user, **query)
        assert len(rows) == 3
        assert {(row[1][:2], row[7]) for row in rows} == {("'=", "-0.005")}


def test_a_csv_of_a_filter_that_there_is_not_leads_back_to_the_list(admin_client: Client) -> None:
    answer = admin_client.get(reverse("admin:catalog_sku_csv", query={"nothing": "1"}))

    assert (answer.status_code, answer["Location"]) == (302, "/admin/catalog/sku/?e=1")
    assert admin_client.get(answer["Location"]).status_code == 200


def test_only_staff_gets_the_csv(client: Client) -> None:
    assert client.get(reverse("admin:catalog_sku_csv")).status_code == 302


def test_the_page_of_a_sku_begins_with_its_price_and_leads_to_the_public_page(admin_client: Client) -> None:
    sku = make_sku(category_json={"resourceFamily": "Compute"})
    old = make_price(sku, effective_time=NOON - timedelta(days=9), tiers=[(0, "9", 0)])
    make_price(sku, tiers=[(0, "8", 0)], usage_unit_description="hour")

    page = admin_client.get(reverse("admin:catalog_sku_change", args=[sku.pk])).content.decode()
    assert f'href="/skus/{sku.pk}/">Public page</a>' in page
    assert "history" not in page
    assert page.index("$8 ") < page.index("Display name") < page.index("resourceFamily")
    rows = re.findall(r'field-holds">.*?alt="(\w+)".*?field-tiers">\s*<p>(\d+) USD', page, re.DOTALL)
    assert rows == [("True", "8"), ("False", "9")]
    assert old.pk


def test_a_sku_that_is_not_there_is_said_to_be_missing(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:catalog_sku_change", args=["no"])).status_code == 302


def test_an_empty_catalog_says_how_skus_come(admin_client: Client) -> None:
    assert not Sku.objects.exists()
    assert "The first sync writes them." in html(admin_client)

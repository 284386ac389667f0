from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import (
    AccuracyCheck,
    KeptEstimate,
    PricingInfo,
    PricingTier,
    PricingUpdate,
    Service,
    Sku,
    SkuAttributes,
    SkuChange,
    SkuModel,
    StagedRows,
    VocabularyState,
)
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db

MODELS: list[type[Model]] = [Service, Sku, SkuAttributes, PricingInfo, PricingTier, PricingUpdate]
# Pages show estimates, the changes of SKUs and checks of known figures; the others are the sync's own.
ELSEWHERE: list[type[Model]] = [
    AccuracyCheck,
    KeptEstimate,
    SkuChange,
    SkuModel,
    StagedRows,
    VocabularyState,
]


def list_page(model: type[Model], **query: str) -> str:
    return reverse(f"admin:catalog_{model.__name__.lower()}_changelist", query=query)


def page(model: type[Model], key: object) -> str:
    return reverse(f"admin:catalog_{model.__name__.lower()}_change", args=[key])


def rows(client: Client, url: str) -> list[str]:
    """The names of the rows of a list page."""
    return [str(row) for row in client.get(url).context["cl"].result_list]


@pytest.mark.parametrize("model", MODELS)
def test_every_table_is_readable_and_not_editable(admin_client: Client, model: type[Model]) -> None:
    row = make_price(make_sku(last_seen_update=make_update()))
    tier = row.tiers.get()
    keys: dict[type[Model], object] = {
        Service: row.sku.service_id,
        Sku: row.sku_id,
        SkuAttributes: row.sku_id,
        PricingInfo: row.pk,
        PricingTier: tier.pk,
        PricingUpdate: row.sku.last_seen_update_id,
    }
    url = page(model, keys[model])

    assert admin_client.get(list_page(model)).status_code == 200
    view = admin_client.get(url)
    assert view.status_code == 200
    assert not view.context["has_change_permission"]
    assert not view.context["has_delete_permission"]
    assert admin_client.post(url, {"display_name": "mine"}).status_code == 403
    assert admin_client.get(f"{list_page(model)}add/").status_code == 403
    assert admin_client.post(url.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_search_of_a_table_takes_any_words(admin_client: Client, model: type[Model]) -> None:
    assert admin_client.get(list_page(model, q="n2 'core' %")).status_code == 200


def test_services_without_skus_can_be_left_out(admin_client: Client) -> None:
    make_sku(service=make_service(display_name="Compute Engine"))
    empty = make_service(display_name="Marketplace image")

    assert rows(admin_client, list_page(Service, skus="some")) == ["Compute Engine"]
    assert rows(admin_client, list_page(Service, skus="none")) == [str(empty)]


def test_a_sku_shows_its_prices_with_every_tier_exactly(admin_client: Client) -> None:
    sku = make_sku()
    make_price(sku, tiers=[(0, "0", 0), (1024, "0", 110_000_000), (1e4, "12345678901", 1)])

    html = admin_client.get(page(Sku, sku.pk)).content.decode()
    assert "from 0: 0 USD<br>from 1024: 0.11 USD<br>from 10000: 12345678901.000000001 USD" in html


def test_a_price_with_one_tier_shows_it_without_a_start(admin_client: Client) -> None:
    sent = {"usageUnit": "h"}
    price = make_price(make_sku(), tiers=[(0, "0", 31_611_000)], pricing_expression_json=sent)

    html = admin_client.get(list_page(PricingInfo)).content.decode()
    assert "0.031611 USD" in html
    assert "from 0" not in html
    assert (
        "&quot;usageUnit&quot;: &quot;h&quot;"
        in admin_client.get(page(PricingInfo, price.pk)).content.decode()
    )


def test_a_service_shows_when_it_was_last_read_by_a_full_run_or_on_its_own(
    admin_client: Client,
) -> None:
    make_update(is_full=True)
    make_service(display_name="A", synced_at=None)
    alone = make_service(display_name="B", synced_at=NOON - timedelta(days=1), sync_error="403 no.")
    make_service(display_name="C", synced_at=None, sync_error="403 no.")

    listed = admin_client.get(list_page(Service)).content.decode()

    assert re.findall(r'class="field-last_read[^>]*>([^<]*)<', listed) == [
        "2 Jan 2026, 12:00 UTC",
        "1 Jan 2026, 12:00 UTC",
        "-",
    ]
    assert "1 Jan 2026, 12:00 UTC" in admin_client.get(page(Service, alone.pk)).content.decode()


@pytest.mark.parametrize("model", [PricingInfo, PricingTier])
def test_a_list_page_takes_the_same_number_of_queries_for_any_number_of_rows(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, model: type[Model]
) -> None:
    for _ in range(30):
        make_price(make_sku(), tiers=[(0, "0", 0), (1, "1", 0)])

    with django_assert_max_num_queries(9):
        assert len(rows(admin_client, list_page(model))) >= 30


def test_tables_of_the_database_are_not_in_the_menu_but_can_be_reached(admin_client: Client) -> None:
    menu = admin_client.get(reverse("admin:app_list", args=["catalog"])).context["app_list"][0]["models"]

    assert [model["object_name"] for model in menu] == ["Sku", "Service", "PricingUpdate"]
    assert admin_client.get(list_page(PricingTier)).status_code == 200


def test_only_staff_sees_the_catalog(client: Client) -> None:
    answer = client.get(list_page(Sku))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(reverse("admin:login"))


def test_every_table_of_the_catalog_is_in_the_admin() -> None:
    assert {*apps.get_app_config("catalog").get_models()} == {*MODELS, *ELSEWHERE}
    assert all(admin.site.is_registered(model) for model in MODELS)


def test_times_are_in_utc_and_say_so(admin_client: Client) -> None:
    make_update()

    html = admin_client.get("/admin/catalog/pricingupdate/").content.decode()
    assert "2 Jan 2026, 12:00 UTC" in html
    assert "p.m." not in html
    assert "noon" not in html

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from catalog.models import Service, Sku, SkuAttributes, VocabularyState
from catalog.offers import store
from catalog.offers.attributes import Attributes, Span
from catalog.offers.named_sku import NamedSku
from catalog.offers.plain import costs_of
from catalog.places import read_place
from tests.catalog.factories import NOON, make_service, make_sku

NAMED = NamedSku("Compute Engine", "N2 Instance Core", "Compute", "CPU", "OnDemand")
FACTS = frozenset({("part", "core"), ("family", "n2"), ("term", "spot")})


def row(monkeypatch: pytest.MonkeyPatch, found: Attributes) -> dict[str, Any]:
    """The row of a SKU that is read as `found`."""
    monkeypatch.setattr(store, "read_sku", lambda _: found)
    return dict(zip(store.COLUMNS, store.row_of("A", "5E1C", NAMED), strict=True))


def test_facts_and_unread_words_stand_between_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    found = row(monkeypatch, Attributes(FACTS, ("zeta", "alpha"), key="n2 core"))

    assert found["facts"] == " ".join(("", *Attributes(FACTS).tokens(), ""))
    assert " part=core " in found["facts"]
    assert found["unread"] == " zeta alpha "
    assert found["key"] == "5E1C n2 core"
    assert row(monkeypatch, Attributes(FACTS))["unread"] == " "


def test_the_cost_is_that_of_the_attributes_and_of_six_unread_words_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    costs = costs_of(FACTS)
    assert costs["term"]

    for words, cost in [((), 0), (("a", "b"), 90), (tuple("abcdefgh"), 270)]:
        found = row(monkeypatch, Attributes(FACTS, words))
        assert json.loads(found["costs"]) == costs
        assert found["cost"] == sum(costs.values()) + cost


def test_spans_and_the_ends_of_routes_have_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = (read_place("Frankfurt"), read_place("Asia"))
    found = row(monkeypatch, Attributes(FACTS, (), Span("cpu", 5, 10), *ends, has_place=True))

    assert list(found.values())[-6:] == ["cpu", 5, 10, "europe-west3", "asia", True]
    assert list(row(monkeypatch, Attributes(FACTS)).values())[-6:] == [*[None] * 5, False]


def test_the_version_depends_on_the_word_lists_and_on_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(store, "DATA", tmp_path)
    versions = []
    for name, text in [("a.txt", "core"), ("a.txt", "ram"), ("b.txt", "ram")]:
        (tmp_path / name).write_text(text)
        versions.append(store.version.__wrapped__())
    monkeypatch.setattr("catalog.offers.store.VERSION", -1)

    assert len({*versions, store.version.__wrapped__()}) == 4


@pytest.mark.django_db
def test_only_rows_that_differ_are_written() -> None:
    rows = [store.row_of(name, "5E1C", NAMED) for name in "AB"]

    assert store.write(rows) == 2
    assert store.write(rows) == 0
    assert store.write([rows[0], [*rows[1][:1], " part=ram ", *rows[1][2:]]]) == 1
    assert SkuAttributes.objects.get(pk="B").facts == " part=ram "


@pytest.mark.django_db
def test_attributes_are_deleted_with_their_sku() -> None:
    make_sku(sku_id="A")
    make_sku(sku_id="B")
    make_sku(sku_id="C")

    Sku.objects.filter(pk="A").delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM skus WHERE sku_id = 'B'")

    assert list(SkuAttributes.objects.values_list("pk", flat=True)) == ["C"]


@pytest.fixture
def compute(db: None) -> Service:  # noqa: ARG001  a fixture
    return make_service(display_name="Compute Engine")


def placeless(service: Service, **fields: Any) -> Sku:
    fields = {"display_name": "Storage PD Capacity", "service_regions": ["global"]} | fields
    return make_sku(service=service, **fields)


def placed(service: Service, **fields: Any) -> Sku:
    return make_sku(service=service, **{"display_name": "Storage PD Capacity in London"} | fields)


def list_prices(*services: Service) -> set[str]:
    store.mark_list_prices([service.pk for service in services])
    return set(SkuAttributes.objects.filter(is_list_price=True).values_list("pk", flat=True))


def placed_twice(service: Service) -> Sku:
    placed(service, display_name="Storage PD Capacity in Zurich")
    return placed(service)


def test_a_global_sku_beside_some_with_places_is_a_list_price(compute: Service) -> None:
    sku = placeless(compute)
    assert list_prices(compute) == set()

    other = placed_twice(compute)
    assert list_prices(compute) == {sku.pk}

    other.retired_at = NOON
    other.save()
    assert list_prices(compute) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"service_regions": ["us-central1"]},
        {"display_name": "Storage PD Capacity in Paris"},
        {"display_name": "SSD backed PD Capacity"},
        {"usage_type": "Preemptible"},
    ],
)
def test_a_sku_with_a_place_or_without_a_likeness_is_no_list_price(
    compute: Service, fields: dict[str, Any]
) -> None:
    placeless(compute, **fields)
    placed_twice(compute)

    assert list_prices(compute) == set()


def test_a_global_sku_beside_one_with_a_place_is_sold_everywhere_else(compute: Service) -> None:
    placeless(compute)
    placed(compute)

    assert list_prices(compute) == set()


def test_skus_of_two_services_make_no_list_price(compute: Service) -> None:
    other = make_service(display_name="Compute Engine")
    placeless(compute)
    placed_twice(other)

    assert list_prices(compute, other) == set()


def test_all_skus_are_read_again_page_by_page(compute: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    sku = placeless(compute)
    for name in "ABCD":
        placed(compute, sku_id=name)
    right = set(SkuAttributes.objects.values_list("pk", "facts"))
    SkuAttributes.objects.filter(pk__in="AD").update(facts=" ", is_list_price=True)
    SkuAttributes.objects.filter(pk="B").delete()
    VocabularyState.objects.update(version="old")
    assert not store.is_current()
    done: list[int] = []

    assert store.read_all_again(progress=done.append) == store.ReadAgain(5, 3)

    assert done == [2, 2, 1]
    assert set(SkuAttributes.objects.values_list("pk", "facts")) == right
    assert set(SkuAttributes.objects.filter(is_list_price=True)) == {sku.attributes}
    assert store.is_current()

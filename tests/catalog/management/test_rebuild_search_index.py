from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from catalog.models import SkuAttributes
from catalog.offers import store
from catalog.search import SearchRequest, search
from catalog.search.index import schema
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, name, place FROM sku_search ORDER BY id")
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def damage() -> None:
    """Leave attributes that an older vocabulary read, and an index that lost a row and a trigger."""
    SkuAttributes.objects.filter(facts__contains="part=core").update(facts=" ")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER search_sku_update")
        cursor.execute("DELETE FROM sku_search WHERE name LIKE '%ram%'")


def test_attributes_and_index_are_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    monkeypatch.setattr(schema, "PAGE", 2)
    make_update()
    service = make_service(display_name="Compute Engine")
    for name in ("N2 Instance Core", "N2 Instance Ram", "E2 Instance Ram"):
        make_sku(service=service, display_name=name)
    before = rows()
    damage()
    assert rows() != before
    out = StringIO()

    call_command("rebuild_search_index", stdout=out)

    assert rows() == before
    assert search(SearchRequest("n2 ram"))["skus"][0]["display_name"] == "N2 Instance Ram"
    assert search(SearchRequest("compute engine", kind="services"))["services"][0]["sku_count"] == 3
    assert re.fullmatch(r"Read 3 SKUs, 1 of them changed, and indexed them in \d+\.\d s\.\n", out.getvalue())


def test_a_rebuild_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make_sku(display_name="N2 Instance Core")
    make_sku(display_name="N2 Instance Ram")
    damage()
    before = rows()
    monkeypatch.setattr(schema, "_FILL_SKUS", "UPDATE lost SET x = %s + %s")

    with pytest.raises(DatabaseError, match="no such table: lost"):
        call_command("rebuild_search_index")

    assert rows() == before
    assert SkuAttributes.objects.filter(facts=" ").count() == 1


def test_an_empty_catalog_is_rebuilt() -> None:
    out = StringIO()

    call_command("rebuild_search_index", stdout=out)

    assert out.getvalue().startswith("Read 0 SKUs, 0 of them changed,")

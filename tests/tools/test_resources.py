from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.catalog.factories import make_price, make_service, make_sku, make_update
from tools import documents, resources
from tools.version import product_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def priced() -> None:
    now = timezone.now()
    make_update(started_at=now, completed_at=now)
    service = make_service(service_id="AAAA-0000-0001", display_name="Large")
    make_price(make_sku(sku_id="22EB-AAE8-FBCD", service=service))
    make_sku(service=service)
    make_sku(service=make_service(service_id="AAAA-0000-0002", display_name="Small"))


def read(uri: str) -> Any:
    mime_type, text = resources.read(uri)
    assert mime_type == resources.JSON
    return json.loads(text)


@pytest.mark.usefixtures("priced")
def test_the_state_of_the_catalog_is_read() -> None:
    state = read("pricing://catalog")

    assert (state["skus"], state["services"], state["version"]) == (3, 2, product_version())
    assert state["catalog"]["stale"] is False


@pytest.mark.usefixtures("priced")
def test_the_services_are_the_largest_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [row["skus"] for row in read("pricing://services")["services"]] == [2, 1]

    monkeypatch.setattr(resources, "MAX_SERVICES", 1)
    answer = read("pricing://services")
    assert answer["services"] == [{"service_id": "AAAA-0000-0001", "display_name": "Large", "skus": 2}]
    assert answer["left_out"] == 1
    assert "search finds them by name" in answer["hint"]


@pytest.mark.usefixtures("priced")
def test_a_sku_is_what_details_answers() -> None:
    [sku] = read("sku://22EB-AAE8-FBCD")["skus"]
    assert sku["sku_id"] == "22EB-AAE8-FBCD"


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize(
    "uri",
    ["sku://0000-0000-0000", "sku://", "sku://" + "x" * 5000, "pricing://nothing", "", "file:///etc/passwd"],
)
def test_what_is_not_there_is_refused_in_a_few_words(uri: str) -> None:
    with pytest.raises(resources.RefusedError) as caught:
        resources.read(uri)
    assert caught.value.error["code"] in ("not_found", "invalid_argument")
    assert len(caught.value.error["message"]) < 400


def test_an_empty_catalog_is_refused_as_by_the_tools() -> None:
    for uri in ("pricing://catalog", "pricing://services", "sku://22EB-AAE8-FBCD"):
        with pytest.raises(resources.RefusedError) as caught:
            resources.read(uri)
        assert caught.value.error["code"] == "catalog_empty"


def test_rules_and_words_are_those_of_the_documents() -> None:
    rules, glossary = (resources.read(f"pricing://{name}")[1] for name in ("rules", "glossary"))

    assert rules.startswith("# Rules\n")
    assert "**Units.**" in rules
    assert "\n## " not in rules
    assert glossary == documents.read("docs/glossary.md")
    assert len(rules.encode()) + len(glossary.encode()) < 20_000


def test_an_installation_without_documents_lists_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documents, "HERE", tmp_path)
    monkeypatch.setattr(documents, "_CHECKOUT", tmp_path)

    assert list(resources.listed()) == ["pricing://catalog", "pricing://services", "costs://now"]
    with pytest.raises(resources.RefusedError):
        resources.read("pricing://glossary")

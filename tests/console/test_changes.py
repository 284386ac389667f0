from __future__ import annotations

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.changes.record import record
from catalog.models import PricingUpdate
from catalog.sync.run import sync
from tests.catalog.tables import last_update, priced
from tests.catalog.wire import COMPUTE, STORAGE, Wire, WireSource, wire_price, wire_rate, wire_sku

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def synced(*skus: Wire, **others: list[Wire]) -> PricingUpdate:
    sync(WireSource({COMPUTE: skus, **others}, names={COMPUTE: "Compute Engine", STORAGE: "Cloud Storage"}))
    record()
    return last_update()


@pytest.fixture
def second() -> PricingUpdate:
    """A sync after the first: a price that doubled, one that fell, one in another unit, and other SKUs."""
    synced(priced(100, "A"), priced(100, "B"), priced(100, "C"), priced(100, "D"))
    minute = wire_price(wire_rate(nanos=2))
    minute["pricingExpression"] |= {"usageUnit": "min", "usageUnitDescription": "minute"}
    return synced(
        priced(200, "A"),
        priced(90, "B"),
        wire_sku("C", minute),
        priced(7, "E", description="A <b>new</b> core"),
    )


def html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def answer(client: Client, path: str) -> Any:
    return client.get(path).json()


def rows(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).content.decode())))


@pytest.mark.parametrize("path", ["/changes/", "/changes.json", "/changes.csv", "/changes.atom"])
def test_an_empty_catalog_has_no_changes(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_an_empty_list_says_when_changes_appear(client: Client) -> None:
    assert "Changes appear after the second sync" in html(client, "/changes/")


def test_a_first_load_is_told_as_such_and_not_as_new_skus(client: Client) -> None:
    update = synced(priced(1, "A"), priced(1, "B"))

    text = html(client, "/changes/")
    assert "first load: 2 SKUs of 1 service" in text
    assert "Changes appear after the second sync" in text
    counts = answer(client, "/changes.json")["runs"][0]["counts"]
    assert (counts["loaded"], counts["new"]) == (2, 0)
    assert "First load: 2 SKUs of 1 service." in html(client, f"/changes/{update.pk}/")


def test_the_list_counts_what_each_sync_changed_with_the_largest_moves(
    client: Client, second: PricingUpdate
) -> None:
    text = html(client, "/changes/")

    assert "Changes appear after" not in text
    assert "+100 %" in text
    latest, first = answer(client, "/changes.json")["runs"]
    assert latest["update_id"] == second.pk > first["update_id"]
    assert latest["summary"] == "1 dearer, 1 cheaper, 1 repriced, 1 withdrawn, 1 new"
    assert [(move["sku_id"], move["change_percent"]) for move in latest["largest"]] == [
        ("A", "100"),
        ("B", "-10"),
    ]
    assert rows(client, "/changes.csv")[0] == {
        "update_id": f"{second.pk}",
        "completed_at": latest["completed_at"],
        "source": "folder",
        "dearer": "1",
        "cheaper": "1",
        "repriced": "1",
        "withdrawn": "1",
        "returned": "0",
        "new": "1",
        "loaded": "0",
        "services_loaded": "0",
        "largest_sku_id": "A",
        "largest_change_percent": "100",
    }


def test_a_sync_that_changed_nothing_is_not_listed(client: Client, second: PricingUpdate) -> None:
    skus = [priced(200, "A")]
    synced(*skus)
    unchanged = synced(*skus)

    listed = [run["update_id"] for run in answer(client, "/changes.json")["runs"]]

    assert unchanged.pk not in listed
    assert second.pk in listed


def test_a_run_lists_its_moves_the_largest_first_and_then_other_skus(
    client: Client, second: PricingUpdate
) -> None:
    listed = answer(client, f"/changes/{second.pk}.json")["changes"]

    assert [(row["kind"], row["sku_id"], row["change_percent"]) for row in listed] == [
        ("dearer", "A", "100"),
        ("cheaper", "B", "-10"),
        ("repriced", "C", None),
        ("withdrawn", "D", None),
        ("new", "E", None),
    ]
    assert listed[0]["before"] == {"amount": "0.0000001", "usage_unit": "h", "usage_unit_description": "hour"}
    assert listed[2]["after"] == {
        "amount": "0.000000002",
        "usage_unit": "min",
        "usage_unit_description": "minute",
    }
    assert (listed[3]["before"], listed[4]["after"]) == (None, None)


def test_a_run_shows_prices_with_their_units_and_links_to_the_skus(
    client: Client, second: PricingUpdate
) -> None:
    text = html(client, f"/changes/{second.pk}/")

    assert "$0.0000001 per hour $0.0000002 per hour +100 %" in text
    assert "$0.0000001 per hour $0.000000002 per minute repriced" in text
    page = client.get(f"/changes/{second.pk}/").content.decode()
    assert [sku for sku in "ABCDE" if f'href="/skus/{sku}/"' not in page] == []
    assert "A &lt;b&gt;new&lt;/b&gt; core" in page


def test_the_csv_of_a_run_has_its_prices(client: Client, second: PricingUpdate) -> None:
    assert rows(client, f"/changes/{second.pk}.csv")[1] == {
        "kind": "cheaper",
        "sku_id": "B",
        "display_name": "N2 Instance Core running in Frankfurt",
        "service": "Compute Engine",
        "price_before_usd": "0.0000001",
        "usage_unit_before": "h",
        "price_usd": "0.00000009",
        "usage_unit": "h",
        "change_percent": "-10",
    }


def test_a_long_run_has_pages_and_says_where_each_kind_starts(
    client: Client, monkeypatch: pytest.MonkeyPatch, second: PricingUpdate
) -> None:
    monkeypatch.setattr("catalog.changes.read.CHANGES", 2)

    found = [answer(client, f"/changes/{second.pk}.json?page={page}")["changes"] for page in (1, 2, 3, 4)]

    assert ["".join(row["sku_id"] for row in page) for page in found] == ["AB", "CD", "E", ""]
    page = client.get(f"/changes/{second.pk}/?page=2").content.decode()
    assert 'href="?page=3#new-skus"' in page
    assert 'href="?page=1" rel="prev"' in page
    assert 'href="?page=3" rel="next"' in page
    assert 'rel="next"' not in client.get(f"/changes/{second.pk}/?page=3").content.decode()


def test_the_list_of_syncs_has_pages(
    client: Client, monkeypatch: pytest.MonkeyPatch, second: PricingUpdate
) -> None:
    monkeypatch.setattr("catalog.changes.read.RUNS", 1)

    assert 'href="?page=2" rel="next"' in client.get("/changes/").content.decode()
    assert answer(client, "/changes.json?page=2")["runs"][0]["update_id"] < second.pk
    assert answer(client, "/changes.json?page=3")["runs"] == []


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "100000", "²", "٣", "9" * 5000])
def test_a_page_that_is_no_number_is_refused(client: Client, page: str) -> None:
    found = client.get("/changes/", {"page": page})

    assert found.status_code == 400
    assert "page must be a number from 1 to 99999." in found.content.decode()


@pytest.mark.parametrize("run", ["0", "999", "9" * 30])
def test_an_unknown_sync_is_not_found(client: Client, run: str) -> None:
    found = client.get(f"/changes/{run}.json")

    assert found.status_code == 404
    assert "No changes are known" in found.json()["error"]["message"]


def test_a_failed_sync_has_no_page(client: Client, second: PricingUpdate) -> None:
    PricingUpdate.objects.filter(pk=second.pk).update(status=PricingUpdate.Status.FAILED)

    assert client.get(f"/changes/{second.pk}/").status_code == 404


@pytest.mark.parametrize(("path", "queries"), [("/changes/", 2), ("/changes/{}/", 3), ("/changes.atom", 2)])
def test_the_pages_take_few_queries(
    client: Client,
    second: PricingUpdate,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        client.get(path.format(second.pk))


def test_the_feed_has_the_syncs_with_absolute_links_and_lasting_ids(
    client: Client, second: PricingUpdate, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://prices.example"

    found = client.get("/changes.atom")

    assert found["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(found.content)  # noqa: S314  # our own
    entries = feed.findall("a:entry", ATOM)
    assert entries[0].findtext("a:id", None, ATOM) == f"https://prices.example/changes/{second.pk}/"
    assert entries[0].findtext("a:title", None, ATOM) == "1 dearer, 1 cheaper, 1 repriced, 1 withdrawn, 1 new"
    assert entries[1].findtext("a:title", None, ATOM) == "First load: 4 SKUs of 1 service"
    assert (entries[0].findtext("a:summary", None, ATOM) or "").startswith(
        '<p><a href="https://prices.example/skus/A/">N2 Instance Core running in Frankfurt</a> +100 %</p>'
    )
    assert feed.findtext("a:author/a:name", None, ATOM) == "Cloud Pricing"
    assert second.completed_at is not None
    assert feed.findtext("a:updated", None, ATOM) == second.completed_at.isoformat()
    assert feed.findtext("a:id", None, ATOM) == "https://prices.example/changes/"


def test_a_name_in_the_feed_is_text_and_no_markup(client: Client) -> None:
    synced(priced(100, "A", description="<script>"))
    synced(priced(200, "A", description="<script>"))

    entry = ET.fromstring(client.get("/changes.atom").content).find("a:entry", ATOM)  # noqa: S314  # our own

    assert entry is not None
    assert "&lt;script&gt;" in (entry.findtext("a:summary", None, ATOM) or "")


def test_a_feed_that_is_the_same_is_not_sent_again(client: Client) -> None:
    synced(priced(200, "A"))
    tag = client.get("/changes.atom")["ETag"]

    assert client.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 304
    synced(priced(400, "A"))
    assert client.get("/changes.atom", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/changes/", "/changes/{}/"])
def test_the_pages_name_the_feed(client: Client, second: PricingUpdate, path: str) -> None:
    page = client.get(path.format(second.pk)).content.decode()

    assert (
        '<link rel="alternate" type="application/atom+xml" title="Price changes" href="/changes.atom">'
        in page
    )


def test_the_time_of_a_run_says_utc_once(client: Client, second: PricingUpdate) -> None:
    html = client.get(f"/changes/{second.pk}/").content.decode()

    heading = html.partition("<h1")[2].partition("</h1>")[0]
    assert heading.count("UTC") == 1

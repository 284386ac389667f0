"""The page of comparison."""

from __future__ import annotations

import csv
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service
from tests.catalog.factories import make_price, make_service, make_sku
from tools import prices
from tools.prices_schema import CalculateArguments, CalculateItem, DetailsArguments

DASH = "\N{EN DASH}"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]


def address(*questions: str, suffix: str = "/", **arguments: str) -> str:
    return f"/compare{suffix}?{urlencode([*(('q', each) for each in questions), *arguments.items()])}"


def compared(client: Client, *questions: str, **arguments: str) -> dict[str, Any]:
    response = client.get(address(*questions, suffix=".json", **arguments))
    assert response.status_code == 200
    answer: dict[str, Any] = json.loads(response.content)
    return answer


def html(client: Client, *questions: str, **arguments: str) -> str:
    return client.get(address(*questions, **arguments)).content.decode()


def costs(answer: dict[str, Any], thing: str, usage_type: str = "OnDemand") -> dict[str, str]:
    return {
        row["region"]: price["price_usd"]
        for row in answer["regions"]
        for price in row["prices"]
        if (price["thing"], price["usage_type"]) == (thing, usage_type)
    }


def test_one_machine_is_shown_in_all_regions_and_usage_types_cheapest_first(client: Client) -> None:
    answer = compared(client, "n2-standard-8")

    [details] = prices.details(DetailsArguments(resources=["n2-standard-8"]))["resources"]
    for usage_type in ("OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"):
        expected = {row["region"]: row[usage_type]["month"] for row in details["prices"] if row[usage_type]}
        assert costs(answer, "n2-standard-8", usage_type) == expected
    amounts = [float(each) for each in costs(answer, "n2-standard-8").values()]
    assert amounts == sorted(amounts)


def test_the_cheapest_region_is_named_and_others_are_percent_over_it(client: Client) -> None:
    answer = compared(client, "n1-standard-4")

    [thing] = answer["things"]
    least = thing["cheapest"]["OnDemand"]
    found = costs(answer, "n1-standard-4")
    assert least == {
        "region": min(found, key=lambda each: (float(found[each]), each)),
        "price_usd": min(found.values(), key=float),
    }
    over = {row["region"]: row["prices"][0]["percent_over_cheapest"] for row in answer["regions"]}
    for region, amount in found.items():
        assert float(over[region]) == pytest.approx(
            (float(amount) / float(least["price_usd"]) - 1) * 100, abs=0.05
        )


def test_a_question_for_one_thing_is_compared_wherever_it_is_sold(client: Client) -> None:
    answer = compared(client, "n2 core")

    [thing] = answer["things"]
    assert thing["per"] == "hour"
    assert "N2 Instance Core" in thing["name"]
    assert costs(answer, thing["name"])["us-central1"] == "0.031611"


def in_frankfurt(part: str) -> None:
    name = f"N2 Instance {part} running in Frankfurt"
    group = {"resource_family": "Compute", "resource_group": "CPU" if part == "Core" else "RAM"}
    compute = Service.objects.get(display_name="Compute Engine")
    make_price(make_sku(display_name=name, service=compute, service_regions=["europe-west3"], **group))


def test_each_price_has_the_name_of_its_own_sku(client: Client) -> None:
    in_frankfurt("Core")
    text = client.get(address("BB77-5FDA-69D9", suffix=".csv")).content.decode()

    rows = [each for each in csv.DictReader(text.splitlines()) if each["usage_type"] == "OnDemand"]
    assert {row["thing"] for row in rows} == {"N2 Instance Core"}
    names = {row["region"]: row["display_name"] for row in rows}
    assert names["us-central1"] == "N2 Instance Core running in Americas"
    assert names["europe-west3"] == "N2 Instance Core running in Frankfurt"
    assert "N2 Instance Core in all regions" in html(client, "BB77-5FDA-69D9")


def test_skus_that_differ_by_place_alone_are_one_choice(client: Client) -> None:
    in_frankfurt("Core")
    in_frankfurt("Ram")
    [thing] = compared(client, "n2 instance")["things"]

    names = [each["value"] for each in thing["left_open"]["choices"][-1]["values"]]
    assert {"N2 Instance Core", "N2 Instance Ram"} <= {*names}
    assert not [name for name in names if name.endswith("Frankfurt")]


def test_a_gpu_beside_a_machine_is_part_of_the_thing(client: Client) -> None:
    answer = compared(client, "n1-standard-4 with 1 t4 gpu")

    item = CalculateItem(resource="n1-standard-4", gpu="t4", gpu_count=1, region="us-central1")
    cost = prices.calculate(CalculateArguments(items=[item]))["items"][0]["cost"]
    assert costs(answer, "n1-standard-4 with 1 nvidia-tesla-t4")["us-central1"] == cost


def test_several_things_stand_side_by_side_bought_in_the_chosen_way(client: Client) -> None:
    answer = compared(client, "n2-standard-8", "e2-standard-8", usage_type="Commit1Yr")

    assert [thing["name"] for thing in answer["things"]] == ["n2-standard-8", "e2-standard-8"]
    assert {price["usage_type"] for row in answer["regions"] for price in row["prices"]} == {"Commit1Yr"}
    assert html(client, "n2-standard-8", "e2-standard-8").count('<th scope="col" class="number">') == 2


def test_a_thing_is_bought_as_its_question_says_unless_the_page_does(client: Client) -> None:
    as_asked = compared(client, "n2-standard-8 spot", "e2-standard-8")
    chosen = compared(client, "n2-standard-8 spot", "e2-standard-8", usage_type="Commit3Yr")

    assert [[*thing["cheapest"]] for thing in as_asked["things"]] == [["Preemptible"], ["OnDemand"]]
    assert [[*thing["cheapest"]] for thing in chosen["things"]] == [["Commit3Yr"], ["Commit3Yr"]]


def test_a_region_that_sells_only_some_of_the_things_has_a_dash_for_the_others(client: Client) -> None:
    page = html(client, "n2-standard-8", "c3-standard-8")

    assert f'<span class="soft">{DASH}</span>' in page
    answer = compared(client, "n2-standard-8", "c3-standard-8")
    assert costs(answer, "n2-standard-8").keys() > costs(answer, "c3-standard-8").keys()


def test_a_machine_that_does_not_exist_is_no_sku_of_its_family(client: Client) -> None:
    answer = compared(client, "n2-standard-9")

    [thing] = answer["things"]
    assert (thing["sku_id"], thing["resource"], answer["regions"]) == (None, None, [])
    assert "There is no machine type n2-standard-9." in thing["left_open"]["says"]


def test_what_is_ambiguous_is_asked_and_the_other_things_are_shown(client: Client) -> None:
    answer = compared(client, "n2", "e2-standard-8")

    unclear, clear = answer["things"]
    assert unclear["sku_id"] is None
    assert {each["value"] for each in unclear["left_open"]["choices"][0]["values"]} >= {"core", "ram"}
    assert clear["cheapest"]["OnDemand"]
    page = html(client, "n2", "e2-standard-8")
    assert 'href="?q=n2+core&amp;q=e2-standard-8"' in page


def test_several_machines_in_one_question_are_asked_which(client: Client) -> None:
    [thing] = compared(client, "n2-standard-4 or n2-standard-8")["things"]

    [choice] = thing["left_open"]["choices"]
    assert [each["q"] for each in choice["values"]] == ["n2-standard-4", "n2-standard-8"]


def test_what_the_catalog_lacks_is_said(client: Client) -> None:
    assert "no product, SKU or place is called that" in html(client, "flurbogast")


def test_an_unknown_sku_id_is_not_found(client: Client) -> None:
    response = client.get(address("FFFF-FFFF-FFFF"))

    assert response.status_code == 404
    assert "The catalog has no SKU FFFF-FFFF-FFFF." in response.content.decode()
    assert "no price" not in response.content.decode()


def test_an_unknown_sku_id_leaves_the_other_things_compared(client: Client) -> None:
    answer = compared(client, "FFFF-FFFF-FFFF", "e2-standard-8")

    unknown, known = answer["things"]
    assert unknown["left_open"]["says"] == "The catalog has no SKU FFFF-FFFF-FFFF."
    assert known["cheapest"]["OnDemand"]


@pytest.mark.parametrize(
    ("name", "units", "nanos", "price", "shown"),
    [
        ("Reserved A2 Core in EMEA", "0", 0, "0", "$0"),
        ("Sustained Use Discount for N1 Core in EMEA", "0", -33_174_000, "-0.033174", "-$0.033174"),
    ],
)
def test_a_price_of_zero_or_below_is_a_price(
    client: Client, name: str, units: str, nanos: int, price: str, shown: str
) -> None:
    service = make_service(display_name="Compute Engine")
    sku = make_sku(sku_id="BBBB-0000-0001", service=service, display_name=name)
    make_price(sku, [(0, units, nanos)])

    [row] = compared(client, sku.pk)["regions"]
    assert [(each["usage_type"], each["price_usd"]) for each in row["prices"]] == [("OnDemand", price)]
    assert row["prices"][0]["percent_over_cheapest"] is None
    page = html(client, sku.pk)
    assert f">{shown}</a>" in page
    assert "no price of this" not in page


def test_without_a_question_the_page_shows_what_to_ask(client: Client) -> None:
    assert "n2-standard-8 in all regions" in html(client)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?q=a&q=b&q=c&q=d&q=e", "4 things can be compared at once, not 5"),
        ("?q=n2+core&usage_type=rent", "usage_type: must be one of"),
        (f"?q={'x' * 501}", "q: must have at most 500 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(client: Client, query: str, message: str) -> None:
    response = client.get(f"/compare.json{query}")

    assert response.status_code == 400
    assert message in json.loads(response.content)["error"]["message"]


def test_the_csv_has_a_row_for_each_price(client: Client) -> None:
    text = client.get(address("n2-standard-8", "e2-standard-8", suffix=".csv")).content.decode()

    rows = list(csv.DictReader(text.splitlines()))
    assert {row["thing"] for row in rows} == {"n2-standard-8", "e2-standard-8"}
    assert all(row["price_usd"] and row["per"] == "month of 730 hours" for row in rows)


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("count", [1, 4])
def test_names_of_machines_take_few_queries_however_many(
    client: Client, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    names = ["n2-standard-8", "e2-standard-8", "n1-standard-4", "c3-standard-8"][:count]
    html(client, *names)

    with django_assert_max_num_queries(3):
        html(client, *names)


def test_questions_are_searched_in_one_statement_however_many(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    questions = ["n2 core", "e2 core", "n1 core", "n2 ram"]
    html(client, *questions)

    with django_assert_max_num_queries(4):
        answer = compared(client, *questions)

    assert all(thing["sku_id"] for thing in answer["things"])


def test_a_search_and_the_pages_of_prices_lead_to_the_comparison(client: Client) -> None:
    assert 'href="/compare/?q=n2%20core"' in client.get("/search?q=n2+core").content.decode()
    assert 'name="q" value="n2-standard-8"' in client.get("/machines/n2-standard-8/").content.decode()


def test_all_pages_lead_to_the_lists_and_the_comparison(client: Client) -> None:
    page = client.get("/search").content.decode()

    assert 'href="/machines/"' in page
    assert 'href="/compare/"' in page

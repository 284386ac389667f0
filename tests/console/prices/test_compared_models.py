"""Models on the pages of comparison and estimate, and the page of one."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku, SkuModel
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tests.catalog.factories import make_update
from tools import prices
from tools.prices_schema import CalculateArguments, CalculateItem

pytestmark = pytest.mark.django_db
SONNET, GPT = "claude-sonnet-4.6", "gpt-5"


@pytest.fixture(autouse=True)
def _sample() -> None:
    sync(SampleSource())


def address(*questions: str, suffix: str = "/", **arguments: str) -> str:
    return f"/compare{suffix}?{urlencode([*(('q', each) for each in questions), *arguments.items()])}"


def compared(client: Client, *questions: str, **arguments: str) -> dict[str, Any]:
    response = client.get(address(*questions, suffix=".json", **arguments))
    assert response.status_code == 200
    answer: dict[str, Any] = json.loads(response.content)
    return answer


def html(client: Client, *questions: str, **arguments: str) -> str:
    return client.get(address(*questions, **arguments)).content.decode()


def test_one_model_is_shown_on_all_clouds_and_scopes_the_cheapest_first(client: Client) -> None:
    rows = compared(client, GPT)["models"]["rows"]

    costs = [Decimal(row["cost_usd"]) for row in rows if not row["partial"]]
    assert costs == sorted(costs)
    assert len({(row["cloud"], row["scope"]) for row in rows}) == len(rows) > 1
    assert {row["model"] for row in rows} == {"gpt-5"}


def test_a_cost_is_that_of_calculate_with_the_source_and_date_of_each_price(client: Client) -> None:
    tokens = {"input_tokens": "1234567", "cached_input_tokens": "1000", "output_tokens": "89"}
    rows = compared(client, f"{SONNET} on bedrock", **tokens)["models"]["rows"]

    for row in rows:
        where = {"scope": row["scope"], "region": row["regions"][0]}
        item = CalculateItem.model_validate({"resource": f"{SONNET} on bedrock", **where, **tokens})
        [line] = prices.calculate(CalculateArguments(items=[item]))["items"]
        assert Decimal(row["cost_usd"]).quantize(Decimal("1e-9")) == Decimal(line["cost"])
        assert row["source"] == "AWS, bundled sample"
        assert {price["since"] for price in row["prices"]} == {"2026-09-11"}
    assert {row["scope"] for row in rows} == {"global", "regional"}


def test_several_models_stand_in_one_order_with_percent_over_the_cheapest(client: Client) -> None:
    rows = compared(client, SONNET, GPT)["models"]["rows"]

    assert {row["model"] for row in rows} == {"claude-sonnet-4-6", "gpt-5"}
    least = Decimal(rows[0]["cost_usd"])
    assert rows[0]["percent_over_cheapest"] == "0"
    for row in (each for each in rows if not each["partial"]):
        over = (Decimal(row["cost_usd"]) / least - 1) * 100
        assert abs(Decimal(row["percent_over_cheapest"]) - over) <= Decimal("0.05")


def test_what_lacks_a_price_comes_last_and_says_which(client: Client) -> None:
    answer = compared(client, "qwen3-32b", SONNET, input_tokens="1000", cached_input_tokens="1000")
    rows = answer["models"]["rows"]

    last = rows[-1]
    assert (last["model"], last["partial"], last["missing"]) == (
        "qwen3-32b",
        True,
        ["no price of cached input"],
    )
    assert last["percent_over_cheapest"] is None
    assert "in part: no price of cached input" in html(
        client, "qwen3-32b", input_tokens="1000", cached_input_tokens="1000"
    )
    text = client.get(address("qwen3-32b", suffix=".csv", input_tokens="1", cached_input_tokens="1")).content
    assert {row["price_usd"] for row in csv.DictReader(text.decode().splitlines())} == {""}


def test_skus_that_disagree_have_no_price_and_the_row_says_so(client: Client) -> None:
    row = SkuModel.objects.get(
        model_id="claude-sonnet-4-6", scope="global", tier="standard", direction="Input", cache="Read"
    )
    other = SkuModel.objects.get(
        model_id="claude-sonnet-4-6", scope="global", tier="standard", direction="Input", cache="Uncached"
    )
    SkuModel.objects.filter(pk=other.pk).update(cache=row.cache)

    found = compared(client, SONNET, cached_input_tokens="1000", output_tokens="1")["models"]["rows"]

    [clash] = [each for each in found if each["scope"] == "global"]
    assert clash["missing"] == ["SKUs disagree in the price of cached input"]


def test_a_tier_and_a_context_have_prices_of_their_own(client: Client) -> None:
    standard, batch = (
        compared(client, f"{SONNET} on aws", tier=tier)["models"]["rows"][0] for tier in ("standard", "batch")
    )

    assert (standard["cost_usd"], batch["cost_usd"]) == ("18", "9")


def test_a_tier_that_is_not_listed_is_said_with_those_that_are(client: Client) -> None:
    [thing] = compared(client, SONNET, tier="flex")["things"]

    assert thing["left_open"]["says"] == (
        "claude-sonnet-4-6 has no flex price on any cloud. It has batch, standard."
    )


def test_a_model_without_a_listed_price_is_unknown_and_not_free(client: Client) -> None:
    answer = compared(client, "jamba-1.5-large", GPT)

    says = answer["things"][0]["left_open"]["says"]
    assert says == (
        "The price lists in this catalog have no price of the tokens of jamba-1.5-large on any cloud."
    )
    assert {row["model"] for row in answer["models"]["rows"]} == {"gpt-5"}


def test_models_and_machines_stand_on_one_page(client: Client) -> None:
    answer = compared(client, SONNET, "n2-standard-8")
    text = client.get(address(SONNET, "n2-standard-8", suffix=".csv")).content.decode()

    assert answer["regions"]
    assert answer["models"]["rows"]
    assert {row["thing"] for row in csv.DictReader(text.splitlines())} == {
        "claude-sonnet-4-6",
        "n2-standard-8",
    }


def test_the_csv_has_a_row_for_each_region_and_the_prices_of_a_million(client: Client) -> None:
    text = client.get(address(f"{SONNET} on aws", suffix=".csv")).content.decode()

    first = next(csv.DictReader(text.splitlines()))
    assert first["per"] == "1,000,000 input and 1,000,000 output tokens"
    assert (first["price_usd"], first["input_usd_per_million"], first["output_usd_per_million"]) == (
        "18",
        "3",
        "15",
    )
    assert (first["region"], first["since"], first["source"]) == (
        "us-east-1",
        "2026-09-11",
        "AWS, bundled sample",
    )


def test_a_question_that_names_a_model_is_read_as_one(client: Client) -> None:
    answer = compared(client, "what does claude sonnet 4.6 on bedrock cost")

    assert answer["things"][0]["model"] == "claude-sonnet-4-6"
    assert {row["cloud"] for row in answer["models"]["rows"]} == {"aws"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_tokens": "many"}, "input_tokens"),
        ({"output_tokens": "-1"}, "output_tokens"),
        ({"tier": "cheap"}, "tier"),
        ({"context": "wide"}, "context"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_name(
    client: Client, arguments: dict[str, str], message: str
) -> None:
    response = client.get(address(SONNET, suffix=".json", **arguments))

    assert response.status_code == 400
    assert message in json.loads(response.content)["error"]["message"]


def test_models_take_two_queries_however_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    html(client, SONNET, GPT)

    with django_assert_num_queries(3):
        html(client, SONNET, GPT, "qwen3-32b")


def test_the_page_of_a_model_has_its_prices_on_each_cloud(client: Client) -> None:
    page = client.get(f"/machines/{SONNET}/").content.decode()
    rows = list(csv.DictReader(client.get(f"/machines/{SONNET}.csv").content.decode().splitlines()))

    assert "on Google Cloud" not in page
    assert ">$3.75<" in page
    [plain] = [
        each
        for each in rows
        if each["scope"] == "global" and each["tier"] == "standard" and not each["variant"]
    ]
    assert [plain[kind] for kind in ("input", "cached_input", "cache_write", "output")] == [
        "3",
        "0.3",
        "3.75",
        "15",
    ]


def test_the_page_of_a_model_without_prices_says_that_they_are_unknown(client: Client) -> None:
    page = client.get("/machines/jamba-1.5-large-on-bedrock/").content.decode()

    assert "Unknown: no price list in this catalog has the tokens of jamba-1.5-large on AWS." in page
    assert "$0" not in page
    assert 'href="/compare/?q=jamba-1.5-large-on-bedrock"' in page


def test_a_catalog_of_google_alone_says_the_same(client: Client) -> None:
    Sku.objects.exclude(provider="gcp").delete()
    make_update()

    assert "Unknown: no price list" in client.get("/machines/gpt-4-32k/").content.decode()


def test_a_choice_on_the_page_of_a_model_leads_to_an_estimate_of_its_tokens(client: Client) -> None:
    page = client.get(f"/machines/{SONNET}/").content.decode()

    query = urlencode({"csv": f"resource,input_tokens,output_tokens\n{SONNET},1000000,1000000\n"})
    assert f'href="/estimate/?{query.replace("&", "&amp;")}"' in page


def test_a_line_of_tokens_is_built_and_completed_on_the_estimate_page(client: Client) -> None:
    begun = client.post("/estimate/change/", {"resource": f"{SONNET} on bedrock"})
    page = client.get(begun.headers["Location"]).content.decode()
    assert 'name="answer-0-input_tokens"' in page
    assert 'name="answer-0-output_tokens"' in page

    sent = {"csv": f"resource\n{SONNET} on bedrock", "answer": "yes"}
    counted = client.post(
        "/estimate/change/", {**sent, "answer-0-input_tokens": "5000000", "answer-0-output_tokens": "1000000"}
    )
    page = client.get(counted.headers["Location"]).content.decode()
    # Nothing is priced before the scope is said, so nobody is said to list a price.
    assert "Prices are list prices, before taxes" in page
    assert 'name="answer-0-scope"' in page

    text = f"resource,scope,input_tokens,output_tokens\n{SONNET} on bedrock,global,5000000,1000000"
    whole = json.loads(client.get(f"/estimate.json?{urlencode({'csv': text})}").content)
    assert whole["total"]["amount"] == "30"

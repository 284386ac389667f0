"""The page of a whole resource."""

from __future__ import annotations

import csv
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind_prices")]


def test_a_month_that_is_partly_free_is_said_to_be_in_tiers(client: Client) -> None:
    html = client.get("/machines/external-ip/").content.decode()

    assert "<strong>$0</strong> a month in tiers, on demand" in html
    assert '$0 <span class="unit">in tiers</span>' in html
    assert '$1.46 <span class="unit">$0.002/h</span>' in html


def links(client: Client, name: str) -> dict[str, str]:
    """The answers to what a page leaves open, with their addresses."""
    html = client.get(f"/machines/{name}/").content.decode()
    paragraphs = "".join(re.findall(r'<p class="choice">.*?</p>', html))
    return {value: unescape(href) for href, value in re.findall(r'href="([^"]+)">([^<]+)<', paragraphs)}


def test_another_resource_that_answers_has_a_page(client: Client) -> None:
    assert links(client, "cloud-sql")["db-custom-2-7680"] == "/machines/db-custom-2-7680/"


def test_an_answer_leads_to_an_estimate_that_has_it(client: Client) -> None:
    address = links(client, "db-custom-2-7680")["postgres"]

    [item] = csv.DictReader(parse_qs(urlsplit(address).query)["csv"][0].splitlines())
    assert item == {"resource": "db-custom-2-7680", "region": "us-central1", "engine": "postgres"}
    assert client.get(address).status_code == 200


def test_an_amount_that_is_open_has_an_example_with_its_price(client: Client) -> None:
    page = client.get(links(client, "pd-ssd")["100"]).content.decode()

    assert "$17" in page


def test_a_name_that_is_none_is_refused_in_words_for_people(client: Client) -> None:
    page = client.get("/machines/frobnicate-9/").content.decode()

    assert "There is no resource" in page
    assert "candidate" not in page

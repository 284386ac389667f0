from __future__ import annotations

import csv
import html
import json
import re
import shlex
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from costs.query import Question, ask
from tests.console.costs.conftest import Shows
from tests.console.costs.test_boards import chart, text
from tests.costs.stores import charge, tokens
from tools import registry

pytestmark = pytest.mark.django_db

CHARGES = [
    charge("2026-10-05", "10.123456789", x_ConsumerId="acme"),
    tokens("2000000", "2026-10-06", "4", x_ConsumerId="beta", x_Meter="in"),
    charge("2026-10-07", "3", x_Cloud="gcp"),
]
QUESTION = "month=2026-10&measures=billed_cost&measures=tokens&dimensions=cloud&dimensions=day&cloud=aws"


def copied(page: str, label: str) -> str:
    found = re.search(rf'<pre tabindex="0" data-copy="{label}"><code>(.*?)</code>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_the_answer_is_that_of_query_costs(reader: Client, shows: Shows) -> None:
    store = shows(CHARGES)

    answer = reader.get(f"/costs/explore.json?{QUESTION}").json()
    asked = ask(
        Question(
            ("billed_cost", "tokens"),
            ("cloud", "day"),
            {"cloud": ["aws"]},
            date(2026, 10, 1),
            date(2026, 11, 1),
        ),
        store,
    )
    assert answer["rows"] == asked["rows"]
    assert answer["totals"] == asked["totals"]


def test_the_command_and_the_json_ask_the_same(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    page = text(reader, f"/costs/explore/?{QUESTION}&not_customer=null")
    answer = reader.get(f"/costs/explore.json?{QUESTION}&not_customer=null").json()

    words = shlex.split(copied(page, "Copy the command"))
    out = StringIO()
    call_command(*words[words.index("query_costs") :], "--json", stdout=out)
    assert json.loads(out.getvalue())["rows"] == answer["rows"]
    called = registry.call("query_costs", json.loads(copied(page, "Copy the JSON")))
    assert called.content["rows"] == answer["rows"]


def test_a_row_leads_to_what_it_is_made_of_and_to_its_charges(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    page = text(reader, "/costs/explore/?month=2026-10&dimensions=customer&dimensions=month")

    into = re.search(r'<a href="([^"]*)" title="acme"', page)
    assert into
    answer = reader.get(html.unescape(into[1]).replace("explore/", "explore.json")).json()
    assert answer["totals"] == [{"currency": "USD", "billed_cost": "10.123456789"}]
    assert "dimensions=cloud" in into[1]
    why = re.search(
        r'<a href="(/costs/explain/[^"]*)">Explain<span class="hidden"> billed cost of acme', page
    )
    assert why
    explained = reader.get(html.unescape(why[1]).replace("explain/", "explain.json")).json()
    assert explained["figure"] == {"measure": "billed_cost", "value": "10.123456789"}
    assert "2026-10-1.csv" in text(reader, html.unescape(why[1]))


def test_a_filter_without_a_value_offers_the_values_with_their_money(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    page = text(reader, "/costs/explore/?month=2026-10&add=customer&is=not")

    assert "not_customer=acme" in page
    assert "10.12" in page
    only = reader.get("/costs/explore.json?month=2026-10&add=customer&value=acme").json()
    assert only["totals"][0]["billed_cost"] == "10.123456789"
    assert '<option value="acme">' in text(reader, "/costs/explore/values/?add=customer")


def test_over_time_all_rows_are_drawn_even_those_beyond_the_limit(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    page = text(reader, "/costs/explore/?month=2026-10&dimensions=day&limit=1")

    drawn = chart(page, "answer-USD")
    assert drawn["labels"] == ["2026-10-05", "2026-10-06", "2026-10-07"]
    assert drawn["series"] == [{"name": "", "values": ["10.123456789", "4", "3"]}]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("dimensions=colour", "There is no dimension"),
        ("measures=profit", "measures cannot be"),
        ("limit=0", "limit is 0"),
        ("limit=many", "limit cannot be"),
        ("order_by=nothing", "order_by cannot be"),
        ("measures=change&all=1", "change needs a start and an end"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    reader: Client, shows: Shows, query: str, said: str
) -> None:
    shows(CHARGES)
    response = reader.get(f"/costs/explore/?{query}")
    assert response.status_code == 400
    assert said in response.content.decode()


def test_an_order_by_what_was_taken_off_the_form_is_left_out(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    assert reader.get("/costs/explore/?dimensions=cloud&order_by=tokens+desc").status_code == 200


def test_the_csv_has_two_columns_for_a_change(reader: Client, shows: Shows) -> None:
    shows([CHARGES[0], charge("2026-09-05", "2", x_ConsumerId="acme")])
    address = "/costs/explore.csv?month=2026-10&measures=billed_cost&measures=change&dimensions=customer"

    rows = [*csv.reader(text(reader, address).splitlines())]
    assert rows[0] == ["customer", "billed_cost", "change", "change_percent", "currency"]
    assert rows[1] == ["acme", "10.123456789", "8.123456789", "406.1728", "USD"]

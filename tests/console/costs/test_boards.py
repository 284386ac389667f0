from __future__ import annotations

import csv
import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from console.costs import boards
from costs.panels import PANELS
from costs.query import ask
from costs.query.periods import Window
from tests.console.costs.conftest import Shows
from tests.costs.stores import charge, tokens

pytestmark = pytest.mark.django_db

TINY = "0.000000000123456789"
LONG = "x" * 300
CHARGES = [
    charge("2026-10-05", "1234.567890123", x_ConsumerId="acme", RegionId="us-east-1"),
    tokens("2000000", "2026-10-06", TINY, x_ConsumerId="<b>beta</b>"),
    charge("2026-10-07", "3", x_Cloud="gcp"),
    charge("2026-09-07", "2"),
]
OCTOBER = "month=2026-10"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def chart(page: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}-data" type="application/json">(.*?)</script>', page)
    assert found, f"no chart {name}"
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("address", "panels"),
    [
        ("/costs", boards.OVERVIEW),
        ("/costs/models", boards.MODELS),
        ("/costs/customers", boards.CUSTOMERS),
        ("/costs/loads", boards.LOADS),
    ],
)
def test_figures_are_those_of_query_costs_to_the_digit(
    reader: Client, shows: Shows, address: str, panels: tuple[str, ...]
) -> None:
    store = shows(CHARGES)

    answer = reader.get(f"{address}.json?{OCTOBER}").json()
    assert [panel["panel"] for panel in answer["panels"]] == [*panels]
    for panel in answer["panels"]:
        registered = PANELS[panel["panel"]]
        if registered.question and not registered.report:
            asked = registered.asked(Window(date(2026, 10, 1), date(2026, 11, 1)))
            assert panel["rows"] == ask(asked, store)["rows"]


def test_amounts_are_rounded_to_be_read_and_exact_beside(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    page = text(reader, f"/costs/?{OCTOBER}")
    assert '<data value="1234.567890123" title="1234.567890123">1,234.57</data>' in page
    # What is far below a cent is not shown as nothing.
    assert f'<data value="{TINY}" title="{TINY}">0.000000000123</data>' in page


def test_the_csv_has_the_panel_that_the_address_names_with_its_currency(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    rows = [*csv.reader(text(reader, f"/costs.csv?panel=customers&{OCTOBER}").splitlines())]
    assert rows[0] == ["customer", "billed_cost", "share", "tokens", "currency"]
    assert ["acme", "1234.567890123", "0.997576", "", "USD"] in rows


def test_text_of_bills_is_data(reader: Client, shows: Shows) -> None:
    shows(
        [
            *CHARGES,
            charge("2026-10-08", "5", x_ConsumerId="</script><script>alert(1)"),
            charge(x_ConsumerId=LONG),
        ]
    )

    page = text(reader, f"/costs/?{OCTOBER}")
    assert "<b>beta" not in page
    assert "<script>alert" not in page
    assert f'title="{LONG}"' in page
    assert f">{LONG}<" not in page


def test_currencies_have_charts_and_rows_of_their_own(reader: Client, shows: Shows) -> None:
    shows([charge(cost="2"), charge(cost="3", BillingCurrency="EUR")])

    page = text(reader, f"/costs/?{OCTOBER}")
    assert chart(page, "spend-by-day-USD")["series"] == [{"name": "aws", "values": ["2"]}]
    assert chart(page, "spend-by-day-EUR")["series"] == [{"name": "aws", "values": ["3"]}]
    only = text(reader, f"/costs/?{OCTOBER}&currency=EUR")
    assert "spend-by-day-USD-data" not in only


def test_what_is_unknown_is_not_0(reader: Client, shows: Shows) -> None:
    shows([charge(x_ConsumerId="acme")])

    page = text(reader, f"/costs/?{OCTOBER}")
    row = page.partition(">acme</a>")[2].partition("</tr>")[0]
    assert '<span class="soft">unknown</span>' in row


def test_demo_data_is_marked_on_every_page(reader: Client, shows: Shows) -> None:
    store = shows(CHARGES)
    assert "Made-up demo data" not in text(reader, "/costs/")
    store.demo = frozenset({"aws"})
    for page in ("", "explore/", "explain/", "models/", "customers/", "anomalies/", "loads/"):
        assert "Made-up demo data" in text(reader, f"/costs/{page}")


def test_a_month_without_charges_says_what_to_do(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    page = text(reader, "/costs/?month=2026-07")
    assert "July 2026 is not loaded. Choose another month" in page
    assert "Nothing was billed" not in page
    assert "There are no such charges" not in page


def test_a_source_that_begins_later_does_not_hide_what_a_month_cost(reader: Client, shows: Shows) -> None:
    shows([*CHARGES, charge("2026-11-03", "5", x_Cloud="gcp", x_Source="late")])

    page = text(reader, f"/costs/?{OCTOBER}")
    assert "Nothing was billed" not in page
    assert '<data value="1237.567890123123456789"' in page.partition('id="month-to-date"')[2]


def test_what_a_source_lacks_is_not_called_nothing(reader: Client, shows: Shows) -> None:
    shows([*CHARGES, *(charge(f"2026-{month}-03", "5", x_Cloud="azure") for month in ("08", "11"))])

    page = text(reader, f"/costs/?{OCTOBER}&cloud=azure")
    assert "Not loaded: 2026-10 of source &quot;azure&quot;. Choose another month" in page
    assert "Nothing was billed" not in page


@pytest.mark.parametrize("query", ["custmer=acme", "day=2026-10-01", "as_of=2026-10-01", "cloud=aws&foo=bar"])
@pytest.mark.parametrize("page", ["/costs/", "/costs/customers.json", "/costs/explore/", "/costs/anomalies/"])
def test_a_filter_that_pages_do_not_have_is_refused(
    reader: Client, shows: Shows, page: str, query: str
) -> None:
    shows(CHARGES)

    response = reader.get(f"{page}?{query}")

    assert response.status_code == 400
    assert "Pages of costs have no argument" in response.content.decode()


def test_yesterday_is_one_of_the_times_to_choose(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    assert ">Yesterday<" in text(reader, "/costs/")
    assert "Costs, Yesterday" in text(reader, "/costs/?days=1")


def test_filters_and_days_stay_in_the_links(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    page = text(reader, f"/costs/?{OCTOBER}&cloud=aws&customer=null")
    assert "/costs/models/?month=2026-10&amp;cloud=aws&amp;customer=null" in page
    assert "unattributed" in page
    assert 'value="2026-10" selected' in page


def test_a_customer_has_a_page_with_its_days(reader: Client, shows: Shows) -> None:
    shows(CHARGES)

    assert "/costs/customers/?month=2026-10&amp;customer=acme" in text(reader, f"/costs/customers/?{OCTOBER}")
    page = text(reader, f"/costs/customers/?{OCTOBER}&customer=acme")
    assert "Customer acme, October 2026" in page
    assert chart(page, "spend-by-day-USD")["labels"] == ["2026-10-05"]


def test_an_old_bill_is_said_to_be_old(reader: Client, shows: Shows) -> None:
    shows(CHARGES)
    assert "The newest bill, aws 2026-10, came" in text(reader, "/costs/")


def test_the_others_of_a_chart_are_the_exact_rest(reader: Client, shows: Shows) -> None:
    amounts = [f"{number}.000000001" for number in range(1, 13)]
    shows([charge(cost=amount, x_ConsumerId=f"c{amount}") for amount in amounts])

    page = text(reader, f"/costs/?{OCTOBER}")
    drawn = chart(page, "customers-USD")
    assert len(drawn["labels"]) == 9
    assert (drawn["labels"][-1], drawn["series"][0]["values"][-1]) == ("others", "10.000000004")


def test_answers_are_kept_until_something_else_is_loaded(reader: Client, shows: Shows) -> None:
    store = shows(CHARGES)
    reader.get(f"/costs/?{OCTOBER}")
    asked = len(store.statements)
    reader.get(f"/costs/?{OCTOBER}")
    # Only the values that filters offer.
    assert len(store.statements) - asked <= 4

    store = shows([*CHARGES, charge("2026-11-01", "7")])
    [panel] = reader.get("/costs.json?panel=spend-by-day").json()["panels"]
    assert [row["billed_cost"] for row in panel["rows"]] == ["7"]

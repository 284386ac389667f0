from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.console.costs.conftest import Shows
from tests.costs.stores import charge

pytestmark = pytest.mark.django_db

PAGES = ["", "explore/", "explain/", "models/", "customers/", "budgets/", "anomalies/", "loads/"]
ADDRESSES = [f"/costs/{page}" for page in PAGES]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_signed_in_is_asked_to_and_comes_back(client: Client, address: str) -> None:
    for each in (address, f"{address.rstrip('/')}.json", f"{address.rstrip('/')}.csv"):
        response = client.get(each)
        assert response.status_code == 302
        assert response["Location"].endswith(f"next={each}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_in_the_group_is_told_who_decides(client: Client, shows: Shows, address: str) -> None:
    shows([charge()])
    client.force_login(User.objects.create(username="other"))

    response = client.get(address)
    assert response.status_code == 403
    assert "members of the group Cost readers" in response.content.decode()
    assert "Ask an administrator" in response.content.decode()
    assert client.get(f"{address.rstrip('/')}.json").json()["error"]["code"] == "forbidden_scope"


@pytest.mark.parametrize("address", ADDRESSES)
def test_readers_and_staff_see_every_page(
    reader: Client, admin_client: Client, shows: Shows, address: str
) -> None:
    shows([charge(x_ConsumerId="acme")])

    assert reader.get(address).status_code == 200
    assert admin_client.get(address).status_code == 200


def test_the_header_names_costs_to_those_who_may_see_them(client: Client, person: User) -> None:
    link = '<a href="/costs/">Costs</a>'
    assert link not in client.get("/search").content.decode()
    client.force_login(person)
    assert link in client.get("/search").content.decode()
    client.force_login(User.objects.create(username="other"))
    assert link not in client.get("/search").content.decode()


@pytest.mark.parametrize("name", ["acknowledge/", "mute/", "mutes/1/unmute/"])
def test_others_change_nothing(client: Client, name: str) -> None:
    assert client.post(f"/costs/anomalies/{name}").status_code == 302
    client.force_login(User.objects.create(username="other"))
    assert client.post(f"/costs/anomalies/{name}").status_code == 403


def test_without_loads_a_page_says_how_to_load(reader: Client, shows: Shows) -> None:
    shows([])

    response = reader.get("/costs/")
    assert response.status_code == 503
    assert "load_costs --source" in response.content.decode()
    assert "demo_costs" in response.content.decode()
    assert reader.get("/costs.json").json()["error"]["code"] == "not_loaded"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("month=x", "month cannot be"),
        ("quarter=2026-Q5", "quarter cannot be"),
        ("days=0", "days cannot be"),
        ("start=2026-10-02&end=2026-10-01", "is not before end"),
        ("start=now", "start cannot be"),
        ("cloud=oracle", "cloud cannot be"),
        ("panel=nothing", "has no panel"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    reader: Client, shows: Shows, query: str, said: str
) -> None:
    shows([charge()])

    response = reader.get(f"/costs/?{query}")
    assert response.status_code == 400
    assert said in response.content.decode()


def test_a_page_asks_the_database_little(
    reader: Client, shows: Shows, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shows([charge(x_ConsumerId="acme")])
    reader.get("/costs/")

    with django_assert_max_num_queries(8):
        reader.get("/costs/")

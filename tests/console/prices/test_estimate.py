from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from catalog.estimates.csv_file import read_csv
from catalog.models import KeptEstimate
from catalog.pricing.resources import offers
from console.prices.estimate import MAX_FILE
from console.prices.estimate_items import MAX_ASKED
from tests.catalog.factories import make_service, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress, add_n2
from tools.prices_schema import CalculateItem

pytestmark = pytest.mark.django_db

CHANGE = "/estimate/change/"
TWO_LINES = (
    f"resource,region,quantity,sku_id,label\nn2-standard-8,europe-west3,3,,web\n,,1024,{EGRESS},down\n"
)
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "google_compute_disk.data",
                    "mode": "managed",
                    "type": "google_compute_disk",
                    "name": "data",
                    "values": {"type": "pd-ssd", "size": 100, "zone": "europe-west3-a"},
                },
                {
                    "address": "google_pubsub_topic.t",
                    "mode": "managed",
                    "type": "google_pubsub_topic",
                    "name": "t",
                    "values": {"password": "hunter2"},
                },
            ]
        }
    },
}


@pytest.fixture(autouse=True)
def _catalog() -> None:
    offers.forget()
    make_update()
    add_n2(make_service(display_name="Compute Engine"))
    add_egress()


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def address_of(text: str, suffix: str = "/", **options: str) -> str:
    return f"/estimate{suffix}?{urlencode({'csv': text, **options})}"


def changed(client: Client, **sent: object) -> str:
    response = client.post(CHANGE, sent)
    assert response.status_code == 302
    return str(response["Location"])


def test_the_address_is_the_estimate(client: Client) -> None:
    answer = json.loads(page(client, address_of(TWO_LINES, ".json")))
    machines, download = answer["items"]

    assert download["cost"] == "110.88"
    assert f"{float(machines['cost']) + 110.88:.2f}" == answer["total"]["rounded"]
    html = page(client, address_of(TWO_LINES))
    assert "n2-standard-8" in html
    assert "$110.88" in html


def test_the_csv_adds_up_and_holds_no_formula(client: Client) -> None:
    text = f"sku_id,quantity,label\n{EGRESS},1024,=1+1\n"

    [row] = csv.DictReader(io.StringIO(page(client, address_of(text, ".csv"))))
    assert (row["label"], row["cost_usd"]) == ("'=1+1", "110.88")


def test_items_are_added_and_removed(client: Client) -> None:
    one = changed(client, resource="n2-standard-8", region="europe-west3", quantity="2", label="web")
    assert one.startswith("/estimate/?csv=")
    text = client.get(one).context["csv"]
    two = changed(client, csv=text, resource="n2-standard-8", region="us-central1")
    both = client.get(two).context
    assert both["names"] == ["n2-standard-8 in europe-west3 (web)", "n2-standard-8 in us-central1"]

    left = changed(client, csv=both["csv"], remove="0")
    assert client.get(left).context["names"] == ["n2-standard-8 in us-central1"]
    assert changed(client, csv=client.get(left).context["csv"], remove="0") == "/estimate/"


def test_the_months_and_the_comparison_stay_when_items_change(client: Client) -> None:
    address = changed(client, months="12", compare="yes", resource="n2-standard-8", region="europe-west3")

    assert "months=12" in address
    html = page(client, address)
    assert "for 12 months" in html
    assert 'value="yes" checked' in html


def test_what_a_plan_leaves_open_stays_missing_and_the_plan_is_not_kept(client: Client) -> None:
    address = changed(client, file=json.dumps(PLAN))

    assert address.startswith("/estimate/")
    assert "csv=" not in address
    html = page(client, address)
    assert "Missing from the total" in html
    assert "google_pubsub_topic (1)" in html
    assert "hunter2" not in KeptEstimate.objects.get().content


def test_a_long_estimate_is_kept_under_a_key(client: Client) -> None:
    text = "resource,region,label\n" + "".join(f"n2-standard-8,europe-west3,web {n}\n" for n in range(100))
    upload = io.BytesIO(text.encode())
    upload.name = "items.csv"

    address = changed(client, upload=upload)
    assert len(address) < 60
    assert len(json.loads(page(client, address.rstrip("/") + ".json"))["items"]) == 100
    shorter = changed(client, key=KeptEstimate.objects.get().key, remove="7")
    assert len(client.get(shorter).context["names"]) == 99


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"resource": "n2-standard-8", "quantity": "many"}, "quantity"),
        ({"file": "colour\nred\n"}, "colour"),
        ({"file": "{"}, "not valid JSON"),
        ({"file": "x" * (MAX_FILE + 1)}, "over 1 MiB"),
        ({"key": "0" * 32, "resource": "n2-standard-8"}, "no estimate under this address"),
        ({"csv": "resource\n" + "e2-micro\n" * 501, "resource": "e2-micro"}, "too long for an address"),
        ({"csv": "resource\n" + "e2-micro\n" * 50_000, "resource": "e2-micro"}, "too long for an address"),
        ({}, "either a resource or a sku_id"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_lost(
    client: Client, sent: dict[str, str], reason: str
) -> None:
    response = client.post(CHANGE, {"csv": "" if "key" in sent else TWO_LINES, **sent})

    assert response.status_code in (400, 404)
    html = response.content.decode()
    assert reason in html.partition('role="alert">')[2].partition("</p>")[0]
    if "key" not in sent and "csv" not in sent:
        assert read_csv(response.context["csv"]).items == read_csv(TWO_LINES).items
    if "file" in sent and len(sent["file"]) < MAX_FILE:
        assert sent["file"].strip() in html


@pytest.mark.parametrize("months", ["0", "121", "x", "1.5"])
def test_months_out_of_range_are_refused(client: Client, months: str) -> None:
    assert "months must be" in page(client, address_of(TWO_LINES, months=months), status=400)


def test_what_is_open_is_asked_and_never_free(client: Client) -> None:
    html = page(client, address_of("resource,region\npd-ssd,europe-west3\n"))

    assert "How many GiB?" in html
    assert "<strong>Open</strong>" in html
    assert "$" not in html.partition("<strong>Open")[2].partition("</table>")[0]


def test_a_file_larger_than_a_form_is_read(client: Client) -> None:
    lines = "".join(f"n2-standard-8,europe-west3,{'web' * 60} {number}\n" for number in range(400))

    address = changed(client, file=f"resource,region,label\n{lines}")
    assert len(json.loads(page(client, address.rstrip("/") + ".json"))["items"]) == 400


def test_half_a_character_is_refused(client: Client) -> None:
    text = '[{"resource": "n2-standard-8", "region": "europe-west3", "label": "\\ud800"}]'

    response = client.post(CHANGE, {"file": text})
    assert response.status_code == 400
    assert "has half of a character" in response.content.decode()


def test_each_figure_says_of_how_many_months_it_is(client: Client) -> None:
    text = "resource,region\nn2-standard-8,europe-west3\n"
    html = page(client, address_of(text, months="12", compare="yes"))

    assert '<th scope="col" class="number">12 months</th>' in html
    assert "A month: on demand" in html
    [row] = csv.DictReader(io.StringIO(page(client, address_of(text, ".csv", months="12"))))
    assert row["months"] == "12"


def test_what_was_typed_stays_beside_the_items_if_it_is_refused(client: Client) -> None:
    sent = {"csv": TWO_LINES, "resource": "n2-standard-8", "quantity": "many", "label": "mine"}

    html = client.post(CHANGE, sent).content.decode()
    assert 'name="quantity" value="many"' in html
    assert 'name="label" value="mine"' in html
    assert "$110.88" in html


def test_an_address_keeps_so_many_estimates_an_hour(client: Client, settings: Any) -> None:
    settings.KEPT_ESTIMATES_PER_HOUR = 1
    assert client.post(CHANGE, {"file": json.dumps(PLAN)}).status_code == 302

    refused = client.post(CHANGE, {"file": json.dumps(PLAN)})
    assert refused.status_code == 429
    assert "kept in the last hour" in refused.content.decode()


def names_of(client: Client, address: str) -> list[str]:
    names: list[str] = client.get(address).context["names"]
    return names


def test_what_a_line_leaves_open_is_answered_in_place(client: Client) -> None:
    text = "resource,region\nn2-standard-8,\npd-ssd,europe-west3\n"
    html = page(client, address_of(text))
    assert re.findall(r'name="(answer-[^"]+)"', html) == ["answer-0-region", "answer-1-size_gib"]
    assert '<option value="europe-west3">europe-west3 (Frankfurt)</option>' in html

    answers = {"answer-0-region": "europe-west3", "answer-1-size_gib": "100", "answer": "yes"}
    address = changed(client, csv=text, months="12", **answers)
    assert "months=12" in address
    assert list(csv.DictReader(io.StringIO(client.get(address).context["csv"]))) == [
        {"resource": "n2-standard-8", "region": "europe-west3", "size_gib": ""},
        {"resource": "pd-ssd", "region": "europe-west3", "size_gib": "100"},
    ]


def test_an_answer_is_about_the_item_that_asked_though_others_have_no_line(client: Client) -> None:
    text = "resource,region,label\nfrobnicate,,a\nn2-standard-8,asia-east1,b\nn2-standard-8,,c\n"

    assert 'name="answer-2-region"' in page(client, address_of(text))


def test_an_answer_of_a_kept_estimate_leads_to_another(client: Client) -> None:
    plan = json.loads(json.dumps(PLAN).replace(', "zone": "europe-west3-a"', ""))
    key = changed(client, file=json.dumps(plan)).strip("/").rpartition("/")[2]

    address = changed(client, key=key, answer="yes", **{"answer-0-region": "europe-west3"})
    assert "csv=" not in address
    assert key not in address
    assert "google_pubsub_topic (1)" in page(client, address)


@pytest.mark.parametrize("value", ["much", "-1", "1e99"])
def test_an_answer_that_cannot_be_used_is_refused(client: Client, value: str) -> None:
    text = "resource,region\npd-ssd,europe-west3\n"
    response = client.post(CHANGE, {"csv": text, "answer": "yes", "answer-0-size_gib": value})

    assert response.status_code == 400
    assert "size_gib" in response.content.decode()


def test_many_questions_are_fields_one_after_the_other(client: Client) -> None:
    html = page(client, address_of("resource,region\n" + "pd-ssd,europe-west3\n" * 30))

    assert html.count('name="answer-') == MAX_ASKED
    assert html.count("How many GiB?") == 30


def test_the_form_takes_all_that_calculate_takes(client: Client) -> None:
    html = page(client, "/estimate/")

    taken = set(CalculateItem.model_fields) - {"sku_id"}
    assert taken <= set(re.findall(r'name="([a-z_]+)"', html))
    address = changed(client, resource=EGRESS, quantity="1024", unit="GiB")
    assert "$110.88" in page(client, address)


def test_a_question_is_read_as_search_reads_it(client: Client) -> None:
    address = changed(client, resource="3 n2-standard-8 frankfurt", label="web")

    assert names_of(client, address) == ["n2-standard-8 in europe-west3 (web)"]
    assert "quantity" in client.get(address).context["csv"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("frobnicate-9", "There is no resource"),
        ("n2-standard-8 frankfurt, iowa", "several resources"),
        ("0000-0000-0000", "0000-0000-0000"),
        ("x" * 5000, "There is no resource"),
    ],
)
def test_what_names_no_resource_is_refused_beside_the_form(client: Client, name: str, reason: str) -> None:
    response = client.post(CHANGE, {"csv": TWO_LINES, "resource": name, "quantity": "2"})

    assert response.status_code in (400, 404)
    html = response.content.decode()
    assert reason in html.partition('role="alert">')[2].partition("</p>")[0]
    assert f'value="{name}"' in html


def test_an_item_is_changed_in_the_form_that_has_its_arguments(client: Client) -> None:
    html = page(client, address_of(TWO_LINES, change="0", months="3"))
    assert 'name="quantity" value="3"' in html
    assert "Change an item" in html

    address = changed(client, csv=TWO_LINES, change="0", resource="n2-standard-8", region="us-central1")
    assert names_of(client, address) == ["n2-standard-8 in us-central1", f"{EGRESS} (down)"]


@pytest.mark.parametrize("change", ["2", "-1", "x", "0" * 5000])
def test_an_item_that_is_not_there_cannot_be_changed(client: Client, change: str) -> None:
    assert "no such item" in page(client, address_of(TWO_LINES, change=change), status=400)
    assert client.post(CHANGE, {"csv": TWO_LINES, "remove": change}).status_code == 400

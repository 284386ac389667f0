"""Resources in full, at the prices of Google's public list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service
from catalog.pricing import list_prices
from catalog.pricing.answers import ResourceDetails
from catalog.pricing.calculate import ResourceRequest, calculate
from catalog.pricing.details import details
from catalog.pricing.resources import offers
from catalog.pricing.resources.describe import MAX_ROWS
from tests.catalog.pricing.known_skus import ACCOUNT_MONTHLY, GLOBAL, add_sku

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]
IOWA = "us-central1"
PREMIUM = ["core upgrade premium", "ram upgrade premium"]


def only(name: str) -> ResourceDetails:
    [row] = details(resources=[name])["resources"]
    return row


def test_a_machine_is_shown_with_its_shape_parts_rules_and_prices() -> None:
    source = "https://cloud.google.com/compute/docs/sustained-use-discounts"

    assert only("f1-micro") == {
        "resource": "f1-micro",
        "shape": {"vcpus": "1", "memory_gib": "0.6", "gpu": None, "gpus": 0, "local_ssd_gib": "0"},
        "parts": [{"part": "core", "quantity": "1", "unit": "h", "per": "hour"}],
        "sustained_use": [{"parts": ["core"], "rate": "0.3", "source": source}],
        "commitments": [],
        "prices": [
            {
                "region": region,
                "OnDemand": {"hour": "0.0076", "month": "3.8836"},
                "Preemptible": {"hour": "0.0035", "month": "2.555"},
                "Commit1Yr": None,
                "Commit3Yr": None,
            }
            for region in (IOWA, "us-east1", "us-west1")
        ],
        "more_regions": 0,
        "not_included": ["boot disk", "external IP address", "egress", "operating system licence"],
        "ambiguous_in": None,
        "notes": [],
        "example": {"items": [{"resource": "f1-micro", "region": IOWA}]},
    }


@pytest.mark.parametrize(
    ("resource", "shape"),
    [
        ("e2-micro", ("2", "1", None, 0, "0")),
        ("a2-highgpu-1g", ("12", "85", "nvidia-tesla-a100", 1, "0")),
        ("c3-standard-4-lssd", ("4", "16", None, 0, "375")),
        ("z3-highmem-88", ("88", "704", None, 0, None)),
        ("n2-custom-4-16384", ("4", "16", None, 0, "0")),
        ("n2-node-80-640", ("80", "640", None, 0, "0")),
    ],
)
def test_the_shape_is_what_the_machine_has(resource: str, shape: tuple[object, ...]) -> None:
    found = only(resource)["shape"]

    assert found is not None
    assert tuple(found.values()) == shape


@pytest.mark.parametrize(
    "resource", ["e2-micro", "n1-standard-4", "a2-highgpu-1g", "c3-standard-4-lssd", "m2-ultramem-416"]
)
def test_a_price_by_region_and_usage_type_is_that_of_calculate(resource: str) -> None:
    for row in only(resource)["prices"]:
        for usage_type, cell in list(row.items())[1:]:
            if cell is None:
                continue
            request = ResourceRequest(resource=resource, region=row["region"], usage_type=usage_type)
            assert calculate([request])["total"]["amount"] == cell["month"]  # type: ignore[index]


def test_regions_come_cheapest_first_and_are_null_where_not_sold_so() -> None:
    prices = only("n1-standard-4")["prices"]

    assert [row["region"] for row in prices] == [
        IOWA,
        "us-east1",
        "us-west1",
        "asia-northeast2",
        "europe-west3",
    ]
    assert [row["Preemptible"] is None for row in prices] == [False, False, False, True, True]


def test_a_commitment_names_what_it_covers_and_what_stays_on_demand() -> None:
    assert only("m2-ultramem-416")["commitments"] == [
        {"usage_type": usage_type, "covers": ["core", "ram"], "on_demand": PREMIUM}
        for usage_type in ("Commit1Yr", "Commit3Yr")
    ]


def test_a_machine_that_is_sold_nowhere_has_no_price_and_says_so() -> None:
    row = only("c4-standard-4")

    assert (row["prices"], row["example"]) == ([], None)
    assert row["notes"] == ["The catalog has no price of it in any region."]


def test_what_no_source_tells_leaves_the_price_open() -> None:
    assert only("z3-highmem-88")["notes"][0] == (
        "No source says how large its local SSD is, so it has no whole price."
    )


def test_names_of_no_resource_are_told_with_the_nearest_or_the_reason() -> None:
    answer = details(resources=["n2-standrad-8", "n2-custom-3-4096", "e2-micro"])

    assert [row["resource"] for row in answer["resources"]] == ["e2-micro"]
    unknown, refused = answer["not_found"]
    assert unknown["resource"] == "n2-standrad-8"
    assert unknown["candidates"][0] == {"resource": "n2-standard-8"}
    assert refused["message"] == (
        "n2-custom-3-4096: a custom machine of N2 cannot have 3 vCPUs. The nearest it can have: 2 or 4."
    )


def test_a_name_counts_once_however_it_is_written() -> None:
    answer = details(resources=["e2-micro", "E2 Micro", "zones/us-central1-a/machineTypes/e2-micro"])

    assert [row["resource"] for row in answer["resources"]] == ["e2-micro"]


def test_resources_share_the_rows_of_an_answer() -> None:
    names = [f"n1-standard-{size}" for size in (1, 2, 4, 8, 16, 32, 64, 96)]
    names += [f"n1-highmem-{size}" for size in (2, 4, 8, 16, 32, 64, 96)]
    names += [f"n1-highcpu-{size}" for size in (2, 4, 8, 16, 32)]

    answer = details(resources=names)

    assert [len(row["prices"]) for row in answer["resources"]] == [MAX_ROWS // 20] * 20
    assert [row["more_regions"] for row in answer["resources"]] == [2] * 20


def test_before_its_prices_a_machine_has_none() -> None:
    snapshot = list_prices.snapshot(datetime(2001, 1, 1, tzinfo=UTC))

    [row] = details(resources=["e2-micro"], snapshot=snapshot)["resources"]

    assert row["prices"] == []
    assert row["notes"]


def test_resources_take_two_queries_and_one_when_their_skus_are_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(3):
        details(resources=["n1-standard-4", "e2-micro"])
    with django_assert_num_queries(2):
        details(resources=["n1-standard-4", "e2-micro"])


def test_a_resource_is_the_same_row_whether_or_not_there_is_room_for_all_its_regions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If there is, all ways to buy it are priced at once; else those regions alone that are the cheapest."""
    whole = {name: only(name) for name in ("n1-standard-4", "f1-micro", "m2-ultramem-208")}
    rooms = [len(row["prices"]) - 1 for row in whole.values()]

    for (name, row), room in zip(whole.items(), rooms, strict=True):
        monkeypatch.setattr("catalog.pricing.resources.describe.MAX_ROWS", room)
        part = only(name)
        assert part["prices"] == row["prices"][:room]
        assert part["commitments"] == row["commitments"]


def test_what_has_tiers_of_a_month_has_no_price_of_an_hour() -> None:
    add_sku(
        "66A2-68EA-56BE",
        "Static Ip Charge",
        "h",
        [(0, "0", 0), (1, "0", 10_000_000)],
        regions=GLOBAL,
        service=Service.objects.get(display_name="Compute Engine"),
        price=ACCOUNT_MONTHLY,
    )

    row = only("static-ip")

    assert [each["OnDemand"] for each in row["prices"]] == [{"hour": None, "month": "7.29"}]
    assert [each["Preemptible"] for each in row["prices"]] == [None]


def test_what_has_no_price_before_something_is_said_asks_for_it() -> None:
    row = only("pd-ssd")

    assert (row["prices"], row["example"]) == ([], None)
    assert row["ambiguous_in"] == [{"attribute": "size_gib", "values": [], "ask": "How many GiB?"}]


def test_free_usage_is_told_where_google_documents_it_and_where_the_price_list_has_it() -> None:
    offers.forget()
    service = Service.objects.get(display_name="Compute Engine")
    free = [(0, "0", 0), (744, "0", 5_000_000)]
    kind = {"resource_family": "Network", "resource_group": "ExternalIp"}
    name = "External IP Charge on a Standard VM"
    add_sku("AAAA-0000-0001", name, "h", free, regions=GLOBAL, service=service, price=ACCOUNT_MONTHLY, **kind)

    [documented] = only("e2-micro")["notes"]
    assert documented == (
        "Not counted: Compute Engine Free Tier: one e2-micro for all hours of a month, in us-central1,"
        " us-east1, us-west1 (https://cloud.google.com/free/docs/free-cloud-features)."
    )
    assert only("external-ip")["notes"] == [
        "The first 744 h of address a month are free, once for the whole account."
    ]

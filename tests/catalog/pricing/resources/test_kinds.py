"""Resources beside machines at the prices of Google's public list; figures are those of its price pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.errors import NoPriceError, RegionMismatchError
from catalog.models import Service
from catalog.pricing.answers import Choice, ResourceLine
from catalog.pricing.calculate import Item, ResourceRequest, calculate
from catalog.pricing.resources import offers
from tests.catalog.pricing.known_skus import GLOBAL, add_sku

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind_prices")]
IOWA, FRANKFURT = "us-central1", "europe-west3"
MILLION = 1_000_000
NEARLINE = {"region": "US", "storage_class": "nearline"}


def request(resource: str, arguments: dict[str, Any]) -> ResourceRequest:
    """A request; numbers become decimals."""
    read: dict[str, Any] = {
        name: Decimal(value) if type(value) is int else value for name, value in arguments.items()
    }
    return ResourceRequest(resource=resource, **read)


def line(resource: str, **arguments: Any) -> ResourceLine:
    [row] = calculate([request(resource, arguments)])["items"]
    return cast("ResourceLine", row)


def skus(resource: str, **arguments: Any) -> dict[str, str]:
    return {component["part"]: component["sku_id"] for component in line(resource, **arguments)["components"]}


@pytest.mark.parametrize(
    ("resource", "arguments", "cost"),
    [
        ("pd-standard", {"region": IOWA, "size_gib": 100}, "2.8"),  # 30 GiB are free
        ("pd-ssd", {"region": IOWA, "size_gib": 100}, "17"),
        ("pd-ssd", {"region": FRANKFURT, "size_gib": 100, "ha": True}, "40.8"),
        (
            "hyperdisk-balanced",
            {"region": "us-west1", "size_gib": 500, "iops": 4000, "throughput": 150},
            "45.4",
        ),
        ("local-ssd", {"region": IOWA, "quantity": 2}, "60"),
        ("snapshot", {"region": FRANKFURT, "size_gib": 100}, "5.9"),
        ("snapshot", {"region": "EU", "size_gib": 100}, "7.5"),
        ("snapshot", {"region": "asia", "size_gib": 100}, "8.3"),
        ("bucket", {"region": FRANKFURT, "size_gib": 1000}, "23"),
        ("bucket", {"region": "US", "size_gib": 1000, "class_a_operations": 10_000}, "26.05"),
        ("bucket", {"region": "nam4", "size_gib": 1000}, "36"),
        ("bucket", {"region": "asia-east1", "size_gib": 1000}, "20"),
        ("bucket", {"region": IOWA, "size_gib": 5, "class_a_operations": 10_000}, "0.025"),
        (
            "bucket",
            {"region": "US", "storage_class": "nearline", "size_gib": 1000, "retrieval_gib": 5},
            "10.05",
        ),
        ("static-ip", {"region": IOWA}, "7.29"),  # the first hour is free
        ("external-ip", {"region": IOWA, "usage_type": "spot", "quantity": 3}, "4.38"),
        ("cloud-nat", {"vms": 4, "processed_gib": 100}, "8.588"),
        ("vpn-tunnel", {"region": "asia-northeast1", "quantity": 2}, "109.5"),
        ("global-forwarding-rule", {"quantity": 3}, "18.25"),
        ("gke-cluster", {"tier": "regional"}, "73"),
        (
            "autopilot-pod",
            {"region": "asia-southeast2", "vcpus": 1, "memory_gib": 2, "size_gib": 10},
            "53.856188",
        ),
        ("v2-8", {"region": IOWA}, "3285"),
        ("v3-32", {"region": IOWA}, "23360"),
        ("db-n1-standard-4", {"region": IOWA, "engine": "mysql"}, "197.246"),
        ("cloud-sql-storage", {"region": IOWA, "engine": "postgres", "ha": True, "size_gib": 10}, "3.4"),
        (
            "db-custom-4-15360",
            {"region": IOWA, "engine": "POSTGRES_15", "ha": True, "size_gib": 100},
            "428.492",
        ),
    ],
)
def test_a_resource_costs_what_google_says(resource: str, arguments: dict[str, Any], cost: str) -> None:
    found = line(resource, **arguments)

    assert found["cost"] == cost
    assert not found["partial"]


@pytest.mark.parametrize(
    ("model", "tokens", "cost"),
    [
        ("gemini-2.5-pro", {"input_tokens": MILLION}, "1.25"),
        ("gemini-2.5-pro", {"output_tokens": MILLION}, "10"),
        ("gemini-2.5-pro", {"cached_input_tokens": MILLION}, "0.125"),
        ("deepseek-r1", {"input_tokens": 1000}, "0.00135"),
    ],
)
def test_tokens_are_priced_by_the_token(model: str, tokens: dict[str, Any], cost: str) -> None:
    assert line(model, **tokens)["cost"] == cost


@pytest.mark.parametrize("arguments", [{"batch": True}, {"context": "long"}, {"tier": "flex"}])
def test_other_tokens_are_not_priced_as_plain_ones(arguments: dict[str, Any]) -> None:
    with pytest.raises(NoPriceError, match="input tokens"):
        line("gemini-2.5-pro", input_tokens=MILLION, **arguments)


@pytest.mark.parametrize(
    ("source", "destination", "sku_id"),
    [
        (FRANKFURT, "Germany", "B8D1-7028-A009"),
        (FRANKFURT, "Americas", "A612-B589-059A"),
        (FRANKFURT, "China", "C684-6276-EE59"),
        (IOWA, "Americas", "F274-1692-F213"),
        (FRANKFURT, IOWA, "00F1-65AD-DC47"),
        (IOWA, FRANKFURT, "CE4A-8D2C-F3C2"),
        (FRANKFURT, "europe-west1", "290E-20E5-93E2"),
        (f"{FRANKFURT}-a", f"{FRANKFURT}-b", "DE9E-AFBC-A15A"),
    ],
)
def test_traffic_is_priced_by_both_of_its_ends(source: str, destination: str, sku_id: str) -> None:
    assert list(skus("egress", source=source, destination=destination, size_gib=10).values()) == [sku_id]


def test_a_wide_end_stands_only_for_regions_without_prices_of_their_own() -> None:
    """ "EMEA" is Belgium and not London, which has SKUs of its own; here the catalog lacks them."""
    with pytest.raises(NoPriceError):
        line("egress", source=FRANKFURT, destination="europe-west2", size_gib=10)


def test_traffic_within_a_zone_is_free() -> None:
    found = line("egress", source=FRANKFURT, destination="same zone", size_gib=10)

    assert (found["cost"], found["partial"]) == ("0", False)


@pytest.mark.parametrize(
    ("resource", "os", "licence"),
    [
        ("n2-standard-8", "windows-server", "268.64"),
        ("n2-standard-8", "windows-server-2019", "268.64"),
        ("f1-micro", "windows-server-2022", "16.79"),
        ("n2-standard-8", "rhel-9", "94.9"),
        ("n2-standard-2", "rhel-9", "43.8"),
        ("n2-standard-2", "sql-server-2022-standard", "417.56"),  # 350.4 and Windows
        ("n2-standard-8", "sql-server-2022-standard", "969.44"),  # 700.8 and Windows
        ("n2-standard-8", "debian-12", "0"),
    ],
)
def test_a_licence_costs_what_its_rule_says(resource: str, os: str, licence: str) -> None:
    with_licence, without = (line(resource, region=IOWA, os=each)["cost"] for each in (os, None))

    assert with_licence
    assert without
    assert Decimal(with_licence) - Decimal(without) == Decimal(licence)


def test_all_parts_of_a_licence_are_of_one_version() -> None:
    offers.forget()
    service = Service.objects.get(display_name="Compute Engine")
    for sku_id, name, unit in (
        ("AAAA-0000-0001", "Ubuntu Pro 24.04 LTS (Noble Numbat) on VM with 6 to 9 VCPU (CPU cost)", "h"),
        ("AAAA-0000-0002", "Ubuntu Pro 22.04 LTS (Jammy Jellyfish) on VM with 6 to 9 VCPU (CPU cost)", "h"),
        ("AAAA-0000-0003", "Ubuntu Pro 22.04 LTS (Jammy Jellyfish) on VM (RAM cost)", "GiBy.h"),
    ):
        licence = {"resource_family": "License", "resource_group": "Google"}
        add_sku(
            sku_id,
            f"Licensing Fee for {name}",
            unit,
            [(0, "1", 0)],
            regions=GLOBAL,
            service=service,
            **licence,
        )

    found = skus("n2-standard-8", region=IOWA, os="ubuntu-pro")

    assert found["Ubuntu Pro licence"] == "AAAA-0000-0002"
    assert found["Ubuntu Pro licence for RAM"] == "AAAA-0000-0003"


def test_a_licence_that_the_catalog_lacks_makes_the_machine_partial() -> None:
    found = line("n2-standard-8", region=IOWA, os="sles-15")

    assert found["missing"] == ["SLES licence"]
    assert found["partial"]


@pytest.mark.parametrize("usage_type", ["Commit3Yr", "spot"])
def test_what_is_sold_on_demand_only_is_said(usage_type: str) -> None:
    found = line("pd-ssd", region=IOWA, size_gib=100, usage_type=usage_type)

    assert found["cost"] == "17"
    assert any("so on demand: capacity" in note for note in found["notes"])


def test_a_commitment_is_used_where_there_is_one() -> None:
    assert skus("local-ssd", region=IOWA, usage_type="1y") == {"capacity": "D612-7A63-70E5"}


def test_what_has_no_commitment_has_none_to_compare() -> None:
    [row] = calculate([request("pd-ssd", {"region": IOWA, "size_gib": 100})], compare=True)["items"]
    on_demand, *others = cast("ResourceLine", row)["alternatives"]

    assert on_demand["monthly"] == "17"
    assert [(each["monthly"], each["breaks_even_after_months"]) for each in others] == [(None, None)] * 3
    assert others[0]["note"] == "pd-ssd is not sold as spot."


def test_a_part_that_the_catalog_lacks_is_named() -> None:
    found = line("db-n1-standard-4", region=IOWA, engine="mysql", size_gib=10)

    assert found["missing"] == ["storage"]
    assert found["cost"] == "197.246"


def test_further_parts_alone_are_no_resource() -> None:
    """Operations of buckets cost the same everywhere, but a bucket needs storage."""
    with pytest.raises(RegionMismatchError) as caught:
        line("bucket", region="europe-west9", size_gib=10, class_a_operations=MILLION)

    assert {"region": FRANKFURT} in caught.value.candidates
    assert line("bucket", region="europe-west9", class_a_operations=MILLION)["cost"] == "4.975"


def test_a_resource_costs_as_much_as_its_skus() -> None:
    found = line("bucket", region="US", storage_class="nearline", size_gib=7, early_deletion_gib_days=11)
    items = [Item(each["sku_id"], Decimal(each["quantity"]), each["unit"]) for each in found["components"]]

    assert calculate(items)["total"]["amount"] == found["cost"]


def test_a_region_that_is_open_is_asked() -> None:
    found = line("pd-ssd", size_gib=10)

    assert [choice["attribute"] for choice in found["ambiguous_in"] or ()] == ["region"]


@pytest.mark.usefixtures("remembering")
def test_many_kinds_of_resources_take_the_queries_of_one_and_two_more_for_a_model(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    asked = [
        request("pd-ssd", {"region": IOWA, "size_gib": 1}),
        request("bucket", {"region": "US", "size_gib": 1}),
        request("egress", {"source": FRANKFURT, "destination": "US", "size_gib": 1}),
        request("gemini-2.5-pro", {"input_tokens": 1}),
        request("n2-standard-8", {"region": IOWA, "os": "windows-server"}),
    ]
    calculate(asked[:1])  # the catalog's latest sync

    with django_assert_num_queries(5):
        calculate(asked)
    with django_assert_num_queries(1):
        calculate(asked)


@pytest.mark.parametrize("storage_class", ["standard", "nearline"])
def test_each_location_that_is_offered_for_a_bucket_has_a_price(storage_class: str) -> None:
    sent = {"size_gib": 100, "storage_class": storage_class}
    row = line("bucket", **sent)

    [question] = cast("list[Choice]", row["ambiguous_in"])
    assert question["ask"].startswith("Which location")
    assert "us" in question["values"]
    assert "eur7" not in question["values"]
    for location in question["values"]:
        assert line("bucket", region=location, **sent)["cost"] is not None


def test_the_size_and_the_region_are_asked_at_once() -> None:
    row = line("pd-ssd")

    assert [each["attribute"] for each in row["ambiguous_in"] or ()] == ["size_gib", "region"]
    assert row["components"] == []

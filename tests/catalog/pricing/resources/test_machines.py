"""Machines at the prices of Google's public list; the right figures are those of its price pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from catalog.errors import (
    CatalogError,
    InvalidArgumentError,
    NoPriceError,
    NotFoundError,
    RegionMismatchError,
)
from catalog.models import PricingInfo, Sku
from catalog.offers.resources.series import machine_types
from catalog.pricing.answers import CalculateAnswer, ResourceLine
from catalog.pricing.calculate import Item, ResourceRequest, calculate
from catalog.pricing.list_prices import snapshot
from catalog.pricing.resources.offers import forget
from tests.catalog.factories import NOON
from tests.catalog.pricing.known_skus import ACCOUNT_MONTHLY, add_sku

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]
IOWA = "us-central1"


def price(resource: str, region: str = IOWA, *, compare: bool = False, **arguments: Any) -> CalculateAnswer:
    request = ResourceRequest(resource=resource, region=region, **arguments)
    return calculate([request], compare=compare)


def line(resource: str, region: str = IOWA, *, compare: bool = False, **arguments: Any) -> ResourceLine:
    [row] = price(resource, region, compare=compare, **arguments)["items"]
    return cast("ResourceLine", row)


def hourly(resource: str, region: str = IOWA, **arguments: Any) -> str | None:
    return price(resource, region, hours=Decimal(1), **arguments)["total"]["amount"]


def parts(row: ResourceLine) -> dict[str, str]:
    return {component["part"]: component["usage_type"] for component in row["components"]}


@pytest.mark.parametrize(
    ("resource", "arguments", "an_hour", "a_month"),
    [
        ("e2-micro", {}, "0.008376428", "6.114792075"),
        ("f1-micro", {}, "0.0076", "3.8836"),
        ("g1-small", {}, "0.0257", "13.1327"),
        ("n1-standard-4", {"gpu": "nvidia-tesla-t4", "gpu_count": 1}, "0.539999", "275.939489"),
        ("n2-highcpu-16", {}, "0.573568", "335.047452928"),
        ("n2-custom-4-16384", {}, "0.203832", "119.067647472"),
        ("custom-4-16384", {}, "0.203832", "104.158152"),
        ("e2-custom-4-8192", {}, "0.1106346", "80.763258"),
        ("m1-ultramem-40", {}, "6.2931", "3215.7741"),
        ("m2-ultramem-416", {}, "84.223872", "43038.398592"),
        ("a2-highgpu-1g", {}, "3.673385", "2681.57105"),
        ("c3-standard-4-lssd", {}, "0.24990389", "182.42984"),
        ("g2-standard-4", {}, "0.706832255", "515.98754615"),
        ("t2a-standard-4", {}, "0.154", "112.42"),
        ("e2-custom-micro-2048", {}, "0.011299958", "8.248968975"),
        ("n2-node-80-640", {}, "5.764616", "3367.377377936"),
    ],
)
def test_a_machine_costs_all_that_it_is_billed_for(
    resource: str, arguments: dict[str, Any], an_hour: str, a_month: str
) -> None:
    month = price(resource, **arguments)

    assert hourly(resource, **arguments) == an_hour
    assert month["total"] == {**month["total"], "amount": a_month, "partial": False}


@pytest.mark.parametrize(
    ("resource", "usage_type", "a_month"),
    [
        ("n1-standard-4", "Preemptible", "27.72905"),
        ("n1-standard-4", "1y", "87.37735"),
        ("n1-standard-4", "3 year", "62.41865"),
        ("c3-standard-4-lssd", "Commit3Yr", "82.08204"),
        # The upgrade premium has no commitment, but 30 % off for its sustained use.
        ("m2-ultramem-416", "Commit1Yr", "37153.313792"),
    ],
)
def test_a_machine_is_bought_as_spot_or_with_a_commitment(
    resource: str, usage_type: str, a_month: str
) -> None:
    assert price(resource, usage_type=usage_type)["total"]["amount"] == a_month


def test_a_part_that_no_commitment_covers_stays_on_demand_and_is_said_to() -> None:
    row = line("m2-ultramem-416", usage_type="1y")

    assert parts(row) == {
        "core": "Commit1Yr",
        "ram": "Commit1Yr",
        "core upgrade premium": "OnDemand",
        "ram upgrade premium": "OnDemand",
    }
    assert row["notes"] == [
        "Not sold with a 1-year commitment, so on demand: core upgrade premium, ram upgrade premium."
    ]


def test_extended_memory_is_billed_beyond_what_the_vcpus_come_with() -> None:
    row = line("n2-custom-4-65536-ext")

    assert {part["part"]: part["quantity"] for part in row["components"]} == {
        "core": "2920",
        "ram": "23360",
        "extended ram": "23360",
    }


@pytest.mark.parametrize(
    ("hours", "rate"),
    [("182.5", None), ("365", "0.1"), ("547.5", "0.2"), ("730", "0.3"), ("744", "0.3"), ("0", None)],
)
def test_a_sustained_use_discount_grows_with_the_hours(hours: str, rate: str | None) -> None:
    row = line("n1-standard-4", hours=Decimal(hours))

    assert [discount["rate"] for discount in row["discounts"]] == ([rate] if rate else [])


@pytest.mark.parametrize("resource", ["e2-micro", "t2a-standard-4", "a2-highgpu-1g", "c3-standard-4-lssd"])
def test_a_machine_of_another_series_has_no_sustained_use_discount(resource: str) -> None:
    assert line(resource)["discounts"] == []


def test_spot_and_commitments_have_no_sustained_use_discount() -> None:
    for usage_type in ("spot", "1y", "3y"):
        assert line("n1-standard-4", usage_type=usage_type)["discounts"] == []


def test_a_commitment_is_paid_for_the_whole_month() -> None:
    row = line("n1-standard-4", usage_type="1y", hours=Decimal(10))

    assert row["cost"] == "87.37735"
    assert row["notes"] == ["A commitment is paid for all 730 hours of a month, used or not."]


@pytest.mark.parametrize(
    ("resource", "usage_type", "reason"),
    [
        (
            "f1-micro",
            "1y",
            "f1-micro is not sold with a 1-year commitment: the catalog has no such price of its core.",
        ),
        ("h3-standard-88", "spot", "h3-standard-88 is not sold as spot"),
        # M2 is M1 and a premium, and the premium is not sold as spot.
        ("m2-ultramem-416", "spot", "m2-ultramem-416 is not sold as spot"),
        # Its local SSD would be sold, but not the machine.
        ("c4-standard-4-lssd", "OnDemand", "c4-standard-4-lssd is not sold on demand"),
        (
            "c4-standard-4",
            "OnDemand",
            "c4-standard-4 is not sold on demand: the catalog has no such price of its core and ram.",
        ),
    ],
)
def test_what_is_not_sold_has_no_price(resource: str, usage_type: str, reason: str) -> None:
    with pytest.raises(NoPriceError) as caught:
        price(resource, usage_type=usage_type)

    assert caught.value.message.startswith(reason)


def test_a_machine_that_another_region_sells_is_not_priced_but_told_where() -> None:
    with pytest.raises(RegionMismatchError) as caught:
        price("t2a-standard-4", "europe-west3")

    assert caught.value.message == (
        "t2a-standard-4 is not sold on demand in europe-west3; it is in us-central1, us-east1, us-west1."
    )
    assert {"region": IOWA} in caught.value.candidates


def test_a_gpu_that_a_region_does_not_sell_is_not_sold_with_a_machine_there() -> None:
    # Google lists this GPU at zero there, where it is not sold.
    assert Sku.objects.filter(display_name="Nvidia Tesla V100 GPU running in Osaka").exists()
    for usage_type, bought in (("OnDemand", "on demand"), ("spot", "as spot")):
        with pytest.raises(RegionMismatchError) as caught:
            price("n1-standard-4", "asia-northeast2", gpu="v100", usage_type=usage_type)

        assert caught.value.message == (
            f"n1-standard-4 with 1 nvidia-tesla-v100 is not sold {bought} in asia-northeast2;"
            " it is in us-central1, us-east1, us-west1."
        )


def test_a_machine_whose_gpu_has_no_price_anywhere_is_partial() -> None:
    Sku.objects.filter(display_name__contains="A100 GPU").delete()
    forget()

    answer = price("a2-highgpu-1g")
    [row] = cast("list[ResourceLine]", answer["items"])

    assert answer["total"]["partial"]
    assert (row["partial"], row["missing"]) == (True, ["gpu"])
    assert row["notes"] == ["Without gpu, of which the catalog has no price here."]


def test_a_machine_that_no_region_sells_is_not_asked_for_its_region() -> None:
    with pytest.raises(NoPriceError) as caught:
        calculate([ResourceRequest(resource="c4-standard-4")])

    assert caught.value.message.startswith("c4-standard-4 is not sold on demand")


def test_a_part_that_is_priced_in_another_dimension_has_no_price() -> None:
    PricingInfo.objects.filter(sku__display_name="N2 Instance Ram running in Americas").update(
        usage_unit="h", base_unit="s", base_unit_conversion_factor="3600"
    )

    assert line("n2-standard-4")["missing"] == ["ram"]


@pytest.mark.parametrize("region", [None, "Germany"])
def test_a_machine_is_not_priced_before_the_region_is_chosen(region: str | None) -> None:
    answer = calculate([ResourceRequest(resource="n1-standard-4", region=region)])
    [row] = cast("list[ResourceLine]", answer["items"])

    assert answer["total"] == {"amount": None, "rounded": None, "currency": "USD", "partial": True}
    assert (row["cost"], row["components"]) == (None, [])
    assert row["ambiguous_in"]
    assert (row["ambiguous_in"][0]["attribute"], row["ambiguous_in"][0]["ask"]) == ("region", "Which region?")
    assert "europe-west3" in row["ambiguous_in"][0]["values"]


def test_an_open_item_does_not_make_the_others_worthless() -> None:
    answer = calculate(
        [ResourceRequest(resource="e2-micro"), ResourceRequest(resource="e2-micro", region=IOWA)]
    )

    assert answer["total"] == {**answer["total"], "amount": "6.114792075", "partial": True}


@pytest.mark.parametrize(
    ("resource", "arguments", "says"),
    [
        ("n2-custom-4-65536", {}, "Send n2-custom-4-65536-ext for extended memory."),
        ("e2-custom-4-65536-ext", {}, "Send less memory or more vCPUs."),
        ("n2-custom-3-4096", {}, "The nearest it can have: 2 or 4."),
        ("n2-custom-34-65536", {}, "The nearest it can have: 32 or 36."),
        ("custom-98-102400", {}, "cannot have 98 vCPUs"),
        ("custom-2-1024", {}, "needs at least 1.8 GiB"),
        ("e2-custom-micro-4096", {}, "can have 2 GiB"),
        ("e2-custom-tiny-4096", {}, "micro, small, medium"),
        ("n1-standard-4", {"gpu": "t4", "gpu_count": 3}, "It can have 1, 2, 4 of them."),
        ("n1-standard-96", {"gpu": "t4"}, "It can have 4 of them."),
        ("g1-small", {"gpu": "t4"}, "cannot be attached"),
        ("e2-standard-4", {"local_ssds": 1}, "Leave out local_ssds."),
        ("e2-micro", {"local_ssds": 1}, "Leave out local_ssds."),
        ("c3-standard-4-lssd", {"local_ssds": 1}, "It comes with its own."),
        ("n2-standard-4", {"local_ssds": 3}, "It can have 1, 2, 4, 8, 16, 24."),
        ("t2a-standard-4", {"os": "windows-server"}, "has an Arm processor"),
        ("t2a-standard-4", {"os": "sql-server-standard"}, "has an Arm processor"),
        ("zones/us-east4-a/machineTypes/e2-micro", {}, "is in us-east4, not in us-central1."),
        ("n2-custom-4-1000", {}, "send 1024."),
        ("c2-custom-4-4096", {}, "e2, n1, n2, n2d"),
        ("n2-standard-4", {"gpu": "t4"}, "It comes with an N1 machine with gpu nvidia-tesla-t4."),
        ("n1-standard-4", {"gpu": "l4"}, "nvidia-tesla-t4"),
        ("n1-standard-4", {"gpu_count": 2}, "Send gpu as one of"),
        ("a2-highgpu-1g", {"gpu_count": 2}, "comes with 1 nvidia-tesla-a100"),
        ("n1-standard-4", {"gpu": "voodoo"}, "Send a candidate."),
        ("n1-standard-4", {"usage_type": "cud"}, "Send one of OnDemand"),
        ("n1-standard-4", {"hours": Decimal(745)}, "730"),
        ("n1-standard-4", {"quantity": Decimal(-1)}, "0 to 10^18"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(resource: str, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        price(resource, **arguments)

    assert says in f"{caught.value.message} {caught.value.hint}"


def test_an_unknown_machine_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        price("n2-standrad-8")

    assert caught.value.candidates[0] == {"resource": "n2-standard-8"}


def test_a_path_names_the_region() -> None:
    answer = calculate([ResourceRequest(resource="projects/p/zones/us-central1-a/machineTypes/e2-micro")])

    assert answer["total"]["amount"] == "6.114792075"


def test_a_continent_leaves_its_regions_open() -> None:
    row = line("e2-micro", "us")

    assert row["ambiguous_in"] == [
        {"attribute": "region", "values": ["us-central1", "us-east1", "us-west1"], "ask": "Which region?"}
    ]


def test_of_a_country_only_the_regions_that_sell_it_are_offered() -> None:
    row = line("n1-standard-4", "Germany")

    assert row["ambiguous_in"] == [
        {"attribute": "region", "values": ["europe-west3"], "ask": "Which region?"}
    ]
    with pytest.raises(
        RegionMismatchError, match=r"is not sold on demand in Italy; it is in asia-northeast2,"
    ):
        price("n1-standard-4", "Italy")


def test_a_country_is_asked_for_beside_what_else_is_open() -> None:
    row = line("t4", "Germany")

    assert [each["attribute"] for each in row["ambiguous_in"] or ()] == ["resource", "region"]


def test_a_time_before_the_first_price_is_not_taken_for_what_is_not_sold() -> None:
    early = snapshot(NOON - timedelta(days=1))
    with pytest.raises(NoPriceError) as caught:
        calculate([ResourceRequest(resource="e2-micro", region=IOWA)], snapshot=early)

    assert caught.value.message.startswith(
        "e2-micro: No price is known for 2026-01-01; the first took effect"
    )
    assert caught.value.hint == "Send a later as_of, or omit it."


def test_the_free_space_of_two_disks_is_shared_in_comparisons_too() -> None:
    forget()
    service = Sku.objects.filter(display_name__startswith="E2").first()
    assert service
    add_sku(
        "D973-0000-0001",
        "Storage PD Capacity",
        "GiBy.mo",
        [(0, "0", 0), (30, "0", 40_000_000)],
        regions=[IOWA],
        service=service.service,
        resource_family="Storage",
        resource_group="PDStandard",
        price=ACCOUNT_MONTHLY,
    )
    disk = ResourceRequest(resource="pd-standard", region=IOWA, size_gib=Decimal(20))

    rows = cast("list[ResourceLine]", calculate([disk, disk], compare=True)["items"])

    assert [row["cost"] for row in rows] == ["0.2", "0.2"]
    assert [row["alternatives"][0]["monthly"] for row in rows] == ["0.2", "0.2"]


def test_an_unknown_node_type_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        price("n1-node-97-624")

    assert {"resource": "n1-node-96-624"} in caught.value.candidates


@pytest.mark.parametrize(
    "written", [" N2 Standard_8 ", "zones/africa-south1-a/machineTypes/n2-standard-8", "n2 standard 8"]
)
def test_a_name_is_read_as_people_and_machines_write_it(written: str) -> None:
    with pytest.raises((NoPriceError, RegionMismatchError)) as caught:
        price(written, "africa-south1")

    assert caught.value.message.startswith("n2-standard-8 is not sold on demand")


def test_of_two_skus_for_one_thing_that_of_the_region_is_taken_else_the_dearer_and_told() -> None:
    virginia, singapore = line("m1-ultramem-40", "us-east4"), line("m1-ultramem-40", "asia-southeast1")

    names = dict(Sku.objects.values_list("pk", "display_name"))
    assert {names[part["sku_id"]].partition(" in ")[2] for part in virginia["components"]} == {
        "Northern Virginia"
    }
    assert virginia["notes"] == []
    assert singapore["notes"] == [
        "Google lists 2 SKUs for the core here; the dearest is used, not B428-ABC6-FFED.",
        "Google lists 2 SKUs for the ram here; the dearest is used, not 71A5-A7E8-C37C.",
    ]


def test_the_ways_to_buy_stand_beside_each_other() -> None:
    row = line("n1-standard-4", compare=True)

    assert [
        (each["usage_type"], each["monthly"], each["breaks_even_after_months"])
        for each in row["alternatives"]
    ] == [
        ("OnDemand", "97.089489", None),
        ("Preemptible", "27.72905", None),
        ("Commit1Yr", "87.37735", 11),
        ("Commit3Yr", "62.41865", 24),
    ]
    assert row["alternatives"][2]["yearly"] == "1048.5282"
    assert line("f1-micro", compare=True)["alternatives"][2] == {
        "usage_type": "Commit1Yr",
        "monthly": None,
        "yearly": None,
        "breaks_even_after_months": None,
        "note": "f1-micro is not sold with a 1-year commitment: the catalog has no such price of its core.",
    }


def test_a_resource_costs_what_its_skus_cost_item_by_item() -> None:
    for usage_type in ("OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"):
        for resource in ("n1-standard-4", "c3-standard-4-lssd", "a2-highgpu-1g", "g2-standard-4"):
            row = line(resource, usage_type=usage_type, quantity=Decimal(3))
            items = [
                Item(part["sku_id"], Decimal(part["quantity"]), part["unit"]) for part in row["components"]
            ]
            discount = sum(Decimal(each["amount"]) for each in row["discounts"])
            total = calculate(items)["total"]["amount"]
            assert total is not None
            assert Decimal(row["cost"] or "nan") == Decimal(total) + discount


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    resource=st.sampled_from(sorted(machine_types())),
    region=st.sampled_from([IOWA, "us-east4", "europe-west3"]),
    usage_type=st.sampled_from(["OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"]),
)
def test_no_machine_is_priced_with_a_part_missing_silently(
    resource: str, region: str, usage_type: str
) -> None:
    machine = machine_types()[resource]
    try:
        answer = price(resource, region, usage_type=usage_type)
    except CatalogError:
        return
    [row] = cast("list[ResourceLine]", answer["items"])
    found = {part["part"] for part in row["components"]} | set(row["missing"])
    wanted = (
        {"core"} | ({"gpu"} if machine.gpus else set()) | ({"local SSD"} if machine.local_ssd != 0 else set())
    )
    wanted |= set() if machine.series in ("f1", "g1") else {"ram"}
    wanted |= {"core upgrade premium", "ram upgrade premium"} if machine.series == "m2" else set()
    assert found == wanted
    assert row["partial"] == bool(row["missing"]) == answer["total"]["partial"]


def test_resources_take_two_queries_and_one_when_their_skus_are_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    requests = [ResourceRequest(resource=name, region=IOWA) for name in ("n1-standard-4", "e2-micro")]

    with django_assert_num_queries(3):
        calculate(requests)
    with django_assert_num_queries(2):
        calculate(requests)


@pytest.mark.parametrize("quantity", ["0.1", "2.5"])
def test_machines_come_whole_and_a_part_of_a_month_is_said_by_its_hours(quantity: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        price("n2-standard-8", quantity=Decimal(quantity))

    assert f"quantity is how many n2-standard-8 there are, not {quantity}." in caught.value.message
    assert "hours" in caught.value.hint


def test_a_withdrawn_sku_prices_no_machine_from_then_on() -> None:
    before = line("n2-standard-8")
    Sku.objects.filter(display_name="N2 Instance Core running in Americas").update(retired_at=timezone.now())
    forget()
    earlier = snapshot(timezone.now() - timedelta(hours=1))

    assert line("n2-standard-8")["missing"] == ["core"]
    [then] = calculate([ResourceRequest(resource="n2-standard-8", region=IOWA)], snapshot=earlier)["items"]
    assert then == before

"""What disks, buckets and other resources of data/resources.toml are billed as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError, NotFoundError
from catalog.offers.resources.bill import Bill, Part, Time, facts
from catalog.offers.resources.kind_table import kinds
from catalog.offers.resources.read import names, read_bill
from catalog.offers.resources.request import ResourceRequest

GIB = Decimal(100)


def bill(resource: str, **arguments: Any) -> Bill:
    return read_bill(ResourceRequest(resource=resource, **arguments))


def part(resource: str, name: str, **arguments: Any) -> Part:
    [found] = [each for each in bill(resource, **arguments).parts if each.name == name]
    return found


def amounts(resource: str, **arguments: Any) -> dict[str, Decimal]:
    return {each.name: each.quantity for each in bill(resource, **arguments).parts}


def test_a_disk_is_its_capacity_for_a_month() -> None:
    capacity = part("pd-balanced", "capacity", size_gib=GIB)

    assert capacity.facts == (facts("part=capacity", "model=pd-balanced"),)
    assert (capacity.quantity, capacity.unit, capacity.time) == (GIB, "GiBy.mo", Time.MONTH)


def test_a_disk_with_ha_is_regional() -> None:
    capacity = part("pd-ssd", "capacity", size_gib=GIB, ha=True)

    assert ("location_type", "regional") in capacity.facts[0]


def test_the_performance_that_is_included_costs_nothing() -> None:
    asked = {"size_gib": GIB, "iops": Decimal(4000), "throughput": Decimal(100)}

    assert amounts("hyperdisk-balanced", **asked) == {"capacity": GIB, "IOPS": 1000}
    assert amounts("hyperdisk-extreme", size_gib=GIB, iops=Decimal(4000)) == {"capacity": GIB, "IOPS": 4000}


@pytest.mark.parametrize(
    ("resource", "arguments", "open_"),
    [
        ("pd-ssd", {}, ["size_gib"]),
        ("hyperdisk-balanced", {"size_gib": GIB}, ["iops", "throughput"]),
        ("bucket", {"region": "us-east1"}, ["size_gib"]),
        ("bucket", {"region": "us-east1", "retrieval_gib": GIB}, ["size_gib"]),
    ],
)
def test_what_has_to_be_said_is_asked(resource: str, arguments: dict[str, Any], open_: list[str]) -> None:
    found = bill(resource, **arguments)

    assert [choice.attribute for choice in found.choices] == open_
    assert not found.parts


def test_an_argument_that_does_not_apply_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        bill("pd-ssd", size_gib=GIB, iops=Decimal(1), engine="mysql")

    assert caught.value.message == "pd-ssd has no iops, engine."
    assert "size_gib, ha" in caught.value.hint


def test_none_of_what_does_not_apply_is_no_fault() -> None:
    assert bill("pd-ssd", size_gib=GIB, local_ssds=0, gpu_count=0, ha=False, batch=False).parts


def test_a_value_that_a_resource_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(InvalidArgumentError, match="hot") as caught:
        bill("bucket", region="us-east1", size_gib=GIB, storage_class="hot")

    assert "nearline" in caught.value.candidates


@pytest.mark.parametrize(
    ("region", "place", "location_type", "operations"),
    [
        ("us-east1", "us-east1", None, "regional"),
        ("Frankfurt", "europe-west3", None, "regional"),
        ("US", "us", "multi", "multi"),
        ("EU", "europe", "multi", "multi"),
        ("nam4", "nam4", "dual", "multi"),
        ("ASIA1", "asia1", "dual", "multi"),
    ],
)
def test_a_bucket_is_billed_by_its_kind_of_location(
    region: str, place: str, location_type: str | None, operations: str
) -> None:
    found = bill("bucket", region=region, size_gib=GIB, class_a_operations=Decimal(10))
    storage, class_a = found.parts

    assert found.place == place
    assert dict(storage.facts[0]).get("location_type") == location_type
    assert dict(class_a.facts[0])["location_type"] == operations


def test_a_bucket_is_billed_by_its_class() -> None:
    used = {
        "retrieval_gib": Decimal(5),
        "early_deletion_gib_days": Decimal(6),
        "class_b_operations": Decimal(7),
    }

    nearline = bill("bucket", region="us-east1", storage_class="NEARLINE", size_gib=GIB, **used)
    standard = bill("bucket", region="us-east1", size_gib=GIB, **used)

    assert {each.name: each.quantity for each in nearline.parts} == {
        "storage": GIB,
        "retrieval": 5,
        "early deletion": 6,
        "class B operations": 7,
    }
    assert all(("class", "nearline") in each.facts[0] for each in nearline.parts)
    assert [each.name for each in standard.parts] == ["storage", "class B operations"]
    assert "There is no charge for retrieval with storage_class standard." in standard.notes


def test_what_was_not_asked_for_is_said() -> None:
    assert bill("bucket", region="us-east1", size_gib=GIB, class_a_operations=GIB).not_included == (
        "class B operations",
        "egress",
    )


def test_forwarding_rules_cost_the_minimum_once_up_to_five() -> None:
    few = bill("forwarding-rule", quantity=Decimal(3)).parts
    many = bill("forwarding-rule", quantity=Decimal(7)).parts

    assert [(str(each.quantity), each.shared) for each in few] == [("1", True)]
    assert [(str(each.quantity), each.shared) for each in many] == [("1", True), ("2", True)]


def test_a_gateway_is_billed_by_its_vms_as_far_as_its_price_is_known() -> None:
    assert amounts("cloud-nat", vms=Decimal(4)) == {"gateway": 4}
    assert bill("cloud-nat", vms=Decimal(33)).unknown == ("gateway of more than 32",)


def test_an_autopilot_pod_is_billed_by_thousandths_of_a_vcpu() -> None:
    pod = {"vcpus": Decimal("0.5"), "memory_gib": Decimal(2)}

    assert amounts("autopilot-pod", **pod) == {"core": 500, "ram": 2}
    assert ("class", "scale-out") in part("autopilot-pod", "core", tier="Scale-Out", **pod).facts[0]


def test_what_is_used_does_not_depend_on_the_time() -> None:
    used = part("bucket", "class A operations", region="us-east1", size_gib=GIB, class_a_operations=GIB)

    assert used.time is Time.USE


def test_a_misspelled_name_has_the_nearest_of_all_resources() -> None:
    with pytest.raises(NotFoundError) as caught:
        bill("pd-sdd")

    assert {"resource": "pd-ssd"} in caught.value.candidates


def test_all_names_are_listed() -> None:
    assert {"n2-standard-8", "pd-ssd", "bucket", "snapshot"} <= set(names())


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_resource_asks_for_what_it_needs_and_nothing_else(name: str) -> None:
    """So that each line of the file is read."""
    said: dict[str, Any] = {"region": "europe-west3"}
    for _ in range(10):
        found = bill(name, **said)
        if not found.choices:
            break
        for choice in found.choices:
            said[choice.attribute] = choice.values[0] if choice.values else Decimal(1)

    assert found.parts
    assert all(each.facts and each.unit for each in found.parts)


def test_without_a_place_the_thing_itself_says_where_each_kind_of_location_is_sold() -> None:
    found = bill("bucket", storage_class="nearline").sold_as

    assert list(found) == ["multi", "dual", "region"]
    assert [part.name for parts in found.values() for part in parts] == ["storage"] * 3
    assert bill("bucket", region="us-east1").sold_as == {}
    assert bill("gke-cluster").sold_as == {}  # which of its prices is open


@pytest.mark.parametrize(("size", "right"), [(100, "375"), (400, "375"), (800, "750")])
def test_a_local_ssd_of_no_such_size_is_refused_with_the_nearest(size: int, right: str) -> None:
    with pytest.raises(InvalidArgumentError, match="a multiple of 375") as caught:
        bill("local-ssd", size_gib=Decimal(size))

    assert caught.value.hint == f"Send {right}."
    assert bill("local-ssd", size_gib=Decimal(right)).parts

"""Resources beside machines over the real price list: whole, or what is missing is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any, cast

import pytest

from catalog.errors import NoPriceError, RegionMismatchError
from catalog.offers.resources.kind_table import LOCATION, kinds
from catalog.pricing.answers import ResourceLine
from catalog.pricing.calculate import PAGE, ResourceRequest, calculate
from catalog.providers.google_cloud.regions import REGIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_prices")]
AMOUNT = Decimal(100)
# Regions that the list has disks in; the others opened after it.
OPEN = 40
SYSTEMS = ("windows-server", "rhel", "sles", "sql-server-web", "ubuntu-pro")
DESTINATIONS = ("Americas", "Western Europe", "Asia", "China", "Australia", "Africa", "same zone")
Case = tuple[str, dict[str, Any]]


def every_kind() -> Iterator[Case]:
    """Each resource of the file in each of its settings, with an amount of all that it takes."""
    for kind in {kind.name: kind for kind in kinds().values()}.values():
        settings = {name: setting for name, setting in kind.settings.items() if name != LOCATION}
        amounts = {
            name: Decimal(kind.multiples.get(name, AMOUNT)) for name in kind.takes if name not in settings
        }
        amounts |= {"vms": Decimal(2)} if "vms" in amounts else {}
        for values in product(*(setting.values for setting in settings.values())):
            chosen = zip(settings, values, strict=True)
            said = {name: value == "true" if name == "ha" else value for name, value in chosen}
            yield kind.name, amounts | said


CASES: list[Case] = [
    *every_kind(),
    *(("n2-standard-8", {"os": os}) for os in SYSTEMS),
    *(("egress", {"destination": destination, "size_gib": AMOUNT}) for destination in DESTINATIONS),
    ("egress", {"tier": "standard", "size_gib": AMOUNT}),
    ("db-n1-standard-4", {"engine": "mysql"}),
    ("db-custom-4-15360", {"engine": "postgres", "size_gib": AMOUNT}),
    ("db-custom-4-15360", {"engine": "sqlserver-web", "size_gib": AMOUNT}),
    ("v3-8", {}),
    ("v3-32", {}),
]


def states(requests: list[ResourceRequest]) -> Counter[str]:
    """How many are priced whole, in part and not at all; that each says so is asserted."""
    found: Counter[str] = Counter()
    for start in range(0, len(requests), PAGE):
        some = requests[start : start + PAGE]
        try:
            answer = calculate(some)
        except (NoPriceError, RegionMismatchError):  # none of them is sold
            found["not"] += len(some)
            continue
        assert all(each["message"] for each in answer["not_priced"])
        found["not"] += len(answer["not_priced"])
        found.update(_state(cast("ResourceLine", item)) for item in answer["items"])
    return found


def _state(line: ResourceLine) -> str:
    assert line["components"]
    assert line["partial"] == bool(line["missing"])
    assert line["ambiguous_in"] is None
    assert not [note for note in line["notes"] if note.startswith("Google lists")]
    return "part" if line["partial"] else "whole"


@pytest.mark.parametrize(("resource", "arguments"), CASES, ids=lambda value: str(value)[:60])
def test_a_resource_is_priced_whole_in_each_region_or_what_is_missing_is_said(
    resource: str, arguments: dict[str, Any]
) -> None:
    requests = [ResourceRequest(resource=resource, region=region, **arguments) for region in REGIONS]

    assert states(requests).total() == len(REGIONS)


@pytest.mark.parametrize(
    ("resource", "arguments", "least"),
    [
        ("pd-standard", {"size_gib": AMOUNT}, OPEN),
        ("pd-balanced", {"size_gib": AMOUNT}, OPEN),
        ("pd-ssd", {"size_gib": AMOUNT, "ha": True}, OPEN),
        ("hyperdisk-extreme", {"size_gib": AMOUNT, "iops": AMOUNT}, OPEN),
        ("snapshot", {"size_gib": AMOUNT}, OPEN),
        ("bucket", {"size_gib": AMOUNT, "class_a_operations": AMOUNT}, 35),
        ("n2-standard-8", {"os": "windows-server"}, OPEN),
        ("db-n1-standard-4", {"engine": "mysql"}, 36),
        ("egress", {"destination": "Asia", "size_gib": AMOUNT}, OPEN),
        ("gke-cluster", {"tier": "zonal"}, len(REGIONS)),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_the_list_has_is_priced_whole(resource: str, arguments: dict[str, Any], least: int) -> None:
    requests = [ResourceRequest(resource=resource, region=region, **arguments) for region in REGIONS]

    assert states(requests)["whole"] >= least


def test_traffic_between_any_two_regions_has_one_price() -> None:
    found = states(
        [
            ResourceRequest(resource="egress", source=source, destination=destination, size_gib=AMOUNT)
            for source in REGIONS
            for destination in REGIONS
            if source != destination
        ]
    )

    assert found["whole"] == OPEN * (OPEN - 1)
    assert not found["part"]

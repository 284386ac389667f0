"""Names that leave open which resource is meant."""

from __future__ import annotations

import pytest

from catalog.errors import NotFoundError
from catalog.offers.resources.bill import Choice
from catalog.offers.resources.kind_table import data
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest


def question(name: str) -> Choice:
    [choice] = read_bill(ResourceRequest(resource=name)).choices
    assert choice.attribute == "resource"
    return choice


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("disk", {"pd-ssd", "local-ssd"}),
        ("Virtual Machine", {"e2-medium", "n2-standard-8"}),
        ("vm", {"e2-medium"}),
        ("ip", {"external-ip", "static-ip"}),
        ("k8s", {"gke-cluster", "autopilot-pod"}),
        ("gpu", {"nvidia-l4", "nvidia-tesla-t4"}),
        ("tpu", {"v3-8"}),
        ("sole tenant node", {"n2-node-80-640"}),
        ("llm", {"gemini-2.5-pro"}),
    ],
)
def test_what_people_call_a_resource_is_asked_with_those_it_may_be(name: str, some: set[str]) -> None:
    assert some <= {*question(name).values}


@pytest.mark.parametrize(
    ("name", "number", "one"),
    [("n2-standard", 10, "n2-standard-8"), ("m3", 7, "m3-megamem-64"), ("hyperdisk", 5, "hyperdisk-ml")],
)
def test_what_several_names_begin_with_stands_for_these(name: str, number: int, one: str) -> None:
    values = question(name).values

    assert len(values) == number
    assert one in values


@pytest.mark.parametrize("name", [*data()["open"]])
def test_each_resource_that_is_offered_is_one(name: str) -> None:
    for value in question(name).values:
        read_bill(ResourceRequest(resource=value))


@pytest.mark.parametrize("name", ["n", "static", "local", "xyzzy"])
def test_what_no_or_one_resource_begins_with_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError):
        read_bill(ResourceRequest(resource=name))

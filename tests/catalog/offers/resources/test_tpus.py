"""What TPUs are billed as, and what is asked about a GPU without a machine."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.tpus import is_tpu, tpu_names


def tpu(name: str) -> Bill:
    return read_bill(ResourceRequest(resource=name, region="us-central1"))


@pytest.mark.parametrize(
    ("name", "model", "units", "is_pod"),
    [
        ("v2-8", "tpu-v2", 1, False),
        ("v3-32", "tpu-v3", 4, True),
        ("v4-8", "tpu-v4", 1, True),
        ("ct4p-hightpu-4t", "tpu-v4", 1, True),
        ("ct5lp-hightpu-4t", "tpu-v5e", 4, False),
        ("v5litepod-16", "tpu-v5e", 16, False),
        ("v5p-8", "tpu-v5p", 4, False),
        ("tpu-v6e-4", "tpu-v6e", 4, False),
    ],
)
def test_a_tpu_is_billed_by_the_units_of_its_sku(name: str, model: str, units: int, is_pod: bool) -> None:
    [part] = tpu(name).parts

    assert part.quantity == units
    assert ("model", model) in part.facts[0]
    assert (("purpose", "pod") in part.facts[0]) is is_pod


def test_half_a_unit_is_refused_with_a_size_that_exists() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        tpu("v3-12")

    assert caught.value.hint == "Send v3-8."


@pytest.mark.parametrize("name", tpu_names())
def test_every_name_that_is_proposed_is_one(name: str) -> None:
    assert is_tpu(name)
    assert tpu(name).parts


@pytest.mark.parametrize(
    ("name", "machine"),
    [("t4", "n1-standard-4"), ("NVIDIA Tesla V100", "n1-standard-4"), ("l4", "g2-standard-4")],
)
def test_a_gpu_without_a_machine_is_asked_for_one(name: str, machine: str) -> None:
    [choice] = tpu(name).choices

    assert choice.attribute == "resource"
    assert machine in choice.values

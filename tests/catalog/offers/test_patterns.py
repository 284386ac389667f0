from __future__ import annotations

import pytest

from catalog.offers.patterns import pattern_at
from catalog.offers.phrases import texts


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("100 Gbps", "size=100gbps"),
        ("50Mbps VLAN", "size=50mbps"),
        ("db-N1Standard-4-15 in Iowa", "shape=4x15 part=machine"),
        ("db-n1highmem-1-6.5", "shape=1x6-5 part=machine"),
        ("4 vCPU + 15GB RAM", "shape=4x15 part=machine"),
        ("on VM with 6 to 9 VCPU", "span=cpu-6-9"),
        ("for VM with 5 or more VCPUs", "span=cpu-5-*"),
        ("on VM with 0 to 2047 gibyte", "span=ram-0-2047"),
        ("Tpu-v9x", "model=tpu-v9x"),
    ],
)
def test_a_phrase_with_numbers_is_read_into_facts(text: str, facts: str) -> None:
    found = pattern_at(texts(text), 0, ())

    assert found is not None
    assert " ".join("=".join(fact) for fact in found[1]) == facts


@pytest.mark.parametrize("text", ["4 vCPU", "on VM", "Gbps 100", "9999999 Gbps", "100 Gbpsx"])
def test_half_a_phrase_is_not_read(text: str) -> None:
    assert pattern_at(texts(text), 0, ()) is None


def test_a_phrase_of_a_service_counts_for_that_service_only() -> None:
    assert pattern_at(["v7"], 0, ("cloud-tpu",)) == (1, (("model", "tpu-v7"),))
    assert pattern_at(["v7"], 0, ("compute-engine",)) is None

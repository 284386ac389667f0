from __future__ import annotations

import pytest

from console.prices.names import shared_name


@pytest.mark.parametrize(
    ("name", "other", "shared"),
    [
        ("N2 Instance Core running in APAC", "N2 Instance Core running in Americas", "N2 Instance Core"),
        (
            "Commitment v1: N2 Cpu in Salt Lake City for 1 Year",
            "Commitment v1: N2 Cpu in Milan for 1 Year",
            "Commitment v1: N2 Cpu for 1 Year",
        ),
        ("Egress from Milan to Paris", "Egress from Los Angeles to Paris", "Egress to Paris"),
        (
            "Nearline Storage US Multi-region",
            "Nearline Storage Asia Multi-region",
            "Nearline Storage Multi-region",
        ),
        ("Paris", "Milan", "Paris"),
    ],
)
def test_places_are_left_out_of_the_name_of_a_thing(name: str, other: str, shared: str) -> None:
    assert shared_name(name, {name, other}) == shared


def test_the_only_name_is_whole() -> None:
    assert shared_name("N2 Instance Core running in Iowa", {"N2 Instance Core running in Iowa"}).endswith(
        "Iowa"
    )

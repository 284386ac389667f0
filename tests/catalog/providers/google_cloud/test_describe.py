from __future__ import annotations

import pytest

from catalog.providers.google_cloud.describe import describe

CPU = {"serviceDisplayName": "Compute Engine", "resourceFamily": "Compute", "resourceGroup": "CPU"}


@pytest.mark.parametrize(
    ("usage_type", "words"),
    [
        ("OnDemand", "on demand"),
        ("Preemptible", "spot"),
        ("Commit1Mo", "1 month commitment"),
        ("Commit3Yr", "3 year commitment"),
        ("FlexStart", "flex start"),
    ],
)
def test_the_usage_type_is_written_in_words(usage_type: str, words: str) -> None:
    sentence = describe(CPU | {"usageType": usage_type}, "hour", ["europe-west3"])

    assert sentence == f"Compute Engine CPU, {words}, per hour, Frankfurt (europe-west3)"


def test_a_group_in_camel_case_is_split_into_words() -> None:
    category = {"serviceDisplayName": "Cloud SQL", "resourceGroup": "PremiumInternetEgress"}

    assert describe(category, "gibibyte", ["us"]) == (
        "Cloud SQL Premium Internet Egress, per gibibyte, United States (us)"
    )


def test_all_places_are_named_and_an_unknown_one_by_its_code() -> None:
    sentence = describe(CPU, "", ["us-central1", "moon-north1", "southamerica-east1"])

    assert (
        sentence == "Compute Engine CPU, Iowa (us-central1), moon-north1 and São Paulo (southamerica-east1)"
    )


def test_unknown_parts_are_left_out() -> None:
    assert describe({}, "", []) == ""

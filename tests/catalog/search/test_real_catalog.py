"""Search on the real price list: the SKU that a person means ranks first."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import InvalidArgumentError
from catalog.models import Sku
from catalog.pricing.list_prices import snapshot
from catalog.search import SearchAnswer, SearchRequest, search
from catalog.search.index import statements
from catalog.search.index.vocabulary import vocabulary_of
from catalog.search.query.dictionary import DESTINATIONS

# The mark creates the test database even if this module runs alone.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_prices")]

# This many names take a few seconds; SEARCH_WHOLE_CATALOG=1 searches for all of them.
SAMPLE_SIZE = 300


def _ask(query: str = "", **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


@pytest.mark.parametrize(
    ("query", "region", "first"),
    [
        ("N2 core", "europe-west1", "N2 Instance Core running in EMEA"),
        ("n2 ram frankfurt", None, "N2 Instance Ram running in Frankfurt"),
        ("n2d vcpu belgium", None, "N2D AMD Instance Core running in EMEA"),
        ("n2 core japan", None, "N2 Instance Core running in Japan"),
        ("c2 cpu tokyo", None, "Compute optimized Core running in Japan"),
        ("m1 memory delhi", None, "Memory-optimized Instance Ram running in Delhi"),
        ("spot e2 core iowa", None, "Spot Preemptible E2 Instance Core running in Americas"),
        ("1 year commitment n2 cpu belgium", None, "Commitment v1: N2 Cpu in EMEA for 1 Year"),
        ("e2 ram 3 yr CUD", "us-central1", "Commitment v1: E2 Ram in Americas for 3 Year"),
        ("standard storage us multi-region", None, "Standard Storage US Multi-region"),
        ("gcs nearline", "Belgium", "Nearline Storage Belgium"),
        ("pd-ssd zürich", None, "SSD backed PD Capacity in Zurich"),
        ("local ssd sydney", None, "SSD backed Local Storage in Sydney"),
        ("f1-micro iowa", None, "Micro Instance with burstable CPU running in Americas"),
        ("sao paulo n1 core", None, "N1 Predefined Instance Core running in Sao Paulo"),
        ("preemptible tpu v2 us", None, "Tpu-v2 Preemptible Accelerator USA"),
        ("22EB-AAE8-FBCD", None, "Download Worldwide Destinations (excluding Asia & Australia)"),
    ],
)
def test_the_sku_that_is_meant_ranks_first(query: str, region: str | None, first: str) -> None:
    assert _ask(query, region=region)["skus"][0]["display_name"] == first


def test_a_service_ranks_first_by_its_name_or_abbreviation() -> None:
    for query, name in [("Compute Engine", "Compute Engine"), ("gcs", "Cloud Storage")]:
        best = _ask(query)["services"][0]
        assert best["display_name"] == name
        assert best["sku_count"] == Sku.objects.filter(service_id=best["service_id"]).count()


@pytest.mark.parametrize("arguments", [{"query": "egress"}, {"region": "us-central1"}])
def test_pages_of_a_broad_search_return_every_match_exactly_once(arguments: dict[str, Any]) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = _ask(**arguments, limit=50, cursor=cursor, kind="skus")
        seen += [sku["sku_id"] for sku in page["skus"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len({*seen}) == page["total"] > 1000


def test_every_sku_is_among_the_first_five_for_its_name_and_region() -> None:
    skus = list(Sku.objects.order_by("content_hash").values_list("display_name", "service_regions"))
    sample = None if os.environ.get("SEARCH_WHOLE_CATALOG") else SAMPLE_SIZE
    for name, regions in skus[:sample]:
        found = _ask(name[:200], region=regions[0], kind="skus", limit=5)["skus"]
        # More than five SKUs share some names, so any SKU of the name will do.
        assert name in {sku["display_name"] for sku in found}, name


def test_pages_further_down_continue_with_the_next_place_scope() -> None:
    page = _ask(region="europe-west3", limit=50)
    while cursor := page["next_cursor"]:
        page = _ask(region="europe-west3", limit=50, cursor=cursor)
        if page["skus"][0]["regions"] == ["global"]:
            break
    assert cursor
    rest = _ask(region="europe-west3", limit=50, cursor=page["next_cursor"])
    assert {sku["regions"][0] for sku in rest["skus"]} == {"global"}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("persistent disk london", "Storage PD Capacity in London"),
        ("cloud storage", "Standard Storage"),
        ("egress from london to sydney", "Network Inter Region Egress from London to Sydney"),
        ("ingress from sydney to london", "Network Inter Region Ingress from Sydney to London"),
        ("standart disk frankfrut", "Storage PD Capacity in Frankfurt"),
        ("db-n1-standard-4 mysql paris", "Cloud SQL for MySQL: Zonal - db-N1Standard-4-15"),
        ("f1-micro oregon", "Micro Instance with burstable CPU running in Americas"),
        ("n1 custom core belgium", "Custom Instance Core running in EMEA"),
        ("files deleted too soon, archive bucket zurich", "Archive Storage Zurich (Early Delete)"),
        ("eur4 bucket (finland + holland), coldline", "Coldline Storage Finland/Netherlands Dual-region"),
        ("gcs standard regional bucket delhi", "Standard Storage Delhi"),
        (
            "from a bucket in Europe to a region in Asia, network",
            "GCP Storage Egress between Europe and Asia",
        ),
        ("nvidia-tesla-t4 on an n1-standard-4, mumbai", "Nvidia Tesla T4 GPU running in Mumbai"),
        ("replicating a db from seoul to a vm in virginia, egress", "Network Inter Region Egress from Seoul"),
        ("bucket egress over the internet to users in europe", "Download Worldwide Destinations"),
        ("custom os image, las vegas", "Storage Image in Las Vegas"),
        ("gke nodes n2-standard-8 frankfurt, core", "N2 Instance Core running in Frankfurt"),
        ("mysql 16 vCPU and 104 GB no HA, paris", "Cloud SQL for MySQL: Zonal - db-N1Highmem-16-104"),
        (
            "rhel 8 fee for an e2-standard-8",
            "Licensing Fee for RedHat Enterprise Linux 8 on VM with 6 or more",
        ),
        ("bucket egress via interconnect, north america", "NA-based Storage egress via peered/interconnect"),
        ("vm egress los angeles to argentina", "Network Internet Egress from Los Angeles to South America"),
        ("ordinary disk snapshot las vegas", "Storage PD Snapshot in Las Vegas"),
        ("suspend my vm in sydney, memory", "VM state: suspended RAM in Sydney"),
        ("1 gbps partner vlan attachment", "Cloud Interconnect - 1Gbps VLAN attachment via Google"),
    ],
)
def test_the_plain_sku_of_a_product_ranks_first(query: str, first: str) -> None:
    assert _ask(query)["skus"][0]["display_name"].startswith(first)


def test_destinations_are_not_corrected() -> None:
    spell_checker = vocabulary_of(snapshot()).spell_checker
    words = {word for place in DESTINATIONS for word in place.split()}
    assert {word for word in words if spell_checker.correct(word) != word} == set()


@pytest.mark.parametrize("query", ["c9-highmem-4 core frankfurt", "gke nodes c9-standard-8"])
def test_a_machine_type_of_an_unknown_family_does_not_find_another_family(query: str) -> None:
    answer = _ask(query, kind="skus")
    assert (answer["total"], answer["skus"]) == (0, [])
    [missing] = answer["missing"] or []
    assert (missing["what"], missing["value"].split()[0]) == ("family", "c9")
    assert missing["value"] in (answer["hint"] or "")


def test_a_machine_of_a_database_that_is_not_sold_does_not_find_another_size() -> None:
    answer = _ask("cloud sql mysql db-n1-standard-3 paris", kind="skus")
    assert (answer["total"], answer["skus"]) == (0, [])
    [missing] = answer["missing"] or []
    assert (missing["what"], missing["value"]) == ("shape", "db n1 standard 3")


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("n2 core munich", "munich"),
        ("n2-standard-8 with windows server 2019", "n2 standard 8"),
    ],
)
def test_the_hint_says_which_unavailable_words_were_ignored(query: str, ignored: str) -> None:
    answer = _ask(query)
    assert f'"{ignored}"' in (answer["hint"] or "")
    assert ignored not in answer["interpreted"]["words"]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("n2-standard-8 frankfurt", {"N2 Instance Core", "N2 Instance Ram"}),
        ("c2-standard-4 tokyo", {"Compute optimized Core", "Compute optimized Ram"}),
        ("n2-custom-4-8192 paris", {"N2 Custom Instance Core", "N2 Custom Instance Ram"}),
        ("a2-highgpu-1g us-central1", {"A2 Instance Core", "A2 Instance Ram", "Nvidia Tesla A100 GPU"}),
    ],
)
def test_a_machine_type_finds_the_skus_it_is_billed_as(query: str, parts: set[str]) -> None:
    names = [sku["display_name"] for sku in _ask(query, limit=len(parts))["skus"]]
    assert {name.partition(" running in ")[0] for name in names} == parts


@pytest.mark.parametrize("thin", [statements.THIN, 4])
def test_facets_of_many_matches_count_an_even_sample(thin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "THIN", thin)
    few, many = _ask("n2 core"), _ask("compute")
    assert few["facets_counted"] == few["total"]
    assert 500 < many["facets_counted"] <= statements.HITS < many["total"]
    usage_types = {value["value"] for value in many["facets"]["usage_type"]}
    assert usage_types == {"OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"}


def test_every_match_for_a_region_is_sold_there_or_globally() -> None:
    answer = _ask(region="us-east5", resource_family="storage", limit=50, response_format="detailed")
    for sku in answer["skus"]:
        places = {*sku["regions"], *(sku["geo_taxonomy_regions"] or ())}
        assert {"us-east5", "us", "global"} & places


def test_a_concise_response_of_ten_skus_stays_under_six_kilobytes() -> None:
    for query in ["n2 core", "compute engine", "cloud storage", "egress", "cdn cache fill", "licensing fee"]:
        answer = _ask(query)
        assert len(answer["skus"]) == 10
        assert len(json.dumps(answer, separators=(",", ":"))) < 6_000


_text = st.text(max_size=200) | st.lists(
    st.sampled_from(["n2", "core", "spot", "us", "3 yr", "in", "%", "_", "*", '"', "'", "\0", "ñ", "a", "OR"])
).map(" ".join).filter(lambda text: len(text) <= 200)
_argument = (
    st.none() | st.text(max_size=20) | st.sampled_from(["Compute Engine", "us", "spot", "CPU", "\ud800"])
)


@settings(max_examples=60, deadline=None)
@given(query=_text, service=_argument, region=_argument, usage_type=_argument, resource_group=_argument)
def test_any_text_gives_a_response_or_a_clear_error(query: str, **arguments: str | None) -> None:
    outcome = _outcome(query, **arguments)

    if isinstance(outcome, InvalidArgumentError):
        assert outcome.message
        assert outcome.hint
        json.dumps([outcome.message, outcome.candidates], ensure_ascii=False).encode()
    else:
        assert outcome["total"] or outcome["hint"]
        json.dumps(outcome, ensure_ascii=False).encode()


def _outcome(query: str, **arguments: str | None) -> SearchAnswer | InvalidArgumentError:
    try:
        return _ask(query, **arguments)
    except InvalidArgumentError as error:
        return error

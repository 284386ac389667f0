"""What a question names and the catalog does not have: no other thing is shown in its place."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Service
from catalog.search import SearchAnswer, SearchRequest, search
from catalog.search.contract import Missing
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db

NO_SKUS = "the catalog has no SKUs of it"


def _ask(query: str, **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


def _names(answer: SearchAnswer) -> list[str]:
    return [sku["display_name"] for sku in answer["skus"]]


def _missing(query: str, **arguments: Any) -> list[Missing]:
    """What is missing; then no SKU is shown, and the hint names it."""
    answer = _ask(query, **arguments)
    assert (answer["skus"], answer["total"], answer["next_cursor"]) == ([], 0, None)
    assert answer["missing"]
    assert all(missing["value"] in (answer["hint"] or "") for missing in answer["missing"])
    return answer["missing"]


@pytest.fixture(autouse=True)
def compute() -> Service:
    """A catalog with cores of two families, in Frankfurt and in Belgium, a GPU and a disk."""
    make_update()
    compute = make_service(service_id="6F81-5844-456A", display_name="Compute Engine")
    belgium = {"service_regions": ["europe-west1"], "geo_taxonomy_regions": ["europe-west1"]}
    make_sku(service=compute, display_name="N2 Instance Core running in Frankfurt")
    make_sku(service=compute, display_name="E2 Instance Core running in Frankfurt")
    make_sku(service=compute, display_name="E2 Instance Core running in Belgium", **belgium)
    make_sku(service=compute, display_name="Nvidia L4 GPU running in Frankfurt", resource_group="GPU")
    make_sku(service=compute, display_name="SSD backed PD Capacity in Frankfurt", resource_family="Storage")
    return compute


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("redis standard", "Cloud Memorystore for Redis"),
        ("filestore basic hdd in frankfurt", "Cloud Filestore"),
        ("vertex ai prediction n2-standard-4", "Vertex AI"),
        ("spanner", "Cloud Spanner"),
    ],
)
def test_a_product_without_skus_is_missing(query: str, product: str) -> None:
    assert _missing(query) == [{"what": "product", "value": product, "why": NO_SKUS}]


def test_a_product_is_missing_whether_or_not_the_catalog_lists_its_service() -> None:
    make_service(display_name="Cloud Spanner")

    assert [missing["value"] for missing in _missing("cloud spanner node")] == ["Cloud Spanner"]
    assert _ask("cloud spanner")["services"][0]["sku_count"] == 0


@pytest.mark.parametrize(
    "name", ["Custom Search", "FileMage SFTP/FTP Gateway", "Frobnicate L.L.C. Server", "Disk 18.04, express"]
)
def test_a_service_without_skus_is_missing_by_its_name_and_no_sku_of_its_words_is_shown(
    name: str, compute: Service
) -> None:
    make_service(display_name=name)
    make_sku(service=compute, display_name="Custom Disk Server Gateway Express in Frankfurt")

    for query in (name, f"price of {name}", f"{name} frankfurt"):
        assert [missing["what"] for missing in _missing(query)] == ["product"]


def test_the_name_of_a_service_that_is_a_word_for_a_fact_means_the_fact(compute: Service) -> None:
    make_service(display_name="Cloud CDN")
    make_sku(service=compute, display_name="Network CDN Cache Fill", resource_group="CDNCacheFill")

    assert _names(_ask("cloud cdn")) == ["Network CDN Cache Fill"]


@pytest.mark.parametrize(
    "name", ["Licensing Fee for Dataflow Streaming (RAM cost)", "Licensing Fee for Wordpress AppScale"]
)
def test_the_name_of_a_sku_finds_it_though_it_has_the_name_of_a_product(name: str, compute: Service) -> None:
    make_service(display_name="AppScale")
    make_sku(service=compute, display_name=name, resource_family="License")
    make_sku(service=compute, display_name="Licensing Fee for Wordpress", resource_family="License")

    answer = _ask(name)
    assert _names(answer)[0] == name
    assert answer["missing"] is None


def test_a_product_with_skus_is_not_missing() -> None:
    make_sku(service=make_service(display_name="Cloud Filestore"), display_name="Filestore Capacity Basic")

    assert _names(_ask("filestore basic")) == ["Filestore Capacity Basic"]
    assert _ask("filestore basic")["missing"] is None


def test_a_search_for_services_misses_nothing() -> None:
    assert _ask("spanner", kind="services")["missing"] is None


def test_a_name_that_nothing_is_called_is_missing() -> None:
    assert _missing("gizmotron price") == [
        {"what": "name", "value": "gizmotron", "why": "no product, SKU or place is called that"}
    ]


def test_a_name_beside_a_part_that_many_things_have_is_missing() -> None:
    assert [missing["value"] for missing in _missing("gizmotron core")] == ["gizmotron"]


def test_an_unknown_name_is_only_told_if_the_question_says_what_it_is_about() -> None:
    answer = _ask("gizmotron n2 core")

    assert _names(answer) == ["N2 Instance Core running in Frankfurt"]
    assert answer["missing"] is None
    assert answer["hint"] == 'Ignored "gizmotron": not in any SKU or service.'


@pytest.mark.parametrize("query", ["n core", "please core", "whatever core"])
def test_a_letter_and_an_ordinary_word_are_no_names(query: str) -> None:
    assert _ask(query)["missing"] is None
    assert len(_names(_ask(query))) == 3


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("snowflake", "Snowflake"),
        ("snowflake core", "Snowflake"),
        ("m5.large", "Amazon Web Services"),
        ("r6g.2xlarge in frankfurt", "Amazon Web Services"),
        ("Standard_D4s_v3", "Microsoft Azure"),
    ],
)
def test_another_companys_product_is_missing(query: str, product: str) -> None:
    assert _missing(query) == [{"what": "product", "value": product, "why": NO_SKUS}]


@pytest.mark.parametrize("query", ["n2 core like m5.large", "n2 core instead of snowflake", "n2 core vs aws"])
def test_another_companys_product_beside_one_of_google_is_set_aside(query: str) -> None:
    answer = _ask(query)

    assert _names(answer) == ["N2 Instance Core running in Frankfurt"]
    assert answer["missing"] is None


def test_it_is_told_which_product_of_another_company_was_set_aside() -> None:
    assert '"snowflake"' in (_ask("n2 core or snowflake")["hint"] or "")
    assert '"aws"' in (_ask("n2 core like m5.large")["hint"] or "")


@pytest.mark.parametrize(
    ("query", "feature"),
    [
        ("soft delete storage charge in cloud storage", "Soft delete"),
        ("what do soft-deleted objects cost", "Soft delete"),
        ("object versioning", "Object Versioning"),
    ],
)
def test_a_feature_without_skus_is_missing_and_it_is_told_what_to_ask_for(query: str, feature: str) -> None:
    make_sku(service=make_service(display_name="Cloud Storage"), display_name="Nearline Storage Frankfurt")
    why = "a feature without SKUs of its own; ask for Cloud Storage"

    assert _missing(query) == [{"what": "product", "value": feature, "why": why}]


def test_a_feature_beside_the_class_that_is_billed_is_set_aside_and_told() -> None:
    make_sku(service=make_service(display_name="Cloud Storage"), display_name="Nearline Storage Frankfurt")
    answer = _ask("nearline bucket with soft delete in frankfurt")

    assert _names(answer) == ["Nearline Storage Frankfurt"]
    assert answer["missing"] is None
    assert answer["hint"] == 'Ignored "soft delete": a feature without SKUs of its own.'


@pytest.mark.parametrize(
    ("query", "what", "value"),
    [
        ("c9 core", "family", "c9"),
        ("c9-standard-8", "family", "c9 standard 8"),
        ("h100 gpu", "model", "h100"),
        ("pd balanced capacity", "model", "pd balanced"),
        ("postgres core", "engine", "postgres"),
        ("rhel licence", "os", "rhel"),
        ("gemini 2.5 pro", "llm", "gemini 2 5 pro"),
    ],
)
def test_a_family_model_or_system_that_no_sku_has_is_missing(query: str, what: str, value: str) -> None:
    assert _missing(query) == [{"what": what, "value": value, "why": NO_SKUS}]


def test_of_two_families_the_one_that_no_sku_has_is_missing() -> None:
    assert [missing["value"] for missing in _missing("n2 or c9 core")] == ["c9"]
    assert [missing["value"] for missing in _missing("c9, c8 or n2")] == ["c9", "c8"]


@pytest.mark.parametrize(
    "arguments", [{"query": "n2 core belgium"}, {"query": "n2 core", "region": "Belgium"}]
)
def test_a_thing_that_is_not_sold_in_the_region_is_missing_there(arguments: dict[str, str]) -> None:
    [missing] = _missing(**arguments)

    assert missing == {
        "what": "region",
        "value": "europe-west1",
        "why": "not sold there; sold in europe-west3",
        "sold_in": ["europe-west3"],
    }


def test_a_disk_is_not_sold_where_only_its_replication_is(compute: Service) -> None:
    belgium = {"service_regions": ["europe-west1"], "geo_taxonomy_regions": ["europe-west1"]}
    name = "Asynchronous Replication Protection - PD SSD in Belgium"
    make_sku(service=compute, display_name=name, resource_family="Storage", **belgium)

    assert _missing("pd-ssd belgium")[0]["sold_in"] == ["europe-west3"]
    assert _names(_ask("async replication of a pd-ssd, belgium")) == [name]


def test_the_sentence_names_twelve_regions_and_sold_in_all(compute: Service) -> None:
    regions = [f"us-east{number}" for number in range(10, 25)]
    make_sku(service=compute, display_name="C3 Instance Core", service_regions=regions)

    [missing] = _missing("c3 core belgium")

    assert missing["sold_in"] == regions
    assert missing["why"].endswith(", us-east21 and 3 more")


def test_what_is_sold_in_the_region_is_not_missing() -> None:
    answer = _ask("e2 core belgium")

    assert _names(answer) == ["E2 Instance Core running in Belgium"]
    assert answer["missing"] is None


def test_a_usage_type_that_a_thing_is_not_sold_by_is_told_and_the_thing_shown() -> None:
    for query, words in [("spot n2 core", "spot"), ("n2 core 1 year commitment", "1 year commitment")]:
        answer = _ask(query)
        assert _names(answer) == ["N2 Instance Core running in Frankfurt"]
        assert answer["hint"] == f'Not sold as "{words}".'
    assert 'Not sold as "reserved".' in (_ask("reserved n2 core")["hint"] or "")


def test_of_several_values_that_a_question_names_those_that_no_match_has_are_told(compute: Service) -> None:
    spot = "Spot Preemptible N2 Instance Core running in Frankfurt"
    make_sku(service=compute, display_name=spot, usage_type="Preemptible")

    answer = _ask("spot n2 core 3 year commitment")
    assert _names(answer) == [spot]
    assert answer["hint"] == 'No SKU matches "3 year commitment" with the rest.'
    assert _ask("n2 or e2 core belgium")["hint"] == 'No SKU matches "n2" with the rest.'
    assert "No SKU" not in (_ask("n2 or e2 core frankfurt")["hint"] or "")


def test_how_a_thing_is_bought_gives_way_before_the_words_that_say_which_it_is(compute: Service) -> None:
    make_sku(service=compute, display_name="Static Kettle Storage", resource_family="Storage")
    spot = "SSD backed Local Storage attached to Spot Preemptible VMs"
    make_sku(service=compute, display_name=spot, usage_type="Preemptible", resource_family="Storage")

    answer = _ask("spot kettle storage")
    assert _names(answer) == ["Static Kettle Storage"]
    assert answer["hint"] == 'Not sold as "spot".'


def test_a_commitment_holds_for_custom_machines(compute: Service) -> None:
    commitment = "Commitment v1: N2 Cpu in Frankfurt for 1 Year"
    make_sku(service=compute, display_name=commitment, usage_type="Commit1Yr")
    make_sku(service=compute, display_name="N2 Custom Instance Core running in Frankfurt")

    answer = _ask("n2-custom-4-8192 core 1 year commitment")
    assert _names(answer) == [commitment]
    assert answer["hint"] is None


def test_a_usage_type_that_a_thing_is_sold_by_has_to_hold(compute: Service) -> None:
    spot = "Spot Preemptible N2 Instance Core running in Frankfurt"
    make_sku(service=compute, display_name=spot, usage_type="Preemptible")

    assert _names(_ask("spot n2 core")) == [spot]
    assert _ask("spot n2 core")["hint"] is None
    assert _ask("spot n2 core")["interpreted"]["usage_type"] == "Preemptible"


@pytest.mark.parametrize("query", ["сколько стоит диск", "最便宜的虚拟机", "كم سعر القرص"])
def test_a_question_in_another_script_is_not_read_and_that_is_told(query: str) -> None:
    assert _missing(query) == [
        {"what": "language", "value": query, "why": "the question was not read; ask in English"}
    ]


@pytest.mark.parametrize("query", ["сколько стоит n2 core", "n2 core フランクフルト", "n2 core für münchen"])
def test_names_in_a_question_in_another_language_are_read(query: str) -> None:
    assert "N2 Instance Core running in Frankfurt" in _names(_ask(query))

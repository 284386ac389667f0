"""What a question leaves open: the attributes in which SKUs that fit equally well differ."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Service
from catalog.offers import DATA
from catalog.search import SearchAnswer, SearchRequest, search
from catalog.search.ambiguity import MAX_VALUES, Candidate, ambiguous_in, sentence
from catalog.search.contract import Ambiguous
from catalog.search.index.statements import MAX_COMPARED
from catalog.words import entries
from tests.catalog.factories import make_price, make_service, make_sku, make_update


def candidate(name: str = "SKU", price: str | None = "1", **fields: Any) -> Candidate:
    """A candidate sold in Frankfurt; facts in words, "part=core family=n2"."""
    facts = dict(fact.split("=") for fact in fields.pop("facts", "").split())
    defaults: dict[str, Any] = {
        "key": name,
        "regions": ("europe-west3",),
        "source": None,
        "destination": None,
        "unit": "h",
    }
    return Candidate(
        facts={attribute: (value,) for attribute, value in facts.items()},
        name=name,
        price=Decimal(price) if price else None,
        **defaults | fields,
    )


def differing(
    *candidates: Candidate, settled: tuple[str, ...] = (), has_place: bool = True
) -> list[Ambiguous]:
    return ambiguous_in(candidates, settled, has_place=has_place)


def test_an_attribute_in_which_candidates_differ_is_named_with_values_counts_and_lowest_prices() -> None:
    found = differing(
        candidate("A", "3", facts="class=standard"),
        candidate("B", "2", facts="class=standard"),
        candidate("C", "0.5", facts="class=premium"),
    )

    assert found == [
        {
            "attribute": "class",
            "values": [
                {"value": "standard", "count": 2, "from": "2"},
                {"value": "premium", "count": 1, "from": "0.5"},
            ],
            "of": 2,
            "ask": "Which class, tier or edition?",
        }
    ]


def test_nothing_is_ambiguous_between_skus_that_are_alike() -> None:
    assert differing() == []
    assert differing(candidate("A", facts="class=standard")) == []
    assert differing(candidate(facts="class=standard"), candidate(facts="class=standard")) == []


def test_an_attribute_that_the_question_settles_is_not_ambiguous() -> None:
    two = candidate(facts="class=standard"), candidate(facts="class=premium")

    assert [entry["attribute"] for entry in differing(*two)] == ["class"]
    assert differing(*two, settled=("class",)) == []


def test_a_sku_without_the_attribute_counts_as_a_value() -> None:
    [found] = differing(candidate(facts="class=standard"), candidate())

    assert [value["value"] for value in found["values"]] == ["standard", "none"]


def test_the_attribute_with_the_fewest_values_comes_first() -> None:
    candidates = [candidate(facts=f"class={name} part=core") for name in ("a", "b", "c")]
    candidates.append(candidate(facts="class=a part=ram"))

    assert [(entry["attribute"], entry["of"]) for entry in differing(*candidates)] == [
        ("part", 2),
        ("class", 3),
    ]


def test_the_most_frequent_values_are_listed_and_all_are_counted() -> None:
    names = [*"abcdefghij", "j", "j", "i"]

    [found] = differing(*(candidate(facts=f"class={name}") for name in names))

    assert [value["value"] for value in found["values"]][:2] == ["j", "i"]
    assert len(found["values"]) == MAX_VALUES
    assert found["of"] == 10


@pytest.mark.parametrize("other", [candidate("B", None), candidate("B", "2", unit="GiBy.mo")])
def test_a_lowest_price_is_only_given_if_all_prices_are_known_and_of_one_unit(other: Candidate) -> None:
    [found] = differing(candidate("A", "3"), other, candidate("B", "4"))

    assert found["attribute"] == "name"
    assert found["values"] == [{"value": "B", "count": 2}, {"value": "A", "count": 1, "from": "3"}]


def test_regions_are_compared_for_one_thing_and_only_if_no_place_is_named() -> None:
    one = [
        candidate("N2 in Iowa", "1", key="n2", regions=("us-central1", "us-east1")),
        candidate("N2 in Frankfurt", "2", key="n2"),
    ]
    other = candidate("E2 in Zurich", key="e2", regions=("europe-west6",))

    [found] = differing(*one, has_place=False)
    assert (found["attribute"], found["of"]) == ("region", 3)
    assert found["values"][0] == {"value": "us-central1", "count": 1, "from": "1"}
    assert differing(*one, has_place=True) == []
    [found, *_] = differing(*one, other, has_place=False)
    assert "europe-west6" not in {value["value"] for value in found["values"]}


def test_routes_differ_by_their_destination() -> None:
    found = differing(
        candidate("To Tokyo", key="egress", destination="asia-northeast1"),
        candidate("To London", key="egress", destination="europe-west2"),
    )

    assert [(entry["attribute"], entry["ask"]) for entry in found] == [("destination", "To where?")]


def test_skus_that_differ_in_nothing_but_their_names_are_listed_by_name() -> None:
    [found] = differing(candidate("A"), candidate("B"))

    assert (found["attribute"], found["of"]) == ("name", 2)


def test_figures_are_left_out_if_there_are_more_candidates_than_are_compared() -> None:
    two = [candidate("A", facts="class=standard"), candidate("B", facts="class=premium")]

    assert ambiguous_in(two, (), has_place=True, are_all=False) == [
        {
            "attribute": "class",
            "values": [{"value": "standard"}, {"value": "premium"}],
            "ask": "Which class, tier or edition?",
        }
    ]


def test_the_sentence_names_the_attributes_and_asks_for_the_first() -> None:
    found = differing(
        candidate("A", facts="location_type=zonal"), candidate("B", facts="location_type=regional")
    )

    assert sentence(found) == (
        "Several SKUs fit equally well; they differ in location type."
        " Zonal, regional, dual-region or multi-region?"
    )
    assert sentence([]) == ""


def test_every_attribute_of_the_vocabulary_has_a_question() -> None:
    asked = {key for _, key, _ in entries(DATA / "questions.txt")}
    keys = {key.split()[-1] for _, key, _ in entries(DATA / "vocabulary.txt") if "=" in key}
    attributes = {key.partition("=")[0] for key in keys}

    assert attributes | {"region", "source", "destination", "name", "size_of_machine"} <= asked


def _ask(query: str, **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


@pytest.fixture
def compute() -> Service:
    make_update()
    return make_service(display_name="Compute Engine")


@pytest.fixture
def _cores(compute: Service) -> None:
    for place, region, nanos in (("Frankfurt", "europe-west3", 4), ("Iowa", "us-central1", 3)):
        for part in ("Core", "Ram"):
            make_price(
                make_sku(
                    service=compute,
                    display_name=f"N2 Instance {part} running in {place}",
                    resource_group="CPU" if part == "Core" else "RAM",
                    service_regions=[region],
                    geo_taxonomy_regions=[region],
                ),
                [(0, "0", nanos * 10_000_000)],
            )


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
def test_a_question_without_a_region_is_ambiguous_in_it() -> None:
    answer = _ask("n2 core")

    assert answer["ambiguous_in"] == [
        {
            "attribute": "region",
            "values": [
                {"value": "us-central1", "count": 1, "from": "0.03"},
                {"value": "europe-west3", "count": 1, "from": "0.04"},
            ],
            "of": 2,
            "ask": "Which region?",
        }
    ]
    assert (answer["hint"] or "").endswith("Which region?")


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
@pytest.mark.parametrize(
    "arguments", [{"query": "n2 core iowa"}, {"query": "n2 core", "region": "us-central1"}]
)
def test_nothing_is_ambiguous_if_the_first_sku_is_the_one_thing_asked_for(arguments: dict[str, str]) -> None:
    answer = _ask(**arguments)

    assert [sku["display_name"] for sku in answer["skus"]] == ["N2 Instance Core running in Iowa"]
    assert answer["ambiguous_in"] is None
    assert answer["hint"] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
def test_the_region_is_left_open_by_a_place_with_several_regions(compute: Service) -> None:
    make_sku(
        service=compute, display_name="N2 Instance Core running in Berlin", service_regions=["europe-west10"]
    )

    assert [entry["attribute"] for entry in _ask("n2 core germany")["ambiguous_in"] or []] == ["region"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
def test_a_machine_is_billed_as_its_parts_and_not_ambiguous_in_them() -> None:
    assert [entry["attribute"] for entry in _ask("n2 frankfurt")["ambiguous_in"] or []] == ["part"]
    assert _ask("n2-standard-8 frankfurt")["ambiguous_in"] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
def test_only_the_first_page_says_what_is_ambiguous() -> None:
    first = _ask("n2 core", limit=1)

    assert first["ambiguous_in"]
    assert _ask("n2 core", limit=1, cursor=first["next_cursor"])["ambiguous_in"] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_cores")
def test_the_exact_name_of_a_sku_is_not_ambiguous(compute: Service) -> None:
    name = "N2 Instance Core running in Iowa"
    make_sku(service=compute, display_name=f"Spot Preemptible {name}", usage_type="Preemptible")

    answer = _ask(name)

    assert answer["skus"][0]["display_name"] == name
    assert answer["ambiguous_in"] is None


@pytest.mark.django_db
def test_a_name_without_a_place_leaves_the_region_open_if_the_same_thing_has_names_with_places(
    compute: Service,
) -> None:
    name = "Extreme PD Capacity"
    make_sku(service=compute, display_name=name, service_regions=["us-east1"])
    make_sku(service=compute, display_name=f"{name} in London", service_regions=["europe-west2"])
    make_sku(service=compute, display_name="Extreme PD IOPS", service_regions=["us-east1"])

    [ambiguous] = _ask(name)["ambiguous_in"] or []
    assert ambiguous["attribute"] == "region"
    assert {value["value"] for value in ambiguous["values"]} == {"us-east1", "europe-west2"}
    assert _ask(f"{name} in London")["ambiguous_in"] is None
    assert _ask(f"{name}, us-east1")["ambiguous_in"] is None


@pytest.mark.django_db
def test_names_that_begin_with_the_question_do_not_hide_those_that_mean_the_same(compute: Service) -> None:
    for name in ("Red Hat Enterprise Linux 9", "RedHat Enterprise Linux 8"):
        make_sku(service=compute, display_name=f"Licensing Fee for {name}", resource_family="License")

    answer = _ask("licensing fee for red hat enterprise linux")
    assert [entry["attribute"] for entry in answer["ambiguous_in"] or []] == ["version"]


@pytest.mark.django_db
def test_a_class_only_counts_where_skus_have_one(compute: Service) -> None:
    make_sku(service=compute, display_name="Nvidia Tesla T4 GPU running in Frankfurt", resource_group="GPU")

    answer = _ask("regional t4 frankfurt")

    assert [sku["display_name"] for sku in answer["skus"]] == ["Nvidia Tesla T4 GPU running in Frankfurt"]
    assert answer["hint"] == 'The names of these SKUs do not say "regional".'


@pytest.mark.django_db
def test_a_class_is_strict_where_skus_have_it(compute: Service) -> None:
    plain, regional = "SSD backed PD Capacity in Frankfurt", "Regional SSD backed PD Capacity in Frankfurt"
    for name in (plain, regional):
        make_sku(service=compute, display_name=name, resource_family="Storage", resource_group="SSD")

    answer = _ask("regional pd ssd frankfurt")

    assert [sku["display_name"] for sku in answer["skus"]] == [regional]
    assert answer["hint"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("rhel licence for 4 vcpus", "1 to 4"),
        ("rhel licence, 8 vcpu", "6 or more"),
        ("rhel licence for an n2-standard-4", "1 to 4"),
        ("rhel licence for an n2-standard-16", "6 or more"),
    ],
)
def test_the_licence_for_a_machine_of_that_size_is_first(compute: Service, query: str, first: str) -> None:
    for span in ("1 to 4", "6 or more"):
        make_sku(
            service=compute,
            display_name=f"Licensing Fee for RedHat Enterprise Linux 8 on VM with {span} VCPU",
            resource_family="License",
            resource_group="Google",
            service_regions=["global"],
            geo_taxonomy_regions=[],
        )

    answer = _ask(query)

    assert f"with {first} VCPU" in answer["skus"][0]["display_name"]
    assert answer["ambiguous_in"] is None


@pytest.mark.django_db
def test_a_licence_without_a_size_is_ambiguous_in_the_size_of_the_machine(compute: Service) -> None:
    for span in ("1 to 4", "6 or more"):
        make_sku(
            service=compute,
            display_name=f"Licensing Fee for RedHat Enterprise Linux 8 on VM with {span} VCPU",
            resource_family="License",
            resource_group="Google",
        )

    [found] = _ask("rhel 8 licence frankfurt")["ambiguous_in"] or []

    assert found["attribute"] == "size_of_machine"
    assert sorted(value["value"] for value in found["values"]) == ["1 to 4 cpu", "6 or more cpu"]


@pytest.mark.django_db
def test_a_count_before_a_thing_does_not_prefer_a_commitment(compute: Service) -> None:
    make_sku(
        service=compute, display_name="Commitment v1: N2 Cpu in Frankfurt for 1 Year", usage_type="Commit1Yr"
    )
    make_sku(service=compute, display_name="N2 Instance Core running in Frankfurt")

    answer = _ask("1 n2 core frankfurt")

    assert answer["skus"][0]["usage_type"] == "OnDemand"
    assert answer["interpreted"]["quantity"] == ["1"]
    assert answer["ambiguous_in"] is None


@pytest.mark.django_db
def test_many_sizes_do_not_hide_the_editions(compute: Service) -> None:
    for edition in ("Standard", "Enterprise"):
        for cpus in range(6, 10 + 2 * MAX_COMPARED, 2):
            name = f"Licensing Fee for SQL Server 2017 {edition} on VM with {cpus} VCPU"
            make_sku(service=compute, display_name=name, resource_family="License")
    make_update()

    found = search(SearchRequest(query="sql server 2017 licence"))["ambiguous_in"] or []

    assert "class" in [each["attribute"] for each in found]

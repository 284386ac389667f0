from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.offers.attributes import NO_LIMIT, Attributes, Span
from catalog.offers.named_sku import NamedSku
from catalog.offers.products import product_of
from catalog.offers.read_sku import read_sku
from catalog.providers.sample.source import SampleSource
from tests.catalog.offers.known_names import READ_WHOLE

CORE = NamedSku("Compute Engine", "N2 Instance Core running in Iowa", "Compute", "CPU", "OnDemand")
NETWORK = replace(CORE, resource_family="Network", resource_group="InterregionEgress")
LICENCE = replace(CORE, resource_family="License", resource_group="Google")


def read(name: str, category: NamedSku = CORE) -> Attributes:
    return read_sku(replace(category, name=name))


def facts_of(found: Attributes) -> set[str]:
    return {"=".join(fact) for fact in found.facts}


@pytest.mark.parametrize(("name", "category", "facts"), READ_WHOLE, ids=[name for name, _, _ in READ_WHOLE])
def test_a_name_is_read_whole(name: str, category: str, facts: str) -> None:
    service, family, group, usage_type = category.split(" | ")

    found = read_sku(NamedSku(service, name, family, group, usage_type))

    assert facts_of(found) == {f"product={product_of(service)}", *facts.split()}
    assert found.unread == ()


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("N9 Instance Core running in Iowa", "family=n9 part=core term=ondemand"),
        ("C7D vCPU running in Iowa", "family=c7d part=core term=ondemand"),
        ("Spot Preemptible H9 Instance Ram running in Iowa", "family=h9 part=ram term=spot"),
        ("Commitment v1: X5 Cpu in Iowa for 3 Years", "family=x5 part=core term=3y"),
    ],
)
def test_a_machine_family_that_is_new_is_read_by_its_form(name: str, facts: str) -> None:
    found = read(name)

    assert facts_of(found) == {"product=compute-engine", *facts.split()}
    assert found.unread == ()


def test_the_licence_for_an_image_is_no_image() -> None:
    licence = facts_of(read("Licensing Fee for Image to deploy CAP cluster (CPU cost)", LICENCE))

    assert licence == {"product=compute-engine", "part=licence", "licence_part=cpu", "term=ondemand"}
    assert "kind=image" in facts_of(read("Storage Image in Iowa"))


def test_a_region_that_is_new_is_read_by_the_form_of_its_code() -> None:
    found = read("N2 Instance Core running in europe-west99")

    assert found.source is not None
    assert found.source.label == "europe-west99"
    assert found.unread == ()


def test_what_is_new_stays_as_words() -> None:
    found = read("Nvidia Q900 GPU attached to Flux VMs running in Iowa", replace(CORE, resource_group="GPU"))

    assert facts_of(found) == {"part=gpu", "product=compute-engine", "term=ondemand"}
    assert found.unread == ("q900", "flux")


def test_a_name_of_which_nothing_is_known_keeps_its_words_and_its_service() -> None:
    found = read_sku(NamedSku("New Thing", "Flurbs of the Blorb", "Misc", "Flurb", "OnDemand"))

    assert facts_of(found) == {"product=new-thing", "term=ondemand"}
    assert found.unread == ("flurb", "blorb")
    assert not found.has_place


def test_a_core_with_an_unknown_word_is_not_taken_for_n1() -> None:
    assert read("Custom Instance Core running in Iowa").values("family") == {"n1"}
    assert read("Ironwood Instance Core running in Iowa").values("family") == set()


@pytest.mark.parametrize("usage_type", ["OnDemand", "Commit3Yr"])
def test_the_term_of_a_name_wins_over_the_usage_type(usage_type: str) -> None:
    found = read("Spot Preemptible N2 Instance Core running in Iowa", replace(CORE, usage_type=usage_type))

    assert found.values("term") == {"spot"}


@pytest.mark.parametrize(
    ("usage_type", "term"),
    [
        ("OnDemand", "ondemand"),
        ("Preemptible", "spot"),
        ("Commit1Yr", "1y"),
        ("Commit3Yr", "3y"),
        ("", "ondemand"),
    ],
)
def test_the_usage_type_is_the_term_of_a_name_without_one(usage_type: str, term: str) -> None:
    assert read(CORE.name, replace(CORE, usage_type=usage_type)).values("term") == {term}


def test_a_name_wins_over_its_category() -> None:
    assert read("N2 Instance Ram running in Iowa").values("part") == {"ram"}


@pytest.mark.parametrize(
    ("name", "source", "destination"),
    [
        ("Network Inter Region Egress from Los Angeles to Columbus", "us-west2", "us-east5"),
        ("Network Internet Egress from Sao Paulo to Western Europe", "southamerica-east1", "western europe"),
        ("PD Snapshot Egress between Europe and Indonesia", "europe", "asia-southeast2"),
        ("Network Egress Iowa to Frankfurt", "us-central1", "europe-west3"),
        ("Network Egress to China", None, "china"),
        ("N2 Instance Core running in Iowa", "us-central1", None),
        ("Download Worldwide Destinations (excluding Asia & Australia)", None, "worldwide"),
        ("Multi-regional Snapshot download within Asia", "asia", None),
        ("Cloud Interconnect - Egress traffic North America/Europe", "North America and Europe", None),
    ],
)
def test_a_route_has_the_ends_that_its_prepositions_say(
    name: str, source: str | None, destination: str | None
) -> None:
    found = read(name, NETWORK)

    assert (found.source and found.source.label, found.destination and found.destination.label) == (
        source,
        destination,
    )
    assert found.has_place


@pytest.mark.parametrize(
    ("size", "span"),
    [
        ("on VM with 6 to 9 VCPU (CPU cost)", Span("cpu", 6, 9)),
        ("on VM with up to 4 VCPU", Span("cpu", 1, 4)),
        ("on VM with more than 4 VCPU", Span("cpu", 5, NO_LIMIT)),
        ("for VM with 5 or more VCPU for 1 Year", Span("cpu", 5, NO_LIMIT)),
        ("on VM with 8 to 8 GPU (GPU cost)", Span("gpu", 8, 8)),
        ("on VM with 16384 or more gibyte", Span("ram", 16384, NO_LIMIT)),
        ("(RAM cost)", None),
    ],
)
def test_a_licence_covers_the_machines_that_its_name_says(size: str, span: Span | None) -> None:
    found = read(f"Licensing Fee for RHEL 9 {size}", LICENCE)

    assert found.span == span
    assert found.values("part") == {"licence"}
    assert found.values("version") == {"9"}
    assert found.unread == ()


def test_a_product_counts_where_a_name_begins_with_it() -> None:
    vertex = NamedSku("Vertex AI", "", "ApplicationServices", "Other", "OnDemand")

    assert read("Vector Search Index Building", vertex).values("product") == {"vertex-ai", "vector-search"}
    assert read("Index Building for Vector Search", vertex).values("product") == {"vertex-ai"}


def test_a_product_that_is_licensed_is_not_what_is_sold() -> None:
    assert read("Licensing Fee for Dataflow Streaming", LICENCE).values("product") == {"compute-engine"}
    assert read("Dataflow Streaming", LICENCE).values("product") == {"compute-engine"}


def test_skus_that_differ_by_place_alone_have_one_key() -> None:
    here = read("N2 Instance Core running in Iowa")

    assert read("N2 Instance Core running in europe-west3").key == here.key
    assert read("N2 Instance Core").key == here.key


@pytest.mark.parametrize(
    "other",
    [
        replace(CORE, name="N2 Instance Ram running in Iowa"),
        replace(CORE, name="N2 Flux Instance Core running in Iowa"),
        replace(CORE, usage_type="Preemptible"),
        replace(CORE, service="Cloud SQL"),
    ],
)
def test_skus_that_differ_otherwise_have_different_keys(other: NamedSku) -> None:
    assert read_sku(other).key != read_sku(CORE).key


WORDS = (
    "n2 core db n1standard 4 15 vcpu gb ram on vm with to up or more gemini 2 5 flash b k from between us "
    "central1 europe tpu v5e licensing fee gpt oss 14 04 2012r2 100 gbps cloud sql sap"
)


@given(
    name=st.one_of(st.text(), st.lists(st.sampled_from(WORDS.split())).map(" ".join)),
    service=st.sampled_from(["Compute Engine", "Cloud SQL", "Cloud TPU", "Vertex AI", "New Thing"]),
    family=st.sampled_from(["Compute", "License", "Network", ""]),
)
def test_any_name_is_read_into_words_of_an_index(name: str, service: str, family: str) -> None:
    found = read_sku(NamedSku(service, name, family, "CPU", "OnDemand"))

    assert all(re.fullmatch("[a-z_]+=[a-z0-9-]+", fact) for fact in facts_of(found))
    assert found.has_place == bool(found.source or found.destination)


# What no attribute has: kinds of a model's tokens that have prices of their own, and who hosts it, which are
# matched as words.
LEFT_AS_WORDS = {
    "Foundry Models": {"firework"},
    "Vertex AI": {"prediction", "thinking", "global"},
    "Amazon Bedrock Foundation Models": {"1", "h"},
}


def test_every_name_of_the_sample_is_read_whole() -> None:
    source = SampleSource()
    unread: dict[str, set[str]] = {}
    for service in source.services():
        for sku in source.skus(service.service_id):
            named = NamedSku(
                service.display_name,
                sku.display_name,
                sku.resource_family,
                sku.resource_group,
                sku.usage_type,
                service.provider,
                sku.pricing[0].usage_unit,
            )
            if words := read_sku(named).unread:
                unread.setdefault(service.display_name, set()).update(words)

    assert unread == LEFT_AS_WORDS

"""Questions to which tools like this one gave a wrong price, on the real price list.

A wrong price is worse than none: often the right answer is that the catalog does not have the thing.
"""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Service
from catalog.search import SearchAnswer, SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("real_prices")]


def _ask(query: str, **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, kind="skus", **arguments))


def _names(query: str, **arguments: Any) -> list[str]:
    return [sku["display_name"] for sku in _ask(query, **arguments)["skus"]]


@pytest.mark.parametrize(
    ("query", "region"),
    [
        ("cloud storage, standard, 250 gb, us-east1", None),
        ("gcs standard 1000 GB in the netherlands", None),
        ("standard bucket 20 GB europe-west4", None),
        ("standard storage us-central1", None),
        ("standard storage oregon", None),
        ("standard storage", "US-CENTRAL1"),
    ],
)
def test_an_amount_of_a_storage_class_is_no_machine_and_no_network_tier(
    query: str, region: str | None
) -> None:
    first = _ask(query, region=region)["skus"][0]

    assert first["service"] == "Cloud Storage"
    assert first["display_name"].startswith("Standard Storage")


def test_an_amount_of_a_disk_is_a_disk() -> None:
    assert _names("pd standard 250 gb us-central1")[0] == "Storage PD Capacity"


def test_the_number_of_cores_and_the_edition_choose_a_licence() -> None:
    assert all(
        "SQL Server" in name and "Standard" in name and "1 to 4 VCPU" in name
        for name in _names("sql server standard licence, 4 cores", limit=3)
    )
    assert all("Enterprise" in name for name in _names("sql server enterprise licence, 8 cores", limit=3))


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ("rhel 7 4 vcpu", "1 to 4 VCPU"),
        ("rhel 7.9 licence, 16 cores", "6 or more VCPU"),
        ("rhel 9 on 8 vcpus", "5 or more VCPU"),
        ("sles 15 5 vcpu", "4 to 5 VCPU"),
        ("ubuntu pro 22.04 with 8 vcpus", "6 to 9 VCPU"),
        ("ubuntu pro 22.04 with 4 gpus", "4 to 7 GPU"),
        ("sql server 2019 enterprise licence n2-standard-32", "more than 4 VCPU"),
    ],
)
def test_a_count_settles_the_size_of_the_machine_that_a_licence_is_for(query: str, span: str) -> None:
    answer = _ask(query)

    assert span in answer["skus"][0]["display_name"]
    assert "size_of_machine" not in [each["attribute"] for each in answer["ambiguous_in"] or []]


def test_a_size_that_no_licence_is_for_leaves_it_open() -> None:
    answer = _ask("rhel 7 5 vcpu")

    assert [each["attribute"] for each in answer["ambiguous_in"] or []] == ["size_of_machine"]


@pytest.mark.parametrize("query", ["standard storage finland and netherlands", "standard storage eur4"])
def test_a_dual_region_is_not_one_of_its_regions(query: str) -> None:
    assert _names(query)[0] == "Standard Storage Finland/Netherlands Dual-region"


@pytest.mark.parametrize(
    "query", ["n2 core in the us", "e2 core in finland and netherlands", "standard storage tokyo + london"]
)
def test_a_thing_sold_in_several_regions_of_the_place_leaves_the_region_open(query: str) -> None:
    assert "region" in [each["attribute"] for each in _ask(query)["ambiguous_in"] or []]


def test_one_sku_for_all_the_places_leaves_nothing_open() -> None:
    answer = _ask("n2 core in iowa and oregon")

    assert answer["skus"][0]["display_name"] == "N2 Instance Core running in Americas"
    assert answer["ambiguous_in"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("data between us-central1-a and us-central1-b", "Network Inter Zone Egress"),
        ("cross zone traffic in frankfurt", "Network Inter Zone Egress"),
        ("cross zone traffic in sao paulo", "Network Inter Zone Egress in Sao Paulo"),
        ("us-central1 to europe-west1", "Network Inter Region Egress from Americas to EMEA"),
        ("from tokyo to london", "Network Inter Region Egress from Japan to London"),
    ],
)
def test_the_places_of_traffic_say_its_kind(query: str, name: str) -> None:
    answer = _ask(query)

    assert answer["skus"][0]["display_name"] == name
    assert answer["ambiguous_in"] is None


def test_a_count_of_nodes_is_no_machine_type() -> None:
    first = _ask("gke standard, 5 nodes")["skus"][0]

    assert first["service"] == "Kubernetes Engine"


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "n1-standard-4, 1 year commitment, us-central1",
            {"Commitment v1: Cpu in Americas for 1 Year", "Commitment v1: Ram in Americas for 1 Year"},
        ),
        (
            "n2-custom-8-16384 with a 1 year commitment in iowa",
            {"Commitment v1: N2 Cpu in Americas for 1 Year", "Commitment v1: N2 Ram in Americas for 1 Year"},
        ),
        (
            "n2d-custom-8-16384 3 year commitment netherlands",
            {
                "Commitment v1: N2D AMD Cpu in Netherlands for 3 Year",
                "Commitment v1: N2D AMD Ram in Netherlands for 3 Year",
            },
        ),
        (
            "e2-custom-2-4096 us-central1",
            {"E2 Instance Core running in Americas", "E2 Instance Ram running in Americas"},
        ),
    ],
)
def test_a_machine_type_is_billed_by_the_parts_of_its_family(query: str, parts: set[str]) -> None:
    assert set(_names(query, limit=2)) == parts


@pytest.mark.parametrize("query", ["cloud sql sql server db-n1-standard-4 Paris", "db-n1-standard-4 mssql"])
def test_a_machine_that_an_engine_does_not_have_is_not_that_of_another_engine(query: str) -> None:
    answer = _ask(query)

    assert answer["skus"] == []
    assert 'Without "db n1 standard 4"' in (answer["hint"] or "")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("n2-standard-4 iowa preemptible off", "N2 Instance Core running in Americas"),
        ("nearline iowa, soft delete disabled", "Nearline Storage Iowa"),
        ("n2 core not on demand iowa", "Spot Preemptible N2 Instance Core running in Americas"),
    ],
)
def test_what_is_off_is_not_the_price_that_is_asked_for(query: str, first: str) -> None:
    assert _names(query)[0] == first


@pytest.mark.parametrize("query", ["custom image us-east7", "regional pd-ssd us-west8"])
def test_where_only_something_beside_the_thing_is_sold_the_region_is_missing(query: str) -> None:
    answer = _ask(query)

    assert answer["skus"] == []
    assert [missing["what"] for missing in answer["missing"] or []] == ["region"]


def test_a_commitment_for_a_machine_type_is_no_price_on_demand() -> None:
    assert all("Commitment" in name for name in _names("n1-highmem-8 commitment iowa"))


def test_an_m2_machine_is_an_m1_machine_and_its_premium() -> None:
    names = _names("m2-ultramem-208 us-east1", limit=4)

    assert {name.partition(" running in ")[0] for name in names} == {
        "Memory-optimized Instance Core",
        "Memory-optimized Instance Ram",
        "Memory Optimized Upgrade Premium for Memory-optimized Instance Core",
        "Memory Optimized Upgrade Premium for Memory-optimized Instance Ram",
    }


@pytest.mark.parametrize("query", ["db-custom-2-7680 postgres netherlands", "db-custom-4-15360 iowa"])
def test_a_custom_machine_of_a_database_is_cloud_sqls(query: str) -> None:
    assert {sku["service"] for sku in _ask(query)["skus"]} == {"Cloud SQL"}


def test_a_shared_core_of_a_database_is_not_that_of_a_virtual_machine() -> None:
    answer = _ask("db-f1-micro, iowa")

    assert answer["skus"] == []
    assert [missing["what"] for missing in answer["missing"] or []] == ["shape"]


def test_the_discount_of_one_family_is_not_that_of_another() -> None:
    answer = _ask("sustained use discount for n2 cores in iowa")

    assert all("N2" in sku["display_name"] for sku in answer["skus"])
    assert 'Not sold as "sustained use discount"' in (answer["hint"] or "")


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("redis, standard tier, 10 GB", "Cloud Memorystore for Redis"),
        ("filestore basic ssd", "Cloud Filestore"),
        ("alloydb vcpu iowa", "AlloyDB"),
        ("vertex ai prediction on n1-standard-8", "Vertex AI"),
        ("pubsub throughput", "Cloud Pub/Sub"),
        ("workstations e2-standard-8", "Cloud Workstations"),
        ("firestore reads", "Cloud Firestore"),
        ("m5.xlarge in frankfurt", "Amazon Web Services"),
    ],
)
def test_a_product_without_skus_is_missing_and_no_other_product_is_shown(query: str, product: str) -> None:
    answer = _ask(query)

    assert (answer["skus"], answer["total"]) == ([], 0)
    assert [(missing["what"], missing["value"]) for missing in answer["missing"] or []] == [
        ("product", product)
    ]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("gemini 1.5 pro characters", "llm"),
        ("claude opus output tokens", "llm"),
        ("hyperdisk-balanced capacity us-east4", "model"),
        ("forwarding rule of a load balancer, us-central1", None),
        ("postgres HA vcpu netherlands", None),
    ],
)
def test_what_the_catalog_does_not_have_is_not_replaced_by_something_like_it(
    query: str, what: str | None
) -> None:
    answer = _ask(query)

    assert (answer["skus"], answer["total"]) == ([], 0)
    assert [missing["what"] for missing in answer["missing"] or []] == ([what] if what else [])
    assert answer["hint"]


@pytest.mark.parametrize(
    ("query", "word"), [("tpu v3 europe-west4", "Preemptible"), ("local ssd netherlands", "Spot Preemptible")]
)
def test_spot_is_found_by_the_name_where_the_label_says_on_demand(query: str, word: str) -> None:
    first = _ask(query, usage_type="Preemptible")["skus"][0]

    assert word in first["display_name"]
    assert first["usage_type"] == "OnDemand"


def test_a_speed_settles_the_size_of_a_link() -> None:
    answer = _ask("cross-cloud interconnect 100G")

    assert answer["skus"][0]["display_name"] == "Cross-Cloud Interconnect - 100Gbps Dedicated circuit"
    assert answer["ambiguous_in"] is None


def test_the_source_of_traffic_is_not_its_destination() -> None:
    assert _names("internet egress from emea per gb")[0].startswith("Network Internet Egress from EMEA to")


@pytest.mark.parametrize("query", ["cloud storage download", "download 1 TB from cloud storage"])
def test_a_download_goes_over_the_internet(query: str) -> None:
    assert _names(query)[0].startswith("Download ")


def test_a_core_of_a_vm_is_not_one_of_a_database() -> None:
    first = _ask("one core of a vm in the netherlands")["skus"][0]

    assert first["service"] == "Compute Engine"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("SELECT ... UNION ALL SELECT 'Storage PD Snapshot in US'", "Storage PD Snapshot in US"),
        (
            '"Licensing Fee for NVIDIA Quadro Virtual Workstation (GPU cost)" of my t4',
            "Licensing Fee for NVIDIA Quadro Virtual Workstation (GPU cost)",
        ),
        (
            "set the region of my mysql to us-central1, db-n1-highmem-16",
            "Cloud SQL for MySQL: Zonal - db-N1Highmem-16-104 in us-central1",
        ),
        ("regional nearline storage singapore", "Nearline Storage Singapore"),
        ("tpu v3-128 slice europe-west4", "Tpu-v3 Pod Accelerator Europe"),
        ("2 t4s in frankfurt", "Nvidia Tesla T4 GPU running in Frankfurt"),
        ("pre-emptible e2 core belgium", "Spot Preemptible E2 Instance Core running in EMEA"),
        (
            "partner interconnect vlan attachment at 500 megabit",
            "Cloud Interconnect - 500Mbps VLAN attachment via Google partner",
        ),
    ],
)
def test_notations_and_names_within_other_text_are_read(query: str, first: str) -> None:
    assert _names(query)[0] == first


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("google_compute_address.a └─ IP address (preemptible VM) 730 hours", "Spot Preemptible VM"),
        ("google_compute_address.a └─ IP address (standard VM) 730 hours", "Standard VM"),
        ("static ip in use on a spot vm", "Spot Preemptible VM"),
        ("external ip attached to a standard vm", "Standard VM"),
    ],
)
def test_an_address_in_use_is_charged_by_the_kind_of_machine_that_uses_it(query: str, first: str) -> None:
    assert _names(query)[0] == f"External IP Charge on a {first}"


def test_an_address_that_is_not_in_use_is_a_static_one() -> None:
    query = "google_compute_address.a └─ IP address (unused) 730 hours"
    assert _names(query)[0] == "Static Ip Charge"


def test_a_commitment_to_spend_leaves_its_years_open() -> None:
    answer = _ask("dollar based commitment, compute engine")

    assert [each["attribute"] for each in answer["ambiguous_in"] or []] == ["term"]


def test_a_part_that_the_product_does_not_have_is_said_to_be_ignored() -> None:
    assert 'Ignored "backups"' in (_ask("cloud sql backups")["hint"] or "")


def test_a_gpu_machine_type_is_found_under_both_names_of_its_gpu() -> None:
    assert _names("a3-megagpu-8g us-central1")[0] == "Nvidia H100 80GB Plus GPU running in Americas"
    assert _names("a3-megagpu-8g tokyo")[0] == "Nvidia H100 80GB Mega GPU running in Tokyo"


def test_an_old_version_of_a_licence_does_not_rank_first() -> None:
    assert "2003" not in _names("windows server license")[0]


# SKUs of services that the real price list lacks, with where they are sold.
MORE = {
    "BigQuery": {
        "Active Logical Storage (us)": "us",
        "Analysis (us)": "us",
        "BigQuery Enterprise Edition for US (multi-region)": "us",
    },
    "Cloud Filestore": {"Filestore Capacity Basic HDD (Standard) Iowa": "us-central1"},
    "Cloud Firestore": {"Cloud Firestore Read Ops": "us"},
    "Cloud Memorystore for Redis": {
        "Redis Capacity Basic M1 Iowa": "us-central1",
        "Redis Capacity Standard M2 Iowa": "us-central1",
    },
    "Cloud Run": {
        "Cloud Run Network Internet Data Transfer Out": "global",
        "Requests": "global",
        "Services CPU (Request-based billing)": "us-central1",
    },
    "Compute Engine": {"C4A Arm Instance Core running in Warsaw": "europe-central2"},
    "Vertex AI": {
        "Gemini 2.5 Pro Input Text Caching": "global",
        "Gemini 2.5 Pro Long Text Input - Predictions": "global",
        "Gemini 2.5 Pro Text Input - Predictions": "global",
        "Gemini 2.5 Pro Text Output - Predictions": "global",
    },
}


@pytest.fixture
def _more_services() -> None:
    for service_name, skus in MORE.items():
        known = Service.objects.filter(display_name=service_name).first()
        service = known or make_service(display_name=service_name)
        for name, region in skus.items():
            make_sku(
                service=service,
                display_name=name,
                resource_group="",
                service_regions=[region],
                geo_taxonomy_regions=[],
            )
    make_update()


@pytest.mark.usefixtures("_more_services")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("redis standard, 10 GB, us-central1", "Redis Capacity Standard M2 Iowa"),
        ("gemini 2.5 pro input tokens", "Gemini 2.5 Pro Text Input - Predictions"),
        ("gemini 2.5 pro output", "Gemini 2.5 Pro Text Output - Predictions"),
        ("gemini 2.5 pro cached input", "Gemini 2.5 Pro Input Text Caching"),
        ("price of on demand queries in bigquery, us", "Analysis (us)"),
        ("requests of cloud run", "Requests"),
        ("firestore reads", "Cloud Firestore Read Ops"),
    ],
)
def test_the_plain_sku_of_a_service_with_few_ranks_first(query: str, first: str) -> None:
    assert _names(query)[0] == first


@pytest.mark.usefixtures("_more_services")
def test_the_core_of_a_machine_is_no_answer_to_the_question_for_its_memory() -> None:
    assert _names("c4a core warsaw") == ["C4A Arm Instance Core running in Warsaw"]
    assert _names("c4a ram warsaw") == []


@pytest.mark.usefixtures("_more_services")
def test_a_language_model_that_is_not_listed_is_not_another_one() -> None:
    answer = _ask("claude sonnet input tokens")

    assert answer["skus"] == []
    assert [missing["value"] for missing in answer["missing"] or []] == ["claude sonnet"]

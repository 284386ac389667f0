from __future__ import annotations

import pytest

from catalog.search.query import NamesOfServices, Question, read_question


def _read(query: str) -> Question:
    services = NamesOfServices()
    for name in ("Genomics", "WordPress"):
        services.anywhere.add(name, name.lower())
    return read_question(query, services=services)


@pytest.mark.parametrize(
    ("query", "uses"),
    [
        ("vm for kafka with 4 cores", ("kafka",)),
        ("n2 machine for a redis cache", ("redis",)),
        ("n2 for kafka", ("kafka",)),
        ("workstation with a t4 in frankfurt", ("workstation",)),
        ("airflow on e2-standard-4", ("airflow",)),
        ("e2 vm for a genomics pipeline", ("genomics",)),
        ("wordpress on n2-standard-2", ("wordpress",)),
        ("bucket for kafka backups", ("kafka",)),
        ("rhel for kafka", ("kafka",)),
        ("inter zone egress between kafka replicas", ("kafka",)),
        ("t4 gpu with a quadro virtual workstation licence", ()),
    ],
)
def test_a_word_that_says_what_a_thing_is_for_is_no_product(query: str, uses: tuple[str, ...]) -> None:
    question = _read(query)

    assert question.uses == uses
    products = {value for fact in question.facts for attribute, value in fact.facts if attribute == "product"}
    assert products <= {"compute-engine", "cloud-storage"}


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("kafka", "managed-service-for-apache-kafka"),
        ("ocr in frankfurt", "cloud-vision-api"),
        ("redis 5 gb", "cloud-memorystore-for-redis"),
        ("price for redis", "cloud-memorystore-for-redis"),
        ("redis m1 capacity", "cloud-memorystore-for-redis"),
        ("redis instance with 4 cores", "cloud-memorystore-for-redis"),
        ("memorystore for redis on n2 machines", "cloud-memorystore-for-redis"),
        ("genomics", "genomics"),
        ("workstations e2-standard-4", "cloud-workstations"),
    ],
)
def test_the_word_alone_is_the_product(query: str, product: str) -> None:
    question = _read(query)

    assert question.uses == ()
    assert ("product", product) in {each for fact in question.facts for each in fact.facts}


def test_a_machine_that_is_named_by_its_cores_is_one_of_compute_engine() -> None:
    question = _read("vm for kafka with 4 cores")

    assert {each for fact in question.facts for each in fact.facts} == {
        ("part", "core"),
        ("product", "compute-engine"),
    }

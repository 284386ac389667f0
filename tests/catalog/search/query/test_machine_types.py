from __future__ import annotations

import pytest

from catalog.search.query import Size, read_question

CORE_AND_RAM = "part=core|part=ram"


def facts_of(query: str) -> list[str]:
    return sorted("|".join("=".join(each) for each in fact.facts) for fact in read_question(query).facts)


@pytest.mark.parametrize(
    ("machine", "facts"),
    [
        ("n2-standard-8", ["family=n2", CORE_AND_RAM]),
        ("c9x-highmem-4", ["family=c9x", CORE_AND_RAM]),
        ("c2-standard-60", ["family=c2", CORE_AND_RAM]),
        ("e2-medium", ["family=e2", CORE_AND_RAM]),
        ("n1-standard-4", ["family=n1", CORE_AND_RAM]),
        ("m3-ultramem", ["family=m3", CORE_AND_RAM]),
        ("custom-4-8192", ["family=n1", CORE_AND_RAM, "purpose=custom"]),
        ("n2d-custom-8-16384-ext", ["family=n2d", CORE_AND_RAM, "purpose=custom"]),
    ],
)
def test_a_machine_type_is_read_as_the_parts_it_is_billed_as(machine: str, facts: list[str]) -> None:
    assert facts_of(f"{machine} in london") == facts


@pytest.mark.parametrize(
    ("machine", "model"),
    [
        ("a2-highgpu-1g", "a100"),
        ("a2-ultragpu-1g", "a100-80gb"),
        ("a3-ultragpu", "h200"),
        ("a3-megagpu-8g", "h100-mega"),
        ("g2-standard-4", "l4"),
    ],
)
def test_an_accelerator_machine_has_its_gpu_among_its_parts(machine: str, model: str) -> None:
    facts = facts_of(machine)

    assert any(f"model={model}" in fact for fact in facts)
    assert any("part=gpu" in fact for fact in facts)


@pytest.mark.parametrize(
    ("machine", "shape"),
    [
        ("db-n1-standard-4", "shape=4x15"),
        ("db-n1-highmem-8", "shape=8x52"),
        ("db-n1-standard-2", "shape=2x7-5"),
        ("db-f1-standard-1", "shape=1x3-75"),
        ("db-f1-micro", "shape=db-f1-micro"),
    ],
)
def test_a_machine_of_a_database_is_a_whole_one_of_cloud_sql(machine: str, shape: str) -> None:
    assert facts_of(machine) == ["product=cloud-sql", shape]


def test_a_custom_machine_of_a_database_may_also_be_billed_by_its_parts() -> None:
    assert facts_of("db-custom-2-7680") == ["product=cloud-sql", "shape=2x7-5|part=core|part=ram"]


def test_a_machine_type_beside_a_database_engine_is_a_machine_of_cloud_sql() -> None:
    assert facts_of("mysql n1-standard-4") == ["engine=mysql", "product=cloud-sql", "shape=4x15"]


@pytest.mark.parametrize("text", ["sql server standard 2019", "n2 standard", "highmem", "gcs standard 100"])
def test_a_shape_alone_is_not_a_machine_type(text: str) -> None:
    assert not read_question(text).has_machine


@pytest.mark.parametrize("part", ["core", "ram"])
def test_a_part_named_with_the_machine_type_is_the_one_that_is_asked_for(part: str) -> None:
    question = read_question(f"n2-standard-8 {part}")

    assert question.words == ["n2 standard 8", part]
    assert facts_of(f"n2-standard-8 {part}") == ["family=n2", f"part={part}"]


def test_a_machine_type_says_how_many_processors_a_licence_is_for() -> None:
    assert read_question("rhel licence n2-standard-8").sizes == (Size("cpu", 8, 8),)

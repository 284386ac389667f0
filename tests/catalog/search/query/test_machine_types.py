from __future__ import annotations

import pytest

from catalog.offers.resources.series import machine_types
from catalog.places import fold
from catalog.search.query import NamedMachine, Size, gpu_count, read_question
from catalog.search.query.machine_types import MACHINE

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


@pytest.mark.parametrize("name", ["sql server", "mssql", "microsoft sql server"])
def test_a_machine_of_a_database_keeps_an_engine_that_is_also_a_system_beside_machines(name: str) -> None:
    expected = ["engine=sqlserver", "product=cloud-sql", "shape=4x15"]

    assert facts_of(f"cloud sql {name} db-n1-standard-4") == expected
    assert "shape=4x15" in facts_of(f"{name} db-n1-standard-4")
    assert any("engine=sqlserver" in fact for fact in facts_of(f"{name} db-n1-standard-4"))


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


@pytest.mark.parametrize(
    ("query", "machines"),
    [
        ("n2-standard-8 frankfurt", [("n2-standard-8", None)]),
        ("3 N2-Standard-8 in tokyo", [("n2-standard-8", 3)]),
        ("3x e2 micro", [("e2-micro", 3)]),
        ("n2-standard-8 x 3", [("n2-standard-8", 3)]),
        ("three n2-standard-8", [("n2-standard-8", 3)]),
        ("10 instances of n2-standard-8", [("n2-standard-8", 10)]),
        ("2 VMs n2-standard-4 in london", [("n2-standard-4", 2)]),
        ("n2-standard-8, e2-standard-4", [("n2-standard-8", None), ("e2-standard-4", None)]),
        ("2 n1-standard-4 with 3 t4", [("n1-standard-4", 2)]),
        ("debian 12 n2-standard-4", [("n2-standard-4", None)]),
        ("n2-standard-8 1 year", [("n2-standard-8", None)]),
        ("n2-custom-4-16384", [("n2-custom-4-16384", None)]),
        ("custom-4-16384-ext", [("custom-4-16384-ext", None)]),
        ("n2-standard-8 100000 requests", [("n2-standard-8", None)]),
        ("c3-standard-4-lssd", [("c3-standard-4-lssd", None)]),
        ("c4-standard-288-lssd-metal", [("c4-standard-288-lssd-metal", None)]),
        ("z3-highmem-88-highlssd", [("z3-highmem-88-highlssd", None)]),
        # A shape without a size, a database and the machine of another cloud are none.
        ("m3-ultramem", []),
        ("highmem 8", []),
        ("db-n1-standard-4", []),
        ("db-custom-2-7680", []),
        ("db-f1-micro", []),
        ("m5.large", []),
        ("m5.large or n2-standard-2", [("n2-standard-2", None)]),
    ],
)
def test_a_question_names_machines_with_how_many(query: str, machines: list[tuple[str, int | None]]) -> None:
    assert read_question(query).machines == tuple(NamedMachine(*each) for each in machines)


@pytest.mark.parametrize(
    ("text", "words", "count"),
    [
        ("n1 standard 4 with 1 t4", "t4", 1),
        ("n1 standard 4 with 2 nvidia tesla t4", "t4", 2),
        ("4x v100", "v100", 4),
        ("t4 gpu 2x us central1", "t4", 2),
        ("t4 x 2", "t4", 2),
        ("a2 highgpu 1g with 8 a100", "a2 highgpu 1g a100", 8),
        # The size of a machine counts no GPUs.
        ("n1 standard 4 gpu t4", "t4", None),
        ("n1 standard 4 t4", "t4", None),
        ("a2 highgpu 1g", "a2 highgpu 1g", None),
    ],
)
def test_the_number_beside_a_gpu_counts_it(text: str, words: str, count: int | None) -> None:
    assert gpu_count(words, text) == count


def test_every_machine_type_is_recognised_but_x4_whose_names_have_another_form() -> None:
    unknown = {name for name in machine_types() if not MACHINE.fullmatch(fold(name))}

    assert {name.partition("-")[0] for name in unknown} == {"x4"}


def test_a_local_ssd_beside_a_machine_is_no_part_of_its_name() -> None:
    question = read_question("c3-standard-4 local ssd")

    assert question.machines == (NamedMachine("c3-standard-4"),)
    assert question.left_out == ("local ssd",)

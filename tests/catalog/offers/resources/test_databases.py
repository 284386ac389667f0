"""What databases of Cloud SQL are billed as."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest


def database(resource: str, **arguments: Any) -> Bill:
    return read_bill(ResourceRequest(resource=resource, region="europe-west3", **arguments))


def billed(resource: str, **arguments: Any) -> dict[str, str]:
    return {part.name: f"{part.quantity:f} {part.unit}" for part in database(resource, **arguments).parts}


def values(bill: Bill, attribute: str) -> set[str]:
    return {value for part in bill.parts for fact in part.facts for name, value in fact if name == attribute}


def test_a_custom_machine_is_its_cores_and_memory() -> None:
    assert billed("db-custom-4-15360", engine="postgres") == {"core": "4 h", "ram": "15 GiBy.h"}


def test_a_machine_of_n1_is_one_sku_by_its_shape() -> None:
    bill = database("db-n1-standard-2", engine="MYSQL_8_0")

    assert [part.name for part in bill.parts] == ["machine"]
    assert values(bill, "shape") == {"2x7-5"}


@pytest.mark.parametrize(("name", "family"), [("db-f1-micro", "f1"), ("db-g1-small", "g1")])
def test_a_shared_core_is_one_sku_by_its_family(name: str, family: str) -> None:
    assert values(database(name, engine="postgres"), "family") == {family}


def test_a_machine_of_enterprise_plus_is_billed_as_such() -> None:
    bill = database("db-perf-optimized-N-4", engine="mysql", size_gib=Decimal(10))

    assert all(("class", "enterprise-plus") in part.facts[0] for part in bill.parts)


@pytest.mark.parametrize(("ha", "location_type"), [(False, "zonal"), (True, "regional")])
def test_high_availability_is_of_the_machine_and_the_storage(ha: bool, location_type: str) -> None:
    bill = database("db-custom-2-7680", engine="mysql", size_gib=Decimal(10), ha=ha)

    assert values(bill, "location_type") == {location_type}


def test_storage_is_on_ssds_unless_hard_disks_are_asked_for() -> None:
    ssd = database("db-f1-micro", engine="mysql", size_gib=Decimal(10)).parts[-1]
    hdd = database("db-f1-micro", engine="mysql", size_gib=Decimal(10), tier="HDD").parts[-1]

    assert ("class", "standard") in ssd.facts[0]
    assert hdd.words == ("low",)  # Google's "Low cost storage"
    with pytest.raises(InvalidArgumentError, match="tape"):
        database("db-f1-micro", engine="mysql", size_gib=Decimal(10), tier="tape")


def test_what_was_not_asked_for_is_said() -> None:
    assert database("db-f1-micro", engine="mysql").not_included[:2] == ("storage", "backups")
    assert "storage" not in database("db-f1-micro", engine="mysql", size_gib=Decimal(10)).not_included


@pytest.mark.parametrize(
    ("machine", "licence"),
    [("db-custom-2-7680", "1 h"), ("db-custom-4-15360", "1 h"), ("db-custom-8-30720", "8 h")],
)
def test_sql_server_brings_a_licence_for_at_least_four_vcpus(machine: str, licence: str) -> None:
    found = billed(machine, engine="SQLSERVER_2019_STANDARD")

    assert found["SQL Server Standard licence"] == licence


def test_the_express_edition_has_no_licence_fee() -> None:
    assert set(billed("db-custom-2-7680", engine="SQL Server 2022 Express")) == {"core", "ram"}


@pytest.mark.parametrize(
    ("resource", "arguments", "attributes"),
    [
        ("db-custom-2-7680", {}, ["engine"]),
        ("db-custom-2-7680", {"engine": "sql server"}, ["engine"]),
        ("cloud-sql", {"engine": "mysql"}, ["resource"]),
        ("cloud-sql", {}, ["resource", "engine"]),
    ],
)
def test_what_is_open_is_asked(resource: str, arguments: dict[str, str], attributes: list[str]) -> None:
    bill = database(resource, **arguments)

    assert [choice.attribute for choice in bill.choices] == attributes
    assert all(choice.values for choice in bill.choices)
    assert not bill.parts


@pytest.mark.parametrize(
    "resource", ["cloud-sql", "db-custom-2-7680", "db-n1-standard-4", "db-f1-micro", "db-perf-optimized-N-4"]
)
def test_each_value_that_is_offered_goes_with_all_others(resource: str) -> None:
    offered = {choice.attribute: choice.values for choice in database(resource).choices}

    assert offered["engine"]
    for machine, engine in product(offered.get("resource", [resource]), offered["engine"]):
        assert database(machine, engine=engine).parts


def test_more_machines_are_offered_for_an_engine_that_runs_on_them() -> None:
    [machines] = database("cloud-sql", engine="mysql").choices

    assert "db-n1-standard-4" in machines.values
    assert "db-n1-standard-4" not in database("cloud-sql", engine="postgres").choices[0].values


def test_a_machine_that_the_engine_does_not_run_on_is_refused_before_the_edition_is_asked() -> None:
    with pytest.raises(InvalidArgumentError, match="does not run on"):
        database("db-f1-micro", engine="sqlserver")


def test_the_storage_of_a_database_is_billed_as_that_of_one_that_runs() -> None:
    arguments: dict[str, Any] = {"engine": "postgres", "size_gib": Decimal(50), "backup_gib": Decimal(5)}
    running = database("db-perf-optimized-N-4", **arguments).parts
    alone = database("cloud-sql-enterprise-plus-storage", **arguments).parts

    assert [(part.facts, part.quantity) for part in alone] == [
        (part.facts, part.quantity) for part in running if part.name in ("storage", "backups")
    ]
    assert [choice.attribute for choice in database("cloud-sql-storage").choices] == ["engine", "size_gib"]


@pytest.mark.parametrize(
    ("resource", "engine", "hint"),
    [
        ("db-custom-4-15", "mysql", "in MiB"),
        ("db-custom-3-7680", "mysql", "even"),
        ("db-custom-2-102400", "mysql", "6.5 GiB"),
        ("db-n1-standard-4", "postgres", "db-custom-4-15360"),
        ("db-f1-micro", "sqlserver-web", "db-custom"),
        ("db-f1-micro", "mariadb", "mysql"),
    ],
)
def test_a_machine_that_does_not_exist_is_refused_with_what_does(
    resource: str, engine: str, hint: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        database(resource, engine=engine)

    assert hint in caught.value.hint


def test_a_commitment_is_said_to_be_of_money() -> None:
    [note] = database("db-f1-micro", engine="mysql", usage_type="1y").notes

    assert "amount of money" in note

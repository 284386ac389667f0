"""What operating systems cost on machines, as facts of their SKUs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill, Part
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest

CORES = {"n2-standard-2": 2, "n2-standard-8": 8}


def machine(os: str, name: str = "n2-standard-8", **arguments: int | str) -> Bill:
    return read_bill(ResourceRequest(resource=name, os=os, **arguments))  # type: ignore[arg-type]


def licences(os: str, name: str = "n2-standard-8", **arguments: int | str) -> list[Part]:
    return [part for part in machine(os, name, **arguments).parts if "licence" in part.name]


@pytest.mark.parametrize(
    ("os", "name", "licence", "quantity"),
    [
        ("windows-server", "n2-standard-8", "Windows Server licence", 8),
        ("windows-2022", "e2-micro", "Windows Server licence", 2),
        ("windows-server", "f1-micro", "Windows Server licence", 1),
        ("rhel", "n2-standard-8", "RHEL licence", 1),
        ("rhel-9", "n2-standard-2", "RHEL licence", 1),
        ("sles-15-sp5", "n2-standard-8", "SLES licence", 1),
        ("sql-server-standard", "n2-standard-2", "SQL Server Standard licence", 1),
        ("sql-server-standard", "n2-standard-8", "SQL Server Standard licence", 8),
    ],
)
def test_a_licence_is_paid_by_the_rule_of_its_maker(os: str, name: str, licence: str, quantity: int) -> None:
    """SQL Server is paid for at least 4 vCPUs: up to there a SKU has the price of the whole machine."""
    first = licences(os, name)[0]

    assert (first.name, first.unit) == (licence, "h")
    assert first.quantity == quantity


@pytest.mark.parametrize(
    ("name", "spans"), [("n2-standard-2", {(1, 4)}), ("n2-standard-8", {(5, 1_000_000)})]
)
def test_a_licence_is_of_the_size_of_the_machine(name: str, spans: set[tuple[int, int]]) -> None:
    size = licences("sql-server-web", name)[0].size

    assert size is not None
    assert size.unit == "cpu"
    assert size.count == CORES[name]
    assert size.spans == spans


@pytest.mark.parametrize(
    ("os", "versions"),
    [
        ("windows-server-2019", [{"2019"}]),
        ("Windows Server 2012 R2", [{"2012", "r2"}]),
        ("windows-server-2031", [{"2031"}]),
        ("rhel-8-10", [{"8"}]),
        ("ubuntu-pro-2004-lts", [{"20-04"}]),
        ("rhel", [{"10"}, {"9"}, {"8"}, {"7"}]),
    ],
)
def test_a_version_is_read_wherever_it_stands(os: str, versions: list[set[str]]) -> None:
    found = [{value for name, value in each if name == "version"} for each in licences(os)[0].facts]

    assert list(map(frozenset, dict.fromkeys(map(frozenset, found)))) == versions


def test_a_version_that_is_not_named_is_said() -> None:
    assert "rhel is the newest version that the catalog has, as none is named." in machine("rhel").notes
    assert not machine("rhel-9").notes


def test_sql_server_brings_the_licence_of_windows() -> None:
    names = [part.name for part in licences("sql-server-2022-enterprise")]

    assert names == ["SQL Server Enterprise licence", "Windows Server licence"]


def test_shared_cores_have_licences_of_their_own() -> None:
    [part] = licences("sles", "g1-small")

    assert all(("purpose", "small-cost") in each for each in part.facts)
    assert part.size is None


def test_ubuntu_pro_is_paid_by_machine_memory_and_gpus() -> None:
    found = licences("ubuntu-pro", "n1-standard-4", gpu="t4", gpu_count=2)

    assert {part.name: (str(part.quantity), part.unit) for part in found} == {
        "Ubuntu Pro licence": ("1", "h"),
        "Ubuntu Pro licence for RAM": ("15", "GiBy.h"),
        "Ubuntu Pro licence for GPUs": ("1", "h"),
    }


@pytest.mark.parametrize("os", ["debian-12", "Ubuntu 22.04 LTS", "rocky-linux-9", "cos"])
def test_a_free_system_costs_nothing_and_that_is_said(os: str) -> None:
    assert not licences(os)
    assert f"{os} has no licence fee." in machine(os).notes


def test_an_edition_that_is_left_open_is_asked() -> None:
    [choice] = machine("sql-server-2019").choices

    assert choice.attribute == "os"
    assert "sql-server-web" in choice.values


def test_an_unknown_system_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidArgumentError, match="windoes") as caught:
        machine("windoes")

    assert {"os": "windows-server"} in caught.value.candidates


def test_a_machine_without_a_system_says_that_a_licence_is_not_included() -> None:
    without = read_bill(ResourceRequest(resource="n2-standard-8"))

    assert "operating system licence" in without.not_included
    assert "operating system licence" not in machine("debian").not_included


@pytest.mark.parametrize("name", ["n2-standard-8", "n2-node-80-640"])
def test_a_machine_refuses_what_it_does_not_have(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match="size_gib"):
        read_bill(ResourceRequest(resource=name, size_gib=Decimal(1)))

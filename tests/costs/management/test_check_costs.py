from __future__ import annotations

from pathlib import Path

import pytest

from catalog.management import exit_codes
from costs.load.job import load
from costs.management.commands import check_costs
from costs.models import CostLoad, CostSource
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.management.running import as_json, fail, help_of, run
from tests.costs.store.lakes import publish

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

UNKNOWN = "USE1-Quokka9Ultra-input-tokens"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bills"


@pytest.fixture
def source(folder: Path) -> CostSource:
    write_bill(folder, OCTOBER, [charge("3", tags={"team": "blue"}), charge("4", x_UsageType=UNKNOWN)])
    source = make_source(folder)
    load(source)
    return source


def file(costs_dir: Path) -> Path:
    """The file of the first load."""
    return costs_dir / CostLoad.objects.current()[0].path


def test_sound_files_are_said_to_be_sound_with_what_is_not_known(source: CostSource) -> None:
    assert run("check_costs", "--source", source.name).splitlines() == [
        "1 file read: all are as they were written.",
        "Models without a name (add one in the admin, and run load_costs):",
        f"  4 USD: 'Quokka9Ultra' of Amazon Bedrock (aws), such as {UNKNOWN}",
        "AI cost without a customer: 4 USD.",
    ]


@pytest.mark.usefixtures("source")
def test_the_result_as_json_has_the_unmapped_models_with_their_money() -> None:
    assert as_json(run("check_costs", "--json")) == {
        "status": "completed",
        "files": 1,
        "faults": [],
        "may_count_twice": [],
        "doubts": [],
        "unmapped": [
            {
                "cloud": "aws",
                "product": "Amazon Bedrock",
                "billing_model": "Quokka9Ultra",
                "meters": 1,
                "meter": UNKNOWN,
                "billed": "4",
                "currency": "USD",
            }
        ],
        "unattributed": {"USD": "4"},
        "of_no_cloud": {},
    }


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("damage", [b"PAR1 but no more", b""])
def test_a_damaged_file_is_named_in_one_line_with_what_to_do(costs_dir: Path, damage: bytes) -> None:
    file(costs_dir).write_bytes(damage)

    code, message, output = fail("check_costs", "--json")

    assert code == exit_codes.FAILED
    [line] = message.splitlines()
    assert line.startswith(f"bills 2026-10: The file {file(costs_dir).relative_to(costs_dir)} cannot be read")
    assert line.endswith("Delete it, and run load_costs --source bills --period 2026-10.")
    assert as_json(output)["status"] == "failed"


@pytest.mark.usefixtures("source")
def test_a_file_whose_content_is_another_is_named(costs_dir: Path) -> None:
    other = publish("other", OCTOBER, ["1"])
    file(costs_dir).write_bytes((costs_dir / other.path).read_bytes())

    _, message, _ = fail("check_costs", "--source", "bills")

    assert "has changed: its SHA-256 is" in message
    assert "has 1 row instead of 2." in message
    assert "has another sum of money than its load." in message


def test_the_advice_to_a_missing_file_mends_it(source: CostSource, costs_dir: Path, folder: Path) -> None:
    write_bill(folder, NOVEMBER, [charge("1")])
    load(source)
    file(costs_dir).unlink()

    code, message, _ = fail("check_costs")
    assert (code, "is missing. Run load_costs --source bills --period 2026-10." in message) == (1, True)

    run("load_costs", "--source", "bills", "--period", OCTOBER)
    assert run("check_costs").startswith("2 files read: all are as they were written.")


def test_without_loads_there_is_nothing_to_check() -> None:
    assert fail("check_costs")[:2] == (exit_codes.FAILED, "No costs are loaded.")


def test_charges_of_no_known_cloud_are_told_by_the_load_and_with_their_money(folder: Path) -> None:
    oracle = dict.fromkeys(("ProviderName", "InvoiceIssuerName", "ServiceName"), "Oracle")
    write_bill(folder, OCTOBER, [charge("3"), charge("42") | oracle | {"x_UsageType": ""}])
    [month] = load(make_source(folder)).months

    assert (
        "No known cloud is named, so that meters are not read, on 1 row, such as "
        "'Input tokens on 2026-10-03'; their BilledCost is 42 USD."
    ) in month.warnings
    assert run("check_costs").splitlines()[-1] == ("42 USD are of no known cloud: their meters are not read.")
    assert as_json(run("check_costs", "--json"))["of_no_cloud"] == {"USD": "42"}


def test_a_sum_with_too_many_digits_is_one_sentence(folder: Path) -> None:
    write_bill(folder, OCTOBER, [charge("9e19", ServiceName="Amazon Bedrock")])
    write_bill(folder, NOVEMBER, [charge("9e19", ServiceName="Amazon Bedrock")])
    load(make_source(folder))

    code, message, _ = fail("check_costs")

    assert code == exit_codes.FAILED
    assert message.startswith("A sum of the question has more digits than sums may")


def test_control_characters_of_a_bill_are_never_printed(folder: Path) -> None:
    evil = "\x1b[2Jno\nTotal 0"
    write_bill(
        folder, OCTOBER, [charge("3", ServiceName=evil, x_UsageType=f"USE1-Quokka{evil}-input-tokens")]
    )
    load(make_source(folder))

    printed = run("check_costs")

    assert "\x1b" not in printed
    assert not any(line.startswith("Total") for line in printed.splitlines())
    assert r"\u001b[2Jno\u000aTotal 0" in printed


def test_the_help_shows_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_costs.EXAMPLES.strip() in help_of("check_costs", capsys)


@pytest.fixture
def invoice(tmp_path: Path, source: CostSource) -> Path:  # noqa: ARG001 what is loaded
    path = tmp_path / "october.csv"
    path.write_text("billing_account,billing_period,currency,amount\n111122223333,2026-10,USD,7.00\n")
    return path


def test_an_invoice_that_agrees_with_what_is_loaded_is_said_to(invoice: Path) -> None:
    lines = run("check_costs", "--against", str(invoice)).splitlines()

    assert lines[2].split() == ["111122223333", "2026-10", "USD", "7", "7", "0", "equal"]
    assert lines[-1] == "None of 1 row differs by more than 0.01."


def test_an_invoice_that_differs_by_more_than_the_tolerance_fails(invoice: Path) -> None:
    invoice.write_text(invoice.read_text().replace("7.00", "7.05"))

    code, message, output = fail("check_costs", "--against", str(invoice), "--json")

    assert (code, message) == (exit_codes.FAILED, "1 of 1 row differs by more than 0.01.")
    assert as_json(output)["rows"][0]["difference"] == "-0.05"
    assert run("check_costs", "--against", str(invoice), "--tolerance", "0.05")
    assert "x is no amount" in fail("check_costs", "--against", str(invoice), "--tolerance", "x")[1]


def test_an_invoice_that_cannot_be_read_is_one_sentence(invoice: Path) -> None:
    invoice.write_text("a,b\n1,2\n")

    code, message, output = fail("check_costs", "--against", str(invoice), "--json")

    assert code == exit_codes.WRONG_ARGUMENTS
    assert message.startswith("october.csv has no column billing_period (or BillingPeriodStart)")
    assert as_json(output) == {"status": "failed", "error": message}

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError
from django.utils import timezone

from catalog.management import exit_codes
from costs.load.job import load
from costs.load.report import LoadReport
from costs.management.commands import load_costs
from costs.models import CostLoad, CostSource
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.management.running import as_json, fail, help_of, run
from tests.costs.store.lakes import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5"), charge("0.25")])
    return tmp_path / "bills"


def test_a_folder_becomes_a_source_that_can_be_loaded_by_name(folder: Path) -> None:
    assert run("load_costs", "--source", str(folder)) == "bills 2026-10 loaded: 2 rows, 1.75 USD.\n"
    assert run("load_costs", "--source", "bills") == "bills 1 month unchanged.\n"
    assert run("load_costs") == "bills 1 month unchanged.\n"
    assert CostSource.objects.get().location == str(folder)


def test_only_the_period_is_loaded(folder: Path) -> None:
    write_bill(folder, NOVEMBER, [charge("4")])

    printed = run("load_costs", "--source", str(folder), "--period", NOVEMBER)

    assert printed == "bills 2026-11 loaded: 1 row, 4 USD.\n"
    assert CostLoad.objects.get().billing_period == NOVEMBER


def test_files_that_are_left_out_are_counted_with_examples(folder: Path) -> None:
    for name in ("README.md", "invoice\x1b[2J.pdf", "logo.png", "notes.txt"):
        (folder / name).write_text("x")

    printed = run("load_costs", "--source", str(folder))

    assert printed.splitlines()[1] == (
        r"bills: 4 files without charges left out, such as README.md, invoice\u001b[2J.pdf, logo.png."
    )


def test_a_source_that_fails_by_a_fault_of_ours_keeps_no_other_from_being_loaded(
    tmp_path: Path, folder: Path
) -> None:
    make_source(folder)
    write_bill(tmp_path / "a", OCTOBER, [charge("7", BillingAccountId="999988887777")])
    make_source(tmp_path / "a", "a")

    def fails(source: CostSource, **options: Any) -> LoadReport:
        if source.name == "a":
            raise ZeroDivisionError("by 0")
        return load(source, **options)

    with patch.object(load_costs, "load", fails):
        code, message, output = fail("load_costs", "--json")

    assert code == exit_codes.PARTLY_DONE
    assert message.startswith("a: It failed by ZeroDivisionError: by 0")
    assert as_json(output)["status"] == "partial"
    assert CostLoad.objects.get().source_id == "bills"


def test_a_dry_run_makes_no_source_and_no_load(folder: Path) -> None:
    printed = run("load_costs", "--source", str(folder), "--dry-run")

    assert printed == "Would be: bills 2026-10 loaded: 2 rows, 1.75 USD.\n"
    assert not CostSource.objects.exists()
    assert not CostLoad.objects.exists()


def test_the_result_as_json_has_each_month_with_exact_money(folder: Path) -> None:
    result = as_json(run("load_costs", "--source", str(folder), "--json"))

    load = CostLoad.objects.get()
    [source] = result["sources"]
    [month] = source.pop("months")
    assert (result["status"], source) == (
        "completed",
        {"source": "bills", "dry_run": False, "error": "", "gone": {}, "notes": [], "behind": ""},
    )
    assert {name: month[name] for name in ("period", "outcome", "load", "rows", "billed", "before")} == {
        "period": OCTOBER,
        "outcome": "loaded",
        "load": load.pk,
        "rows": 2,
        "billed": {"USD": "1.75"},
        "before": {},
    }


def test_a_file_without_rows_is_told_beside_what_was_loaded(folder: Path) -> None:
    header = ",".join(sorted({*charge(), "BillingPeriodStart", "BillingPeriodEnd"}))
    (folder / "2026-11.csv").write_text(f"{header}\n")

    assert run("load_costs", "--source", str(folder)) == (
        "bills 2026-10 loaded: 2 rows, 1.75 USD.\nbills: 2026-11.csv has no rows.\n"
    )
    assert as_json(run("load_costs", "--json"))["sources"][0]["notes"] == ["2026-11.csv has no rows."]


def test_a_month_that_is_refused_beside_one_that_is_loaded_is_partly_done(folder: Path) -> None:
    write_bill(folder, NOVEMBER, [charge("1,5")])

    code, message, output = fail("load_costs", "--source", str(folder), "--json")

    assert code == exit_codes.PARTLY_DONE == 3
    assert message.startswith("bills: 2026-11 not loaded: 1 value of BilledCost cannot be read")
    assert "such as '1,5' in 2026-11.csv" in message
    assert message.endswith("What could not be loaded stays as it was.")
    assert as_json(output)["status"] == "partial"
    assert [month["outcome"] for month in as_json(output)["sources"][0]["months"]] == ["loaded", "failed"]


def test_a_source_of_which_nothing_can_be_loaded_has_failed(tmp_path: Path) -> None:
    make_source(tmp_path / "nowhere")

    code, message, output = fail("load_costs", "--json")

    assert code == exit_codes.FAILED == 1
    assert "is not a folder" in message
    assert as_json(output)["status"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "There are no sources of costs. Add one in the admin, or name a folder with --source."),
        (
            ["--source", "nowhere"],
            "nowhere is no source, no folder and no address at a cloud. The sources are: none yet.",
        ),
        (["--period", "2026-13"], "Error: argument --period: 2026-13 is not a month such as 2026-10."),
    ],
)
def test_wrong_arguments_are_named(arguments: list[str], message: str) -> None:
    code, said, _ = fail("load_costs", *arguments)

    # The parser raises its own errors without a code when it is called from Python; its process ends with 2.
    assert code == exit_codes.WRONG_ARGUMENTS or said.startswith("Error: argument")
    assert said == message


def test_a_folder_whose_name_is_reserved_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()

    code, message, _ = fail("load_costs", "--source", str(tmp_path / "all"))

    assert code == exit_codes.WRONG_ARGUMENTS
    assert "Choose another name. Add it in the admin with another name." in message


def test_a_load_beside_another_of_the_same_source_is_refused(folder: Path) -> None:
    source = make_source(folder)
    now = timezone.now()
    CostLoad.objects.create(
        pk="other", source=source, billing_period=OCTOBER, status="running", started_at=now, heartbeat_at=now
    )

    code, message, _ = fail("load_costs")

    assert code == exit_codes.FAILED
    assert "Load other of bills is running." in message


def test_an_interrupt_ends_it_with_one_sentence(folder: Path) -> None:
    make_source(folder)

    with patch.object(load_costs, "load", side_effect=KeyboardInterrupt):
        code, message, output = fail("load_costs", "--json")

    assert (code, message) == (1, "Stopped. Loaded months are kept. Run it again to continue.")
    assert as_json(output) == {"status": "failed", "error": message}


def test_the_help_shows_examples_that_parse_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    printed = help_of("load_costs", capsys)

    assert load_costs.EXAMPLES.strip() in printed
    examples = [line.split("  ")[1].split() for line in load_costs.EXAMPLES.splitlines() if line[:2] == "  "]
    assert len(examples) == 5
    for name, *arguments in examples:
        assert name == "load_costs"
        parser = load_costs.Command().create_parser("manage.py", name)
        try:
            parser.parse_args(arguments)
        except CommandError as error:
            pytest.fail(f"{arguments}: {error}")


def test_the_folder_of_a_demo_is_loaded_as_the_demo(folder: Path) -> None:
    CostSource.objects.create(name="demo-aws", kind=CostSource.Kind.DEMO, location=str(folder))

    run("load_costs", "--source", str(folder))

    assert [load.is_demo for load in CostLoad.objects.current()] == [True]


def test_a_withdrawn_month_is_in_no_sum_but_in_those_of_before_until_it_is_loaded_again(folder: Path) -> None:
    write_bill(folder, NOVEMBER, [charge("4")])
    run("load_costs", "--source", str(folder))
    old = CostLoad.objects.get(billing_period=OCTOBER)

    printed = run("load_costs", "--source", "bills", "--period", OCTOBER, "--withdraw")

    assert printed.splitlines() == [
        f"bills 2026-10 ({old.pk}) withdrawn: 1.75 USD less.",
        "The next load_costs loads what the source still offers, unless you disable it in the admin.",
    ]
    assert [load.billing_period for load in CostLoad.objects.current()] == [NOVEMBER]
    assert old in CostLoad.objects.current(as_of=old.current_from)

    assert "bills 2026-10 loaded: 2 rows, 1.75 USD." in run("load_costs")
    old.refresh_from_db()
    new = CostLoad.objects.current().get(billing_period=OCTOBER)
    assert (old.replaced_by, old.end[:9]) == (None, "withdrawn")
    assert old.current_until
    assert new.current_from
    assert new.current_from >= old.current_until


def test_withdrawing_says_by_how_much_sums_change_with_estimates_that_count_again(folder: Path) -> None:
    values: dict[str, Any] = {
        "x_Cloud": "aws",
        "BillingAccountId": "111122223333",
        "SubAccountId": "444455556666",
    }
    publish("guess", OCTOBER, ["5"], estimate_of=values["SubAccountId"], **values)
    run("load_costs", "--source", str(folder))
    load = CostLoad.objects.get(source="bills")
    guess = CostLoad.objects.get(source="guess")

    def withdrawn(source: str, *options: str) -> list[str]:
        return run("load_costs", "--source", source, "--withdraw", *options).splitlines()[:-1]

    assert withdrawn("guess", "--dry-run") == [
        f"Would be: guess 2026-10 of 444455556666 ({guess.pk}) withdrawn: it did not count.",
        "Would be: All sums together: the same sum.",
    ]
    result = as_json(run("load_costs", "--source", "bills", "--withdraw", "--dry-run", "--json"))
    assert result["difference"] == {"USD": "3.25"}
    assert [each["load"] for each in result["counts_again"]] == [guess.pk]
    assert withdrawn("bills") == [
        f"bills 2026-10 ({load.pk}) withdrawn: 1.75 USD less.",
        f"guess 2026-10 of 444455556666 ({guess.pk}) counts again, as an estimate: 5 USD more.",
        "All sums together: 3.25 USD more.",
    ]
    assert withdrawn("guess") == [f"guess 2026-10 of 444455556666 ({guess.pk}) withdrawn: 5 USD less."]


def test_a_withdrawn_source_that_is_disabled_is_not_loaded_again(folder: Path) -> None:
    run("load_costs", "--source", str(folder))
    make_source(folder.with_name("other"), "other")
    CostSource.objects.filter(name="bills").update(is_enabled=False)

    result = as_json(run("load_costs", "--source", "bills", "--withdraw", "--json"))

    assert [each["billed"] for each in result["withdrawn"]] == [{"USD": "1.75"}]
    fail("load_costs")
    assert not CostLoad.objects.current()


def test_a_dry_run_withdraws_nothing(folder: Path) -> None:
    run("load_costs", "--source", str(folder))

    assert run("load_costs", "--source", "bills", "--withdraw", "--dry-run").startswith(
        "Would be: bills 2026-10"
    )
    assert CostLoad.objects.current().exists()


@pytest.mark.parametrize(
    "arguments", [[], ["--source", "nowhere"], ["--source", "bills", "--period", NOVEMBER]]
)
def test_only_what_is_loaded_of_a_named_source_can_be_withdrawn(folder: Path, arguments: list[str]) -> None:
    run("load_costs", "--source", str(folder))

    code, message, _ = fail("load_costs", "--withdraw", *arguments)

    assert (code, message[:21]) == (exit_codes.WRONG_ARGUMENTS, "Nothing is loaded of ")
    assert CostLoad.objects.current().exists()


def test_a_month_that_is_no_longer_in_the_folder_is_told_with_its_money(folder: Path) -> None:
    write_bill(folder, NOVEMBER, [charge("4")])
    run("load_costs", "--source", str(folder))
    (folder / f"{OCTOBER}.csv").unlink()

    assert run("load_costs").splitlines() == [
        "bills 1 month unchanged.",
        "bills 2026-10 is no longer in its source; its load stays: 1.75 USD.",
    ]
    assert as_json(run("load_costs", "--json"))["sources"][0]["gone"] == {OCTOBER: {"USD": "1.75"}}
    assert "no longer" not in run("load_costs", "--period", NOVEMBER)


def test_a_folder_of_which_nothing_is_loaded_becomes_no_source(tmp_path: Path) -> None:
    (tmp_path / "mistyped").mkdir()
    write_bill(tmp_path / "broken", OCTOBER, [charge("1,5")])
    make_source(tmp_path / "nowhere", "of-the-admin")

    for name in ("mistyped", "broken", "of-the-admin"):
        fail("load_costs", "--source", name if name == "of-the-admin" else str(tmp_path / name))

    assert [source.name for source in CostSource.objects.all()] == ["of-the-admin"]
    assert not CostLoad.objects.exists()


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_source_is_withdrawn_by_the_folder_that_it_was_loaded_with(folder: Path, *, is_gone: bool) -> None:
    run("load_costs", "--source", str(folder))
    if is_gone:
        (folder / f"{OCTOBER}.csv").unlink()
        folder.rmdir()
    assert "withdrawn: 1.75 USD less." in run("load_costs", "--source", f"{folder}/", "--withdraw")
    assert not CostLoad.objects.current()


def test_nothing_is_withdrawn_of_all_sources_at_once(folder: Path) -> None:
    run("load_costs", "--source", str(folder))
    assert fail("load_costs", "--withdraw")[0] == exit_codes.WRONG_ARGUMENTS
    assert CostLoad.objects.current().exists()

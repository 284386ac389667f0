"""One month of one cloud of the demo, which each test loads."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.management import exit_codes
from costs.load.job import load
from costs.management import demo
from costs.management.commands.demo_costs import EXAMPLES, Command
from costs.models import Budget, CostLoad, CostSource
from costs.providers.demo import charges
from costs.providers.demo.files import write
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.bills import OCTOBER, charge, make_source, write_bill

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 28)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo_costs", *arguments, stdout=out)
    return out.getvalue()


def fails(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CLOUDS", ("gcp",))
    for module in (demo, charges):
        monkeypatch.setattr(module, "MONTHS", 1)
    set_day(monkeypatch, TODAY)


def test_again_on_the_same_day_it_changes_nothing(costs_dir: Path) -> None:
    assert install() == "Loaded the demo: made-up bills of three clouds, 2026-11 to 2026-11.\n"
    rows, files = stored(), _files(costs_dir)

    install()

    assert stored() == rows
    assert _files(costs_dir) == files


def test_on_a_later_day_it_has_the_days_since(monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    before = CostLoad.objects.current().get()
    set_day(monkeypatch, TODAY + timedelta(days=1))

    install()

    after = CostLoad.objects.current().get()
    assert after.billing_period == before.billing_period
    assert after.rows > before.rows


def test_in_another_month_it_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    set_day(monkeypatch, date(2026, 8, 15))

    install()

    assert [each.billing_period for each in CostLoad.objects.all()] == ["2026-08"]


def test_it_does_nothing_if_there_are_costs_already(tmp_path: Path) -> None:
    install()
    rows = stored()
    assert run("--if-empty") == ""
    assert stored() == rows

    run("--remove")
    make_source(tmp_path / "bills")
    assert run("--if-empty") == ""
    assert not CostLoad.objects.exists()


def test_if_empty_finishes_what_was_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    monkeypatch.setattr(demo, "CLOUDS", ("gcp", "aws"))

    assert run("--if-empty", "--verbosity", "0")
    assert CostLoad.objects.current().count() == 2


def test_removing_takes_all_of_the_demo_and_nothing_else(tmp_path: Path, costs_dir: Path) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge()])
    install()
    real = make_source(tmp_path / "bills")
    load(real)
    before = ask(Question(filters={"cloud": ["aws"]}), Lake())

    Budget(name="ours", amount_text="5").save()
    assert Budget.objects.count() == 3

    assert run("--remove") == "The demo is removed.\n"

    assert [budget.name for budget in Budget.objects.all()] == ["ours"]
    assert [source.name for source in CostSource.objects.all()] == ["bills"]
    assert [each.source_id for each in CostLoad.objects.all()] == ["bills"]
    assert list(_files(costs_dir)) == [CostLoad.objects.get().path]
    assert (tmp_path / "bills" / f"{OCTOBER}.csv").is_file()
    after = ask(Question(), Lake())
    assert after["totals"] == before["totals"]
    assert not after["is_demo"]
    assert run("--remove") == "There was no demo.\n"


def test_removing_takes_replaced_loads_and_those_that_run(
    costs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    set_day(monkeypatch, TODAY + timedelta(days=1))
    install()
    _run_elsewhere()

    run("--remove")

    assert not CostLoad.objects.exists()
    assert _files(costs_dir) == {}


def test_beside_real_costs_it_refuses(tmp_path: Path) -> None:
    make_source(tmp_path / "bills", "aws-focus")

    error = fails()

    assert error.returncode == exit_codes.FAILED
    assert "There are real sources of costs: aws-focus." in f"{error}"
    assert [source.name for source in CostSource.objects.all()] == ["aws-focus"]


def test_beside_a_running_load_of_the_demo_it_fails() -> None:
    install()
    CostLoad.objects.all().delete()
    _run_elsewhere()

    error = fails()

    assert error.returncode == exit_codes.FAILED
    assert "Load elsewhere of demo-gcp is running." in f"{error}"


@pytest.mark.parametrize("arguments", [[], ["--remove"]])
def test_stopped_it_says_how_to_go_on(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "install", stop)
    monkeypatch.setattr(demo, "remove", stop)

    assert f"{fails(*arguments)}" == "Stopped. Run it again to continue."


def test_a_cloud_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_google_cloud(folder: Path, cloud: str, today: date) -> None:
        folder.mkdir(parents=True)
        if cloud == "gcp":
            write(folder, cloud, today)

    monkeypatch.setattr(demo, "write", write_google_cloud)
    monkeypatch.setattr(demo, "CLOUDS", ("gcp", "aws"))

    error = fails("--verbosity", "0")
    assert error.returncode == exit_codes.PARTLY_DONE
    assert f"{error}".startswith("demo-aws: ")

    run("--remove")
    monkeypatch.setattr(demo, "CLOUDS", ("aws",))
    assert fails("--verbosity", "0").returncode == exit_codes.FAILED


def test_help_shows_examples() -> None:
    assert EXAMPLES in Command().create_parser("manage.py", "demo_costs").format_help()


def set_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr(demo, "current_day", lambda: day)


def install() -> str:
    return run("--verbosity", "0")


def stored() -> list[Any]:
    return [*CostSource.objects.values_list("name", "kind", "location"), *CostLoad.objects.values_list()]


def _run_elsewhere() -> None:
    now = timezone.now()
    running = {"status": CostLoad.Status.RUNNING, "started_at": now, "heartbeat_at": now}
    CostLoad.objects.create(id="elsewhere", source_id="demo-gcp", billing_period="2026-11", **running)


def _files(folder: Path) -> dict[str, int]:
    """The files below a folder, with the time when they were written."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from costs.alerts import causes
from costs.management.commands import evaluate_rules
from costs.models import AlertRun
from tests.costs.alerts.making import make_budget
from tests.costs.stores import MemoryStore, charge
from tests.harness.product import copy_database, over

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.now()
    day = f"{today:%Y-%m}-01"
    store = MemoryStore([charge(day, "60")], loaded_at={f"aws-{today:%Y-%m}": today})
    monkeypatch.setattr(evaluate_rules, "open_store", lambda: store)
    monkeypatch.delitem(causes._OF_COSTS, "anomaly/")  # noqa: SLF001


def test_once_it_says_what_is_wrong_and_who_was_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    make_budget("team-a", "100", thresholds=[50], forecast_thresholds=[])

    call_command("evaluate_rules")

    out = capsys.readouterr().out
    assert out.startswith("warning: Budget team-a: 60.00 of 100.00 USD is spent")
    assert "(not told: no channel is set up)" in out
    assert out.endswith("1 alert firing, 1 new, 0 resolved; 0 messages sent.\n")


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    make_budget("team-a", "100", thresholds=[50], forecast_thresholds=[])

    call_command("evaluate_rules", "--json")

    done = json.loads(capsys.readouterr().out)
    assert (done["status"], done["fired"], done["sent"]) == ("completed", 1, 0)
    assert done["firing"][0]["untold"] == "no_channel"


def test_while_another_runs_it_fails_and_says_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    now = timezone.now()
    AlertRun.objects.create(started_at=now, heartbeat_at=now)

    with pytest.raises(CommandError, match="another may start at") as error:
        call_command("evaluate_rules", "--json")

    assert error.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["status"] == "failed"


def test_a_rule_that_fails_is_told_by_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(causes._OF_COSTS, "budget/", ("Budgets", fail))  # noqa: SLF001

    with pytest.raises(CommandError) as error:
        call_command("evaluate_rules")

    assert error.value.returncode == 3


@pytest.mark.parametrize("minutes", ["0", "-1", "x", "1441"])
def test_another_number_of_minutes_is_refused(minutes: str) -> None:
    with pytest.raises(CommandError, match="minutes"):
        call_command("evaluate_rules", f"--every={minutes}")


@pytest.mark.one_database
def test_the_loop_stops_cleanly_on_sigterm(tmp_path: Path) -> None:
    copy_database(tmp_path / "catalog.db")
    product = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake"))
    with product.start("evaluate_rules", "--every", "60", "--json") as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["status"] == "completed"

        process.send_signal(signal.SIGTERM)

        assert process.stdout.read() == "Stopped.\n"
        assert process.wait(timeout=60) == 0

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from werkzeug import Response

from costs.alerts import causes, evaluate
from costs.management.commands import evaluate_rules
from costs.models import AlertRun, Notification
from tests.costs.alerts.conftest import Receiver, receiver
from tests.costs.alerts.making import SECRET, make_budget
from tests.costs.management.running import as_json, fail, run
from tests.costs.stores import MemoryStore, charge
from tests.harness.product import copy_database, over

pytestmark = pytest.mark.django_db
__all__ = ["receiver"]


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


def test_a_lower_threshold_is_listed_only_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    make_budget("team-a", "100", thresholds=[50, 60], forecast_thresholds=[])

    call_command("evaluate_rules")
    brief = capsys.readouterr().out
    call_command("evaluate_rules", "--verbosity", "2")
    full = capsys.readouterr().out

    assert "It reached 60 %" in brief
    assert "It reached 50 %" not in brief
    assert "2 alerts firing (1 not listed, as another says it), 2 new" in brief
    assert "(not told: another alert says it)" in full
    assert "2 alerts firing, 0 new" in full


def test_a_month_that_is_not_loaded_is_printed_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old = MemoryStore([charge("2026-01-05", "60")])
    monkeypatch.setattr(evaluate_rules, "open_store", lambda: old)
    settings.ALERT_STALE_DAYS = 0
    make_budget("team-a", "100")

    call_command("evaluate_rules")

    assert "not evaluated: The budget team-a cannot be evaluated for" in capsys.readouterr().out


def test_a_budget_whose_filters_can_no_longer_be_read_is_told_by_the_exit_code() -> None:
    make_budget("team-a", "100", filters={"clod": ["aws"]})

    code, error, out = fail("evaluate_rules")

    assert (code, error) == (3, evaluate.FAULT)
    assert 'not evaluated: The budget team-a cannot be evaluated: There is no dimension "clod".' in out


def test_messages_that_are_not_sent_are_told_by_channel_with_why_and_until_when(
    receiver: Receiver, settings: Settings
) -> None:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = f"{receiver.url}/TOPSECRET", SECRET
    make_budget("team-a", "100", thresholds=[50], forecast_thresholds=[])
    make_budget("team-b", "100", thresholds=[50], forecast_thresholds=[])
    receiver.answers = [Response("no", status=503)]

    code, error, out = fail("evaluate_rules")
    waiting, _, _ = fail("evaluate_rules")
    Notification.objects.update(next_attempt_at=timezone.now())
    last = run("evaluate_rules")

    assert (code, waiting, error) == (3, 3, "2 messages are not sent.")
    assert re.search(
        r"not sent: 2 messages by webhook, tried again by the next evaluation from "
        r"[-\d]{10} \d\d:\d\d UTC on: It answered HTTP 503: no\n",
        out,
    )
    assert "0 messages sent, 2 not sent." in out
    assert "TOPSECRET" not in out
    assert "not sent" not in last


def test_messages_that_were_given_up_are_told_while_their_alert_fires(
    receiver: Receiver, settings: Settings
) -> None:
    settings.ALERT_SLACK_URL = receiver.url
    make_budget("team-a", "100", thresholds=[50], forecast_thresholds=[])
    receiver.answers = [Response("no", status=400)]
    fail("evaluate_rules")
    Notification.objects.update(state="failed")

    code, _, out = fail("evaluate_rules", "--json")

    [left] = as_json(out)["not_sent"]
    assert (code, as_json(out)["status"]) == (3, "partial")
    assert left == {
        "channel": "slack",
        "count": 1,
        "error": "It answered HTTP 400: no",
        "next_attempt_at": None,
    }


def test_messages_of_a_channel_that_is_no_longer_set_up_are_no_failure(
    receiver: Receiver, settings: Settings
) -> None:
    settings.ALERT_SLACK_URL = receiver.url
    make_budget("team-a", "100", thresholds=[50], forecast_thresholds=[])
    receiver.answers = [Response("no", status=400)]
    fail("evaluate_rules")
    settings.ALERT_SLACK_URL = ""

    assert "not sent" not in run("evaluate_rules")


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

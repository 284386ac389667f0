from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings
from werkzeug import Response

from costs.alerts import causes
from costs.alerts.acknowledge import acknowledge
from costs.alerts.evaluate import lease_of
from costs.alerts.figures import money
from costs.alerts.findings import Findings
from costs.errors import RunLostError, RunRefusedError
from costs.models import Alert, AlertRun, Mute
from costs.store.base import Refusal, SourceState
from tests.costs.alerts.conftest import Receiver
from tests.costs.alerts.making import DAY, NOW, firing, make_budget, run, store, store_of, told
from tests.costs.reports import days
from tests.costs.stores import MemoryStore, charge
from tests.harness.smtp_server import Mailbox

pytestmark = pytest.mark.django_db

ACTUAL = "budget/team-a/2026-10/actual"


def test_a_budget_alerts_at_the_threshold_that_it_reached(webhook: Receiver) -> None:
    make_budget(amount="100", thresholds=[50, 80], forecast_thresholds=[])

    done = run(store("30", "25"))

    assert (done.fired, done.resolved, done.sent, done.error) == (1, 0, 1, "")
    alert = firing()[f"{ACTUAL}/50"]
    assert alert.summary == (
        "Budget team-a: 55.00 of 100.00 USD is spent in 2026-10 (55.0 %). It reached 50 % on 2026-10-02."
    )
    assert (alert.severity, alert.details["spent"], alert.about) == ("warning", "55", {"budget": "team-a"})
    assert len(webhook.requests) == 1


def test_an_alert_is_told_once_however_often_it_is_found(webhook: Receiver) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    costs = store("60")

    for hours in range(3):
        run(costs, NOW + timedelta(hours=hours))

    assert len(webhook.requests) == 1
    assert Alert.objects.count() == 1


@pytest.mark.usefixtures("webhook")
def test_only_the_highest_threshold_reached_is_told() -> None:
    make_budget(thresholds=[50, 80, 100], forecast_thresholds=[])

    run(store("120"))

    assert set(firing()) == {f"{ACTUAL}/{each}" for each in (50, 80, 100)}
    assert told() == [(f"{ACTUAL}/100", "webhook", "firing")]
    assert firing()[f"{ACTUAL}/100"].severity == "critical"
    assert "20.00 USD over it" in firing()[f"{ACTUAL}/100"].summary


@pytest.mark.usefixtures("webhook")
def test_a_higher_threshold_is_told_after_a_lower_one() -> None:
    make_budget(thresholds=[50, 80], forecast_thresholds=[])

    run(store("60"))
    run(store("60", "30"), NOW + timedelta(hours=1))

    assert told() == [(f"{ACTUAL}/50", "webhook", "firing"), (f"{ACTUAL}/80", "webhook", "firing")]


@pytest.mark.usefixtures("webhook")
def test_what_is_no_longer_so_is_resolved_and_told() -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    run(store("60"))

    done = run(store("40"), NOW + timedelta(hours=1))

    assert done.resolved == 1
    assert firing() == {}
    assert told() == [(f"{ACTUAL}/50", "webhook", "firing"), (f"{ACTUAL}/50", "webhook", "resolved")]


def test_what_cannot_be_evaluated_neither_fires_nor_resolves(webhook: Receiver) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    run(store("60"))
    september = store_of([charge("2026-09-05", "40")])

    done = run(september, NOW + DAY)
    nothing = run(MemoryStore([]), NOW + DAY)

    assert set(firing()) == {f"{ACTUAL}/50"}
    assert "Not loaded: 2026-10" in done.skipped[0]
    assert nothing.skipped == ["Budgets cannot be evaluated: No costs are loaded."]
    assert len(webhook.requests) == 1


def test_a_budget_of_charges_that_have_not_come_yet_is_evaluated() -> None:
    make_budget(filters={"customer": ["new"]})

    done = run(store("60"))

    assert (done.skipped, firing()) == ([], {})


def test_what_is_known_to_be_spent_fires_though_a_source_lacks_the_month() -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])

    done = run(store_of([charge("2026-09-05", "1", x_Cloud="gcp"), charge("2026-10-02", "60")]))

    assert set(firing()) == {f"{ACTUAL}/50"}
    assert len(done.skipped) == 1


def test_alerts_about_made_up_data_are_found_but_told_only_if_wanted(
    webhook: Receiver, settings: Settings
) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    costs = store("60", demo=frozenset({"aws"}))

    run(costs)
    assert firing()[f"{ACTUAL}/50"].untold == Alert.Untold.DEMO
    assert webhook.requests == []

    settings.ALERT_DEMO = True
    run(costs, NOW + timedelta(hours=1))
    assert len(webhook.requests) == 1
    assert "DEMO, made-up costs" not in firing()[f"{ACTUAL}/50"].summary


def test_what_is_muted_is_found_and_told_when_the_mute_has_ended(webhook: Receiver) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    until = NOW + timedelta(hours=5)
    Mute.objects.create(kind="budget", match={"budget": "team-a"}, reason="a test", until=until)
    Mute.objects.create(kind="budget", match={"budget": "team-b"}, reason="another")

    run(store("60"))
    assert firing()[f"{ACTUAL}/50"].untold == Alert.Untold.MUTED
    assert webhook.requests == []

    run(store("60"), NOW + timedelta(hours=6))
    assert firing()[f"{ACTUAL}/50"].untold == Alert.Untold.NO
    assert len(webhook.requests) == 1


def test_without_a_channel_an_alert_is_told_once_there_is_one(receiver: Receiver, settings: Settings) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    run(store("60"))
    assert firing()[f"{ACTUAL}/50"].untold == Alert.Untold.NO_CHANNEL

    settings.ALERT_SLACK_URL = receiver.url
    run(store("60"), NOW + timedelta(hours=1))

    assert len(receiver.requests) == 1


def test_a_channel_that_is_set_up_later_is_told_once_what_fires(
    webhook: Receiver, mailbox: Mailbox, settings: Settings
) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    webhook.answers = [Response(status=503)]
    run(store("60"))
    assert mailbox.sent == []

    settings.ALERT_EMAIL_TO = ["ops@example.com"]
    for hours in (1, 2):
        run(store("60"), NOW + timedelta(hours=hours))
    settings.ALERT_EMAIL_TO = []
    run(store("60"), NOW + timedelta(hours=3))
    settings.ALERT_EMAIL_TO = ["ops@example.com"]
    run(store("60"), NOW + timedelta(hours=4))

    assert [recipients for recipients, _ in mailbox.sent] == [["ops@example.com"]]
    assert told() == [(f"{ACTUAL}/50", "webhook", "firing"), (f"{ACTUAL}/50", "email", "firing")]


@pytest.mark.parametrize("reason", ["muted", "acknowledged", "demo", "covered"])
def test_a_channel_that_is_set_up_later_is_not_told_what_nobody_is_told(
    webhook: Receiver, settings: Settings, reason: str
) -> None:
    make_budget(thresholds=[50, 80], forecast_thresholds=[])
    run(store("60"))
    user = get_user_model().objects.create(username="ada")
    if reason == "muted":
        Mute.objects.create(kind="budget", match={"budget": "team-a"}, reason="a test")
    if reason == "acknowledged":
        assert acknowledge(firing()[f"{ACTUAL}/50"], user, "known")
    costs = {"demo": store("60", demo=frozenset({"aws"})), "covered": store("60", "30")}

    settings.ALERT_SLACK_URL = webhook.url
    run(costs.get(reason, store("60")), NOW + timedelta(hours=1))

    assert (f"{ACTUAL}/50", "slack", "firing") not in told()
    assert ((f"{ACTUAL}/80", "slack", "firing") in told()) is (reason == "covered")


def test_a_disabled_budget_does_not_alert() -> None:
    make_budget(thresholds=[50], is_enabled=False)

    run(store("60"))

    assert firing() == {}


def test_the_late_charges_of_a_month_that_has_ended_still_alert() -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    november = datetime.fromisoformat("2026-11-03T08:00:00Z")

    run(store("60", now=november), november)
    assert set(firing()) == {f"{ACTUAL}/50"}

    later = november + 10 * DAY
    run(store_of([charge("2026-10-01", "60"), charge("2026-11-02", "1")], later), later)
    assert firing() == {}
    assert Alert.objects.get().resolution == "Its period is over."


@pytest.mark.usefixtures("webhook")
def test_a_forecast_alerts_until_it_is_spent() -> None:
    make_budget(amount="100", thresholds=[100], forecast_thresholds=[100])
    before = [charge(f"2026-09-{day:02}", "5") for day in range(1, 31)]
    october = [charge(f"2026-10-{day:02}", "5") for day in range(1, 20)]

    run(store_of([*before, *october]))
    assert set(firing()) == {"budget/team-a/2026-10/forecast/100"}
    text = firing()["budget/team-a/2026-10/forecast/100"].summary
    assert "155.00 of 100.00 USD is forecast for 2026-10 (155.0 %)" in text
    assert "95.00 is spent so far." in text

    later = NOW + DAY
    run(store_of([*before, *october, charge("2026-10-20", "5")], later), later)
    assert set(firing()) == {f"{ACTUAL}/100"}
    # People hear that it is spent, not that the forecast is over.
    assert [event for _, _, event in told()] == ["firing", "firing"]


@pytest.mark.usefixtures("webhook")
def test_a_forecast_that_falls_is_over_after_a_day() -> None:
    make_budget(amount="100", thresholds=[], forecast_thresholds=[100])
    before = [charge(f"2026-09-{day:02}", "5") for day in range(1, 31)]
    run(store_of([*before, *(charge(f"2026-10-{day:02}", "5") for day in range(1, 20))]))
    cheap = store_of([*before, *(charge(f"2026-10-{day:02}", "1") for day in range(1, 20))])

    run(cheap, NOW + timedelta(hours=23))
    assert len(firing()) == 1
    run(cheap, NOW + timedelta(hours=24))
    assert firing() == {}
    assert [event for _, _, event in told()] == ["firing", "resolved"]


def test_sources_that_bring_nothing_alert() -> None:
    refusal = Refusal("2026-10", NOW - DAY, "a.csv has no end")
    old = SourceState("aws", was_read=False, refusals=[refusal])

    run(store("60", states=[old], now=NOW - 6 * DAY))

    assert {cause: alert.summary for cause, alert in firing().items()} == {
        "loads/aws/unread": 'Source "aws" could not be read the last time. Run load_costs.',
        "loads/aws/refused/2026-10": 'Source "aws": the delivery of 2026-10 was refused on 2026-10-19: '
        '"a.csv has no end".',
        "loads/aws/stale": 'Source "aws": its newest data was delivered on 2026-10-14, 6 days ago.',
    }


def test_a_source_that_cannot_be_read_alerts_though_nothing_is_loaded() -> None:
    run(MemoryStore([], states=[SourceState("aws", was_loaded=False, was_read=False)]))

    assert set(firing()) == {"loads/aws/unread"}


def test_a_rule_that_fails_does_not_keep_the_others_from_being_evaluated(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> Findings:
        raise ZeroDivisionError

    monkeypatch.setitem(causes._OF_COSTS, "anomaly/", ("Anomalies", fail))  # noqa: SLF001
    make_budget(thresholds=[50], forecast_thresholds=[])

    done = run(store("60"))

    assert set(firing()) == {f"{ACTUAL}/50"}
    assert done.error
    assert "ZeroDivisionError" in done.skipped[0]
    assert "Anomalies" in caplog.text


def spiked() -> MemoryStore:
    days = [f"2026-{month:02}-{day:02}" for month in (8, 9) for day in range(1, 31)]
    usual = [charge(day, "10", x_ConsumerId="acme") for day in days]
    october = [charge(f"2026-10-{day:02}", "10", x_ConsumerId="acme") for day in range(1, 20)]
    return store_of([*usual, *october, charge("2026-10-15", "90", x_ConsumerId="acme")])


@pytest.mark.usefixtures("anomalies")
def test_an_anomaly_alerts_with_its_cause(webhook: Receiver) -> None:
    run(spiked())

    [alert] = firing().values()
    assert alert.kind == Alert.Kind.ANOMALY
    assert "cost 100.00 USD on 2026-10-15, 90.00 USD more than the usual 10.00." in alert.summary
    assert 'customer "acme"' in alert.summary.lower()
    assert len(webhook.requests) == 1


@pytest.mark.usefixtures("webhook", "anomalies")
def test_the_figures_of_an_anomaly_are_said_of_what_cost_them_and_not_of_its_cause() -> None:
    costs = days.moved(date(2026, 11, 11), date(2026, 11, 10))

    run(costs, days.NOW)

    [alert] = firing().values()
    row = cast("Any", alert.details)
    cost = money(Decimal(days.cost_of_found(row, costs)))
    assert row["cause"] != row["found_in"] == {"cloud": "gcp"}
    assert alert.summary.startswith(
        f'Cloud "gcp" cost {cost} USD on 2 days from 2026-11-10 to 2026-11-11, '
        f"{money(Decimal(row['excess']))} USD more than the usual {money(Decimal(row['expected']))}. "
    )
    cause = 'cloud "gcp", model "gemini-2.5-flash", meter "gemini-2.5-flash"'
    assert alert.summary.endswith(f" Cause: {cause}.")


@pytest.mark.usefixtures("webhook", "anomalies")
def test_anomalies_that_cannot_be_looked_for_neither_fire_nor_resolve() -> None:
    run(spiked())

    done = run(store("10", "90"), NOW + DAY)

    [why] = done.skipped
    assert why.startswith("Anomalies cannot be evaluated: No day of this time could be looked at.")
    assert (done.fired, done.resolved, len(firing())) == (0, 0, 1)


@pytest.mark.usefixtures("webhook", "anomalies")
def test_an_acknowledged_anomaly_is_resolved_and_stays_so() -> None:
    costs = spiked()
    run(costs)
    user = get_user_model().objects.create(username="ada")
    [alert] = firing().values()
    assert acknowledge(alert, user, "a migration")
    assert not acknowledge(alert, user, "again")

    run(costs, NOW + timedelta(hours=1))
    run(costs, NOW + timedelta(hours=2))

    assert firing() == {}
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.resolution) == (user, "Acknowledged: a migration")
    assert [event for _, _, event in told()] == ["firing", "resolved"]


def test_two_evaluations_never_run_at_once() -> None:
    with lease_of(causes.COSTS).running(), pytest.raises(RunRefusedError, match="An evaluation is running"):
        run(store("60"))


def test_a_killed_evaluation_is_taken_over_after_its_lease() -> None:
    old = AlertRun.objects.create(started_at=NOW, heartbeat_at=NOW)
    make_budget(thresholds=[50], forecast_thresholds=[])

    done = run(store("60"))

    old.refresh_from_db()
    assert "killed" in old.error
    assert done.fired == 1


def test_an_evaluation_that_was_only_slow_writes_nothing_after_another_took_over() -> None:
    def write() -> None:
        with lease_of(causes.COSTS).running() as slow:
            AlertRun.objects.filter(pk=slow.pk).update(finished_at=NOW)
            with lease_of(causes.COSTS).writing(slow):
                Alert.objects.create(cause="x", kind="loads", started_at=NOW, seen_at=NOW)

    with pytest.raises(RunLostError):
        write()

    assert not Alert.objects.exists()

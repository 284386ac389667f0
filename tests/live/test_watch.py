from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from accounts.models import User
from costs.alerts.evaluate import evaluate
from costs.models import Alert, AlertRun, Notification
from live.models import LiveRule, LiveSource
from live.watch import RULES
from tests.harness.smtp_server import Mailbox
from tests.live.scripted import INPUT, NOON, Cloud, Clouds, bill, make_source, one_cloud

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def rule(above: str = "10", **values: Any) -> LiveRule:
    owner, _ = User.objects.get_or_create(username="ada", email="ada@example.com")
    owner.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
    return LiveRule.objects.create(**{"owner": owner, "name": "much", "above_text": above, **values})


def run(at: datetime = NOON) -> AlertRun:
    return evaluate(bill(), now=at, rules=RULES)


def firing() -> Mapping[str, Alert]:
    return {alert.details["rule"]: alert for alert in Alert.objects.firing()}


def spending(millions: int, at: datetime = NOON) -> tuple[Cloud, Clouds]:
    """A cloud that was read to now, with so many million tokens, of 0.06 USD each, six minutes before."""
    _, cloud, clouds = one_cloud()
    cloud.tell(at - 6 * MINUTE, millions * 1_000_000)
    clouds.collect(at)
    return cloud, clouds


def test_a_rule_fires_above_its_threshold_an_hour_and_not_at_it() -> None:
    rule("12", name="at")
    rule("11.99", name="above")
    rule("11.99", name="elsewhere", cloud="gcp")
    rule("11.99", name="other-model", model="claude-opus-4-6")
    rule("11.99", name="other-account", account="999")
    rule("11.99", name="same", model="Nova-Lite", account="111122223333", cloud="aws")
    rule("3", name="longer", minutes=60)
    spending(50)  # 3 USD in 15 minutes

    done = run()

    assert set(firing()) == {"above", "same"}
    assert firing()["same"].summary == (
        'Live rule same: AI usage of "Nova-Lite" on aws in "111122223333" costs 12.00 USD an hour, above '
        "11.99, by the last 15 minutes to 2026-11-28 11:57 UTC."
    )
    assert (firing()["above"].details["cost_per_hour"], firing()["above"].severity) == ("12", "critical")
    assert done.skipped == ["The live rule elsewhere cannot be evaluated: Nothing is collected of gcp."]


def test_an_alert_is_told_once_to_its_owner_alone_and_its_end_too(
    settings: Settings, mailbox: Mailbox
) -> None:
    settings.ALERT_EMAIL_TO = ["all@example.com"]
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = "http://127.0.0.1:9/x", "whsec_eHg="
    rule()
    _, clouds = spending(50)

    for minutes in range(3):
        clouds.collect(NOON + minutes * MINUTE)
        run(NOON + minutes * MINUTE)
    assert [recipients for recipients, _ in mailbox.sent] == [["ada@example.com"]]
    assert not Notification.objects.exclude(channel="email").exists()

    # Below again, but for less than its minutes: then for long enough.
    for minutes in range(16, 50, 2):
        clouds.collect(NOON + minutes * MINUTE)
        run(NOON + minutes * MINUTE)
        assert bool(firing()) == (minutes < 17)
    assert len(mailbox.sent) == 2


def test_what_is_late_neither_fires_nor_resolves_and_says_so() -> None:
    rule()
    spending(50)
    run()
    assert firing()

    later = NOON + 40 * MINUTE
    done = run(later)
    assert firing()
    assert done.skipped == ["The live rule much cannot be evaluated: aws: 40 minutes behind."]

    LiveRule.objects.all().delete()
    rule("0.01", name="new")
    assert run(later).fired == 0
    assert set(firing()) == set()


@pytest.mark.parametrize("what", ["late", "disabled", "unpriced", "none"])
def test_an_alert_says_of_when_it_is_once_that_is_not_known_of_now(what: str) -> None:
    rule()
    cloud, clouds = spending(50)
    run()
    before = firing()["much"].summary

    at, why = NOON + 40 * MINUTE, "aws: 40 minutes behind."
    if what == "disabled":
        clouds.collect(at)
        LiveSource.objects.update(is_enabled=False)
        why = "aws is disabled: what is used there is not known."
    elif what == "unpriced":
        cloud.tell(at - 6 * MINUTE, 9, INPUT._replace(name="new"))
        clouds.collect(at)
        why = "9 tokens of the last minutes have no known price."
    elif what == "none":
        LiveSource.objects.all().delete()
        why = "Nothing is collected."
    for _ in range(2):
        run(at)

    text = f" It is not known now. The live rule much cannot be evaluated: {why}"
    assert before.endswith("an hour, above 10.00, by the last 15 minutes to 2026-11-28 11:57 UTC.")
    assert firing()["much"].summary == before + text
    assert firing()["much"].seen_at == NOON


def test_an_alert_that_is_known_again_says_so_no_more() -> None:
    rule()
    cloud, clouds = spending(50)
    run()
    run(NOON + 12 * MINUTE)
    assert "not known now" in firing()["much"].summary

    cloud.tell(NOON + 5 * MINUTE, 50_000_000)
    clouds.collect(NOON + 14 * MINUTE)
    run(NOON + 14 * MINUTE)
    assert "to 2026-11-28 12:11 UTC." in firing()["much"].summary
    assert "not known now" not in firing()["much"].summary
    run(NOON + 40 * MINUTE)
    clouds.collect(NOON + 60 * MINUTE)
    run(NOON + 60 * MINUTE)
    assert not firing()
    assert "not known now" not in Alert.objects.get().summary


def test_a_disabled_source_leaves_a_rule_unknown_unless_the_others_are_above_it_already() -> None:
    rule("1", name="low")
    rule("100", name="high")
    spending(50)
    make_source("eu", "eu-west-1")
    LiveSource.objects.filter(name="eu").update(is_enabled=False)

    done = run()

    assert "costs at least 12.00 USD" in firing()["low"].summary
    assert set(firing()) == {"low"}
    assert "eu is disabled" in done.skipped[0]


def test_tokens_without_a_price_leave_a_rule_unknown_unless_the_others_are_above_it_already() -> None:
    rule("1", name="low")
    rule("100", name="high")
    cloud, clouds = spending(50)
    cloud.tell(NOON - 6 * MINUTE, 9, INPUT._replace(name="new"))
    clouds.collect(NOON)

    done = run()

    assert "costs at least 12.00 USD" in firing()["low"].summary
    assert set(firing()) == {"low"}
    assert done.skipped == [
        "The live rule high cannot be evaluated: 9 tokens of the last minutes have no known price."
    ]


def test_rules_about_bills_and_live_rules_leave_each_other_alone() -> None:
    rule()
    spending(50)
    run()

    evaluate(bill(), now=NOON)

    assert set(firing()) == {"much"}


def test_a_rule_that_is_taken_away_ends_its_alert(mailbox: Mailbox) -> None:
    made = rule()
    _, clouds = spending(50)
    run()

    made.delete()
    clouds.collect(NOON + 16 * MINUTE)
    run(NOON + 16 * MINUTE)

    assert firing() == {}
    assert len(mailbox.sent) == 2


def test_evaluations_of_each_minute_are_kept_as_long_as_minutes_are() -> None:
    old = [
        AlertRun.objects.create(rules=rules, started_at=NOON, heartbeat_at=NOON) for rules in (RULES, "costs")
    ]
    AlertRun.objects.update(finished_at=NOON - timedelta(hours=49))
    rule()
    spending(50)

    done = run()

    assert set(AlertRun.objects.all()) == {done, old[1]}


def test_who_may_no_longer_read_costs_is_told_nothing() -> None:
    made = rule()
    spending(50)
    made.owner.groups.clear()

    assert run().fired == 0


@pytest.mark.parametrize("above", ["0", "-1", "1,000", "NaN", "1e3", ""])
def test_a_threshold_is_an_amount_above_nothing(above: str) -> None:
    with pytest.raises(ValidationError):
        rule(above).full_clean()

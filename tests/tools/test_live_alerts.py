from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from costs.store import configured
from live.models import LiveRule
from tests.live.scripted import Cloud, Clouds, bill, make_source
from tools import registry
from tools.callers import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def priced(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cloud on which a model costs 12 USD an hour."""
    settings.COSTS_DIR = tmp_path / "lake"
    monkeypatch.setattr(configured, "open_store", bill)
    source, cloud, now = make_source(), Cloud(), timezone.now()
    cloud.tell(now - timedelta(minutes=6), 50_000_000)
    Clouds({source.location: cloud}).collect(now)


@pytest.fixture
def ada() -> User:
    return User.objects.create(username="ada", email="ada@example.com")


def ask(user: User, client: str = "mcp_x", **arguments: Any) -> dict[str, Any]:
    return registry.call("set_live_alert", arguments, Caller(user.pk, client)).content


@pytest.mark.parametrize("amount", ["11.5", 11.5, " 11.5 "])
def test_a_rule_is_set_and_says_how_it_stands(ada: User, amount: Any) -> None:
    answer = ask(ada, name="opus", usd_per_hour=amount, model="nova-lite")

    [row] = answer["rules"]
    assert (row["name"], row["usd_per_hour"], row["minutes"], row["model"]) == (
        "opus",
        "11.5",
        15,
        "nova-lite",
    )
    assert (row["state"], row["cost_per_hour"], row["why"], row["alerting_since"]) == (
        "above",
        "12",
        None,
        None,
    )
    assert (answer["left"], answer["contract"]) == (19, "1")
    assert LiveRule.objects.get().made_with == "mcp_x"


def test_the_same_name_changes_a_rule_and_none_lists_them(ada: User) -> None:
    ask(ada, name="opus", usd_per_hour=1000, cloud="aws")
    ask(ada, name="opus", usd_per_hour=2000)

    [row] = ask(ada)["rules"]
    assert (row["usd_per_hour"], row["cloud"], row["state"]) == ("2000", None, "below")
    assert ask(ada, name="opus", remove=True)["rules"] == []
    assert ask(ada, name="opus", remove=True)["error"]["code"] == "invalid_argument"


def test_people_have_rules_of_their_own(ada: User) -> None:
    ask(ada, name="opus", usd_per_hour=1000)
    bob = User.objects.create(username="bob")

    assert ask(bob)["rules"] == []
    assert "page /live/ only" in ask(bob)["told"]
    assert ask(bob, name="opus", remove=True)["error"]["code"] == "invalid_argument"
    assert LiveRule.objects.count() == 1


def test_a_shared_rule_is_not_an_agents_to_change(ada: User) -> None:
    LiveRule.objects.create(owner=ada, name="all", above_text="5", is_shared=True)

    for arguments in ({"usd_per_hour": 9}, {"remove": True}):
        assert "is shared" in ask(ada, name="all", **arguments)["error"]["message"]
    assert LiveRule.objects.get().above_text == "5"


def test_there_are_only_so_many_rules(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveRule, "MAX_OF_PERSON", 2)
    for name in ("a", "b"):
        ask(ada, name=name, usd_per_hour=1)
    assert ask(ada, name="c", usd_per_hour=1)["error"]["code"] == "too_many_rules"
    assert "rules" in ask(ada, name="b", usd_per_hour=2)

    monkeypatch.setattr(LiveRule, "MAX_IN_ALL", 2)
    bob = User.objects.create(username="bob")
    assert ask(bob, name="c", usd_per_hour=1)["error"]["code"] == "too_many_rules"


@pytest.mark.parametrize(
    "arguments",
    [
        {"usd_per_hour": "0"},
        {"usd_per_hour": "-5"},
        {"usd_per_hour": "1K"},
        {"usd_per_hour": True},
        {"usd_per_hour": 1e30},
        {},
        {"usd_per_hour": 1, "minutes": 4},
        {"usd_per_hour": 1, "cloud": "oracle"},
        {"usd_per_hour": 1, "name": "../x"},
    ],
)
def test_what_cannot_be_a_rule_is_refused_and_nothing_is_kept(ada: User, arguments: dict[str, Any]) -> None:
    answer = ask(ada, **{"name": "opus", **arguments})

    assert answer["error"]["code"] == "invalid_argument"
    assert not LiveRule.objects.exists()


def test_what_nobody_has_ever_seen_is_said_with_names_that_are_near(ada: User) -> None:
    answer = ask(ada, name="typo", usd_per_hour=1, model="nova-lte")

    assert answer["rules"][0]["name"] == "typo"
    assert 'of the model "nova-lte", of which nothing was ever counted: near to it ' in answer["hint"]
    assert '"nova-lite"' in answer["hint"]
    for seen in ({"model": "Amazon.Nova-Lite-v1:0"}, {"account": "/subscriptions/111122223333"}, {}):
        assert ask(ada, name="typo", usd_per_hour=1, **seen)["hint"] is None
    answer = ask(ada, name="typo", usd_per_hour=1, account="111122223334", model="zzz")
    assert 'the account "111122223334"' in answer["hint"]
    assert 'near to it is "111122223333"' in answer["hint"]
    assert 'the model "zzz", of which nothing was ever counted.' in answer["hint"]

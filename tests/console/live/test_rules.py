from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from costs.models import Alert
from live.models import LiveRule

pytestmark = pytest.mark.django_db

FORM = {"name": "opus", "above": "1000", "minutes": "15", "cloud": "aws", "model": "", "account": ""}


@pytest.fixture
def ada(client: Client) -> User:
    user = User.objects.create(username="ada")
    user.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
    client.force_login(user)
    return user


def test_a_person_adds_changes_and_removes_rules_of_their_own(client: Client, ada: User) -> None:
    for above in ("1000", "2000"):
        assert client.post("/live/rules/", {**FORM, "above": above}).status_code == 302
    rule = LiveRule.objects.get()
    assert (rule.owner, rule.above_text, rule.cloud, rule.made_with) == (ada, "2000", "aws", "")

    client.post("/live/rules/opus/remove/")
    assert not LiveRule.objects.exists()


def test_a_model_that_nobody_has_seen_is_said_and_the_rule_is_kept(client: Client, ada: User) -> None:
    answer = client.post("/live/rules/", {**FORM, "model": "opsu"}, follow=True)

    assert "of which nothing was ever counted" in answer.content.decode()
    assert LiveRule.objects.get(owner=ada).model == "opsu"


def test_what_cannot_be_a_rule_is_said(client: Client, ada: User) -> None:
    for wrong in ({"above": "much"}, {"minutes": "x"}, {"minutes": "1"}, {"name": ""}, {"cloud": "x"}):
        answer = client.post("/live/rules/", {**FORM, **wrong}, follow=True)
        assert 'class="message"' in answer.content.decode(), wrong
    assert LiveRule.objects.filter(owner=ada).count() == 0


def test_who_may_not_read_costs_sets_none_and_nobody_removes_those_of_others(
    client: Client, ada: User
) -> None:
    bob = User.objects.create(username="bob")
    LiveRule.objects.create(owner=bob, name="opus", above_text="1")
    client.post("/live/rules/opus/remove/")
    assert LiveRule.objects.filter(owner=bob).exists()

    ada.groups.clear()
    assert client.post("/live/rules/", FORM).status_code == 403
    assert client.get("/live/rules/").status_code == 405


def test_an_alert_is_shown_to_its_owner_alone_unless_it_is_shared(client: Client, ada: User) -> None:
    call_command("demo_live", verbosity=0)
    bob = User.objects.create(username="bob")
    for owner, name, is_shared in ((ada, "mine", False), (bob, "his", False), (bob, "ours", True)):
        rule = LiveRule.objects.create(owner=owner, name=name, above_text="1", is_shared=is_shared)
        now = timezone.now()
        Alert.objects.create(
            cause=rule.cause, kind="live", summary=f"Rule {name}.", path="/live/", started_at=now, seen_at=now
        )

    page = client.get("/live/").content.decode()

    assert "Rule mine." in page
    assert "Rule ours." in page
    assert '<th scope="row" data-label="Rule">his' not in page
    assert "Rule his." not in page

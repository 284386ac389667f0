from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from live.models import LiveRule, LiveSource
from tests.live.scripted import NOON, make_source, one_cloud

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LIST = "admin:live_livesource_changelist"


def test_sources_are_shown_with_how_late_they_are_and_why(admin_client: Client) -> None:
    _, cloud, clouds = one_cloud()
    clouds.collect(NOON)
    cloud.error = "It may\nnot be read."
    clouds.collect(NOON)
    make_source("new", "eu-west-1")

    page = admin_client.get(reverse(LIST)).content.decode()

    assert "s behind, late" in page
    assert "Not read yet" in page
    assert "It may\\u000anot be read." in page


def test_a_source_is_added_and_a_location_of_another_kind_refused(admin_client: Client) -> None:
    add = reverse("admin:live_livesource_add")
    form = {"name": "ours", "kind": "cloudwatch", "location": "monitoring://proj-alpha", "is_enabled": "on"}

    refused = admin_client.post(add, form).content.decode()
    assert "Write cloudwatch://REGION" in refused
    admin_client.post(add, {**form, "location": "cloudwatch://us-east-1"})

    assert LiveSource.objects.get().location == "cloudwatch://us-east-1"


def test_an_administrator_shares_a_rule_and_a_wrong_threshold_is_refused(admin_client: Client) -> None:
    owner = User.objects.create(username="ada")
    add = reverse("admin:live_liverule_add")
    form = {"owner": owner.pk, "name": "all", "above_text": "1K", "minutes": "15", "is_shared": "on"}

    refused = admin_client.post(add, {**form, "is_enabled": "on"}).content.decode()
    assert "Write an amount above 0 in digits" in refused
    admin_client.post(add, {**form, "above_text": "1000", "is_enabled": "on"})

    rule = LiveRule.objects.get()
    assert (rule.above_text, rule.is_shared, rule.owner) == ("1000", True, owner)
    assert "1000" in admin_client.get(reverse("admin:live_liverule_changelist")).content.decode()


def test_what_counts_depend_on_cannot_be_changed(admin_client: Client) -> None:
    source, _, clouds = one_cloud()
    clouds.collect(NOON)
    page = reverse("admin:live_livesource_change", args=[source.pk])

    admin_client.post(page, {"name": "other", "location": "cloudwatch://eu-west-1", "is_enabled": ""})

    kept = LiveSource.objects.get()
    assert (kept.name, kept.location, kept.is_enabled) == ("aws", "cloudwatch://us-east-1", False)


def test_what_asking_costs_is_shown(admin_client: Client) -> None:
    _, _, clouds = one_cloud()
    clouds.collect(NOON)

    page = admin_client.get(reverse("admin:live_liverequests_changelist")).content.decode()

    assert "0.00003" in page
    assert admin_client.get(reverse("admin:live_liverequests_add")).status_code == 403

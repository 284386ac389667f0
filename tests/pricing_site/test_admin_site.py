from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_menu_has_what_administrators_use(admin_client: Client) -> None:
    menu = admin_client.get(reverse("admin:index")).context["app_list"]
    assert {app["name"]: [model["name"] for model in app["models"]] for app in menu} == {
        "Accounts": ["Audit events", "Clients", "Users", "Access tokens"],
        "Costs": [
            "Alerts",
            "Budgets",
            "Changes of budgets",
            "Customer rules",
            "Evaluations",
            "Loads",
            "Model names",
            "Mutes",
            "Notifications",
            "Sources",
        ],
        "Live usage": ["Live rules", "Live sources", "Requests"],
        "Price catalog": ["SKUs", "Services", "Sync runs"],
        "Questions": ["Feedback"],
    }


@pytest.mark.parametrize("table", ["auth_group", "catalog_pricinginfo", "socialaccount_socialaccount"])
def test_what_is_not_in_the_menu_can_be_reached(admin_client: Client, table: str) -> None:
    assert admin_client.get(reverse(f"admin:{table}_changelist")).status_code == 200


def test_the_policy_of_the_admin_is_that_of_the_site(admin_client: Client) -> None:
    policies = {
        admin_client.get(address).headers["content-security-policy"]
        for address in (reverse("admin:index"), reverse("admin:sync_progress"), reverse("connect"))
    }
    assert len(policies) == 1
    assert "unsafe" not in policies.pop()

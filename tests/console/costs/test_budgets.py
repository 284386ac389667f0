from __future__ import annotations

import pytest
from django.test import Client

from costs.models import Budget
from tests.console.costs.conftest import Shows
from tests.console.costs.test_boards import text
from tests.costs.stores import charge

pytestmark = pytest.mark.django_db


def test_without_budgets_the_page_says_who_adds_them(
    reader: Client, admin_client: Client, shows: Shows
) -> None:
    shows([charge()])
    assert "Staff add them in the admin" in text(reader, "/costs/budgets/")
    assert "/admin/costs/budget/add/" in text(admin_client, "/costs/budgets/")


def test_a_budget_is_shown_as_the_tool_answers(reader: Client, shows: Shows) -> None:
    shows([charge()])
    Budget.objects.create(name="team-a", amount_text="5000", notes="<b>ours</b>", owners=["a@example.com"])

    [row] = reader.get("/costs/budgets.json").json()["budgets"]
    assert (row["name"], row["limit"]) == ("team-a", "5000")
    assert '<a href="/costs/budgets/team-a/">team-a</a>' in text(reader, "/costs/budgets/")
    page = text(reader, "/costs/budgets/team-a/")
    assert "&lt;b&gt;ours" in page
    assert "a@example.com" in page
    assert "5,000.00" in page


def test_a_budget_that_is_not_there_is_not_found(reader: Client, shows: Shows) -> None:
    shows([charge()])
    assert reader.get("/costs/budgets/nothing/").status_code == 404

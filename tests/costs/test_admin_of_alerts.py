from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from costs.admin import budgets
from costs.models import Alert, AlertRun, Budget, BudgetChange, Mute, Notification
from tests.costs.stores import MemoryStore, charge
from tests.costs.test_admin import add_page, list_page, page, shown

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

FORM = {
    "name": "team-a",
    "amount_text": "5000",
    "currency": "USD",
    "period": "month",
    "measure": "billed_cost",
    "filters": '{"cloud": ["aws"], "not_customer": [null]}',
    "thresholds": "50, 80",
    "forecast_thresholds": "",
    "owners": "ada@example.com, bob@example.com",
    "is_enabled": "on",
    "notes": "",
}


def make_alert(**values: Any) -> Alert:
    now = timezone.now()
    known = {"cause": "loads/aws/unread", "kind": "loads", "path": "/", "started_at": now, "seen_at": now}
    return Alert.objects.create(**{**known, "summary": "It \x1b is unread.", **values})


def test_a_budget_is_made_with_its_terms_and_who_made_it(admin_client: Client, admin_user: User) -> None:
    response = admin_client.post(add_page(Budget), FORM)

    assert response.status_code == 302, shown(admin_client, add_page(Budget))
    budget = Budget.objects.get()
    assert (budget.thresholds, budget.forecast_thresholds) == ([50, 80], [])
    assert budget.owners == ["ada@example.com", "bob@example.com"]
    assert budget.filters == {"cloud": ["aws"], "not_customer": [None]}
    assert (BudgetChange.objects.get().by, BudgetChange.objects.get().terms) == (admin_user, budget.terms)


def test_the_word_null_in_filters_is_kept_as_no_value(admin_client: Client) -> None:
    admin_client.post(add_page(Budget), {**FORM, "filters": '{"customer": ["null", "acme"]}'})

    assert Budget.objects.get().filters == {"customer": [None, "acme"]}


@pytest.mark.parametrize(
    ("filters", "currency", "words"),
    [
        ('{"customer": ["acmi"]}', "USD", 'No charge has customer "acmi"; the nearest: "acme".'),
        ("{}", "EUR", 'No charge has currency "EUR"; the nearest: "USD".'),
        ('{"cloud": ["azure"]}', "USD", "No loaded charge in USD fits the filters."),
        ('{"customer": ["acme", null]}', "USD", ""),
    ],
)
def test_filters_and_a_currency_that_no_charge_has_are_saved_with_a_warning(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, filters: str, currency: str, words: str
) -> None:
    store = MemoryStore([charge(x_ConsumerId="acme")])
    monkeypatch.setattr(budgets, "open_store", lambda: store)
    form = {**FORM, "filters": filters, "currency": currency}

    response = admin_client.post(add_page(Budget), form, follow=True)
    warned = [f"{each}" for each in response.context["messages"] if each.level_tag == "warning"]

    assert warned == [f"{words} The budget is saved: it counts such charges once they come."] * bool(words)
    assert Budget.objects.exists()


def test_a_changed_amount_is_kept_and_the_name_stays(admin_client: Client) -> None:
    admin_client.post(add_page(Budget), FORM)

    admin_client.post(page(Budget.objects.get()), {**FORM, "name": "other", "amount_text": "6000"})
    admin_client.post(page(Budget.objects.get()), {**FORM, "amount_text": "6000", "notes": "ours"})

    assert Budget.objects.get().name == "team-a"
    amounts = [(change.terms or {})["amount"] for change in BudgetChange.objects.all()]
    assert amounts == ["6000", "5000"]
    assert "5000 USD a month" in shown(admin_client, list_page(BudgetChange))
    assert "50, 80" in admin_client.get(page(Budget.objects.get())).content.decode()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("amount_text", "0", "Write an amount above 0"),
        ("amount_text", "1e5", "Write an amount above 0"),
        ("amount_text", "5.000", "5.000 may be 5 or 5000: write 5.0000 or 5000."),
        ("amount_text", "12.345", "12.345 may be 12.345 or 12345: write 12.3450 or 12345."),
        ("currency", "usd", "such as USD"),
        ("filters", '{"clod": ["aws"]}', 'There is no dimension "clod".'),
        ("filters", '{"cloud": "aws"}', "Write lists of values"),
        ("filters", '{"month": ["2026-10"]}', "month is no filter of a budget"),
        ("filters", '{"currency": ["USD"]}', "currency is no filter of a budget"),
        ("filters", "[" * 3000 + "]" * 3000, "This is nested too deeply"),
        ("filters", '{"cloud": [' + "9" * 5000 + "]}", "a number has too many digits"),
        ("filters", '{"cloud": ["aws"], "cloud": ["gcp"]}', '"cloud" is there twice: write each name once.'),
        ("filters", '{"customer": ["' + "é" * 8192 + '"]}', "Write up to 16,384 bytes."),
        ("filters", "[]", "Write an object in JSON"),
        ("filters", "null", "Write an object in JSON"),
        ("filters", '{"cloud": ', "This is not valid JSON"),
        ("thresholds", "9" * 5000, "Write whole per cent"),
        ("owners", "123", "123 is no e-mail address."),
        ("thresholds", "50, x", "Write whole per cent"),
        ("thresholds", "0", "Write whole per cent"),
        ("thresholds", "50, 50", "each once"),
        ("owners", "ada", "ada is no e-mail address."),
        ("name", "a b", "letters, digits"),
    ],
)
def test_a_budget_that_could_not_be_evaluated_is_refused(
    admin_client: Client, name: str, value: str, words: str
) -> None:
    response = admin_client.post(add_page(Budget), {**FORM, name: value})

    assert response.status_code == 200
    assert words in response.content.decode().replace("&quot;", '"')
    assert not Budget.objects.exists()


@pytest.mark.parametrize("amount", ["5000", "5.00", "5.0000", "0.125", "1234.567"])
def test_an_amount_that_can_be_read_in_one_way_is_taken(admin_client: Client, amount: str) -> None:
    admin_client.post(add_page(Budget), {**FORM, "amount_text": amount})

    assert Budget.objects.get().amount_text == amount


def test_deleted_budgets_leave_who_deleted_them(admin_client: Client, admin_user: User) -> None:
    admin_client.post(add_page(Budget), FORM)

    chosen = {"action": "delete_selected", "_selected_action": ["team-a"], "post": "yes"}
    admin_client.post(list_page(Budget), chosen)

    assert not Budget.objects.exists()
    last = BudgetChange.objects.all()[0]
    assert (last.terms, last.by) == (None, admin_user)
    assert "deleted" in shown(admin_client, list_page(BudgetChange))


def test_to_write_the_reason_of_an_alert_is_to_acknowledge_it(admin_client: Client, admin_user: User) -> None:
    alert = make_alert()

    admin_client.post(page(alert), {"reason": "  "})
    alert.refresh_from_db()
    assert alert.acknowledged_at is None

    admin_client.post(page(alert), {"reason": "a migration", "cause": "other"})
    alert.refresh_from_db()
    assert (alert.reason, alert.acknowledged_by) == ("a migration", admin_user)
    assert alert.cause == "loads/aws/unread"
    assert alert.acknowledged_at
    assert "Acknowledged" in shown(admin_client, list_page(Alert))


def test_lists_show_alerts_messages_and_evaluations_without_control_characters(admin_client: Client) -> None:
    now = timezone.now()
    alert = make_alert(resolved_at=now, resolution="It is no longer so.", started_at=now)
    Notification.objects.create(
        alert=alert, channel="slack", event="firing", state="unknown", next_attempt_at=now, created_at=now
    )
    AlertRun.objects.create(started_at=now, heartbeat_at=now, finished_at=now, fired=1, skipped=["No data."])

    for url in (list_page(Alert), list_page(Notification)):
        text = shown(admin_client, url)
        assert "It \\u001b is unread." in text
        assert "\x1b" not in text
    assert "Interrupted: sent or not" in shown(admin_client, list_page(Notification))
    assert "Resolved on" in shown(admin_client, f"{list_page(Alert)}?state=resolved")
    assert "It \\u001b is" not in shown(admin_client, f"{list_page(Alert)}?state=firing")
    assert "No data." in shown(admin_client, page(AlertRun.objects.get()))
    for row in (alert, Notification.objects.get()):
        shown(admin_client, page(row))


def test_what_failed_or_is_unknown_is_sent_again_if_someone_says_so(admin_client: Client) -> None:
    now = timezone.now()
    alert = make_alert()
    rows = [
        Notification.objects.create(
            alert=alert,
            channel=channel,
            event="firing",
            state=state,
            attempts=6,
            next_attempt_at=now,
            created_at=now,
        )
        for channel, state in (("slack", "unknown"), ("webhook", "failed"), ("email", "sent"))
    ]

    chosen = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    admin_client.post(list_page(Notification), chosen)

    states = dict(Notification.objects.values_list("channel", "state"))
    assert states == {"slack": "pending", "webhook": "pending", "email": "sent"}


def test_a_mute_has_who_made_it(admin_client: Client, admin_user: User) -> None:
    form = {"kind": "anomaly", "match": json.dumps({"model": "nova-lite"}), "reason": "a test"}

    admin_client.post(add_page(Mute), form)

    assert Mute.objects.get().by == admin_user
    assert "model nova-lite" in shown(admin_client, list_page(Mute))


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("[" * 3000 + "]" * 3000, "This is nested too deeply"),
        ('["nova-lite"]', "Write an object in JSON"),
        ('{"model": "a", "model": "b"}', '"model" is there twice'),
        ('{"model": ["nova-lite"]}', "Write one text or null for each name"),
        ("{}", "This field is required."),
    ],
)
def test_a_mute_that_would_match_nothing_or_everything_is_refused(
    admin_client: Client, match: str, words: str
) -> None:
    form = {"kind": "anomaly", "match": match, "reason": "a test"}

    response = admin_client.post(add_page(Mute), form)

    assert response.status_code == 200
    assert words in response.content.decode().replace("&quot;", '"')
    assert not Mute.objects.exists()


@pytest.mark.parametrize("filters", ["", "{}", " {} "])
def test_a_budget_without_filters_is_of_all_charges(admin_client: Client, filters: str) -> None:
    admin_client.post(add_page(Budget), {**FORM, "filters": filters})

    assert Budget.objects.get().filters == {}


def test_alerts_and_messages_cannot_be_added_or_deleted(admin_client: Client) -> None:
    for model in (Alert, Notification, AlertRun, BudgetChange):
        assert admin_client.get(add_page(model)).status_code == 403
    alert = make_alert()
    assert admin_client.post(reverse("admin:costs_alert_delete", args=[alert.pk])).status_code == 403

from __future__ import annotations

import pytest
from django.test import Client

from assistant.models import Feedback, Talk, Turn
from tests.console.ask.conftest import Asks, last_of
from tests.console.costs.conftest import Shows
from tests.costs.stores import charge

pytestmark = pytest.mark.django_db

QUESTION = "How much did acme spend in October 2026?"


@pytest.fixture(autouse=True)
def _charges(shows: Shows) -> None:
    shows([charge("2026-10-05", "10", x_ConsumerId="acme")])


def test_one_conversation_is_deleted_and_then_all(reader: Client, asks: Asks) -> None:
    for _ in range(3):
        asks(QUESTION)
    first = Talk.objects.order_by("pk")[0]

    page = reader.post(f"/ask/talks/{first.pk}/delete/", follow=True).content.decode()
    assert "The conversation is deleted." in page
    assert Talk.objects.count() == 2
    assert reader.get(f"/ask/talks/{first.pk}/").status_code == 404

    assert "Conversations deleted: 2." in reader.post("/ask/delete/", follow=True).content.decode()
    assert not Turn.objects.exists()


def test_a_visit_of_an_address_deletes_and_asks_nothing(reader: Client, asks: Asks) -> None:
    asks(QUESTION)
    pk = Talk.objects.get().pk

    assert [reader.get(each).status_code for each in (f"/ask/talks/{pk}/delete/", "/ask/delete/")] == [
        405,
        405,
    ]
    assert reader.get(f"/ask/question/?q={QUESTION}")["Location"] == "/ask/"
    assert 'value="How much?"' in reader.get("/ask/?q=How%20much%3F").content.decode()
    assert Turn.objects.count() == 1


def test_all_of_a_person_is_exported(reader: Client, asks: Asks) -> None:
    turn = last_of(asks(QUESTION))
    asks("by cloud", turn)
    reader.post(f"/ask/answers/{turn}/feedback/", {"right": "0", "reason": "Too little."})

    response = reader.get("/ask/conversations/")
    [found] = response.json()
    assert response["Content-Disposition"] == 'attachment; filename="conversations.json"'
    assert [each["text"] for each in found["turns"]] == [QUESTION, "by cloud"]
    assert found["turns"][0]["figures"]["rows"] == [{"billed_cost": "10"}]
    assert found["turns"][0]["feedback"] == {"is_right": False, "reason": "Too little."}


def test_a_person_says_whether_an_answer_was_right_and_changes_their_mind(
    reader: Client, asks: Asks, admin_client: Client
) -> None:
    turn = last_of(asks(QUESTION))
    address = f"/ask/answers/{turn}/feedback/"

    page = reader.post(address, {"right": "0", "reason": "It is <b>more</b>."}, follow=True).content.decode()
    assert "You said that this answer is wrong: It is &lt;b&gt;more&lt;/b&gt;." in page
    listed = admin_client.get("/admin/assistant/feedback/").content.decode()
    assert QUESTION in listed
    assert "It is &lt;b&gt;more&lt;/b&gt;." in listed
    assert (
        "billed cost of customer acme"
        in admin_client.get(f"/admin/assistant/feedback/{turn}/change/").content.decode()
    )

    reader.post(address, {"right": "1"})
    assert [(each.is_right, each.reason) for each in Feedback.objects.all()] == [(True, "")]
    assert reader.post(address, {"right": "0", "reason": "x" * 501}).status_code == 400
    assert Feedback.objects.get().is_right


def test_the_admin_changes_no_feedback_and_shows_no_other_questions(asks: Asks, admin_client: Client) -> None:
    asks(QUESTION)

    assert QUESTION not in admin_client.get("/admin/assistant/feedback/").content.decode()
    assert admin_client.get("/admin/assistant/feedback/add/").status_code == 403
    assert "/admin/assistant/talk/" not in admin_client.get("/admin/").content.decode()

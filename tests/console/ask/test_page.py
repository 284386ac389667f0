from __future__ import annotations

import csv
import html
import io
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from assistant import talk
from assistant.models import Talk, Turn
from console.ask import page as ask_page
from tests.console.ask.conftest import Asks, last_of
from tests.console.costs.conftest import Shows
from tests.costs.stores import charge, tokens

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
CHARGES = [
    charge("2026-10-05", "10.123456789", x_ConsumerId="acme", x_Cloud="aws"),
    charge("2026-10-06", "3", x_ConsumerId="globex", x_Cloud="gcp"),
    tokens("2000000", "2026-10-06", "4", x_ConsumerId="acme"),
]
QUESTION = "How much did acme spend in October 2026?"


@pytest.fixture(autouse=True)
def _charges(shows: Shows) -> None:
    shows(CHARGES)


@pytest.fixture
def stranger() -> Client:
    """The browser of somebody else who may read costs."""
    client = Client()
    client.force_login(User.objects.create(username="eve", is_staff=True))
    return client


def test_who_may_not_read_costs_gets_nothing(client: Client) -> None:
    addresses = ["/ask/", "/ask.json", "/ask/talks/1/", "/ask/answers/x/", "/ask/shared/x/"]
    forms = ["/ask/question/", "/ask/answers/x/feedback/", "/ask/talks/1/delete/", "/ask/delete/"]
    for status in (302, 403):
        assert {client.get(each).status_code for each in (*addresses, "/ask/conversations/")} == {status}
        assert {client.post(each, {"q": QUESTION}).status_code for each in forms} == {status}
        client.force_login(User.objects.get_or_create(username="other")[0])
    assert not Turn.objects.exists()


def test_a_question_is_answered_with_the_exact_figure_and_the_query_behind_it(
    reader: Client, asks: Asks
) -> None:
    page = asks(QUESTION)

    assert '<data value="14.123456789" title="14.123456789">14.12</data> USD' in page
    assert "query_costs" in page
    assert "/costs/explore/?measures=billed_cost&amp;customer=acme&amp;start=2026-10-01" in page
    answer = reader.get(f"/ask/answers/{last_of(page)}.json").json()
    assert answer["rows"] == [{"billed_cost": "14.123456789"}]
    assert answer["text"] == QUESTION
    assert answer["question"]["filters"] == {"customer": ["acme"]}


def test_a_follow_up_is_in_the_same_conversation_whose_title_is_the_first_question(
    reader: Client, asks: Asks
) -> None:
    first = last_of(asks(QUESTION))
    page = asks("and by cloud?", first)

    found = Talk.objects.get()
    assert (found.title, found.turns.count()) == (QUESTION, 2)
    assert page.count('<article class="answer"') == 2
    rows = csv.DictReader(io.StringIO(reader.get(f"/ask/answers/{last_of(page)}.csv").content.decode()))
    assert [*rows] == [{"cloud": "aws", "billed_cost": "14.123456789"}]
    assert [turn["text"] for turn in reader.get(f"/ask/talks/{found.pk}.json").json()["turns"]] == [
        QUESTION,
        "and by cloud?",
    ]


def test_words_not_understood_are_said_first_and_there_is_no_figure(asks: Asks) -> None:
    page = asks("What did project atlantis cost in October 2026?")

    article = page[page.index("<article") : page.index("</article>")]
    assert article.index("<mark>project atlantis</mark>") < article.index('class="sentence"')
    assert "<data" not in article
    assert "<table" not in article


def test_a_reading_is_chosen_by_its_button(reader: Client, asks: Asks, shows: Shows) -> None:
    shows(
        [
            charge("2026-10-05", "5", x_Cloud="gcp"),
            tokens("1", "2026-10-06", "7", x_ModelDeveloper="Google", x_Cloud="azure"),
        ]
    )
    page = asks("What did Google cost in October 2026?")
    offered = [html.unescape(each) for each in re.findall(r'<button name="q" value="([^"]*)"', page)]
    assert sorted(offered) == ["the cloud gcp", "the developer of models Google"]

    chosen = asks("the cloud gcp", last_of(page))
    assert reader.get(f"/ask/answers/{last_of(chosen)}.json").json()["rows"] == [{"billed_cost": "5"}]


@pytest.mark.parametrize("text", ["", " \n\t", "\0\u202e", "x" * 501])
def test_what_is_no_question_is_refused_and_stays_in_the_box(reader: Client, text: str) -> None:
    response = reader.post("/ask/question/", {"q": text})

    assert response.status_code == 400
    assert "Ask in 1 to 500." in response.content.decode()
    assert f'value="{text[:500].strip()}"' in response.content.decode() or not text.isprintable()
    assert not Turn.objects.exists()


def test_a_person_who_asks_too_often_waits_and_nobody_else_does(
    reader: Client, asks: Asks, stranger: Client, settings: Settings
) -> None:
    settings.QUESTIONS_PER_MINUTE = 2
    page = asks(QUESTION)
    asks("and by cloud?", last_of(page))

    response = reader.post("/ask/question/", {"q": "by model", "follow": last_of(page)})
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "You have asked 2 questions in the last minute." in response.content.decode()
    assert 'value="by model"' in response.content.decode()
    assert QUESTION in response.content.decode()
    [link] = {*re.findall(r"/ask/shared/[^\"]+", page)}
    assert reader.get(link).status_code == 429
    assert asks(QUESTION, client=stranger)


def test_a_conversation_is_its_persons_alone(asks: Asks, stranger: Client) -> None:
    turn = last_of(asks(QUESTION))
    pk = Talk.objects.get().pk

    for address in (f"/ask/talks/{pk}", f"/ask/answers/{turn}"):
        for end in ("/", ".json", ".csv"):
            response = stranger.get(address + end)
            assert response.status_code == 404
            assert "acme" not in response.content.decode()
    assert stranger.post("/ask/question/", {"q": "and by cloud?", "follow": turn}).status_code == 404
    assert stranger.post(f"/ask/answers/{turn}/feedback/", {"right": "1"}).status_code == 404
    assert stranger.post(f"/ask/talks/{pk}/delete/").status_code == 404
    stranger.post("/ask/delete/")
    assert stranger.get("/ask/conversations/").json() == []
    assert stranger.get("/ask.json").json()["talks"] == []
    assert Turn.objects.filter(pk=turn).exists()


def test_a_shared_question_is_answered_anew_and_tells_nothing_of_the_conversation(
    asks: Asks, stranger: Client
) -> None:
    page = asks("What did globex cost in October 2026?")
    [link] = {*re.findall(r"/ask/shared/[^\"]+", page)}

    response = stranger.get(link)
    assert response.status_code == 200
    assert "What did globex cost" not in response.content.decode()
    answer = stranger.get(f"{link.rstrip('/')}.json").json()
    assert (answer["rows"], answer["id"]) == ([{"billed_cost": "3"}], "")
    assert stranger.get(f"{link.rstrip('/')}.csv").content.decode() == "billed_cost\r\n3\r\n"
    assert stranger.get(link.replace("/shared/", "/shared/x")).status_code == 404
    assert Turn.objects.count() == 1


def test_names_of_the_data_and_words_of_people_are_text(shows: Shows, asks: Asks) -> None:
    shows(
        [
            tokens("7", "2026-10-06", "4", x_ConsumerId=SCRIPT, x_ModelId=f"{SCRIPT}-2"),
            tokens("7", "2026-10-06", "4", x_ConsumerId='"><img src=x onerror=alert(1)>'),
        ]
    )
    for text in (
        "cost by customer and model in October 2026",
        "How many customers in October 2026?",
        f"{SCRIPT} {SCRIPT}",
        '"><img src=x onerror=alert(1)>',
    ):
        page = asks(text)
        assert "<script>alert" not in page
        assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_rows_that_are_not_kept_are_asked_again(
    asks: Asks, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "MAX_FIGURES", 10)
    page = asks(QUESTION)

    assert "The rows of this answer are not kept any more." in page
    assert reader.get(f"/ask/answers/{last_of(page)}.json").json()["rows"] is None
    assert reader.get(re.findall(r"/ask/shared/[^\"]+", page)[0]).status_code == 200


def test_of_a_long_conversation_the_last_answers_are_shown_whole(
    asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_page, "MAX_WHOLE", 1)
    first = last_of(asks(QUESTION))
    page = asks("and by cloud?", first)

    assert page.count('<article class="answer"') == 1
    assert "1 earlier question<" in page
    assert f'<a href="/ask/answers/{first}/">{QUESTION}</a>' in page


def test_without_loads_the_page_says_how_to_load_and_takes_questions(
    reader: Client, asks: Asks, shows: Shows
) -> None:
    shows([])

    response = reader.get("/ask/")
    assert response.status_code == 200
    assert "demo_costs" in response.content.decode()
    assert "No costs are loaded" in asks("How much yesterday?")


def test_a_page_asks_the_database_little(
    reader: Client, asks: Asks, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    turn = last_of(asks(QUESTION))
    for text in ("and by cloud?", "by model", "by customer"):
        turn = last_of(asks(text, turn))
    reader.get("/ask/")

    with django_assert_max_num_queries(8):
        reader.get("/ask/")
    with django_assert_max_num_queries(8):
        reader.get(f"/ask/talks/{Talk.objects.get().pk}/")

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker

from assistant.ask import answer_question, ask
from assistant.examples import examples
from assistant.reading.plan import Kind
from console.ask.shown import csv_of, shared_question, shown
from tests.costs import whole_demo

# Budgets and live usage are known since they were added.
OF_NOW = ("Are we over budget?", "What are we spending right now on AWS?")
# One of each kind, and each way to compute from costs.
QUESTIONS = (
    "How much did acme spend on Claude in October?",
    "Top 3 customers last month",
    "spend by cloud and week",
    "spend by cloud and day in October",
    "tokens by model last month",
    "cost per million tokens by model in October",
    "October vs September by service",
    "tokens by model in October vs September",
    "What share of acme's spend was AWS last month?",
    "average daily cost in October by cloud",
    "How many customers used Claude in October?",
    "Any unusual costs in the last 30 days?",
    "How much will we spend this month?",
    *OF_NOW,
    "What would acme's Claude usage have cost on Gemini 2.5 Pro?",
    "list price of an n2-standard-4 in Frankfurt",
)


@pytest.fixture(scope="module")
def stocked(
    demo_loaded: None,  # noqa: ARG001 so that it is there first
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """List prices and live usage beside the demo; they are gone with it."""
    with django_db_blocker.unblock():
        call_command("sync_catalog", "--source", "sample", verbosity=0)
        call_command("demo_live", verbosity=0)


@pytest.fixture(autouse=True)
def costs_dir(stocked: None, db: None) -> None:
    """All tests here show answers about the demo, whose folder is that of the module."""


@cache
def asked(text: str) -> Mapping[str, Any]:
    return ask(None, text, today=None if text in OF_NOW else whole_demo.TODAY)


def _scalars(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {text for each in value.values() for text in _scalars(each)}
    if isinstance(value, list):
        return {text for each in value for text in _scalars(each)}
    return {f"{value}"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_of_any_kind_is_shown_with_exact_figures_of_its_rows(question: str) -> None:
    answer = asked(question)
    look = shown(answer, question)

    assert answer["rows"], answer["answer"]
    assert look.table
    assert len(look.table.rows) == len(answer["rows"])
    exact = {each.exact for row in look.table.rows for each in row if each.is_number and each.exact}
    assert exact <= _scalars(answer["rows"])
    assert "".join(exact or text for text, exact in look.sentence) == answer["answer"]
    assert not any("{" in each.text or "[" in each.text for row in look.table.rows for each in row)
    assert exact <= {*" ".join(look.as_text.split("\t")).split()}
    assert len([*csv_of(answer).rows]) == len(answer["rows"])


@pytest.mark.parametrize("question", QUESTIONS[:5])
def test_a_chart_has_the_total_of_the_answer(question: str) -> None:
    answer = asked(question)
    if not answer["question"].get("by"):
        assert shown(answer).charts == []
        return
    [chart] = shown(answer).charts

    drawn = sum((Decimal(v) for each in chart["series"] for v in each["values"] if v), Decimal(0))
    measure = answer["question"].get("measures", ["billed_cost"])[0]
    assert drawn == Decimal(answer["totals"][0][measure])


def test_a_chart_of_weeks_has_each_monday_once() -> None:
    [chart] = shown(asked("spend by cloud and week")).charts

    days = [date.fromisoformat(each) for each in chart["labels"]]
    assert {each.weekday() for each in days} == {0}
    assert {(after - day).days for day, after in pairwise(days)} == {7}


def test_over_time_nothing_is_drawn_if_rows_are_left_out() -> None:
    look = shown(asked("spend by customer and day in October"))

    assert look.answer["rows_left_out"]
    assert (look.charts, look.is_cut) == ([], True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_question_leads_to_a_page_and_is_shared_as_it_is(admin_client: Client, question: str) -> None:
    answer = asked(question)
    query = shown(answer).query
    assert query

    assert admin_client.get(query.page).status_code in (200, 503), query.page
    assert json.loads(query.as_json) == answer["question"]
    assert shared_question(query.share.removeprefix("/ask/shared/").rstrip("/")) == answer["question"]
    if answer["question"]["kind"] not in (Kind.LIVE, Kind.PRICE):
        assert answer_question(answer["question"])["rows"] == answer["rows"]


def test_the_figures_of_explore_are_those_of_the_answer(admin_client: Client) -> None:
    answer = asked("spend by customer and day in October")
    query = shown(answer).query
    assert query

    assert admin_client.get(query.page.replace("explore/", "explore.json")).json()["rows"] == answer["rows"]


def test_each_example_is_answered() -> None:
    found = examples()

    assert len(found) >= 6
    for each in found:
        answer = ask(None, each)
        assert answer["question"], each
        assert (answer["error"], answer["not_understood"], answer["asks"]) == (None, [], []), each
        assert answer["rows"] or answer["question"]["kind"] == "anomalies", each


def test_a_share_of_an_unknown_kind_of_address_is_none() -> None:
    assert shared_question("x") is None
    assert shared_question("") is None

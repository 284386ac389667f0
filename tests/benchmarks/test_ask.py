"""The benchmark of questions in words: its marks, and the questions that were written beside the planner."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from benchmarks.ask.asking import Asking
from benchmarks.ask.cases import FOLDER, Case, cases
from benchmarks.ask.judge import Mark, mark
from costs.management import demo

ROWS: list[dict[str, Any]] = [
    {"customer": "acme", "billed_cost": "1.50"},
    {"customer": None, "billed_cost": "2"},
]


def answer(rows: list[dict[str, Any]], **others: Any) -> dict[str, Any]:
    return {"question": {"kind": "costs"}, "rows": rows, "asks": [], "not_understood": [], **others}


def marked(found: dict[str, Any], *accepted: dict[str, Any]) -> Mark:
    return mark(found, accepted or ({},), lambda _: ROWS)


def test_the_same_figures_are_exact_in_any_order_unless_one_is_asked_for() -> None:
    assert marked(answer(ROWS[::-1])) is Mark.EXACT
    assert marked(answer(ROWS[::-1]), {"order": "billed_cost desc"}) is Mark.WRONG
    assert marked(answer([{**ROWS[0], "billed_cost": "1.5"}, ROWS[1]])) is Mark.EXACT


def test_other_figures_are_wrong_and_without_a_word_if_nothing_is_said() -> None:
    other = [{**ROWS[0], "billed_cost": "1.51"}, ROWS[1]]

    assert marked(answer(other)) is Mark.WRONG
    assert marked(answer(other, not_understood=["atlantis"])) is Mark.WRONG_TOLD
    assert marked(answer(ROWS[:1])) is Mark.WRONG
    assert marked(answer([])) is Mark.WRONG


def test_figures_where_none_should_be_are_wrong() -> None:
    for expect in ({"asks": True}, {"refused": True}, {"not_understood": ["atlantis"]}):
        assert marked(answer(ROWS), expect) is Mark.WRONG


def test_no_figure_is_right_only_for_the_reason_that_is_expected() -> None:
    asks = [{"choices": [{"says": "a", "question": {"kind": "costs"}}]}]
    nothing = answer([], question=None)

    assert marked({**nothing, "asks": asks}, {"asks": True}) is Mark.HELD_BACK
    assert marked({**nothing, "asks": asks}) is Mark.ASKED
    assert marked(nothing, {"asks": True}) is Mark.REFUSED
    assert (
        marked({**nothing, "not_understood": ["project Atlantis"]}, {"not_understood": ["atlantis"]})
        is Mark.HELD_BACK
    )
    assert marked(nothing, {"not_understood": ["atlantis"]}) is Mark.REFUSED


def test_a_price_is_searched_for_all_words_of_a_string_or_a_list() -> None:
    found = answer([], question={"kind": "price", "name": "n2-standard-8 Frankfurt"})

    for search in ("n2-standard-8 frankfurt", ["n2-standard-8", "frankfurt"]):
        assert marked(found, {"kind": "price", "search": search}) is Mark.EXACT
    assert marked(found, {"kind": "price", "search": "berlin"}) is Mark.WRONG


def test_what_the_format_lacks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("today: 2026-11-29\nquestions: [{ask: How much, expect: {cloud_name: aws}}]\n")

    with pytest.raises(ValueError, match="cloud_name"):
        cases([file])


@pytest.mark.slow
@pytest.mark.django_db
def test_the_questions_that_the_planner_was_mended_by_are_answered_exactly(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COSTS_DIR = tmp_path
    monkeypatch.setattr(demo, "warm", lambda _: None)
    call_command("sync_catalog", source="sample", stdout=StringIO())
    asking = Asking(date(2026, 11, 29))

    october = {"start": date(2026, 10, 1), "end": date(2026, 11, 1)}
    september = {"start": date(2026, 9, 1), "end": date(2026, 10, 1)}
    by_model: dict[str, Any] = {"by": ["model"], **october, "compare": september}
    for case in (
        Case(
            "",
            "share of output tokens in October",
            date(2026, 11, 29),
            {"kind": "share", "measure": "tokens", "filters": {"direction": ["Output"]}, **october},
        ),
        Case(
            "",
            "cost per million tokens by model October vs September",
            date(2026, 11, 29),
            {"measures": ["cost_per_million_tokens"], **by_model},
        ),
        Case(
            "",
            "which models rose most in percent in October",
            date(2026, 11, 29),
            {**by_model, "filters": {"not_model": [None]}, "order": "change_percent desc"},
        ),
    ):
        assert asking.mark(case, asking.answer(case)) is Mark.EXACT, case.text
    mended_by = [FOLDER / "others.yaml", FOLDER / "own.yaml"]
    asked = [(case.text, asking.mark(case, asking.answer(case))) for case in cases(mended_by)]

    assert asked
    missed = [each for each in asked if each[1] not in (Mark.EXACT, Mark.HELD_BACK)]
    assert missed == [("why did costs jump on nov 16?", Mark.ASKED)]

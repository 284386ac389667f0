from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from tests.harness.fake_anthropic import FakeAnthropic, Reply

# What the database has a part in is tested in test_spending.py.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

CALL = ("query_costs", {"dimensions": ["cloud"], "start": "2026-10-01", "end": "2026-11-01"})


def test_the_answer_is_printed_with_its_rows_marks_and_cost(
    play: Callable[..., FakeAnthropic],
    capsys: pytest.CaptureFixture[str],
) -> None:
    play(Reply("Let me see.", [CALL]), Reply("AWS cost $1,234.50, and $5 more."))

    call_command("ask_model", "How much by cloud?")

    out = capsys.readouterr().out
    assert '[query_costs {"dimensions": ["cloud"], "start": "2026-10-01", "end": "2026-11-01"}]' in out
    assert "1234.5012" in out
    assert "AWS cost $1,234.50, and $5 [in no row] more." in out
    assert "This cost 0.0114 USD of 5 USD a day" in out
    assert "Follow with: --follow " in out


def test_each_event_is_a_line_of_json(
    play: Callable[..., FakeAnthropic],
    capsys: pytest.CaptureFixture[str],
) -> None:
    play(Reply("Nothing.", stop="refusal"))

    with pytest.raises(SystemExit) as ended:
        call_command("ask_model", "How much?", "--json")

    events: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["start", "text", "cost", "done"]
    assert ended.value.code == 1


def test_without_a_model_it_says_what_to_set(settings: Settings) -> None:
    settings.ANTHROPIC_API_KEY = ""

    with pytest.raises(CommandError, match="ANTHROPIC_API_KEY and ASK_MODEL and ASK_MODEL_PRICE are not set"):
        call_command("ask_model", "How much?")

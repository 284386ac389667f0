from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from costs.store import configured
from tests.costs.alerts.making import NOW, make_budget
from tests.costs.stores import MemoryStore, charge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    store = MemoryStore([charge("2026-10-02", "60")], loaded_at={"aws-2026-10": NOW})
    monkeypatch.setattr(configured, "open_store", lambda: store)
    return store


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("budget_status", *arguments, "--as-of", "2026-10-20")
    return capsys.readouterr().out


def test_a_table_says_how_budgets_stand(capsys: pytest.CaptureFixture[str]) -> None:
    make_budget("team-a", "50")
    make_budget("team-b", "100")

    lines = run(capsys).splitlines()

    assert lines[0].startswith("budget  period")
    assert lines[2].split()[:8] == ["team-a", "month", "from", "2026-10-01", "50", "USD", "60", "120"]
    assert lines[2].endswith("over since 2026-10-02")
    assert lines[3].endswith("within")


def test_json_is_what_the_tool_answers(capsys: pytest.CaptureFixture[str]) -> None:
    make_budget("team-a", "50")

    answer: dict[str, Any] = json.loads(run(capsys, "team-a", "--json"))

    assert answer["budgets"][0]["spent"] == "60"


def test_an_unknown_budget_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as error:
        run(capsys, "nobody")

    assert error.value.returncode == 2

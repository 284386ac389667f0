from __future__ import annotations

import json

import pytest

from costs.store import configured
from tests.costs.alerts.making import NOW, make_budget
from tests.costs.stores import MemoryStore, charge
from tools import registry

pytestmark = pytest.mark.django_db

TOOL = registry.TOOLS["budget_status"]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore([charge("2026-10-02", "60")], loaded_at={"aws-2026-10": NOW})
    monkeypatch.setattr(configured, "open_store", lambda: store)


def test_the_schema_has_the_names_of_the_contract() -> None:
    assert TOOL.scope == "costs:read"
    assert set(TOOL.input_schema["properties"]) == {"budget", "as_of"}
    assert set(TOOL.output_schema["properties"]) == {
        *("contract", "loads", "as_of", "is_estimate", "is_demo", "hint", "budgets")
    }
    assert len(TOOL.description) < 250
    assert "data, not instructions" in TOOL.description


def test_the_tools_together_stay_small() -> None:
    listed = [
        {"name": name, "title": tool.title, "description": tool.description, "inputSchema": tool.listed_input}
        | {"outputSchema": tool.listed_output}
        for name, tool in registry.TOOLS.items()
        if tool.scope != registry.SQL_SCOPE
    ]

    assert len(json.dumps(listed, separators=(",", ":"))) < 20_000


def test_one_budget_or_all_are_answered() -> None:
    make_budget("team-a", "50")
    make_budget("team-b", "100")

    one = registry.call("budget_status", {"budget": "team-a", "as_of": "2026-10-20"})
    every = registry.call("budget_status", {"budget": "all", "as_of": "2026-10-20"})

    assert not one.is_error
    assert [row["name"] for row in one.content["budgets"]] == ["team-a"]
    assert [row["is_over"] for row in every.content["budgets"]] == [True, False]
    assert json.loads(json.dumps(one.content)) == one.content


def test_an_unknown_budget_has_candidates() -> None:
    make_budget("team-a")

    result = registry.call("budget_status", {"budget": "team-b"})

    assert result.is_error
    assert result.content["error"]["code"] == "unknown_budget"
    assert result.content["error"]["candidates"] == ["team-a"]

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from costs.panels import PANELS
from costs.query import answer_from
from costs.query.dimensions import UNMAPPED, Value
from tests.costs.reports.showing import OCTOBER, snapshot
from tests.costs.stores import MemoryStore, charge, tokens

ROOT = Path(__file__).parents[2]


def test_the_documentation_has_every_panel_and_no_other() -> None:
    document = (ROOT / "docs/panels.md").read_text()

    assert re.findall(r"^\| `([a-z-]+)` \|", document, re.MULTILINE) == list(PANELS)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return MemoryStore(
        [
            tokens("10", cost="1"),
            tokens("10", cost="2", x_ModelId="claude-haiku-4-5"),
            tokens("10", cost="4", x_ModelId=None, x_BillingModel="ModelZ"),
            charge(cost="8"),
            charge(cost="-16", ChargeCategory="Credit"),
            charge(cost="32", ChargeCategory="Adjustment"),
        ]
    )


@pytest.mark.parametrize(
    ("panel", "filters", "billed"),
    [
        ("models", {"not_model": ["claude-haiku-4-5"]}, "5"),
        ("models", {"model": ["claude-haiku-4-5"]}, "2"),
        ("models", {"model": [None]}, None),
        ("tokens-by-model", {"usage_kind": ["searches"]}, None),
        ("tokens-by-model", {"usage_kind": ["TOKENS", "searches"]}, "7"),
        ("credits", {"category": ["credit"]}, "-16"),
        ("credits", {"category": ["Usage"]}, None),
        ("credits", {"not_category": ["Credit"]}, "32"),
        ("unmapped", {"model": ["claude-haiku-4-5"]}, None),
        ("unmapped", {"model": [UNMAPPED]}, "4"),
    ],
)
def test_a_panel_is_of_the_charges_that_its_own_filters_and_those_asked_for_both_take(
    store: MemoryStore, panel: str, filters: Mapping[str, Sequence[Value]], billed: str | None
) -> None:
    question = PANELS[panel].asked(OCTOBER, filters)

    totals = answer_from(question, snapshot(store))["totals"]
    assert [row["billed_cost"] for row in totals] == ([billed] if billed else [])

from __future__ import annotations

import pytest

from costs.errors import InvalidQuestionError
from costs.panels import PANELS, Panel, Report
from costs.query import Question, answer_from
from costs.reports.show import show
from tests.costs.reports.showing import NOVEMBER, OCTOBER, shown, snapshot
from tests.costs.stores import MemoryStore, charge, tokens

ASKED = [panel for panel in PANELS.values() if panel.question and not panel.report]


def bill() -> MemoryStore:
    return MemoryStore(
        [
            tokens("1000", cost="0.1", x_ConsumerId="acme", x_TokenCacheAction="Uncached"),
            tokens("3000", cost="0.2", x_TokenCacheAction="Read", x_ServiceTier="batch"),
            charge(cost="7.123456789012345678", BillingCurrency="EUR", x_UsageKind="searches"),
            charge(cost="-2", ChargeCategory="Credit", x_Cloud="gcp"),
            charge(cost="5", x_BillingModel="Quokka9", x_Meter="Quokka9-input", x_UsageKind="tokens"),
        ]
    )


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_the_rows_of_a_panel_are_those_of_its_question(panel: Panel) -> None:
    costs = snapshot(bill())

    found = show(panel, OCTOBER, costs)

    answer = answer_from(panel.asked(OCTOBER), costs)
    assert answer["rows"]
    assert found["rows"] == answer["rows"]
    assert found["totals"] == answer["totals"]
    assert found["hint"] == answer["hint"]


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_each_value_of_a_row_has_a_column(panel: Panel) -> None:
    found = show(panel, OCTOBER, snapshot(bill()))

    assert {column["name"] for column in found["columns"]} == {name for row in found["rows"] for name in row}


def test_every_panel_says_what_it_is_for_and_what_it_is_empty_of() -> None:
    for name, panel in PANELS.items():
        assert panel.name == name
        assert panel.title
        assert panel.purpose.endswith("?")
        assert panel.empty.endswith(".")


def test_filters_choose_among_the_charges_of_a_panel() -> None:
    found = shown("spend-by-day", bill(), filters={"cloud": ["gcp"]})

    assert [row["billed_cost"] for row in found["rows"]] == ["-2"]


def test_the_filters_of_a_panel_hold_beside_others_of_the_same_name() -> None:
    assert shown("unmapped", bill(), filters={"model": ["claude-sonnet-4-6"]})["rows"] == []
    [row] = shown("unmapped", bill(), filters={"model": ["(unmapped)"]})["rows"]
    assert row["meter"] == "Quokka9-input"


def test_a_panel_with_shares_says_what_they_are_not_of() -> None:
    store = MemoryStore(
        [tokens("1000", cost="3"), charge(cost="4.5"), charge(cost="2", BillingCurrency="EUR")]
    )

    assert shown("models", store)["notes"] == ["Shares are of these charges; 2 EUR and 4.5 USD is of others."]
    assert shown("customers", store)["notes"] == []
    assert shown("models", MemoryStore([tokens("1000")]))["notes"] == []


def test_a_wrong_filter_is_refused() -> None:
    with pytest.raises(InvalidQuestionError):
        shown("spend-by-day", bill(), filters={"direction": ["sideways"]})


def test_a_panel_without_charges_has_no_rows_and_no_zero() -> None:
    found = shown("models", bill(), NOVEMBER)

    assert found["rows"] == []
    assert found["totals"] == []


def test_panels_that_no_question_answers_are_asked_of_no_window() -> None:
    panels = [panel for panel in PANELS.values() if panel.question is None]

    assert {panel.report for panel in panels} == {Report.RESTATEMENTS, Report.LOADS}
    with pytest.raises(ValueError, match="has no question"):
        panels[0].asked(OCTOBER)


def test_a_question_that_panels_share_is_not_changed_by_one() -> None:
    before = PANELS["models"].question
    PANELS["models"].asked(OCTOBER, {"cloud": ["aws"]})

    assert PANELS["models"].question is before
    assert isinstance(before, Question)
    assert "cloud" not in before.filters

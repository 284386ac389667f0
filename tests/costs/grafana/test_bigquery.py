from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from costs.grafana.bigquery import query_text
from costs.panels import PANELS, Panel
from tests.costs.grafana import queries

ASKED = [panel for panel in PANELS.values() if panel.question]


def test_the_queries_are_those_that_were_kept() -> None:
    assert queries.text() == queries.KEPT.read_text(encoding="utf-8")


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_a_query_is_one_of_bigquery_over_the_table_of_the_chosen_data_set(panel: Panel) -> None:
    assert panel.question
    text = query_text(panel.question).replace("$__timeFilter(`ChargePeriodStart`)", "TRUE")

    parsed = parse_one(text, read="bigquery")

    tables = {(table.catalog, table.db) for table in parsed.find_all(exp.Table) if table.name != "sums"}
    assert tables == {("${project:percentencode}", "${dataset:percentencode}")}


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_a_query_keeps_to_the_time_and_to_one_currency(panel: Panel) -> None:
    assert panel.question
    text = query_text(panel.question)

    assert "$__timeFilter(`ChargePeriodStart`)" in text
    assert "`BillingCurrency` = '${currency:percentencode}'" in text


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_all_that_viewers_choose_is_encoded(panel: Panel) -> None:
    assert panel.question
    text = query_text(panel.question)

    assert text.count("${") == text.count(":percentencode}") == 5

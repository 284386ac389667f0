"""Each panel's query for BigQuery, in the dialect of the lake, adds up what query_costs does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings
from sqlglot import exp

from costs.panels import PANELS, Panel
from costs.query import ask
from costs.query.board import ALL, Chosen, board_query
from costs.query.dimensions import column, text
from costs.query.periods import Window
from costs.query.question import SUMS
from costs.store.lake import Lake
from tests.costs import whole_demo

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

WINDOW = Window(date(2026, 10, 15), date(2026, 11, 20))
# What Grafana puts in place of its macro.
TIME = exp.and_(
    column("ChargePeriodStart") >= exp.cast(text("2026-10-15 00:00:00+00:00"), "timestamptz"),
    column("ChargePeriodStart") <= exp.cast(text("2026-11-19 23:59:59+00:00"), "timestamptz"),
)
ASKED = [panel for panel in PANELS.values() if panel.question]
Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module", autouse=True)
def loaded(
    folder: Path,
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    with whole_demo.loaded(folder, django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def costs_dir(folder: Path, settings: Settings) -> Path:
    settings.COSTS_DIR = folder
    return folder


def of_board(panel: Panel, chosen: Chosen) -> Rows:
    assert panel.question
    found = Lake().run(board_query(panel.question, chosen, TIME))
    return [dict(zip(found.names, row, strict=True)) for row in found.rows]


def of_tool(panel: Panel, **filters: Sequence[str]) -> Rows:
    asked = panel.asked(WINDOW, {"currency": ["USD"], **filters})
    return ask(asked, Lake())["rows"]


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_a_panel_has_the_rows_and_sums_of_query_costs(panel: Panel) -> None:
    assert panel.question
    names = [*panel.question.dimensions, *(name for name in panel.question.measures if name in SUMS)]

    found = [[_plain(row[name]) for name in names] for row in of_board(panel, Chosen(ALL, ALL, "USD"))]

    assert found == [[_plain(row[name]) for name in names] for row in of_tool(panel)]
    assert found or panel.name == "credits"  # of which the demo has none


@pytest.mark.parametrize("panel", ASKED, ids=lambda panel: panel.name)
def test_ratios_are_those_of_query_costs_as_far_as_they_are_shown(panel: Panel) -> None:
    assert panel.question
    ratios = [name for name in panel.question.measures if name not in SUMS]

    for here, there in zip(of_board(panel, Chosen(ALL, ALL, "USD")), of_tool(panel), strict=True):
        for name in ratios:
            told = there[name]
            assert (here[name] is None) is (told is None)
            assert told is None or float(here[name]) == pytest.approx(float(told), abs=1e-6)


def test_variables_choose_as_filters_do() -> None:
    panel = PANELS["models"]

    here = [row["billed_cost"] for row in of_board(panel, Chosen("gcp", b"acme".hex(), "USD"))]

    there = [Decimal(row["billed_cost"]) for row in of_tool(panel, cloud=["gcp"], customer=["acme"])]
    assert here == there
    assert here


def _plain(value: Any) -> Any:
    """A value of either, in a form that can be compared."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    try:
        return Decimal(value)
    except (ArithmeticError, TypeError):
        return value

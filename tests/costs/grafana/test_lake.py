from __future__ import annotations

import json
from typing import Any

from costs.grafana import export
from costs.panels import PANELS
from tests.costs.reports.showing import NOVEMBER, shown
from tests.costs.stores import MemoryStore, charge, tokens


def queries() -> list[dict[str, Any]]:
    board = json.loads(export.files()["dashboards/costs-lake.json"])
    return [target for panel in board["panels"] for target in panel["targets"]]


def test_each_panel_asks_its_own_address() -> None:
    assert [query["url"] for query in queries()] == [f"/api/panels/{name}" for name in PANELS]


def test_each_query_says_the_time_and_one_currency() -> None:
    for query in queries():
        arguments = {each["key"]: each["value"] for each in query["url_options"]["params"]}

        assert arguments["start"] == "${__timeFrom:date:iso}"
        assert arguments["end"] == "${__timeTo:date:iso}"
        assert arguments["currency"] == "${currency}"


def test_figures_are_numbers_and_days_are_times() -> None:
    (by_day,) = [query for query in queries() if query["url"].endswith("/spend-by-day")]

    kinds = {column["selector"]: column["type"] for column in by_day["columns"]}
    assert kinds == {"day": "timestamp", "cloud": "string", "billed_cost": "number"}


def test_the_columns_of_a_board_are_those_that_panels_show() -> None:
    store = MemoryStore([charge("2026-11-05"), tokens("5", "2026-11-05", x_TokenCacheAction="Read")])
    for panel, query in zip(PANELS.values(), queries(), strict=True):
        told = {column["name"] for column in shown(panel.name, store, NOVEMBER)["columns"]}
        assert {column["selector"].partition(".")[0] for column in query["columns"]} == told

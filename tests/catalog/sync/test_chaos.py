"""Syncs stopped at random moments: the catalog stays readable, and the next run completes it."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.wire import Wire, wire_price, wire_rate, wire_service, wire_sku
from tests.harness.databases import KINDS, FileDatabase, Query, Rows, open_database
from tests.harness.product import copy_database
from tests.harness.sync_processes import Syncs, syncs

# How often by each signal on each database; 50 take some minutes.
ROUNDS = [3, pytest.param(50, marks=pytest.mark.slow)]
SERVICES = [f"{number:04}-0000-0000" for number in range(6)]
SKUS = 150

CONTENT = {
    "services": "SELECT service_id, display_name FROM services ORDER BY 1",
    "skus": "SELECT sku_id, service_id, display_name, content_hash, retired_at IS NULL FROM skus ORDER BY 1",
    "attributes": "SELECT sku_id, facts, unread, key, cost, is_list_price FROM sku_attributes ORDER BY 1",
    "index": "SELECT sku_id, name, place, facts, unread, is_list_price FROM sku_search ORDER BY 1",
    "prices": "SELECT sku_id, effective_time, content_hash, pricing_expression_json, currency_code "
    "FROM pricing_info ORDER BY sku_id, effective_time, id",
    "tiers": "SELECT sku_id, effective_time, start_usage_amount, price_units, price_nanos "
    "FROM pricing_tiers JOIN pricing_info ON pricing_info.id = pricing_info_id ORDER BY 1, 2, 3",
}
# Each query finds rows that must not exist.
VIOLATIONS = {
    "a SKU without a price": "SELECT sku_id FROM skus WHERE sku_id NOT IN (SELECT sku_id FROM pricing_info)",
    "a SKU without attributes": "SELECT sku_id FROM skus WHERE sku_id NOT IN "
    "(SELECT sku_id FROM sku_attributes)",
    "attributes without their SKU": "SELECT sku_id FROM sku_attributes WHERE sku_id NOT IN "
    "(SELECT sku_id FROM skus)",
    "a price without its SKU": "SELECT id FROM pricing_info WHERE sku_id NOT IN (SELECT sku_id FROM skus)",
    "a tier without its price": "SELECT id FROM pricing_tiers "
    "WHERE pricing_info_id NOT IN (SELECT id FROM pricing_info)",
    "a price that lacks tiers": "SELECT id FROM pricing_info AS price "
    "WHERE json_array_length(pricing_expression_json, '$.tieredRates') <> "
    "(SELECT count(*) FROM pricing_tiers WHERE pricing_info_id = price.id)",
    "a SKU without its service": "SELECT sku_id FROM skus WHERE service_id NOT IN "
    "(SELECT service_id FROM services)",
    "two runs at once": "SELECT id FROM pricing_updates WHERE status = 'running' LIMIT -1 OFFSET 1",
    "a run that failed and completed": "SELECT id FROM pricing_updates "
    "WHERE status <> 'completed' AND completed_at IS NOT NULL",
}


def price_list(folder: Path, version: int) -> Path:
    """A price list whose prices, names and SKUs change from version to version."""
    dice = random.Random(version)  # noqa: S311  # no secret
    path = folder / f"version-{version}"
    (path / "skus").mkdir(parents=True)
    names = {service_id: f"Service {dice.randrange(3)}" for service_id in SERVICES}
    services = [wire_service(service_id, name) for service_id, name in names.items()]
    (path / "services.json").write_text(json.dumps({"services": services}))
    lists: dict[str, list[Wire]] = {service_id: [] for service_id in SERVICES}
    for number in range(SKUS * len(SERVICES)):
        home = number % len(SERVICES)
        service_id = SERVICES[(home + (dice.random() < 0.02)) % len(SERVICES)]
        if dice.random() < 0.95:
            lists[service_id].append(_sku(f"SKU-{number:05}", version, dice))
    for service_id, skus in lists.items():
        (path / "skus" / f"{service_id}.json").write_text(json.dumps({"skus": skus}))
    return path


def _sku(sku_id: str, version: int, dice: random.Random) -> Wire:
    rates = [wire_rate(nanos=dice.randrange(3), start=start) for start in range(dice.randrange(1, 4))]
    effective = f"2026-01-01T{version // 60:02}:{version % 60:02}:00Z"
    return wire_sku(sku_id, wire_price(*rates, effective=effective), description=f"Name {dice.randrange(2)}")


def content(query: Query) -> dict[str, Rows]:
    return {name: query(sql) for name, sql in CONTENT.items()}


def history(query: Query) -> dict[str, list[tuple[Any, ...]]]:
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for sku_id, *price in query("SELECT sku_id, id, content_hash FROM pricing_info ORDER BY id"):
        rows.setdefault(sku_id, []).append(tuple(price))
    return rows


def check_invariants(query: Query, before: dict[str, list[tuple[Any, ...]]]) -> None:
    assert {name: query(sql) for name, sql in VIOLATIONS.items()} == {name: [] for name in VIOLATIONS}
    after = history(query)
    assert all(after[sku_id][: len(prices)] == prices for sku_id, prices in before.items())


def time_passes(query: Query) -> None:
    """Let the lease of a killed run expire."""
    query("UPDATE pricing_updates SET heartbeat_at = '2026-01-01 00:00:00' WHERE status = 'running'")


def stop_in_the_middle(runs: Syncs, folder: Path, seconds: float, how: signal.Signals) -> int:
    pid = runs.start(folder)
    time.sleep(seconds)
    os.kill(pid, how)
    return runs.exit_code(pid)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_stopped_sync_leaves_a_consistent_catalog_that_the_next_one_completes(
    kind: str, how: signal.Signals, rounds: int, tmp_path: Path
) -> None:
    copy_database(tmp_path / "twin.db")
    twin = FileDatabase(tmp_path / "twin.db")
    with (
        open_database(kind, tmp_path) as database,
        syncs(database.url) as runs,
        syncs(twin.url) as undisturbed,
    ):
        seconds = 0.5
        stopped = 0
        for version in range(rounds):
            folder = price_list(tmp_path, version)
            before = history(database.query)
            # In another part of the run in each round, so that few rounds do not all miss it.
            moment = seconds * (version + random.random()) / rounds  # noqa: S311  # no secret
            stopped += stop_in_the_middle(runs, folder, moment, how) != 0
            check_invariants(database.query, before)

            if how == signal.SIGKILL:
                time_passes(database.query)
            assert runs.run(folder) == 0
            assert undisturbed.run(folder) == 0
            seconds = last_seconds(twin.query)
            check_invariants(database.query, before)
            assert content(database.query) == content(twin.query)

    assert stopped >= rounds // 3


def last_seconds(query: Query) -> float:
    """The duration of the latest run."""
    sql = "SELECT 86400 * (julianday(completed_at) - julianday(started_at)) FROM pricing_updates "
    [[seconds]] = query(sql + "ORDER BY id DESC LIMIT 1")
    return float(seconds)

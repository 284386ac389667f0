from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from google.cloud import bigquery

from costs.errors import StoreUnavailableError
from costs.load.job import load
from costs.models import CostLoad
from costs.store.bigquery import opened, sql
from costs.store.bigquery.dataset import Dataset
from tests.costs.bills import OCTOBER, charge, make_source, write_bill
from tests.harness import starter
from tests.harness.bqemulator import BigQueryEmulator
from tests.harness.product import copy_database, over

POINTS = [
    "before-the-upload",
    "after-the-upload",
    "between-the-old-and-the-new-row",
    "before-unified-costs-follows",
    "as-unified-costs-follows",
]
PUBLISHED = POINTS[3:]


def test_a_killed_load_leaves_a_whole_old_or_new_month_and_the_next_load_completes_it(
    tmp_path: Path, emulator: BigQueryEmulator, client: bigquery.Client
) -> None:
    dataset = f"costs_{secrets.token_hex(4)}"
    client.create_dataset(dataset)
    copy_database(tmp_path / "catalog.db")
    for name, costs in (("old", ["1"]), ("new", ["2", "3"])):
        write_bill(tmp_path / name, OCTOBER, [charge(cost, ResourceId=cost) for cost in costs])
    product = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake"))
    settings = {"COST_STORE": f"bigquery://acme/{dataset}", "BIGQUERY_EMULATOR_HOST": emulator.url}

    program = starter.run(
        ["-m", "tests.costs.store.bigquery.killing", str(tmp_path)], {**product.environment, **settings}
    )
    assert program.returncode == 0, program.stderr

    lines = [json.loads(line) for line in program.stdout.splitlines()]
    assert [point for point, *_ in lines] == POINTS
    old, new = "1.000000000000000000", "5.000000000000000000"
    for point, before, after in lines:
        assert before["asked"] == (new if point in PUBLISHED else old), point
        assert before["unified"] == (new if point == POINTS[-1] else old), point
        assert (after["asked"], after["unified"]) == (new, new), point
        assert after["strays"] == [], point
        lost = [] if point in PUBLISHED else ["failed"]
        assert after["statuses"] == ["current", *lost, "superseded"], point


@pytest.mark.one_database
@pytest.mark.django_db
def test_a_swap_that_fails_half_way_changes_nothing(
    tmp_path: Path, place: str, client: bigquery.Client
) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("2")])
    load(make_source(tmp_path / "bills"))
    [row] = CostLoad.objects.current()
    store = opened(f"bigquery://{place.replace('.', '/')}")
    dataset = Dataset(store._place)  # noqa: SLF001
    member = sql.Member(row.pk, "bills", OCTOBER, 0, 2**52)

    with pytest.raises(StoreUnavailableError, match="load_no_such"):
        dataset.run(sql.swap(store._place, [member], [sql.Member("no-such", "bills", OCTOBER)]))  # noqa: SLF001

    read = f"SELECT x_LoadId, BilledCost FROM `{place}.unified_costs`"
    assert [row_.values() for row_ in client.query(read).result(timeout=60)] == [(row.pk, 2)]
    others = f"SELECT x_LoadId FROM `{place}.unified_costs_loads` WHERE x_LoadId <> ''"
    assert [row_.values() for row_ in client.query(others).result(timeout=60)] == [(row.pk,)]


@pytest.mark.one_database
@pytest.mark.django_db
def test_a_swap_that_was_planned_before_another_one_is_planned_anew(
    tmp_path: Path, place: str, client: bigquery.Client
) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("2")])
    load(make_source(tmp_path / "bills"))
    [row] = CostLoad.objects.current()
    store = opened(f"bigquery://{place.replace('.', '/')}")
    stale = sql.swap(store._place, [], [sql.Member(row.pk, "bills", OCTOBER)])  # noqa: SLF001

    with pytest.raises(StoreUnavailableError, match="Another job has changed unified_costs"):
        Dataset(store._place).run(stale)  # noqa: SLF001

    read = f"SELECT SUM(BilledCost) FROM `{place}.unified_costs`"
    assert [row_.values() for row_ in client.query(read).result(timeout=60)] == [(2,)]

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from google.cloud import bigquery
from pytest_django.fixtures import Settings
from werkzeug import Request

from costs.load.job import load
from costs.models import CostLoad
from costs.query import Question, ask
from costs.store.configured import open_store
from tests.costs.bills import OCTOBER, charge, make_source, write_bill
from tests.costs.store.bigquery.wire import Wire, query_of
from tests.costs.store.lakes import publish

# The rows of loads are as those of the lake; a server would close a transaction that waits for the emulator.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def target(place: str, settings: Settings, tmp_path: Path) -> str:
    """Where costs shall be; they are in the lake, with a load that was replaced."""
    settings.COST_STORE = "lake"
    source = make_source(tmp_path / "bills")
    for costs in (("1.5", "2"), ("0.000000000000000001", "7")):
        write_bill(tmp_path / "bills", OCTOBER, [charge(cost, ResourceId=cost) for cost in costs])
        load(source)
    return f"bigquery://{place.replace('.', '/')}"


def moved(*arguments: str) -> str:
    out = StringIO()
    call_command("move_costs", *arguments, stdout=out)
    return out.getvalue()


def answers() -> list[str]:
    """The sums of now, and of before the month was replaced."""
    old = CostLoad.objects.get(status=CostLoad.Status.SUPERSEDED)
    asked = [Question(as_of=None), Question(as_of=old.current_from)]
    return [ask(question, open_store())["rows"][0]["billed_cost"] for question in asked]


def test_costs_move_to_bigquery_and_back_with_their_past(
    target: str, settings: Settings, costs_dir: Path
) -> None:
    # It gave way to the bill, and counts in neither.
    number = "444455556666"
    account: dict[str, Any] = {"x_Cloud": "aws", "BillingAccountId": "111122223333", "SubAccountId": number}
    publish("guess", OCTOBER, ["5"], estimate_of=number, **account)
    before = answers()

    assert moved(target, "--dry-run") == "Would copy 3 loads; 0 are there.\n"
    said = moved(target)
    settings.COST_STORE = target

    assert said == (
        f"3 loads with 5 rows are the same in {target}; 0 were there before. Those that count have "
        f"7.000000000000000001 USD.\nSet COST_STORE={target} for the server and all jobs, and restart them.\n"
    )
    assert answers() == before == ["7.000000000000000001", "3.5"]
    for file in costs_dir.rglob("*.parquet"):
        file.unlink()
    assert json.loads(moved("lake", "--json"))["copied"] == 3
    settings.COST_STORE = "lake"
    assert answers() == before


def test_a_copy_that_was_stopped_goes_on_and_copies_half_a_load_again(
    target: str, wire: Wire, client: bigquery.Client
) -> None:
    moved(target)
    old = CostLoad.objects.get(status=CostLoad.Status.SUPERSEDED)
    table = f"{target.removeprefix('bigquery://').replace('/', '.')}.load_{old.pk.replace('-', '_')}"
    client.query(f"DELETE FROM `{table}` WHERE BilledCost = 2").result(timeout=60)
    wire.asked.clear()

    said = moved(target)

    assert "2 loads with 4 rows are the same" in said
    assert len([sql for sql in wire.asked if sql.startswith("CREATE TABLE")]) == 1


def test_a_mismatch_changes_nothing(target: str, wire: Wire, client: bigquery.Client) -> None:
    def lose(request: Request) -> None:
        """The first time that a load is proved, one of its charges has gone."""
        sql, is_dry = query_of(request)
        if sql and not is_dry and "sum_BilledCost" in sql["query"]:
            wire.faults.clear()
            table = sql["query"].rpartition("FROM `")[2].partition("`")[0]
            client.query(f"DELETE FROM `{table}` WHERE BilledCost = 2").result(timeout=60)

    before = answers()
    wire.faults.append(lose)

    with pytest.raises(CommandError) as caught:
        moved(target)

    said = f"{caught.value}"
    assert "charges is 1 instead of 2 in USD. It was deleted, and nothing has changed. Run it again." in said
    dataset = target.removeprefix("bigquery://").replace("/", ".")
    assert not [table.table_id for table in client.list_tables(dataset) if table.table_id.startswith("load_")]
    assert answers() == before


def test_wrong_places_are_refused(settings: Settings) -> None:
    assert settings.COST_STORE == "lake"
    with pytest.raises(CommandError, match="Costs are in lake already"):
        moved("lake")
    with pytest.raises(CommandError, match="names no store of costs"):
        moved("s3://bucket")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_dataset_that_is_not_there_is_told_with_how_to_make_it(target: str, options: list[str]) -> None:
    assert target
    with pytest.raises(CommandError) as caught:
        moved("bigquery://acme/nope", *options)

    assert f"{caught.value}".startswith(
        "There is no dataset acme.nope. Make it with: bq mk --dataset --location=REGION acme:nope."
    )

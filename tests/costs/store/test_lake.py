from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from sqlglot import exp, parse_one

from costs.errors import NotLoadedError, TooLargeError
from costs.focus.columns import Column, Kind, columns
from costs.load.withdraw import withdraw
from costs.models import CostLoad, CostSource
from costs.query.snapshot import take
from costs.store import engine
from costs.store.engine import Engines, open_reader
from costs.store.lake import Lake
from tests.costs.store.lakes import publish

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER = "2026-09", "2026-10"


def ask(sql: str, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    select = parse_one(sql, dialect="duckdb")
    assert isinstance(select, exp.Query)
    loads = Lake().loads(as_of=as_of) if as_of else None
    return list(Lake().run(select, loads=loads).rows)


def billed(as_of: datetime | None = None) -> Decimal:
    return Decimal(ask("select sum(BilledCost) from unified_costs", as_of)[0][0])


def reader(costs_dir: Path) -> duckdb.DuckDBPyConnection:
    return open_reader([str(costs_dir / load.path) for load in CostLoad.objects.current()])


def test_without_loads_it_says_that_nothing_is_loaded() -> None:
    with pytest.raises(NotLoadedError, match="No costs are loaded\\."):
        billed()
    assert Lake().loads() == []


def test_an_answer_names_the_loads_that_it_rests_on() -> None:
    publish("aws", SEPTEMBER, ["1"])
    second, first = publish("gcp", OCTOBER, ["2", "0.5"]), publish("aws", OCTOBER, ["4"])

    rows = Lake().run(exp.select("sum(BilledCost) as billed").from_("unified_costs"))

    assert (rows.names, rows.rows) == (["billed"], [(Decimal("7.5"),)])
    assert [(load.source, load.billing_period) for load in rows.loads] == [
        ("aws", SEPTEMBER),
        ("aws", OCTOBER),
        ("gcp", OCTOBER),
    ]
    assert rows.loads[1].id == first.pk
    assert rows.loads[2].billed == {"USD": Decimal("2.5")}
    assert rows.loads[2].loaded_at == second.current_from


def test_the_table_has_each_column_of_unified_costs_in_order_and_each_row_its_load() -> None:
    load = publish("aws", OCTOBER, ["1"])

    assert [name for name, *_ in ask("select column_name from (describe unified_costs)")] == list(columns())
    assert ask("select distinct x_LoadId from unified_costs") == [(load.pk,)]


def test_a_column_that_a_newer_version_adds_is_empty_in_older_files(
    monkeypatch: pytest.MonkeyPatch, costs_dir: Path
) -> None:
    publish("aws", OCTOBER, ["1"])
    added = Column("x_New", Kind.TEXT)
    monkeypatch.setattr(engine, "columns", lambda: {**columns(), "x_New": added})

    assert reader(costs_dir).execute("select x_New, BilledCost from unified_costs").fetchall() == [
        (None, Decimal(1))
    ]


def test_the_views_of_clouds_hold_their_charges_for_ai_only() -> None:
    publish("a", OCTOBER, ["1"], x_Cloud="aws", x_UsageKind="tokens")
    publish("b", OCTOBER, ["2"], x_Cloud="aws")
    publish("c", OCTOBER, ["4"], x_Cloud="gcp", x_UsageKind="searches")
    publish("d", OCTOBER, ["8"], x_Cloud="azure", x_UsageKind="tokens")

    views = ("aws_llm_costs", "gcp_llm_costs", "azure_llm_costs", "unified_costs")
    assert [ask(f"select sum(BilledCost) from {view}") for view in views] == [  # noqa: S608
        [(Decimal(1),)],
        [(Decimal(4),)],
        [(Decimal(8),)],
        [(Decimal(15),)],
    ]


def test_a_past_moment_is_answered_from_the_loads_of_then() -> None:
    first = publish("aws", OCTOBER, ["10"])
    publish("aws", OCTOBER, ["8"])
    third = publish("aws", OCTOBER, ["9"])
    assert first.current_from
    assert third.current_from

    assert billed(first.current_from) == Decimal(10)
    assert billed(third.current_from - timedelta(microseconds=1)) == Decimal(8)
    assert billed(third.current_from) == billed(timezone.now()) == billed() == Decimal(9)


def test_a_missing_file_is_an_error_and_never_a_smaller_sum(costs_dir: Path) -> None:
    publish("aws", SEPTEMBER, ["1"])
    lost = publish("aws", OCTOBER, ["2"])
    assert billed() == Decimal(3)
    (costs_dir / lost.path).unlink()

    with pytest.raises(NotLoadedError, match="The file of aws 2026-10"):
        billed()


def test_a_file_that_is_lost_while_it_is_read_is_the_same_error(
    costs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = publish("aws", OCTOBER, ["2"])
    (costs_dir / lost.path).unlink()
    monkeypatch.setattr(Path, "is_file", lambda _: True)

    with pytest.raises(NotLoadedError, match="cannot be read"):
        billed()


@pytest.mark.parametrize("damage", ["replaced", "emptied", "cut", "garbled"])
def test_a_damaged_file_is_an_error_that_names_its_load_and_no_path(costs_dir: Path, damage: str) -> None:
    load = publish("aws", OCTOBER, ["2"] * 100, x_Meter="input-tokens")
    path = costs_dir / load.path
    good = path.read_bytes()
    half = len(good) // 2
    path.write_bytes(
        {
            "replaced": b"no parquet, but long enough to be one",
            "emptied": b"",
            "cut": good[:half],
            "garbled": good[:half] + b"\xff" * (len(good) - half - 8) + good[-8:],
        }[damage]
    )

    with pytest.raises(NotLoadedError, match="is damaged and cannot be read") as caught:
        ask("select * from unified_costs")
    assert str(costs_dir) not in caught.value.message
    assert "check_costs" in caught.value.hint


def test_a_changed_digit_and_another_loads_file_are_errors_and_not_other_sums(costs_dir: Path) -> None:
    first, second = publish("aws", SEPTEMBER, ["1"] * 200), publish("aws", OCTOBER, ["2"] * 200)
    path, good = costs_dir / second.path, (costs_dir / second.path).read_bytes()
    assert billed() == Decimal(600)

    for place in range(len(good) // 5, len(good), len(good) // 5):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(NotLoadedError, match="is damaged and cannot be read"):
            ask("select sum(BilledCost), count(x_LoadId) from unified_costs")
    path.write_bytes((costs_dir / first.path).read_bytes())
    with pytest.raises(NotLoadedError, match="is damaged and cannot be read"):
        ask("select sum(BilledCost), max(x_LoadId) from unified_costs")

    path.write_bytes(good)
    assert ask("select sum(BilledCost), max(x_LoadId) from unified_costs")[0][0] == Decimal(600)


def test_a_question_that_takes_too_much_memory_is_refused_and_the_next_one_is_answered() -> None:
    publish("aws", OCTOBER, ["2"])

    with pytest.raises(TooLargeError):
        ask("select list(repeat('x', 1000) || i) from unified_costs, range(2000000) t(i)")
    assert billed() == Decimal(2)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('{db}')",
        "select * from glob('/etc/*')",
        "copy (select 1) to '{db}.csv'",
        "attach '{db}'",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '9GB'",
        "set allowed_paths = ['/etc/hostname']",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma threads = 9",
    ],
)
def test_a_reader_reaches_nothing_but_its_files(costs_dir: Path, statement: str) -> None:
    publish("aws", OCTOBER, ["2"])
    other = costs_dir / "other.csv"
    other.write_text("secret\n")

    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException, duckdb.IOException)):
        reader(costs_dir).execute(statement.format(db=other)).fetchall()


def test_a_reader_is_in_utc_and_bounded(costs_dir: Path) -> None:
    publish("aws", OCTOBER, ["2"])

    cursor = reader(costs_dir).cursor()
    names = ("TimeZone", "threads", "memory_limit", "temp_directory")
    found = [cursor.execute(f"select current_setting('{name}')").fetchall()[0][0] for name in names]
    assert found == ["UTC", engine.THREADS, "488.2 MiB", ""]
    assert ask("select timestamptz '2026-10-01 00:00:00+00' at time zone 'UTC'") == [
        (datetime(2026, 10, 1),)  # noqa: DTZ001
    ]
    assert ask("select timestamptz '2026-10-01 00:00:00+00'")[0][0].astimezone(UTC) == datetime(
        2026, 10, 1, tzinfo=UTC
    )


def test_engines_are_reused_for_the_same_files_and_only_so_many_stay_open(
    costs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [costs_dir / publish(name, OCTOBER, ["2"]).path for name in "abc"]
    opened: list[Sequence[str]] = []

    def count(files: Sequence[str]) -> duckdb.DuckDBPyConnection:
        opened.append(files)
        return open_reader(files)

    monkeypatch.setattr(engine, "open_reader", count)
    engines = Engines(limit=2)

    held = engines.cursor(paths[:1])
    for files in (paths[:1], paths[1:2], paths[:1], paths[2:], paths[:1]):
        engines.cursor(files).execute("select * from unified_costs").fetchall()
    assert len(opened) == 3

    for path in paths[1:]:
        engines.cursor([path])
    assert held.execute("select count(*) from unified_costs").fetchall() == [(1,)]


def test_threads_share_an_engine(costs_dir: Path) -> None:
    path = costs_dir / publish("aws", OCTOBER, [str(cost) for cost in range(50)]).path
    engines, found = Engines(), []

    def read() -> None:
        for _ in range(20):
            with engines.cursor([path]) as cursor:
                found.append(cursor.execute("select sum(BilledCost) from unified_costs").fetchall())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(Decimal(1225),)]] * 80


@pytest.mark.parametrize("status", [CostLoad.Status.CURRENT, CostLoad.Status.RUNNING])
def test_the_database_allows_one_current_and_one_running_load(status: CostLoad.Status) -> None:
    load = publish("aws", OCTOBER, ["1"])
    CostLoad.objects.update(status=status)
    load.pk, load.status = "another", status

    with pytest.raises(IntegrityError), transaction.atomic():
        load.save(force_insert=True)


def test_a_demo_counts_only_as_long_as_nothing_real_is_loaded() -> None:
    demo = publish("demo", "2026-10", ["1000"])
    CostLoad.objects.filter(pk=demo.pk).update(is_demo=True)
    assert [load.id for load in Lake().loads()] == [demo.pk]

    real = publish("aws", "2026-10", ["7"])

    assert [load.id for load in Lake().loads()] == [real.pk]
    assert ask("select sum(BilledCost) from unified_costs") == [(7,)]
    before = Lake().loads(as_of=CostLoad.objects.get(pk=demo.pk).current_from)
    assert [load.id for load in before] == [demo.pk]


def test_a_demo_does_not_come_back_when_the_last_real_load_is_withdrawn() -> None:
    demo = publish("demo", OCTOBER, ["1000"])
    CostLoad.objects.filter(pk=demo.pk).update(is_demo=True)
    real = publish("aws", OCTOBER, ["7"])

    withdraw([real])

    assert Lake().loads() == []
    with pytest.raises(NotLoadedError, match="No costs are loaded\\."):
        billed()
    with pytest.raises(NotLoadedError, match="No costs were loaded then\\."):
        billed(timezone.now())
    assert billed(real.current_from) == Decimal(7)
    assert billed(demo.current_from) == Decimal(1000)


def test_what_is_loaded_is_known_for_good_up_to_the_last_heartbeat_of_a_load_that_may_become_current() -> (
    None
):
    now = timezone.now()
    beat, crashed = now - timedelta(seconds=30), now - CostLoad.LEASE - timedelta(seconds=1)
    assert Lake().settled(now) == now
    for name, time in (("aws", beat), ("gcp", crashed)):
        source = CostSource.objects.create(name=name)
        CostLoad.objects.create(
            pk=name,
            source=source,
            billing_period=OCTOBER,
            status="running",
            started_at=time,
            heartbeat_at=time,
        )
    assert Lake().settled(now) == beat


def test_all_statements_of_an_answer_read_the_loads_that_it_began_with() -> None:
    first = publish("aws", OCTOBER, ["4"])
    snapshot = take(Lake(), None)
    publish("aws", OCTOBER, ["5"])
    withdraw([publish("gcp", OCTOBER, ["7"])])

    records = snapshot.run(exp.select("sum(BilledCost) as billed").from_("unified_costs"))

    assert records == [{"billed": Decimal(4)}]
    assert [load.id for load in snapshot.loads] == [first.pk]


def test_a_sum_with_too_many_digits_is_refused_with_a_sentence() -> None:
    publish("aws", SEPTEMBER, ["90000000000000000000"])
    publish("aws", OCTOBER, ["90000000000000000000"])

    with pytest.raises(TooLargeError, match="A sum of the question has more digits than sums may"):
        billed()


def test_signs_in_the_name_of_the_folder_of_the_files_match_no_other_files(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "it's [a]*?")
    publish("aws", OCTOBER, ["4"], lake)

    assert list(lake.run(exp.select("sum(BilledCost)").from_("unified_costs")).rows) == [(Decimal(4),)]

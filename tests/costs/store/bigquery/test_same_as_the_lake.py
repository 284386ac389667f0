"""The same loads in both stores: every panel, and random questions, are answered alike to the digit."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlglot import exp

from costs.explain import explain
from costs.focus.columns import columns
from costs.models import CostLoad, CostSource
from costs.panels import PANELS
from costs.query import Question, ask
from costs.query.dimensions import DIMENSIONS
from costs.query.periods import Window
from costs.query.question import MEASURES, SUMS
from costs.query.snapshot import take
from costs.reports.find_anomalies import find_anomalies
from costs.reports.show import show
from costs.store.bigquery import opened
from costs.store.bigquery.store import BigQueryStore
from costs.store.engine import open_writer
from costs.store.files import write
from costs.store.lake import Lake
from costs.store.move import move
from costs.unmapped import of_no_cloud, unattributed, unmapped_models
from tests.costs.query.test_properties import DIMENSION_LISTS, TEXTS
from tests.costs.stores import Charge, charge

# The rows of loads are as those of the lake; a server would close a transaction that waits for the emulator.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MONTHS = ("2026-09", "2026-10")
NAMES = ["a", "A", "", "null", "it's", "\\", "x' OR 1=1 --", "é\n", "(unmapped"]


@dataclass(frozen=True)
class Both:
    lake: Lake
    bigquery: BigQueryStore
    now: datetime
    before: datetime


@pytest.fixture
def both(place: str) -> Both:
    lake, rng = Lake(keeps_results=False), random.Random(7)  # noqa: S311  # no secret
    publish(lake, "aws", MONTHS[0], [made(rng, "aws", MONTHS[0]) for _ in range(5)])
    before = timezone.now()
    for source in ("aws", "gcp"):
        for month in MONTHS:
            publish(lake, source, month, [made(rng, source, month) for _ in range(20)])
    bigquery = opened(f"bigquery://{place.replace('.', '/')}")
    move(lake, bigquery, lambda *_: None)
    return Both(lake, bigquery, timezone.now(), before)


def made(rng: random.Random, source: str, month: str) -> Charge:
    """A charge with whatever a column may have, at any moment of a day."""
    texts = {name: rng.choice([None, *_values(name)]) for name in TEXTS}
    money = [Decimal(rng.randint(-(10**23), 10**24)).scaleb(-18) for _ in range(3)]
    quantities = [rng.choice([None, Decimal(rng.randint(0, 10**18)).scaleb(-9)]) for _ in range(2)]
    made_ = charge(
        f"{month}-{rng.randint(1, 28):02}",
        f"{money[0]}",
        EffectiveCost=money[1],
        ListCost=rng.choice([None, money[2]]),
        ServiceName=rng.choice(NAMES),
        x_Cloud=source,
        x_BillingModel=rng.choice([None, *NAMES]),
        x_Tokens=quantities[0],
        x_Requests=quantities[1],
        BillingCurrency=rng.choice(["USD", "EUR"]),
        **texts,
    )
    start = made_["ChargePeriodStart"] + timedelta(microseconds=rng.choice([0, 1, 86_399_999_999]))
    return {**made_, "ChargePeriodStart": start, "Tags": rng.choice([None, '{"a": "it\'s"}'])}


def _values(column: str) -> Sequence[str]:
    dimension = next(each for each in DIMENSIONS.values() if each.column == column)
    return dimension.values or NAMES


def publish(lake: Lake, source: str, month: str, charges: Sequence[Charge]) -> None:
    CostSource.objects.get_or_create(name=source)
    now = timezone.now()
    key = f"{month}-{random.getrandbits(40):010x}"  # no secret
    row = CostLoad.objects.create(
        pk=key,
        source_id=source,
        billing_period=month,
        path=f"{month}/{key}.parquet",
        status=CostLoad.Status.RUNNING,
        started_at=now,
        heartbeat_at=now,
    )
    with lake.workspace(key) as folder, open_writer(folder, []) as connection:
        _insert(connection, charges)
        with transaction.atomic():
            lake.publish(row, write(connection, exp.select("*").from_("charges"), folder / "charges.parquet"))


def _insert(connection: duckdb.DuckDBPyConnection, charges: Sequence[Charge]) -> None:
    names = ", ".join(f'"{name}" {column.kind.value}' for name, column in columns().items())
    connection.execute(f"create table charges ({names})")
    marks = ", ".join("?" * len(columns()))
    rows = [[one.get(name) for name in columns()] for one in charges]
    connection.executemany(f"insert into charges values ({marks})", rows)


def told(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what asking has cost."""
    return {name: value for name, value in answer.items() if name != "query_cost"}


@pytest.mark.slow
def test_every_panel_and_report_says_the_same(both: Both) -> None:
    lake, bigquery = (take(store, None, both.now) for store in (both.lake, both.bigquery))
    october = Window(date(2026, 10, 1), date(2026, 11, 1))

    for name, panel in PANELS.items():
        assert told(show(panel, october, bigquery)) == told(show(panel, october, lake)), name
    first, last = date(2026, 9, 1), date(2026, 11, 1)
    here, there = (told(find_anomalies(costs, start=first, end=last)) for costs in (lake, bigquery))
    assert there == here
    for of in (unmapped_models, unattributed, of_no_cloud):
        assert of(both.bigquery) == of(both.lake)


DAYS = st.dates(date(2026, 7, 20), date(2026, 11, 10))
FILTERS = ["cloud", "not_cloud", "customer", "not_customer", "model", "service", "direction", "month"]
TIMES = {"day", "month", "billing_month"}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(DIMENSION_LISTS)
    measures = draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=4, unique=True))
    if "change" in measures and ("load" in names or len(TIMES & {*names}) > 1):
        measures = ["billed_cost"]
    filters = draw(st.lists(st.sampled_from(FILTERS[:-1] if "change" in measures else FILTERS), max_size=2))
    start, end = sorted([draw(DAYS), draw(DAYS)])
    orders = [f"{name} {way}" for name in measures for way in ("asc", "desc")]
    return {
        "measures": measures,
        "dimensions": names,
        "start": start,
        "end": end + timedelta(days=1),
        "limit": draw(st.integers(1, 30)),
        "filters": {name: draw(_wanted(name)) for name in filters},
        "order_by": draw(st.sampled_from(["", *orders])),
    }


def _wanted(name: str) -> st.SearchStrategy[list[str | None]]:
    dimension = DIMENSIONS[name.removeprefix("not_")]
    names = dimension.values or [*NAMES, "(unmapped)", "none of these"]
    values: Sequence[str] = MONTHS if dimension.unit else names
    return st.lists(st.sampled_from([*values, None]), min_size=1, max_size=3, unique=True)


def test_random_questions_have_the_same_decimals_now_and_in_the_past(both: Both) -> None:
    @hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(questions(), st.booleans())
    def same(asked: dict[str, Any], is_past: bool) -> None:  # hypothesis sends it
        question = Question(**asked, as_of=both.before if is_past else None)
        lake, bigquery = (told(ask(question, store, now=both.now)) for store in (both.lake, both.bigquery))
        assert bigquery == lake

    same()
    for measure in SUMS:
        figure = Question([measure], filters={"currency": ["USD"], "cloud": ["aws"]})
        lake, bigquery = (
            told(explain(figure, store, 7, now=both.now)) for store in (both.lake, both.bigquery)
        )
        assert lake["rows"]
        assert bigquery == lake

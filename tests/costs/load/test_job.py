from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from costs.errors import NotLoadedError
from costs.load import load
from costs.load.report import LoadReport, Outcome
from costs.models import ConsumerRule, CostLoad, CostSource, ModelName
from costs.store.lake import Lake
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill

pytestmark = pytest.mark.django_db


def outcomes(report: LoadReport) -> list[tuple[str, str]]:
    return [(month.period, month.outcome) for month in report.months]


def ask(*columns: str, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """Columns of the table, in order of all of them."""
    select = exp.select(*columns).from_("unified_costs").order_by(*map(str, range(1, len(columns) + 1)))
    return list(Lake().run(select, as_of=as_of).rows)


def billed(as_of: datetime | None = None) -> Decimal:
    total: Decimal = ask("sum(BilledCost)", as_of=as_of)[0][0]
    return total


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bills"


@pytest.fixture
def source(folder: Path) -> CostSource:
    return make_source(folder)


def test_a_bill_is_loaded_to_the_last_digit_with_its_models_and_tokens(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, [charge("0.123456789012345678"), charge("2", tags={"Customer": "acme"})])

    report = load(source)

    assert outcomes(report) == [(OCTOBER, Outcome.LOADED)]
    assert billed() == Decimal("2.123456789012345678")
    assert ask("x_ModelId", "x_TokenDirection", "x_Tokens", "x_ConsumerId", "x_LoadId") == [
        ("claude-3-5-haiku", "Input", Decimal(1_000_000), None, report.months[0].load),
        ("claude-3-5-haiku", "Input", Decimal(1_000_000), "acme", report.months[0].load),
    ]

"""The whole demo, loaded once: what is printed and answered equals what its files bill."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current_settings
from django.core.management import call_command
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from catalog.pricing.decimals import plain
from costs.alerts.figures import money
from costs.alerts.of_anomalies import summary
from costs.models import BudgetChange
from costs.providers.demo import charges
from costs.query import Question, ask
from costs.query.snapshot import Snapshot
from costs.reports.budgets import budget_status
from costs.reports.find_anomalies import find_anomalies
from costs.reports.forecasts import forecast_costs
from costs.store.lake import Lake
from tests.costs import whole_demo
from tests.costs.reports.days import cost_of_found
from tests.costs.whole_demo import TODAY

pytestmark = pytest.mark.django_db

FLASH = "Gemini 2.5 Flash GA Text Input - Predictions"
UNMAPPED = "Model Z Preview Inp glbl Tokens"
Key = tuple[str, str, str | None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module", autouse=True)
def printed(
    folder: Path,
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    with whole_demo.loaded(folder, django_db_blocker) as printed:
        yield printed


@pytest.fixture(autouse=True)
def costs_dir(folder: Path, settings: Settings) -> Path:
    settings.COSTS_DIR = folder
    return folder


def test_answers_equal_the_files_to_the_last_digit(folder: Path) -> None:
    question = Question(dimensions=["cloud", "billing_month", "customer"], limit=1000)

    answer = ask(question, Lake())

    found = {
        (row["cloud"], row["billing_month"], row["customer"]): row["billed_cost"] for row in answer["rows"]
    }
    billed = _sums(folder)
    assert len(billed) == 3 * 3 * 4
    assert found == {key: plain(cost) for key, cost in billed.items()}
    assert answer["totals"] == [{"currency": "USD", "billed_cost": plain(sum(billed.values(), Decimal(0)))}]


@pytest.mark.parametrize("cloud", charges.CLOUDS)
def test_unmapped_and_unattributed_money_equals_the_files(folder: Path, cloud: str) -> None:
    answer = ask(Question(filters={"cloud": [cloud]}), Lake())

    unmapped = _sums(folder, meter=UNMAPPED)
    missing = {key: cost for key, cost in _sums(folder).items() if key[2] is None}
    assert answer["unmapped"] == {"USD": _of_cloud(cloud, unmapped)}
    assert answer["unattributed"] == {"USD": _of_cloud(cloud, missing)}
    assert (answer["unmapped"]["USD"] != "0") is (cloud == "azure")
    assert answer["unattributed"]["USD"] != "0"


def test_it_prints_the_sum_of_each_bill(printed: str, folder: Path) -> None:
    bills: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (cloud, month, _), cost in _sums(folder).items():
        bills[cloud, month] += cost

    lines = [line.split()[:4] for line in printed.splitlines() if line.endswith(" rows")]

    assert sorted(lines) == sorted([*bill, plain(cost), "USD"] for bill, cost in bills.items())


def test_it_prints_what_is_planted_with_its_money(printed: str) -> None:
    def money(**filters: Any) -> str:
        answer = ask(Question(filters={name: [value] for name, value in filters.items()}), Lake())
        return str(answer["totals"][0]["billed_cost"])

    for line in (
        f"Spike: globex uses 6 times as much as usual of '{FLASH}' on 2026-11-15 and 2026-11-16.",
        "Spike: acme uses 5 times as much as usual of 'USE1-Claude4.6Opus-output-tokens' on 2026-10-19.",
        f"Idle: {money(meter='Provisioned Managed Global Unit')} USD of",
        f"Unmapped: {money(model='(unmapped)')} USD of '{UNMAPPED}' on azure",
        f"Unattributed: {money(customer=None)} USD on all clouds",
    ):
        assert f"  {line}" in printed


def test_all_models_but_the_planted_one_are_mapped() -> None:
    answer = ask(Question(dimensions=["meter"], filters={"model": ["(unmapped)"]}), Lake())

    assert [row["meter"] for row in answer["rows"]] == [UNMAPPED]


def test_the_questions_work_as_pasted_and_answers_are_marked(printed: str) -> None:
    start = f"  {current_settings.MANAGE_COMMAND} query_costs "
    questions = [line.removeprefix(start) for line in printed.splitlines() if line.startswith(start)]

    assert len(questions) == 6
    for question in questions:
        out = StringIO()
        call_command("query_costs", *shlex.split(question), stdout=out)
        assert out.getvalue().startswith("DEMO: made-up costs\n")
        assert "\ntotal " in out.getvalue()
        assert "null where one of the two" not in out.getvalue()


def test_the_questions_of_the_readme_have_answers() -> None:
    readme = (current_settings.BASE_DIR / "README.md").read_text()
    questions = re.findall(r"^\.venv/bin/python manage\.py query_costs (.+)$", readme, re.MULTILINE)

    assert questions
    for question in questions:
        out = StringIO()
        call_command("query_costs", *shlex.split(question), stdout=out)
        assert "\ntotal " in out.getvalue()


def test_a_printed_question_shows_the_spike() -> None:
    filters = {"meter": [FLASH], "customer": ["globex"]}
    question = Question(dimensions=["day"], filters=filters, start=date(2026, 11, 11), end=date(2026, 11, 20))

    rows = sorted(ask(question, Lake())["rows"], key=lambda row: Decimal(row["billed_cost"]))

    assert {row["day"] for row in rows[-2:]} == {"2026-11-15", "2026-11-16"}


def test_the_planted_spikes_are_found_and_explained_and_nothing_else_is() -> None:
    found = find_anomalies(_costs(), start=date(2026, 10, 1), end=TODAY)

    assert [(each["days"], each["direction"], each["cause"]) for each in found["anomalies"]] == [
        (
            ["2026-10-19"],
            "up",
            {
                "cloud": "aws",
                "model": "claude-opus-4-6",
                "customer": "acme",
                "meter": "USE1-Claude4.6Opus-output-tokens",
            },
        ),
        (
            ["2026-11-15", "2026-11-16"],
            "up",
            {"cloud": "gcp", "model": "gemini-2.5-flash", "customer": "globex", "meter": FLASH},
        ),
    ]
    for each in found["anomalies"]:
        assert each["actual"] == cost_of_found(each, Lake())
        assert f" cost {money(Decimal(each['actual']))} {each['currency']} on " in summary(each)


def test_one_budget_of_the_demo_is_kept_and_the_other_will_not_be() -> None:
    BudgetChange.objects.update(at=datetime(2026, 11, 1, tzinfo=UTC))
    rows = {row["name"]: row for row in budget_status(_costs())["budgets"]}

    assert {name: (row["is_over"], row["will_be_over"]) for name, row in rows.items()} == {
        "demo-all": (False, True),
        "demo-globex": (False, False),
    }
    november = ask(Question(start=date(2026, 11, 1), end=date(2026, 12, 1)), Lake())
    assert rows["demo-all"]["spent"] == november["totals"][0]["billed_cost"]


def test_the_forecast_of_the_month_is_right_within_its_band() -> None:
    found = forecast_costs({}, None, _costs())
    [row] = found["rows"]

    question = Question(start=date(2026, 11, 1), end=TODAY)
    [total] = ask(question, Lake())["totals"]
    assert found["through"] == "2026-11-27"
    assert row["spent"] == total["billed_cost"]
    assert row["forecast"] is not None
    assert row["low"] is not None
    assert row["high"] is not None
    assert Decimal(row["low"]) < Decimal(row["forecast"]) < Decimal(row["high"])
    assert Decimal(row["past_error_percent"] or 99) < 5


def _costs() -> Snapshot:
    """The demo as it is at noon of its last day, whenever the test runs."""
    return Snapshot(Lake(), datetime(2026, 11, 28, 12, tzinfo=UTC), Lake().loads())


def _sums(folder: Path, meter: str = "") -> Mapping[Key, Decimal]:
    """What the demo's files bill, by cloud, month and customer, read by nothing of ours."""
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal)
    with localcontext(prec=100):
        for cloud, month, name, tags, cost in _rows(folder / "demo"):
            if meter in ("", name):
                sums[cloud, month, tags.get("customer")] += Decimal(cost)
    return sums


def _rows(folder: Path) -> Iterator[tuple[str, str, str, Mapping[str, str], str]]:
    for cloud in ("aws", "azure"):
        for path in (folder / cloud).rglob("*.csv.gz"):
            with gzip.open(path, "rt", newline="") as lines:
                for row in csv.DictReader(lines):
                    month = row["BillingPeriodStart"][:7]
                    yield cloud, month, row["ChargeDescription"], json.loads(row["Tags"]), row["BilledCost"]
    for path in (folder / "gcp").rglob("*.jsonl.gz"):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            row = json.loads(line)
            month = f"{row['invoice']['month'][:4]}-{row['invoice']['month'][4:]}"
            labels = {label["key"]: label["value"] for label in row["labels"]}
            yield "gcp", month, row["sku"]["description"], labels, row["cost"]


def _of_cloud(cloud: str, sums: Mapping[Key, Decimal]) -> str:
    return plain(sum((cost for key, cost in sums.items() if key[0] == cloud), Decimal(0)))

"""What running it costs, as the product's own command estimates it, and as the document says."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from catalog.providers.google_cloud.folder import FolderSource
from catalog.sync.run import sync
from tests.deploy.fake_cloud import ROOT
from tests.deploy.test_cloud_run import SECRETS, schedules

COST = ROOT / "deploy" / "cost"
COLLECTOR = ROOT / "deploy" / "cloud_run" / "optional" / "collect-live.yaml"
DOCUMENT = (ROOT / "docs" / "deploy.md").read_text()
SIZES = ("small", "medium", "large")
# How often the live collector runs, which is not deployed by itself.
LIVE = {"every 5 minutes": 5, "every minute": 1}

pytestmark = pytest.mark.django_db


@pytest.fixture
def estimates() -> list[dict[str, Any]]:
    """What the command answers for each size, over the recorded prices."""
    sync(FolderSource(COST / "price_list"))
    return [json.loads(_estimated(size)) for size in SIZES]


def _estimated(size: str) -> str:
    out = StringIO()
    call_command("estimate", str(COST / f"{size}.csv"), "--json", stdout=out)
    return out.getvalue()


def table(estimates: list[dict[str, Any]], titles: Sequence[str] = SIZES) -> str:
    """A table of the document: each line's cost in dollars, by size or how often it runs."""
    labels = [item["label"] for item in estimates[0]["items"]]
    rows = [[_cents(item["cost"]) for item in estimate["items"]] for estimate in estimates]
    lines = [f"| USD a month | {' | '.join(titles)} |", f"|---|{'---:|' * len(titles)}"]
    lines += [f"| {label} | {' | '.join(costs)} |" for label, *costs in zip(labels, *rows, strict=True)]
    totals = [f"**{_cents(estimate['total']['amount'])}**" for estimate in estimates]
    return "\n".join([*lines, f"| **together** | {' | '.join(totals)} |"])


def _cents(amount: str) -> str:
    return f"{Decimal(amount).quantize(Decimal('0.01')):,}"


def test_the_document_has_what_the_product_estimates_at_each_size(estimates: list[dict[str, Any]]) -> None:
    assert [estimate["status"] for estimate in estimates] == ["complete"] * len(SIZES)
    assert table(estimates) in DOCUMENT


def test_the_document_has_what_the_live_collector_costs() -> None:
    sync(FolderSource(COST / "price_list"))
    found = [json.loads(_estimated(f"live-{name.replace(' ', '-')}")) for name in LIVE]

    assert table(found, list(LIVE)) in DOCUMENT


@pytest.mark.parametrize("name", LIVE)
def test_the_live_collector_costs_a_minute_a_run_of_what_its_job_may_use(name: str) -> None:
    seconds = 60 * 30 * 24 * 60 // LIVE[name]
    [resources] = re.findall(r"limits: {cpu: \"(\d)\", memory: (\d+)Mi}", COLLECTOR.read_text())
    rows = (COST / f"live-{name.replace(' ', '-')}.csv").read_text()

    assert re.findall(r",(\d+),", rows) == [
        f"{seconds * int(resources[0])}",
        f"{seconds * int(resources[1]) // 1024}",
    ]


def test_each_size_has_the_same_lines_and_larger_ones_cost_more(estimates: list[dict[str, Any]]) -> None:
    labels = [[item["label"] for item in estimate["items"]] for estimate in estimates]
    totals = [Decimal(estimate["total"]["amount"]) for estimate in estimates]

    assert labels[0] == labels[1] == labels[2]
    assert totals == sorted(set(totals))


def test_each_run_of_a_job_costs_a_minute_at_least() -> None:
    runs = sum(map(_runs_a_month, schedules().values()))

    for size in SIZES:
        [seconds] = re.findall(r"^jobs: CPU,[^,]+,(\d+),s$", (COST / f"{size}.csv").read_text(), re.MULTILINE)
        assert int(seconds) >= 60 * runs


def _runs_a_month(cron: str) -> int:
    _, hour, day, *_ = cron.split()
    if day != "*":
        return 1
    return 24 * 30 if hour == "*" else 30


def test_the_sizes_have_the_secrets_and_jobs_that_are_deployed(estimates: list[dict[str, Any]]) -> None:
    lines = [line for estimate in estimates for line in estimate["items"]]
    versions = [line["quantity"] for line in lines if line["sku_id"] == "7756-ADEF-84F4"]

    assert {int(quantity) for quantity in versions} == {len(SECRETS)}
    [triggers] = re.findall(r"(\w+) triggers of Cloud Scheduler", DOCUMENT)
    assert triggers == {6: "six"}[len(schedules())]

from __future__ import annotations

import json
import logging
from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from catalog.accuracy import check as checking
from catalog.accuracy.check import check, check_all, counts
from catalog.accuracy.figures import KnownFigure, known_figures
from catalog.models import AccuracyCheck, PricingUpdate
from catalog.offers.resources.model_clouds import model_clouds, read_model_name
from catalog.offers.resources.tokens import DIRECTIONS
from tests.catalog.factories import make_price, make_sku, make_update

pytestmark = pytest.mark.django_db


def figure(sku_id: str = "A", amount: str = "0.12", **item: Any) -> KnownFigure:
    request = {"items": [{"sku_id": sku_id, "quantity": "4", **item}]}
    return KnownFigure(
        "it", "Four hours of it", request, Decimal(amount), "https://example.com", "2026-01-02"
    )


@pytest.fixture
def priced() -> None:
    """A catalog with one SKU, at 0.031611 an hour: 0.126444 for four."""
    now = timezone.now()
    make_update(started_at=now, completed_at=now)
    make_price(make_sku(sku_id="A"))


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize(
    ("amount", "status"), [("0.126444", "passed"), ("0.13", "passed"), ("0.12", "failed"), ("1", "failed")]
)
def test_a_figure_passes_if_it_is_the_same_as_precisely_as_the_page_gives_it(
    amount: str, status: str
) -> None:
    found = check(figure(amount=amount))

    assert found["status"] == status
    assert (found["expected"], found["found"]) == (amount, "0.126444")


@pytest.mark.usefixtures("priced")
def test_what_the_catalog_lacks_cannot_be_checked_and_what_it_refuses_has_failed() -> None:
    make_sku(sku_id="B")

    assert check(figure("C"))["status"] == "not_checkable"
    assert check(figure("B"))["status"] == "not_checkable"
    assert check(figure(region="europe-west1"))["status"] == "not_checkable"
    wrong_unit = check(figure(unit="GiB"))
    assert (wrong_unit["status"], wrong_unit["found"]) == ("failed", None)
    assert "GiB" in wrong_unit["reason"]


@pytest.mark.usefixtures("priced")
def test_a_figure_whose_answer_is_a_fault_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_items: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "calculate", fault)
    assert check(figure())["status"] == "failed"


def test_a_sync_checks_the_known_figures_at_its_end(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        call_command("sync_catalog", source="sample", stdout=StringIO())

    kept = AccuracyCheck.objects.get()
    assert kept.update == PricingUpdate.objects.latest_completed()
    assert kept.findings == check_all()
    # The sample has no price of Northern Virginia's own, so that the one of the US stands in for it.
    assert counts(kept.findings) == {"failed": 1, "not_checkable": 34, "passed": 131}
    assert "known_figures failed=1 not_checkable=34 passed=131" in caplog.text
    assert "known_figure=standard-us-east4 expected=23.00 found=19.9" in caplog.text


def test_a_check_that_cannot_be_kept_does_not_stop_a_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(**_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(AccuracyCheck.objects, "update_or_create", fault)
    out = StringIO()
    call_command("sync_catalog", source="sample", stdout=out)

    assert "from sample" in out.getvalue()
    assert not AccuracyCheck.objects.exists()


def test_a_price_that_no_provider_lists_says_nothing_of_the_catalog() -> None:
    call_command("sync_catalog", source="sample", stdout=StringIO())
    request = {"items": [{"resource": "grok-4.3 on gcp", "input_tokens": "1000000"}]}

    found = check(KnownFigure("grok", "Grok", request, Decimal("1.25"), "https://example.com", "2026-01-02"))

    assert (found["status"], "community" in found["reason"]) == ("not_checkable", True)


def test_figures_of_five_models_a_cloud_hold_in_the_sample() -> None:
    call_command("sync_catalog", source="sample", stdout=StringIO())
    passed = {each["id"] for each in check_all() if each["status"] == "passed"}
    items = [item for each in known_figures() if each.id in passed for item in each.request["items"]]
    models = {read_model_name(item["resource"]) for item in items if "resource" in item}
    clouds = Counter(
        name.cloud or "gcp" for name in models if name.model_id and name.model_id in model_clouds()
    )

    assert min(clouds[cloud] for cloud in ("aws", "azure", "gcp")) >= 5
    asked = {
        (item.get("tier") or ("batch" if item.get("batch") else ""), item.get("context")) for item in items
    }
    assert {("batch", None), ("priority", None), ("flex", None), ("", "long")} <= asked
    assert all(any(kind in item for item in items) for kind in DIRECTIONS)


def test_each_known_figure_has_a_page_of_its_provider_and_a_date() -> None:
    figures = known_figures()

    assert len({each.id for each in figures}) == len(figures) >= 150
    for each in figures:
        assert each.source.startswith(
            (
                "https://cloud.google.com/",
                "https://aws.amazon.com/bedrock/pricing/",
                "https://pricing.us-east-1.amazonaws.com/",
                "https://prices.azure.com/",
            )
        )
        assert date(2020, 1, 1) < date.fromisoformat(each.date)
        assert each.amount > 0


@pytest.mark.usefixtures("priced")
def test_the_command_lists_the_figures_and_says_by_its_code_if_some_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(*figures: KnownFigure, **options: Any) -> str:
        monkeypatch.setattr(checking, "known_figures", lambda: figures)
        out = StringIO()
        try:
            call_command("check_accuracy", stdout=out, **options)
        except CommandError as error:
            return f"{out.getvalue()}{error} {error.returncode}"
        return out.getvalue()

    assert run(figure(amount="0.13"), figure("C")).endswith("0 FAILED\n1 not checkable\n1 passed\n")
    assert run(figure(), figure("C")).endswith("1 of 2 known figures differ. 1")
    shown = json.loads(run(figure(amount="0.13"), json=True))
    assert (shown["passed"], shown["figures"][0]["found"]) == (1, "0.126444")


def test_the_command_says_that_the_catalog_is_empty() -> None:
    with pytest.raises(CommandError, match="sync_catalog"):
        call_command("check_accuracy")

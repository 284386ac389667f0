from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from costs.errors import NotLoadedError
from costs.load.job import load
from costs.models import CostLoad
from costs.query import Question, ask
from costs.store import lake as lakes
from costs.store.kept import RESULTS
from costs.store.lake import Lake
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("costs_dir")]


def billed(lake: Lake) -> str:
    return str(ask(Question(), lake)["totals"][0]["billed_cost"])


def refuse(*_args: Any) -> Any:
    raise AssertionError("charges were read")


def test_a_question_asked_again_reads_no_charges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5"), charge("0.000000000000000001")])
    load(make_source(tmp_path / "bills"))
    first = billed(Lake())
    monkeypatch.setattr(lakes._engines, "cursor", refuse)  # noqa: SLF001

    assert billed(Lake()) == first == "1.500000000000000001"


def test_a_new_load_is_read(tmp_path: Path) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5")])
    load(make_source(tmp_path / "bills"))
    assert billed(Lake()) == "1.5"

    write_bill(tmp_path / "bills", OCTOBER, [charge("2.5")])
    load(make_source(tmp_path / "bills"))
    assert billed(Lake()) == "2.5"


def test_another_month_is_read(tmp_path: Path) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5")])
    load(make_source(tmp_path / "bills"))
    assert billed(Lake()) == "1.5"

    day = charge("3", ChargePeriodStart="2026-11-03T00:00:00Z", ChargePeriodEnd="2026-11-04T00:00:00Z")
    write_bill(tmp_path / "bills", NOVEMBER, [day])
    load(make_source(tmp_path / "bills"))
    assert billed(Lake()) == "4.5"


def test_a_kept_result_does_not_stand_for_a_file_that_is_gone(tmp_path: Path) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5")])
    load(make_source(tmp_path / "bills"))
    billed(Lake())
    Lake().file(CostLoad.objects.current().get()).unlink()

    with pytest.raises(NotLoadedError, match="is missing"):
        billed(Lake())


def test_results_go_with_the_file_that_they_were_read_from(tmp_path: Path, costs_dir: Path) -> None:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5")])
    load(make_source(tmp_path / "bills"))
    billed(Lake())
    assert list((costs_dir / RESULTS).iterdir())

    Lake().discard(CostLoad.objects.current().get())

    assert not (costs_dir / RESULTS).exists()

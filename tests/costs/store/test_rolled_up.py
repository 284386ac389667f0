from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from costs.load.job import load
from costs.models import CostLoad
from costs.query import Question, ask
from costs.reports.warm import warm
from costs.store import lake as lakes
from costs.store.lake import Lake
from costs.store.rolled_up import FOLDER
from costs.store.rollups import ROLLUPS
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("costs_dir")]


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path) -> None:
    """Two months, one with charges that differ in their last digits alone."""
    day = charge("3", ChargePeriodStart="2026-11-03T00:00:00Z", ChargePeriodEnd="2026-11-04T00:00:00Z")
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5"), charge("0.000000000000000001"), charge("-0.5")])
    write_bill(tmp_path / "bills", NOVEMBER, [day])
    load(make_source(tmp_path / "bills"))


def billed() -> str:
    return str(ask(Question(dimensions=("model",)), Lake(keeps_results=False))["totals"][0]["billed_cost"])


def rollups(costs_dir: Path) -> list[Path]:
    return sorted((costs_dir / FOLDER).glob("*/*.parquet"))


def refuse(*_args: Any) -> Any:
    raise AssertionError("charges were read")


def test_what_was_rolled_up_is_answered_without_charges(monkeypatch: pytest.MonkeyPatch) -> None:
    Lake().prepare(Lake().loads())
    monkeypatch.setattr(lakes._engines, "cursor", refuse)  # noqa: SLF001

    with pytest.raises(AssertionError, match="charges were read"):
        ask(Question(), Lake(keeps_results=False, reads_rollups=False))
    assert billed() == "4.000000000000000001"


def test_a_load_without_rollups_is_answered_from_charges(costs_dir: Path) -> None:
    assert billed() == "4.000000000000000001"
    assert rollups(costs_dir) == []

    Lake().prepare(Lake().loads()[:1])
    assert billed() == "4.000000000000000001"


@pytest.mark.parametrize("damage", [b"", b"PAR1 nothing"])
def test_a_damaged_rollup_is_not_read_and_is_made_again(
    costs_dir: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    Lake().prepare(Lake().loads())
    whole = [file.read_bytes() for file in rollups(costs_dir)]
    for file in rollups(costs_dir):
        file.write_bytes(damage)

    assert billed() == "4.000000000000000001"
    assert "charges are read" in caplog.text

    Lake().prepare(Lake().loads())
    assert [file.read_bytes() for file in rollups(costs_dir)] == whole


def test_a_rollup_of_another_load_is_not_read_even_if_it_takes_the_place_of_one_that_was(
    costs_dir: Path,
) -> None:
    Lake().prepare(Lake().loads())
    assert billed() == "4.000000000000000001"
    october, november = (
        CostLoad.objects.current().get(billing_period=month).pk for month in (OCTOBER, NOVEMBER)
    )

    for file in (costs_dir / FOLDER).glob(f"*/{november}.*"):
        file.with_name(f"{october}{file.suffix}").write_bytes(file.read_bytes())

    assert billed() == "4.000000000000000001"


def test_the_pages_make_the_rollups_of_loads_that_lack_them(costs_dir: Path) -> None:
    warm(Lake())

    files = rollups(costs_dir)
    assert len(files) == len(ROLLUPS) * CostLoad.objects.current().count()
    assert {oct(path.stat().st_mode)[-2:] for path in (*files, *(file.parent for file in files))} == {"00"}


def test_rollups_go_with_their_load_and_with_the_code_that_made_them(costs_dir: Path) -> None:
    Lake().prepare(Lake().loads())
    gone = CostLoad.objects.current().filter(billing_period=OCTOBER).get()
    (costs_dir / FOLDER / "by_week-00000000").mkdir()

    Lake().discard(gone)
    Lake().prepare([])

    assert {file.stem[:7] for file in rollups(costs_dir)} == {NOVEMBER}
    assert not list((costs_dir / FOLDER).glob(f"*/{gone.pk}*"))
    assert not (costs_dir / FOLDER / "by_week-00000000").exists()


def test_a_rollup_that_is_not_of_its_loads_money_is_not_kept(costs_dir: Path) -> None:
    CostLoad.objects.update(billed={"USD": "5"})

    Lake().prepare(Lake().loads())

    assert rollups(costs_dir) == []

"""When a load may start beside one that seems to run."""

from __future__ import annotations

import platform
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from costs.errors import LoadRefusedError
from costs.load.job import load
from costs.models import CostLoad, CostSource
from costs.store.lake import Lake
from tests.costs.bills import OCTOBER, charge, make_source, write_bill

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path: Path) -> CostSource:
    write_bill(tmp_path / "bills", OCTOBER, [charge("1.5")])
    return make_source(tmp_path / "bills")


@pytest.fixture
def other(source: CostSource) -> CostLoad:
    """A load that has sent a heartbeat 48 seconds ago."""
    seen = timezone.now() - timedelta(seconds=48)
    status = CostLoad.Status.RUNNING
    return CostLoad.objects.create(
        pk="other", source=source, billing_period=OCTOBER, status=status, started_at=seen, heartbeat_at=seen
    )


def leave_folder(costs_dir: Path, load: CostLoad, machine: str) -> None:
    """What a load leaves that was killed on a machine."""
    folder = costs_dir / "unfinished" / load.pk
    folder.mkdir(parents=True)
    (folder / "holder").write_text(machine)


def test_a_load_that_was_killed_on_this_machine_is_taken_over_at_once(
    source: CostSource, other: CostLoad, costs_dir: Path
) -> None:
    leave_folder(costs_dir, other, platform.node())

    report = load(source)

    assert report.problems() == []
    other.refresh_from_db()
    assert other.status == CostLoad.Status.FAILED
    assert (other.error or "").startswith("Crashed or was killed. Last heartbeat: ")


def test_a_load_that_runs_on_this_machine_is_left_alone(source: CostSource, other: CostLoad) -> None:
    with Lake().workspace(other.pk), pytest.raises(LoadRefusedError, match="Load other of bills is running"):
        load(source)

    other.refresh_from_db()
    assert other.status == CostLoad.Status.RUNNING


@pytest.mark.parametrize("machine", ["elsewhere", ""])
def test_a_load_of_another_machine_is_waited_for_and_the_refusal_says_how_long(
    source: CostSource, other: CostLoad, costs_dir: Path, machine: str
) -> None:
    leave_folder(costs_dir, other, machine)

    left = r"If it was killed, another may start in 4 min (\d|1[0-2]) s, at \d\d:\d\d:\d\d UTC\."
    with pytest.raises(LoadRefusedError, match=left):
        load(source)


def test_a_load_without_a_heartbeat_for_five_minutes_is_taken_over_from_any_machine(
    source: CostSource, other: CostLoad, costs_dir: Path
) -> None:
    leave_folder(costs_dir, other, "elsewhere")
    CostLoad.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5, seconds=1))

    assert load(source).problems() == []

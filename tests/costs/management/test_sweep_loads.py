from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from costs.errors import NotLoadedError
from costs.management.commands import sweep_loads
from costs.models import CostLoad
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.management.running import fail, help_of, run
from tests.costs.store.lakes import publish

pytestmark = pytest.mark.django_db

OCTOBER = "2026-10"


@pytest.fixture
def replaced() -> CostLoad:
    """A load that was replaced 100 days ago, beside the current one and one replaced today."""
    old, _, _ = (publish("aws", OCTOBER, [cost]) for cost in ("10", "8", "9"))
    then = timezone.now() - timedelta(days=100)
    CostLoad.objects.filter(pk=old.pk).update(current_from=then - timedelta(days=9), current_until=then)
    return CostLoad.objects.get(pk=old.pk)


def test_a_file_that_was_replaced_long_ago_is_deleted_and_its_row_stays(replaced: CostLoad) -> None:
    printed = run("sweep_loads").splitlines()

    assert printed[0] == f"{replaced}, replaced on {replaced.current_until:%Y-%m-%d}"
    assert printed[1].startswith("Deleted 1 replaced file, ")
    assert not Lake().has(replaced)
    assert CostLoad.objects.count() == 3
    assert run("sweep_loads") == "Deleted 0 replaced files, 0 bytes.\n"


def test_a_question_as_of_a_swept_moment_is_refused_and_others_are_answered(replaced: CostLoad) -> None:
    run("sweep_loads")

    moment = replaced.current_from
    with pytest.raises(NotLoadedError, match="was deleted, since it was replaced on"):
        ask(Question(["billed_cost"], as_of=moment), Lake())
    assert ask(Question(["billed_cost"]), Lake())["rows"][0]["billed_cost"] == "9"


def test_a_dry_run_only_says_what_it_would_delete(replaced: CostLoad) -> None:
    assert run("sweep_loads", "--dry-run").splitlines()[1].startswith("Would delete 1 replaced file, ")
    assert Lake().has(replaced)


@pytest.mark.usefixtures("replaced")
def test_current_files_stay_however_short_the_time() -> None:
    assert "Deleted 2 replaced files" in run("sweep_loads", "--older-than", "0")
    [current] = CostLoad.objects.current()
    assert Lake().has(current)


def test_folders_that_killed_runs_have_left_are_deleted_after_a_day(costs_dir: Path) -> None:
    for name, age in {"old": timedelta(days=2), "new": timedelta(hours=2)}.items():
        folder = costs_dir / "unfinished" / name
        folder.mkdir(parents=True)
        then = (timezone.now() - age).timestamp()
        os.utime(folder, (then, then))

    printed = run("sweep_loads", "--older-than", "0")

    assert printed == "Deleted 0 replaced files, 0 bytes and 1 folder of killed runs.\n"
    assert [folder.name for folder in (costs_dir / "unfinished").iterdir()] == ["new"]


@pytest.mark.parametrize("days", ["-1", "1.5", "many"])
def test_days_are_a_whole_number(days: str) -> None:
    _, message, _ = fail("sweep_loads", f"--older-than={days}")
    assert f"{days} is not a whole number of days." in message


def test_the_help_shows_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep_loads.EXAMPLES.strip() in help_of("sweep_loads", capsys)

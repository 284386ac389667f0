from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.harness import starter
from tests.harness.product import copy_database, over

POINTS = 5
SEED = random.randrange(10**6)  # noqa: S311


@pytest.mark.parametrize("seed", [1, pytest.param(SEED, marks=pytest.mark.slow)])
def test_killed_collections_neither_lose_nor_double_a_minute(seed: int, tmp_path: Path) -> None:
    copy_database(tmp_path / "catalog.db")
    environment = over(f"file:{tmp_path / 'catalog.db'}").environment

    program = starter.run(["-m", "tests.live.killing", f"{seed}"], environment)

    assert program.returncode == 0, program.stderr
    found = json.loads(program.stdout)
    assert found["wrong"] == [], f"seed {seed}"
    # A collection may end before its moment comes.
    assert found["killed"] >= POINTS

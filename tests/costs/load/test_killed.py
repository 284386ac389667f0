from __future__ import annotations

import json
from pathlib import Path

from tests.costs.bills import OCTOBER, charge, write_bill
from tests.harness import starter
from tests.harness.product import copy_database, over

POINTS = [
    "while-the-row-is-new",
    "while-it-is-checked",
    "before-the-file-is-written",
    "after-the-file-is-written",
    "after-the-file-is-in-its-place",
    "between-the-old-and-the-new-row",
    "after-the-rows-are-switched",
    "after-it-is-current",
]
NEW = POINTS[-1]


def test_a_killed_load_leaves_the_old_one_current_and_the_next_load_completes_it(tmp_path: Path) -> None:
    copy_database(tmp_path / "catalog.db")
    write_bill(tmp_path / "bills", OCTOBER, [charge("2"), charge("3")])
    environment = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake")).environment

    program = starter.run(["-m", "tests.costs.load.killing", str(tmp_path / "bills")], environment)
    assert program.returncode == 0, program.stderr

    lines = [json.loads(line) for line in program.stdout.splitlines()]
    assert [point for point, *_ in lines] == POINTS
    for point, before, after in lines:
        old, new = "1.000000000000000000", "5.000000000000000000"
        assert before["billed"] == (new if point == NEW else old), point
        assert before["missing"] == after["missing"] == [], point
        assert after["billed"] == new, point
        assert after["leftovers"] == [], point
        superseded = ["current", "superseded"]
        statuses = superseded if point == NEW else ["current", "failed", "superseded"]
        assert after["statuses"] == statuses, point

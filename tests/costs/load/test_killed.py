from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.costs.bills import OCTOBER, charge, write_bill
from tests.harness.product import ROOT, copy_database, over

NEW = "after it is current"


def test_a_killed_load_leaves_the_old_one_current_and_the_next_load_completes_it(tmp_path: Path) -> None:
    copy_database(tmp_path / "catalog.db")
    write_bill(tmp_path / "before", OCTOBER, [charge("1")])
    write_bill(tmp_path / "after", OCTOBER, [charge("2"), charge("3")])
    product = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake"))

    run = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "tests.costs.load.killing", str(tmp_path)],
        cwd=ROOT,
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) == 8
    for point, killed, after in lines:
        old, new = "1.000000000000000000", "5.000000000000000000"
        assert killed["billed"] == (new if point == NEW else old), point
        assert killed["missing"] == after["missing"] == [], point
        assert after["billed"] == new, point
        assert after["leftovers"] == [], point
        superseded = ["current", "superseded"]
        assert after["statuses"] == (superseded if point == NEW else ["current", "failed", "superseded"]), (
            point
        )

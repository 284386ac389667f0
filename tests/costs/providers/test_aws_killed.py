from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.costs.providers.s3 import BUCKET, Bucket
from tests.costs.providers.writers import rows
from tests.harness.moto_server import moto_server, with_key
from tests.harness.product import ROOT, copy_database, over

MAY = "2026-05"
ALL = rows("aws")


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_a_load_from_s3_that_is_killed_at_any_moment_leaves_a_whole_month(tmp_path: Path, kills: int) -> None:
    copy_database(tmp_path / "catalog.db")
    seed = secrets.randbelow(10**6)
    restated = [{**row, "BilledCost": "3"} for row in ALL]
    with moto_server() as port:
        bucket = Bucket()
        bucket.deliver(MAY, {"a.parquet": ALL[:20], "b.parquet": ALL[20:]}, prefix="old/focus")
        new = {"a.parquet": restated[:20], "b.parquet": restated[20:], "c.parquet": ALL[:7]}
        bucket.deliver(MAY, new, prefix="new/focus")
        product = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake"))
        arguments = [f"s3://{BUCKET}/old/focus", f"s3://{BUCKET}/new/focus", f"{kills}", f"{seed}"]
        program = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "tests.costs.providers.killing_aws", *arguments],
            cwd=ROOT,
            env=product.environment | with_key(f"http://127.0.0.1:{port}"),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        bucket.copy_to(tmp_path / "by-hand")

    old = sum(Decimal(row["BilledCost"]) for row in ALL)
    whole = sum(Decimal(row["BilledCost"]) for rows_ in new.values() for row in rows_)
    lines = [json.loads(line) for line in program.stdout.splitlines()]
    assert len(lines) == kills
    for before, after, problems in lines:
        assert Decimal(before) in {old, whole}, seed
        assert (Decimal(after), problems) == (whole, []), seed
    by_hand = files(tmp_path / "by-hand" / "new" / "focus")
    for number in range(kills):
        assert files(tmp_path / "lake" / ".fetched" / f"s{number}") == by_hand, seed


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the index of a copy: nothing that was begun stays."""
    paths = [Path(root, name) for root, _, names in os.walk(folder) for name in names]
    return {f"{path.relative_to(folder)}": path.read_bytes() for path in paths if path.name != ".tags.json"}

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.product import ROOT, copy_database, over
from tests.harness.sync_processes import wait_until


@pytest.mark.parametrize("reloads", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_a_reader_beside_reloads_never_sees_a_torn_table(tmp_path: Path, reloads: int) -> None:
    copy_database(tmp_path / "catalog.db")
    environment = over(f"file:{tmp_path / 'catalog.db'}", COSTS_DIR=str(tmp_path / "lake")).environment

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "tests.costs.store.racing", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    with start("write", str(tmp_path), "4") as first:
        assert first.wait() == 0
    with start("read", str(tmp_path)) as reader:
        wait_until((tmp_path / "reading").exists)
        with start("write", str(tmp_path), str(reloads)) as writer:
            written = writer.wait()
        # The reader ends even if the writer has failed.
        (tmp_path / "written").touch()
        output, _ = reader.communicate()

    assert written == 0
    reads, torn = output.split()[:2]
    assert int(reads) > 10
    assert torn == "0", output

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from costs.errors import ExportError
from costs.export.new_file import new_file

KILLED = """
import os, pathlib, signal, sys
from costs.export.new_file import new_file
with new_file(pathlib.Path(sys.argv[1]), replaces=True) as path:
    path.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(
    path: Path, text: str, *, then: Callable[[], object] = lambda: None, replaces: bool = False
) -> None:
    with new_file(path, replaces=replaces) as written:
        written.write_text(text)
        then()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_gets_its_name_when_it_is_whole_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.csv", replaces=False) as written:
        written.write_text("half")
        assert not (tmp_path / "a.csv").exists()

    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


def test_a_file_that_fails_leaves_nothing_and_the_old_one_stays(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "old")

    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "a.csv", "half", then=lambda: 1 // 0, replaces=True)

    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_killed_writer_leaves_no_file_of_the_name_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    path = tmp_path / "a[1].csv"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)  # noqa: S603 our own
    assert done.returncode == -signal.SIGKILL
    assert not path.exists()
    assert len(names(tmp_path)) == 1

    write(path, "whole")

    assert names(tmp_path) == ["a[1].csv"]


def test_a_writer_at_work_is_left_alone(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.csv", replaces=True) as first:
        first.write_text("first")
        write(tmp_path / "a.csv", "second")

    assert (tmp_path / "a.csv").read_text() == "first"
    assert names(tmp_path) == ["a.csv"]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    with pytest.raises(ExportError, match="is there already"):
        write(path, "new", then=lambda: path.write_text("of another program"))

    assert path.read_text() == "of another program"
    assert names(tmp_path) == ["a.csv"]


def test_a_path_that_cannot_be_a_new_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    refused = {
        tmp_path / "a.csv": "add --force to replace it",
        tmp_path / "no" / "a.csv": "There is no folder",
        tmp_path: "is a folder: name a file in it",
    }

    for path, why in refused.items():
        with pytest.raises(ExportError, match=why):
            write(path, "new")


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written: No space left"):  # noqa: SIM117
        with new_file(tmp_path / "a.csv", replaces=False):
            Path("/dev/full").write_text("full")

    assert names(tmp_path) == []

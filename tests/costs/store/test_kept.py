from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.store import kept
from costs.store.kept import KeptResults

FILES = [Path("/lake/aws/2026-10-1.parquet")]
OTHER_FILES = [Path("/lake/aws/2026-10-2.parquet")]


def test_a_kept_result_is_the_same_to_the_digit_and_in_the_same_order(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [
        (
            "b",
            Decimal("0.100000000000000000"),
            date(2026, 10, 1),
            datetime(2026, 10, 1, 3, tzinfo=UTC),
            3,
            True,
        ),
        ("ü", Decimal("-1E-18"), None, None, None, None),
        (None, None, date(2026, 10, 2), None, 0, False),
    ]
    names = ["text", "money", "day", "time", "count", "is_estimate"]

    KeptResults(tmp_path / "results").put("select 1", FILES, (names, rows))
    found = KeptResults(tmp_path / "results").get("select 1", FILES)

    assert found == (names, rows)
    assert found is not None
    assert [str(row[1]) for row in found[1]] == ["0.100000000000000000", "-1E-18", "None"]


def test_another_statement_or_other_files_have_other_results(tmp_path: Path) -> None:
    results = KeptResults(tmp_path)
    results.put("select 1", FILES, (["n"], [(1,)]))

    assert results.get("select 2", FILES) is None
    assert results.get("select 1", OTHER_FILES) is None
    assert results.get("select 1", [*FILES, *OTHER_FILES]) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"names":["n"],"kinds":["decimal"],"rows":[["x"]]}'])
def test_a_damaged_result_is_asked_again(tmp_path: Path, damage: str) -> None:
    results = KeptResults(tmp_path)
    results.put("select 1", FILES, (["n"], [(Decimal(1),)]))
    next(tmp_path.iterdir()).write_text(damage)

    assert results.get("select 1", FILES) is None


def test_what_json_cannot_keep_is_not_kept(tmp_path: Path) -> None:
    results = KeptResults(tmp_path)
    results.put("select 1", FILES, (["n"], [(1.5,)]))
    results.put("select 2", FILES, (["n"], [(Decimal(1),), (date(2026, 10, 1),)]))

    assert not list(tmp_path.iterdir())


def test_the_results_used_longest_ago_go_when_the_folder_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MAX_BYTES", 1000)
    monkeypatch.setattr(kept, "SWEPT_BYTES", 500)
    results = KeptResults(tmp_path)
    for number in range(20):
        results.put(f"select {number}", FILES, (["text"], [("x" * 60,)]))

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1000
    assert results.get("select 0", FILES) is None
    assert results.get("select 19", FILES)


def test_only_the_owner_can_read_results(tmp_path: Path) -> None:
    results = KeptResults(tmp_path / "results")
    results.put("select 1", FILES, (["n"], [(1,)]))

    assert (tmp_path / "results").stat().st_mode & 0o077 == 0
    assert next((tmp_path / "results").iterdir()).stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_keeps_nobody_from_an_answer(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    KeptResults(tmp_path / "results").put("select 1", FILES, (["n"], [(1,)]))

    assert KeptResults(tmp_path / "results").get("select 1", FILES) is None

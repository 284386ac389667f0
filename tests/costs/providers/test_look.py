from __future__ import annotations

from pathlib import Path

import pytest

from costs.errors import LoadError
from costs.providers import look as looking
from costs.providers.look import Seen, look, newest
from tests.costs.bills import NOVEMBER, OCTOBER, charge, write_bill
from tests.costs.providers.writers import deliver_aws, deliver_azure, rows


def test_a_small_folder_is_read_as_a_load_would(tmp_path: Path) -> None:
    write_bill(tmp_path, OCTOBER, [charge()])
    write_bill(tmp_path, NOVEMBER, [charge()])

    found = look("folder", str(tmp_path))

    assert [(each.period, each.says, each.problem) for each in found.seen] == [
        (NOVEMBER, "1 file", ""),
        (OCTOBER, "1 file", ""),
    ]


def test_a_large_folder_is_told_by_its_names_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MAX_FOLDER", 10)
    deliver_aws(tmp_path / "aws", "2026-05", {"a.parquet": rows("aws")})
    deliver_azure(tmp_path / "azure", "2026-05", "2026-05-21T06:00:00Z", [rows("azure")], run="run")
    write_bill(tmp_path / "focus", OCTOBER, [charge()])

    assert [each.period for each in look("folder", str(tmp_path / "aws")).seen] == ["2026-05"]
    assert [each.period for each in look("folder", str(tmp_path / "azure")).seen] == ["2026-05"]
    found = look("folder", str(tmp_path / "focus"))
    assert [(each.period, each.says) for each in found.seen] == [("", "files")]
    assert "more than a check reads: run load_costs with --dry-run" in found.notes[0]


def test_a_folder_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    for location, says in {
        str(tmp_path): "has no cost data",
        str(tmp_path / "none"): "is not a folder that can be read",
        "exports": "write the whole path of the folder",
    }.items():
        with pytest.raises(LoadError, match=says):
            look("folder", location)


def test_of_many_months_the_newest_are_told() -> None:
    found = newest([Seen(f"{2000 + month // 12}-{month % 12 + 1:02}") for month in range(20)])

    assert [each.period for each in found.seen][:2] == ["2001-08", "2001-07"]
    assert (len(found.seen), found.notes) == (12, ["8 older months beside."])

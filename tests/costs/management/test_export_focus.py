from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.management import exit_codes
from costs.load.job import load
from costs.management.commands import export_focus
from costs.store import copying
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.management.running import as_json, fail, help_of, run

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bill(tmp_path / "bills", OCTOBER, [charge("3", tags={"team": "blue"}), charge("4")])
    write_bill(tmp_path / "bills", NOVEMBER, [charge("0.5")])
    assert not load(make_source(tmp_path / "bills")).problems()
    return tmp_path


def test_it_prints_what_the_file_has_and_what_it_leaves_out(folder: Path) -> None:
    lines = run("export_focus", f"{folder}/october.csv", "--period", OCTOBER, "--focus", "1.2").splitlines()

    size = (folder / "october.csv").stat().st_size
    assert lines[0] == (
        f"{folder}/october.csv: FOCUS 1.2, 2 rows, 7 USD billed, {size:,} bytes. "
        "Read again: the same rows and sums."
    )
    assert lines[1].startswith("  bills 2026-10  load 2026-10-")
    assert "FOCUS wants a value in each row, but the bills have none: PublisherName (2 rows)." in lines


def test_the_result_as_json_has_the_same(folder: Path) -> None:
    result = as_json(run("export_focus", f"{folder}/all.parquet", "--own-columns", "--json"))

    assert result["status"] == "completed"
    assert (result["rows"], result["billed"]) == (3, {"USD": "7.5"})
    assert [load["billing_month"] for load in result["loads"]] == [OCTOBER, NOVEMBER]
    assert {"ServiceProviderName", "x_ModelId", "x_Tokens"} <= set(result["columns"])
    assert (result["is_demo"], result["estimates"]) == (False, {"rows": 0, "billed": {}})
    assert result["without_place"] == {}


def test_a_file_that_is_there_is_replaced_only_by_force(folder: Path) -> None:
    path = folder / "all.csv"
    path.write_text("mine")

    code, message, output = fail("export_focus", f"{path}", "--json")
    assert code == exit_codes.FAILED
    assert message == f"{path} is there already: name another file, or add --force to replace it."
    assert json.loads(output) == {"status": "failed", "error": message}
    assert path.read_text() == "mine"

    run("export_focus", f"{path}", "--force")
    assert path.read_text().startswith("AllocatedMethodDetails,AvailabilityZone,BilledCost")


def test_without_loads_there_is_nothing_to_export(tmp_path: Path) -> None:
    code, message, _ = fail("export_focus", f"{tmp_path}/all.csv")

    assert code == exit_codes.FAILED
    assert message.startswith("No costs are loaded. Ask the operator to run the command load_costs.")


def test_an_export_that_is_stopped_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_: object, __: str, progress: Callable[[float], None]) -> None:
        progress(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_run", stopped)

    _, message, _ = fail("export_focus", f"{folder}/all.csv")

    assert message == "Stopped. No file was written."
    assert not list(folder.glob("*all.csv*"))
    assert not list(folder.glob(".*"))


def test_the_help_shows_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert export_focus.EXAMPLES.strip() in help_of("export_focus", capsys)

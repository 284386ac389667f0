from __future__ import annotations

import pytest

from catalog.management import exit_codes
from costs.management.commands.forecast_costs import EXAMPLES
from costs.store import configured
from tests.costs.management.running import as_json, fail, help_of, run
from tests.costs.reports.days import daily, series, store
from tests.costs.stores import MemoryStore
from tools import registry

AS_OF = ("--as-of", "2026-11-20")
HOSTILE = "acme\x1b[2J\nx"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    kept = store(*daily(series({"2026-11-09": "400"}), x_ConsumerId=HOSTILE))
    monkeypatch.setattr(configured, "open_store", lambda: kept)
    return kept


def test_it_prints_the_forecast_with_its_band_and_past_error() -> None:
    lines = run("forecast_costs", *AS_OF).splitlines()

    assert lines[0] == "2026-11-01 to the day before 2026-12-01, known up to 2026-11-19"
    assert lines[1].split() == ["currency", "spent", "forecast", "low", "high", "past", "error"]
    assert lines[3].startswith("USD")
    assert lines[3].endswith("forecasts")


def test_a_quarter_has_a_start() -> None:
    printed = run("forecast_costs", *AS_OF, "--start", "2026-10-01", "--until", "2027-01-01")

    assert printed.startswith("2026-10-01 to the day before 2027-01-01")


def test_json_is_what_the_tool_answers() -> None:
    printed = as_json(run("forecast_costs", *AS_OF, "--json"))

    assert printed == registry.call("forecast_costs", {"as_of": "2026-11-20"}).content


def test_the_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLES in help_of("forecast_costs", capsys)


def test_wrong_arguments_and_an_empty_store_end_with_their_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    code, message, _ = fail("forecast_costs", "--filter", "day=2026-11-01")
    assert (code, "is of time" in message) == (exit_codes.WRONG_ARGUMENTS, True)

    monkeypatch.setattr(configured, "open_store", lambda: MemoryStore([]))
    assert fail("forecast_costs")[0] == exit_codes.FAILED

from __future__ import annotations

import pytest

from catalog.management import exit_codes
from costs.management.commands.find_anomalies import EXAMPLES
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


def test_it_prints_each_anomaly_with_its_cause_and_parts() -> None:
    lines = run("find_anomalies", *AS_OF).splitlines()

    assert lines[0].startswith("1 anomaly from 2026-10-21 to the day before 2026-11-20.")
    assert lines[2].startswith("2026-11-09: +")
    assert lines[3].startswith("  cause: ")
    assert any(line.endswith("  other") for line in lines)


def test_a_time_that_could_not_be_looked_at_is_unknown_rather_than_quiet() -> None:
    lines = run("find_anomalies", *AS_OF, "--start", "2026-08-01", "--end", "2026-08-10").splitlines()

    assert lines[0] == "Unknown: no day of this time could be looked at."


def test_text_of_a_bill_cannot_command_the_terminal() -> None:
    printed = run("find_anomalies", *AS_OF)

    assert "\x1b" not in printed
    assert "customer " in printed


def test_json_is_what_the_tool_answers() -> None:
    printed = as_json(run("find_anomalies", *AS_OF, "--json"))

    assert printed == registry.call("find_anomalies", {"as_of": "2026-11-20"}).content


def test_the_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLES in help_of("find_anomalies", capsys)


def test_wrong_arguments_and_an_empty_store_end_with_their_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    code, message, _ = fail("find_anomalies", "--filter", "day=2026-11-01")
    assert (code, "is of time" in message) == (exit_codes.WRONG_ARGUMENTS, True)

    monkeypatch.setattr(configured, "open_store", lambda: MemoryStore([]))
    assert fail("find_anomalies")[0] == exit_codes.FAILED

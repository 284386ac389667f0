from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from catalog.pricing.decimals import exact_sum
from costs.errors import ExportError, NotLoadedError
from costs.export import export as exporting_module
from costs.export.export import Wanted
from costs.export.fields import Form
from costs.focus.columns import OWN, focus_columns
from costs.load.job import load
from costs.models import CostLoad
from costs.query.periods import Window
from costs.store.lake import Lake
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.export.exporting import charges, load_instead, load_rich, write
from tests.costs.store.lakes import publish

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# What only 1.3 and 1.4 have: 1.2 cannot tell who hosts from who sells.
LATER = [name for name in focus_columns("1.4") if name not in focus_columns("1.2")]
OWN_NAMES = [column.name for column in OWN]
# What estimates have too.
ESTIMATED = {
    *("x_Cloud", "BillingAccountId", "SubAccountId", "ChargeCategory", "ServiceName", "ChargePeriodStart"),
    *("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodEnd", "EffectiveCost", "ListCost"),
    *("ContractedCost", "InvoiceIssuerName", "ServiceCategory"),
}
NASTY = '=1+1, "quoted"\nsecond line, ünïcode \t'
AMOUNTS = ["0.000000000000000001", "12345678901234567890.123456789012345678", "-7", "1e-7", "0"]


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    """Two months of charges with extreme amounts and texts."""
    costs = [charge(cost, ChargeDescription=NASTY, tags={"team": NASTY}) for cost in AMOUNTS]
    write_bill(tmp_path / "bills", OCTOBER, costs)
    november = charge(
        "4", ChargePeriodStart="2026-11-02T03:04:05.678Z", ChargePeriodEnd="2026-11-03T00:00:00Z"
    )
    write_bill(tmp_path / "bills", NOVEMBER, [november])
    assert not load(make_source(tmp_path / "bills")).problems()
    return tmp_path / "bills"


@pytest.mark.usefixtures("bills")
def test_an_export_with_our_columns_loaded_again_is_the_same_charges_to_the_digit(tmp_path: Path) -> None:
    load_rich(tmp_path / "rich")
    before = charges()

    for form in Form:
        folder = tmp_path / f"again{form}"
        report = write(folder / f"all{form}", Wanted(own=True))
        load_instead(folder)

        assert report.found.rows == len(before)
        assert charges() == before


@pytest.mark.usefixtures("bills")
@pytest.mark.parametrize(("version", "lost"), [("1.2", LATER), ("1.4", [])])
def test_an_export_without_our_columns_loaded_again_is_the_same_charges_but_for_them(
    tmp_path: Path, version: str, lost: Sequence[str]
) -> None:
    without = [*lost, *OWN_NAMES]
    before = charges(without)

    write(tmp_path / "again" / "all.csv", Wanted(version=version))
    load_instead(tmp_path / "again")

    assert charges(without) == before


@pytest.mark.parametrize("others", [[], [charge("2")]])
def test_an_export_of_estimates_is_refused_as_a_bill(tmp_path: Path, others: list[dict[str, str]]) -> None:
    account = charge()["SubAccountId"]
    values = {**charge(), "x_Cloud": "aws", "BillingPeriodStart": "2026-10-01T00:00:00Z"}
    values |= {"BillingPeriodEnd": "2026-11-01T00:00:00Z"}
    columns: dict[str, Any] = {name: value for name, value in values.items() if value and name in ESTIMATED}
    publish("guess", OCTOBER, ["3"], estimate_of=account, **columns)
    if others:
        # Of another account, so that the estimate counts beside it.
        other = [{**each, "SubAccountId": "777788889999"} for each in others]
        load(make_source(write_bill(tmp_path / "bills", OCTOBER, other).parent))
    before = charges()

    report = write(tmp_path / "again" / "all.csv", Wanted(own=True))
    loaded = load(make_source(tmp_path / "again", "again"))

    assert (report.found.estimates, report.found.estimated) == (1, {"USD": Decimal(3)})
    assert "1 row (3 USD) are estimates, as x_IsEstimate tells." in report.notes()
    [problem] = loaded.problems()
    assert f"1 row of {1 + len(others)}, 3 USD, are estimates, as x_IsEstimate tells: they would" in problem
    assert "costexplorer://ACCOUNT" in problem
    assert charges() == before
    plain = write(tmp_path / "plain.csv")
    assert "1 row (3 USD) are estimates, and no column of FOCUS tells which: add --own-columns." in list(
        plain.notes()
    )


@pytest.mark.usefixtures("bills")
def test_a_csv_file_has_all_digits_and_times_in_utc(tmp_path: Path) -> None:
    write(tmp_path / "all.csv")

    with (tmp_path / "all.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    exact = {*AMOUNTS, "0.0000001", "4"} - {"1e-7"}
    assert {row["BilledCost"] for row in rows} == exact
    assert rows[0]["ChargePeriodStart"] == "2026-10-03T00:00:00Z"
    assert rows[-1]["ChargePeriodStart"] == "2026-11-02T03:04:05.678000Z"
    assert rows[0]["ChargeDescription"] == NASTY
    assert json.loads(rows[0]["Tags"]) == {"team": NASTY}


@pytest.mark.usefixtures("bills")
def test_a_parquet_file_has_exact_types_and_the_columns_in_order(tmp_path: Path) -> None:
    write(tmp_path / "all.parquet", Wanted(version="1.2"))

    with duckdb.connect() as connection:
        found = connection.execute("describe from read_parquet(?)", [f"{tmp_path}/all.parquet"]).fetchall()
    types = {name: kind for name, kind, *_ in found}
    assert list(types) == [name for name in focus_columns("1.2") if name in types]
    assert types["BilledCost"] == "DECIMAL(38,18)"
    assert types["PricingQuantity"] == "DECIMAL(38,9)"
    assert types["ChargePeriodStart"] == "TIMESTAMP WITH TIME ZONE"
    assert {types[name] for name in ("Tags", "ProviderName", "InvoiceId")} == {"VARCHAR"}


@pytest.mark.usefixtures("bills")
def test_the_report_says_what_a_version_has_no_place_for_and_what_bills_lack(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.csv", Wanted(version="1.2")), write(tmp_path / "new.csv")

    assert (old.lost, new.lost) == ({"HostProviderName": 6}, {})
    assert old.missing == {"PublisherName": 6}
    assert new.missing == {}
    assert {"CommitmentDiscountId", "ServiceSubcategory", "ChargeFrequency"} <= {*old.empty}
    assert "ProviderName" not in [field.column.name for field in new.fields]
    assert "FOCUS 1.2 has no place for: HostProviderName (6 rows)." in list(old.notes())
    assert any(note.startswith("FOCUS 1.4 has no ProviderName") for note in new.notes())


@pytest.mark.usefixtures("bills")
def test_the_sources_months_and_days_that_are_named_are_exported_and_no_others(tmp_path: Path) -> None:
    write_bill(tmp_path / "other", OCTOBER, [charge("5", BillingAccountId="9")])
    load(make_source(tmp_path / "other", "other"))

    def billed(name: str, **chosen: object) -> object:
        return write(tmp_path / f"{name}.csv", Wanted(**chosen)).found.billed  # type: ignore[arg-type]

    assert billed("source", sources=["other"]) == {"USD": Decimal(5)}
    assert billed("month", periods=[NOVEMBER]) == {"USD": Decimal(4)}
    assert billed("days", window=Window(date(2026, 11, 1), date(2026, 12, 1))) == {"USD": Decimal(4)}
    with pytest.raises(ExportError, match=r"Nothing is loaded of the source bils\. Loaded are: bills, other"):
        write(tmp_path / "no.csv", Wanted(sources=["bils"]))
    CostLoad.objects.filter(billing_period=OCTOBER).update(status="failed")
    with pytest.raises(ExportError, match=r"Nothing is loaded of the month 2026-10\. Loaded are: 2026-11"):
        write(tmp_path / "no.csv", Wanted(periods=[OCTOBER]))
    with pytest.raises(ExportError, match="No charge began within these days"):
        write(tmp_path / "no.csv", Wanted(window=Window(date(2020, 1, 1), date(2020, 2, 1))))
    assert not (tmp_path / "no.csv").exists()


def test_an_export_as_of_a_moment_has_what_was_loaded_then(bills: Path, tmp_path: Path) -> None:
    then = datetime.now(UTC)
    write_bill(bills, OCTOBER, [*map(charge, AMOUNTS), charge("100")])
    load(make_source(bills))

    now = write(tmp_path / "now.csv").found.billed["USD"]
    assert now == exact_sum(map(Decimal, [*AMOUNTS, "100", "4"]))
    old = write(tmp_path / "then.csv", Wanted(as_of=then)).found.billed["USD"]
    assert old == exact_sum(map(Decimal, [*AMOUNTS, "4"]))
    with pytest.raises(NotLoadedError):
        write(tmp_path / "never.csv", Wanted(as_of=datetime(2020, 1, 1, tzinfo=UTC)))


@pytest.mark.usefixtures("bills")
def test_the_same_charges_are_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a.parquet").sha256 == write(tmp_path / "b.parquet").sha256
    assert write(tmp_path / "a.csv.gz").sha256 == write(tmp_path / "b.csv.gz").sha256


@pytest.mark.usefixtures("bills")
@pytest.mark.parametrize("name", ["costs.xlsx", "costs", ".csv", "costs.parquet.gz"])
def test_a_name_that_says_no_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"end it in .parquet, .csv, .csv.gz"):
        write(tmp_path / name)


@pytest.mark.usefixtures("bills")
def test_a_file_that_would_have_other_sums_is_never_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting_module, "charges", lambda _: exp.select().from_("unified_costs").limit(5))

    with pytest.raises(ExportError) as caught:
        write(tmp_path / "all.csv")

    has, loaded = (f"12,345,678,901,234,567,{end}.123456889012345679" for end in (883, 887))
    said = f"{caught.value}"
    assert said.startswith("The file would differ from what is loaded: it has 5 instead of 6 rows of USD; ")
    assert f"it has {has} instead of {loaded} BilledCost of USD; " in said
    assert said.endswith(" ContractedCost of USD. This is a bug.")
    assert not list(tmp_path.glob("*all.csv*"))


@pytest.mark.usefixtures("bills")
def test_a_damaged_file_of_the_lake_is_refused(tmp_path: Path) -> None:
    path = Lake().file(CostLoad.objects.current()[0])
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2"))

    with pytest.raises(NotLoadedError, match="is damaged"):
        write(tmp_path / "all.csv")


def test_an_export_in_1_4_passes_the_lint_of_focus_data_toolkit(tmp_path: Path) -> None:
    """focus-validator has no rules of 1.4."""
    load_rich(tmp_path / "rich")
    write(tmp_path / "all.csv")

    done = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-m", "focus_data_toolkit", "validate", f"{tmp_path}/all.csv"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "lint OK (STRUCTURAL_VALID, SEMANTIC_VALID)" in done.stdout, done.stdout

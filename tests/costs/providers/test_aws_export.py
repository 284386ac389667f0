from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from costs.errors import LoadError
from costs.focus.checks import check
from costs.providers.folder import FolderSource
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import billed, load, session
from tests.costs.providers.writers import (
    Row,
    deliver_aws,
    in_month,
    rows,
    write_csv,
    write_json,
    write_parquet,
)

ALL = rows("aws")


def deliveries(root: Path) -> list[Delivery]:
    return list(FolderSource("aws-main", root).deliveries())


def total(*all_: Row) -> Decimal:
    return sum((Decimal(row["BilledCost"]) for row in all_), Decimal(0))


def test_the_files_that_the_manifest_names_are_the_month(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.snappy.parquet": ALL[:40], "b.snappy.parquet": ALL[40:]})
    [delivery] = deliveries(tmp_path)
    assert (delivery.source, delivery.cloud, delivery.period) == ("aws-main", "aws", "2026-05")
    assert (delivery.layout, delivery.is_exclusive, delivery.problem) == (Layout.FOCUS_PARQUET, True, "")
    assert billed(delivery) == total(*ALL)


def test_old_chunks_stay_in_the_folder_and_do_not_count(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.snappy.parquet": ALL[:40]})
    deliver_aws(tmp_path, "2026-05", {"b.snappy.parquet": ALL})
    source = FolderSource("aws-main", tmp_path)
    [delivery] = source.deliveries()
    assert [path.name for path in delivery.files] == ["b.snappy.parquet"]
    assert source.ignored == 1


def test_months_come_oldest_first(tmp_path: Path) -> None:
    for month in ("2026-05", "2025-12", "2026-01"):
        deliver_aws(tmp_path, month, {"a.parquet": in_month(ALL[:2], month)})
    assert [delivery.period for delivery in deliveries(tmp_path)] == ["2025-12", "2026-01", "2026-05"]


def test_the_revision_changes_with_the_content_and_with_nothing_else(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:9]})
    [first] = deliveries(tmp_path)
    deliver_aws(tmp_path, "2026-05", {"other-name.parquet": ALL[:9]})
    [renamed] = deliveries(tmp_path)
    deliver_aws(tmp_path, "2026-05", {"other-name.parquet": ALL[:8]})
    [changed] = deliveries(tmp_path)
    assert first.revision == renamed.revision != changed.revision


def test_a_missing_file_is_a_problem_of_its_month_only(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-04", {"a.parquet": in_month(ALL[:2], "2026-04")})
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2], "b.parquet": ALL[2:4]})
    (tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / "b.parquet").unlink()
    april, may = deliveries(tmp_path)
    assert april.problem == ""
    assert may.problem == "The folder lacks 1 of 2 data files of focus-Manifest.json, such as b.parquet."


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/billing/focus/data/BILLING_PERIOD=2026-05/../../../../secret.parquet",
        "s3://bucket/elsewhere/a.parquet",
        "/etc/passwd",
        "file:///data/BILLING_PERIOD=2026-05/a.parquet",
    ],
)
def test_a_manifest_cannot_name_a_file_outside_of_its_export(tmp_path: Path, uri: str) -> None:
    write_parquet(tmp_path / "secret.parquet", ALL[:2])
    root = tmp_path / "copy"
    write_json(deliver_aws(root, "2026-05", {"a.parquet": ALL[:2]}), {"dataFiles": [uri]})
    [delivery] = deliveries(root)
    assert "is not below the data folder of the export" in delivery.problem
    assert delivery.files == []


def test_rows_of_another_month_are_an_error_of_the_checks(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": [*ALL[:3], *in_month(ALL[3:5], "2026-04")]})
    [delivery] = deliveries(tmp_path)
    assert len(load(delivery)) == 5
    [error] = check(session(), "t", "2026-05").errors
    assert error.startswith("BillingPeriodStart is not in 2026-05 on 2 rows, such as '2026-04'")


def test_an_export_that_is_not_of_focus_is_a_problem(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": [{"line_item_unblended_cost": "1"}]})
    [delivery] = deliveries(tmp_path)
    assert delivery.problem == "a.parquet lacks the columns of FOCUS: export a FOCUS table with AWS columns."


def test_a_broken_file_is_a_problem(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]})
    (tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / "a.parquet").write_bytes(b"PAR1 half")
    [delivery] = deliveries(tmp_path)
    assert delivery.problem == "a.parquet is cut off: copy it again."


def test_an_export_in_csv_is_read_too(tmp_path: Path) -> None:
    manifest = deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]})
    write_csv(tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / "a.csv.gz", ALL)
    write_json(manifest, {"dataFiles": ["s3://bucket/focus/data/BILLING_PERIOD=2026-05/a.csv.gz"]})
    [delivery] = deliveries(tmp_path)
    assert (delivery.layout, billed(delivery)) == (Layout.FOCUS_CSV, total(*ALL))


def test_of_deliveries_that_stay_the_newest_counts(tmp_path: Path) -> None:
    manifest = deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2], "b.parquet": ALL[:5]})
    for day, name in (("2026-05-09T01", "b.parquet"), ("2026-05-08T01", "a.parquet")):
        uris = [f"s3://bucket/focus/data/BILLING_PERIOD=2026-05/{name}"]
        write_json(manifest.parent / f"{day}-id" / manifest.name, {"dataFiles": uris})
    manifest.unlink()
    [delivery] = deliveries(tmp_path)
    assert [path.name for path in delivery.files] == ["b.parquet"]


def test_the_folder_of_a_month_may_be_in_small_letters(tmp_path: Path) -> None:
    path = tmp_path / "focus" / "data" / "billing_period=2026-05" / "a.parquet"
    write_parquet(path, ALL)
    uris = ["s3://bucket/focus/data/billing_period=2026-05/a.parquet"]
    manifest = tmp_path / "focus" / "metadata" / "billing_period=2026-05" / "focus-Manifest.json"
    write_json(manifest, {"dataFiles": uris})
    [delivery] = deliveries(tmp_path)
    assert (delivery.period, delivery.problem, billed(delivery)) == ("2026-05", "", total(*ALL))


def test_a_manifest_cannot_name_a_hidden_link(tmp_path: Path) -> None:
    secret = write_parquet(tmp_path / "secret.parquet", ALL)
    root = tmp_path / "copy"
    manifest = deliver_aws(root, "2026-05", {"a.parquet": ALL[:2]})
    (root / "focus" / "data" / "BILLING_PERIOD=2026-05" / ".b.parquet").symlink_to(secret)
    write_json(manifest, {"dataFiles": ["s3://bucket/focus/data/BILLING_PERIOD=2026-05/.b.parquet"]})
    [delivery] = deliveries(root)
    assert delivery.problem == "The folder lacks 1 of 1 data file of focus-Manifest.json, such as .b.parquet."


def test_two_exports_are_two_sources(tmp_path: Path) -> None:
    for export in ("one", "two"):
        deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}, export=export)
    with pytest.raises(LoadError, match=r"several AWS data exports, such as .*one and .*two: make"):
        deliveries(tmp_path)


def test_two_exports_that_share_a_folder_are_two_sources(tmp_path: Path) -> None:
    manifest = deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2], "b.parquet": ALL[2:4]})
    uris = ["s3://bucket/billing/focus/data/BILLING_PERIOD=2026-05/b.parquet"]
    write_json(manifest.with_name("other-Manifest.json"), {"dataFiles": uris})
    names = "focus-Manifest.json and other-Manifest.json"
    with pytest.raises(LoadError, match=f"several AWS data exports, such as {names}: make a source of each"):
        deliveries(tmp_path)


def test_data_files_of_a_month_without_a_manifest_are_a_problem_of_that_month(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-04", {"a.parquet": in_month(ALL[:2], "2026-04")})
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}).unlink()
    april, may = deliveries(tmp_path)
    assert (april.period, april.problem) == ("2026-04", "")
    assert may.period == "2026-05"
    assert may.problem.startswith(
        "There are data files of 2026-05, but no manifest: copy the folder metadata"
    )


@pytest.mark.parametrize("copied", ["focus", "focus/data", "focus/data/BILLING_PERIOD=2026-05"])
def test_data_files_without_any_manifest_are_a_problem_of_each_month_wherever_the_copy_starts(
    tmp_path: Path, copied: str
) -> None:
    for run, count in (("2026-05-20T00:00:00Z-a", 3), ("2026-05-21T00:00:00Z-b", 4)):
        path = tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / run / "focus-00001.csv.gz"
        write_csv(path, ALL[:count])
    [delivery] = deliveries(tmp_path / copied)
    assert (delivery.period, list(delivery.files)) == ("2026-05", [])
    assert delivery.problem.startswith("There are data files of 2026-05, but no manifest: copy the folder")


def test_data_files_of_another_export_without_a_manifest_are_another_source(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}, export="one")
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}, export="two").unlink()
    with pytest.raises(LoadError, match=r"several AWS data exports, such as .*one and .*two: make"):
        deliveries(tmp_path)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_data_file_that_is_empty_is_a_problem(tmp_path: Path, name: str) -> None:
    manifest = deliver_aws(tmp_path, "2026-05", {"b.parquet": ALL[:2]})
    (tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / name).write_bytes(b"")
    write_json(manifest, {"dataFiles": [f"s3://bucket/focus/data/BILLING_PERIOD=2026-05/{name}"]})
    [delivery] = deliveries(tmp_path)
    assert delivery.problem == f"{name} is empty: copy it again."


@pytest.mark.parametrize("body", ["not json", "[]", '{"dataFiles": "x"}', '{"files": []}'])
def test_a_broken_manifest_is_an_error(tmp_path: Path, body: str) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}).write_text(body)
    with pytest.raises(LoadError, match=r"focus-Manifest.json"):
        deliveries(tmp_path)


def test_a_manifest_without_files_is_a_problem(tmp_path: Path) -> None:
    write_json(deliver_aws(tmp_path, "2026-05", {"a.parquet": ALL[:2]}), {"dataFiles": []})
    [delivery] = deliveries(tmp_path)
    assert delivery.problem == "focus-Manifest.json names no data files."

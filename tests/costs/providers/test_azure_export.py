from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.errors import LoadError
from costs.providers.folder import FolderSource
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import billed, load
from tests.costs.providers.writers import deliver_azure, in_month, rows, write_csv, write_json

ALL = rows("azure")
TOTAL = sum((Decimal(row["BilledCost"]) for row in ALL), Decimal(0))


def deliveries(root: Path) -> list[Delivery]:
    return list(FolderSource("azure-main", root).deliveries())


def test_a_run_is_its_month_whole(tmp_path: Path) -> None:
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL[:30], ALL[30:]])
    [delivery] = deliveries(tmp_path)
    assert (delivery.cloud, delivery.period, delivery.rows) == ("azure", "2026-05", len(ALL))
    assert (delivery.layout, delivery.is_exclusive, delivery.problem) == (Layout.FOCUS_CSV, True, "")
    assert billed(delivery) == TOTAL


def test_the_run_submitted_last_counts_whatever_its_folder_is_called(tmp_path: Path) -> None:
    deliver_azure(tmp_path, "2026-05", "2026-05-21T06:00:00.1234567Z", [ALL], run="a")
    deliver_azure(tmp_path, "2026-05", "2026-05-21T01:00:00-02:00", [ALL[:5]], run="b")
    deliver_azure(tmp_path, "2026-04", "2026-05-01T06:00:00Z", [in_month(ALL[:3], "2026-04")], run="c")
    source = FolderSource("azure-main", tmp_path)
    assert [delivery.rows for delivery in source.deliveries()] == [3, len(ALL)]
    assert source.ignored == 2


def test_a_run_with_the_same_content_has_the_same_revision(tmp_path: Path) -> None:
    deliver_azure(tmp_path / "1", "2026-05", "2026-05-20T06:00:00Z", [ALL])
    deliver_azure(tmp_path / "2", "2026-05", "2026-05-21T06:00:00Z", [ALL])
    deliver_azure(tmp_path / "3", "2026-05", "2026-05-21T06:00:00Z", [ALL[1:]])
    [[first], [again], [other]] = [deliveries(tmp_path / name) for name in "123"]
    assert first.revision == again.revision != other.revision


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"blobCount": 3}, "has 2 parts, but promises 3."),
        ({"dataRowCount": 61}, "has 60 rows in its parts, but promises 61."),
        ({"blobs": [], "blobCount": 0}, "has no parts."),
    ],
)
def test_a_manifest_that_contradicts_itself_is_a_problem(tmp_path: Path, changes: Any, problem: str) -> None:
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL[:30], ALL[30:]], **changes)
    [delivery] = deliveries(tmp_path)
    assert delivery.problem == f"The export of 2026-05 submitted at 2026-05-20 06:00 {problem}"


def test_a_missing_part_is_a_problem_that_its_repair_makes_a_new_revision_of(tmp_path: Path) -> None:
    manifest = deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL[:30], ALL[30:]])
    part = manifest.parent / "part_1_0001.csv.gz"
    part.unlink()
    [broken] = deliveries(tmp_path)
    assert "lacks its part exports/daily-focus/20260501-20260531/run/part_1_0001.csv.gz." in broken.problem
    write_csv(part, ALL[30:])
    [mended] = deliveries(tmp_path)
    assert mended.problem == ""
    assert mended.revision != broken.revision


def test_a_part_that_was_cut_off_is_a_problem(tmp_path: Path) -> None:
    manifest = deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL])
    part = manifest.parent / "part_0_0001.csv.gz"
    part.write_bytes(part.read_bytes()[:100])
    [delivery] = deliveries(tmp_path)
    assert "has 100 bytes in its part" in delivery.problem


def run_of(first: str, last: str, submitted: str) -> dict[str, str]:
    return {"submittedTime": submitted, "runId": "run", "startDate": f"{first}T00:00:00", "endDate": last}


@pytest.mark.parametrize(
    ("submitted", "first", "last"),
    [
        ("2026-05-22T06:00:00Z", "2026-05-15", "2026-05-31"),
        ("2026-05-22T06:00:00Z", "2026-05-01", "2026-05-19"),
        ("2026-06-03T06:00:00Z", "2026-05-01", "2026-05-30"),
        ("2026-05-31T23:00:00-05:00", "2026-05-01", "2026-05-30"),
    ],
)
def test_a_run_of_a_part_of_its_month_is_a_problem_since_it_would_replace_the_whole(
    tmp_path: Path, submitted: str, first: str, last: str
) -> None:
    whole = run_of("2026-05-01", "2026-05-20", "2026-05-20T06:00:00Z")
    deliver_azure(tmp_path, "2026-05", "", [ALL], run="whole", runInfo=whole)
    part = run_of(first, last, submitted)
    deliver_azure(tmp_path, "2026-05", "", [ALL[:1]], run="part", runInfo=part)
    [delivery] = deliveries(tmp_path)
    assert f"is of {first} to {last} only: move its folder out, or export the whole month" in delivery.problem


@pytest.mark.parametrize(
    ("submitted", "last"),
    [
        ("2026-05-21T06:00:00Z", "2026-05-21"),
        ("2026-05-21T06:00:00Z", "2026-05-31"),
        ("2026-06-05T06:00:00Z", "2026-05-31T00:00:00"),
        ("2026-06-05T06:00:00Z", "2026-06-01T00:00:00"),
        ("2026-06-05T06:00:00Z", ""),
    ],
)
def test_a_run_up_to_now_or_of_the_month_is_whole(tmp_path: Path, submitted: str, last: str) -> None:
    before = run_of("2026-05-01", "2026-05-20", "2026-05-20T06:00:00Z")
    deliver_azure(tmp_path, "2026-05", "", [ALL[:1]], run="before", runInfo=before)
    deliver_azure(tmp_path, "2026-05", "", [ALL], run="after", runInfo=run_of("2026-05-01", last, submitted))
    [delivery] = deliveries(tmp_path)
    assert (delivery.problem, delivery.rows) == ("", len(ALL))


def test_exports_of_other_types_do_not_count(tmp_path: Path) -> None:
    other = {"exportName": "daily-actual", "type": "ActualCost"}
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL], run="a")
    deliver_azure(tmp_path, "2026-05", "2026-05-22T06:00:00Z", [ALL[:1]], run="b", exportConfig=other)
    [delivery] = deliveries(tmp_path)
    assert delivery.rows == len(ALL)


def test_tags_without_braces_become_an_object(tmp_path: Path) -> None:
    tagged = [{**ALL[0], "Tags": '"team": "search","env": "prod"'}, {**ALL[1], "Tags": ""}]
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [tagged])
    [delivery] = deliveries(tmp_path)
    assert load(delivery, only=["Tags"]) == [{"Tags": '{"team":"search","env":"prod"}'}, {"Tags": None}]


def test_two_exports_are_two_sources(tmp_path: Path) -> None:
    other = {"exportName": "weekly-focus", "type": "FocusCost"}
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL], run="a")
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL], run="b", exportConfig=other)
    with pytest.raises(LoadError, match="such as daily-focus and weekly-focus: make a source of each"):
        deliveries(tmp_path)


def test_exports_of_two_subscriptions_are_two_sources_though_their_names_are_the_same(tmp_path: Path) -> None:
    deliver_azure(tmp_path / "one", "2026-05", "2026-05-20T06:00:00Z", [ALL[:30]])
    deliver_azure(tmp_path / "two", "2026-05", "2026-05-21T06:00:00Z", [ALL[30:]])
    with pytest.raises(LoadError, match=r"exports of Azure, such as .*one.* and .*two.*: make a source"):
        deliveries(tmp_path)


@pytest.mark.parametrize("copied", [".", "20260501-20260531", "20260501-20260531/run"])
def test_parts_without_any_manifest_are_a_problem_of_each_month_wherever_the_copy_starts(
    tmp_path: Path, copied: str
) -> None:
    for run in ("run", "again"):
        deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL[:30], ALL[30:]], run=run).unlink()
    [delivery] = deliveries(tmp_path / "exports" / "daily-focus" / copied)
    assert (delivery.period, list(delivery.files)) == ("2026-05", [])
    assert delivery.problem == (
        "There are parts of 2026-05 in 20260501-20260531, but no manifest.json: copy that of each run too."
    )


def test_parts_of_a_month_without_a_manifest_are_a_problem_of_that_month_only(tmp_path: Path) -> None:
    deliver_azure(tmp_path, "2026-04", "2026-05-01T06:00:00Z", [in_month(ALL[:3], "2026-04")])
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL]).unlink()
    april, may = deliveries(tmp_path)
    assert (april.period, april.problem, may.period) == ("2026-04", "", "2026-05")
    assert may.problem.startswith("There are parts of 2026-05")


def test_the_rows_of_parts_are_a_promise_without_that_of_the_whole(tmp_path: Path) -> None:
    manifest = deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL[:30], ALL[30:]])
    body = json.loads(manifest.read_text())
    del body["dataRowCount"]
    body["blobs"][0]["dataRowCount"] = "30"
    write_json(manifest, body)
    [delivery] = deliveries(tmp_path)
    assert (delivery.rows, delivery.problem) == (len(ALL), "")


@pytest.mark.parametrize(("name", "told"), [("dataRowCount", "61"), ("blobCount", "3")])
def test_counts_that_are_written_as_text_are_read(tmp_path: Path, name: str, told: str) -> None:
    parts = [ALL[:30], ALL[30:]]
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", parts, **{name: told})
    [delivery] = deliveries(tmp_path)
    assert delivery.problem.endswith(f"but promises {told}.")


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"submittedTime": "2026-05-20T06:00:00Z"}, "does not say its month"),
        ({"startDate": "2026-05-01", "submittedTime": "yesterday"}, "does not say its age"),
    ],
)
def test_a_run_without_month_or_age_is_an_error(tmp_path: Path, info: Any, message: str) -> None:
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [ALL], runInfo=info)
    with pytest.raises(LoadError, match=message):
        deliveries(tmp_path)

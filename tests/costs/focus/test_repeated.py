from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from sqlglot import exp

from costs.focus.cast import cast
from costs.focus.repeated import ROW, may_be_restated, repeated
from costs.focus.unreadable import FILE, describe
from costs.providers.folder import FolderSource
from costs.providers.relations import relation
from tests.costs.loaded import Origin, session
from tests.costs.providers.writers import Row, google_row, rows, write_csv, write_lines

AWS, AZURE = rows("aws"), rows("azure")
Split = Callable[[Sequence[Row]], tuple[Sequence[Row], Sequence[Row]]]


def halves(all_: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    return all_[: len(all_) // 2], all_[len(all_) // 2 :]


def in_turn(all_: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row]]:
    return all_[::2], all_[1::2]


def found(folder: Path) -> list[str]:
    """What is said of the files in a folder, which are of one month."""
    [delivery] = FolderSource("bills", folder).deliveries()
    rows_ = relation(delivery)
    have = describe(session(), rows_)
    also = [exp.column(name) for name in (FILE, ROW) if name in have]
    selected = [*cast(have, delivery=Origin(delivery.cloud)), *also]
    session().execute(f"create or replace table t as {exp.select(*selected).sql('duckdb')} from {rows_}")
    return repeated(session(), "t")


def restated(all_: Sequence[Row], **changes: str) -> list[dict[str, str]]:
    return [{**row, **changes} for row in all_]


@pytest.mark.parametrize("provider", [AWS, AZURE], ids=["aws", "azure"])
@pytest.mark.parametrize("split", [halves, in_turn])
def test_the_parts_of_an_export_share_accounts_and_days_but_no_charges(
    tmp_path: Path, provider: Sequence[Row], split: Split
) -> None:
    for number, part in enumerate(split(provider)):
        write_csv(tmp_path / f"part_{number}_0001.csv.gz", part)
    assert found(tmp_path) == []


@pytest.mark.parametrize("split", [halves, in_turn])
def test_a_meter_that_is_billed_in_several_rows_may_be_in_both_parts(tmp_path: Path, split: Split) -> None:
    """As AWS does for requests, with columns of its own that tell them apart."""
    several = [
        {**row, "x_Operation": str(number), "BilledCost": f"{row['BilledCost']}{number}1"}
        for row in AWS
        for number in range(5)
    ]
    for number, part in enumerate(split(several)):
        write_csv(tmp_path / f"{number}.csv", part)
    assert found(tmp_path) == []


def test_two_customers_of_one_meter_in_two_files_are_two_charges(tmp_path: Path) -> None:
    for name, cost in (("acme", "1.5"), ("umbrella", "2.5")):
        write_csv(tmp_path / f"{name}.csv", restated(AWS, Tags=f'{{"customer": "{name}"}}', BilledCost=cost))
    assert found(tmp_path) == []


def write_again(path: Path, all_: Sequence[Row]) -> None:
    write_csv(path, all_)


def with_other_ends(path: Path, all_: Sequence[Row]) -> None:
    write_csv(path, all_)
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


def as_another_version(path: Path, all_: Sequence[Row]) -> None:
    write_csv(path, [{name: value for name, value in row.items() if name != "RegionName"} for row in all_])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("b.csv.gz", write_again),
        ("b.csv", with_other_ends),
        ("b.csv", as_another_version),
        ("b.csv", lambda path, all_: write_csv(path, all_[::-1])),
        ("b.csv", lambda path, all_: write_csv(path, restated(all_, BilledCost="1"))),
        ("b.csv", lambda path, all_: write_csv(path, restated(all_, Tags='{"team": "new"}'))),
        ("b.csv", lambda path, all_: write_csv(path, restated(all_, InvoiceId="4711"))),
        ("sub/a.csv", lambda path, all_: write_csv(path, [*all_[:50], *restated(all_[50:], ResourceId="x")])),
    ],
    ids=["packed", "line ends", "columns", "order", "costs", "tags", "invoice", "for the most part"],
)
def test_charges_that_are_in_another_file_too_are_told(
    tmp_path: Path, name: str, write: Callable[[Path, Sequence[Mapping[str, str]]], object]
) -> None:
    write_csv(tmp_path / "a.csv", AWS)
    write(tmp_path / name, AWS)
    [sentence] = found(tmp_path)
    assert "of 60 charges of " in sentence
    assert f"{name} " in sentence
    assert "so they would count twice. Move the older file out of the folder" in sentence


def on(*days: int) -> list[Row]:
    """Ten charges of each of these days."""
    return [
        {**row, "ChargePeriodStart": f"2026-05-{day:02}T00:00:00Z", "BilledCost": f"{day}.{number}"}
        for day in days
        for number, row in enumerate(AWS[:10])
    ]


@pytest.mark.parametrize(
    ("changes", "last"),
    [({}, 15), ({}, 20), ({"BilledCost": "1"}, 15), ({"Tags": '{"team": "new"}'}, 15)],
    ids=["some days", "one day", "some days, restated", "some days, tagged anew"],
)
def test_files_of_days_that_overlap_are_told(tmp_path: Path, changes: dict[str, str], last: int) -> None:
    write_csv(tmp_path / "1-20.csv", on(*range(1, 21)))
    write_csv(tmp_path / "15-31.csv", restated(on(*range(last, 32)), **changes))
    [sentence] = found(tmp_path)
    count = 10 * (21 - last)
    assert sentence.startswith(
        f"{count} of {count} charges of 15-31.csv of the days that both have are in 1-20.csv"
    )


def test_the_day_on_which_one_part_ends_and_another_begins_may_have_the_same_meters(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", on(*range(1, 21)))
    write_csv(tmp_path / "b.csv", [*restated(on(20), BilledCost="1"), *on(*range(21, 32))])
    assert found(tmp_path) == []


def test_rows_of_google_cloud_of_days_that_overlap_are_told(tmp_path: Path) -> None:
    rows_ = [google_row(cost="1", usage_start_time=f"2026-05-{day:02} 10:00:00 UTC") for day in range(1, 32)]
    write_lines(tmp_path / "a.jsonl", rows_[:20])
    write_lines(tmp_path / "b.jsonl", rows_[19:])
    [sentence] = found(tmp_path)
    assert sentence.startswith("1 of 1 charges of b.jsonl of the days that both have are in a.jsonl too")


def test_of_many_files_one_pair_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    for number in range(4):
        write_csv(tmp_path / f"{number}.csv", restated(AWS, BilledCost=str(number)))
    [sentence] = found(tmp_path)
    assert sentence.startswith("60 of 60 charges of 0.csv are in 1.csv too")
    assert sentence.endswith(" 2 more pairs of files share charges.")


def test_rows_of_google_cloud_that_were_dumped_twice_are_told_and_late_ones_are_not(tmp_path: Path) -> None:
    first = [google_row(cost=str(number)) for number in range(3)]
    late = [google_row(cost=str(number), export_time="2026-06-02 00:00:00 UTC") for number in range(3)]
    write_lines(tmp_path / "a.jsonl", first)
    write_lines(tmp_path / "b.jsonl", late)
    assert found(tmp_path) == []
    write_lines(tmp_path / "b.jsonl", [*late, *first])
    [sentence] = found(tmp_path)
    assert sentence.startswith("3 of 3 charges of a.jsonl are in b.jsonl too")


@pytest.mark.parametrize(("rows_", "is_told"), [(slice(0, 10), True), (slice(0, 3), False)])
def test_a_day_that_both_files_have_whole_and_one_restates_is_doubted(
    tmp_path: Path, rows_: slice, is_told: bool
) -> None:
    write_csv(tmp_path / "a.csv", on(*range(1, 21)))
    write_csv(tmp_path / "b.csv", [*restated(on(20)[rows_], BilledCost="1"), *on(*range(21, 32))])
    assert found(tmp_path) == []
    doubts = may_be_restated(session(), "t")
    assert bool(doubts) is is_told
    assert not is_told or "of b.csv of the days that both have are in a.csv too" in doubts[0]

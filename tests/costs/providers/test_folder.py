from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from costs.errors import LoadError
from costs.providers import files
from costs.providers.folder import FolderSource
from costs.providers.registry import open_source
from costs.providers.relations import relation
from costs.providers.source import Delivery, Layout
from tests.costs.providers.writers import (
    deliver_aws,
    deliver_azure,
    google_row,
    rows,
    write_csv,
    write_lines,
    write_parquet,
)

MAY = rows("aws")
HEADER = ",".join(MAY[0])


def deliveries(root: Path) -> list[Delivery]:
    return list(FolderSource("bills", root).deliveries())


def test_unrelated_files_are_counted_and_left_out(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", MAY)
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "invoice.pdf").write_text("%PDF")
    (tmp_path / "old.csv.bak").write_text("x")
    (tmp_path / ".hidden.csv").write_text("x")
    source = FolderSource("bills", tmp_path)
    assert [[path.name for path in delivery.files] for delivery in source.deliveries()] == [["bill.csv"]]
    assert source.ignored == 3
    assert source.notes == ["3 files without charges left out, such as README.md, invoice.pdf, old.csv.bak."]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("b.csv", b"", "is empty"),
        ("b.parquet", b"", "is empty"),
        ("b.csv.gz", b"", "is empty"),
        ("b.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("b.jsonl", b"", "is empty"),
        ("b.csv", b"\r\n", "is empty"),
        ("b.csv", HEADER.replace("BillingCurrency,", "").encode(), "has no column BillingCurrency"),
        ("b.csv", b"a,b\n1,2", "has no column BilledCost or BillingCurrency or BillingPeriodStart or "),
        ("b.csv", HEADER.replace(",", ";").encode(), "is separated by semicolons instead of commas"),
        ("b.CSV", HEADER.replace(",", "\t").encode(), "is separated by tabs instead of commas"),
        ("b.csv", HEADER.encode("utf-16"), "is UTF-16: save it as UTF-8"),
        ("b.csv", HEADER.encode("utf-16-be"), "is UTF-16: save it as UTF-8"),
        ("b.csv", gzip.compress(HEADER.encode(), mtime=0), "is compressed: add .gz to its name"),
        ("b.csv.zip", b"PK", "is none of .csv, .csv.gz, .parquet and JSON: unpack it"),
        ("b.xlsx", b"PK", "is none of .csv, .csv.gz, .parquet and JSON: unpack it or export it"),
        ("b.json", b"{}", "has no field billing_account_id or invoice or sku, as rows of Google"),
        ("b.jsonl", b'{"invoice": 1, "sku": 2}', "has no field billing_account_id, as rows"),
        (
            "manifest.json",
            b'{"exportConfig": {"type": "ActualCost"}}',
            "is of an Azure export of the type Act",
        ),
    ],
)
def test_a_file_whose_costs_would_be_left_out_is_refused_and_says_why(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / name).write_bytes(content)
    with pytest.raises(LoadError, match=f"no cost data among its 1 file: below/{name} {why}.*Looked for: "):
        deliveries(tmp_path)
    write_csv(tmp_path / "a.csv", MAY)
    with pytest.raises(LoadError, match=f"^below/{name} {why}.*: mend it, or move it out of the folder.$"):
        deliveries(tmp_path)


@pytest.mark.parametrize("name", ["bill", "b.txt", "b.csv.bak", "part-00000", "b.CSV.gzip", "b.csv~"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HEADER.encode(), "has the columns of FOCUS: end its name in .csv"),
        (b"PAR1 and more", "is a Parquet file: end its name in .parquet"),
        (gzip.compress(HEADER.encode(), mtime=0), "is compressed: end its name in .csv.gz or .json.gz"),
        (json.dumps(google_row()).encode(), "has rows of Google Cloud: end its name in .json"),
    ],
)
def test_cost_data_by_another_name_is_refused_with_the_name_to_give_it(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    write_csv(tmp_path / "a.csv", MAY)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LoadError, match=f"^{name} {why}. Its costs would be left out"):
        deliveries(tmp_path)


def test_the_other_datasets_of_focus_and_what_describes_them_are_left_out(tmp_path: Path) -> None:
    write_csv(tmp_path / "cost_and_usage.csv", rows("aws", "1.3"))
    others = {
        "contract_commitment.csv": "ContractCommitmentId,ContractCommitmentCost,BillingCurrency",
        "billing_period.csv": "BillingPeriodCreated,BillingPeriodEnd,BillingPeriodStart,BillingPeriodStatus",
        "invoice_detail.csv": "BilledCost,BillingCurrency,BillingPeriodStart,InvoiceDetailId,InvoiceId",
        "_run.json": '{"files": [{"dataset": "Cost and Usage"}]}',
        "SHA256SUMS": "0a  cost_and_usage.csv",
    }
    for name, content in others.items():
        (tmp_path / name).write_text(f"{content}\n")
    source = FolderSource("bills", tmp_path)
    assert [len(delivery.files) for delivery in source.deliveries()] == [1]
    assert source.notes == [
        "5 files without charges left out, such as SHA256SUMS, _run.json, billing_period.csv."
    ]


def test_charges_without_their_time_are_no_other_dataset(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", rows("aws", "1.3"))
    (tmp_path / "b.csv").write_text("BilledCost,BillingCurrency,InvoiceDetailId,ServiceName\n")
    with pytest.raises(LoadError, match=r"^b.csv has no column BillingPeriodStart or ChargePeriodStart"):
        deliveries(tmp_path)


def test_a_parquet_file_without_a_column_is_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", MAY)
    lacking = [{name: value for name, value in row.items() if name != "BilledCost"} for row in MAY]
    write_parquet(tmp_path / "b.parquet", lacking)
    with pytest.raises(LoadError, match=r"^b.parquet has no column BilledCost\."):
        deliveries(tmp_path)


def test_a_folder_without_cost_data_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    with pytest.raises(LoadError, match=r"no cost data among its 1 file. Looked for: an AWS .*FOCUS files"):
        deliveries(tmp_path)


def test_several_kinds_are_several_sources(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": MAY[:2]})
    deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [rows("azure")])
    write_lines(tmp_path / "rows.jsonl", [google_row()])
    write_csv(tmp_path / "bill.csv", MAY)
    kinds = "an AWS data export and an Azure export and rows of Google Cloud and FOCUS files"
    with pytest.raises(LoadError, match=f"has {kinds}: make a source of each"):
        deliveries(tmp_path)


def test_what_an_export_has_written_before_is_its_own(tmp_path: Path) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": MAY[:2]})
    write_csv(tmp_path / "focus" / "data" / "BILLING_PERIOD=2026-05" / "old.csv", MAY)
    assert len(deliveries(tmp_path)) == 1


@pytest.mark.parametrize("place", ["october.csv", "focus/october.csv", "focus/data/october.csv"])
def test_focus_files_beside_an_export_are_another_source(tmp_path: Path, place: str) -> None:
    deliver_aws(tmp_path, "2026-05", {"a.parquet": MAY[:2]})
    write_csv(tmp_path / place, MAY)
    with pytest.raises(LoadError, match="has an AWS data export and FOCUS files: make a source of each"):
        deliveries(tmp_path)


def test_a_focus_file_in_the_folder_of_an_azure_export_is_another_source(tmp_path: Path) -> None:
    manifest = deliver_azure(tmp_path, "2026-05", "2026-05-20T06:00:00Z", [rows("azure")])
    write_csv(manifest.parents[2] / "20260601-20260630" / "run" / "part.csv", MAY)
    with pytest.raises(LoadError, match="has an Azure export and FOCUS files: make a source of each"):
        deliveries(tmp_path)


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="is not a folder that can be read"):
        deliveries(tmp_path / "nowhere")


@pytest.mark.parametrize("target", ["file", "folder"])
def test_a_symbolic_link_is_refused(tmp_path: Path, target: str) -> None:
    outside = write_csv(tmp_path / "outside" / "bill.csv", MAY)
    inside = tmp_path / "inside"
    write_csv(inside / "bill.csv", MAY)
    (inside / "link.csv").symlink_to(outside if target == "file" else outside.parent)
    with pytest.raises(LoadError, match=r"link.csv is a symbolic link: copy the file"):
        deliveries(inside)


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write_csv(tmp_path / "real" / "bill.csv", MAY)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert len(deliveries(tmp_path / "link")) == 1


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", MAY)
    os.mkfifo(tmp_path / "pipe.csv")
    assert len(deliveries(tmp_path)) == 1


@pytest.mark.parametrize(
    ("bound", "what"), [("MAX_FILES", "more than 1 files"), ("MAX_BYTES", "more than 0 GB")]
)
def test_a_folder_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, what: str
) -> None:
    monkeypatch.setattr(files, bound, 1)
    write_csv(tmp_path / "a.csv", MAY)
    write_csv(tmp_path / "b.csv", MAY[:3])
    with pytest.raises(LoadError, match=what):
        deliveries(tmp_path)


def test_a_delivery_without_files_cannot_be_read() -> None:
    delivery = Delivery("bills", "aws", "2026-05", "", Layout.FOCUS_CSV, problem="Nothing came.")
    with pytest.raises(LoadError, match="Nothing came"):
        relation(delivery)


def test_a_source_is_opened_by_its_kind(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", MAY)
    source = open_source("folder", "bills", str(tmp_path), tmp_path / "fetched")
    assert (source.name, len(list(source.deliveries()))) == ("bills", 1)


def test_a_kind_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(LoadError, match=r"no kind of source 'ftp'. The kinds are folder"):
        open_source("ftp", "bills", "x", Path())

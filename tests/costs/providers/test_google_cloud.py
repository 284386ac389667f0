from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.oauth2.credentials import Credentials
from pytest_httpserver import HTTPServer

from costs.errors import LoadError
from costs.load import job
from costs.load.report import Outcome
from costs.models import CostSource
from costs.providers.folder import FolderSource
from costs.providers.google_cloud import GoogleCloudSource, open_source
from costs.providers.google_cloud_state import State
from costs.providers.look import look
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import billed, load
from tests.costs.providers.bigquery_wire import (
    DATASET,
    DETAILED,
    FOCUS,
    NARROW,
    PROJECT,
    Wire,
    reads_month,
    refusal,
    schema,
)
from tests.costs.providers.writers import google_row, write_lines
from tests.harness.bqemulator import BigQueryEmulator

BY_EXPORT_TIME = {"type": "DAY", "field": "export_time"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[BigQueryEmulator]:
    with BigQueryEmulator() as running:
        yield running


@pytest.fixture
def wire(emulator: BigQueryEmulator, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
    monkeypatch.setattr(google.auth, "default", lambda **_: (AnonymousCredentials(), PROJECT))  # type: ignore[no-untyped-call]
    return Wire(httpserver, emulator.url, partition=BY_EXPORT_TIME)


class Export:
    """A table of the emulator, and the source that reads it.

    Args:
        wire: what is between.
        folder: for the copy.
        fields: its columns.
    """

    def __init__(self, wire: Wire, folder: Path, fields: Sequence[Any] = NARROW) -> None:
        self.wire, self.folder = wire, folder
        self.table = f"gcp_billing_export_{secrets.token_hex(4)}"
        anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
        self._client = bigquery.Client(PROJECT, anonymous, client_options={"api_endpoint": wire.target})
        self._client.create_dataset(DATASET, exists_ok=True)
        self._fields = schema(fields)
        self._client.create_table(bigquery.Table(f"{PROJECT}.{DATASET}.{self.table}", self._fields))

    def add(self, *rows: Mapping[str, Any]) -> None:
        names = {field.name for field in self._fields}
        kept = [{name: value for name, value in row.items() if name in names} for row in rows]
        file = BytesIO("".join(f"{json.dumps(row)}\n" for row in kept).encode())
        how = bigquery.LoadJobConfig(schema=self._fields, source_format="NEWLINE_DELIMITED_JSON")
        name = f"{PROJECT}.{DATASET}.{self.table}"
        self._client.load_table_from_file(file, name, job_config=how).result(timeout=60)

    def run(self, sql: str) -> None:
        self._client.query(sql.format(table=f"`{PROJECT}.{DATASET}.{self.table}`")).result(timeout=60)

    def source(self, options: str = "") -> GoogleCloudSource:
        return open_source("gcp-main", f"bigquery://{PROJECT}/{DATASET}/{self.table}{options}", self.folder)

    def deliveries(self, options: str = "") -> list[Delivery]:
        self.wire.asked.clear()
        return list(self.source(options).deliveries())

    def reads(self) -> list[str]:
        """The months that the last deliveries were read for."""
        return [_value(each, "month") for each in self.wire.asked if "AS line" in each["query"]]


def _value(query: Mapping[str, Any], name: str) -> str:
    parameters = {each["name"]: each["parameterValue"]["value"] for each in query["queryParameters"]}
    return str(parameters[name])


@pytest.fixture
def export(wire: Wire, tmp_path: Path) -> Export:
    return Export(wire, tmp_path / "copy")


def row(month: str, day: str, **changes: Any) -> dict[str, Any]:
    """A row that is billed in a month and was added on a day."""
    return google_row(invoice={"month": month}, export_time=f"{day} 03:00:00 UTC", **changes)


def months(found: Sequence[Delivery]) -> dict[str, Decimal]:
    return {delivery.period: billed(delivery) for delivery in found}


def test_each_month_is_read_whole(export: Export) -> None:
    export.add(
        row("202609", "2026-09-30"), row("202610", "2026-10-02"), row("202610", "2026-10-03", cost=1.5)
    )

    found = export.deliveries()

    assert months(found) == {"2026-09": Decimal("0.3"), "2026-10": Decimal("1.8")}
    assert [(each.layout, each.rows, each.cloud) for each in found] == [
        (Layout.GOOGLE_CLOUD_ROWS, 1, "gcp"),
        (Layout.GOOGLE_CLOUD_ROWS, 2, "gcp"),
    ]


def test_an_unchanged_export_costs_one_query_over_its_last_day(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"))
    first = export.deliveries()

    again = export.deliveries()

    assert [each.revision for each in again] == [each.revision for each in first]
    [asked] = export.wire.asked
    assert _value(asked, "since") == "2026-10-02"
    assert "`export_time` >= TIMESTAMP(@since)" in asked["query"]


def test_late_rows_of_an_older_month_are_read_with_all_of_that_month(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"))
    before = export.deliveries()
    export.add(row("202609", "2026-10-05", cost=0.2))

    after = export.deliveries()

    assert export.reads() == ["202609"]
    assert months(after) == {"2026-09": Decimal("0.5"), "2026-10": Decimal("0.3")}
    assert [new.revision != old.revision for new, old in zip(after, before, strict=True)] == [True, False]
    [read] = [each for each in export.wire.asked if "AS line" in each["query"]]
    assert (_value(read, "since"), _value(read, "until")) == ("2026-09-30", "2026-10-06")


@pytest.mark.parametrize("day", ["2026-10-02", "2026-10-01", "2026-08-30"])
def test_rows_are_found_whatever_the_clock_said_that_stamped_them(export: Export, day: str) -> None:
    export.add(row("202610", "2026-10-02"))
    export.deliveries()
    export.add(row("202610", day, cost=0.2))

    assert months(export.deliveries()) == {"2026-10": Decimal("0.5")}


def test_a_restated_month_replaces_the_old_one(export: Export) -> None:
    export.add(row("202610", "2026-10-02"), row("202610", "2026-10-03"))
    export.deliveries()
    export.add(row("202610", "2026-10-09", cost=-0.3, adjustment_info={"id": "x"}))

    assert months(export.deliveries()) == {"2026-10": Decimal("0.3")}


def test_deleted_rows_are_found_by_the_number_of_all_rows(export: Export) -> None:
    export.add(
        row("202610", "2026-10-01"), row("202610", "2026-10-01", cost=0.1), row("202610", "2026-10-03")
    )
    export.deliveries()
    export.run("DELETE FROM {table} WHERE cost = 0.1")
    export.wire.rows = 2

    assert months(export.deliveries()) == {"2026-10": Decimal("0.6")}


def test_a_month_whose_first_days_have_expired_stays_as_it_was_read(export: Export) -> None:
    export.add(row("202609", "2026-09-01"), row("202609", "2026-09-02"), row("202610", "2026-10-02"))
    export.deliveries()
    export.run("DELETE FROM {table} WHERE export_time < TIMESTAMP '2026-09-02'")
    export.add(row("202610", "2026-10-03"))
    export.wire.rows = 3

    source = export.source()
    found = months(list(source.deliveries()))

    assert found == {"2026-09": Decimal("0.6"), "2026-10": Decimal("0.6")}
    assert source.notes[1] == (
        f"{PROJECT}.{DATASET}.{export.table} no longer has the rows of 2026-09 that were added on 2026-09-01"
        ": they have expired or were deleted, so the month stays as it was read before."
    )


def test_a_table_that_was_made_anew_is_read_anew(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"))
    export.deliveries()
    old, other = export.table, Export(export.wire, export.folder)
    export.run("DROP TABLE {table}")
    assert other.table != old
    other.add(row("202610", "2026-10-02", cost=0.7))

    assert months(other.deliveries()) == {"2026-10": Decimal("0.7")}
    assert sorted(path.name for path in export.folder.iterdir()) == [".state.json", "2026-10.json.gz"]


def test_the_copy_loads_as_rows_that_were_exported_by_hand(wire: Wire, tmp_path: Path) -> None:
    export = Export(wire, tmp_path / "copy", DETAILED)
    rows = [
        row("202610", "2026-10-02", cost=0.1 + 0.2, cost_at_list="123456789.123456789", credits=[]),
        row(
            "202610",
            "2026-10-03",
            cost=1e-7,
            credits=[{"name": "a", "amount": -0.05}, {"name": "b", "amount": -5.28e-4}],
            labels=[{"key": "team", "value": 'a "quoted"\nname'}, {"key": "customer", "value": "Zoë"}],
            tags=[{"key": "env", "value": "prod", "inherited": True, "namespace": "1"}],
            resource=None,
            adjustment_info={"id": "x", "type": "GOODWILL"},
            usage_start_time="2026-09-30 23:00:00.123456 UTC",
        ),
    ]
    export.add(*rows)
    write_lines(tmp_path / "folder" / "rows.jsonl", rows)

    [fetched] = export.deliveries()
    [copied] = FolderSource("gcp-main", tmp_path / "folder").deliveries()

    assert load(fetched) == load(copied)
    charged = {each["ChargePeriodStart"].month for each in load(fetched)}
    assert charged == {5, 9}
    assert {each["BillingPeriodStart"].month for each in load(fetched)} == {10}


def test_amounts_travel_as_text(wire: Wire, tmp_path: Path) -> None:
    export = Export(wire, tmp_path / "copy", DETAILED)
    export.add(row("202610", "2026-10-02", cost=0.1, cost_at_list="0.123456789", credits=[{"amount": -0.05}]))
    [delivery] = export.deliveries()
    [line] = gzip.decompress(delivery.files[0].read_bytes()).decode().splitlines()
    written = json.loads(line, parse_float=lambda text: pytest.fail(f"{text} is a number"))

    assert (written["cost"], written["cost_at_list"]) == ("0.1", "0.123456789")
    assert written["credits"] == [{"amount": "-0.05"}]
    assert written["export_time"] == "2026-10-02 03:00:00.000000 UTC"
    assert "number" not in written["project"]


def focus_row(**changes: Any) -> dict[str, Any]:
    """A row of the FOCUS export, whose months are of Pacific time."""
    return {
        "BilledCost": "0.123456789",
        "BillingAccountId": "010101-F0FFF0-61C528",
        "BillingAccountType": "Billing Account",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-10-01 07:00:00 UTC",
        "BillingPeriodEnd": "2026-11-01 07:00:00 UTC",
        "ChargeCategory": "Usage",
        "ChargeDescription": 'Gemini 2.5 Flash GA Text Input - "Predictions",\nglobal',
        "ChargePeriodStart": "2026-10-03 10:00:00 UTC",
        "ChargePeriodEnd": "2026-10-03 11:00:00 UTC",
        "ConsumedQuantity": "1000000",
        "ConsumedUnit": "requests",
        "ContractedCost": "0.2",
        "EffectiveCost": "0.123456789",
        "ListCost": "0.3",
        "PricingQuantity": "1000000",
        "PricingUnit": "count",
        "ProviderName": "Google Cloud",
        "PublisherName": "Google Cloud",
        "ServiceName": "Vertex AI",
        "SkuId": "FDAB-647C-5A22",
        "x_Credits": [{"Name": "a", "Amount": "-0.05"}],
        "x_ExportTime": "2026-10-03 13:00:00.123456 UTC",
        "x_Labels": [{"Key": "team", "Value": 'a "b"'}],
        "x_Tags": [{"Key": "env", "Value": "prod", "x_Inherited": True}],
        **changes,
    }


def test_the_focus_table_is_read_as_focus(wire: Wire, tmp_path: Path) -> None:
    wire.partition = {"type": "DAY", "field": "x_ExportTime"}
    export = Export(wire, tmp_path / "copy", FOCUS)
    september = {
        "BillingPeriodStart": "2026-09-01 07:00:00 UTC",
        "BillingPeriodEnd": "2026-10-01 07:00:00 UTC",
    }
    export.add(focus_row(), focus_row(**september, BilledCost="5"))

    first, second = export.deliveries()

    assert (first.layout, first.period, first.rows) == (Layout.FOCUS_CSV, "2026-09", 1)
    assert billed(first) == 5
    [loaded] = load(second)
    assert (loaded["BilledCost"], loaded["x_Cloud"]) == (Decimal("0.123456789"), "gcp")
    assert loaded["x_Meter"] == 'Gemini 2.5 Flash GA Text Input - "Predictions",\nglobal'
    assert json.loads(loaded["Tags"]) == {"team": 'a "b"', "env": "prod"}
    assert "x_Credits" not in gzip.decompress(second.files[0].read_bytes()).decode()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.json.gz")}


def test_credentials_that_expire_midway_leave_whole_months_and_the_next_load_goes_on(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Credentials(  # type: ignore[no-untyped-call]
        "short",
        "revoked",
        token_uri=export.wire.server.url_for("/token"),
        client_id="id",
        client_secret="secret",
    )
    monkeypatch.setattr(google.auth, "default", lambda **_: (token, PROJECT))
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"), row("202611", "2026-11-02"))
    export.deliveries()
    before = files(export.folder)
    export.add(*(row(month, "2026-11-03", cost=0.2) for month in ("202609", "202610", "202611")))
    expired = refusal(401, "authError", "Invalid Credentials")
    export.wire.faults.append(lambda request: expired if reads_month(request, "202610") else None)

    with pytest.raises(LoadError, match="credentials of Google Cloud have expired"):
        export.deliveries()

    after = files(export.folder)
    assert [name for name in after if after[name] != before[name]] == ["2026-09.json.gz"]
    export.wire.faults.clear()
    assert set(months(export.deliveries()).values()) == {Decimal("0.5")}
    assert export.reads() == ["202610", "202611"]


def test_a_month_that_is_too_large_is_refused_and_the_others_load(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"))
    sizes = iter([1000, 1000, 3 * 1024**3])
    export.wire.size = lambda _: next(sizes)

    september, october = export.deliveries("?max_gib=2")

    assert billed(september) == Decimal("0.3")
    assert october.files == []
    assert october.problem == (
        f"A query of {PROJECT}.{DATASET}.{export.table} would read 3.0 GiB and may read 2 GiB: raise it with "
        "?max_gib=NUMBER at the end of the location, after a look at what BigQuery costs."
    )
    assert export.reads() == ["202609"]


def test_every_query_has_a_bound_and_is_told(export: Export) -> None:
    export.add(row("202610", "2026-10-02"))
    source = export.source("?max_gib=2")

    list(source.deliveries())

    assert {each["maximumBytesBilled"] for each in export.wire.asked} == {f"{2 * 1024**3}"}
    assert source.notes == [f"BigQuery: 2 queries over 2,000 bytes of {PROJECT}.{DATASET}.{export.table}."]


class KilledError(BaseException):
    """The end of the process, as far as the disk can tell."""


def kill(*_: Any, **__: Any) -> None:
    raise KilledError


@pytest.mark.parametrize(
    ("point", "has_new"),
    [
        ("google_cloud._Copy._write", False),
        ("bigquery.Answer.__len__", False),
        ("google_cloud.Fetched", True),
        ("google_cloud_state.State.write", True),
    ],
)
def test_a_load_that_is_killed_leaves_a_whole_month(
    export: Export, monkeypatch: pytest.MonkeyPatch, point: str, *, has_new: bool
) -> None:
    export.add(row("202610", "2026-10-02"))
    export.deliveries()
    before = files(export.folder)
    export.add(row("202610", "2026-10-03", cost=0.2))
    # The state is written after the look too.
    calls = iter([State.write, kill])

    def dies_at_the_second(state: State) -> None:
        next(calls)(state)

    dying = dies_at_the_second if point.endswith("State.write") else kill
    with monkeypatch.context() as patched:
        patched.setattr(f"costs.providers.{point}", dying)
        with pytest.raises(KilledError):
            export.deliveries()

    found = files(export.folder)
    assert (found != before) is has_new
    assert len(gzip.decompress(found["2026-10.json.gz"]).splitlines()) == (2 if has_new else 1)
    assert months(export.deliveries()) == {"2026-10": Decimal("0.5")}
    assert sorted(path.name for path in export.folder.iterdir()) == [".state.json", "2026-10.json.gz"]


def test_an_answer_that_is_cut_short_is_refused(export: Export) -> None:
    export.add(row("202610", "2026-10-02"), row("202610", "2026-10-03"))
    export.deliveries()
    export.add(row("202610", "2026-10-03"))
    export.wire.short = True

    with pytest.raises(LoadError, match=r"BigQuery sent 2 of 3 rows of 2026-10: load again\."):
        export.deliveries()

    assert len(gzip.decompress(files(export.folder)["2026-10.json.gz"]).splitlines()) == 2


@pytest.mark.parametrize("content", ["{", "[]", '{"identity": 1}', ""])
def test_a_damaged_state_is_made_again(export: Export, content: str) -> None:
    export.add(row("202610", "2026-10-02"))
    export.deliveries()
    (export.folder / ".state.json").write_text(content)

    assert months(export.deliveries()) == {"2026-10": Decimal("0.3")}
    assert export.reads() == ["202610"]


def test_an_export_without_rows_is_told(export: Export) -> None:
    with pytest.raises(LoadError, match=r"has no rows: those of a new export come within some hours\."):
        export.deliveries()


def test_rows_of_no_month_are_refused(export: Export) -> None:
    export.add(row("202613", "2026-10-02"))

    with pytest.raises(LoadError, match="The billing month is '202613' on 1 row of"):
        export.deliveries()


@pytest.mark.django_db
def test_the_job_loads_a_month_and_replaces_it(wire: Wire, tmp_path: Path) -> None:
    export = Export(wire, tmp_path / "copy", DETAILED)
    export.add(row("202605", "2026-05-03"))
    source = CostSource.objects.create(
        name="gcp-main",
        kind=CostSource.Kind.BIGQUERY,
        location=f"bigquery://{PROJECT}/{DATASET}/{export.table}",
    )
    first, again = job.load(source), job.load(source)
    export.add(row("202605", "2026-05-04", cost=0.2, credits=[{"amount": -0.05}]))
    replaced = job.load(source)

    outcomes = [
        (month.outcome, month.error) for report in (first, again, replaced) for month in report.months
    ]
    assert outcomes == [(Outcome.LOADED, ""), (Outcome.UNCHANGED, ""), (Outcome.REPLACED, "")]
    assert replaced.months[0].billed == {"USD": Decimal("0.45")}
    assert not any(report.error for report in (first, again, replaced))


def test_a_look_runs_no_query(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"))
    export.wire.asked.clear()

    found = look("bigquery", f"bigquery://{PROJECT}/{DATASET}/{export.table}")

    assert [each.says for each in found.seen] == ["2 rows"]
    assert found.seen[0].delivered_at
    assert export.wire.asked == []

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.focus.columns import columns
from tests.costs.loaded import Origin, cast_into, session
from tests.costs.providers.writers import rows, write_csv, write_parquet

AWS = Origin("aws")


def cast_row(sql: str, *only: str, origin: Origin = AWS) -> dict[str, Any]:
    """The cast of the one row that a query gives, of some columns if told which."""
    [row] = cast_into(f"({sql})", origin, only=only)
    return row


def test_the_table_has_the_columns_of_unified_costs_in_order_with_their_types() -> None:
    cast_into("(select 1.5::double as BilledCost)")
    described = session().execute("describe t").fetchall()
    expected = [(name, column.kind.value.upper()) for name, column in columns().items()]
    names = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
    assert [(name, type_) for name, type_, *_ in described] == [(n, names.get(t, t)) for n, t in expected]


def test_columns_that_a_file_lacks_are_null() -> None:
    row = cast_row("select '1' as BilledCost")
    filled = {name for name, value in row.items() if value is not None}
    assert filled == {"BilledCost", "x_Cloud", "x_Source", "x_LoadId", "x_IsEstimate"}


def test_a_double_becomes_the_decimal_that_it_is_written_as() -> None:
    row = cast_row(
        "select 0.1::double as BilledCost, 1e-7::double as ListUnitPrice, 679.03367975::double as ListCost"
    )
    amounts = (row["BilledCost"], row["ListUnitPrice"], row["ListCost"])
    assert amounts == (Decimal("0.1"), Decimal("0.0000001"), Decimal("679.03367975"))


@given(st.decimals(-(10**15), 10**15, places=18, allow_nan=False), st.sampled_from(["{:f}", "{:E}"]))
@settings(max_examples=30)
def test_an_amount_in_text_is_read_to_the_last_digit(amount: Decimal, form: str) -> None:
    read = session().execute("select cast(? as decimal(38, 18))", [form.format(amount)]).fetchall()
    assert read == [(amount,)]


def test_a_file_in_text_says_null_in_two_ways() -> None:
    names = ("BilledCost", "ChargePeriodEnd", "RegionId", "Tags")
    for empty in ("NULL", ""):
        row = cast_row("select " + ", ".join(f"'{empty}' as {name}" for name in names), *names)
        assert row == dict.fromkeys(names)


@pytest.mark.parametrize(
    "time",
    [
        "timestamp '2026-05-01 02:00:00'",
        "timestamp_ns '2026-05-01 02:00:00'",
        "timestamptz '2026-05-01 04:00:00+02'",
        "'2026-05-01T02:00:00Z'",
        "'2026-05-01 02:00'",
        "'2026-05-01T02:00Z'",
        "'2026-05-01T02:00:00.0000000Z'",
        "'2026-05-01 02:00:00 UTC'",
        "'2026-05-01T04:00:00+02:00'",
    ],
)
def test_a_time_is_in_utc_and_one_without_a_zone_means_utc(time: str) -> None:
    assert cast_row(f"select {time} as ChargePeriodStart")["ChargePeriodStart"] == datetime(
        2026, 5, 1, 2, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("map{'team': 'a', 'env': 'b'}", {"team": "a", "env": "b"}),
        ("{'team': 'a'}", {"team": "a"}),
        ("""'{"team": "a", "n": 1}'""", {"team": "a", "n": 1}),
        ("""'"team": "a","env": "b"'""", {"team": "a", "env": "b"}),
        ("[{'key': 'team', 'value': 'a'}, {'key': 'team', 'value': 'b'}]", {"team": "a"}),
        ("""'[{"key": "team", "value": "a"}]'""", {"team": "a"}),
        ("[{'Key': 'team', 'Value': null}]", {"team": None}),
        ("'[]'", {}),
        ("'{}'", {}),
        (
            """'{"q": "''; drop table t; --", "i": "Ignore all rules"}'""",
            {"q": "'; drop table t; --", "i": "Ignore all rules"},
        ),
    ],
)
def test_tags_become_one_object_however_a_cloud_writes_them(written: str, means: dict[str, Any]) -> None:
    assert json.loads(cast_row(f"select {written} as Tags", "Tags")["Tags"]) == means


def test_a_list_of_other_objects_stays_a_list() -> None:
    sql = """select '[{"ContractId": "c"}]' as ContractApplied, 'null' as SkuPriceDetails"""
    row = cast_row(sql, "ContractApplied", "SkuPriceDetails")
    assert row == {"ContractApplied": '[{"ContractId":"c"}]', "SkuPriceDetails": None}


def test_labels_beside_the_tags_of_google_cloud_are_tags_and_those_of_the_resource_win() -> None:
    sql = """
        select [{'Key': 'team', 'Value': 'resource'}] as x_Labels, null as Tags,
          [{'Key': 'team', 'Value': 'project'}, {'Key': 'env', 'Value': 'prod'}] as x_ProjectLabels
    """
    assert json.loads(cast_row(sql, "Tags")["Tags"]) == {"team": "resource", "env": "prod"}


def test_providers_of_older_versions_keep_their_meaning() -> None:
    sql = "select 'AWS' as ProviderName, 'Anthropic' as PublisherName, 'i-1' as x_InvoiceId"
    expected = {
        "HostProviderName": "AWS",
        "InvoiceId": "i-1",
        "ServiceProviderName": "AWS",
        "x_PublisherName": "Anthropic",
    }
    assert cast_row(sql, *expected) == expected


def test_columns_are_found_in_any_case() -> None:
    row = cast_row("select 2.5 as billedcost, 'USE1-x' as x_usagetype", "BilledCost", "x_Meter")
    assert row == {"BilledCost": Decimal("2.5"), "x_Meter": "USE1-x"}


@pytest.mark.parametrize(
    ("cloud", "sql", "meter"),
    [
        (
            "aws",
            "select 'USE1-NovaLite-input-tokens' as x_UsageType, 'Tokens' as SkuMeter",
            "USE1-NovaLite-input-tokens",
        ),
        (
            "aws",
            "select 'USE1-NovaLite-input-tokens' as SkuMeter, 'x' as ChargeDescription",
            "USE1-NovaLite-input-tokens",
        ),
        (
            "azure",
            "select 'gpt 4.1 Inp' as x_SkuMeterName, 'Azure OpenAI - gpt' as x_SkuDescription",
            "gpt 4.1 Inp",
        ),
        (
            "azure",
            "select 'gpt 4.1 Inp' as SkuMeter, 'Azure OpenAI - gpt' as x_SkuDescription",
            "gpt 4.1 Inp",
        ),
        ("azure", "select null as SkuMeter, 'x' as ChargeDescription", None),
        ("gcp", "select 'Gemini 2.5 Flash Input' as ChargeDescription", "Gemini 2.5 Flash Input"),
        (None, "select 'Gemini Input' as ChargeDescription, 'Google Cloud' as ProviderName", "Gemini Input"),
        (None, "select 'Tax' as ChargeDescription, 'AWS' as ProviderName", None),
    ],
)
def test_the_meter_stands_where_each_cloud_puts_it(cloud: str | None, sql: str, meter: str | None) -> None:
    assert cast_row(sql, "x_Meter", origin=Origin(cloud)) == {"x_Meter": meter}


@pytest.mark.parametrize(
    ("sql", "cloud"),
    [
        ("'Anthropic' as ServiceProviderName, 'Amazon Web Services' as HostProviderName", "aws"),
        (
            "'Anthropic' as ProviderName, 'Google Cloud' as HostProviderName, 'AWS' as InvoiceIssuerName",
            "gcp",
        ),
        ("'Alphabet Inc.' as ProviderName", "gcp"),
        ("'Contoso (AWS reseller)' as ProviderName, 'Amazon Bedrock' as ServiceName", "aws"),
        ("'Softy' as ProviderName, 'Claude Opus 4.6 (Amazon Bedrock Edition)' as ServiceName", "aws"),
        ("'Softy' as ProviderName, 'Azure OpenAI' as ServiceName", "azure"),
        ("'Softy' as ProviderName, 'Vertex AI' as ServiceName", "gcp"),
        ("'Softy' as ProviderName, 'Compute' as ServiceName, 'USE1-x' as x_UsageType", "aws"),
        ("'Softy' as ProviderName, 'Compute' as ServiceName, 'gpt 5 Inp' as x_SkuMeterName", "azure"),
        ("'Oracle' as ProviderName, 'Compute' as ServiceName, '' as x_UsageType", "other"),
        ("'Softy' as ProviderName, 'Amazonia' as ServiceName", "other"),
        ("'Microsoft' as ProviderName, 'Amazon Bedrock' as ServiceName", "azure"),
    ],
)
def test_a_row_of_a_reseller_tells_its_cloud_by_its_host_its_service_or_a_column_of_one_cloud(
    sql: str, cloud: str
) -> None:
    assert cast_row(f"select {sql}", "x_Cloud", origin=Origin()) == {"x_Cloud": cloud}


def test_a_row_tells_its_cloud_by_who_sells_or_bills_it() -> None:
    sellers: dict[str | None, str] = {
        "AWS": "aws",
        "Amazon Web Services": "aws",
        "Amazon Web Services EMEA SARL": "aws",
        "Google Cloud": "gcp",
        "Googly Eyes": "other",
        "Microsoft": "azure",
        "Microsoft Azure": "azure",
        "Oracle": "other",
    }
    values = ", ".join(f"('{seller}', null)" for seller in sellers)
    names = "ServiceProviderName, InvoiceIssuerName"
    sql = f"(from (values {values}, ('Anthropic', 'AWS'), (null, null)) as r({names}))"
    found = cast_into(sql, only=["ServiceProviderName", "x_Cloud"])
    clouds = {row["ServiceProviderName"]: row["x_Cloud"] for row in found}
    assert clouds == {**sellers, "Anthropic": "aws", None: "other"}


def test_the_cloud_of_a_delivery_counts_for_all_its_rows() -> None:
    assert cast_row("select 'Microsoft' as ProviderName", "x_Cloud") == {"x_Cloud": "aws"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("BilledCost", "12,5"),
        ("BilledCost", "nan"),
        ("ListCost", "1e30"),
        ("ChargePeriodStart", "05/13/2026"),
        ("Tags", "a=b"),
    ],
)
def test_a_value_that_cannot_be_cast_fails_instead_of_becoming_null(column: str, value: str) -> None:
    with pytest.raises(duckdb.Error):
        cast_row(f"select '{value}' as {column}", column)


def test_the_name_of_a_source_stays_text() -> None:
    row = cast_row("select 1 as BilledCost", "x_Source", origin=Origin("aws", "it's; drop table t"))
    assert row == {"x_Source": "it's; drop table t"}


@given(st.data())
@settings(max_examples=6)
def test_csv_and_parquet_of_the_same_rows_are_cast_to_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("same")
    all_ = rows(data.draw(st.sampled_from(["aws", "gcp"])), data.draw(st.sampled_from(["1.2", "1.3"])))
    chosen = data.draw(st.lists(st.sampled_from(all_), min_size=1, max_size=20))
    text = write_csv(folder / "a.csv", chosen)
    from_text = cast_into(f"read_csv('{text}', all_varchar = true, header = true)")
    from_parquet = cast_into(f"read_parquet('{write_parquet(folder / 'a.parquet', chosen)}')")
    assert from_text == from_parquet
    assert len(from_text) == len(chosen)

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.offers.model_names import Names
from costs.customers import Rules
from costs.stamp import stamp
from tests.costs.loaded import Origin, cast_into, session

# An Azure export of type FocusCost (learn.microsoft.com, "FOCUS cost and usage details file schema"):
# the unit of both quantities is "Units", the block is beside it.
AZURE = {
    "ProviderName": "Microsoft",
    "InvoiceIssuerName": "Microsoft",
    "ServiceName": "Foundry Models",
    "ChargeCategory": "Usage",
    "ChargeDescription": "Azure OpenAI - gpt 4.1 Inp glbl - US East 2",
    "BilledCost": "2",
    "EffectiveCost": "2",
    "BillingCurrency": "USD",
    "ConsumedQuantity": "1000000",
    "ConsumedUnit": "Units",
    "PricingQuantity": "1000",
    "PricingUnit": "Units",
    "ContractedUnitPrice": "0.002",
    "ListUnitPrice": "0.002",
    "x_PricingBlockSize": "1000",
    "x_PricingUnitDescription": "1K",
    "x_SkuDescription": "Azure OpenAI - gpt 4.1 Inp glbl - US East 2",
    "x_SkuMeterCategory": "Foundry Models",
    "x_SkuMeterName": "gpt 4.1 Inp glbl Tokens",
    "x_SkuMeterSubcategory": "Azure OpenAI",
}
# AWS Data Exports, FOCUS with AWS columns. What the marketplace sells has the unit "Units", and the
# description says how much one is.
MARKETPLACE = {
    "ProviderName": "AWS",
    "InvoiceIssuerName": "Amazon Web Services, Inc.",
    "ServiceName": "Claude Sonnet 4.6 (Amazon Bedrock Edition)",
    "ChargeCategory": "Usage",
    "ChargeDescription": "AWS Marketplace software usage|us-west-2|Million Input Tokens Regional CRIS",
    "BilledCost": "6.6",
    "EffectiveCost": "6.6",
    "BillingCurrency": "USD",
    "ConsumedQuantity": "2",
    "ConsumedUnit": "Units",
    "PricingQuantity": "2",
    "PricingUnit": "Units",
    "x_Operation": "Usage",
    "x_ServiceCode": "AmazonBedrockFoundationModels",
    "x_UsageType": "USW2-MP:USW2_InputTokenCount-Units",
}
BEDROCK = {
    **MARKETPLACE,
    "ServiceName": "Amazon Bedrock",
    "ChargeDescription": "$0.00006 per 1K input tokens for Nova Lite in US East (N. Virginia)",
    "ConsumedUnit": "1K tokens",
    "PricingUnit": "1K tokens",
    "x_ServiceCode": "AmazonBedrock",
    "x_UsageType": "USE1-NovaLite-input-tokens",
}


def stamped(row: dict[str, str], **changes: str) -> dict[str, Any]:
    """A row of a bill with its stamps."""
    return stamped_by(Names(), row, **changes)


def stamped_by(names: Names, row: dict[str, str], **changes: str) -> dict[str, Any]:
    values = {**row, **changes}
    connection = session()
    connection.execute(f"create or replace table raw ({', '.join(f'{name} varchar' for name in values)})")
    connection.table("raw").insert(list(values.values()))
    cast_into("raw", Origin())
    found = connection.execute(stamp(connection, "t", names, Rules()).sql("duckdb"))
    columns = [column[0] for column in found.description or ()]
    [charge] = found.fetchall()
    return dict(zip(columns, charge, strict=True))


def test_tokens_of_azure_are_blocks_of_the_size_that_its_own_column_says() -> None:
    charge = stamped(AZURE)

    assert charge["x_Tokens"] == 1_000_000
    assert (charge["x_ModelId"], charge["x_TokenDirection"]) == ("gpt-4.1", "Input")


def test_tokens_of_azure_by_the_million_are_not_off_by_a_thousand() -> None:
    luna = {"x_SkuMeterName": "5.6 luna ShortCo Cd Inp Std Gl 1M Tokens", "x_PricingUnitDescription": "1M"}
    luna |= {"ContractedUnitPrice": "0.02", "PricingQuantity": "100", "ConsumedQuantity": "100000000"}

    charge = stamped(AZURE, **luna, x_SkuMeterSubcategory="Azure OpenAI GPT5")

    assert charge["x_Tokens"] == 100_000_000
    assert charge["x_ModelId"] == "gpt-5.6-luna"


def test_a_model_that_only_the_meter_subcategory_tells_is_found_by_it() -> None:
    charge = stamped(
        AZURE, x_SkuMeterName="4.3 Inp DZ Tokens", x_SkuMeterSubcategory="Azure Grok Models", ServiceName="AI"
    )

    assert charge["x_ModelDeveloper"] == "xAI"


@pytest.mark.parametrize("column", ["x_SkuMeterSubcategory", "ServiceName"])
def test_a_model_is_found_by_a_product_that_has_a_slash_in_its_name(column: str) -> None:
    names = Names([("azure", "AI/ML Models", "Big 1", "big-1", "Us")])

    charge = stamped_by(names, AZURE, x_SkuMeterName="Big 1 Inp glbl Tokens", **{column: "AI/ML Models"})

    assert charge["x_ModelId"] == "big-1"


@pytest.mark.parametrize(
    "changes",
    [
        # Microsoft documents that PricingQuantity is too small by the block for Enterprise Agreements.
        pytest.param({"ConsumedQuantity": "1000", "PricingQuantity": "1"}, id="both quantities too small"),
        pytest.param({"ConsumedQuantity": "1000"}, id="the quantities are the same"),
        pytest.param({"ContractedUnitPrice": "0.000002"}, id="the price is that of one token"),
        pytest.param({"EffectiveCost": "0"}, id="nothing was paid"),
        pytest.param({"ContractedUnitPrice": "0", "ListUnitPrice": "0"}, id="there is no price"),
        pytest.param({"x_PricingUnitDescription": "Unassigned"}, id="the block is unassigned"),
        pytest.param({"x_PricingUnitDescription": ""}, id="there is no block"),
        pytest.param({"x_SkuMeterName": "gpt 4.1 Inp glbl 1M Tokens"}, id="the meter has another block"),
        pytest.param(
            {
                "x_SkuMeterName": "gpt 4.1 Inp glbl 1M Tokens",
                "x_PricingUnitDescription": "",
                "PricingUnit": "",
            },
            id="only the meter has a block",
        ),
    ],
)
def test_tokens_of_azure_are_unknown_if_its_columns_do_not_agree(changes: dict[str, str]) -> None:
    charge = stamped(AZURE, **changes)

    assert charge["x_Tokens"] is None
    assert (charge["x_UsageKind"], charge["x_TokenDirection"]) == ("tokens", "Input")
    assert charge["BilledCost"] == Decimal(2)


def test_a_discount_or_a_refund_does_not_hide_the_tokens() -> None:
    assert stamped(AZURE, EffectiveCost="0.9")["x_Tokens"] == 1_000_000
    refund = {"ConsumedQuantity": "-1000000", "PricingQuantity": "-1000", "EffectiveCost": "-2"}
    assert stamped(AZURE, **refund)["x_Tokens"] == -1_000_000


@pytest.mark.parametrize(
    ("description", "tokens"),
    [
        ("AWS Marketplace software usage|us-west-2|Million Input Tokens Regional CRIS", 2_000_000),
        ("AWS Marketplace software usage|us-east-1|Price per 1 million input tokens", 2_000_000),
        ("AWS Marketplace software usage|us-east-1|thousand Cache Read Input Tokens Regional", 2000),
        ("AWS Marketplace software usage|us-east-1|Input Tokens - Standard, Global", None),
        ("AWS Marketplace software usage|us-east-1|Token usage", None),
        ("A million input tokens, they say", None),
        ("", None),
    ],
)
def test_units_of_the_marketplace_of_aws_are_as_many_tokens_as_the_description_says(
    description: str, tokens: int | None
) -> None:
    charge = stamped(MARKETPLACE, ChargeDescription=description)

    assert charge["x_Tokens"] == tokens
    assert (charge["x_UsageKind"], charge["x_ModelId"]) == ("tokens", "claude-sonnet-4-6")


def test_tokens_of_bedrock_are_counted_by_either_unit() -> None:
    assert stamped(BEDROCK)["x_Tokens"] == 2000
    assert stamped(BEDROCK, ConsumedUnit="", ConsumedQuantity="")["x_Tokens"] == 2000
    assert stamped(BEDROCK, PricingUnit="", PricingQuantity="")["x_Tokens"] == 2000
    assert stamped(BEDROCK, PricingUnit="1M tokens", PricingQuantity="0.002")["x_Tokens"] == 2000


def test_quantities_that_contradict_each_other_count_no_tokens() -> None:
    assert stamped(BEDROCK, PricingUnit="1M tokens")["x_Tokens"] is None


@pytest.mark.parametrize(
    "changes",
    [{"ChargeCategory": "Credit"}, {"ChargeCategory": "Purchase"}, {"CommitmentDiscountStatus": "Unused"}],
)
def test_what_is_no_usage_counts_no_tokens(changes: dict[str, str]) -> None:
    assert stamped(BEDROCK, **changes)["x_Tokens"] is None


def test_a_stamp_can_be_repeated() -> None:
    first = stamped(AZURE)
    connection = session()
    connection.execute(
        f"create or replace table again as {stamp(connection, 't', Names(), Rules()).sql('duckdb')}"
    )

    found = connection.execute(stamp(connection, "again", Names(), Rules()).sql("duckdb")).fetchall()
    assert found == [tuple(first.values())]

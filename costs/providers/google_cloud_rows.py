"""Rows of Google Cloud's detailed usage cost export as BigQuery writes them to JSON, in the names of FOCUS.

The fields are those of gcp_billing_export_resource_v1 (docs.cloud.google.com, "Structure of Detailed data
export"). The standard export has the same ones without `resource`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlglot import exp

from costs.errors import LoadError
from costs.focus.repeated import ROW
from costs.focus.unreadable import FILE
from costs.providers.connection import listed, read
from costs.providers.files import head, refuse_copies
from costs.providers.found import MONTH, Found, sharing
from costs.providers.source import Delivery, Layout
from costs.wording import counted

_ENDS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
# In every row; BigQuery leaves out fields that are null.
_ALWAYS = ("billing_account_id", "invoice", "sku")
_LABELS = "struct(key varchar, value varchar)[]"
# All text, so that no number becomes a double: JSON has NUMERIC as text and FLOAT as a number.
FIELDS: Mapping[str, str] = {
    "billing_account_id": "varchar",
    "service": "struct(id varchar, description varchar)",
    "sku": "struct(id varchar, description varchar)",
    "usage_start_time": "varchar",
    "usage_end_time": "varchar",
    "project": f"struct(id varchar, name varchar, labels {_LABELS})",
    "labels": _LABELS,
    "system_labels": _LABELS,
    "tags": _LABELS,
    "location": "struct(location varchar, region varchar, zone varchar)",
    "resource": "struct(name varchar, global_name varchar)",
    "cost": "varchar",
    "cost_at_list": "varchar",
    "currency": "varchar",
    "usage": "struct(amount varchar, unit varchar, amount_in_pricing_units varchar, pricing_unit varchar)",
    "price": "struct(effective_price varchar, list_price varchar, pricing_unit_quantity varchar)",
    "credits": "struct(amount varchar)[]",
    "invoice": 'struct("month" varchar)',
    "cost_type": "varchar",
    "adjustment_info": "struct(id varchar)",
    "transaction_type": "varchar",
    "seller_name": "varchar",
    "export_time": "varchar",
}
# Rows are only ever added, each with the time when it was exported.
_HASH = f"hash({', '.join(FIELDS)})"
_MONTH = """try_strptime(invoice."month", '%Y%m')"""
# A sum that cannot be made stays visible as text, so that the cast refuses it.
_BILLED = """
case when cost is not null then coalesce(
  cast(try(cast(cost as decimal(38, 18)) + coalesce(list_sum(
    list_transform(credits, lambda c : cast(c.amount as decimal(38, 18)))), 0)) as varchar),
  cost || ' with credits ' || cast(to_json(credits) as varchar), cost) end
"""
# Prices are for 1, 1,000 or 1,000,000 units. Other quantities would need a division, which is not exact.
_PRICE = """
case when try_cast(price.{0} as decimal(38, 18)) is null then price.{0} else
  cast(try_cast(price.{0} as decimal(38, 18)) * case try_cast(price.pricing_unit_quantity as decimal(38, 9))
    when 1 then 1.0 when 10 then 0.1 when 100 then 0.01 when 1000 then 0.001 when 10000 then 0.0001
    when 100000 then 0.00001 when 1000000 then 0.000001 end as varchar) end
"""
_FOCUS: Mapping[str, str] = {
    "BillingAccountId": "billing_account_id",
    "BillingAccountType": "'Billing Account'",
    "BillingCurrency": "currency",
    "BillingPeriodStart": _MONTH,
    "BillingPeriodEnd": f"{_MONTH} + interval 1 month",
    "ChargePeriodStart": "usage_start_time",
    "ChargePeriodEnd": "usage_end_time",
    "ChargeCategory": """
        case lower(cost_type) when 'regular' then 'Usage' when 'tax' then 'Tax'
          when 'adjustment' then 'Adjustment' when 'rounding_error' then 'Adjustment' else cost_type end""",
    "ChargeClass": "case when adjustment_info.id is not null then 'Correction' end",
    "ChargeDescription": "sku.description",
    "BilledCost": _BILLED,
    "EffectiveCost": _BILLED,
    "ContractedCost": "cost",
    "ContractedUnitPrice": _PRICE.format("effective_price"),
    "ListCost": "case when lower(cost_type) = 'regular' then cost_at_list else cost end",
    "ListUnitPrice": _PRICE.format("list_price"),
    "ConsumedQuantity": "usage.amount",
    "ConsumedUnit": "usage.unit",
    "PricingQuantity": "usage.amount_in_pricing_units",
    "PricingUnit": "usage.pricing_unit",
    "ProviderName": "'Google Cloud'",
    "PublisherName": "case when transaction_type <> 'GOOGLE' then seller_name else 'Google Cloud' end",
    "InvoiceIssuerName": "'Google Cloud'",
    "ServiceName": "service.description",
    "SkuId": "sku.id",
    "SkuMeter": "sku.description",
    "SubAccountId": "project.id",
    "SubAccountName": "project.name",
    "SubAccountType": "case when project.id is not null then 'Project' end",
    "RegionId": "location.region",
    "RegionName": "location.region",
    "AvailabilityZone": "location.zone",
    "ResourceId": "coalesce(resource.global_name, resource.name)",
    "ResourceName": "resource.name",
    # The first of a key wins: that of the resource before that of its project.
    "Tags": "list_concat(labels, tags, project.labels, system_labels)",
}

_PRICES = """case when {1} is not null then [price.{0}, {1}] end"""
# The numbers that a computed amount is made of, each of which may be rounded.
_WRITTEN: Mapping[str, str] = {
    "BilledCost": "list_concat([cost], list_transform(credits, lambda c : c.amount))",
    "EffectiveCost": "list_concat([cost], list_transform(credits, lambda c : c.amount))",
    "ContractedUnitPrice": _PRICES.format("effective_price", _PRICE.format("effective_price")),
    "ListUnitPrice": _PRICES.format("list_price", _PRICE.format("list_price")),
}


def find(source: str, files: Sequence[Path]) -> Found | None:
    """The rows of Google Cloud among files, a delivery for each month that they are billed in.

    Raises:
        LoadError: a file cannot be read, or is there twice.
    """
    ours = [path for path in files if may_have_rows(path) and not missing(path)]
    if not ours:
        return None
    refuse_copies(ours)
    content = f"sum({_HASH})"
    months = read(
        f"""
        select invoice."month", count(*), max(export_time), {content}, list(distinct {FILE} order by {FILE})
        from {_raw(ours)} group by 1 order by 1 nulls first
        """
    )
    deliveries = sharing([_delivery(source, *month) for month in months])
    return Found("rows of Google Cloud", deliveries, frozenset(ours))


def may_have_rows(path: Path) -> bool:
    """Whether a file is JSON, by the end of its name."""
    return path.name.lower().endswith(_ENDS)


def missing(path: Path) -> Sequence[str]:
    """The fields of every row that the start of a JSON file lacks.

    Raises:
        LoadError: it cannot be read.
    """
    start = head(path)
    return [field for field in _ALWAYS if f'"{field}"' not in start]


def relation(delivery: Delivery) -> str:
    """The rows of a delivery in FOCUS names, as what stands after FROM."""
    return _selected(delivery, _FOCUS)


def as_written(delivery: Delivery) -> str:
    """The same with computed amounts as the list of the numbers that they are made of."""
    return _selected(delivery, {**_FOCUS, **_WRITTEN})


def _selected(delivery: Delivery, columns: Mapping[str, str]) -> str:
    month = exp.Literal.string(delivery.period.replace("-", "")).sql()
    selected = ", ".join(f'{sql} as "{name}"' for name, sql in columns.items())
    rows = f"select {selected}, {FILE}, {_HASH} as {ROW} from {_raw(delivery.files)}"
    return f'({rows} where invoice."month" = {month})'


def _raw(files: Sequence[Path]) -> str:
    fields = ", ".join(f"{name}: '{type_}'" for name, type_ in FIELDS.items())
    options = f"format = 'auto', hive_partitioning = false, filename = '{FILE}'"
    return f"read_json({listed(files)}, columns = {{{fields}}}, {options})"


def _delivery(
    source: str, month: str | None, rows: int, exported: str | None, content: int, paths: list[str]
) -> Delivery:
    period = f"{(month or '')[:4]}-{(month or '')[4:]}"
    if not MONTH.fullmatch(period):
        where = f"{counted(rows, 'row')} of Google Cloud, such as in {Path(paths[0]).name}"
        raise LoadError(f"The invoice.month is {month!r} on {where}.")
    return Delivery(
        source,
        "gcp",
        period,
        f"{exported or ''} {rows} {content}",
        Layout.GOOGLE_CLOUD_ROWS,
        [Path(path) for path in paths],
    )

"""Makes the bills of a large company: three clouds, six months, any number of rows, alike on every machine.

Each charge is told from its number by whole numbers alone: so many things at so many picos each, trillionths
of a dollar. Its cost is exact, and can be added up without any decimal.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from catalog.meters.meter import UsageKind
from catalog.meters.read import read_meter
from catalog.offers.model_names import Names
from tests.catalog.meters.rows import Row, meters

CLOUDS = ("aws", "gcp", "azure")
MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
# The month that is first delivered without its last tenth.
RESTATED = ("aws", "2026-10")
CUSTOMERS = 500
_FETCHED = 100_000
METERS = 120  # of each cloud, of the real ones
# What no table of models has, and what is not of AI.
_OTHERS = (
    Row("aws", "USE1-ModelZ-input-tokens", "1K tokens", "Amazon Bedrock"),
    Row("aws", "USE1-BoxUsage:m7i.xlarge", "Hrs", "Amazon Elastic Compute Cloud"),
    Row("gcp", "Model Z Text Input - Predictions", "count", "Vertex AI"),
    Row("gcp", "Standard Storage US Multi-region", "gibibyte month", "Cloud Storage"),
    Row("azure", "Model Z Preview Inp glbl Tokens", "1K", "Foundry Models"),
    Row("azure", "D4s v5", "1 Hour", "Virtual Machines"),
)
_PROVIDERS = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Microsoft"}
_METER_COLUMNS = {"aws": "x_UsageType", "gcp": "ChargeDescription", "azure": "x_SkuMeterName"}


class Priced(NamedTuple):
    """A meter with a made-up price, and what it is read as: `per_unit` things are a unit of the bill."""

    number: int
    meter: str
    unit: str
    product: str
    billing_model: str | None
    model: str | None
    is_of_tokens: bool
    per_unit: int
    picos: int


# Squared, so that the first meters and customers have most of the charges.
_CHARGES = """
select numbers.*, priced.*, date '{month}-01' + cast(n % {days} as integer) as day
from (
  select n, n >= {end} - {rows} // 10 as is_late, 1 + n * 16807 % 2147483647 % 100000 as things,
    n * 69621 % 65537 as u,
    case when n % 20 <> 7 then 'customer-' || (u * u // 65537 * {customers} // 65537) end as customer,
    n * 48271 % 65521 as v, v * v // 65521 * {meters} // 65521 as number
  from range({end} - {rows}, {end}) as numbers(n)
) as numbers join priced_{cloud} as priced using (number)
"""
_FOCUS = """
select
  cast(things * picos as decimal(19, 0)) * cast('0.000000000001' as decimal(12, 12)) as BilledCost,
  '{cloud}-billing' as BillingAccountId, 'Example' as BillingAccountName, 'USD' as BillingCurrency,
  timestamptz '{month}-01' as BillingPeriodStart, BillingPeriodStart + interval 1 month as BillingPeriodEnd,
  'Usage' as ChargeCategory, cast(day as timestamptz) as ChargePeriodStart,
  ChargePeriodStart + interval 1 day as ChargePeriodEnd,
  cast(things * (1000000 // per_unit) as decimal(19, 0)) * cast('0.000001' as decimal(6, 6))
    as ConsumedQuantity,
  unit as ConsumedUnit,
  BilledCost as ContractedCost,
  cast(picos * per_unit as decimal(19, 0)) * cast('0.000000000001' as decimal(12, 12)) as ContractedUnitPrice,
  BilledCost as EffectiveCost, '{provider}' as InvoiceIssuerName, '{cloud}-{month}' as InvoiceId,
  BilledCost as ListCost, ContractedUnitPrice as ListUnitPrice, 'Standard' as PricingCategory,
  ConsumedQuantity as PricingQuantity, unit as PricingUnit, '{provider}' as ProviderName,
  '{provider}' as PublisherName, ['us-east-1', 'us-west-2', 'eu-west-3', 'ap-south-1'][1 + u % 4] as RegionId,
  RegionId as RegionName, 'app-' || (u % 40) as ResourceName, 'Deployment' as ResourceType,
  cast(100000000000 + u % 60 as varchar) as SubAccountId, 'Team ' || SubAccountId as SubAccountName,
  concat_ws(':', 'arn', '{cloud}', RegionId, SubAccountId, 'deployment/' || ResourceName) as ResourceId,
  'AI and Machine Learning' as ServiceCategory, product as ServiceName, 'Generative AI' as ServiceSubcategory,
  '{cloud}-' || number as SkuId, SkuId || '-ondemand' as SkuPriceId,
  '{{"app":"' || ResourceName || '","env":"' || ['prod', 'prod', 'staging', 'dev'][1 + n % 4] || '"' ||
    coalesce(',"customer":"' || customer || '"', '') || '}}' as Tags,
  meter as {meter_column}
from ({charges})
"""


class Bills:
    """The bills as relations of a session.

    Args:
        rows: of all clouds and months together; each month of each cloud has the same number.
    """

    def __init__(self, rows: int) -> None:
        self._month_rows = rows // len(CLOUDS) // len(MONTHS)
        self.connection = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
        self.connection.execute("set TimeZone = 'UTC'")
        for cloud in CLOUDS:
            self.connection.execute(
                f"create table priced_{cloud} (number bigint, meter text, unit text, product text, "
                "billing_model text, model text, is_of_tokens boolean, per_unit bigint, picos bigint)"
            )
            places = ", ".join("?" * len(Priced._fields))
            insert = f"insert into priced_{cloud} values ({places})"  # noqa: S608  names of ours
            self.connection.executemany(insert, priced(cloud))

    @property
    def rows(self) -> int:
        return self._month_rows * len(CLOUDS) * len(MONTHS)

    def charges(self, cloud: str, month: str, columns: str = "*") -> str:
        """The charges of a month as a query."""
        year, number = map(int, month.split("-"))
        charges = _CHARGES.format(
            cloud=cloud,
            month=month,
            rows=self._month_rows,
            end=self._month_rows * (1 + CLOUDS.index(cloud) + len(CLOUDS) * MONTHS.index(month)),
            days=calendar.monthrange(year, number)[1],
            customers=CUSTOMERS,
            meters=len(priced(cloud)),
        )
        return f"select {columns} from ({charges})"  # noqa: S608  our own columns

    def write(self, path: Path, cloud: str, month: str, *, late: bool = True) -> None:
        """Write a bill as a FOCUS file, CSV or Parquet by its name, with its last tenth or before it."""
        focus = self.focus(cloud, month, where="true" if late else "not is_late")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection.execute(f"copy ({focus}) to '{path}'")

    def focus(self, cloud: str, month: str, *, where: str = "true") -> str:
        """The charges of a month that meet a condition, in columns of FOCUS, as a query."""
        return _FOCUS.format(
            cloud=cloud,
            month=month,
            provider=_PROVIDERS[cloud],
            meter_column=_METER_COLUMNS[cloud],
            charges=f"{self.charges(cloud, month)} where {where}",
        )

    def billed(self, cloud: str, *months: str) -> Decimal:
        """The sum of bills, added up by Python in whole numbers."""
        total = 0
        for month in months:
            cursor = self.connection.execute(self.charges(cloud, month, "things, picos"))
            while rows := cursor.fetchmany(_FETCHED):
                total += sum(things * picos for things, picos in rows)
        return dollars(total)


def dollars(picos: int) -> Decimal:
    return Decimal(picos).scaleb(-12)


@cache
def priced(cloud: str) -> Sequence[Priced]:
    """The meters of a cloud: every so manieth of the real ones, and two that are not mapped or not of AI."""
    real = [row for row in dict.fromkeys(meters()) if row.cloud == cloud]
    step = max(len(real) // METERS, 1)
    others = [row for row in _OTHERS if row.cloud == cloud]
    rows = [*real[::step][:10], *others, *real[::step][10:METERS]]
    return [_priced(number, row) for number, row in enumerate(rows)]


def _priced(number: int, row: Row) -> Priced:
    product = row.products[0]
    read = read_meter(row.cloud, row.meter, row.unit, product)
    name = read.billing_model or None
    model = Names([]).find(row.cloud, (product,), name) if name else None
    per_unit = int(read.per_unit or 1)
    # From 0.06 to 25 dollars a million, as models cost.
    picos = 60_000 + number * 7_919_000 % 24_940_000
    is_of_tokens = read.kind == UsageKind.TOKENS and read.per_unit is not None
    return Priced(
        number, row.meter, row.unit, product, name, model[0] if model else None, is_of_tokens, per_unit, picos
    )

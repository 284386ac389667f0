"""Casts any provider's FOCUS file, of versions 1.0 to 1.4, to the columns of unified_costs.

The casts are strict: a value that cannot be cast fails the query, and `unreadable` says which and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from sqlglot import exp

from costs.focus.columns import Column, Kind, columns
from costs.focus.json_text import json_object, merged
from costs.focus.sql import call, fill

# What a column is filled from, the first that is not empty: FOCUS 1.3 and 1.4 renamed the columns of
# providers, and Azure's FocusCost 1.2 gave FOCUS names to columns that its 1.0 called x_.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "ServiceProviderName": ("ServiceProviderName", "ProviderName"),
    "HostProviderName": ("HostProviderName", "ProviderName"),
    "x_PublisherName": ("x_PublisherName", "PublisherName"),
    "InvoiceId": ("InvoiceId", "x_InvoiceId"),
    "PricingCurrency": ("PricingCurrency", "x_PricingCurrency"),
    "SkuMeter": ("SkuMeter", "x_SkuMeterName"),
    # Our own export, AWS 1.0, Azure 1.0, then 1.2 of both.
    "x_Meter": ("x_Meter", "x_UsageType", "x_SkuMeterName", "SkuMeter", "x_SkuDescription"),
}
# Google Cloud's FOCUS export keeps its labels beside Tags; later ones win.
_LABELS = ("x_SystemLabels", "x_ProjectLabels", "x_Labels", "x_Tags", "Tags")
_NESTED = ("MAP(", "STRUCT(", "JSON")
# An id in a column of doubles has to look as it does in other files: 444455556666, not 444455556666.0. Whole
# numbers up to 2^53 are exact as doubles; of others, the text is what the file meant, and a cast adds digits.
_DOUBLE = """
case when $x = trunc($x) and abs($x) <= 9007199254740992 then cast(cast($x as bigint) as varchar)
  else cast($x as varchar) end
"""
_CLOUD = """
case when regexp_matches($name, '^(aws|amazon)\\b', 'i') then 'aws'
     when regexp_matches($name, '^(microsoft|azure)\\b', 'i') then 'azure'
     when regexp_matches($name, '^(google|gcp|alphabet)\\b', 'i') then 'gcp' end
"""
# Who sells a row, hosts it (Anthropic sells Claude on AWS) or bills it; the first that is a cloud decides.
_COMPANIES = (("ServiceProviderName", "ProviderName"), ("HostProviderName",), ("InvoiceIssuerName",))
# On the bill of a reseller, the service does.
_OF_SERVICE = """
case when regexp_matches($name, '^(aws|amazon)\\b|\\(amazon bedrock edition\\)$', 'i') then 'aws'
     when regexp_matches($name, '^(microsoft|azure)\\b', 'i') then 'azure'
     when regexp_matches($name, '^(google|vertex ai)\\b', 'i') then 'gcp' end
"""
# In what export_focus wrote, as it stood in unified_costs.
_OWN_CLOUD = "case when lower($x) in ('aws', 'gcp', 'azure', 'other') then lower($x) end"
# Columns that only one cloud fills.
_OF_COLUMN = {"x_UsageType": "aws", "x_SkuMeterName": "azure", "x_SkuMeterSubcategory": "azure"}


class Origin(Protocol):
    """What every row of a load has in common; a `Delivery` with the id of its load is one."""

    @property
    def cloud(self) -> str | None: ...

    @property
    def source(self) -> str: ...

    @property
    def load_id(self) -> str: ...

    @property
    def is_estimate(self) -> bool: ...


def cast(have: Mapping[str, str], *, delivery: Origin) -> list[exp.Expr]:
    """The select list from a provider's columns to those of unified_costs, in order.

    Columns that the file lacks are null, and so are those that are stamped later (model, tokens, customer).
    The session's time zone must be UTC: times without a zone are UTC.

    Args:
        have: the type in DuckDB of each column of the file, in any case.
        delivery: where the rows come from; without a cloud, each row's provider says which it is.
    """
    file = File(have)
    values = {
        "x_Cloud": exp.Literal.string(delivery.cloud) if delivery.cloud else _cloud(file),
        "x_Source": exp.Literal.string(delivery.source),
        "x_LoadId": exp.Literal.string(delivery.load_id),
        "x_IsEstimate": exp.true() if delivery.is_estimate else _is_estimate(file),
        "x_Meter": _meter(file, delivery.cloud),
    }
    return [
        _named(exp.cast(values.get(name) or _filled(column, file), column.kind.value, copy=False), name)
        for name, column in columns().items()
    ]


def sources_of(name: str) -> Sequence[str]:
    """The columns of files that a column of unified_costs is filled from."""
    return _LABELS if name == "Tags" else _NAMES.get(name, (name,))


def is_nested(type_: str) -> bool:
    """Whether values of a type of DuckDB have members."""
    return type_.startswith(_NESTED) or type_.endswith("]")


def as_text(value: exp.Expr, type_: str) -> exp.Expr:
    """The text of a value of a type of DuckDB: of a number, the digits that its file meant."""
    if is_nested(type_):
        return fill("cast(to_json($x) as varchar)", x=value)
    return fill(_DOUBLE if type_ == "DOUBLE" else "cast($x as varchar)", x=value)


class File:
    """The columns of a file, found by name in any case."""

    def __init__(self, have: Mapping[str, str]) -> None:
        self._columns = {name.lower(): (name, type_.upper()) for name, type_ in have.items()}

    def column(self, name: str) -> exp.Column | None:
        found = self._columns.get(name.lower())
        return exp.column(exp.to_identifier(found[0], quoted=True)) if found else None

    def type_of(self, name: str) -> str:
        return self._columns[name.lower()][1]

    def text(self, *names: str) -> exp.Expr | None:
        """The first of these columns that is not empty, as text; None if the file has none of them."""
        texts = [text for name in names if (text := self._text(name)) is not None]
        return call("coalesce", *texts) if len(texts) > 1 else next(iter(texts), None)

    def _text(self, name: str) -> exp.Expr | None:
        column = self.column(name)
        if column is None:
            return None
        text = as_text(column, self.type_of(name))
        return text if is_nested(self.type_of(name)) else fill("nullif(nullif($x, ''), 'NULL')", x=text)


def converted(file: File) -> Iterator[tuple[Column, str, exp.Expr, exp.Expr]]:
    """What may fail to be cast: the column, what the file calls it, its text, and its value or null."""
    tags = columns()["Tags"]
    for column in columns().values():
        text = file.text(column.name)
        if column.kind is not Kind.TEXT and column is not tags and text is not None:
            yield column, column.name, text, _value(column, file, text, strict=False)
    for name in _LABELS:
        if (text := file.text(name)) is not None:
            yield tags, name, text, _value(tags, file, text, strict=False)


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True, copy=False)


def _filled(column: Column, file: File) -> exp.Expr:
    if column.name == "Tags":
        texts = [text for name in _LABELS if (text := file.text(name)) is not None]
        return merged([_value(column, file, text) for text in texts])
    text = file.text(*_NAMES.get(column.name, (column.name,)))
    return exp.null() if text is None else _value(column, file, text)


def _value(column: Column, file: File, text: exp.Expr, *, strict: bool = True) -> exp.Expr:
    """A column's value from its text; without `strict`, null where it cannot be cast."""
    if column.kind is Kind.JSON:
        return json_object(text, strict=strict)
    if column.kind is Kind.TEXT:
        return text
    if column.kind is Kind.TIME:
        return _time(column.name, file, text, strict=strict)
    if column.kind in {Kind.MONEY, Kind.QUANTITY}:
        # DuckDB reads 1_000 as a number, as it would in SQL. In a bill it is a slip.
        text = fill("replace($x, '_', '?')", x=text)
    return _cast(text, column.kind.value, strict=strict)


def _time(name: str, file: File, text: exp.Expr, *, strict: bool) -> exp.Expr:
    type_, column = file.type_of(name), file.column(name)
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return column or exp.null()
    if type_.startswith(("TIMESTAMP", "DATE")):
        return fill("cast($x as timestamp) at time zone 'UTC'", x=column)
    return _cast(text, Kind.TIME.value, strict=strict)


def _cast(text: exp.Expr, type_: str, *, strict: bool) -> exp.Expr:
    to = exp.DataType.build(type_, dialect="duckdb")
    return exp.Cast(this=text, to=to) if strict else exp.TryCast(this=text, to=to)


def _is_estimate(file: File) -> exp.Expr:
    """Whether a row is an estimate: an export of ours says so, and it stays one when it is loaded again."""
    text = file.text("x_IsEstimate")
    return exp.false() if text is None else fill("coalesce(cast($x as boolean), false)", x=text)


def _meter(file: File, cloud: str | None) -> exp.Expr:
    """What was metered. Google Cloud's FOCUS export has it in the description only, which is its SKU's."""
    meter = file.text(*_NAMES["x_Meter"])
    description = file.text("ChargeDescription")
    if description is None or cloud not in {"gcp", None}:
        return meter or exp.null()
    if cloud is None:
        description = fill("case when $cloud = 'gcp' then $x end", cloud=_cloud(file), x=description)
    return call("coalesce", meter or exp.null(), description)


def _cloud(file: File) -> exp.Expr:
    """The cloud of a row, as the first column that names one says."""
    companies = [name for names in _COMPANIES if (name := file.text(*names)) is not None]
    own = file.text("x_Cloud")
    clouds = [] if own is None else [fill(_OWN_CLOUD, x=own)]
    clouds += [fill(_CLOUD, name=name) for name in companies]
    if (service := file.text("ServiceName")) is not None:
        clouds.append(fill(_OF_SERVICE, name=service))
    for column, cloud in _OF_COLUMN.items():
        if (text := file.text(column)) is not None:
            clouds.append(fill("case when $x is not null then $y end", x=text, y=exp.Literal.string(cloud)))
    return call("coalesce", *clouds, exp.Literal.string("other"))

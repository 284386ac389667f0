"""The figures that are expected, by SQL of its own over the demo's rows: nothing of costs.query is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import duckdb

Row = dict[str, Any]
_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
_MILLION = Decimal(1_000_000)
# The model as query_costs shows it; the rest are columns.
_MODEL = "coalesce(x_ModelId, case when x_BillingModel is not null then '(unmapped)' end)"
_COLUMNS = {
    "cloud": "x_Cloud",
    "service": "ServiceName",
    "account": "SubAccountId",
    "region": "RegionId",
    "model": _MODEL,
    "developer": "x_ModelDeveloper",
    "direction": "x_TokenDirection",
    "cache": "x_TokenCacheAction",
    "modality": "x_Modality",
    "tier": "x_ServiceTier",
    "scope": "x_Scope",
    "context": "x_Context",
    "customer": "x_ConsumerId",
    "usage_kind": "x_UsageKind",
    "category": "ChargeCategory",
    "meter": "x_Meter",
    "source": "x_Source",
    "currency": "BillingCurrency",
    "day": "strftime(ChargePeriodStart, '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', ChargePeriodStart), '%Y-%m-%d')",
    "month": "strftime(ChargePeriodStart, '%Y-%m')",
    "billing_month": "strftime(BillingPeriodStart, '%Y-%m')",
}
_SUMS = {
    "billed_cost": "sum(BilledCost)",
    "effective_cost": "sum(EffectiveCost)",
    "list_cost": "sum(ListCost)",
    "tokens": "sum(x_Tokens)",
    "requests": "sum(x_Requests)",
    "of_tokens": "sum(EffectiveOrBilled) filter (where x_Tokens is not null)",
}


class Demo:
    """The rows of the demo.

    Args:
        files: its Parquet files.
        today: the day after the last one.
    """

    def __init__(self, files: Sequence[str], today: date) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        self._connection.execute(
            "create table charges as select * from read_parquet(?, union_by_name=true)", [[*files]]
        )
        self._today = today

    def expected(self, expect: Mapping[str, Any]) -> list[Row]:
        """The rows of an expectation of kind costs, share or count."""
        return {"costs": self._costs, "share": self._share, "count": self._count}[
            expect.get("kind", "costs")
        ](expect)

    def _costs(self, expect: Mapping[str, Any]) -> list[Row]:
        measures = [*expect.get("measures", ["billed_cost"])]
        if measures == ["share"]:
            measures = ["billed_cost", "share"]
        rows = self._grouped(expect, expect.get("start"), expect.get("end"))
        self._finish(rows, measures)
        if "compare" in expect:
            rows = self._compared(expect, rows, measures[0])
        for row in rows:
            if "average" in expect:
                row["average"] = _rounded(_EXACT.divide(row[measures[0]], self._units(expect)), "1e-9")
        shown = [
            *expect.get("by", ()),
            *measures,
            *[each for each in ("before", "change", "change_percent", "average") if rows and each in rows[0]],
        ]
        ordered = _ordered(rows, expect, measures)
        return [{name: row[name] for name in shown} for row in ordered]

    def _grouped(self, expect: Mapping[str, Any], start: date | None, end: date | None) -> list[Row]:
        by = expect.get("by", ())
        names = {name: sql.replace("EffectiveOrBilled", "BilledCost") for name, sql in _SUMS.items()}
        keys = [f'{_COLUMNS[name]} as "{name}"' for name in by]
        sums = [f'{sql} as "{name}"' for name, sql in names.items()]
        where, values = self._where(expect.get("filters", {}), start, end)
        groups = f"group by {', '.join(str(number + 1) for number in range(len(by)))}" if by else ""
        having = "" if by else "having count(*) > 0"
        sql = f"select {', '.join([*keys, *sums])} from charges where {where} {groups} {having}"  # noqa: S608 names are ours
        result = self._connection.execute(sql, values)
        columns = [column[0] for column in result.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def _where(
        self, filters: Mapping[str, Sequence[Any]], start: date | None, end: date | None
    ) -> tuple[str, list[Any]]:
        conditions, values = ["true"], list[Any]()
        for name, wanted in filters.items():
            column = _COLUMNS[name.removeprefix("not_")]
            known = [f"{each}" for each in wanted if each is not None]
            either = f"coalesce({column} in ({', '.join('?' * len(known))}), false)" if known else "false"
            either = f"({either} or {column} is null)" if None in wanted else either
            conditions.append(f"not {either}" if name.startswith("not_") else either)
            values += known
        for day, sign in ((start, ">="), (end, "<")):
            if day:
                conditions.append(f"ChargePeriodStart {sign} ?::timestamptz")
                values.append(f"{day} 00:00:00+00:00")
        return " and ".join(conditions), values

    def _compared(self, expect: Mapping[str, Any], rows: list[Row], measure: str) -> list[Row]:
        by = [*expect.get("by", ())]
        then = self._grouped(expect, expect["compare"]["start"], expect["compare"]["end"])
        self._finish(then, [measure])
        before = {tuple(row[name] for name in by): row for row in then}
        now = {tuple(row[name] for name in by): row for row in rows}
        merged = []
        for key in dict.fromkeys([*now, *before]):
            absent = None if measure == "cost_per_million_tokens" else Decimal(0)
            nothing = dict.fromkeys((*_SUMS, "cost_per_million_tokens"), absent)
            row = dict(now.get(key) or {**nothing, **dict(zip(by, key, strict=True))})
            past = before[key][measure] if key in before else absent
            row |= {"before": past, **_change(row[measure], past)}
            merged.append(row)
        return merged

    def _units(self, expect: Mapping[str, Any]) -> Decimal:
        start, end = expect["start"], min(expect["end"], self._today)
        days = Decimal((end - start).days)
        if expect["average"] == "month":
            return Decimal((end.year - start.year) * 12 + end.month - start.month)
        return days if expect["average"] == "day" else _EXACT.divide(days, Decimal(7))

    def _finish(self, rows: list[Row], measures: Sequence[str]) -> None:
        base = next((each for each in measures if each in _SUMS), "billed_cost")
        total = sum((row[base] or Decimal(0) for row in rows), Decimal(0))
        for row in rows:
            row["share"] = (
                _rounded(_EXACT.divide(row[base], total), "1e-6") if total and row[base] is not None else None
            )
            row["cost_per_million_tokens"] = (
                _rounded(_EXACT.divide(_EXACT.multiply(row["of_tokens"], _MILLION), row["tokens"]), "1e-9")
                if row["tokens"] and row["of_tokens"] is not None
                else None
            )

    def _share(self, expect: Mapping[str, Any]) -> list[Row]:
        window = expect.get("start"), expect.get("end")
        measure = expect.get("measure", "billed_cost")
        [part] = self._grouped({"filters": expect["filters"]}, *window) or [{measure: Decimal(0)}]
        [whole] = self._grouped({"filters": expect.get("of") or {}}, *window)
        return [{"share": _rounded(_EXACT.divide(part[measure] or Decimal(0), whole[measure]), "1e-6")}]

    def _count(self, expect: Mapping[str, Any]) -> list[Row]:
        where, values = self._where(expect.get("filters", {}), expect.get("start"), expect.get("end"))
        sql = f"select count(distinct {_COLUMNS[expect['of']]}) from charges where {where}"  # noqa: S608 names are ours
        [(count,)] = self._connection.execute(sql, values).fetchall()
        return [{"count": Decimal(count)}]


def _change(now: Decimal | None, past: Decimal | None) -> Row:
    """The change of a figure; unknown if one of the two is."""
    if now is None or past is None:
        return {"change": None, "change_percent": None}
    moved = now - past
    percent = _rounded(_EXACT.divide(moved * 100, past), "1e-4") if past > 0 else None
    return {"change": moved, "change_percent": percent}


def _ordered(rows: list[Row], expect: Mapping[str, Any], measures: Sequence[str]) -> list[Row]:
    by, _, way = expect.get("order", f"{measures[0]} desc").partition(" ")
    known = [row for row in rows if row[by] is not None]
    known.sort(key=lambda row: row[by], reverse=way == "desc")
    unknown = [row for row in rows if row[by] is None]
    return [*known, *unknown][: expect.get("limit")]


def _rounded(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), context=_EXACT)

"""SQL of BigQuery for the tables of the store: names are ours, and literals sqlglot's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType

from sqlglot import exp, maybe_parse

from costs.focus.columns import Column, Kind, columns
from costs.store.base import TABLE, VIEWS
from costs.store.bigquery.place import Place
from costs.store.engine import LOAD

# Which loads unified_costs has. Its row without a load is changed first by every change of unified_costs: of
# two at one moment BigQuery cancels one.
MEMBERS = f"{TABLE}_loads"
CHARGED = "ChargePeriodStart"
# What a change says that was planned before another one.
CHANGED = "unified_costs has changed meanwhile"
_TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "STRING",
        Kind.JSON: "STRING",
        Kind.MONEY: "BIGNUMERIC(38, 18)",
        Kind.QUANTITY: "BIGNUMERIC(38, 9)",
        Kind.TIME: "TIMESTAMP",
        Kind.YES_NO: "BOOL",
    }
)


@dataclass(frozen=True, slots=True)
class Member:
    """A load that unified_costs has.

    Args:
        load: its id.
        source: the name of its source.
        month: its billing month, as 2026-10.
        first: the time of its first charge, in microseconds since 1970.
        last: the same of its last one.
    """

    load: str
    source: str
    month: str
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of BigQuery's clock.

    Args:
        at: when, in UTC.
        loads: those that unified_costs had then.
    """

    at: datetime
    loads: frozenset[str] = frozenset()


def table_of(load_id: str) -> str:
    """The table of a load."""
    return f"load_{load_id.replace('-', '_').replace('.', '_')}"


def create_charges(place: Place, table: str) -> str:
    """A table of charges, cut into days."""
    names = ",\n  ".join(f"`{name}` {_TYPES[column.kind]}" for name, column in columns().items())
    return (
        f"CREATE TABLE IF NOT EXISTS `{place.name}.{table}` (\n  {names}\n)\n"
        f"PARTITION BY TIMESTAMP_TRUNC(`{CHARGED}`, DAY)\nCLUSTER BY `x_Cloud`, `x_ModelId`"
    )


def create_members(place: Place) -> str:
    """The table of what unified_costs has."""
    name = f"`{place.name}.{MEMBERS}`"
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (`{LOAD}` STRING, `x_Source` STRING, `billing_month` STRING, "
        "`first_micros` INT64, `last_micros` INT64, `changes` INT64)"
    )


def first_member(place: Place) -> str:
    """The row that every change changes."""
    name = f"`{place.name}.{MEMBERS}`"
    none = f"SELECT COUNT(*) FROM {name} WHERE `{LOAD}` = ''"
    return f"INSERT INTO {name} (`{LOAD}`, `changes`)\nSELECT '', 0 FROM (SELECT 1) WHERE ({none}) = 0"


def create_view(place: Place, view: str) -> str:
    """A view of the AI charges of one cloud."""
    costs = f"`{place.name}.{TABLE}`"
    cloud = _text(VIEWS[view])
    return (
        f"CREATE OR REPLACE VIEW `{place.name}.{view}` AS\n"
        f"SELECT * FROM {costs} WHERE `x_Cloud` = {cloud} AND `x_UsageKind` IS NOT NULL"
    )


def now() -> str:
    """What time it is at BigQuery, whose moments are in no other clock."""
    return "SELECT CURRENT_TIMESTAMP() AS `at`"


def members(place: Place, at: datetime) -> str:
    """What unified_costs had at a moment."""
    return (
        f"SELECT `{LOAD}`, `x_Source`, `billing_month`, `first_micros`, `last_micros`\n"
        f"FROM `{place.name}.{MEMBERS}` {_as_of(at)}"
    )


def swap(place: Place, out: Sequence[Member], new: Sequence[Member]) -> str:
    """Put the charges of loads into unified_costs in the place of all of their month, in one transaction.

    It fails, and changes nothing, if unified_costs has another load of the month by then.

    Args:
        place: where.
        out: the loads that leave it, which are of one source and month.
        new: the loads that come, of the same; of estimates, one for each account.
    """
    costs, has = f"`{place.name}.{TABLE}`", f"`{place.name}.{MEMBERS}`"
    month = [*new, *out][0]
    of_month = f"`x_Source` = {_text(month.source)} AND `billing_month` = {_text(month.month)}"
    known = f" AND `{LOAD}` NOT IN ({_texts(member.load for member in out)})" if out else ""
    statements = [
        "BEGIN TRANSACTION",
        f"UPDATE {has} SET `changes` = `changes` + 1 WHERE `{LOAD}` = ''",
        f"SELECT IF((SELECT COUNT(*) FROM {has} WHERE {of_month}{known}) = 0, '', ERROR({_text(CHANGED)}))",
        *(_delete(costs, member) for member in out),
        f"DELETE FROM {has} WHERE {of_month}",
        *chain.from_iterable(_insert(place, member) for member in new),
        "COMMIT TRANSACTION",
    ]
    return ";\n".join(statements) + ";"


def _insert(place: Place, new: Member) -> Sequence[str]:
    costs, own = f"`{place.name}.{TABLE}`", f"`{place.name}.{table_of(new.load)}`"
    names = ", ".join(f"`{name}`" for name in columns())
    of_month = _texts([new.load, new.source, new.month])
    ends = f"UNIX_MICROS(MIN(`{CHARGED}`)), UNIX_MICROS(MAX(`{CHARGED}`))"
    has = f"`{place.name}.{MEMBERS}` (`{LOAD}`, `x_Source`, `billing_month`, `first_micros`, `last_micros`)"
    return [
        f"INSERT INTO {costs} ({names})\nSELECT {names} FROM {own}",
        f"INSERT INTO {has}\nSELECT {of_month}, {ends} FROM {own}",
    ]


def _delete(costs: str, member: Member) -> str:
    """Its charges are of these days: the others are not read."""
    days = (
        f"`{CHARGED}` >= TIMESTAMP_MICROS({member.first}) AND `{CHARGED}` <= TIMESTAMP_MICROS({member.last})"
    )
    return f"DELETE FROM {costs} WHERE `{LOAD}` = {_text(member.load)} AND {days}"


def placed(select: exp.Query, place: Place, loads: Iterable[str], moment: Moment) -> str:
    """A query of TABLE as one of the charges of these loads.

    Args:
        select: the query.
        place: where the charges are.
        loads: the loads that it is of.
        moment: when unified_costs is looked at.
    """
    select = select.copy()
    for table in [table for table in select.find_all(exp.Table) if table.name == TABLE]:
        used = (
            {column.name for column in table.parent_select.find_all(exp.Column)}
            if table.parent_select
            else set()
        )
        table.replace(_charges(place, used, [*loads], moment).subquery(TABLE))
    _write_amounts(select)
    return select.sql("bigquery", copy=False)


def _write_amounts(select: exp.Query) -> None:
    """Amounts as literals: sqlglot casts them without digits, which BigQuery keeps and emulators round."""
    for cast in [*select.find_all(exp.Cast)]:
        if cast.is_type(exp.DataType.Type.DECIMAL) and cast.this.is_string:
            cast.replace(exp.var(f"BIGNUMERIC {cast.this.sql('bigquery')}"))


def placed_from_outside(select: exp.Query, place: Place, loads: Iterable[str], moment: Moment) -> str:
    """The same of a query that costs.sql has let through: it may name views, and all columns by a star."""
    select = select.copy()
    names = {node.name.casefold() for node in select.find_all(exp.Identifier)}
    is_all = any(not isinstance(star.parent, exp.Count) for star in select.find_all(exp.Star))
    used = {name for name in columns() if is_all or name.casefold() in names} | {"x_Cloud", "x_UsageKind"}
    for table in [table for table in select.find_all(exp.Table) if table.name.casefold() in (TABLE, *VIEWS)]:
        name = table.name.casefold()
        found = _charges(place, used, [*loads], moment)
        if name in VIEWS:
            of_cloud = (
                exp.column("x_Cloud").eq(VIEWS[name]),
                exp.column("x_UsageKind").is_(exp.null()).not_(),
            )
            found = exp.select("*").from_(found.subquery("charges")).where(*of_cloud)
        subquery = found.subquery(table.alias or table.name)
        subquery.set("joins", table.args.get("joins"))
        table.replace(subquery)
    return select.sql("bigquery", copy=False, comments=False)


def _charges(place: Place, used: Collection[str], loads: Sequence[str], moment: Moment) -> exp.Query:
    """The columns of the charges of loads: of those that unified_costs had, from there."""
    # One at least: to count rows, none is named.
    names = ", ".join(f"`{name}`" for name in columns() if name in used) or f"`{CHARGED}`"
    there = [load for load in loads if load in moment.loads]
    parts = [
        f"SELECT {names} FROM `{place.name}.{TABLE}` {_as_of(moment.at)} WHERE `{LOAD}` IN ({_texts(there)})"
    ]
    parts = (parts if there else []) + [
        f"SELECT {names} FROM `{place.name}.{table_of(load)}`" for load in loads if load not in moment.loads
    ]
    return maybe_parse(" UNION ALL ".join(parts), dialect="bigquery")


def lines(place: Place, table: str) -> str:
    """Each charge of a table as a line of JSON whose values are all text: no amount becomes a double."""
    members_ = ", ".join(f"{_as_text(column)} AS `{name}`" for name, column in columns().items())
    return f"SELECT TO_JSON_STRING(STRUCT({members_})) AS line FROM `{place.name}.{table}`"


def _as_text(column: Column) -> str:
    if column.kind in (Kind.TEXT, Kind.JSON):
        return f"`{column.name}`"
    value = f"UNIX_MICROS(`{column.name}`)" if column.kind is Kind.TIME else f"`{column.name}`"
    return f"CAST({value} AS STRING)"


def _as_of(at: datetime) -> str:
    return f"FOR SYSTEM_TIME AS OF TIMESTAMP {_text(f'{at:%Y-%m-%d %H:%M:%S.%f}+00:00')}"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    return exp.Literal.string(value).sql("bigquery")

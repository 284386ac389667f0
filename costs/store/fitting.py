"""Whether a statement over charges says the same over a rollup: by the columns that it reads, and how."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from costs.focus.columns import columns
from costs.store.base import TABLE
from costs.store.engine import Views
from costs.store.rollups import CHARGES, LACKED, MARKED, ROLLUPS, SUMS, TIME, Rollup

_MIDNIGHT = " 00:00:00+00:00"
_OF_MONTH = f"-01{_MIDNIGHT}"
_COMPARED = (exp.GTE, exp.LT)


@dataclass(frozen=True, slots=True)
class Reads:
    """What a statement reads of the charges.

    Args:
        values: the columns whose values it reads of each charge.
        marks: those of which it only asks whether there is a value.
        is_by_day: whether it tells days of a month from each other.
    """

    values: frozenset[str]
    marks: frozenset[str]
    is_by_day: bool

    def fits(self, rollup: Rollup) -> bool:
        """Whether the rollup has all of it."""
        if self.is_by_day and rollup.unit != "day":
            return False
        keys = {*rollup.keys, "x_LoadId"}
        return self.values <= keys and self.marks <= keys | {*MARKED, *LACKED}


def reads(select: exp.Query) -> Reads | None:
    """What a statement reads; None if it may do something that only charges tell."""
    inner = _over_charges(select)
    if inner is None or not all(map(_is_sum, inner.find_all(exp.AggFunc))):
        return None
    values, marks, is_by_day = set[str](), set[str](), False
    for node in inner.find_all(exp.Column):
        if node.name == TIME:
            unit = _unit(node)
            if unit is None:
                return None
            is_by_day |= unit == "day"
        elif isinstance(node.parent, exp.Is) and isinstance(node.parent.expression, exp.Null):
            marks.add(node.name)
        elif not (node.name in SUMS and _summed(node)) and not _is_alias(node, inner):
            values.add(node.name)
    return Reads(frozenset(values), frozenset(marks), is_by_day)


def _over_charges(select: exp.Query) -> exp.Select | None:
    """The part of a statement that reads the charges; None if it does not do so once."""
    tables = [table for table in select.find_all(exp.Table) if table.name == TABLE]
    return tables[0].find_ancestor(exp.Select) if len(tables) == 1 else None


def smallest(views: Views, select: exp.Query) -> Rollup | None:
    """The smallest rollup that has all that a statement reads; None if none has.

    Args:
        views: the files of the rollups that there are, by name.
        select: the statement.
    """
    asked = reads(select) if views else None
    fitting = [rollup for rollup in ROLLUPS if asked and rollup.name in views and asked.fits(rollup)]
    try:
        sizes = {each: sum(file.stat().st_size for file in views[each.name]) for each in fitting}
    except FileNotFoundError:
        # A sweep has taken one.
        return None
    return min(sizes, key=lambda each: sizes[each], default=None)


def over_rollup(select: exp.Query, view: str) -> str:
    """The same statement over a rollup, whose rows are of several charges, as SQL of DuckDB."""
    select = select.copy()
    [table] = [table for table in select.find_all(exp.Table) if table.name == TABLE]
    table.set("this", exp.to_identifier(view, quoted=True))
    inner = table.find_ancestor(exp.Select)
    for one in [] if inner is None else [*inner.find_all(exp.Sum)]:
        if isinstance(counted := _of(one), exp.Literal):
            counted.replace(exp.column(CHARGES, quoted=True))
    # It is a copy already: to copy it takes as long as to write it.
    return select.sql("duckdb", copy=False)


def _is_sum(aggregate: exp.Expr) -> bool:
    """Whether it adds up amounts or counts charges, perhaps some of them, or is made of such sums."""
    if not isinstance(aggregate, exp.Sum):
        return aggregate.find(exp.Sum) is not None
    of = _of(aggregate)
    is_one = isinstance(of, exp.Literal) and of.name == "1" and of is not aggregate.this
    return is_one or (isinstance(of, exp.Column) and of.name in SUMS)


def _of(aggregate: exp.Sum) -> exp.Expr | None:
    """What a sum is of, apart from the condition."""
    of = aggregate.this
    if isinstance(of, exp.Case) and not of.args.get("default") and len(of.args["ifs"]) == 1:
        of = of.args["ifs"][0].args["true"]
    return of if isinstance(of, exp.Expr) else None


def _summed(column: exp.Column) -> bool:
    one = column.find_ancestor(exp.Sum)
    return one is not None and _of(one) is column


def _unit(column: exp.Column) -> str | None:
    """What the time of a charge is told by: day or month; None if it may be by less."""
    compared = column.parent
    if isinstance(compared, _COMPARED) and compared.this is column:
        text = next((each.name for each in compared.find_all(exp.Literal)), "")
        return "month" if text.endswith(_OF_MONTH) else "day" if text.endswith(_MIDNIGHT) else None
    if not isinstance(compared, exp.UnixMicros):
        return None
    cast = compared.find_ancestor(exp.Cast)
    if cast is None or not cast.is_type("date"):
        return None
    cut = cast.parent
    is_month = isinstance(cut, exp.DateTrunc) and cut.unit.name.upper() == "MONTH"
    return "month" if is_month else "day"


def _is_alias(column: exp.Column, inner: exp.Select) -> bool:
    """Whether it names a column of the result, as terms of ORDER BY do."""
    return column.name not in columns() and column.name in inner.named_selects

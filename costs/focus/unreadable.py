"""Says which values of a file cannot be cast, and where they are: what to tell after a cast has failed."""

from __future__ import annotations

from pathlib import PurePath

import duckdb
from sqlglot import exp

from costs.focus.cast import File, converted
from costs.focus.columns import Column, Kind
from costs.focus.sql import fill
from costs.wording import counted, shortened

# The column that names the file of a row, if the relation has it.
FILE = "x_File"
_EXAMPLES = 3


def describe(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The type in DuckDB of each column of a relation, which is what stands after FROM."""
    rows = connection.execute(f"describe {_select(relation, exp.Star())}").fetchall()
    return {name: type_ for name, type_, *_ in rows}


def unreadable(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """A sentence for each column with values that cannot be cast; none if `cast` reads all.

    Args:
        connection: a session in UTC.
        relation: what stands after FROM.
    """
    have = describe(connection, relation)
    columns = list(converted(File(have)))
    if not columns:
        return []
    wrong = [_is_wrong(column, text, value) for column, _, text, value in columns]
    numbers = _select(relation, *(fill("count_if($x)", x=each) for each in wrong))
    counts = connection.execute(numbers).fetchall()[0]
    file = exp.column(FILE, quoted=True) if FILE in have else exp.Literal.string("")
    sentences = []
    for (column, name, text, _), bad, count in zip(columns, wrong, counts, strict=True):
        if count:
            values = f"{counted(count, 'value')} of {name}"
            found = f"{_select(relation, text, file)} where {bad.sql('duckdb')} group by all order by all"
            rows = connection.execute(f"{found} limit {_EXAMPLES}").fetchall()
            examples = ", ".join(_example(*row) for row in rows)
            sentences.append(f"{values} cannot be read as {column.kind.value}, such as {examples}.")
    return sentences


def _is_wrong(column: Column, text: exp.Expr, value: exp.Expr) -> exp.Expr:
    # A JSON column may say null in JSON.
    told = fill("$text <> 'null'" if column.kind is Kind.JSON else "$text is not null", text=text)
    return exp.and_(told, fill("$value is null", value=value))


def _select(relation: str, *selected: exp.Expr) -> str:
    return f"{exp.select(*selected).sql('duckdb')} from {relation}"


def _example(value: str, path: str) -> str:
    return f"{shortened(value)!r} in {PurePath(path).name}" if path else repr(shortened(value))

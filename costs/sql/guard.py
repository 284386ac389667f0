"""Reads SQL that somebody has written, and lets one SELECT over the charges through, or nothing.

What is let through is run as sqlglot writes it, not as it was sent: what was checked is what is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlglot import TokenType, exp, parse
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from costs.errors import InvalidQuestionError
from costs.sql.allowed import NODES, TYPES
from costs.store.base import TABLE, VIEWS
from costs.wording import quoted

TABLES = (TABLE, *VIEWS)
MAX_CHARACTERS = 10_000
# The parser takes exponential time for some texts that are nested deeply.
_MAX_DEPTH = 30
_MAX_TOKENS = 2_500
# Names that no engine takes for a file, an address or a variable.
_NAME = re.compile(r"\w{1,100}", re.ASCII)
# Functions of which sqlglot knows the name only.
_BY_NAME = frozenset({"now"})
# What may be said of a table, and in a SELECT, beside what is a node of its own.
_OF_TABLES = frozenset({"this", "alias", "joins"})
# Charges have no lists and no objects, and brackets take the parser longest.
_LISTS = frozenset({TokenType.L_BRACKET, TokenType.L_BRACE})
_NAMES_OF_DIALECTS = {"duckdb": "DuckDB", "bigquery": "BigQuery"}
_HINT = (
    f"Send one SELECT over {', '.join(TABLES)}, with joins, WITH, UNION, windows and the usual functions. "
    "query_costs answers most questions without SQL."
)


def check(sql: str, dialect: str) -> exp.Query:
    """The SELECT that a text is.

    Args:
        sql: what was sent.
        dialect: the store's, as sqlglot calls it.

    Raises:
        InvalidQuestionError: it is something else, or has a part that is not allowed; says which.
    """
    name = _NAMES_OF_DIALECTS[dialect]
    if len(sql) > MAX_CHARACTERS:
        raise _refused(f"The SQL has {len(sql):,} characters, and may have {MAX_CHARACTERS:,}.")
    try:
        _check_tokens(Dialect.get_or_raise(dialect).tokenize(sql))
        statements = [each for each in parse(sql, dialect=dialect) if each is not None]
    except SqlglotError as error:
        raise _refused(f"The SQL cannot be read as {name}'s: {_first_line(error)}") from error
    except RecursionError as error:
        raise _refused("The SQL is nested too deeply.") from error
    if len(statements) != 1:
        raise _refused(f"The SQL has {len(statements)} statements instead of one.")
    return _checked(statements[0])


def _checked(query: exp.Expr) -> exp.Query:
    if not isinstance(query, exp.Select | exp.SetOperation):
        raise _refused(f"{_called(query)} is not a SELECT.")
    defined = _names_of_ctes(query)
    for node in query.walk():
        _check_node(node)
        if isinstance(node, exp.Table):
            _check_table(node, defined)
    return query


def _check_tokens(tokens: Sequence[Token]) -> None:
    """What is known before the text is parsed."""
    if len(tokens) > _MAX_TOKENS:
        raise _refused(f"The SQL has {len(tokens):,} words and signs, and may have {_MAX_TOKENS:,}.")
    depth = 0
    for token in tokens:
        if token.token_type in _LISTS:
            raise _refused(f"{token.text} makes or opens a list or an object, which is not allowed.")
        step = {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        depth += step
        if depth > _MAX_DEPTH:
            raise _refused(f"The SQL is nested more than {_MAX_DEPTH} parentheses deep.")


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous) and node.name.casefold() in _BY_NAME:
        return
    if type(node) not in NODES:
        raise _refused(f"{_called(node)} is not allowed.")
    if isinstance(node, exp.DataType) and (node.this not in TYPES or node.args.get("nested")):
        raise _refused(f"The type {quoted(node.sql())} is not allowed.")
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise _refused("WITH RECURSIVE is not allowed.")
    if isinstance(node, exp.Limit | exp.Offset) and not _is_count(node.expression):
        raise _refused(f"{type(node).__name__.upper()} must be a whole number.")
    if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("kind")):
        raise _refused("SELECT INTO, AS STRUCT and AS VALUE are not allowed.")


def _check_table(table: exp.Table, defined: Mapping[str, str]) -> None:
    """A table of ours, or one that a WITH of the same statement makes."""
    said = {name for name, value in table.args.items() if value}
    if not isinstance(table.this, exp.Identifier) or said - _OF_TABLES:
        raise _refused(f"{quoted(table.sql())} is not a table that may be read.")
    name = table.name.casefold()
    if name not in TABLES and name not in defined:
        raise _refused(f"There is no table {quoted(table.name)}.")


def _names_of_ctes(query: exp.Expr) -> dict[str, str]:
    found = {}
    for cte in query.find_all(exp.CTE):
        name = cte.alias
        if not _NAME.fullmatch(name) or name.casefold() in TABLES:
            raise _refused(f"A part of WITH cannot be called {quoted(name)}.")
        found[name.casefold()] = name
    return found


def _is_count(value: exp.Expr | None) -> bool:
    return isinstance(value, exp.Literal) and not value.is_string and value.name.isdecimal()


def _called(node: exp.Expr) -> str:
    """A node as who wrote it knows it."""
    if isinstance(node, exp.Anonymous):
        return f"The function {quoted(node.name)}"
    if isinstance(node, exp.Func):
        return f"The function {node.sql_name()}"
    return type(node).__name__.upper() if not isinstance(node, exp.Command) else quoted(node.name.upper())


def _first_line(error: SqlglotError) -> str:
    details = next(iter(getattr(error, "errors", ())), None)
    if not details:
        return quoted(f"{error}".splitlines()[0])
    return f"{details['description']} Line {details['line']}, near {quoted(details['highlight'])}."


def _refused(message: str) -> InvalidQuestionError:
    return InvalidQuestionError(message, hint=_HINT)

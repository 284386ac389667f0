"""Which customer a charge is for: the first rule that fits decides; if none does, it is unattributed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from sqlglot import exp

from costs.focus.sql import fill


class Rule(NamedTuple):
    """A rule, as its row in the database.

    Args:
        kind: what is looked at: tag, account or resource.
        name: the key of the tag, in any case.
        value: the exact value that fits; "" for any.
        consumer: the customer; "" for the value itself.
    """

    kind: str
    name: str
    value: str
    consumer: str


# Where there are no rules.
DEFAULT = tuple(Rule("tag", name, "", "") for name in ("customer", "tenant", "team"))
# The columns that a rule compares; the first that the bill fills is the customer if the rule names none.
_COLUMNS = {"account": ("SubAccountName", "SubAccountId"), "resource": ("ResourceName", "ResourceId")}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in their order."""

    rules: Sequence[Rule] = DEFAULT

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str, str]]) -> Rules:
        """The rules of these rows (kind, name, value, consumer), or else the default ones."""
        return cls(tuple(Rule(*row) for row in rows) or DEFAULT)

    def version(self) -> str:
        """Changes with the rules."""
        return sha256(json.dumps(self.rules).encode()).hexdigest()[:12]

    def consumer(self, tag_keys: Iterable[str]) -> exp.Expr:
        """The customer of a charge, in SQL over the columns of unified_costs.

        Args:
            tag_keys: all keys that the charges have in Tags.
        """
        keys = sorted(tag_keys)
        case = exp.Case()
        for rule in self.rules:
            for found, consumer in _sources(rule, keys):
                case = case.when(
                    _fits(rule, found), exp.Literal.string(rule.consumer) if rule.consumer else consumer
                )
        return case if case.args.get("ifs") else exp.null()


def _sources(rule: Rule, keys: Sequence[str]) -> Iterator[tuple[Sequence[exp.Expr], exp.Expr]]:
    """What the rule compares, any of which may fit, and which customer it then is."""
    if rule.kind == "tag":
        for key in keys:
            if key.lower() == rule.name.lower():
                yield [_tag(key)], _tag(key)
        return
    columns = [exp.column(name, quoted=True) for name in _COLUMNS[rule.kind]]
    yield columns, exp.func("coalesce", *(fill("nullif($x, '')", x=column) for column in columns))


def _fits(rule: Rule, found: Sequence[exp.Expr]) -> exp.Expr:
    if rule.value:
        value = exp.Literal.string(rule.value)
        return exp.or_(*(exp.EQ(this=each, expression=value) for each in found))
    empty = exp.Literal.string("")
    return exp.or_(*(exp.NEQ(this=exp.func("trim", each), expression=empty) for each in found))


def _tag(key: str) -> exp.Expr:
    """The text of a tag. The key travels as an RFC 6901 pointer, so that no character of it has a meaning."""
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    return fill("json_extract_string(Tags, $pointer)", pointer=exp.Literal.string(pointer))

"""Which words of a question to look for where no SKU has them all: those that weigh most together.

Questions have words that are not meant for the price list ("the nearline files we deleted by mistake"). The
heaviest word is the first, and others join it, the heaviest first, as long as some SKU has them all. Then the
heaviest of those that could not join is tried as the first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from catalog.search.index.criteria import NEW_CODE, Condition, Wanted
from catalog.search.index.fts import both
from catalog.search.index.sql import Sql, compose
from catalog.search.query import Term

Weighed = TypeVar("Weighed", Condition, Term)
# So many words are tried as the first, of many words fewer: each try takes a look at the index for each word.
STARTS, STARTS_OF_MANY = 3, 2
MANY = 4
# The words kept weigh at least so much: a mere start of a word or a number is not enough.
LEAST = 2

# A code names a thing: better nothing than something else. So the words kept have to outweigh by half the
# codes left out ("c9"), or, where the catalog knows these and another code is kept ("g2 l4 gpu"), all that is
# left out.
CHOOSE = """
WITH RECURSIVE word(i, expression, weight, code, is_had) AS MATERIALIZED (
    SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {fixed} || json_extract(value, '$[0]'))
    FROM json_each({words}) ORDER BY key
),
way(start, i, expression, tried) AS (
    SELECT 0, {count}, '', '' WHERE {is_needed}
    UNION ALL SELECT start + 1, 0, (
        SELECT expression FROM word WHERE is_had AND NOT instr(tried || way.expression, expression)
        ORDER BY i LIMIT 1
    ), tried || way.expression
    FROM way WHERE i = {count} AND start < {starts} AND expression IS NOT NULL
    UNION ALL SELECT start, way.i + 1, CASE
        WHEN is_had AND NOT instr(way.expression, word.expression) AND (way.expression = '' OR EXISTS (
            SELECT 1 FROM sku_words WHERE sku_words MATCH way.expression || ' AND ' || word.expression
        )) AND EXISTS (
            SELECT 1 FROM sku_words
            WHERE sku_words MATCH {fixed} || way.expression || ' AND ' || word.expression
        ) THEN way.expression || ' AND ' || word.expression
        ELSE way.expression
    END, tried
    FROM way CROSS JOIN word USING (i)
),
best(expression, kept, kept_code, left_code, left_codes) AS MATERIALIZED (
    SELECT way.expression,
        (SELECT sum(weight) FROM word WHERE instr(way.expression, word.expression)) AS kept,
        (SELECT max(code) FROM word WHERE instr(way.expression, word.expression)),
        (SELECT max(code) FROM word WHERE NOT instr(way.expression, word.expression)),
        (SELECT total(weight) FROM word WHERE code AND NOT instr(way.expression, word.expression))
    FROM way WHERE i = {count} AND start > 0 AND expression IS NOT NULL ORDER BY kept DESC, start LIMIT 1
)
SELECT 'kept', NULL, word.i FROM best JOIN word ON instr(best.expression, word.expression)
WHERE kept >= {least} AND (
    kept * 2 >= left_codes * 3
    OR kept_code AND left_code < {new} AND kept * 2 > (SELECT sum(weight) FROM word)
)
"""


def choose(fixed: Sequence[Condition], words: Sequence[Condition], is_needed: Sql) -> Sql:
    """Rows with the numbers of the words to look for; none where too little of the question would be left.

    Args:
        fixed: what a SKU has to meet in any case.
        words: the words.
        is_needed: whether no SKU has them all.
    """
    values = [(f"({word.match})", word.weight, word.code) for word in heaviest_first(words)]
    return compose(
        CHOOSE,
        words=Sql("%s", (json.dumps(values),)),
        is_needed=is_needed,
        fixed=Sql("%s", (f"{both(condition.match for condition in fixed)} AND " if fixed else "",)),
        count=Sql(str(len(words))),
        starts=Sql(str(STARTS if len(words) <= MANY else STARTS_OF_MANY)),
        least=Sql(str(LEAST)),
        new=Sql(str(NEW_CODE)),
    )


def keep(wanted: Wanted, numbers: Collection[int]) -> Wanted:
    """`wanted` with the words of `numbers`, which `choose` gave; the others only rank."""
    words = heaviest_first([term for term in wanted.question.terms if not term.is_optional])
    left = [term for number, term in enumerate(words) if number not in numbers]
    terms = tuple(replace(term, is_optional=True) if term in left else term for term in wanted.question.terms)
    without = tuple(term.word for term in wanted.question.terms if term in left)
    return replace(wanted, question=replace(wanted.question, terms=terms), without=without)


def heaviest_first(words: Sequence[Weighed]) -> list[Weighed]:
    return sorted(words, key=lambda word: -word.weight)

from __future__ import annotations

import pytest

from catalog.pricing.list_prices import snapshot
from catalog.search.arguments import read_request
from catalog.search.contract import SearchRequest
from catalog.search.index.plan import conditions
from catalog.search.index.sql import any_is, count_having, rows_of, sum_over
from catalog.search.index.statements import find_skus
from catalog.search.index.vocabulary import vocabulary_of
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def test_questions_share_the_text_of_a_statement_so_that_it_is_prepared_once() -> None:
    compute = make_service(display_name="Compute Engine")
    for name in ("N2 Instance Core running in Frankfurt", "E2 Instance Ram running in Los Angeles"):
        make_sku(service=compute, display_name=name)
    vocabulary = vocabulary_of(snapshot(latest=make_update()))

    texts = set()
    for query in ("n2 core frankfurt", "e2 ram in los angeles", "a core of c3 london"):
        plan = read_request(SearchRequest(query), vocabulary)
        texts.add(find_skus(plan, conditions(plan), 10, 0).text)

    assert len(texts) == 1


def test_what_fills_up_a_list_of_parameters_counts_for_nothing() -> None:
    text = "' n2 core in london '"
    tests = [
        (any_is(f"instr({text}, %s) > 0", []), 0),
        (any_is(f"instr({text}, %s) > 0", ["ram"]), 0),
        (any_is(f"instr({text}, %s) > 0", ["ram", "core", "disk", "gpu", "tpu"]), 1),
        (sum_over("coalesce(%s + 0, 0)", ["1", "2", "3", "4", "5"]), 15),
        (count_having(text, []), 0),
        (count_having(text, [["core"], ["ram"], ["ram", "n2"], ["in", "london"], ["disk", "gpu"]]), 3),
    ]
    for statement, expected in tests:
        assert rows_of(type(statement)(f"SELECT {statement.text}", statement.params)) == [(expected,)]

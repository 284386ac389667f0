"""The engines to compare: search itself, the LIKE query of the architecture document, and plain FTS5."""

from __future__ import annotations

import re
import sqlite3
from fnmatch import fnmatchcase

from django.db import connection

from benchmarks.search_quality.questions import Question
from catalog.models import PricingUpdate, Sku
from catalog.search import SearchRequest, search

LIKE = """
SELECT sku_id FROM skus
WHERE (display_name LIKE %s OR description LIKE %s) AND geo_taxonomy_regions LIKE %s LIMIT 10
"""
BM25 = "SELECT sku_id FROM plain WHERE plain MATCH ? AND regions LIKE ? ORDER BY bm25(plain) LIMIT 10"


def right_skus(question: Question) -> set[str]:
    """The IDs of the SKUs that answer the question.

    Raises:
        ValueError: there are none, so the label is wrong.
    """
    patterns = [name.lower() for name in question.names]
    right = {
        sku_id
        for sku_id, name, regions in _skus()
        if any(fnmatchcase(name.lower(), pattern) for pattern in patterns)
        and (question.region is None or question.region in regions)
    }
    if not right:
        raise ValueError(f"no SKU answers {question}")
    return right


_offered: list[tuple[str, str, list[str]]] = []


def _skus() -> list[tuple[str, str, list[str]]]:
    if not _offered:
        _offered.extend(Sku.objects.offered().values_list("sku_id", "display_name", "service_regions"))
    return _offered


def product(question: Question) -> list[str]:
    request = SearchRequest(question.query, kind="skus", **question.arguments)
    return [sku["sku_id"] for sku in search(request, latest=PricingUpdate.objects.latest_completed())["skus"]]


def like(question: Question) -> list[str]:
    words = f"%{question.query}%"
    with connection.cursor() as cursor:
        cursor.execute(LIKE, [words, words, f"%{question.arguments.get('region', '')}%"])
        return [sku_id for (sku_id,) in cursor.fetchall()]


class Bm25:
    """Any of the words in name or description, ranked by the bm25 of FTS5, filtered by region."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE VIRTUAL TABLE plain USING fts5(sku_id UNINDEXED, name, description, regions UNINDEXED)"
        )
        fields = ("sku_id", "display_name", "description", "service_regions")
        rows = ((*row[:3], " ".join(row[3])) for row in Sku.objects.offered().values_list(*fields))
        self._database.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", rows)

    def find(self, question: Question) -> list[str]:
        words = re.findall(r"\w+", question.query)
        expression = " OR ".join(f'"{word}"' for word in words)
        region = f"%{question.arguments.get('region', '')}%"
        return [sku_id for (sku_id,) in self._database.execute(BM25, (expression, region))]

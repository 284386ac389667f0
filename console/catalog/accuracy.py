"""The accuracy page: what Google says that things cost, beside what the catalog answered after a sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from catalog.accuracy.check import STATUSES, counts
from catalog.models import SAMPLE, AccuracyCheck
from catalog.pricing.answers import utc_text
from console.pages import Page, Table

COLUMNS = ("id", "status", "question", "expected", "found", "reason", "source", "date")


def accuracy(_request: HttpRequest) -> Page:
    """Show the latest check of the known figures, the failed ones first; no figure before it."""
    latest = AccuracyCheck.objects.select_related("update").defer("update__error_message").first()
    found = latest.findings if latest else []
    figures = sorted(found, key=lambda figure: STATUSES.index(figure["status"]))
    answer = {
        "update_id": latest.update_id if latest else None,
        "checked_at": utc_text(latest.checked_at) if latest else None,
        "is_sample": bool(latest and latest.update.source == SAMPLE),
        **counts(figures),
        "figures": figures,
    }
    table = Table(COLUMNS, _rows(figures), frozenset({"expected", "found"}))
    return Page("console/accuracy.html", answer, table)


def _rows(figures: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str | None]]:
    for figure in figures:
        yield [figure[name] for name in COLUMNS]

"""Errors of questions in words."""

from __future__ import annotations

from catalog.errors import CatalogError


class AskError(CatalogError):
    """A question that cannot be taken as it was sent."""

    code = "invalid_argument"


class UnknownTurnError(CatalogError):
    """There is no such answer to follow, or it is another person's, or too old."""

    code = "not_found"

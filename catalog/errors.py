"""Errors of price queries and of syncs, with data that says what to do about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class CatalogError(Exception):
    """A query that cannot be answered as sent.

    Args:
        message: what is wrong, in one sentence.
        hint: what to send instead, in one sentence.
        candidates: what may have been meant, most likely first.
    """

    code: ClassVar[str]

    def __init__(self, message: str, *, hint: str = "", candidates: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.candidates = list(candidates)


class InvalidArgumentError(CatalogError):
    code = "invalid_argument"


class NotFoundError(CatalogError):
    code = "not_found"


class UnitMismatchError(CatalogError):
    code = "unit_mismatch"


class RegionMismatchError(CatalogError):
    code = "region_mismatch"


class NoPriceError(CatalogError):
    code = "no_price"


class CatalogEmptyError(CatalogError):
    code = "catalog_empty"


class SourceError(Exception):
    """A price list that could not be read.

    Args:
        message: what went wrong, in one sentence.
        retryable: whether a later attempt may succeed.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class ParseError(SourceError):
    """A record of a price list that cannot be parsed."""


class SyncRefusedError(Exception):
    """A sync that must not run now, or not on this database."""


class SyncArgumentError(SyncRefusedError):
    """A sync of a source or service that does not exist; it leaves no row in the sync history."""


class LeaseLostError(SyncRefusedError):
    """A run that must stop, because another run has replaced it."""

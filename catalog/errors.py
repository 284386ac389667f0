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


# A longer message would bury the first errors.
MAX_MERGED = 20


def merge(errors: Sequence[CatalogError]) -> CatalogError:
    """One error that names all of them, with the code of the first.

    Args:
        errors: at least one error.

    Returns:
        The error itself if it is the only one. Otherwise candidates are those of errors with the same code,
        since their form depends on it.
    """
    first, *others = errors
    if not others:
        return first
    messages = [error.message for error in errors[:MAX_MERGED]]
    if len(errors) > MAX_MERGED:
        messages.append(f"And {len(errors) - MAX_MERGED} more errors.")
    candidates: list[Any] = []
    for error in errors:
        if error.code == first.code:
            candidates += [candidate for candidate in error.candidates if candidate not in candidates]
    hints = dict.fromkeys(error.hint for error in errors if error.hint)
    return type(first)(" ".join(messages), hint=" ".join(hints), candidates=candidates)


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

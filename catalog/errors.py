"""What can be wrong with a question about prices, and with a price list.

Each error carries what its reader can do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class CatalogError(Exception):
    """A question that cannot be answered as asked.

    Args:
        message: what is wrong, in a sentence.
        hint: what to send instead, in a sentence.
        candidates: what might have been meant, most likely first.
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
        message: what went wrong, in a sentence.
        retryable: whether asking again later may help.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class ParseError(SourceError):
    """A record of a price list that says something we do not understand."""


class SyncRefusedError(Exception):
    """A sync that would harm the catalog."""


class LeaseLostError(SyncRefusedError):
    """A run that may not go on, because another has taken its place."""

"""What can be wrong with a question about prices. Each error carries what its reader can do about it."""

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

"""Errors of cost loads and cost queries, with data that says what to do about them."""

from __future__ import annotations

from catalog.errors import CatalogError


class CostError(CatalogError):
    """A question about costs that cannot be answered as sent."""


class InvalidQuestionError(CostError):
    code = "invalid_argument"


class UnknownDimensionError(CostError):
    code = "unknown_dimension"


class NotLoadedError(CostError):
    code = "not_loaded"


class UnknownBudgetError(CostError):
    code = "unknown_budget"


class TooLargeError(CostError):
    code = "too_large"


class BusyError(CostError):
    """Too many others ask at the moment."""

    code = "rate_limited"


class StoreUnavailableError(CostError):
    """The store of costs cannot be asked now, or not by these credentials."""

    code = "unavailable"


class LoadError(Exception):
    """A delivery of cost data that cannot be loaded; the message is one sentence for whoever runs the job."""


class ExportError(Exception):
    """A file that cannot be written; the message says what to do."""


class InvoiceError(Exception):
    """An invoice that cannot be read; the message says where, and what to write instead."""


class SourceArgumentError(Exception):
    """A source that there is not; the message names those that there are."""


class LoadRefusedError(Exception):
    """Another load of the same source is running."""


class LeaseLostError(LoadRefusedError):
    """A load that must stop, because another has replaced it."""


class RunRefusedError(Exception):
    """Another run of the job is at work."""


class RunLostError(RunRefusedError):
    """A run that must stop, because another has replaced it."""

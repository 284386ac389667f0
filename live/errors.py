"""Errors of collecting and of questions about live usage."""

from __future__ import annotations

from costs.errors import CostError


class LiveError(CostError):
    """A question about live usage that cannot be answered as sent."""


class InvalidLiveQuestionError(LiveError):
    code = "invalid_argument"


class NoLiveDataError(LiveError):
    code = "not_collected"


class CollectError(Exception):
    """A source that cannot be read; the message is one sentence for whoever runs the job."""


class SourceArgumentError(Exception):
    """A source that there is not; the message names those that there are."""

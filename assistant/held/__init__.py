"""Holds the figures of a model's prose to the rows behind them: a number that is in no row is marked.

Nothing of a model's text is shown before it was looked at, streamed or not. What is no figure is left alone
by its form: dates, times, versions in names, the numbers of items in lists, units such as "per 1M tokens".
"""

from __future__ import annotations

from assistant.held.evidence import Evidence
from assistant.held.prose import Prose, Run

__all__ = ["Evidence", "Prose", "Run"]

"""Loads cost data into the store: `load` is the job, `LoadReport` what it says."""

from __future__ import annotations

from costs.load.job import load
from costs.load.report import LoadReport

__all__ = ["LoadReport", "load"]

"""What answers say: trends, forecasts, anomalies, budgets. Each is a function from questions to findings."""

from __future__ import annotations

"""Sources, loads, names, budgets and alerts in the admin."""

from __future__ import annotations

from costs.admin import alerts, budgets, loads, names, sources

__all__ = ["alerts", "budgets", "loads", "names", "sources"]

"""A total of live costs, in words that say what kind of figure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.costs.figures import cell
from costs.reports.shown import column


def total(said: Mapping[str, Any], *, is_whole: bool) -> dict[str, Any]:
    """A total and what kind of figure it is: as known, at least, at most, or neither."""
    words = {(True, False): "", (False, False): "at least", (True, True): "at most", (False, True): "about"}
    return {
        "cell": cell(column("cost", "Cost", "money"), said["cost"]),
        "currency": said["currency"],
        "bound": words[is_whole, bool(said["is_upper_bound"])],
    }

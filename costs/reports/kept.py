"""Answers of reports, kept beside the lake: of the same loads, on the same day, a report says the same.

A page has many panels, and to find anomalies takes a second; load_costs makes those that are asked first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.conf import settings

from catalog.pricing.answers import utc_text
from costs.query.snapshot import Snapshot
from costs.store.kept import RESULTS, KeptResults

# Changes with what reports say.
_VERSION = "6"

Answer = TypeVar("Answer", bound=Mapping[str, Any])


def kept(name: str, arguments: Mapping[str, Any], costs: Snapshot, answer: Callable[[], Answer]) -> Answer:
    """The answer of a report, as of the costs' moment; it is made if it is not kept.

    Args:
        name: of the report.
        arguments: what else it depends on, as JSON can have it.
        costs: the costs of a moment.
        answer: makes it; an answer is JSON, with its `as_of`.
    """
    results = KeptResults(settings.COSTS_DIR.absolute() / RESULTS)
    key = _key(name, arguments, costs)
    if found := results.get(key, []):
        made: Answer = json.loads(found[1][0][0])
        # No other loads have become current since.
        return {**made, "as_of": utc_text(costs.as_of)}  # type: ignore[return-value]  # with the same names
    made = answer()
    # To be read again, it costs nothing.
    again = {name: value for name, value in made.items() if name != "query_cost"}
    results.put(key, [], (["answer"], [(json.dumps(again, ensure_ascii=False),)]))
    return made


def _key(name: str, arguments: Mapping[str, Any], costs: Snapshot) -> str:
    """All that an answer depends on. What is "not over", or stale, depends on the day."""
    rests_on = {
        "version": _VERSION,
        "report": name,
        "arguments": arguments,
        # A late estimate that gives way at once changes what is said of the bill, and so do doubts that
        # come later than a load.
        "loads": [
            (load.id, [each.load for each in load.replaces], [doubt.says for doubt in load.doubts])
            for load in costs.loads
        ],
        "sources": [repr(state) for state in costs.sources],
        "day": f"{costs.as_of.date()}",
    }
    return json.dumps(rests_on, sort_keys=True, default=str)

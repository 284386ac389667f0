"""All rules, each of which may fail without keeping the others from being evaluated."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from costs.alerts import of_anomalies, of_budgets, of_loads
from costs.alerts.findings import Findings
from costs.errors import CostError, NotLoadedError
from costs.query.snapshot import Snapshot, take
from costs.store.base import CostStore

logger = logging.getLogger(__name__)

COSTS = "costs"

# The beginnings of causes, with what they are called and what finds them.
_OF_COSTS: dict[str, tuple[str, Callable[[Snapshot], Findings]]] = {
    "budget/": ("Budgets", of_budgets.find),
    "anomaly/": ("Anomalies", of_anomalies.find),
}


def find(store: CostStore, now: datetime, beat: Callable[[], object]) -> Findings:
    """Everything that is wrong with costs.

    Args:
        store: the costs.
        now: the time.
        beat: called between rules.
    """
    found = tried("loads/", "Loads", lambda: of_loads.find(store, now))
    costs: list[Snapshot] = []
    for prefix, (name, rule) in _OF_COSTS.items():
        beat()

        def evaluate(rule: Callable[[Snapshot], Findings] = rule) -> Findings:
            # One moment for all rules.
            costs[:] = costs or [take(store, None, now)]
            return rule(costs[0])

        found = _joined(found, tried(prefix, name, evaluate))
    return found


def tried(prefix: str, name: str, rule: Callable[[], Findings]) -> Findings:
    """What a rule finds; if it fails, that its causes are unknown."""
    try:
        return rule()
    except CostError as error:
        # What is not loaded yet is no fault.
        is_fault = not isinstance(error, NotLoadedError)
        return Findings(unknown={prefix: f"{name} cannot be evaluated: {error.message}"}, failed=is_fault)
    except Exception as error:
        logger.exception("The evaluation of %s failed", name)
        why = f"{name} cannot be evaluated: it failed by {type(error).__name__}, which the log has."
        return Findings(unknown={prefix: why}, failed=True)


def _joined(one: Findings, other: Findings) -> Findings:
    return Findings(
        {**one.found, **other.found},
        {**one.unknown, **other.unknown},
        one.replaced | other.replaced,
        one.failed or other.failed,
    )


class Rules(NamedTuple):
    """Rules that are evaluated together.

    Args:
        prefixes: the beginnings of their causes.
        find: finds what is wrong.
        is_needed: whether there is anything to evaluate.
        keeps: how long their evaluations are kept; None for good.
    """

    prefixes: tuple[str, ...]
    find: Callable[[CostStore, datetime, Callable[[], object]], Findings]
    is_needed: Callable[[], bool] = lambda: True
    keeps: timedelta | None = None


# The sets of rules; rooms above add theirs when the apps are loaded.
RULES: dict[str, Rules] = {COSTS: Rules(("loads/", *_OF_COSTS), find)}

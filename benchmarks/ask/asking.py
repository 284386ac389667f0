"""Asks questions of the demo, and marks the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from assistant import known
from assistant.ask import ask
from benchmarks.ask.baseline import read
from benchmarks.ask.cases import Case
from benchmarks.ask.figures import Demo, Row
from benchmarks.ask.judge import Mark, is_same, mark
from costs.management import demo
from costs.models import CostLoad
from costs.query.snapshot import Snapshot, take
from costs.reports.budgets import budget_status
from costs.reports.compare_models import compare_models
from costs.reports.find_anomalies import find_anomalies
from costs.reports.forecasts import forecast_costs
from costs.store import configured
from costs.store.lake import Lake

_NAMED = ("cloud", "service", "account", "region", "model", "developer", "customer")


class Asking:
    """The demo up to the day before `today`, asked on that day."""

    def __init__(self, today: date) -> None:
        demo.remove()
        demo.install(today)
        known.forget()
        self._today = today
        lake = Lake()
        self._demo = Demo([f"{lake.file(load)}" for load in CostLoad.objects.current()], today)
        self._ids: dict[int, str] = {}

    def answer(self, case: Case) -> Mapping[str, Any]:
        follow = self._ids[id(case.follows)] if case.follows else ""
        answer = ask(None, case.text, today=case.today, follow=follow)
        self._ids[id(case)] = answer["id"]
        return answer

    def mark(self, case: Case, answer: Mapping[str, Any]) -> Mark:
        return mark(answer, case.accepted, self._expected)

    def baseline(self, case: Case) -> Mark:
        """The mark of the baseline, which answers everything, and without the question before."""
        names = {name: values for name, values in known.names(self._costs()).values.items() if name in _NAMED}
        found = read(case.text, case.today, names)
        rows = [{**row} for row in self._demo.expected(found)]
        answer = {"question": {"kind": "costs"}, "rows": rows, "asks": [], "not_understood": []}
        with_figures = [
            each for each in case.accepted if not {"asks", "not_understood", "refused"} & each.keys()
        ]
        right = any(is_same(answer, each, self._expected) for each in with_figures)
        return Mark.EXACT if right else Mark.WRONG

    def _expected(self, expect: Mapping[str, Any]) -> Sequence[Row]:
        kind = expect.get("kind", "costs")
        if kind in ("costs", "share", "count"):
            return self._demo.expected(expect)
        return [{**row} for row in self._report(kind, expect)]

    def _report(self, kind: str, expect: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        costs, filters = self._costs(), expect.get("filters", {})
        start, end = expect.get("start"), expect.get("end")
        if kind == "forecast":
            return forecast_costs(filters, expect.get("until"), costs)["rows"]
        if kind == "anomalies":
            return find_anomalies(costs, start=start, end=end, filters=filters)["anomalies"]
        if kind == "budgets":
            return budget_status(costs, name=expect.get("name"))["budgets"]
        candidates = expect.get("candidates", [])
        return compare_models(costs, filters=filters, start=start, end=end, candidates=candidates)["rows"]

    def _costs(self) -> Snapshot:
        moment = datetime.combine(self._today, time(23, 59, 59), UTC)
        if self._today == datetime.now(UTC).date():
            moment = datetime.now(UTC)
        return replace(take(configured.open_store(), None), as_of=moment)

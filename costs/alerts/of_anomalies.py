"""Days that cost far more than they usually do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from costs.alerts.figures import money
from costs.alerts.findings import Findings, Found
from costs.models import Alert
from costs.query.snapshot import Snapshot
from costs.reports.find_anomalies import AnomalyRow, find_anomalies
from costs.wording import counted, quoted


def find(costs: Snapshot) -> Findings:
    """The anomalies of the last days that cost more than usual; a fall is shown on the page only."""
    end = costs.as_of.date()
    start = end - timedelta(days=settings.ALERT_ANOMALY_DAYS)
    answer = find_anomalies(costs, start=start, end=end)
    if answer["through"] is None:
        return Findings(unknown={"anomaly/": f"Anomalies cannot be evaluated: {answer['hint']}"})
    findings = Findings()
    for anomaly in answer["anomalies"]:
        if anomaly["direction"] == "up":
            findings.add(_found(anomaly, is_demo=answer["is_demo"]))
    return findings


def _found(anomaly: AnomalyRow, *, is_demo: bool) -> Found:
    return Found(
        cause=f"anomaly/{anomaly['cause_key']}",
        kind=Alert.Kind.ANOMALY,
        severity=Alert.Severity.WARNING,
        summary=summary(anomaly),
        details={**anomaly},
        about={**anomaly["cause"], "currency": anomaly["currency"]},
        path="/costs/anomalies/",
        is_demo=is_demo,
    )


def summary(anomaly: AnomalyRow) -> str:
    """What an anomaly is, in a sentence about what the figures are of, and one that names the cause."""
    actual, expected = Decimal(anomaly["actual"]), Decimal(anomaly["expected"])
    excess, currency = Decimal(anomaly["excess"]), anomaly["currency"]
    shown, cause = _named(anomaly["found_in"]), _named(anomaly["cause"])
    way = "more" if anomaly["direction"] == "up" else "less"
    told = (
        f"{shown[0].upper()}{shown[1:]} cost {money(actual)} {currency} {_when(anomaly)}, "
        f"{money(abs(excess))} {currency} {way} than the usual {money(expected)}."
    )
    return told if cause == shown else f"{told} Cause: {cause}."


def _named(values: Mapping[str, str | None]) -> str:
    """Values by dimension, such as: customer "acme", model "nova-lite"."""
    parts = [f"{name} {'none' if value is None else quoted(value)}" for name, value in values.items()]
    return ", ".join(parts) or "everything"


def _when(anomaly: AnomalyRow) -> str:
    days = anomaly["days"]
    if len(days) == 1:
        return f"on {days[0]}"
    return f"on {counted(len(days), 'day')} from {days[0]} to {days[-1]}"

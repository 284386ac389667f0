"""Days that cost far more than they usually do."""

from __future__ import annotations

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
        summary=_summary(anomaly),
        details={**anomaly},
        about={**anomaly["cause"], "currency": anomaly["currency"]},
        path="/costs/anomalies/",
        is_demo=is_demo,
    )


def _summary(anomaly: AnomalyRow) -> str:
    actual, expected = Decimal(anomaly["actual"]), Decimal(anomaly["expected"])
    excess, currency = Decimal(anomaly["excess"]), anomaly["currency"]
    return (
        f"{_cause(anomaly)} cost {money(actual)} {currency} {_when(anomaly)}, "
        f"{money(excess)} {currency} more than the usual {money(expected)}."
    )


def _cause(anomaly: AnomalyRow) -> str:
    """What explains it, such as: Customer "acme", model "nova-lite"."""
    parts = [
        f"{dimension} {'none' if value is None else quoted(value)}"
        for dimension, value in anomaly["cause"].items()
    ]
    text = ", ".join(parts) or "everything"
    return text[0].upper() + text[1:]


def _when(anomaly: AnomalyRow) -> str:
    days = anomaly["days"]
    if len(days) == 1:
        return f"on {days[0]}"
    return f"on {counted(len(days), 'day')} from {days[0]} to {days[-1]}"

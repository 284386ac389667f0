"""Which thresholds budgets have reached."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from costs.alerts.figures import money, per_cent
from costs.alerts.findings import Findings, Found
from costs.errors import CostError
from costs.models import Alert, Budget
from costs.query.snapshot import Snapshot
from costs.reports.budget_terms import Period
from costs.reports.budgets import BudgetRow, BudgetState, Reached, state_of

# A bill has the last charges of a month some days after it is over.
BILLED_LATE = timedelta(days=5)
WHOLE = 100
# Of a budget, what is kept with an alert.
_TOLD = (
    "period",
    "limit",
    "currency",
    "spent",
    "percent",
    "forecast",
    "low",
    "high",
    "forecast_percent",
)


def find(costs: Snapshot) -> Findings:
    """The thresholds that enabled budgets have reached, in this period and one that has just ended."""
    findings = Findings()
    for budget in Budget.objects.filter(is_enabled=True):
        for period in _periods(budget, costs):
            _find(budget, period, costs, findings)
    return findings


def _periods(budget: Budget, costs: Snapshot) -> list[Period]:
    unit = Budget.Period(budget.period)
    days = (costs.as_of.date(), (costs.as_of - BILLED_LATE).date())
    return list(dict.fromkeys(Period.of(day, unit) for day in days))


def _find(budget: Budget, period: Period, costs: Snapshot, findings: Findings) -> None:
    prefix = f"budget/{budget.name}/{period}/"
    try:
        state = state_of(budget, costs, period.start)
    except CostError as error:
        findings.unknown[prefix] = f"The budget {budget.name} cannot be evaluated: {error.message}"
        findings.failed = True
        return
    if state is None:
        return
    row = state.row
    if not row["is_complete"]:
        # What is known to be spent is spent; whether that is all is not known.
        why = row["hint"] or "no costs of it are loaded."
        findings.unknown[prefix] = f"The budget {budget.name} cannot be evaluated for {period}: {why}"
    elif _lacks_forecast(state) and budget.forecast_thresholds and costs.as_of < period.ends_at:
        why = "too few whole days are loaded."
        findings.unknown[f"{prefix}forecast/"] = (
            f"The forecast of the budget {budget.name} cannot be made for {period}: {why}"
        )
    _add(state, prefix, period, findings)


def _lacks_forecast(state: BudgetState) -> bool:
    """Whether there is no forecast though there are charges to forecast."""
    return state.has_charges and state.row["forecast"] is None


def _add(state: BudgetState, prefix: str, period: Period, findings: Findings) -> None:
    row = state.row
    actual = [each for each in row["reached"] if each["kind"] == "actual"]
    most = max((each["threshold"] for each in actual), default=0)
    ahead = [each for each in row["reached"] if each["kind"] == "forecast"]
    # What is spent is no longer forecast.
    surely = [each for each in ahead if each["threshold"] > most]
    findings.replaced |= {f"{prefix}forecast/{each['threshold']}" for each in ahead if each not in surely}
    for reached in (actual, surely):
        for each in reached:
            findings.add(_found(state, each, reached[-1], prefix, period))


def _found(state: BudgetState, each: Reached, last: Reached, prefix: str, period: Period) -> Found:
    row = state.row
    is_critical = each["kind"] == "actual" and each["threshold"] >= WHOLE
    return Found(
        cause=f"{prefix}{each['kind']}/{each['threshold']}",
        kind=Alert.Kind.BUDGET,
        severity=Alert.Severity.CRITICAL if is_critical else Alert.Severity.WARNING,
        summary=_spent(row, each, period) if each["kind"] == "actual" else _forecast(row, period),
        details={**{name: row.get(name) for name in _TOLD}, **each},
        about={"budget": row["name"]},
        path=f"/costs/budgets/{row['name']}/",
        is_demo=state.is_demo,
        is_covered=each is not last,
        owners=tuple(row["owners"]),
    )


def _spent(row: BudgetRow, each: Reached, period: Period) -> str:
    spent, limit = Decimal(row["spent"] or 0), Decimal(row["limit"])
    what = f"Budget {row['name']}: {money(spent)} of {money(limit)} {row['currency']} is spent in {period}"
    beyond = spent - limit
    over = f", {money(beyond)} {row['currency']} over it" if beyond > 0 else ""
    return f"{what} ({per_cent(row['percent'])}){over}. It reached {each['threshold']} % on {each['since']}."


def _forecast(row: BudgetRow, period: Period) -> str:
    spent, ahead = Decimal(row["spent"] or 0), Decimal(row["forecast"] or 0)
    low, high = row["low"], row["high"]
    band = f", from {money(Decimal(low))} to {money(Decimal(high))}" if low and high else ""
    return (
        f"Budget {row['name']}: {money(ahead)} of {money(Decimal(row['limit']))} {row['currency']} is "
        f"forecast for {period} ({per_cent(row['forecast_percent'])}){band}. {money(spent)} is spent so far."
    )

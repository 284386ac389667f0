"""The page of anomalies: days that cost more or less than is usual, why, and who knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from catalog.errors import CatalogError
from console.costs.access import for_readers
from console.costs.asking import explore
from console.costs.figures import Cell, cell, money
from console.costs.filters import said
from console.costs.moments import Moment, moment_of
from console.costs.panels import table_of
from console.pages import Page
from costs.alerts import acknowledge as alerts
from costs.alerts.of_anomalies import summary
from costs.models import Alert, Mute
from costs.query.periods import DAY, Window
from costs.query.question import Question
from costs.reports.find_anomalies import AnomalyAnswer, AnomalyRow
from costs.reports.shown import column
from costs.reports.warm import kept_anomalies

# An alert's cause begins so.
CAUSE = "anomaly/"
MAX_REASON = 500
MUTED_DAYS = {"7": "a week", "30": "30 days", "90": "90 days", "always": "always"}
# Days before and after, which show what is usual.
_AROUND = timedelta(days=14)
COLUMNS = (
    column("day", "Day", "day"),
    column("days", "Days", "text"),
    column("currency", "Currency", "text"),
    column("direction", "Direction", "text"),
    column("found_in", "Found in", "text"),
    column("actual", "Actual", "money"),
    column("expected", "Expected", "money"),
    column("low", "Low", "money"),
    column("high", "High", "money"),
    column("excess", "Excess", "money"),
    column("cause", "Cause", "text"),
    column("state", "State", "text"),
    column("cause_key", "Cause key", "text"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An anomaly as the page shows it.

    Args:
        row: as the tool find_anomalies answers.
        alert: the latest about it, if there is one.
        mute: what keeps it from alerting, if anything does.
    """

    row: AnomalyRow
    alert: Alert | None
    mute: Mute | None

    @property
    def state(self) -> str:
        if self.alert and self.alert.acknowledged_at:
            return "acknowledged"
        return "muted" if self.mute else "open"

    @property
    def days(self) -> str:
        days = self.row["days"]
        return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"

    @property
    def cause(self) -> list[tuple[str, str]]:
        return [(name, said(name, value)) for name, value in self.row["cause"].items()]

    @property
    def found_in(self) -> str:
        """What the figures are of."""
        return _named(self.row["found_in"])

    @property
    def figures(self) -> dict[str, Cell]:
        values: Mapping[str, Any] = self.row
        names = ("actual", "expected", "low", "high", "excess")
        return {name: cell(column(name, name, "money"), values[name]) for name in names}

    @property
    def more(self) -> str:
        """The excess without its sign, which words say."""
        return money(f"{abs(Decimal(self.row['excess']))}")

    @property
    def parts(self) -> list[tuple[str, Cell]]:
        """What explains it, and its part of the excess."""
        excess = column("excess", "Part of it", "money")
        return [(_charges(part["values"]), cell(excess, part["excess"])) for part in self.row["explained"]]

    @property
    def explore(self) -> str:
        """The address of what the figures are of by day, with the days around."""
        return self._explore(self.row["found_in"])

    @property
    def explore_cause(self) -> str:
        """The same of the cause."""
        return self._explore(self.row["cause"])

    def _explore(self, values: Mapping[str, str | None]) -> str:
        start, end = (date.fromisoformat(self.row["days"][place]) for place in (0, -1))
        filters = {name: [value] for name, value in values.items()}
        filters["currency"] = [self.row["currency"]]
        question = Question(
            dimensions=("day",), filters=filters, start=start - _AROUND, end=end + DAY + _AROUND
        )
        return explore(question)

    def as_json(self) -> dict[str, Any]:
        return {**self.row, "state": self.state, **_who(self.alert, self.mute)}


def _named(values: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {said(name, value)}" for name, value in values.items()) or "all charges"


def _charges(values: Mapping[str, str | None] | None) -> str:
    return " · ".join(said(*each) for each in values.items()) if values else "all others"


def _who(alert: Alert | None, mute: Mute | None) -> dict[str, Any]:
    """Who said that it is known, when and why."""
    if alert and alert.acknowledged_at:
        return {"by": f"{alert.acknowledged_by or ''}", "reason": alert.reason}
    return {"by": f"{mute.by or ''}", "reason": mute.reason} if mute else {"by": None, "reason": None}


def anomalies(request: HttpRequest) -> Page:
    """Show the anomalies of the last 30 days, or of the days in the address.

    Raises:
        CatalogError: the days or a filter cannot be used.
    """
    moment = moment_of(request)
    answer = kept_anomalies(moment.costs, window_of(moment), moment.filters)
    found = seen(answer["anomalies"])
    rows = [_row(each) for each in found]
    context = {
        **moment.context("costs-anomalies"),
        "found": sorted(found, key=lambda each: each.row["day"], reverse=True),
        "open": sum(each.state == "open" for each in found),
        "mutes": list(_mutes()),
        "muted_days": MUTED_DAYS.items(),
        "is_last": not is_dated(moment),
        "odd": knowledge(answer),
    }
    json = {**answer, "anomalies": [each.as_json() for each in found]}
    table = table_of({"columns": COLUMNS, "rows": rows, "currency": None})
    return Page("console/costs/anomalies.html", json, table, context)


def knowledge(answer: AnomalyAnswer) -> str:
    """How much of the days could be looked at: "all", "part" or, if none, "unknown"."""
    if answer["through"] is None:
        return "unknown"
    return "all" if answer["is_known"] else "part"


def is_dated(moment: Moment) -> bool:
    """Whether the address says days; without, anomalies are those of the last 30."""
    return any(moment.sent.get(name) for name in ("month", "quarter", "days", "start", "end", "all"))


def window_of(moment: Moment) -> Window:
    return moment.period.window if is_dated(moment) and moment.period.window.start else Window()


def _row(each: Seen) -> dict[str, Any]:
    cause = "; ".join(f"{name}={value}" for name, value in each.cause)
    found_in = "; ".join(f"{name}={said(name, value)}" for name, value in each.row["found_in"].items())
    days = " ".join(each.row["days"])
    return {**each.row, "days": days, "found_in": found_in, "cause": cause, "state": each.state}


def seen(rows: Iterable[AnomalyRow]) -> list[Seen]:
    """Anomalies with what people said of them, in two queries."""
    rows = list(rows)
    causes = [f"{CAUSE}{row['cause_key']}" for row in rows]
    alerts = {
        alert.cause: alert
        for alert in Alert.objects.filter(cause__in=causes).select_related("acknowledged_by").order_by("id")
    }
    mutes = list(_mutes())
    return [Seen(row, alerts.get(f"{CAUSE}{row['cause_key']}"), _mute_of(row, mutes)) for row in rows]


def _mutes() -> Iterable[Mute]:
    now = timezone.now()
    found = Mute.objects.filter(kind=Alert.Kind.ANOMALY).select_related("by")
    return [mute for mute in found if mute.until is None or mute.until > now]


def _mute_of(row: AnomalyRow, mutes: Sequence[Mute]) -> Mute | None:
    about = {**row["cause"], "currency": row["currency"]}
    return next((mute for mute in mutes if _fits(mute.match, about)), None)


def _fits(match: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    return bool(match) and all(name in about and about[name] == value for name, value in match.items())


@require_POST
@for_readers
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that an anomaly is known, and why."""
    row, reason = _posted(request)
    if row and reason:
        with transaction.atomic():
            is_new = alerts.acknowledge(_alert_of(row), cast("User", request.user), reason)
        messages.success(request, "Acknowledged." if is_new else "It was acknowledged before.")
    return _back(request)


@require_POST
@for_readers
def mute(request: HttpRequest) -> HttpResponse:
    """Keep what is like an anomaly from alerting, for some days or always, and say why."""
    row, reason = _posted(request)
    days = request.POST.get("days", "")
    if row and reason and days in MUTED_DAYS:
        until = timezone.now() + timedelta(days=int(days)) if days.isdecimal() else None
        Mute.objects.create(
            kind=Alert.Kind.ANOMALY,
            match=row["cause"],
            reason=reason,
            until=until,
            by=cast("User", request.user),
        )
        messages.success(request, f"Muted for {MUTED_DAYS[days]}." if until else "Muted.")
    elif row and reason:
        messages.error(request, "Say for how long, or always.")
    return _back(request)


@require_POST
@for_readers
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it alert again."""
    if Mute.objects.filter(kind=Alert.Kind.ANOMALY, pk=pk).delete()[0]:
        messages.success(request, "No longer muted.")
    return _back(request)


def _posted(request: HttpRequest) -> tuple[AnomalyRow | None, str]:
    """The anomaly that a form is about, and the reason; a message says what is wrong."""
    reason = " ".join(request.POST.get("reason", "").split())
    if not 0 < len(reason) <= MAX_REASON:
        messages.error(request, f"Say why, in up to {MAX_REASON} characters.")
        return None, reason
    try:
        moment = moment_of(request, _query(request))
        rows = kept_anomalies(moment.costs, window_of(moment), moment.filters)["anomalies"]
    except CatalogError as error:
        messages.error(request, error.message)
        return None, reason
    key = request.POST.get("cause_key", "")
    row = next((each for each in rows if each["cause_key"] == key), None)
    if row is None:
        messages.error(request, "There is no such anomaly any more.")
    elif not row["cause"] and request.path == reverse("costs-mute"):
        messages.error(request, "What no model, customer or meter explains cannot be muted.")
        row = None
    return row, reason


def _alert_of(row: AnomalyRow) -> Alert:
    """The alert about an anomaly; if rules were not evaluated since, it is made."""
    cause = f"{CAUSE}{row['cause_key']}"
    if alert := Alert.objects.firing().filter(cause=cause).first():
        return alert
    now = timezone.now()
    return Alert.objects.create(
        cause=cause,
        kind=Alert.Kind.ANOMALY,
        summary=summary(row),
        details={**row},
        about={**row["cause"], "currency": row["currency"]},
        path=reverse("costs-anomalies"),
        started_at=now,
        seen_at=now,
    )


def _query(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:2000])


def _back(request: HttpRequest) -> HttpResponse:
    query = _query(request).urlencode()
    return redirect(f"{reverse('costs-anomalies')}{f'?{query}' if query else ''}")

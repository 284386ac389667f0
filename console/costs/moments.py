"""What all pages of costs have: the costs of one moment, the days, the filters, and what to say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from catalog.errors import InvalidArgumentError
from catalog.nearest import nearest
from console.arguments import link
from console.costs import period as periods
from console.costs.filters import NAMES, Filters, chips, pairs, read_filters, values_of
from console.costs.period import Period
from costs.query.coverage import coverage
from costs.query.hints import by_source
from costs.query.question import Question
from costs.query.snapshot import Snapshot, take
from costs.store import configured
from costs.store.base import LoadedMonth
from costs.wording import quoted

TABS = (
    ("costs", "Overview"),
    ("live", "Live"),
    ("ask", "Ask"),
    ("costs-explore", "Explore"),
    ("costs-models", "Models"),
    ("costs-customers", "Customers"),
    ("costs-budgets", "Budgets"),
    ("costs-anomalies", "Anomalies"),
    ("costs-loads", "Loads"),
)
# The filters that every page offers.
OFFERED = ("cloud", "model", "customer", "currency")
# What addresses may have: days, filters, one panel of a page, and the question of /costs/explore/.
ARGUMENTS = frozenset(
    (*periods.NAMES, *NAMES, "panel", "measures", "dimensions", "order_by", "limit", "add", "is", "value")
)
# Clouds bring bills once a day.
STALE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Moment:
    """The costs as they are now, and which of them an address is about.

    Args:
        costs: the costs of the moment.
        period: the days.
        filters: which charges.
        sent: the address as the page reads it.
        asked: the address as it was sent.
    """

    costs: Snapshot
    period: Period
    filters: Filters
    sent: QueryDict
    asked: QueryDict

    @property
    def query(self) -> str:
        """The days and filters as an address has them."""
        return urlencode([*self.period.query.items(), *pairs(self.filters)])

    @property
    def missing(self) -> str:
        """A sentence if days of the address are not loaded of sources that had begun by then."""
        window = self.period.window
        if not any(window.touches(load.billing_period) for load in self.costs.loads):
            return f"{self.period.label} is not loaded."
        lacking = coverage(Question(filters=self.filters), self.costs).lacking(window)
        return f"Not loaded: {by_source(lacking)}." if lacking else ""

    def context(self, name: str) -> dict[str, Any]:
        """What the template of a page needs beside its panels.

        Args:
            name: of the page's pattern.
        """
        return {
            "tabs": [(reverse(each), title, each == name) for each, title in TABS],
            "carried": self.query,
            "period": self.period,
            "periods": [(each, self._at(each), each.query == self.period.query) for each in self._others()],
            "months": [(each, periods.month(each).label) for each in periods.months(self.costs)],
            "chips": chips(self.filters, self.sent),
            "offered": [(each, values_of(each, self.costs), self._one(each)) for each in OFFERED],
            "hidden": [pair for pair in pairs(self.filters) if pair[0] not in self._in_form()],
            "is_demo": any(load.is_demo for load in self.costs.loads),
            "missing": self.missing,
            "stale": self._stale(),
            "as_of": self.costs.as_of,
        }

    def _others(self) -> Sequence[Period]:
        return periods.choices(self.costs)

    def _at(self, period: Period) -> str:
        gone: dict[str, str | None] = dict.fromkeys(periods.NAMES)
        return link(self.sent, **{**gone, **period.query})

    def _one(self, dimension: str) -> str:
        """The value that the form shows; of several, none."""
        values = [value for name, value in pairs(self.filters) if name == dimension]
        return values[0] if len(values) == 1 else ""

    def _in_form(self) -> set[str]:
        return {each for each in OFFERED if len(self.filters.get(each, [])) <= 1}

    def _stale(self) -> str:
        """A sentence if no bill has come for long."""
        newest = max(self.costs.loads, key=_delivered)
        age = self.costs.as_of - _delivered(newest)
        if age <= STALE:
            return ""
        return f"The newest bill, {newest.source} {newest.billing_period}, came {age.days} days ago."


def _delivered(load: LoadedMonth) -> Any:
    return load.delivered_at or load.loaded_at


def moment_of(request: HttpRequest, sent: QueryDict | None = None) -> Moment:
    """The costs that an address is about.

    Args:
        request: the request.
        sent: its address as the page reads it, if that is not as it was sent.

    Raises:
        NotLoadedError: nothing is loaded.
        CatalogError: the days or a filter cannot be read.
    """
    sent = request.GET if sent is None else sent
    _refuse_unknown(sent)
    costs = take(configured.open_store(), None)
    return Moment(costs, periods.read_period(sent, costs), read_filters(sent), sent, request.GET)


def _refuse_unknown(sent: QueryDict) -> None:
    """A filter that is misspelled would show what nobody asked for."""
    for name in sent:
        if name not in ARGUMENTS and f"{sent[name]}".strip():
            raise InvalidArgumentError(
                f"Pages of costs have no argument {quoted(name)}.",
                hint="Filters are dimensions, such as cloud or not_customer; start and end are days.",
                candidates=nearest(name, sorted(ARGUMENTS)),
            )


def basis(moment: Moment) -> Mapping[str, Any]:
    """What the JSON of a page with several panels says of all of them."""
    window = moment.period.window
    return {
        "period": {"start": window.start and f"{window.start}", "end": window.end and f"{window.end}"},
        "filters": moment.filters,
        "is_demo": any(load.is_demo for load in moment.costs.loads),
    }

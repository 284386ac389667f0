"""The panels about costs, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, WithJsonSchema

from catalog import iso8601
from catalog.nearest import nearest
from costs.errors import CostError
from costs.panels import PANELS
from costs.query.answer import CONTRACT
from costs.query.periods import DAY, Window
from costs.query.question import FIRST_DAY, LAST_DAY
from costs.query.snapshot import take
from costs.reports.show import show
from costs.reports.shown import about
from costs.store import configured
from costs.wording import quoted
from tools import errors, registry
from tools.costs_schema import AsOf, Filters
from tools.prices_schema import Arguments


class UnknownPanelError(CostError):
    code = "not_found"


def _first_day(value: Any) -> date:
    """The day of a date or time in UTC."""
    return _moment(value).date()


def _day_after(value: Any) -> date:
    """The day on which a window ends that ends at this date or time: a day that is begun counts whole."""
    moment = _moment(value)
    return moment.date() if moment.time() == time.min else moment.date() + DAY


def _moment(value: Any) -> datetime:
    parsed = iso8601.parse(value.strip() if isinstance(value, str) else "")
    moment = parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.min)
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"must be a day from {FIRST_DAY} to {LAST_DAY}")
    return moment


def _time(description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description})


_START = _time("First day (UTC), or a time in it.")
_END = _time("Day after the last (UTC), or a time in the last.")


class PanelArguments(Arguments):
    start: Annotated[date, BeforeValidator(_first_day), _START] | None = None
    end: Annotated[date, BeforeValidator(_day_after), _END] | None = None
    filters: Filters = {}
    as_of: AsOf | None = None


def listed() -> dict[str, Any]:
    """The panels, without their rows."""
    panels = [
        {
            **about(panel),
            "address": f"/api/panels/{panel.name}",
            "dimensions": list(panel.question.dimensions) if panel.question else [],
            "measures": list(panel.question.measures) if panel.question else [],
        }
        for panel in PANELS.values()
    ]
    return {"contract": CONTRACT, "panels": panels}


def shown(name: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """A panel with its rows, or an error in the form of tools.

    Args:
        name: the panel's.
        sent: the arguments of PanelArguments, not yet validated.
    """
    try:
        return _shown(name, PanelArguments.model_validate(sent))
    except ValidationError as error:
        return registry.failure(errors.from_validation_error(error, PanelArguments)).content


def _shown(name: str, asked: PanelArguments) -> dict[str, Any]:
    if name not in PANELS:
        raise UnknownPanelError(
            f"There is no panel {quoted(name)}.",
            hint="/api/panels/ lists them.",
            candidates=nearest(name, list(PANELS)),
        )
    costs = take(configured.open_store(), asked.as_of)
    return {**show(PANELS[name], Window(asked.start, asked.end), costs, asked.filters)}

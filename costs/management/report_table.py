"""Forecasts, anomalies and comparisons as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.pricing.whose import COMMUNITY
from costs.management.table import NOTHING, basis_lines, columns, demo
from costs.reports.compare_models import CompareAnswer
from costs.reports.find_anomalies import AnomalyAnswer, AnomalyRow
from costs.reports.forecasts import ForecastAnswer, ForecastRow
from costs.wording import counted, printable

_AMOUNTS = ("spent", "forecast", "low", "high")
_FIGURES = frozenset({*_AMOUNTS, "past error"})


def forecast(answer: ForecastAnswer) -> str:
    """A row of figures for each currency, and below them what the answer says beside."""
    return "\n".join([*demo(answer), *_forecast(answer), "", *basis_lines(answer)])


def anomalies(answer: AnomalyAnswer) -> str:
    """A paragraph for each anomaly, with its parts, and below them what the answer says beside."""
    found = [line for row in answer["anomalies"] for line in _anomaly(row)]
    return "\n".join([*demo(answer), _head(answer), *found, "", *basis_lines(answer)])


def comparison(answer: CompareAnswer) -> str:
    """A row for each model, cloud and scope, and below them what they leave out."""
    names = ["model", "cloud", "scope", "region", "list cost", "list", "own cost", "without"]
    cells = [
        [
            row["model"],
            row["cloud"],
            row["scope"] or NOTHING,
            row["region"],
            row["list_cost"] or NOTHING,
            "community's" if row["source"].startswith(f"{COMMUNITY}:") else "provider's",
            " ".join(f"{amount} {currency}" for currency, amount in row["own_cost"].items()) or NOTHING,
            ", ".join(row["missing"]) or NOTHING,
        ]
        for row in answer["rows"]
    ]
    found = [*columns(names, cells, frozenset({"list cost", "own cost"}))] if cells else []
    more = [f"{counted(answer['rows_left_out'], 'more row')}."] if answer["rows_left_out"] else []
    notes = [*answer["left_out"], f"Not included: {'; '.join(answer['not_included'])}."]
    return "\n".join([*demo(answer), *found, *more, "", *notes, *basis_lines(answer)])


def _head(answer: AnomalyAnswer) -> str:
    if answer["through"] is None:
        return "Unknown: no day of this time could be looked at."
    floors = " and ".join(f"{amount} {currency}" for currency, amount in answer["floor"].items())
    least = f" Less than {floors} a day is not told." if floors else ""
    count = counted(len(answer["anomalies"]), "anomaly").replace("anomalys", "anomalies")
    known = "" if answer["is_known"] else ", as far as is known"
    return f"{count} from {answer['start']} to the day before {answer['end']}{known}.{least}"


def _forecast(answer: ForecastAnswer) -> Iterator[str]:
    yield f"{answer['start']} to the day before {answer['until']}, known up to {answer['through'] or NOTHING}"
    if answer["rows"]:
        names = ["currency", *_AMOUNTS, "past error"]
        yield from columns(names, [_figures(row) for row in answer["rows"]], _FIGURES)


def _figures(row: ForecastRow) -> list[str]:
    amounts = (row["spent"], row["forecast"], row["low"], row["high"])
    error = row["past_error_percent"]
    tested = f"{error} % in {counted(row['past_forecasts'], 'forecast')}" if error else NOTHING
    return [row["currency"], *(amount or NOTHING for amount in amounts), tested]


def _anomaly(row: AnomalyRow) -> Iterator[str]:
    days = ", ".join(row["days"])
    sign, more = ("+", "more") if row["direction"] == "up" else ("", "less")
    yield ""
    yield (
        f"{days}: {sign}{row['excess']} {row['currency']}, {more} than the {row['expected']} expected "
        f"({row['low']} to {row['high']}) of {_named(row['found_in'])}"
    )
    yield f"  cause: {_named(row['cause'])}"
    for part in row["explained"]:
        yield f"  {part['excess']:>20}  {'other' if part['values'] is None else _named(part['values'])}"


def _named(values: Mapping[str, str | None]) -> str:
    """Values by dimension on one line."""
    named = [
        f"{name} {NOTHING if value is None else printable(repr(value))}" for name, value in values.items()
    ]
    return ", ".join(named) or "all charges"

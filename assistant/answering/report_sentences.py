"""What answers of reports, live usage and prices say in plain English, by the figures of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.answering.result import Result
from assistant.answering.wording import MAX_TOLD, NOBODY, name_of, what, when
from assistant.reading.plan import Plan
from costs.query.periods import DAY, Window
from costs.wording import quoted


def of_forecast(plan: Plan, result: Result) -> Iterator[str]:
    if not result.rows:
        yield f"There is no forecast{what(plan.filters)}."
    last = date.fromisoformat(result.facts["until"]) - DAY
    for row in result.rows:
        money = row["currency"]
        if row["forecast"] is None:
            spent = f"{row['spent']} {money} is spent through {row['through']}"
            yield f"The forecast{what(plan.filters)} until {last} is not known; {spent}."
            continue
        band = f", between {row['low']} and {row['high']} {money}" if row["low"] is not None else ""
        yield (
            f"The forecast{what(plan.filters)} until {last} is {row['forecast']} {money}{band}; "
            f"{row['spent']} {money} is spent through {row['through']}."
        )


def of_anomalies(plan: Plan, result: Result) -> Iterator[str]:
    days = when(Window(date.fromisoformat(result.facts["start"]), date.fromisoformat(result.facts["end"])))
    about = f"{what(plan.filters)} {days}"
    if not result.rows:
        known = "" if result.facts["is_known"] else " as far as is known"
        yield f"No day is unusual{about}{known}."
        return
    yield f"Unusual days{about}:"
    for row in result.rows[:MAX_TOLD]:
        cause = ", ".join(
            f"{name} {NOBODY if value is None else name_of(value)}" for name, value in row["cause"].items()
        )
        way = "more" if row["direction"] == "up" else "less"
        yield (
            f"{' and '.join(row['days'])} cost {row['actual']} {row['currency']}, {way} than the usual "
            f"{row['expected']}{f' ({cause})' if cause else ''}."
        )
    if len(result.rows) > MAX_TOLD:
        yield "More are below."


def of_budgets(plan: Plan, result: Result) -> Iterator[str]:  # noqa: ARG001 as the others
    states = {True: "It is over.", False: "It is not over.", None: "Whether it is over is not known."}
    if not result.rows:
        yield "There are no budgets."
    for row in result.rows:
        money = row["currency"]
        spent = "not known" if row["spent"] is None else f"{row['spent']} {money}"
        percent = f" ({row['percent']} per cent)" if row["percent"] is not None else ""
        ahead = f", the forecast is {row['forecast']} {money}" if row["forecast"] is not None else ""
        left = f", {row['left']} {money} is left" if row["left"] is not None else ""
        yield f"Budget {row['name']}: {spent} of {row['limit']} {money} is spent{percent}{left}{ahead}."
        yield states[row["is_over"]]


def of_models(plan: Plan, result: Result) -> Iterator[str]:
    about = f"{what(plan.filters)} {when(plan.window)}"
    if not result.rows:
        yield f"No list price is known to compare the tokens{about} with."
        return
    yield f"The same text tokens{about} would cost at list price:"
    for row in result.rows[:MAX_TOLD]:
        cost = "not known" if row["list_cost"] is None else f"{row['list_cost']} USD"
        partial = " (a part is missing)" if row["partial"] else ""
        yield f"{row['model']} on {row['cloud']} {cost}{partial};"
    if len(result.rows) > MAX_TOLD:
        yield "more are below."
    yield from result.facts["left_out"]


def of_live(plan: Plan, result: Result) -> Iterator[str]:
    facts = result.facts
    about = f"{what(plan.filters)} from {facts['start']} to {facts['end']}"
    if plan.usage:
        for row in result.totals:
            yield f"Live usage{about}: {row['tokens']} tokens, {row['requests'] or 'unknown'} requests."
    elif not result.totals:
        yield f"Live cost{about}: nothing with a known price."
    else:
        told = "; ".join(
            f"{(row['is_upper_bound'] and 'at most ') or ''}{row['cost']} {row['currency']}"
            for row in result.totals
        )
        yield f"Estimated live cost{about}: {told}. It is not billed yet."


def of_price(plan: Plan, result: Result) -> Iterator[str]:
    if not result.rows:
        yield f"No list price of {quoted(plan.name)} was found."
        return
    row = result.rows[0]
    place = f" in {row['region']}" if row["region"] else ""
    if row["price"] is None:
        yield f"The list price of {row['name']}{place} is not known."
        return
    yield f"The list price of {row['name']}{place} is {row['price']} {row['currency']} per {row['per']}."
    if len(result.rows) > 1:
        yield "Others that fit are below."

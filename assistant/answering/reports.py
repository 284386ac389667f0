"""Answers what reports, live usage and the search for prices answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assistant.answering.result import Result, Row, basis
from assistant.reading.context import CannotError
from assistant.reading.plan import Plan
from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.query.snapshot import Snapshot
from costs.reports.budgets import budget_status
from costs.reports.compare_models import MAX_CANDIDATES, compare_models
from costs.reports.find_anomalies import find_anomalies
from costs.reports.forecasts import forecast_costs
from costs.reports.judged_months import DEFAULT_DIMENSIONS
from live.cost import live_cost
from live.question import LiveQuestion
from live.usage import live_usage
from tools.prices import search
from tools.prices_schema import SearchArguments

# The rows of a search for a price.
MAX_FOUND = 5
MAX_QUERY = 200
_TOKENS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens")


def answer_forecast(plan: Plan, costs: Snapshot) -> Result:
    answer = forecast_costs(plan.filters, plan.window.end, costs)
    facts = {"until": answer["until"], "through": answer["through"]}
    return Result(
        [{**row} for row in answer["rows"]], hint=answer["hint"] or "", basis=basis(answer), facts=facts
    )


def answer_anomalies(plan: Plan, costs: Snapshot) -> Result:
    answer = find_anomalies(
        costs,
        start=plan.window.start,
        end=plan.window.end,
        filters=plan.filters,
        dimensions=plan.by or DEFAULT_DIMENSIONS,
    )
    facts = {name: answer[name] for name in ("start", "end", "through", "is_known")}
    rows = [{**row} for row in answer["anomalies"]]
    return Result(rows, hint=answer["hint"] or "", basis=basis(answer), facts=facts)


def answer_budgets(plan: Plan, costs: Snapshot) -> Result:
    answer = budget_status(costs, name=plan.name or None)
    rows: list[Row] = []
    for row in answer["budgets"]:
        left = None if row["spent"] is None else EXACT.subtract(Decimal(row["limit"]), Decimal(row["spent"]))
        rows.append({**row, "left": None if left is None else plain(left)})
    return Result(rows, hint=answer["hint"] or "", basis=basis(answer))


def answer_models(plan: Plan, costs: Snapshot) -> Result:
    """What the same tokens would cost; `by` has the clouds that are meant.

    A family may have more models than the report compares at once, so it is asked in parts.
    """
    parts = [
        plan.candidates[at : at + MAX_CANDIDATES] for at in range(0, len(plan.candidates), MAX_CANDIDATES)
    ] or [()]
    answers = [
        compare_models(
            costs, filters=plan.filters, start=plan.window.start, end=plan.window.end, candidates=part
        )
        for part in parts
    ]
    rows: list[Row] = [
        {**row} for answer in answers for row in answer["rows"] if not plan.by or row["cloud"] in plan.by
    ]
    rows.sort(key=lambda row: (row["list_cost"] is None, row["partial"], Decimal(row["list_cost"] or 0)))
    first = answers[0]
    facts = {"used": first["used"], "left_out": first["left_out"], "not_included": first["not_included"]}
    left_out = sum(answer["rows_left_out"] for answer in answers)
    return Result(rows, rows_left_out=left_out, hint=first["hint"] or "", basis=basis(first), facts=facts)


def answer_live(plan: Plan, costs: Snapshot, now: datetime | None) -> Result:
    """Live usage or its cost; grouped if that is asked for and no row is left out."""
    day = plan.window.start if plan.live == "day" else None
    values = {name: f"{found[0]}" for name, found in plan.filters.items()}
    question = LiveQuestion(
        cloud=values.get("cloud", ""),
        model=values.get("model", ""),
        minutes=plan.minutes or None,
        hour=(now or timezone.now()) if plan.live == "hour" else None,
        day=day,
    )
    answer: Any = live_usage(question, now=now) if plan.usage else live_cost(question, costs.store, now=now)
    rows = [{**row} for row in answer["rows"]]
    if plan.by:
        if answer["rows_left_out"]:
            raise CannotError("Too many things are used to be grouped: ask for one cloud or model.")
        rows = _grouped(rows, plan)
    totals: list[Row] = (
        [{"tokens": answer["tokens"], "requests": answer["requests"]}] if plan.usage else [*answer["totals"]]
    )
    facts = {name: answer[name] for name in ("start", "end", "unpriced_tokens") if name in answer}
    return Result(
        rows[: plan.limit], totals, answer["rows_left_out"], answer["hint"] or "", basis(answer), facts
    )


def _grouped(rows: list[Row], plan: Plan) -> list[Row]:
    """Rows added up by the dimensions asked for, with the tokens of each whose price is not known."""
    fields = _TOKENS if plan.usage else ("cost",)
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row.get(name) for name in plan.by)].append(row)
    grouped: list[Row] = []
    for key, members in found.items():
        row = dict(zip(plan.by, key, strict=True)) | {name: _added(members, name) for name in fields}
        if not plan.usage:
            row["currency"] = next((each["currency"] for each in members if each["currency"]), None)
            row["unpriced_tokens"] = (
                _added([each for each in members if each["cost"] is None], "tokens") or "0"
            )
        grouped.append(row)
    return sorted(grouped, key=lambda row: Decimal(row[fields[0]] or 0), reverse=True)


def _added(rows: list[Row], name: str) -> str | None:
    known = [Decimal(row[name]) for row in rows if row[name] is not None]
    return plain(exact_sum(known)) if known else None


def answer_price(plan: Plan) -> Result:
    """List prices of whole resources and SKUs, as the search finds them.

    Raises:
        CannotError: nothing is named.
        CatalogEmptyError: nothing has been synced yet.
    """
    if not plan.name:
        raise CannotError("Say of what: a machine, a model or another product.")
    answer = search(SearchArguments(query=plan.name[:MAX_QUERY], limit=MAX_FOUND))
    # A resource without a price of its own, as a model, has that of its SKUs.
    whole = [
        row for row in answer["resources"] if row["price"] or not answer["skus"] or answer["ambiguous_in"]
    ]
    rows = [_priced(row["resource"], row, [row["region"]]) for row in whole]
    if not any(row["price"] for row in rows):
        rows += [_priced(row["display_name"], row, row["regions"]) for row in answer["skus"]]
    facts = {name: answer[name] for name in ("ambiguous_in", "missing", "interpreted")}
    return Result(rows, hint=answer["hint"] or "", basis=basis(answer), facts=facts)


def _priced(name: str, row: Any, regions: Sequence[str | None]) -> Row:
    price = row["price"] or {}
    return {
        "name": name,
        "region": ", ".join(each for each in regions if each) or None,
        "usage_type": row["usage_type"],
        "price": price.get("amount"),
        "currency": price.get("currency", "USD"),
        "per": price.get("per"),
        "sku_id": row.get("sku_id"),
    }


def narrower(plan: Plan, result: Result) -> list[tuple[str, Plan]]:
    """The same question of each value of what several prices differ in; none if there is one price."""
    unclear = (result.facts.get("ambiguous_in") or [None])[0]
    values = [each["value"] for each in unclear["values"]] if unclear else []
    return [(f"{each}", replace(plan, name=f"{plan.name} {each}")) for each in values if each]

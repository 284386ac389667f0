"""Answers questions of costs: sums as query_costs answers them, and what is computed from two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assistant.answering.result import Result, Row, basis
from assistant.reading.context import CannotError
from assistant.reading.periods import WEEK_DAYS
from assistant.reading.plan import WEEK, Plan
from catalog.pricing.decimals import EXACT, NANO, ROUNDED, plain
from costs.errors import TooLargeError
from costs.query import answer_from
from costs.query.answer import figure
from costs.query.coverage import coverage
from costs.query.figures import SHARE_PLACES, Change, change, figures
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.past import nothing
from costs.query.periods import Window, month_of
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.summary import Sums, added

Key = tuple[str | None, ...]
Groups = Mapping[Key, Sums]
# What an answer can list.
MAX_ROWS = 1000


def answer_costs(plan: Plan, costs: Snapshot) -> Result:
    """The rows of a question of costs.

    Args:
        plan: the question.
        costs: the costs of a moment.

    Raises:
        CostError: the engine cannot answer it.
        CannotError: an average is of no whole number of units.
    """
    question = plan.question()
    answer = answer_from(replace(question, measures=plan.measures), costs)
    if plan.compare is None and not plan.average and WEEK not in plan.by:
        return Result(
            answer["rows"], answer["totals"], answer["rows_left_out"], answer["hint"] or "", basis(answer)
        )
    computed = _Computed(plan, question, costs)
    rows = computed.rows()
    hint = joined([*computed.told(), answer["hint"] or ""]) or ""
    return Result(rows[: plan.limit], computed.totals(), max(len(rows) - plan.limit, 0), hint, basis(answer))


class _Computed:
    """Rows by week, beside another time, or as averages."""

    def __init__(self, plan: Plan, question: Question, costs: Snapshot) -> None:
        self._plan, self._question, self._costs = plan, question, costs
        self._names = [WEEK if key.name == "day" and WEEK in plan.by else key.name for key in question.keys]
        self._loaded = coverage(question, costs)
        self._now = self._groups(plan.window)
        self._before = self._groups(plan.compare) if plan.compare else {}
        self._units = self._count() if plan.average else None

    def rows(self) -> list[Row]:
        currencies = {key[self._currency] for key in (*self._now, *self._before)}
        keys = dict.fromkeys([*self._now, *self._before])
        found = [self._row(key, shows_currency=len(currencies) > 1) for key in keys]
        return [self._shown(row) for row in self._in_order(found)]

    def totals(self) -> list[Row]:
        now, before = self._by_currency(self._now), self._by_currency(self._before)
        rows = []
        for currency in dict.fromkeys([*now, *before]):
            sums, past = self._pair(now.get(currency), before.get(currency))
            rows.append(self._shown({"currency": currency, **self._figures(sums, past, sums)}))
        return rows

    def told(self) -> Iterable[str]:
        """Why a comparison or an average is not known."""
        if self._plan.compare and not self._is_comparable:
            yield "What was before is not known: not all of both times is loaded."
        if self._plan.average and self._units is None:
            yield "The average is not known: not all of the time is loaded."

    @property
    def _currency(self) -> int:
        return self._names.index("currency")

    @property
    def _is_comparable(self) -> bool:
        compare = self._plan.compare
        return compare is not None and self._has(compare) and self._has(self._plan.window)

    def _has(self, window: Window) -> bool:
        if window.start is None or window.end is None:
            return False
        return self._loaded.has(month for month in window.months() if month <= self._loaded.latest)

    def _groups(self, window: Window) -> Groups:
        found = all_groups(self._question, self._costs, window).groups
        if WEEK not in self._plan.by:
            return found
        place = self._names.index(WEEK)
        weeks: dict[Key, list[Sums]] = {}
        for key, sums in found.items():
            weeks.setdefault((*key[:place], _monday(key[place]), *key[place + 1 :]), []).append(sums)
        return {key: _added(sums) for key, sums in weeks.items()}

    def _by_currency(self, groups: Groups) -> dict[str | None, Sums]:
        found: dict[str | None, list[Sums]] = {}
        for key, sums in groups.items():
            found.setdefault(key[self._currency], []).append(sums)
        return {currency: _added(sums) for currency, sums in found.items()}

    def _pair(self, now: Sums | None, before: Sums | None) -> tuple[Sums, Sums | None]:
        """The sums of the two times; none that is there are 0 in the other, if both are loaded."""
        known = now if now is not None else nothing(before or {})
        if self._plan.compare is None or not self._is_comparable:
            return known, None
        return known, before if before is not None else nothing(known)

    def _row(self, key: Key, *, shows_currency: bool) -> Row:
        totals = self._by_currency(self._now)
        sums, past = self._pair(self._now.get(key), self._before.get(key))
        named = dict(zip(self._names, key, strict=True))
        if not shows_currency:
            named.pop("currency")
        return {**named, **self._figures(sums, past, totals.get(key[self._currency], sums))}

    def _figures(self, sums: Sums, past: Sums | None, total: Sums) -> Row:
        found: Row = {**figures(self._question, sums, total, None)}
        if self._plan.compare:
            then = figures(self._question, past, past, None)[self._plan.base] if past else None
            now = found[self._plan.base]
            moved = change(now, then) if isinstance(now, Decimal) and isinstance(then, Decimal) else None
            found |= {"before": then, "change": moved}
        if self._plan.average:
            found["average"] = self._average(found[self._plan.base])
        return found

    def _average(self, amount: Any) -> Decimal | None:
        if self._units is None or not isinstance(amount, Decimal):
            return None
        return ROUNDED.quantize(ROUNDED.divide(amount, self._units), NANO)

    def _count(self) -> Decimal | None:
        """How many days, weeks or months an average is of; None if not all of them are loaded."""
        start, end = self._plan.window.start, self._plan.window.end
        if start is None or end is None:
            raise CannotError("Say of which time: an average of all that is loaded has no number of days.")
        end = min(end, self._costs.as_of.date())
        if end <= start:
            raise CannotError("This time has no whole day yet, so there is no average.")
        if not self._has(Window(start, end)):
            return None
        days = Decimal((end - start).days)
        if self._plan.average == "month":
            if start.day != 1 or end.day != 1:
                raise CannotError(
                    "An average by month is of whole months: say which, such as the last 2 months."
                )
            return Decimal(sum(1 for _ in Window(start, end).months()))
        return days if self._plan.average == "day" else ROUNDED.divide(days, Decimal(WEEK_DAYS))

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        by, descending = self._order()
        named = sorted(
            rows, key=lambda row: [(row.get(name) is None, row.get(name) or "") for name in self._names]
        )
        known = [row for row in named if _value(row, by) is not None]
        unknown = [row for row in named if _value(row, by) is None]
        return sorted(known, key=lambda row: _value(row, by), reverse=descending) + unknown

    def _order(self) -> tuple[str, bool]:
        if self._plan.order_by:
            by, _, way = self._plan.order_by.partition(" ")
            return by, way == "desc"
        time = next((name for name in self._names if name in (WEEK, "day", "month", "billing_month")), None)
        return (time, False) if time else (self._plan.base, True)

    def _shown(self, row: Row) -> Row:
        shown: Row = {}
        for name, value in row.items():
            if name == "change":
                known = value if isinstance(value, Change) else None
                shown["change"] = plain(known.absolute) if known else None
                shown["change_percent"] = (
                    plain(known.percent) if known and known.percent is not None else None
                )
            else:
                shown[name] = value if isinstance(value, str) else figure(value)
        if self._plan.average:
            shown["per"] = self._plan.average
        return shown


def _value(row: Row, by: str) -> Any:
    value = row.get(by.removesuffix("_percent"))
    if isinstance(value, Change) and by == "change_percent":
        return value.percent
    return value.absolute if isinstance(value, Change) else value


def _monday(day: str | None) -> str:
    at = date.fromisoformat(f"{day}")
    return f"{at - timedelta(days=at.weekday())}"


def _added(sums: Sequence[Sums]) -> Sums:
    return {name: added(each[name] for each in sums) for name in sums[0]}


def answer_share(plan: Plan, costs: Snapshot) -> Result:
    """What part of a whole the charges of the filters are, from 0 to 1.

    Raises:
        CostError: the engine cannot answer it.
    """
    part = plan.question()
    answer = answer_from(part, costs)
    whole = all_groups(replace(part, filters=dict(plan.whole or {})), costs).totals
    parts = all_groups(part, costs).totals
    rows = []
    for currency, sums in whole.items():
        of = sums[plan.base]
        has = parts[currency][plan.base] if currency in parts else Decimal(0)
        row = {plan.base: _text(has), "whole": _text(of), "share": _text(_quotient(has, of))}
        rows.append({"currency": currency, **row} if len(whole) > 1 else row)
    return Result(
        rows,
        answer["totals"],
        0,
        answer["hint"] or "",
        {**basis(answer), "currency": next(iter(whole), None)},
    )


def _quotient(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return ROUNDED.quantize(ROUNDED.divide(part, whole), SHARE_PLACES) if part is not None and whole else None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def answer_count(plan: Plan, costs: Snapshot) -> Result:
    """How many values of a dimension have charges; a charge without one has none.

    Raises:
        CostError: the engine cannot answer it.
    """
    question = replace(plan.question(), dimensions=(plan.count_of,), limit=MAX_ROWS)
    answer = answer_from(question, costs)
    if answer["rows_left_out"]:
        raise TooLargeError(f"There are over {MAX_ROWS:,} values.", hint="Ask with more filters.")
    values = sorted({row[plan.count_of] for row in answer["rows"] if row[plan.count_of] is not None})
    rows = [{"of": plan.count_of, "count": f"{len(values)}", "values": values}]
    return Result(rows, (), 0, answer["hint"] or "", basis(answer))


def months(window: Window) -> list[str]:
    """The months of a window that is closed."""
    return [*window.months()] if window.start and window.end else []


def is_month(window: Window) -> str:
    """The month that a window is, as 2026-10; "" if it is none."""
    found = (
        months(window)
        if window.start and window.start.day == 1 and window.end and window.end.day == 1
        else []
    )
    return month_of(window.start) if window.start and len(found) == 1 else ""


def exact_sum_of(rows: Sequence[Row], name: str) -> Decimal:
    """The sum of a figure of rows."""
    total = Decimal(0)
    for row in rows:
        total = EXACT.add(total, Decimal(row[name] or 0))
    return total

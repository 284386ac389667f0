"""Holds the lines of an invoice against the charges that are loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp

from catalog.nearest import nearest
from catalog.pricing.decimals import EXACT, exact_sum
from costs.invoices.lines import Invoice, Line
from costs.query import Question, ask
from costs.query.dimensions import DIMENSIONS, column, text
from costs.query.snapshot import Record, take
from costs.query.statements import aliased
from costs.store.base import TABLE, CostStore
from costs.wording import counted, quoted

# Fields of a line that it may be compared by; period and currency always are.
BY = ("invoice", "account", "period", "currency", "service")
# What is added up of accounts that an invoice does not name.
_OF_OTHERS = ("account", "period", "currency")
# Of accounts that are not loaded, so many are named, with those that they may be.
_MAX_NAMED = 5
# Invoices say taxes beside services, and bills per service: they are compared as one.
TAX = "Tax"
_HALF = Decimal("0.5")
_COLUMNS = {
    "invoice": "InvoiceId",
    "account": "BillingAccountId",
    "currency": "BillingCurrency",
    "service": "ServiceName",
    "category": "ChargeCategory",
}
Key = tuple[str, ...]
Money = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Compared:
    """What an invoice and the bills have of one thing.

    Args:
        key: its invoice, account, month and so on, by name.
        invoiced: the sum on the invoice; None if no line is of it.
        loaded: the sum of BilledCost; None if no charge is of it.
        rounding: by how much the lines may be off, since they are rounded.
        invoiced_parts: the sums on the invoice by category; "" where it says none.
        loaded_parts: the sums of charges by category.
    """

    key: Mapping[str, str]
    invoiced: Decimal | None
    loaded: Decimal | None
    rounding: Decimal
    invoiced_parts: Money = field(default_factory=dict)
    loaded_parts: Money = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """What is loaded less what is invoiced."""
        return EXACT.subtract(self.loaded or Decimal(0), self.invoiced or Decimal(0))

    @property
    def is_rounding(self) -> bool:
        """Whether rounded lines explain the difference."""
        return bool(self.difference) and abs(self.difference) <= self.rounding

    @property
    def alike(self) -> Sequence[str]:
        """The categories that only one side has, and that are as large as the difference."""
        only = [
            (name, EXACT.multiply(sign, amount))
            for sign, parts, others in (
                (Decimal(1), self.loaded_parts, self.invoiced_parts),
                (Decimal(-1), self.invoiced_parts, self.loaded_parts),
            )
            for name, amount in parts.items()
            if name and name not in others
        ]
        return [
            name for name, amount in only if abs(EXACT.subtract(amount, self.difference)) <= self.rounding
        ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An invoice beside what is loaded.

    Args:
        rows: what is compared, in order of its key.
        beside: what else is loaded of these months: by account of those that the file does not name, and
            of a partial file what is of none of its invoices.
        by: the fields that were compared by.
        notes: what is to be known about it, as sentences.
        is_demo: whether what is loaded is made up.
    """

    rows: Sequence[Compared]
    beside: Sequence[Compared]
    by: Sequence[str]
    notes: Sequence[str]
    is_demo: bool

    def differing(self, tolerance: Decimal) -> Sequence[Compared]:
        """The rows whose difference is larger."""
        return [row for row in self.rows if abs(row.difference) > tolerance]


def compare(
    invoice: Invoice, store: CostStore, *, sources: Sequence[str] = (), is_partial: bool = False
) -> Comparison:
    """Compare an invoice with what is loaded of its months and accounts.

    Args:
        invoice: its lines.
        store: where the charges are.
        sources: only the charges of these sources; empty for all.
        is_partial: whether the file lacks invoices of its accounts and months.

    Raises:
        CostError: nothing is loaded, or not all of it can be read.
    """
    periods = sorted({line.period for line in invoice.lines})
    snapshot = take(store, None)
    records = snapshot.run(_charges(periods, sources))
    accounts = {line.account for line in invoice.lines} if "account" in invoice.fields else set[str]()
    ours = [each for each in records if not accounts or (each["account"] or "") in accounts]
    others = [each for each in records if accounts and (each["account"] or "") not in accounts]
    has_ids = not ours or any(each["invoice"] for each in ours)
    by = [name for name in BY if name in invoice.fields and (name != "invoice" or has_ids)]
    rows = _joined(invoice.lines, ours, by)
    missing = [row for row in rows if row.invoiced is None] if is_partial else []
    rows = [row for row in rows if row.invoiced is not None] if is_partial else rows
    beside = [*missing, *_joined([], others, _OF_OTHERS)]
    filters = {"billing_month": periods, **({"source": list(sources)} if sources else {})}
    answer = ask(Question(filters=filters, as_of=snapshot.as_of), store)
    notes = [*invoice.notes, *_notes(invoice, records, ours, by), *filter(None, [answer["hint"]])]
    return Comparison(rows, beside, by, notes, answer["is_demo"])


def _charges(periods: Sequence[str], sources: Sequence[str]) -> exp.Select:
    month = DIMENSIONS["billing_month"]
    keys = {name: column(stored) for name, stored in _COLUMNS.items()} | {"period": month.expression()}
    estimated = exp.case().when(column("x_IsEstimate"), column("BilledCost"))
    select = (
        exp.select(*(aliased(name, value) for name, value in keys.items()))
        .select(aliased("billed", exp.func("SUM", column("BilledCost"))))
        .select(aliased("estimated", exp.func("SUM", estimated)))
        .from_(TABLE)
        .where(exp.In(this=month.expression(), expressions=[month.literal(period) for period in periods]))
        .group_by(*(exp.Literal.number(place) for place, _ in enumerate(keys, 1)))
    )
    named = [text(source) for source in sources]
    return select.where(exp.In(this=column("x_Source"), expressions=named)) if named else select


def _joined(lines: Sequence[Line], records: Iterable[Record], by: Sequence[str]) -> list[Compared]:
    invoiced: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        invoiced[_key({name: getattr(line, name) for name in (*BY, "category")}, by)].append(line)
    loaded: dict[Key, list[Record]] = defaultdict(list)
    for record in records:
        values = {name: record[name] or "" for name in (*BY, "category")}
        loaded[_key(values | {"period": f"{record['period']}"[:7]}, by)].append(record)
    places = _places(lines)
    return [
        _compared(dict(zip(by, key, strict=True)), invoiced.get(key, []), loaded.get(key, []), places)
        for key in sorted({*invoiced, *loaded})
    ]


def _key(values: Mapping[str, str], by: Sequence[str]) -> Key:
    is_tax = values["category"] == TAX
    named = {**values, "service": f"({TAX})" if is_tax else values["service"]}
    return tuple(named[name] for name in by)


def _compared(
    key: Mapping[str, str], lines: Sequence[Line], records: Sequence[Record], places: Mapping[str, int]
) -> Compared:
    return Compared(
        key,
        exact_sum(line.amount for line in lines) if lines else None,
        exact_sum(record["billed"] or Decimal(0) for record in records) if records else None,
        EXACT.multiply(_HALF.scaleb(-places.get(key["currency"], 0)), Decimal(len(lines))),
        _parts((line.category, line.amount) for line in lines),
        _parts((record["category"] or "", record["billed"] or Decimal(0)) for record in records),
    )


def _places(lines: Iterable[Line]) -> dict[str, int]:
    """With how many decimals the amounts of each currency are written."""
    places: dict[str, int] = {}
    for line in lines:
        exponent = line.amount.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else 0
        places[line.currency] = max(decimals, places.get(line.currency, 0))
    return places


def _parts(amounts: Iterable[tuple[str, Decimal]]) -> Money:
    parts: dict[str, Decimal] = {}
    for name, amount in amounts:
        parts[name] = EXACT.add(parts.get(name, Decimal(0)), amount)
    return dict(sorted(parts.items()))


def _notes(
    invoice: Invoice, records: Sequence[Record], ours: Sequence[Record], by: Sequence[str]
) -> Iterator[str]:
    if "invoice" in invoice.fields and "invoice" not in by:
        yield "The bills have no invoice ids, so the invoices of the file are compared as one."
    if "account" in invoice.fields:
        yield from _not_loaded(invoice, records)
    estimated = _parts((record["currency"] or "", record["estimated"] or Decimal(0)) for record in ours)
    for currency, amount in estimated.items():
        if amount:
            yield f"{amount.normalize():f} {currency} of what is loaded are estimates, which no invoice has."


def _not_loaded(invoice: Invoice, records: Sequence[Record]) -> Iterator[str]:
    """The accounts of an invoice of which nothing is loaded."""
    known = sorted({record["account"] or "" for record in records})
    lacking = sorted({line.account for line in invoice.lines} - set(known))
    for account in lacking[:_MAX_NAMED]:
        near = ", ".join(map(quoted, nearest(account, known))) or "none"
        yield f"Of billing account {quoted(account)}, nothing is loaded in these months, but of {near}."
    if (more := len(lacking) - _MAX_NAMED) > 0:
        yield f"Nor is anything loaded of {counted(more, 'other billing account')} of the file."

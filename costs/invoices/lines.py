"""The lines of an invoice, as CSV: of our own few columns, or of FOCUS 1.4's dataset Invoice Detail."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from catalog import iso8601
from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.errors import InvoiceError
from costs.focus.columns import columns
from costs.focus.currencies import currencies
from costs.query.periods import month_of
from costs.wording import counted, quoted

MAX_BYTES = 50 * 1000**2
# What each field is called, without regard to case and to signs between words: ours, then FOCUS's.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "period": ("billing_period", "BillingPeriodStart"),
    "currency": ("currency", "BillingCurrency"),
    "amount": ("amount", "BilledCost"),
    "account": ("billing_account", "BillingAccountId"),
    "invoice": ("invoice_id", "InvoiceId"),
    "service": ("service", "ServiceName"),
    "category": ("category", "ChargeCategory"),
    "status": ("status", "InvoiceIssueStatus"),
}
_REQUIRED = ("period", "currency", "amount")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_AMOUNT = re.compile(r"[+-]?\d{1,20}(\.\d{1,18})?", re.ASCII)
_ISSUED, _OPEN, _VOIDED = "Issued", "Open", "Voided"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice.

    Args:
        number: its line in the file, from 1.
        period: the billing month, as 2026-10.
        currency: of the amount.
        amount: as it is written.
        account: the billing account; "" if it is not said.
        invoice: the id of the invoice; "" if it is not said.
        service: what was used; "" if it is not said.
        category: Usage, Purchase, Tax, Credit or Adjustment; "" if it is not said.
    """

    number: int
    period: str
    currency: str
    amount: Decimal
    account: str = ""
    invoice: str = ""
    service: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or several in one file.

    Args:
        lines: its lines.
        fields: what they tell, such as account.
        notes: what of the file is to be told, as sentences.
    """

    lines: Sequence[Line]
    fields: frozenset[str]
    notes: Sequence[str]


def read_invoice(path: Path) -> Invoice:
    """The lines of a CSV file.

    Raises:
        InvoiceError: it cannot be read; the message has the line and what to write instead.
    """
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = next(rows, [])
        places = _places(path, header)
        numbered = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InvoiceError(f"{path.name}, line {rows.line_num}, is no CSV: {error}.") from error
    lines, voided, is_open = [], 0, 0
    for number, row in numbered:
        cells = _cells(number, row, header, places)
        status = _named(number, "status", cells.get("status", ""), (_ISSUED, _OPEN, _VOIDED))
        voided += status == _VOIDED
        is_open += status == _OPEN
        if status != _VOIDED:
            lines.append(_line(number, cells))
    if not lines:
        raise InvoiceError(f"{path.name} has no line that counts below its header.")
    notes = [
        *([f"{counted(voided, 'line')} of voided invoices left out."] if voided else []),
        *([f"{counted(is_open, 'line')} of open invoices, which may still change."] if is_open else []),
        *_totals(lines),
    ]
    return Invoice(lines, frozenset(places), notes)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvoiceError(f"{path.name} is larger than {MAX_BYTES // 1000**2} MB: is it an invoice?")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvoiceError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvoiceError(f"{path.name} is not UTF-8: save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise InvoiceError(f"{path.name} is no text: save the invoice as CSV.")
    if not text.strip():
        raise InvoiceError(f"{path.name} is empty.")
    return text


def _places(path: Path, header: Sequence[str]) -> dict[str, int]:
    """Which column has each field."""
    known = {_plain(name): field for field, names in _NAMES.items() for name in names}
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        field = known.get(_plain(name), "")
        if field in places:
            raise InvoiceError(f"{path.name} says {field} twice: {header[places[field]]} and {name}.")
        if field:
            places[field] = place
    if missing := [_NAMES[field] for field in _REQUIRED if field not in places]:
        wanted = " and ".join(f"{ours} (or {focus})" for ours, focus in missing)
        has = ", ".join(map(quoted, header)) or "none"
        raise InvoiceError(f"{path.name} has no column {wanted}. Its columns are {has}, with commas between.")
    return places


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _cells(
    number: int, row: Sequence[str], header: Sequence[str], places: Mapping[str, int]
) -> dict[str, str]:
    if len(row) != len(header):
        raise InvoiceError(
            f"Line {number} has {counted(len(row), 'value')} instead of {len(header)}: "
            "put values with commas into double quotes."
        )
    return {field: row[place].strip() for field, place in places.items()}


def _line(number: int, cells: Mapping[str, str]) -> Line:
    return Line(
        number,
        _period(number, cells["period"]),
        _one_of(number, "currency", cells["currency"].upper(), currencies()),
        _amount(number, cells["amount"]),
        cells.get("account", ""),
        cells.get("invoice", ""),
        cells.get("service", ""),
        _named(number, "category", cells.get("category", ""), columns()["ChargeCategory"].allowed),
    )


def _amount(number: int, text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise InvoiceError(
            f"Line {number}: the amount {quoted(text)} is no number. "
            "Write digits with a point, such as 1234.50."
        )
    return Decimal(text)


def _period(number: int, text: str) -> str:
    if _MONTH.fullmatch(text):
        return text
    try:
        parsed = iso8601.parse(text)
    except ValueError:
        raise InvoiceError(
            f"Line {number}: the billing period {quoted(text)} is no month such as 2026-10."
        ) from None
    return month_of(parsed.astimezone(UTC).date() if isinstance(parsed, datetime) else parsed)


def _named(number: int, field: str, value: str, allowed: Iterable[str]) -> str:
    """One of the allowed words, however it is capitalized; "" if none is said."""
    words = {each.casefold(): each for each in allowed}
    return _one_of(number, field, words.get(value.casefold(), value), words.values()) if value else ""


def _one_of(number: int, field: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        such = ", ".join(sorted(known)) if len(known) < 10 else "such as USD"  # noqa: PLR2004 as many fit a line
        raise InvoiceError(f"Line {number}: the {field} {quoted(value)} is unknown ({such}).")
    return value


def _totals(lines: Sequence[Line]) -> Iterator[str]:
    """Lines that are as large as all others together, as totals are."""
    for currency in sorted({line.currency for line in lines}):
        of_currency = [line for line in lines if line.currency == currency]
        total = exact_sum(line.amount for line in of_currency)
        for line in of_currency:
            if len(of_currency) > 2 and line.amount and EXACT.multiply(line.amount, Decimal(2)) == total:  # noqa: PLR2004
                yield (
                    f"Line {line.number} ({plain(line.amount)} {currency}) is as large as all others "
                    "together: if it is their total, remove it."
                )

"""check_costs --against: an invoice beside what is loaded."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.management.base import CommandError, CommandParser, OutputWrapper

from catalog.management import exit_codes
from costs.errors import CostError, InvoiceError, NotLoadedError
from costs.invoices.compare import Comparison, compare
from costs.invoices.lines import read_invoice
from costs.invoices.report import as_json, sentence, text
from costs.store import configured

CENT = Decimal("0.01")


def add_arguments(parser: CommandParser) -> None:
    against = "compare what is loaded with this invoice, a CSV file, instead"
    parser.add_argument("--against", type=Path, metavar="FILE", help=against)
    most = "the largest difference of a row that is none, in its currency (default: %(default)s)"
    parser.add_argument("--tolerance", type=_tolerance, default=CENT, metavar="AMOUNT", help=most)
    partial = (
        "the file has not all invoices of its months and accounts: what is loaded beside it is only told"
    )
    parser.add_argument("--partial", action="store_true", help=partial)


def check(
    out: OutputWrapper, path: Path, tolerance: Decimal, *, source: str | None, partial: bool, in_json: bool
) -> None:
    """Print a comparison; the command fails if a difference is larger than the tolerance."""
    try:
        found = _compared(path, [source] if source else [], partial=partial)
    except CommandError as error:
        if in_json:
            out.write(json.dumps({"status": "failed", "error": f"{error}"}, ensure_ascii=False))
        raise
    if in_json:
        out.write(json.dumps(as_json(found, tolerance), ensure_ascii=False))
    else:
        out.write(text(found, tolerance))
    if found.differing(tolerance):
        raise CommandError(sentence(found, tolerance), returncode=exit_codes.FAILED)


def _compared(path: Path, sources: Sequence[str], *, partial: bool) -> Comparison:
    try:
        return compare(read_invoice(path), configured.open_store(), sources=sources, is_partial=partial)
    except InvoiceError as error:
        raise CommandError(f"{error}", returncode=exit_codes.WRONG_ARGUMENTS) from error
    except CostError as error:
        code = exit_codes.FAILED if isinstance(error, NotLoadedError) else exit_codes.WRONG_ARGUMENTS
        raise CommandError(" ".join(filter(None, [error.message, error.hint])), returncode=code) from error


def _tolerance(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise ArgumentTypeError(f"{value} is no amount such as 0.01.")
    return amount

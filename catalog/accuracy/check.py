"""Compares the known figures with what the catalog answers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, TypedDict

from catalog.accuracy.figures import KnownFigure, known_figures
from catalog.errors import CatalogError, NoPriceError, NotFoundError, RegionMismatchError
from catalog.estimates.items import read_item
from catalog.models import AccuracyCheck, PricingUpdate
from catalog.pricing.answers import CalculateAnswer
from catalog.pricing.calculate import calculate
from catalog.pricing.decimals import plain

logger = logging.getLogger(__name__)

Status = Literal["passed", "failed", "not_checkable"]
STATUSES: Sequence[Status] = ("failed", "not_checkable", "passed")
# What the catalog lacks; any other error is a fault of the answer.
_LACKS = (NotFoundError, NoPriceError, RegionMismatchError)


class Finding(TypedDict):
    """A known figure beside the catalog's. Amounts are decimal strings in USD."""

    id: str
    question: str
    source: str
    words: str
    date: str
    status: Status
    expected: str
    found: str | None
    reason: str


def check_all() -> list[Finding]:
    """Check every known figure against the catalog as it is now."""
    return [check(figure) for figure in known_figures()]


def check(figure: KnownFigure) -> Finding:
    """Check one known figure.

    Returns:
        passed if the catalog's amount, rounded as the source rounds, is the source's; not_checkable if the
        catalog lacks a price that the amount needs; otherwise failed.
    """
    try:
        answer = calculate([read_item(item) for item in figure.request["items"]])
    except _LACKS as error:
        return _finding(figure, "not_checkable", reason=error.message)
    except CatalogError as error:
        return _finding(figure, "failed", reason=error.message)
    except Exception:
        logger.exception("The known figure %s could not be computed", figure.id)
        return _finding(figure, "failed", reason="It could not be computed; the log says why.")
    amount, lacks = answer["total"]["amount"], _missing(answer)
    if _is_of_community(answer):
        return _finding(figure, "not_checkable", reason="Only a community's list has a price of it.")
    if amount is None or lacks:
        return _finding(figure, "not_checkable", reason=f"The catalog has no price of {lacks or 'it'}.")
    is_same = round(Decimal(amount), -_exponent(figure.amount)) == figure.amount
    return _finding(figure, "passed" if is_same else "failed", found=amount)


def _is_of_community(answer: CalculateAnswer) -> bool:
    """Whether any part has no provider's price, so that it says nothing of the catalog."""
    lines: Sequence[Any] = answer["items"]
    parts = (part for line in lines for part in line.get("components") or ())
    return any("source" in part for part in parts)


def _missing(answer: CalculateAnswer) -> str:
    """The parts of a sum that have no price, in words; empty if it is whole."""
    if not answer["total"]["partial"]:
        return ""
    lines: Sequence[Any] = answer["items"]
    return ", ".join(name for line in lines for name in line.get("missing") or ()) or "a part of it"


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _finding(figure: KnownFigure, status: Status, *, found: str | None = None, reason: str = "") -> Finding:
    return {
        "id": figure.id,
        "question": figure.question,
        "source": figure.source,
        "words": figure.words,
        "date": figure.date,
        "status": status,
        "expected": f"{figure.amount}",
        "found": None if found is None else plain(Decimal(found)),
        "reason": reason,
    }


def counts(findings: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many figures have each status."""
    counted = Counter(finding["status"] for finding in findings)
    return {status: counted[status] for status in STATUSES}


def record(update: PricingUpdate) -> None:
    """Check all known figures and keep the result beside a sync, which no fault of it stops."""
    try:
        findings = check_all()
        AccuracyCheck.objects.update_or_create(update=update, defaults={"findings": findings})
    except Exception:
        logger.exception("The known figures could not be checked")
        return
    for finding in findings:
        if finding["status"] == "failed":
            told = finding["found"] or finding["reason"]
            logger.warning("known_figure=%s expected=%s found=%s", finding["id"], finding["expected"], told)
    logger.info("known_figures %s", " ".join(f"{name}={count}" for name, count in counts(findings).items()))

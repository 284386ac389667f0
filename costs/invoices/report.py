"""What a comparison with an invoice found, as text for the operator and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.management.terminal import columns
from catalog.pricing.decimals import plain
from costs.invoices.compare import Compared, Comparison
from costs.wording import counted, printable

_NOTHING = "-"
_AMOUNTS = ("invoiced", "loaded", "difference")


def text(found: Comparison, tolerance: Decimal) -> str:
    """A row for each thing that was compared, what explains its difference, and a sentence about all."""
    rows = [[*row.key.values(), *_amounts(row), "; ".join(says(row, tolerance))] for row in found.rows]
    lines = [
        *(["Made-up demo data is loaded."] if found.is_demo else []),
        *columns([*found.by, *_AMOUNTS, ""], rows, _AMOUNTS),
        "",
        *_beside(found),
        *found.notes,
        sentence(found, tolerance),
    ]
    return "\n".join(map(printable, lines))


def sentence(found: Comparison, tolerance: Decimal) -> str:
    differing = len(found.differing(tolerance))
    all_ = counted(len(found.rows), "row")
    within = f"by more than {plain(tolerance)}" if tolerance else "at all"
    verb = "differs" if differing == 1 else "differ"
    return f"{differing} of {all_} {verb} {within}." if differing else f"None of {all_} differs {within}."


def says(row: Compared, tolerance: Decimal) -> Iterator[str]:
    """What a row's difference is."""
    if row.invoiced is None:
        yield "only loaded"
    elif row.loaded is None:
        yield "only on the invoice"
    elif not row.difference:
        yield "equal"
    elif row.is_rounding:
        yield "rounding"
    else:
        yield "within the tolerance" if abs(row.difference) <= tolerance else "differs"
    if row.difference and not row.is_rounding and row.invoiced is not None and row.loaded is not None:
        yield from _categories(row)


def as_json(found: Comparison, tolerance: Decimal) -> dict[str, Any]:
    return {
        "status": "differs" if found.differing(tolerance) else "agrees",
        "tolerance": plain(tolerance),
        "compared_by": list(found.by),
        "rows": [_row(row, tolerance) for row in found.rows],
        "beside": [_row(row, tolerance) for row in found.beside],
        "notes": list(found.notes),
        "is_demo": found.is_demo,
    }


def _categories(row: Compared) -> Iterator[str]:
    """The taxes, credits and so on of a row that differs."""
    for side, parts in (("invoice", row.invoiced_parts), ("loaded", row.loaded_parts)):
        named = [f"{name} {plain(amount)}" for name, amount in parts.items() if name]
        if named:
            yield f"{side}: {', '.join(named)}"
    if row.alike:
        yield f"the difference is as large as {' and '.join(row.alike)}"


def _beside(found: Comparison) -> Iterator[str]:
    for row in found.beside:
        named = ", ".join(f"{name} {value or '(none)'}" for name, value in row.key.items())
        yield f"Loaded beside the invoice: {plain(row.loaded or Decimal(0))} of {named}."


def _amounts(row: Compared) -> Sequence[str]:
    return [_written(row.invoiced), _written(row.loaded), plain(row.difference)]


def _written(amount: Decimal | None) -> str:
    return _NOTHING if amount is None else plain(amount)


def _row(row: Compared, tolerance: Decimal) -> dict[str, Any]:
    return {
        **row.key,
        "invoiced": None if row.invoiced is None else plain(row.invoiced),
        "loaded": None if row.loaded is None else plain(row.loaded),
        "difference": plain(row.difference),
        "is_within_tolerance": abs(row.difference) <= tolerance,
        "is_rounding": row.is_rounding,
        "invoiced_by_category": _plain(row.invoiced_parts),
        "loaded_by_category": _plain(row.loaded_parts),
        "as_large_as": list(row.alike),
    }


def _plain(parts: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: plain(amount) for name, amount in parts.items()}

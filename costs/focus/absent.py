"""Says which columns a file lacks without which its charges load, but answers know less."""

from __future__ import annotations

from collections.abc import Mapping

from costs.focus.cast import File, sources_of

_COUNTS = "tokens and requests are unknown where no other column says how many"
_UNKNOWN: Mapping[str, str] = {
    "Tags": "no customer is known by a tag",
    "SubAccountId": "costs have no account",
    "RegionId": "costs have no region",
    "ConsumedQuantity": _COUNTS,
    "ConsumedUnit": _COUNTS,
    "PricingQuantity": _COUNTS,
    "PricingUnit": _COUNTS,
    "ChargeClass": "corrections are not told from other charges",
}


def absent(have: Mapping[str, str]) -> list[str]:
    """A sentence for each thing that is unknown for want of columns.

    Args:
        have: the type in DuckDB of each column of the file, in any case.
    """
    file = File(have)
    lacking: dict[str, list[str]] = {}
    for name, unknown in _UNKNOWN.items():
        if file.text(*sources_of(name)) is None:
            lacking.setdefault(unknown, []).append(name)
    return [_sentence(names, unknown) for unknown, names in lacking.items()]


def _sentence(names: list[str], unknown: str) -> str:
    *others, last = names
    listed = f"{', '.join(others)} or {last}" if others else last
    return f"The files have no column {listed}: {unknown}."

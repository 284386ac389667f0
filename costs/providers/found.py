"""What a folder turned out to hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from costs.errors import LoadError
from costs.providers.source import Delivery, Layout

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LAYOUTS = {
    ".csv": Layout.FOCUS_CSV,
    ".csv.gz": Layout.FOCUS_CSV,
    ".parquet": Layout.FOCUS_PARQUET,
}


@dataclass(frozen=True, slots=True)
class Found:
    """Deliveries of one kind.

    Args:
        kind: what they are, as in "an AWS data export".
        deliveries: one a month.
        files: the files that were read, manifests included.
        left: what else the export has written, which is old or in the making.
        empty: of the files, those without any row.
    """

    kind: str
    deliveries: Sequence[Delivery]
    files: frozenset[Path]
    left: frozenset[Path] = frozenset()
    empty: Sequence[Path] = ()


def layout_of(path: Path) -> Layout | None:
    """What a file with FOCUS columns is, by the end of its name; None if it is neither CSV nor Parquet."""
    name = path.name.lower()
    return next((layout for end, layout in _LAYOUTS.items() if name.endswith(end)), None)


def sharing(deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """The same, of which those are marked whose files have rows of other months too."""
    months = Counter(file for each in deliveries for file in each.files)
    return [replace(each, shares_files=any(months[file] > 1 for file in each.files)) for each in deliveries]


def refuse_several(what: str, exports: Collection[Path | str]) -> None:
    """Refuse more than one export: each has a part of the money, so that none replaces another.

    Raises:
        LoadError: there are several.
    """
    if len(exports) > 1:
        names = " and ".join(str(export) for export in list(exports)[:2])
        raise LoadError(f"There are several {what}, such as {names}: make a source of each.")

"""Where costs are in BigQuery: the setting COST_STORE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from costs.errors import StoreUnavailableError

FORM = "bigquery://PROJECT/DATASET"
_MAX_GIB = 100
# Nothing in it ends a quoted name.
_LOCATION = re.compile(r"bigquery://([A-Za-z0-9.:_-]+)/(\w+)(?:\?(.*))?", re.ASCII)
_PROJECT = re.compile(r"[A-Za-z0-9.:_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A dataset, and how it may be queried.

    Args:
        project: of the dataset.
        dataset: its name.
        run_in: the project that queries run in, and are billed to.
        max_gib: how much a query may read, in GiB.
    """

    project: str
    dataset: str
    run_in: str
    max_gib: int

    @classmethod
    def of(cls, location: str) -> Place:
        """The place that a location names.

        Raises:
            StoreUnavailableError: it names none.
        """
        found = _LOCATION.fullmatch(location)
        options = dict(parse_qsl(found[3] or "", keep_blank_values=True)) if found else {}
        run_in = options.pop("run_in", found[1] if found else "")
        max_gib = options.pop("max_gib", f"{_MAX_GIB}")
        is_right = _PROJECT.fullmatch(run_in) and max_gib.isdecimal() and int(max_gib)
        if not found or options or not is_right:
            raise StoreUnavailableError(
                f"COST_STORE is {location!r}, which names no store of costs.",
                hint=f"Set it to lake or {FORM}, with ?run_in=PROJECT, ?max_gib=NUMBER or both with &.",
            )
        return cls(found[1], found[2], run_in, int(max_gib))

    @property
    def name(self) -> str:
        return f"{self.project}.{self.dataset}"

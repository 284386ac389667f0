"""Where a table of BigQuery is: the location of its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from costs.errors import LoadError

_MAX_GIB = 200
_LOCATION = re.compile(r"bigquery://([A-Za-z0-9.:_-]+)/(\w+)/([\w-]+)(?:\?(.*))?")
_FORM = "bigquery://PROJECT/DATASET/TABLE"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table is, and how it may be queried.

    Args:
        project: of the table.
        dataset: of the table.
        table: its name.
        run_in: the project that queries run in, and are billed to.
        max_gib: how much a query may read, in GiB.
    """

    project: str
    dataset: str
    table: str
    run_in: str
    max_gib: int

    @classmethod
    def of(cls, location: str) -> Place:
        """The place that a location names.

        Raises:
            LoadError: it names none.
        """
        found = _LOCATION.fullmatch(location)
        if not found:
            raise LoadError(f"{location!r} is no table of BigQuery: write {_FORM}.")
        options = dict(parse_qsl(found[4] or "", keep_blank_values=True))
        run_in, max_gib = options.pop("run_in", found[1]), options.pop("max_gib", f"{_MAX_GIB}")
        if options or not run_in or not max_gib.isdecimal() or not int(max_gib):
            known = "?run_in=PROJECT, ?max_gib=NUMBER, or both with & between"
            raise LoadError(f"{location!r} ends in something unknown: write {_FORM}, or add {known}.")
        return cls(found[1], found[2], found[3], run_in, int(max_gib))

    @property
    def name(self) -> str:
        return f"{self.project}.{self.dataset}.{self.table}"

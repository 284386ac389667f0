"""Facets: the values of matching SKUs, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from catalog.search.contract import Facets, FacetValue

MAX_VALUES = 8


def facets_of(counted: Iterable[str]) -> Facets:
    """The facets of SKUs that were counted in groups, rows "counted" of statements.FIND_SKUS."""
    service, region, usage_type, resource_group = (Counter[str]() for _ in Facets.__annotations__)
    for groups in counted:
        for of_service, of_usage_type, of_resource_group, of_regions, n in json.loads(groups):
            service[of_service] += n
            usage_type[of_usage_type] += n
            resource_group[of_resource_group] += n
            for code in of_regions:
                region[code] += n
    return Facets(
        service=_most_common(service),
        region=_most_common(region),
        usage_type=_most_common(usage_type),
        resource_group=_most_common(resource_group),
    )


def _most_common(counter: Counter[str]) -> list[FacetValue]:
    most_common_first = sorted((-n, value) for value, n in counter.items() if value)
    return [{"value": value, "count": -n} for n, value in most_common_first[:MAX_VALUES]]

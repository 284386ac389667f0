"""The sweeps by name: each makes its questions and labels from the rows of whatever catalog is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.search_honesty.absent import not_sold_in_region, services_without_skus, terms_not_sold
from benchmarks.search_honesty.ambiguous import open_questions
from benchmarks.search_honesty.cases import Case
from benchmarks.search_honesty.found import counts, machines, storage_classes
from benchmarks.search_honesty.rows import Rows

Sweep = Callable[[Rows], Iterator[Case]]

SWEEPS: dict[str, Sweep] = {
    "counts": counts,
    "machines": machines,
    "storage": storage_classes,
    "services": services_without_skus,
    "regions": not_sold_in_region,
    "terms": terms_not_sold,
    "open": open_questions,
}

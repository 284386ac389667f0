"""Measures one sync in a process: `.venv/bin/python -m benchmarks.sync.run FOLDER COPIES changed|same`."""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.db import connection


def main(folder: str, copies: str, prices: str) -> None:
    django.setup()
    logging.disable(logging.INFO)
    from benchmarks.sync.source import MultipliedSource  # noqa: PLC0415  models need django.setup() first
    from catalog.sync.run import sync  # noqa: PLC0415

    source = MultipliedSource(Path(folder), int(copies), is_changed=prices == "changed")
    counts: Counter[str] = Counter()
    begun, cpu_begun = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(_counting(counts)):
        update = sync(source).update
    figures = {
        "skus": update.skus_synced,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu_begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **counts,
    }
    print(json.dumps(figures))


def _counting(counts: Counter[str]) -> Callable[..., Any]:
    """Counts the rows that statements write; staged rows separately."""

    def wrapper(
        execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]
    ) -> object:
        result = execute(sql, params, many, context)
        if sql.split(None, 1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            counts["staged" if '"sync_staging"' in sql else "rows"] += max(0, context["cursor"].rowcount)
        return result

    return wrapper


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Measures the public pages: queries, server time and size, against a page without queries in the same run.

    .venv/bin/python -m benchmarks.pages FOLDER [--calls N] [--sizes N …]

FOLDER is a catalog folder (services.json.gz and skus/). Larger catalogs contain copies of its SKUs, as in
benchmarks.search_speed. The goals are four queries and 100 KB for a page, and 50 ms of server time at 20,000
SKUs and 100 ms at 200,000. A page is asked once before it is measured: what is read once a sync is kept.
The exit code is 1 if a page makes more queries or is larger.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import quote

from benchmarks.search_speed import grow
from benchmarks.temporary_catalog import prepare

SIZES = (20_000, 200_000)
BASELINE = "/connect/"
ITEMS = "resource,region,quantity\n" + "\n".join(
    f"n2-standard-{size},europe-west3,2" for size in (2, 4, 8, 16, 32, 48, 64, 80)
)
PAGES = (
    "/",
    "/search?q=n2+core",
    "/search?q=n2-standard-8+frankfurt",
    "/search?q=cloud+sql+postgres+vcpu+ha",
    "/search?q=zq9+nothing",
    "/search?service=Compute+Engine&usage_type=Preemptible",
    "/skus/53BB-FF1B-0C91/",
    "/skus/22EB-AAE8-FBCD/",
    "/machines/n2-standard-8/",
    "/machines/",
    "/machines/?region=europe-west3&sort=-vcpus",
    "/compare/?q=n2+core+frankfurt",
    "/compare/?q=n2-standard-8&q=e2-standard-8",
    "/changes/",
    "/status/",
    f"/estimate/?csv={quote(ITEMS)}",
)
MAX_QUERIES, MAX_BYTES = 4, 100 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument("--calls", type=int, default=30, help="calls of each page (default: %(default)s)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="SKUs (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database = Path(name, "catalog.db")
        prepare(f"file:{database}", options.folder)
        found = []
        for size in options.sizes:
            _close()
            grow(database, size)
            found.append(measure(size, options.calls))
    sys.exit(not all(found))


def measure(size: int, calls: int) -> bool:
    """Print what each page takes; returns whether all keep to the numbers of queries and bytes."""
    from django.conf import settings  # noqa: PLC0415 after django.setup()

    settings.PAGE_SEARCHES_PER_MINUTE = 0
    _, baseline, _ = _page(BASELINE, calls)
    print(f"\n{size:,} SKUs{'':43}{'queries':>8}{'p50':>10}{'':>8}{'size':>10}")
    kept = True
    for address in PAGES:
        queries, seconds, length = _page(address, calls)
        kept &= queries <= MAX_QUERIES and length <= MAX_BYTES
        figures = f"{queries:8}{seconds * 1000:8.1f} ms{seconds / baseline:7.1f}x{length / 1024:7.1f} KB"
        print(f"{address[:52]:52}{figures}")
    print(f"{BASELINE:52}{0:8}{baseline * 1000:8.1f} ms{1:7.1f}x")
    return kept


def _page(address: str, calls: int) -> tuple[int, float, int]:
    """The queries of a page, its median server time in seconds, and its compressed size in bytes."""
    from django.db import connection, reset_queries  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    response = client.get(address)
    if response.status_code not in (200, 404):
        sys.exit(f"{address} answered {response.status_code}")
    reset_queries()  # the log is full from the sync
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - started)
    return len(captured), median(times), len(gzip.compress(response.content))


def _close() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()


if __name__ == "__main__":
    main()

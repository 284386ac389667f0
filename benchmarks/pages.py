"""Measures the public pages: queries, CPU time and size, against a page without queries in the same run.

    .venv/bin/python -m benchmarks.pages FOLDER [--calls N] [--sizes N …]

FOLDER is a catalog folder (services.json.gz and skus/). Larger catalogs contain copies of its SKUs, as in
benchmarks.search_speed. To it come the 13,000 SKUs of models of benchmarks.model_lists. The goals for a page
are four queries, 100 KB, and 50 ms of CPU time at 20,000 SKUs and 100 ms at 200,000. "First" is a page of
which nothing is kept yet, as after a sync. The exit code is 1 if a page makes more queries, the first time
too, or is larger.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from benchmarks.search_speed import grow
from benchmarks.temporary_catalog import prepare

if TYPE_CHECKING:
    from django.test import Client

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
    "/machines/?usage_type=Commit1Yr&sort=-Commit1Yr",
    "/machines.json",
    "/gpus/",
    "/disks/",
    "/buckets/",
    "/models/",
    "/models/?cloud=azure&sort=-output",
    "/models.json",
    "/compare/?q=n2-standard-8&q=e2-standard-8",
    "/compare/?q=n2+core+frankfurt&q=e2-standard-4&q=pd-ssd+london&q=t4+gpu",
    "/changes/",
    "/status/",
    f"/estimate/?csv={quote(ITEMS)}",
)
MAX_QUERIES, MAX_BYTES = 4, 100 * 1024
# First views that are measured: each works all out.
FIRSTS = 5


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
        for number, size in enumerate(options.sizes):
            _close()
            grow(database, size)
            if number == 0:
                _add_models(Path(name, "models"))
            _renew()
            found.append(measure(size, options.calls))
    sys.exit(not all(found))


def measure(size: int, calls: int) -> bool:
    """Print what each page takes; returns whether all keep to the numbers of queries and bytes."""
    from django.conf import settings  # noqa: PLC0415 after django.setup()

    settings.PAGE_SEARCHES_PER_MINUTE = 0
    settings.DEBUG = False  # as on a server: it keeps a log of all queries
    baseline = _page(BASELINE, calls)
    print(f"\n{size:,} SKUs{'':43}{'first':>18}{'again':>18}{'':>8}{'size':>10}")
    kept = True
    for address in PAGES:
        page = _page(address, calls)
        kept &= max(page.first_queries, page.queries) <= MAX_QUERIES and page.length <= MAX_BYTES
        print(_line(address, page, baseline))
    print(_line(BASELINE, baseline, baseline))
    return kept


class Measured(NamedTuple):
    """The queries of a page, its median CPU times in seconds, and its compressed size in bytes."""

    first_queries: int
    first: float
    queries: int
    again: float
    length: int


def _line(address: str, page: Measured, baseline: Measured) -> str:
    first = f"{page.first_queries:5} q{page.first * 1000:8.1f} ms"
    again = f"{page.queries:5} q{page.again * 1000:8.1f} ms{page.again / baseline.again:7.1f}x"
    return f"{address[:52]:52}{first}{again}{page.length / 1024:7.1f} KB"


def _page(address: str, calls: int) -> Measured:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    response = client.get(address)
    if response.status_code not in (200, 404):
        sys.exit(f"{address} answered {response.status_code}")
    firsts = [_seconds(client, address, is_first=True) for _ in range(FIRSTS)]
    queries = []
    _forget()
    for _ in ("first", "again"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        queries.append(len(captured))  # the next request empties the log
    again = [_seconds(client, address) for _ in range(calls)]
    return Measured(
        queries[0], median(firsts), queries[1], median(again), len(gzip.compress(response.content))
    )


def _seconds(client: Client, address: str, *, is_first: bool = False) -> float:
    if is_first:
        _forget()
    started = time.process_time()
    client.get(address)
    return time.process_time() - started


def _forget() -> None:
    """Empty the memory, as a sync does."""
    from catalog.pricing import list_prices, model_lists, model_rates  # noqa: PLC0415
    from catalog.pricing.resources import machine_rates, offers  # noqa: PLC0415
    from catalog.search import siblings, values  # noqa: PLC0415
    from catalog.search.index import vocabulary  # noqa: PLC0415

    kept = (list_prices, machine_rates, model_lists, model_rates, offers, siblings, values, vocabulary)
    for module in kept:
        module.forget()


def _add_models(folder: Path) -> None:
    """Sync the models of the other clouds. They come after copies were made, which are of Google's SKUs."""
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.model_lists import save  # noqa: PLC0415

    folder.mkdir()
    save(folder)
    call_command("sync_catalog", source=str(folder))


def _renew() -> None:
    """Store what first views need, as a sync does when it ends."""
    from catalog.search.index.renew import renew  # noqa: PLC0415

    renew()


def _close() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()


if __name__ == "__main__":
    main()

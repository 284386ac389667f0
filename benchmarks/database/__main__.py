"""Measures a libSQL server against stock sqlite3: reads, a load of 20,000 rows, and the HTTP client's share.

    python -m benchmarks.database

Each figure stands beside its ratio to sqlite3 in the same run; loads are the best of three, reads the median.
"30 ms away" is the same server behind a proxy that holds each request for 30 ms.
"""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.sqld import Sqld

ROUND_TRIP = 0.030
Figures = dict[str, float]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(SECRET_KEY=secrets.token_urlsafe(50), DATABASE_URL=f"file:{folder}/catalog.db")
        os.environ["DJANGO_SETTINGS_MODULE"] = "pricing_site.settings"
        django.setup()
        with Sqld(folder) as server, Proxy(server.port) as far:
            far.fault = lambda _: Fault(delay=ROUND_TRIP)
            columns = {
                "sqlite3": measure(os.environ["DATABASE_URL"], repeats=500, single_rows=500),
                "libSQL": measure(server.url, repeats=500, single_rows=500),
                "libSQL 30 ms away": measure(far.url, repeats=30, single_rows=50),
            }
            clients = cpu_of_clients(server)
    report(columns)
    print("\nCPU of one request and its answer, by HTTP client")
    for client, seconds in clients.items():
        print(f"{client:20}{seconds * 1e6:8.0f} µs")


def measure(url: str, *, repeats: int, single_rows: int) -> Figures:
    """Seconds that each job takes on the database at `url`."""
    from benchmarks.database import jobs  # noqa: PLC0415  models need django.setup() first

    with on(url):
        figures = {
            "20,000 rows, one INSERT a request": jobs.one_by_one(single_rows) * jobs.ROWS / single_rows,
            "20,000 rows, bulk_create": best(jobs.by_orm, jobs.empty),
            "20,000 rows, json_each upserts": best(jobs.by_json, jobs.empty),
            "20,000 unchanged rows, json_each upserts": best(jobs.by_json, lambda: None),
        }
        jobs.price_one()
        return {
            **figures,
            "point query": median(jobs.point_query, repeats),
            "details of one SKU": median(jobs.details_query, repeats),
            "details, number of queries": jobs.number_of_details_queries(),
        }


@contextmanager
def on(url: str) -> Iterator[None]:
    """Makes the empty database at `url` Django's default one."""
    from django.core.management import call_command  # noqa: PLC0415  as above
    from django.db import connections  # noqa: PLC0415
    from django.db.utils import ConnectionHandler  # noqa: PLC0415

    from pricing_site.database import from_url  # noqa: PLC0415

    connections["default"] = ConnectionHandler({"default": from_url(url, Path())})["default"]
    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    yield
    connections["default"].close()


def timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def best(job: Callable[[], object], before_each: Callable[[], object], repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        before_each()
        times.append(timed(job))
    return min(times)


def median(job: Callable[[], object], repeats: int) -> float:
    job()
    return statistics.median(timed(job) for _ in range(repeats))


def cpu_of_clients(server: Sqld, requests: int = 2000) -> Figures:
    """CPU seconds of this process for one request, by each way to send it."""
    import urllib3  # noqa: PLC0415  the product has no use for it

    from libsql_backend import dbapi  # noqa: PLC0415
    from libsql_backend.transport import Transport  # noqa: PLC0415

    body = (
        b'{"baton":null,"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","args":[]}},{"type":"close"}]}'
    )
    transport = Transport(server.url, "", 20.0)
    pool = urllib3.PoolManager()
    connection = dbapi.connect(server.url, autocommit=True)
    ways: dict[str, Callable[[], object]] = {
        "our transport": lambda: transport.post("/v3/pipeline", body, base_url=None, idempotent=True),
        "urllib3": lambda: pool.request("POST", f"{server.url}/v3/pipeline", body=body).data,
        "the whole driver": lambda: connection.execute("SELECT 1").fetchall(),
    }
    return {way: _cpu(send, requests) for way, send in ways.items()}


def _cpu(send: Callable[[], object], requests: int) -> float:
    send()
    started = time.process_time()
    for _ in range(requests):
        send()
    return (time.process_time() - started) / requests


def report(columns: dict[str, Figures]) -> None:
    baseline = columns["sqlite3"]
    print(f"{'':44}" + "".join(f"{name:>24}" for name in columns))
    for job, stock in baseline.items():
        if "number" in job:
            cells = [f"{figures[job]:.0f}" for figures in columns.values()]
        else:
            cells = [f"{_shown(figures[job])} ({figures[job] / stock:.1f}x)" for figures in columns.values()]
        print(f"{job:44}" + "".join(f"{cell:>24}" for cell in cells))


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


if __name__ == "__main__":
    main()

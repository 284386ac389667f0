"""Compares a libSQL server with stock sqlite3: reads, loads of 20,000 rows, and the CPU time of HTTP clients.

    .venv/bin/python -m benchmarks.database

Each figure is followed by its ratio to sqlite3 in the same run. Loads are the best of three runs, reads the
median. "30 ms away" is the same server behind a proxy that delays each request by 30 ms.
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
        with Sqld(folder) as server, Proxy(server.port) as distant:
            distant.fault = lambda _: Fault(delay=ROUND_TRIP)
            columns = {
                "sqlite3": measure(os.environ["DATABASE_URL"], repeats=500, single_rows=500),
                "libSQL": measure(server.url, repeats=500, single_rows=500),
                "libSQL 30 ms away": measure(distant.url, repeats=30, single_rows=50),
            }
            clients = cpu_of_clients(server)
    report(columns)
    print("\nCPU time of one request and its response, by HTTP client")
    for client, seconds in clients.items():
        print(f"{client:20}{seconds * 1e6:8.0f} µs")


def measure(url: str, *, repeats: int, single_rows: int) -> Figures:
    """The seconds that each job takes on the database at `url`."""
    from benchmarks.database import jobs  # noqa: PLC0415  models need django.setup() first

    with default_database(url):
        seconds_per_insert = jobs.insert_one_by_one(single_rows) / single_rows
        figures = {
            "20,000 rows, one INSERT per request": seconds_per_insert * jobs.ROWS,
            "20,000 rows, bulk_create": best(jobs.bulk_create, jobs.delete_skus),
            "20,000 rows, json_each upserts": best(jobs.upsert_json, jobs.delete_skus),
            "20,000 unchanged rows, json_each upserts": best(jobs.upsert_json, lambda: None),
        }
        jobs.add_price()
        return {
            **figures,
            "point query": median(jobs.point_query, repeats),
            "details of one SKU": median(jobs.details_query, repeats),
            "details, number of queries": jobs.count_details_queries(),
        }


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """Make the database at `url` Django's default, migrated and empty."""
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
    """CPU seconds of this process per request, by client."""
    import urllib3  # noqa: PLC0415  measured for comparison only

    from libsql_backend import dbapi  # noqa: PLC0415
    from libsql_backend.transport import Transport  # noqa: PLC0415

    body = (
        b'{"baton":null,"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","args":[]}},{"type":"close"}]}'
    )
    transport = Transport(server.url, "", 20.0)
    pool = urllib3.PoolManager()
    connection = dbapi.connect(server.url, autocommit=True)
    clients: dict[str, Callable[[], object]] = {
        "our transport": lambda: transport.post("/v3/pipeline", body, base_url=None, idempotent=True),
        "urllib3": lambda: pool.request("POST", f"{server.url}/v3/pipeline", body=body).data,
        "the whole driver": lambda: connection.execute("SELECT 1").fetchall(),
    }
    return {client: _cpu_seconds(send, requests) for client, send in clients.items()}


def _cpu_seconds(send: Callable[[], object], requests: int) -> float:
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
            cells = [f"{_format(figures[job])} ({figures[job] / stock:.1f}x)" for figures in columns.values()]
        print(f"{job:44}" + "".join(f"{cell:>24}" for cell in cells))


def _format(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


if __name__ == "__main__":
    main()

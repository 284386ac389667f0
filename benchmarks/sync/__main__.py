"""Measures syncs of the catalog folder and of multiples of it: first, unchanged, 1 % changed.

    .venv/bin/python -m benchmarks.sync FOLDER [--copies N ...]

Each is measured on a local file and on a libsql-server with a round trip of 30 ms. Each sync runs in its own
process, to measure its peak memory. Seconds leave out the start of Python; CPU seconds leave out other work
on the machine. The ratio is to the first sync into the file.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.sqld import Sqld

ROUND_TRIP = 0.030
COPIES = (1, 3, 10)
STEPS = {"first": "same", "unchanged": "same", "1 % changed": "changed"}
Figures = dict[str, Any]
_LINE = "{:23}{:>7}  {:12}{:>7}{:>7}{:>9}{:>7}{:>6}{:>5}{:>6}"


class Tally(list[str]):
    """Counts what is appended without keeping it, which would take the memory of the whole catalog."""

    total = 0

    def append(self, _: str) -> None:
        self.total += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", help="a catalog folder")
    parser.add_argument(
        "--copies",
        type=int,
        nargs="+",
        default=COPIES,
        help="copies of the folder's SKUs in the price list (default: 1 3 10)",
    )
    options = parser.parse_args()
    folder = options.folder
    print(_LINE.format("database", "SKUs", "sync", "s", "CPU s", "rows", "staged", "trips", "MB", "ratio"))
    for number in options.copies:
        with tempfile.TemporaryDirectory() as name:
            local = measure(Path(name), folder, number)
            with Sqld(Path(name)) as server, Proxy(server.port) as far:
                far.fault = lambda _: Fault(delay=ROUND_TRIP)
                remote = measure_server(far, folder, number)
        report("file", local, local["first"])
        report("libsql-server at 30 ms", remote, local["first"])


def measure(workplace: Path, folder: str, copies: int) -> dict[str, Figures]:
    url = f"file:{workplace}/catalog.db"
    migrate(url)
    return {step: run(url, folder, copies, prices) for step, prices in STEPS.items()}


def measure_server(far: Proxy, folder: str, copies: int) -> dict[str, Figures]:
    migrate(far.url)
    figures = {}
    for step, prices in STEPS.items():
        far.requests = tally = Tally()
        figures[step] = run(far.url, folder, copies, prices) | {"trips": tally.total}
    return figures


def run(url: str, folder: str, copies: int, prices: str) -> Figures:
    command = [sys.executable, "-m", "benchmarks.sync.run", folder, str(copies), prices]
    output = subprocess.run(command, env=environment(url), check=True, capture_output=True, text=True)  # noqa: S603
    figures: Figures = json.loads(output.stdout)
    return figures


def migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, env=environment(url), check=True)  # noqa: S603


def environment(url: str) -> dict[str, str]:
    ours = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "pricing_site.settings"}
    return os.environ | ours | {"SECRET_KEY": secrets.token_urlsafe(50)}


def report(database: str, figures: dict[str, Figures], base: Figures) -> None:
    for step, row in figures.items():
        times = [f"{row[name]:.2f}" for name in ("seconds", "cpu")]
        counts = [row.get(name, 0) for name in ("rows", "staged", "trips")]
        ratio = f"{row['seconds'] / base['seconds']:.2f}"
        print(_LINE.format(database, row["skus"], step, *times, *counts, f"{row['megabytes']:.0f}", ratio))
    sys.stdout.flush()


if __name__ == "__main__":
    main()

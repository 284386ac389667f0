"""Drives the real mix of calls and pages from many clients while a sync and a load of costs run beside it.

    .venv/bin/python -m benchmarks.load FOLDER [--clients N] [--calls N] [--workers N ...]

FOLDER is a catalog folder (services.json.gz and skus/). For each number of workers: how many calls a second,
how long they took, how many failed (the goal is none), and the memory of the workers, which is to be flat:
the last quarter of the run at most 10 % over the second. Syncs and loads of a bill go on meanwhile.
Clients and server share the machine.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import Any, Self

import httpx2

from benchmarks.calls import Caller
from tests.harness.product import Product, install, serve

PAGE_SHARE = 10  # one in so many is a page
MONTH = "2026-10"
CUSTOMERS = 40
SAMPLES = 40
MAX_GROWTH = Decimal("1.10")
# The pages that anybody may see; searches of one address are limited, so most are others.
PATHS = ("/", "/machines/", "/status/", "/changes/", "/connect/", "/healthz", "/readyz")

# What all charges of the bill have in common: input tokens of a model on Bedrock.
CHARGE = {
    "BillingAccountId": "111122223333",
    "BillingCurrency": "USD",
    "BillingPeriodStart": f"{MONTH}-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "Input tokens",
    "ChargePeriodStart": f"{MONTH}-03T00:00:00Z",
    "ChargePeriodEnd": f"{MONTH}-04T00:00:00Z",
    "ConsumedQuantity": "1000",
    "ConsumedUnit": "1K tokens",
    "InvoiceIssuerName": "Amazon Web Services",
    "PricingQuantity": "",
    "PricingUnit": "",
    "ProviderName": "AWS",
    "RegionId": "us-east-1",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceName": "Amazon Bedrock",
    "SubAccountId": "444455556666",
    "x_UsageType": "USE1-Claude3.5Haiku-input-tokens",
}

Call = tuple[str, dict[str, Any]]


@dataclass
class Seen:
    """What the clients saw."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float, error: str = "") -> None:
        with self._lock:
            self.done += 1
            self.waits[kind].append(seconds)
            if error:
                self.errors[f"{kind}: {error}"] += 1


class Mix:
    """Calls as agents make them: questions that are new each time, SKUs, machines, and costs."""

    def __init__(self, skus: Sequence[tuple[str, str]], seed: int) -> None:
        self._skus, self._random = skus, random.Random(seed)  # noqa: S311 not for secrets

    def next(self) -> Call:
        pick: Callable[[], Call] = self._random.choices(
            [self._search, self._details, self._calculate, self._machine, self._costs], [35, 20, 20, 15, 10]
        )[0]
        return pick()

    def _some(self, number: int) -> list[tuple[str, str]]:
        return self._random.sample(self._skus, number)

    def _search(self) -> Call:
        words = self._some(1)[0][1].split()
        self._random.shuffle(words)
        return "search", {"query": " ".join(words[:4])[:200], "limit": 5}

    def _details(self) -> Call:
        return "details", {"sku_ids": [sku for sku, _ in self._some(self._random.choice([1, 3, 10]))]}

    def _calculate(self) -> Call:
        number = self._random.choice([1, 3, 10])
        items = [{"sku_id": sku, "quantity": self._random.randint(1, 1000)} for sku, _ in self._some(number)]
        return "calculate", {"items": items}

    def _machine(self) -> Call:
        family = self._random.choice(["n2", "n2d", "e2", "c2d"])
        name = f"{family}-standard-{self._random.choice([2, 4, 8, 16])}"
        region = self._random.choice(["us-central1", "europe-west1", "europe-west3", "asia-east1"])
        return "calculate", {"items": [{"resource": name, "region": region, "quantity": 3}]}

    def _costs(self) -> Call:
        customer = f"customer-{self._random.randrange(CUSTOMERS)}"
        arguments = {"dimensions": ["model"], "filters": {"customer": [customer]}}
        return "query_costs", {**arguments, "start": f"{MONTH}-01", "end": "2026-11-01"}


class Beside:
    """Syncs and loads, one after the other, until the block ends."""

    def __init__(self, product: Product, folder: Path, bills: Path) -> None:
        self._product, self._folder, self._bills = product, folder, bills
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.runs: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            write_costs(self._bills, number)
            self._product.manage("load_costs", "--source", f"{self._bills}")
            self.runs["loads"] += 1
            if not self._stop.is_set():
                self._product.manage("sync_catalog", "--source", f"{self._folder}")
                self.runs["syncs"] += 1


class Memory:
    """The resident memory of the workers, in MB, sampled over the run."""

    def __init__(self, server: int, seen: Seen, calls: int) -> None:
        self._server, self._seen, self._calls = server, seen, calls
        self.pids = set(workers_of(server))
        self.samples: list[float] = []
        self._thread = threading.Thread(target=self._run)
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            if self._seen.done >= len(self.samples) * self._calls / SAMPLES:
                now = workers_of(self._server)
                self.pids |= set(now)
                self.samples.append(sum(map(_resident, now)))

    @property
    def growth(self) -> Decimal:
        """The mean of the last quarter, by that of the second: the first one warms up."""
        quarter = max(1, len(self.samples) // 4)
        second, last = self.samples[quarter : 2 * quarter] or self.samples, self.samples[-quarter:]
        return Decimal(sum(last) / len(last)) / Decimal(sum(second) / len(second))


def workers_of(server: int) -> list[int]:
    """The process ids of the workers that a server has now."""
    return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:  # it ended just now
        return 0.0
    return pages * 4096 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument(
        "--clients", type=int, default=8, help="people who call at once (default: %(default)s)"
    )
    parser.add_argument("--calls", type=int, default=20_000, help="calls of each run (default: %(default)s)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="(default: 1 and 2)")
    options = parser.parse_args()
    for workers in options.workers:
        with tempfile.TemporaryDirectory() as name:
            run(options.folder, Path(name), options.clients, options.calls, workers)


def run(catalog: Path, folder: Path, clients: int, calls: int, workers: int) -> None:
    """One run, with its report."""
    settings = {
        "WEB_CONCURRENCY": f"{workers}",
        # All clients have one address.
        "TOOL_CALLS_PER_MINUTE": "0",
        "PAGE_SEARCHES_PER_MINUTE": "0",
        "COSTS_DIR": f"{folder / 'costs'}",
    }
    product = install(folder, f"{catalog}", **settings)
    bills = folder / "bills"
    write_costs(bills, 0)
    product.manage("load_costs", "--source", f"{bills}")
    tokens = [product.cost_reader(f"person-{number}") for number in range(clients)]
    seen = Seen()
    with serve(product, folder / "log") as server:
        if len(workers_of(server.pid)) != workers:
            raise SystemExit(f"the server has {len(workers_of(server.pid))} worker(s), not {workers}")
        skus = some_skus(Caller(product, tokens[0], []))
        began = time.perf_counter()
        with Beside(product, catalog, bills) as beside, Memory(server.pid, seen, calls) as memory:
            drive(product, tokens, skus, calls, seen)
            seconds = time.perf_counter() - began
        report(workers, clients, seconds, seen, memory, beside)


def drive(
    product: Product, tokens: Sequence[str], skus: Sequence[tuple[str, str]], calls: int, seen: Seen
) -> None:
    """Have each person make their share of the calls."""

    def work(number: int) -> None:
        mix = Mix(skus, number)
        caller = Caller(product, tokens[number], [])
        with httpx2.Client(base_url=product.url, timeout=60) as browser:
            for turn in range(calls // len(tokens)):
                if turn % PAGE_SHARE == number % PAGE_SHARE:
                    _look(browser, PATHS[(turn // PAGE_SHARE) % len(PATHS)], seen)
                else:
                    _ask(caller, mix.next(), seen)

    with ThreadPoolExecutor(len(tokens)) as pool:
        list(pool.map(work, range(len(tokens))))


def _ask(caller: Caller, call: Call, seen: Seen) -> None:
    began, error = time.perf_counter(), ""
    try:
        caller.answer(*call)
    except (RuntimeError, OSError) as failure:
        error = f"{failure}"[:200]
    seen.add(call[0], time.perf_counter() - began, error)


def _look(browser: httpx2.Client, path: str, seen: Seen) -> None:
    began, error = time.perf_counter(), ""
    try:
        response = browser.get(path)
        error = "" if response.status_code == httpx2.codes.OK else f"{path} {response.status_code}"
    except httpx2.TransportError as failure:
        error = f"{path} {failure!r}"
    seen.add("pages", time.perf_counter() - began, error)


def some_skus(caller: Caller) -> list[tuple[str, str]]:
    """SKUs that have a price, with their names."""
    found: dict[str, str] = {}
    for word in ("core", "ram", "storage", "download", "gpu", "operations", "snapshot", "network"):
        answer = caller.answer("search", {"query": word, "limit": 50})
        found |= {sku["sku_id"]: sku["display_name"] for sku in answer["skus"] if sku["price"]}
    return sorted(found.items())


def write_costs(folder: Path, number: int) -> None:
    """A bill of all customers, as a FOCUS file, which differs from the one before."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{MONTH}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(
            file, [*CHARGE, "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "Tags"]
        )
        writer.writeheader()
        for customer in range(CUSTOMERS):
            cost = f"{customer + 1}.{number % 1000:03}"
            costs = dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), cost)
            writer.writerow({**CHARGE, **costs, "Tags": f'{{"customer": "customer-{customer}"}}'})


def report(workers: int, clients: int, seconds: float, seen: Seen, memory: Memory, beside: Beside) -> None:
    print(f"\n{workers} worker(s), {clients} clients, {seen.done} calls, {seen.done / seconds:.0f} a second")
    print(f"beside them: {beside.runs['syncs']} syncs, {beside.runs['loads']} loads of costs")
    print(f"{'':14}{'calls':>8}{'p50':>10}{'p99':>10}")
    for kind, waits in sorted(seen.waits.items()):
        percentiles = quantiles(waits, n=100) if len(waits) > 1 else waits * 99
        print(f"{kind:14}{len(waits):8}{percentiles[49] * 1e3:7.1f} ms{percentiles[98] * 1e3:7.1f} ms")
    verdict = "flat" if memory.growth <= MAX_GROWTH else "GROWS"
    trail = " ".join(f"{sample:.0f}" for sample in memory.samples[:: max(1, SAMPLES // 10)])
    print(f"memory of workers, MB: {trail}; last quarter {memory.growth:.2f} of the second: {verdict}")
    print(f"workers replaced: {len(memory.pids) - workers}")
    print(f"errors: {seen.errors.total()}")
    for error, number in seen.errors.most_common(5):
        print(f"  {number} x {error}")


if __name__ == "__main__":
    main()

"""Measures search over HTTP at three catalog sizes, against a no-op tool on the same server.

    .venv/bin/python -m benchmarks.search_speed FOLDER [--calls N] [--sizes N …]

FOLDER is a catalog folder (services.json.gz and skus/). Larger catalogs contain copies of its SKUs as if
another provider sold them, with another first word, product, family and model: "bN2 Instance Core running in
Frankfurt" of the family "bn2". The goals are at most four times the CPU of the no-op tool and a p99 under 15
ms at the size of the folder, a p50 at 200,000 SKUs of at most twice that at 20,000, and at most 50 ms for any
question, however broad or odd.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from pathlib import Path
from statistics import median
from string import ascii_lowercase
from typing import Any

from benchmarks.calls import Caller, Cost, calling
from benchmarks.search_quality.questions import authors, questions
from tests.harness.product import install

SIZES = (20_000, 60_000, 200_000)
KINDS: dict[str, list[dict[str, Any]]] = {
    "one word": [{"query": word} for word in ("n2", "snapshot", "t4", "autopilot", "coldline")],
    "three words": [
        {"query": "n2 core frankfurt"},
        {"query": "pd-ssd price london"},
        {"query": "spot e2 ram us-central1"},
        {"query": "nearline storage belgium"},
        {"query": "t4 gpu singapore"},
    ],
    "filters only": [
        {"region": "europe-west3", "resource_group": "CPU"},
        {"service": "Cloud Storage", "region": "us"},
        {"resource_family": "Storage", "usage_type": "OnDemand", "region": "asia-south1"},
        {"region": "us-east4"},
    ],
}
ODD = {
    "a": "a",
    "c": "c",
    "co": "co",
    "compute": "compute",
    "Compute Engine": "Compute Engine",
    "us core ram": "us core ram",
    "200 letters": "x" * 200,
    "200 characters of noise": "zq9 ;--'%_* " * 16,
    "many short words": "n2 e2 c2 m1 a2 g2 core cpu ram gpu in to us eu pd ip os vm " * 3,
    "FTS operators": 'NEAR(a b) AND NOT "x" OR col:y* ^z - +',
    "quotes": "\"'`\"\"''",
    "NUL": "n2\0core",
    "emoji": "🎉 n2 🚀 core",
    "nothing found": "n2 c9 frankfurt",
    "slips": "standart disk frankfrut",
}
CLOSE_ENOUGH = 0.99
# Every ninth question of search_quality is asked once, so that SQLite has to prepare its statement.
SAMPLE_STEP = 9
IS_COPIED = "SELECT EXISTS (SELECT 1 FROM skus WHERE sku_id LIKE ?)"
COPY_SKUS = """
INSERT INTO skus (sku_id, service_id, display_name, description, resource_family, resource_group, usage_type,
    geo_taxonomy_type, geo_taxonomy_regions, service_regions, service_provider_name)
SELECT :copy || sku_id, service_id, :copy || display_name, description, resource_family,
    resource_group, usage_type, geo_taxonomy_type, geo_taxonomy_regions, service_regions,
    service_provider_name
FROM skus WHERE sku_id LIKE '____-____-____' LIMIT :more
"""
COPY_ATTRIBUTES = """
INSERT INTO sku_attributes (sku_id, facts, unread, key, costs, cost, span_unit, span_least, span_most, source,
    destination, has_place, is_list_price)
SELECT :copy || sku_id,
    replace(replace(replace(facts, ' product=', ' product=' || :copy), ' family=', ' family=' || :copy),
        ' model=', ' model=' || :copy),
    unread, :copy || key, costs, cost, span_unit, span_least, span_most, source, destination, has_place,
    is_list_price
FROM sku_attributes WHERE sku_id LIKE '____-____-____' LIMIT :more
"""
COPY_PRICES = """
INSERT INTO pricing_info (sku_id, effective_time, summary, currency_code, usage_unit, usage_unit_description,
    pricing_expression_json, aggregation_json, created_at)
SELECT :copy || sku_id, effective_time, summary, currency_code, usage_unit, usage_unit_description,
    pricing_expression_json, aggregation_json, created_at
FROM pricing_info WHERE :copy || sku_id IN (SELECT sku_id FROM skus)
"""
COPY_TIERS = """
INSERT INTO pricing_tiers (pricing_info_id, start_usage_amount, price_units, price_nanos)
SELECT new.id, t.start_usage_amount, t.price_units, t.price_nanos
FROM pricing_info AS new JOIN pricing_info AS old ON new.sku_id = :copy || old.sku_id
JOIN pricing_tiers AS t ON t.pricing_info_id = old.id
"""
# As a sync does when it ends.
MERGE = "INSERT INTO sku_words (sku_words) VALUES ('optimize')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument(
        "--calls", type=int, default=100, help="calls of each question (default: %(default)s)"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="SKUs (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        product = install(Path(name), str(options.folder))
        for size in options.sizes:
            grow(Path(name, "catalog.db"), size)
            with calling(product, Path(name)) as caller:
                measure(caller, size, options.calls)


def grow(database: Path, size: int) -> None:
    """Copies SKUs with their prices until there are about `size`."""
    connection = sqlite3.connect(database, timeout=60)
    for copy in ascii_lowercase[1:]:
        (count,) = connection.execute("SELECT count(*) FROM skus").fetchone()
        (is_copied,) = connection.execute(IS_COPIED, (f"{copy}____-%",)).fetchone()
        if count >= size * CLOSE_ENOUGH:
            break
        if is_copied:
            continue
        with connection:
            for statement in (COPY_ATTRIBUTES, COPY_SKUS, COPY_PRICES, COPY_TIERS):
                connection.execute(statement, {"copy": copy, "more": size - count})
    with connection:
        connection.execute(MERGE)
    connection.close()


def measure(caller: Caller, size: int, calls: int) -> None:
    noop = caller.measure("noop", {}, calls * 5)
    print(f"\n{size:,} SKUs{'':12}{'CPU':>10}{'':>8}{'p50':>10}{'p99':>10}")
    report("no-op", [noop], noop)
    everything = []
    for kind, asked_often in [*KINDS.items(), ("paging", pages(caller))]:
        costs = [caller.measure("search", arguments, calls) for arguments in asked_often]
        report(kind, costs, noop)
        everything += costs
    report("all of these", everything, noop)
    for label, styles in (("tidy, each once", ("place", "code", "filter")), ("messy, each once", ("messy",))):
        asked = [question for question in questions(authors()) if question.style in styles][::SAMPLE_STEP]
        report(
            label, [caller.measure_each("search", [q.arguments | {"query": q.query} for q in asked])], noop
        )
    for label, query in ODD.items():
        report(label, [caller.measure("search", {"query": query}, max(calls // 5, 5))], noop)


def pages(caller: Caller) -> list[dict[str, Any]]:
    """The second page of ten, and a page after more than a thousand results."""
    found = []
    for query, skipped in (("n2 core", 1), ("egress", 1), ("egress", 25)):
        arguments: dict[str, Any] = {"query": query, "limit": 50 if skipped > 1 else 10}
        for _ in range(skipped):
            cursor = caller.answer("search", arguments)["next_cursor"]
            arguments = arguments | {"cursor": cursor}
        found.append(arguments | {"limit": 10})
    return found


def report(label: str, costs: list[Cost], noop: Cost) -> None:
    cpu = median(cost.cpu for cost in costs)
    p50, p99 = median(cost.p50 for cost in costs), max(cost.p99 for cost in costs)
    print(
        f"{label:24}{cpu * 1e3:7.2f} ms{cpu / noop.cpu:6.1f}x{p50 * 1e3:8.2f} ms{p99 * 1e3:8.2f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()

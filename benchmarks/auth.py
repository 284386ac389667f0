"""Measures the cost of the token lookup: calls of a no-op tool with and without it.

    .venv/bin/python -m benchmarks.auth [--calls N] [--rounds N] [--tokens N]

The two servers take turns; the best round of each counts.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.calls import Cost, calling
from tests.harness.product import Product, install

SERVERS = {
    "without the check": "benchmarks.asgi_without_check:application",
    "with the check": "benchmarks.asgi_with_noop:application",
}
MAKE_TOKENS = """
from accounts.models import User
from accounts.oauth import tokens
user = User.objects.create_user("many")
for _ in range({count}): tokens.issue(user, days=1)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000, help="calls per round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per server (default: %(default)s)")
    parser.add_argument(
        "--tokens", type=int, default=1000, help="other tokens in the database (default: %(default)s)"
    )
    options = parser.parse_args()
    costs: dict[str, list[Cost]] = {label: [] for label in SERVERS}
    with tempfile.TemporaryDirectory() as name:
        product = install(Path(name))
        product.manage("shell", "-c", MAKE_TOKENS.format(count=options.tokens))
        for _ in range(options.rounds):
            for label, application in SERVERS.items():
                costs[label].append(measure(product, Path(name), application, options.calls))
    report({label: min(found, key=lambda cost: cost.cpu) for label, found in costs.items()})


def measure(product: Product, folder: Path, application: str, calls: int) -> Cost:
    with calling(product, folder, application) as caller:
        return caller.measure("noop", {}, calls)


def report(costs: dict[str, Cost]) -> None:
    baseline = costs["without the check"]
    print(f"{'':20}{'CPU':>10}{'':>8}{'p50':>10}{'p99':>10}")
    for label, cost in costs.items():
        print(
            f"{label:20}{cost.cpu * 1e6:7.0f} µs{cost.cpu / baseline.cpu:6.2f}x"
            f"{cost.p50 * 1e3:8.2f} ms{cost.p99 * 1e3:8.2f} ms"
        )


if __name__ == "__main__":
    main()

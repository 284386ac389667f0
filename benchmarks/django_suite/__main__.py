"""Runs Django's own test suite on a libSQL server and on stock sqlite3, and compares the results.

    .venv/bin/python -m benchmarks.django_suite [LABEL ...]

The tests are in the source release of the installed Django, and tests/harness/sqld.py starts the server.
The output lists the tests that pass on sqlite3 only, each with the reason, and the share that passes on both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

import django

from tests.harness.sqld import Sqld

ROOT = Path(__file__).resolve().parent.parent.parent
LABELS = [
    "basic",
    "queries",
    "lookup",
    "ordering",
    "bulk_create",
    "transactions",
    "transaction_hooks",
    "migrations",
    "schema",
    "introspection",
    "aggregation",
    "annotations",
    "expressions",
    "expressions_case",
    "datetimes",
    "dates",
    "delete",
    "update",
    "get_or_create",
    "model_fields",
    "m2m_and_m2o",
    "m2m_intermediary",
    "m2m_multiple",
    "m2m_recursive",
    "m2m_regress",
    "m2m_signals",
    "m2m_through",
    "m2m_through_regress",
    "select_related",
    "prefetch_related",
    "constraints",
    "backends",
    "admin_views",
    "sessions_tests",
    "auth_tests",
]

# The outcome of each test, and the reason.
Outcomes = dict[str, tuple[str, str]]


def main() -> None:
    labels = sys.argv[1:] or LABELS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        suite = download(folder)
        stock = run(suite, labels, folder / "sqlite3.jsonl", {"SUITE_FOLDER": name})
        with Sqld(_new_folder(folder / "a")) as default, Sqld(_new_folder(folder / "b")) as other:
            urls = f"{default.url} {other.url}"
            libsql = run(suite, labels, folder / "libsql.jsonl", {"SUITE_URLS": urls})
    report(stock, libsql)


def download(folder: Path) -> Path:
    """Download the source release of the installed Django and return its tests folder."""
    requirement = f"django=={django.get_version()}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
    subprocess.run([*pip, "--dest", str(folder), requirement], check=True)  # noqa: S603
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz") / "tests"


def run(suite: Path, labels: list[str], outcomes: Path, settings: dict[str, str]) -> Outcomes:
    """The outcome of each test. Each label runs in its own process so that it starts without tables."""
    environment = {**os.environ, **settings, "SUITE_OUTCOMES": str(outcomes), "PYTHONPATH": str(ROOT)}
    for label in labels:
        print(f"{outcomes.stem}: {label}", file=sys.stderr, flush=True)
        command = [sys.executable, "runtests.py", "--settings=benchmarks.django_suite.settings"]
        command += ["--parallel=1", "--noinput", "--verbosity=0", label]
        subprocess.run(command, cwd=suite, env=environment, check=False, capture_output=True)  # noqa: S603
    lines = map(json.loads, outcomes.read_text(encoding="utf-8").splitlines())
    # A test with failed subtests has one line for each of them, and no line that it passed.
    return {line["test"]: (line["outcome"], line["cause"]) for line in lines}


def report(stock: Outcomes, libsql: Outcomes) -> None:
    passed_on_sqlite = [test for test, (outcome, _) in stock.items() if outcome == "passed"]
    failed = [test for test in passed_on_sqlite if libsql.get(test, ("absent", ""))[0] != "passed"]
    for test in failed:
        print(test, *libsql.get(test, ("absent", "its class or module did not run")), sep="\t")
    print(f"sqlite3: {_summary(stock)}\nlibSQL: {_summary(libsql)}")
    total, passed = len(passed_on_sqlite), len(passed_on_sqlite) - len(failed)
    print(f"{passed} of {total} that pass on sqlite3 pass on libSQL: {passed / total:.2%}")


def _summary(outcomes: Outcomes) -> str:
    counts = Counter(outcome for outcome, _ in outcomes.values())
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())


def _new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()

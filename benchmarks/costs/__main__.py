"""Measures costs: questions over 10 million charges, loads of a million, reloads under a reader.

    .venv/bin/python -m benchmarks.costs                    # everything; makes the charges first
    .venv/bin/python -m benchmarks.costs --folder /var/tmp/bench
                                                            # keeps the charges for the next run
    .venv/bin/python -m benchmarks.costs --only questions   # one of its parts
    .venv/bin/python -m benchmarks.costs --quick            # a small run, for CI

The charges are made up but the same in each run: three clouds, six months, 337 meters, 500 customers. Each
question has a process of its own, and is asked first with nothing open, then again. Beside it stands the
same as plain SQL over the same charges in SQLite, which has them as whole numbers in narrow rows, and ours
over as many. Beside a load stands DuckDB's bare copy of the same file in the same minute. CPU is that of
all cores; on a machine with other work it is more reliable than seconds.

The goals are under 1 s and 300 MB for each question on two cores, under 30 s for a load, 60 s and 500 MB
for a month as a cloud delivers it, and no torn read. If an answer differs from SQLite's, or a sum from the
one that Python adds up in whole numbers, the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from benchmarks.costs import deliveries, sqlite
from benchmarks.costs.bills import Bills
from benchmarks.costs.installation import Loaded, loaded
from benchmarks.costs.loading import LAYOUTS, measure
from benchmarks.costs.questions import CASES
from benchmarks.costs.reloads import race
from costs.panels import PANELS

PARTS = ("questions", "panels", "loads", "deliveries", "reloads")
_QUESTION = "{:22}{:>5}{:>7}{:>7}{:>7}{:>5}  {:7}{:>7}{:>8}{:>7}  {}"
_PANEL = "{:24}{:>7}{:>8}{:>8}{:>6}"
_LOAD = "{:10}{:>10}{:>9}{:>8}{:>7}{:>11}{:>7}  {:5} {}"
_DELIVERY = "{:10}{:>10}{:>9}{:>8}{:>7}  {:7}{}"
MAX_SECONDS, MAX_MEGABYTES, MAX_LOAD_SECONDS = 1, 300, 30
MAX_DELIVERY_SECONDS, MAX_DELIVERY_MEGABYTES = 60, 500


class Options(argparse.Namespace):
    """What the command line says."""

    folder: Path | None
    rows: int
    sqlite_rows: int
    load_rows: int
    reloads: int
    repeats: int
    only: str | None
    quick: bool


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        work = {
            "questions": lambda: ask_all(folder, options),
            "panels": lambda: show_all(folder, options),
            "loads": lambda: load_all(Path(temporary), options.load_rows),
            "deliveries": lambda: deliver_all(Path(temporary, "delivered"), options.load_rows),
            "reloads": lambda: reload(Path(temporary, "race"), options.reloads),
        }
        is_right = [work[part]() for part in PARTS if options.only in (None, part)]
    sys.exit(not all(is_right))


def ask_all(folder: Path, options: Options) -> bool:
    """Ask all questions, and say whether the answers are right."""
    few = Bills(options.sqlite_rows)
    large, small = loaded(folder, Bills(options.rows)), loaded(folder, few)
    database = folder / f"{few.rows}.sqlite"
    if not database.exists():
        sqlite.fill(database, few)
    _head(f"Seconds, over {large.rows:,} charges and over {small.rows:,}")
    print(
        _QUESTION.format(
            "", "rows", "first", "again", "CPU", "MB", "goal", "again", "SQLite", "ratio", "equal"
        )
    )
    is_right = True
    for label in CASES:
        found, less = large.ask(label, options.repeats), small.ask(label, options.repeats)
        expected, times = sqlite.ask(database, label, options.repeats)
        is_equal = sorted(less["rows"], key=str) == sorted(expected, key=str)
        is_met = found["then"] < MAX_SECONDS and found["megabytes"] < MAX_MEGABYTES
        seconds = [f"{value:.2f}" for value in (found["first"], found["then"], found["cpu"])]
        others = [f"{value:.3f}" for value in (less["then"], times.then)]
        megabytes, ratio = f"{found['megabytes']:.0f}", f"{less['then'] / times.then:.2f}"
        goal, equal = ("met" if is_met else "missed"), ("yes" if is_equal else "NO")
        print(
            _QUESTION.format(label, len(found["rows"]), *seconds, megabytes, goal, *others, ratio, equal),
            flush=True,
        )
        is_right &= is_equal
    return is_right & _is_exact(large) & _is_exact(small)


def show_all(folder: Path, options: Options) -> bool:
    """Show each panel of a page."""
    large = loaded(folder, Bills(options.rows))
    _head(f"Panels of a month over {large.rows:,} charges, in seconds")
    print(_PANEL.format("", "first", "kept", "CPU", "MB"))
    for name in PANELS:
        found = large.show(name)
        seconds = [f"{found['first']:.2f}", f"{found['then']:.3f}", f"{found['cpu']:.3f}"]
        print(_PANEL.format(name, *seconds, f"{found['megabytes']:.0f}"), flush=True)
    return True


def _is_exact(costs: Loaded) -> bool:
    """Whether the sum of each cloud is the one that Python adds up."""
    found = {cloud: Decimal(f"{billed}") for cloud, billed, *_ in costs.ask("spend by cloud", 1)["rows"]}
    is_equal = found == costs.billed
    verdict = "equal to" if is_equal else "NOT"
    print(f"{costs.rows:,} charges: {sum(found.values())} USD, {verdict} the sum by Python")
    return is_equal


def load_all(folder: Path, rows: int) -> bool:
    """Load a bill in each layout, and say whether its sum is right."""
    _head("Loads of one month")
    print(_LOAD.format("", "charges", "s", "CPU s", "MB", "copied in s", "ratio", "goal", "equal"))
    is_right = True
    for layout in LAYOUTS:
        found = measure(folder, rows, layout)
        is_equal = found.billed == found.expected
        figures = (
            f"{found.seconds:.1f}",
            f"{found.cpu:.1f}",
            f"{found.megabytes:.0f}",
            f"{found.copy_seconds:.1f}",
        )
        ratio, goal = (
            f"{found.seconds / found.copy_seconds:.1f}",
            ("met" if found.seconds < MAX_LOAD_SECONDS else "missed"),
        )
        print(
            _LOAD.format(layout, f"{found.rows:,}", *figures, ratio, goal, "yes" if is_equal else "NO"),
            flush=True,
        )
        is_right &= is_equal
    return is_right


def deliver_all(folder: Path, rows: int) -> bool:
    """Load a month as each cloud delivers it, and say whether its sum is right."""
    _head("Deliveries of one month")
    print(_DELIVERY.format("", "charges", "s", "CPU s", "MB", "goal", "equal"))
    is_right = True
    for cloud in deliveries.WRITERS:
        found = deliveries.measure(folder, rows, cloud)
        is_equal = found.billed == found.expected
        is_met = found.seconds < MAX_DELIVERY_SECONDS and found.megabytes < MAX_DELIVERY_MEGABYTES
        figures = (f"{found.seconds:.1f}", f"{found.cpu:.1f}", f"{found.megabytes:.0f}")
        goal, equal = ("met" if is_met else "missed"), ("yes" if is_equal else "NO")
        print(_DELIVERY.format(cloud, f"{found.rows:,}", *figures, goal, equal), flush=True)
        is_right &= is_equal
    return is_right


def reload(folder: Path, reloads: int) -> bool:
    """Reload beside a reader, and say whether all that it read was whole."""
    _head("Reloads beside a reader")
    found = race(folder, reloads)
    print(f"{reloads} reloads in {found.seconds:.1f} s, {found.reads} reads, {found.torn} torn")
    return found.torn == 0


def _head(text: str) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\n{text} ({os.cpu_count()} cores, load average {load})")


def _options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where to keep the charges (default: a temporary folder)")
    parser.add_argument("--only", choices=PARTS, help="the only part to run")
    parser.add_argument("--quick", action="store_true", help="a small run, whose seconds say little")
    numbers = {
        "rows": (10_000_000, 20_000, "charges that are asked about"),
        "sqlite-rows": (1_000_000, 20_000, "of which SQLite is asked"),
        "load-rows": (1_000_000, 10_000, "charges of a load"),
        "reloads": (500, 20, "reloads beside a reader"),
        "repeats": (5, 1, "how often a question is asked again"),
    }
    is_quick = "--quick" in sys.argv
    for name, (usual, quick, text) in numbers.items():
        parser.add_argument(
            f"--{name}",
            type=int,
            default=quick if is_quick else usual,
            help=f"{text} (default: {usual:,}; quick: {quick:,})",
        )
    return parser.parse_args(namespace=Options())


if __name__ == "__main__":
    main()

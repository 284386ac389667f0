"""Measures how often search, LIKE and plain bm25 find the right SKU for realistic questions.

    .venv/bin/python -m benchmarks.search_quality FOLDER [--author NAME ...] [--misses]

FOLDER is a catalog folder (services.json.gz and skus/). recall@k: a right SKU is among the first k results.
MRR: the mean of 1/rank of the first right SKU among the first ten. The goals are 0.95 recall@1 and 0.99
recall@5 for questions that no rule was based on: to measure these, have someone who has not seen search write
a new file in questions/, and run it once.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.search_quality.questions import Question, authors, questions
from benchmarks.temporary_catalog import prepare

MAX_RESULTS = 10
TOP = 5
Engine = Callable[[Question], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument(
        "--author",
        nargs="+",
        choices=authors(),
        default=authors(),
        help="the authors of the questions (default: all)",
    )
    parser.add_argument("--misses", action="store_true", help="list what search misses")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        prepare(f"file:{name}/catalog.db", options.folder)
        report(questions(options.author), list_misses=options.misses)


def report(asked: list[Question], *, list_misses: bool) -> None:
    from benchmarks.search_quality import engines  # noqa: PLC0415  it imports models, which require django.setup()

    right = {question: engines.right_skus(question) for question in asked}
    bm25 = engines.Bm25()
    found: dict[str, Engine] = {
        "search": engines.product,
        "LIKE": engines.like,
        "plain bm25": bm25.find,
    }
    places = {
        name: {question: _place(find(question), right[question]) for question in asked}
        for name, find in found.items()
    }
    print(f"\n{'':32}{'recall@1':>10}{'recall@5':>10}{'MRR':>8}")
    for label, chosen in _groups(asked).items():
        for name, place in places.items():
            _print_line(f"{name}, {label}", [place[question] for question in chosen])
    if list_misses:
        print("\nMisses of search (rank of the first right SKU, 0 if not among the first ten):")
        for question, first in places["search"].items():
            if first != 1:
                print(f"  {first:2}  {question.query!r} {question.arguments or ''} for {question.names[0]!r}")


def _groups(asked: list[Question]) -> dict[str, list[Question]]:
    groups = {f"all {len(asked)}": asked}
    for style in dict.fromkeys(question.style for question in asked):
        groups[style] = [question for question in asked if question.style == style]
    for author in dict.fromkeys(question.author for question in asked):
        groups[f"by {author}"] = [question for question in asked if question.author == author]
    return groups


def _place(found: list[str], right: set[str]) -> int:
    return next((place for place, sku_id in enumerate(found[:MAX_RESULTS], 1) if sku_id in right), 0)


def _print_line(label: str, places: list[int]) -> None:
    first = sum(place == 1 for place in places) / len(places)
    among_few = sum(0 < place <= TOP for place in places) / len(places)
    mean = sum(1 / place for place in places if place) / len(places)
    print(f"{label:32}{first:10.3f}{among_few:10.3f}{mean:8.3f}")


if __name__ == "__main__":
    main()

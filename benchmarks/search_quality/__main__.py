"""Measures how often search, LIKE and plain bm25 find the right SKU for questions as people ask them.

    python -m benchmarks.search_quality FOLDER [--tuned | --held-out]

FOLDER is a catalog folder (services.json.gz and skus/). recall@k: a right SKU is among the first k; MRR: the
mean of 1/place of the first right one among the first ten. A third of the needs in questions.txt is held out:
rules are made with a look at the misses of the others only (--tuned). Goals: 0.95 recall@1, 0.99 recall@5.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.search_quality.questions import Question, questions

SHOWN = 10
FEW = 5
Engine = Callable[[Question], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--tuned", action="store_true", help="only the questions that rules were made with")
    part.add_argument("--held-out", action="store_true", help="only the others")
    options = parser.parse_args()
    asked = [
        question
        for question in questions()
        if not (question.is_held_out and options.tuned) and (question.is_held_out or not options.held_out)
    ]
    with tempfile.TemporaryDirectory() as name:
        prepare(f"file:{name}/catalog.db", options.folder)
        report(asked)


def prepare(url: str, folder: Path) -> None:
    os.environ.update(SECRET_KEY=secrets.token_urlsafe(50), DATABASE_URL=url, DEBUG="true")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pricing_site.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("sync_catalog", source=str(folder))


def report(asked: list[Question]) -> None:
    from benchmarks.search_quality import engines  # noqa: PLC0415  it imports models, which want Django set up

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
    print(f"\n{'':28}{'recall@1':>10}{'recall@5':>10}{'MRR':>8}")
    for label, chosen in _groups(asked).items():
        for name, place in places.items():
            _print_line(f"{name}, {label}", [place[question] for question in chosen])
    print("\nMisses of search (place of the first right SKU, 0 where it is not among ten):")
    for question, first in places["search"].items():
        if first != 1:
            print(f"  {first:2}  {question.query!r} {question.arguments or ''} for {question.names[0]!r}")


def _groups(asked: list[Question]) -> dict[str, list[Question]]:
    groups = {f"all {len(asked)}": asked}
    for held_out, label in ((False, "tuned"), (True, "held out")):
        chosen = [question for question in asked if question.is_held_out is held_out]
        if chosen:
            groups[f"{label} {len(chosen)}"] = chosen
    for style in dict.fromkeys(question.style for question in asked):
        groups[style] = [question for question in asked if question.style == style]
    return groups


def _place(found: list[str], right: set[str]) -> int:
    return next((place for place, sku_id in enumerate(found[:SHOWN], 1) if sku_id in right), 0)


def _print_line(label: str, places: list[int]) -> None:
    first = sum(place == 1 for place in places) / len(places)
    among_few = sum(0 < place <= FEW for place in places) / len(places)
    mean = sum(1 / place for place in places if place) / len(places)
    print(f"{label:28}{first:10.3f}{among_few:10.3f}{mean:8.3f}")


if __name__ == "__main__":
    main()

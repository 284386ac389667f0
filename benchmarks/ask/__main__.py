"""Measures how often questions in words are answered exactly, asked back, or answered wrongly without a word.

    .venv/bin/python -m benchmarks.ask [FILE ...] [--misses]

Without files it asks those of benchmarks/ask/questions. FORMAT.md says what a file holds. The demo is loaded
into a database of its own. The baseline looks for the words that it knows, and passes over all others.

The goals, for questions whose author has not seen the planner: 0.85 exact, 0 wrong without a word.

own.yaml was written beside the planner; others.yaml by somebody who had not seen it, and it has been used
to mend it since: they say only that what worked still does. Nobody has mended it by second.yaml.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.ask.cases import FOLDER, Case, cases
from benchmarks.ask.judge import Mark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", help="files of questions (default: all of questions/)")
    parser.add_argument("--misses", action="store_true", help="list what is not answered as expected")
    options = parser.parse_args()
    asked = cases(options.files or sorted(FOLDER.glob("*.yaml")))
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder))
        found = [*_marks(asked, list_misses=options.misses)]
    _report(found)
    if any(mark is Mark.WRONG for _, mark, _ in found):
        sys.exit(1)


def _prepare(folder: Path) -> None:
    """A new database with the sample of prices, and none of the questions of anybody."""
    os.environ.update(
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL=f"file:{folder / 'catalog.db'}",
        COSTS_DIR=f"{folder / 'costs'}",
        DEBUG="true",
        DJANGO_SETTINGS_MODULE="pricing_site.settings",
    )
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("sync_catalog", source="sample", verbosity=0)


def _marks(asked: Sequence[Case], *, list_misses: bool) -> Iterator[tuple[Case, Mark, Mark]]:
    """The mark of each question, and that of the baseline."""
    from benchmarks.ask.asking import Asking  # noqa: PLC0415  it imports models, which require django.setup()

    for today, of_day in groupby(sorted(asked, key=_day), key=_day):
        asking = Asking(today)
        for case in of_day:
            answer = asking.answer(case)
            mark = asking.mark(case, answer)
            yield case, mark, asking.baseline(case)
            if list_misses and mark not in (Mark.EXACT, Mark.HELD_BACK):
                print(f"{mark}: {case.text}\n    {answer['question']}\n    {answer['answer'][:300]}")


def _day(case: Case) -> date:
    return case.today


def _report(found: Sequence[tuple[Case, Mark, Mark]]) -> None:
    held = [
        each
        for each in found
        if any({"asks", "not_understood", "refused"} & one.keys() for one in each[0].accepted)
    ]
    figures = [each for each in found if each not in held]
    print(f"\n{'':44}{'planner':>9}{'baseline':>10}")
    for title, part in (("questions with figures", figures), ("questions to be held back", held)):
        print(f"{title}: {len(part)}")
        planner, baseline = (Counter(each[column] for each in part) for column in (1, 2))
        for mark in Mark:
            if planner[mark] or baseline[mark]:
                shares = (f"{counts[mark] / len(part):.3f}" for counts in (planner, baseline))
                print(f"  {mark:42}{next(shares):>9}{next(shares):>10}")


if __name__ == "__main__":
    main()

"""Measures what search says about what does not exist and about what is ambiguous.

    .venv/bin/python -m benchmarks.search_honesty FOLDER [--sweep NAME ...] [--sample N] [--misses]
    .venv/bin/python -m benchmarks.search_honesty FOLDER --questions FILE.json [--misses]

FOLDER is a catalog folder (services.json.gz and skus/). The sweeps make questions and labels from its rows:

    counts      1 to 20 of a thing: the SKU of that thing, on demand, is first
    machines    machine type, region, term: core or RAM of the family is first, both are among the first five
    storage     class of Cloud Storage in a region: its SKU is first
    services    service without a SKU: nothing is shown, or the answer says that there is none
    regions     family, GPU model or storage class where it is not sold: nothing is shown, the answer says so
    terms       spot or a commitment of what is only sold otherwise: nothing is shown, or the answer says so
    open        a question that leaves something open: the answer names it, or two of its values

"shown wrong" counts the answers that show SKUs and are not right, "plainly" those of them without a word in
hint, missing or ambiguous_in: a wrong price said plainly. "empty" counts the answers that show nothing,
"asking" those that call something ambiguous: right in the sweep "open", noise in "machines" and "storage".
benchmarks/search_honesty/questions.py describes FILE.json.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from pathlib import Path

from benchmarks.search_honesty import questions
from benchmarks.search_honesty.cases import Answer, Ask, Score, Scores, measure
from benchmarks.search_honesty.rows import Rows, spread
from benchmarks.search_honesty.sweeps import SWEEPS
from benchmarks.temporary_catalog import prepare

COLUMNS = ("available", "asked", "right", "shown wrong", "plainly", "empty", "asking", "ms")
HEADINGS = " " * 36 + "".join(f"{column:>{len(column) + 4}}" for column in COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument("--sweep", nargs="+", choices=SWEEPS, default=[*SWEEPS], help="(default: all)")
    parser.add_argument("--sample", type=int, default=600, help="questions of a sweep (default: %(default)s)")
    parser.add_argument("--questions", type=Path, help="ask the questions of this file, and no sweep")
    parser.add_argument("--misses", action="store_true", help="list the answers that are not right")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        prepare(f"file:{name}/catalog.db", options.folder)
        from benchmarks.search_honesty import engine  # noqa: PLC0415  it imports models, which require django.setup()

        rows, ask = engine.rows(), engine.Product().ask
        # The rows stay, so that no question pays for looking through them for garbage.
        gc.freeze()
        if options.questions:
            report_questions(options.questions, rows, ask, list_misses=options.misses)
        else:
            report_sweeps(options.sweep, options.sample, rows, ask, list_misses=options.misses)


def report_sweeps(names: list[str], sample: int, rows: Rows, ask: Ask, *, list_misses: bool) -> None:
    print(f"\n{HEADINGS}")
    for name in names:
        cases = list(SWEEPS[name](rows))
        report(name, len(cases), measure(spread(cases, sample), ask), list_misses=list_misses)


def report(sweep: str, available: int, scores: Scores, *, list_misses: bool) -> None:
    print_line(sweep, scores.whole, f"{available:,}")
    if len(scores.kinds) > 1 and sweep != "counts":
        for kind, score in scores.kinds.items():
            print_line(f"  {kind}", score)
    if scores.whole.paired:
        share = scores.whole.together / scores.whole.paired
        print(f"  core and RAM among the first five: {share:.3f} of {scores.whole.paired}")
    if list_misses:
        for case, answer in scores.misses:
            print_miss(case.query, answer)


def print_line(label: str, score: Score, available: str = "") -> None:
    asked = max(score.asked, 1)
    cells = (
        available,
        str(score.asked),
        f"{score.right / asked:.3f}",
        str(score.wrong),
        str(score.plain),
        str(score.empty),
        str(score.asking),
        f"{1000 * score.seconds / asked:.1f}",
    )
    row = "".join(f"{cell:>{len(column) + 4}}" for column, cell in zip(COLUMNS, cells, strict=True))
    print(f"{label:36}{row}")


def print_miss(query: str, answer: Answer) -> None:
    said = " ".join(map(str, filter(None, [answer.hint, *answer.missing, *answer.ambiguous_in])))
    first = answer.skus[0][1] if answer.skus else "nothing"
    print(f"    {query!r}: {first} ({said or 'without a word'})")


def report_questions(file: Path, rows: Rows, ask: Ask, *, list_misses: bool) -> None:
    asked = questions.read(file)
    scored = list(questions.score(asked, rows, ask))
    print(
        f"\n{len(asked)} questions, {len(asked) - len(scored)} of them left out: the catalog has no such SKU."
    )
    for mark, (share, count) in questions.shares(scored).items():
        print(f"{mark:28}{share:7.3f} of {count}")
    if list_misses:
        for question, answer, marks in scored:
            if not questions.is_good(marks):
                print_miss(question["q"], answer)


if __name__ == "__main__":
    main()

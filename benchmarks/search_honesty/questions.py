"""Labelled questions of a file that is no part of the project, and how they are scored.

A JSON list or JSON lines, such as

    {"q": "n2 core us-east1", "class": "find", "name": "^N2 Instance Core", "region": "us-east1"}

- find: a SKU whose name contains the pattern `name`, sold in `region` if one is given, is first (recall@1) or
  among the first five (recall@5).
- absent: nothing is shown ("shown" counts the others). It is falsely presented if something is shown and
  neither `hint` nor `missing` contains the pattern `missing`.
- amb: `hint`, `missing` or `ambiguous_in` contains the pattern `told`.

`region_arg` and `args` are arguments of search. A question for which this catalog has no SKU that its label
names is left out.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.search_honesty.cases import FEW, Answer, Ask
from benchmarks.search_honesty.rows import Rows

Question = dict[str, Any]
Marks = dict[str, bool]


def read(file: Path) -> list[Question]:
    text = file.read_text().strip()
    if text.startswith("["):
        return list(json.loads(text))
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def score(questions: list[Question], rows: Rows, ask: Ask) -> Iterator[tuple[Question, Answer, Marks]]:
    """Each question that this catalog can answer, with its answer and marks."""
    for question in questions:
        right = right_skus(question, rows)
        if question["class"] != "absent" and "name" in question and not right:
            continue
        arguments = dict(question.get("args") or {})
        if question.get("region_arg"):
            arguments["region"] = question["region_arg"]
        answer = ask(question["q"], **arguments)
        yield question, answer, marks(question, answer, right)


def right_skus(question: Question, rows: Rows) -> set[str]:
    region = question.get("region")
    named = rows.named(question["name"]) if "name" in question else []
    places = {region, "global"}
    return {row.sku_id for row in named if region is None or row.regions & places}


def marks(question: Question, answer: Answer, right: set[str]) -> Marks:
    if question["class"] == "find":
        return {
            "recall@1": {*answer.ids[:1]} <= right and bool(answer.skus),
            "recall@5": bool(right & {*answer.ids[:FEW]}),
        }
    if question["class"] == "absent":
        said = _contains(question["missing"], answer.hint, *answer.missing)
        return {"shown": bool(answer.skus), "falsely presented": bool(answer.skus) and not said}
    return {"told": _contains(question["told"], answer.hint, *answer.missing, *answer.ambiguous_in)}


def is_good(given: Marks) -> bool:
    return given.get("recall@1", given.get("told", not given.get("falsely presented")))


def _contains(pattern: str, *parts: object) -> bool:
    return any(re.search(pattern, json.dumps(part, ensure_ascii=False), re.IGNORECASE) for part in parts)


def shares(scored: list[tuple[Question, Answer, Marks]]) -> dict[str, tuple[float, int]]:
    """The share of each mark, and of how many questions."""
    given: defaultdict[str, list[bool]] = defaultdict(list)
    for question, _, each in scored:
        for mark, value in each.items():
            given[f"{question['class']}: {mark}"].append(value)
    return {mark: (sum(values) / len(values), len(values)) for mark, values in given.items()}

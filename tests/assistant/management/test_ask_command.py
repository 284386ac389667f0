from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.costs import whole_demo


@pytest.fixture(autouse=True)
def _demo(demo_loaded: None, db: None) -> None:
    """All tests here ask the demo."""


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("ask", *arguments, "--today", f"{whole_demo.TODAY}", stdout=out)
    return out.getvalue()


def test_it_prints_a_sentence_a_table_and_what_to_follow_with() -> None:
    lines = run("spend by cloud in October").splitlines()

    assert lines[0].startswith("The billed cost by cloud in October 2026: azure 16491.943627 USD;")
    assert lines[2].split() == ["cloud", "billed_cost"]
    assert lines[-3].split() == ["total", "31302.1314524005"]
    assert lines[-1].startswith("Follow with: --follow ")


def test_as_json_it_prints_one_object_which_the_next_follows() -> None:
    first = json.loads(run("spend in October", "--json"))
    second = json.loads(run("by cloud", "--json", "--follow", first["id"]))

    assert {"id", "question", "rows", "answer", "not_understood", "asks"} <= first.keys()
    assert [row["cloud"] for row in second["rows"]] == ["azure", "gcp", "aws"]


def test_without_a_figure_it_ends_with_1() -> None:
    with pytest.raises(SystemExit) as ended:
        run("What did atlantis cost?")

    assert ended.value.code == 1


def test_an_answer_that_there_is_not_is_a_wrong_argument() -> None:
    with pytest.raises(CommandError, match="no answer 'nope' to follow") as failed:
        run("by cloud", "--follow", "nope")

    assert failed.value.returncode == 2

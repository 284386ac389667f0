from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.management import exit_codes
from costs.explain import explain
from costs.management.commands.explain_cost import EXAMPLES, Command
from costs.query import Question
from costs.store import configured
from tests.costs.management.running import as_json, fail, run
from tests.costs.query.asking import NOW, OCTOBER
from tests.costs.stores import MemoryStore, charge, tokens

STORE = [
    tokens(
        "2000000",
        cost="5.5",
        x_Meter="USE1-input-tokens",
        x_ConsumerId="acme",
        PricingQuantity=Decimal(2000),
        PricingUnit="1K tokens",
        ContractedUnitPrice=Decimal("0.00275"),
    ),
    tokens("1000", cost="3", x_Meter="USE1-output\x1b[2J", x_ConsumerId="acme"),
    charge(cost="1", x_Cloud="gcp"),
]
MONTH = ["--start", "2026-10-01", "--end", "2026-11-01"]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    store = MemoryStore(STORE)
    monkeypatch.setattr(configured, "open_store", lambda: store)
    return store


def lines(*arguments: str) -> list[str]:
    return run("explain_cost", *arguments).splitlines()


def test_a_sum_stands_above_its_parts_the_largest_first() -> None:
    printed = lines("--filter", "customer=acme", *MONTH)

    assert printed[:2] == ["billed_cost: 8.5 USD", ""]
    assert [" ".join(line.split()) for line in (printed[2], *printed[4:6])] == [
        "cloud service meter quantity unit unit_price cost charges load",
        "aws Amazon Bedrock USE1-input-tokens 2000 1K tokens 0.00275 5.5 1 aws-2026-10",
        r"aws Amazon Bedrock USE1-output\u001b[2J - - - 3 1 aws-2026-10",
    ]
    assert printed[3].split()[-3:] == ["----", "-------", "-----------"]
    assert printed[6] == ""
    assert printed[7].endswith("from loads aws-2026-10")


def test_tokens_are_shown_beside_their_cost() -> None:
    printed = lines("--measure", "tokens", "--limit", "1", *MONTH)

    assert printed[0] == "tokens: 2001000"
    assert printed[2].split()[-4:] == ["cost", "tokens", "charges", "load"]
    assert printed[4].split()[-4:] == ["5.5", "2000000", "1", "aws-2026-10"]
    assert printed[6] == "2 more rows: 1000."


def test_the_money_of_parts_over_the_limit_is_told() -> None:
    assert "1 more row: 1 USD." in lines("--limit", "2")


def test_a_sum_without_charges_has_no_figure_and_says_why() -> None:
    printed = lines("--filter", "customer=acne")

    assert printed[0] == "billed_cost: -"
    assert 'No charge has customer "acne"; the nearest: "acme"' in printed[-1]


def test_demo_costs_are_marked_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = MemoryStore(STORE, demo=frozenset({"aws", "gcp"}))
    monkeypatch.setattr(configured, "open_store", lambda: demo)

    assert lines()[0] == "DEMO: made-up costs"


def test_json_is_what_the_tool_answers(store: MemoryStore) -> None:
    printed = as_json(run("explain_cost", "--measure", "tokens", "--filter", "cloud=aws", *MONTH, "--json"))

    question = Question(["tokens"], filters={"cloud": ["aws"]}, **OCTOBER)
    assert {**printed, "as_of": ""} == {**explain(question, store, now=NOW), "as_of": ""}


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["--measure", "share"], "share is not one sum. Send one of billed_cost", exit_codes.WRONG_ARGUMENTS),
        (["--filter", "modell=x"], 'There is no dimension "modell".', exit_codes.WRONG_ARGUMENTS),
        (["--as-of", "2020-01-01"], "No costs were loaded at 2020-01-01 23:59 UTC", exit_codes.FAILED),
        (["--limit", "0"], "limit is 0. Send a limit from 1 to 1000.", exit_codes.WRONG_ARGUMENTS),
    ],
)
def test_what_cannot_be_explained_fails_with_a_sentence(
    arguments: list[str], message: str, code: int
) -> None:
    found, said, output = fail("explain_cost", *arguments, "--json")

    assert (found, said.startswith(message)) == (code, True)
    assert as_json(output)["error"]["message"] in said


def test_help_shows_examples_that_can_be_run() -> None:
    assert EXAMPLES in Command().create_parser("manage.py", "explain_cost").format_help()
    for example in (
        "explain_cost",
        "explain_cost --filter customer=acme --start 2026-10-01 --end 2026-11-01",
        "explain_cost --measure tokens --filter model=claude-sonnet-4-6 --json",
    ):
        assert example in EXAMPLES
        assert run(*example.split())

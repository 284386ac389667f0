from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.management import exit_codes
from costs.management.commands.query_costs import EXAMPLES, Command
from costs.store import configured
from costs.store.lake import Lake
from tests.costs.query.asking import OCTOBER, answer
from tests.costs.store.lakes import publish
from tests.costs.stores import MemoryStore, charge, tokens

AS_OF = datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=UTC)
STORE = [
    charge(cost="3", x_ConsumerId="acme"),
    tokens("2000000", cost="5.5"),
    charge(cost="1", x_ConsumerId="beta\x1b[2J\nx", x_Cloud="gcp"),
]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    store = MemoryStore(STORE)
    monkeypatch.setattr(configured, "open_store", lambda: store)
    return store


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("query_costs", *arguments, stdout=out)
    return out.getvalue()


def lines(*arguments: str) -> list[str]:
    return run(*arguments).splitlines()


def test_without_arguments_it_prints_everything_that_was_billed() -> None:
    assert lines()[:4] == ["billed_cost", "-----------", "        9.5", ""]


def test_rows_stand_in_columns_above_their_total() -> None:
    printed = lines("--measures", "billed_cost", "tokens", "share", "--dimensions", "cloud", "model")

    assert printed[:6] == [
        "cloud  model              billed_cost   tokens     share",
        "-----  -----------------  -----------  -------  --------",
        "aws    claude-sonnet-4-6          5.5  2000000  0.578947",
        "aws    -                            3        -  0.315789",
        "gcp    -                            1        -  0.105263",
        "total                             9.5  2000000         1",
    ]
    assert "Unattributed: 5.5 USD" in printed
    assert "Currency: USD" in printed


def test_text_of_a_bill_cannot_command_the_terminal() -> None:
    printed = run("--dimensions", "customer")

    assert r"beta\u001b[2J\u000ax" in printed
    assert "\x1b" not in printed


def test_filters_add_up_and_null_is_no_value() -> None:
    printed = lines("--dimensions", "customer", "--filter", "customer=acme", "--filter", "customer=null")

    assert [line.split() for line in printed[2:5]] == [["-", "5.5"], ["acme", "3"], ["total", "8.5"]]


def test_rows_over_the_limit_are_told() -> None:
    printed = lines("--dimensions", "customer", "--limit", "1", "--order-by", "customer desc")

    assert "2 more rows, which the total counts too." in printed
    assert printed[-1].endswith("from loads aws-2026-10, gcp-2026-10")
    assert "1 more row, which the total counts too." in lines("--dimensions", "customer", "--limit", "2")


def test_a_change_shows_its_per_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    before = MemoryStore(
        [*STORE, *(charge("2026-09-05", cost="2", x_Cloud=cloud) for cloud in ("aws", "gcp"))]
    )
    monkeypatch.setattr(configured, "open_store", lambda: before)

    printed = lines("--measures", "change", "--start", "2026-10-01", "--end", "2026-11-01")

    assert printed[2].strip() == "5.5 (137.5 %)"


def test_demo_costs_are_marked_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = MemoryStore(STORE, demo=frozenset({"aws", "gcp"}))
    monkeypatch.setattr(configured, "open_store", lambda: demo)

    printed = lines()

    assert printed[0] == "DEMO: made-up costs"
    assert printed[-1] == "These costs are made-up demo data."


def test_an_empty_answer_prints_why() -> None:
    printed = lines("--filter", "customer=acne")

    assert "billed_cost" not in printed[0]
    assert 'No charge has customer "acne"; the nearest: "acme"' in printed[-1]


def test_json_is_what_the_question_answers(store: MemoryStore) -> None:
    arguments = [
        "--dimensions",
        "model",
        "--filter",
        "not_cloud=gcp",
        "--start",
        "2026-10-01",
        "--end",
        "2026-11-01",
    ]

    printed = json.loads(run(*arguments, "--as-of", "2026-11-20", "--json"))

    filters = {"not_cloud": ["gcp"]}
    expected: dict[str, Any] = dict(
        answer(store, dimensions=["model"], filters=filters, as_of=AS_OF, **OCTOBER)
    )
    assert printed == expected


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["--dimensions", "modell"], "There is no dimension", exit_codes.WRONG_ARGUMENTS),
        (["--as-of", "2020-01-01"], "No costs were loaded at 2020-01-01 23:59 UTC", exit_codes.FAILED),
        (["--limit", "0"], "limit is 0. Send a limit from 1 to 1000.", exit_codes.WRONG_ARGUMENTS),
        (["--filter", "cloud"], "'cloud' is not NAME=VALUE, such as cloud=aws.", 1),
        (["--start", "2026-10"], "must be a date or time in ISO 8601", 1),
        (["--end", "2026-10-01T00:00"], "must be a date, such as 2026-10-01.", 1),
    ],
)
def test_what_cannot_be_answered_fails_with_a_sentence(arguments: list[str], message: str, code: int) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        run(*arguments)
    assert caught.value.returncode == code


def test_a_failure_is_printed_as_json_too() -> None:
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("query_costs", "--dimensions", "modell", "--json", stdout=out)

    error = json.loads(out.getvalue())["error"]
    assert (error["code"], error["candidates"][0]) == ("unknown_dimension", "model")


def test_help_shows_examples_that_can_be_run() -> None:
    assert EXAMPLES in Command().create_parser("manage.py", "query_costs").format_help()
    for example in ("query_costs --dimensions cloud month", "query_costs"):
        assert example in EXAMPLES
        assert run(*example.split()[1:])


@pytest.mark.django_db
def test_a_damaged_file_is_a_sentence(monkeypatch: pytest.MonkeyPatch, costs_dir: Path) -> None:
    monkeypatch.setattr(configured, "open_store", Lake)
    load = publish("aws", "2026-10", ["1"])
    (costs_dir / load.path).write_bytes(b"no parquet, but long enough to be one")

    with pytest.raises(CommandError, match=f"The file of aws 2026-10 .load {load.pk}. is damaged") as caught:
        run()
    assert caught.value.returncode == exit_codes.FAILED

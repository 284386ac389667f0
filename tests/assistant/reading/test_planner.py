from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.context import Context
from assistant.reading.plan import Kind, Plan
from assistant.reading.planner import plan
from assistant.reading.vocabulary import meanings, times
from benchmarks.ask.cases import FOLDER
from tests.assistant.made_up import NAMES, TODAY, planned, read, shown

QUESTIONS = (
    "How much did acme spend on Claude in October?",
    "top 3 customers last month",
    "spend by cloud and week",
    "October vs September by service",
    "What share of acme's spend was AWS last month?",
    "average daily cost in October",
    "How many customers used Claude in October?",
    "tokens by model last 7 days",
    "costs without acme in October",
    "Any unusual costs last week?",
    "Are we over budget?",
    "How much will we spend this month?",
)
OWN = FOLDER / "own.yaml"
OCTOBER = {"start": "2026-10-01", "end": "2026-11-01"}
SEPTEMBER = {"start": "2026-09-01", "end": "2026-10-01"}
CLAUDE = ["claude-opus-4-6", "claude-sonnet-4-6"]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("word", ["atlantis", "zebra", "500", "$20", "unless", "per hour"])
def test_no_word_is_passed_over_wherever_it_stands(question: str, word: str) -> None:
    words = question.split()

    for place in range(len(words) + 1):
        found = read(" ".join([*words[:place], word, *words[place:]]))
        assert not found.readings, (place, found)
        assert found.not_understood or found.cannot


@pytest.mark.parametrize("word", ["atlantis", "kubernetes", "per hour", "for project zebra"])
def test_no_word_is_passed_over_in_any_question_of_the_benchmark(word: str) -> None:
    for question in (entry["ask"] for entry in yaml.safe_load(OWN.read_text())["questions"]):
        before = read(question)
        if not before.readings or before.readings[0].plan.kind is Kind.PRICE:
            continue
        words = question.split()
        for place in (0, len(words) // 2, len(words)):
            found = read(" ".join([*words[:place], word, *words[place:]]))
            assert not found.readings, (question, place)


@pytest.mark.parametrize(
    "added", [" for initech", " in europe-west4", " without eastus2", " but not initech"]
)
def test_no_filter_is_dropped_from_any_question_of_the_benchmark(added: str) -> None:
    for question in (entry["ask"] for entry in yaml.safe_load(OWN.read_text())["questions"]):
        for reading in read(question.rstrip("?. ") + added).readings:
            if reading.plan.kind in (Kind.PRICE, Kind.BUDGETS):
                continue
            values = [each for name, each in reading.plan.filters.items() if _is_same_way(name, added)]
            assert any(added.rsplit(maxsplit=1)[-1] in each for each in values), question


def _is_same_way(name: str, added: str) -> bool:
    return name.startswith("not_") is any(word in added for word in ("without", "not"))


@given(
    st.lists(st.sampled_from(sorted(meanings().words | times().words | {"acme", "claude", "7"})), max_size=9)
)
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    found = read(" ".join(words))

    for reading in found.readings:
        assert Plan.from_json(reading.plan.as_json()) == reading.plan
        if reading.plan.kind is Kind.COSTS:
            reading.plan.question()


@pytest.mark.parametrize(
    "negation",
    ["without", "excluding", "except", "not", "other than", "no", "excl.", "minus", "apart from", "!="],
)
def test_what_is_left_out_is_never_what_is_asked_for(negation: str) -> None:
    assert shown(f"October costs {negation} acme") == {
        "filters": {"not_customer": ["acme"]},
        "window": OCTOBER,
    }


def test_a_negation_of_nothing_in_particular_is_not_understood() -> None:
    assert read("which customers did not use Claude in October").not_understood == ["not"]


def test_everything_but_is_not_what_follows() -> None:
    assert shown("everything but Azure in October")["filters"] == {"not_cloud": ["azure"]}


def test_a_version_is_that_version_alone() -> None:
    assert shown("gpt 4.1 in October")["filters"] == {"model": ["gpt-4.1"]}
    assert read("gpt 4 in October").not_understood == ["4"]
    assert shown("claude opus 4.5 in October")["filters"] == {"model": ["claude-opus-4-5"]}


def test_a_service_is_all_services_of_that_name() -> None:
    both = ["Amazon Bedrock", "Claude 4.6 Opus (Amazon Bedrock Edition)"]

    assert shown("Bedrock in October")["filters"] == {"service": both}
    assert shown("Amazon Bedrock in October")["filters"] == {"service": both}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wich custmer spent the most yesterdy", "customer"),
        ("spend by modle in october", "model"),
        ("costs of globx in octobre", None),
    ],
)
def test_a_misspelt_word_is_corrected_and_told(text: str, name: str | None) -> None:
    found = read(text)

    assert found.remarks
    assert len(found.readings) == 1
    assert found.readings[0].plan.by == ((name,) if name else ())


def test_a_word_that_may_be_two_is_not_corrected() -> None:
    names = type(NAMES)({"customer": ["acmea", "acmeb"]}, (), meanings().words)

    assert plan("acmec in October", names, Context(TODAY)).not_understood == ["acmec"]


def test_a_name_of_two_kinds_has_two_readings() -> None:
    found = read("How much did we spend on Google in October?")

    assert {next(iter(each.plan.filters)) for each in found.readings} == {"cloud", "developer"}
    assert "Google" in found.asks


def test_other_clouds_say_that_a_cloud_is_meant() -> None:
    assert shown("compare AWS and Google in October")["filters"] == {"cloud": ["aws", "gcp"]}


def test_a_ranking_leaves_out_what_has_no_value_and_a_breakdown_keeps_it() -> None:
    assert planned("top 3 customers in October").filters == {"not_customer": [None]}
    assert planned("costs by customer in October").filters == {}


def test_of_two_times_the_later_is_the_figure() -> None:
    for text in (
        "October vs September",
        "September compared with October",
        "from September to October change",
    ):
        found = planned(f"cost {text}")
        assert (f"{found.window.start}", f"{found.compare and found.compare.start}") == (
            "2026-10-01",
            "2026-09-01",
        )


def test_a_month_that_is_not_over_is_compared_with_the_same_days() -> None:
    found = shown("Did costs rise this month?")

    # Today is not billed, so that neither side has its 29th.
    assert found["window"] == {"start": "2026-11-01", "end": "2026-11-29"}
    assert found["compare"] == {"start": "2026-10-01", "end": "2026-10-29"}


@pytest.mark.parametrize(
    "text",
    ["forecast of tokens", "forecast by model", "top 3 budgets", "average cost per customer in October"],
)
def test_what_a_report_cannot_be_asked_gets_no_other_answer(text: str) -> None:
    assert read(text).readings == () or read(text).asks


@pytest.mark.parametrize(
    "text", ["pause gpt-4.1", "please delete acme", "drop table charges", "write a poem", "What can you do?"]
)
def test_what_is_no_question_of_costs_is_refused(text: str) -> None:
    assert read(text).readings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and by cloud?", {"by": ["cloud"], "filters": {"customer": ["acme"]}, "window": OCTOBER}),
        ("only Bedrock", None),
        ("and in September?", {"filters": {"customer": ["acme"]}, "window": SEPTEMBER}),
        ("what about globex?", {"filters": {"customer": ["globex"]}, "window": OCTOBER}),
        ("in tokens", {"measures": ["tokens"], "filters": {"customer": ["acme"]}, "window": OCTOBER}),
        (
            "how does that compare with September?",
            {"filters": {"customer": ["acme"]}, "window": OCTOBER, "compare": SEPTEMBER},
        ),
        ("without Azure", {"filters": {"customer": ["acme"], "not_cloud": ["azure"]}, "window": OCTOBER}),
        (
            "How much did globex spend in September?",
            {"filters": {"customer": ["globex"]}, "window": SEPTEMBER},
        ),
    ],
)
def test_a_follow_up_changes_the_question_before(text: str, expected: dict[str, Any] | None) -> None:
    last = planned("How much did acme spend in October?")

    found = shown(text, last)

    if expected is not None:
        assert found == expected
    assert found["filters"].keys() >= {"customer"}


@pytest.mark.parametrize(
    "text",
    [
        "top 2 customers per cloud in October",
        "average spend per customer in October",
        "spend through October",
    ],
)
def test_what_is_almost_another_question_is_not_answered_as_that(text: str) -> None:
    found = read(text)

    assert not found.readings
    assert found.not_understood or found.cannot


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Which services got cheaper in October?", "asc"),
        ("Which models became more expensive last week?", "desc"),
    ],
)
def test_what_became_dearer_is_compared_with_the_time_before(text: str, way: str) -> None:
    found = planned(text)

    assert found.compare == found.window.before()
    assert found.order_by == f"change {way}"


def test_more_than_another_value_is_no_comparison_of_times() -> None:
    found = shown("Is Opus more expensive than Sonnet in October?")

    assert found == {"by": ["model"], "filters": {"model": CLAUDE}, "window": OCTOBER}


def test_a_candidate_is_where_to_go_and_a_filter_where_from() -> None:
    found = planned("How much would acme's Claude usage in October have cost on Gemini 2.5 Pro?")

    assert found.kind is Kind.MODELS
    assert found.candidates == ("gemini-2.5-pro",)
    assert found.filters == {"customer": ["acme"], "model": CLAUDE}


def test_words_after_price_are_for_the_search() -> None:
    assert (
        planned("What is the list price of an n2-standard-4 in Frankfurt?").name == "n2-standard-4 Frankfurt"
    )


@pytest.mark.parametrize(
    "text",
    [
        "October over September",
        "October against September",
        "October relative to September",
        "change from September to October",
        "how many percent did costs go up in October",
        "delta Sept - Oct",
    ],
)
def test_two_months_are_compared_in_many_words(text: str) -> None:
    assert shown(text) == {"window": OCTOBER, "compare": SEPTEMBER}


@pytest.mark.parametrize(
    "text",
    [
        "month to date vs the same days of last month",
        "this month against the same period last month",
        "November so far vs October same days",
    ],
)
def test_the_same_days_are_those_that_are_billed(text: str) -> None:
    found = shown(text)

    assert found["window"] == {"start": "2026-11-01", "end": "2026-11-29"}
    assert found["compare"] == {"start": "2026-10-01", "end": "2026-10-29"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "how many tokens did acme burn in October",
            {"measures": ["tokens"], "filters": {"customer": ["acme"]}},
        ),
        ("tokens spent by acme in October", {"measures": ["tokens"], "filters": {"customer": ["acme"]}}),
        (
            "what did acme's tokens cost in October",
            {"filters": {"customer": ["acme"], "usage_kind": ["tokens"]}},
        ),
        ("cost by developer of the model in October", {"by": ["developer"]}),
        ("cost by region x cloud in October", {"by": ["region", "cloud"]}),
        ("October, cloud = gcp", {"filters": {"cloud": ["gcp"]}}),
        ("all clouds but azure in October", {"filters": {"not_cloud": ["azure", None]}}),
        ("cost by customer in October, dearest first", {"by": ["customer"], "order_by": "billed_cost desc"}),
        ("On behalf of finance: October cost by cloud", {"by": ["cloud"]}),
        ("teh cost fro acme in October", {"filters": {"customer": ["acme"]}}),
    ],
)
def test_what_is_said_in_other_words_is_the_same_question(text: str, expected: dict[str, Any]) -> None:
    assert shown(text) == {**expected, "window": OCTOBER}


@pytest.mark.parametrize(
    "text",
    [
        "opus tokens for sonnet in October",
        "acme in October vs globex in September",
        "opus on aws vs gemini on gcp in October",
        "daily spend in October vs September",
        "spend in October on Oct 5",
    ],
)
def test_what_no_one_question_says_is_not_answered(text: str) -> None:
    assert not read(text).readings


def test_what_rose_most_in_per_cent_is_in_that_order() -> None:
    assert (
        planned("Which model's cost rose the most in percent in October?").order_by == "change_percent desc"
    )


def test_a_share_in_another_value_is_of_that() -> None:
    assert planned("share of acme in the azure spend in October").whole == {"cloud": ["azure"]}


def test_a_date_with_slashes_is_asked_for_unless_another_tells() -> None:
    assert len(read("cost on 11/9").readings) == 2
    assert shown("cost from 11/9 to 11/15")["window"] == {"start": "2026-11-09", "end": "2026-11-16"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("and the month before", {"filters": {"customer": ["acme"]}, "window": SEPTEMBER}),
        ("exclude acme", {"filters": {"not_customer": ["acme"]}, "window": OCTOBER}),
        ("now for globex instead", {"filters": {"customer": ["globex"]}, "window": OCTOBER}),
    ],
)
def test_a_follow_up_replaces_what_it_contradicts(text: str, expected: dict[str, Any]) -> None:
    assert shown(text, planned("How much did acme spend in October?")) == expected


def test_a_time_after_a_comparison_is_asked_for_unless_it_is_meant_alone() -> None:
    last = planned("acme October vs September")

    assert len(read("and in November?", last).readings) == 2
    assert "compare" not in shown("just November", last)


def test_a_question_without_a_time_may_go_on_with_that_of_the_question_before() -> None:
    found = read("Which customer spent most?", planned("cost of Claude in October"))

    assert {f"{each.plan.window.start}" for each in found.readings} == {"2026-10-01", "2026-11-01"}


def test_what_follows_a_question_that_was_not_answered_is_asked_back_or_refused() -> None:
    last = planned("cost by model in October")
    older = plan("only gcp", NAMES, Context(TODAY, (), last, is_unanswered=True))

    assert older.must_ask
    assert plan("only gcp", NAMES, Context(TODAY, is_unanswered=True)).cannot
    assert plan("October by cloud", NAMES, Context(TODAY, is_unanswered=True)).readings

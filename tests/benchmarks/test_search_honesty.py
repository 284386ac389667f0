from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from benchmarks.search_honesty import engine, questions
from benchmarks.search_honesty.absent import (
    not_sold_in_region,
    services_without_skus,
    terms_not_sold,
    unknown_services,
)
from benchmarks.search_honesty.ambiguous import open_questions
from benchmarks.search_honesty.cases import (
    Answer,
    Case,
    Score,
    asks_back,
    first_is,
    measure,
    nothing_and_told,
    nothing_or_told,
)
from benchmarks.search_honesty.found import counts, machines, storage_classes
from benchmarks.search_honesty.rows import Row, Rows, spread
from benchmarks.search_honesty.sweeps import SWEEPS
from tests.catalog.factories import make_service

pytestmark = pytest.mark.one_database

NOTHING = Answer()


def sku(name: str, *regions: str, reach: Iterable[str] = (), **fields: str) -> Row:
    service = fields.pop("service", "Compute Engine")
    return Row(name, name, service, **fields, regions=frozenset(regions), reach=frozenset(reach))


def rows(*skus: Row, services: Iterable[str] = ()) -> Rows:
    return Rows(skus, tuple(services))


def shows(*ids: str, hint: str = "", missing: Iterable[dict[str, Any]] = ()) -> Answer:
    return Answer(tuple((sku_id, sku_id) for sku_id in ids), hint, tuple(missing))


def queries(cases: Iterator[Case], part: str = "") -> list[str]:
    return [case.query for case in cases if part in case.query]


def case_of(query: str, cases: Iterator[Case]) -> Case:
    return next(case for case in cases if case.query == query)


CORE = "N2 Instance Core running in Frankfurt"
RAM = "N2 Instance Ram running in Frankfurt"
COMMITTED = ("Commitment v1: N2 Cpu in Frankfurt for 1 Year", "Commitment v1: N2 Ram in Frankfurt for 1 Year")
N2 = (
    sku(CORE, "europe-west3"),
    sku("N2 Custom Instance Core running in Frankfurt", "europe-west3"),
    sku(RAM, "europe-west3"),
    *(sku(name, "europe-west3", usage_type="Commit1Yr") for name in COMMITTED),
    sku("E2 Instance Core running in Iowa", "us-central1"),
)


def bucket(name: str, *regions: str, reach: Iterable[str] = ()) -> Row:
    return sku(name, *regions, reach=reach, service="Cloud Storage", family="Storage", group="Storage")


def test_a_count_asks_for_the_plain_sku_of_us_central1() -> None:
    right = "T4 on demand"
    t4 = "Nvidia Tesla T4 GPU running in Americas"
    catalog = rows(
        Row(right, t4, "Compute Engine", regions=frozenset({"us-central1"})),
        sku(f"Commitment v1: {t4} for 3 Year", "us-central1"),
        sku("Nvidia Tesla T4 GPU running in Frankfurt", "europe-west3"),
    )

    case = case_of("3 t4 gpu us-central1", counts(catalog))

    assert case.is_right(shows(right))
    assert not case.is_right(shows(f"Commitment v1: {t4} for 3 Year", right))
    assert len(list(counts(catalog))) == 20


def test_a_machine_asks_for_core_or_ram_of_its_family_by_term_and_region() -> None:
    found = list(machines(rows(*N2)))
    on_demand = case_of("n2-standard-8 europe-west3", iter(found))
    committed = case_of("n2-standard-8 1 year commitment europe-west3", iter(found))

    assert on_demand.is_right(shows(RAM))
    assert not on_demand.is_right(shows("N2 Custom Instance Core running in Frankfurt"))
    assert on_demand.together == (frozenset({CORE}), frozenset({RAM}))
    assert committed.is_right(shows(COMMITTED[0]))
    assert not committed.is_right(shows(CORE))


def test_a_machine_is_not_asked_for_where_its_family_is_not_sold_in_whole() -> None:
    found = list(machines(rows(*N2)))

    assert not queries(iter(found), "us-central1")
    assert not queries(iter(found), "spot")


def test_a_storage_class_is_asked_for_where_it_is_sold_and_never_means_a_side_charge() -> None:
    catalog = rows(
        bucket("Nearline Storage Iowa", "us-central1"),
        bucket("Nearline Storage Iowa (Early Delete)", "us-central1"),
        sku("GCP Storage Egress between Asia and Oceania", "us-central1", service="Cloud Storage"),
    )

    case = case_of("gcs nearline Iowa", storage_classes(catalog))

    assert case.is_right(shows("Nearline Storage Iowa"))
    assert not case.is_right(shows("Nearline Storage Iowa (Early Delete)"))
    assert {each.kind for each in storage_classes(catalog)} == {"Nearline"}


def test_a_service_is_unknown_if_neither_it_nor_its_words_are_sold() -> None:
    catalog = rows(
        sku("Licensing Fee for AppScale (CPU cost)"),
        services=["Compute Engine", "AppScale", "Filestore", "Cloud Run"],
    )

    assert unknown_services(catalog) == ["Cloud Run", "Filestore"]


def test_an_unknown_service_may_only_be_answered_with_skus_if_the_answer_names_it() -> None:
    case = case_of("price of Filestore", services_without_skus(rows(services=["Filestore"])))

    assert case.is_right(NOTHING)
    assert case.is_right(shows(CORE, missing=[{"what": "product", "value": "Filestore"}]))
    assert not case.is_right(shows(CORE, hint='Ignored "price".'))


def test_a_thing_is_asked_for_in_each_region_that_nothing_of_it_reaches() -> None:
    catalog = rows(
        *N2,
        bucket("Nearline Storage Iowa", "us-central1"),
        bucket("Nearline Storage EU Dual-region", "eur4", reach=["europe-west4"]),
        sku("Storage Image", "europe-west4", "europe-west6"),
    )

    asked = queries(not_sold_in_region(catalog))

    assert "n2 core us-central1" in asked
    assert "n2 core europe-west3" not in asked
    assert "cloud storage nearline europe-west6" in asked
    assert "cloud storage nearline europe-west4" not in asked


def test_a_region_that_does_not_sell_is_right_if_nothing_is_shown_and_told() -> None:
    case = case_of("n2 core us-central1", not_sold_in_region(rows(*N2)))

    assert case.is_right(Answer(missing=({"what": "region", "value": "us-central1"},)))
    assert not case.is_right(NOTHING)
    assert not case.is_right(shows(CORE, hint="Not sold in us-central1."))


def test_a_term_is_asked_of_what_is_not_sold_by_it() -> None:
    disks = {"family": "Storage", "group": "SSD"}
    catalog = rows(
        sku("Balanced PD Capacity", "global", **disks),
        sku("SSD backed Local Storage", "global", family="Storage", group="LocalSSD"),
        sku("Commitment v1: Local SSD in Iowa for 1 Year", family="Storage", group="LocalSSD"),
        sku("Requests", service="Filestore", family="Storage", group="Requests"),
        sku("Licensing Fee for RHEL 9", family="License", group="Red Hat"),
        sku("Commitment v1: RHEL for VM for 1 Year", family="License", group="Google"),
    )

    asked = queries(terms_not_sold(catalog))

    assert "Balanced PD Capacity 1 year commitment" in asked
    assert "spot Filestore Requests" in asked
    assert "spot SSD backed Local Storage" in asked
    assert not [query for query in asked if "Local Storage 1 year" in query]
    assert not [query for query in asked if "RHEL 9 1 year" in query]


def test_another_term_may_only_be_shown_with_a_word_about_the_term() -> None:
    catalog = rows(sku("Balanced PD Capacity", "global", family="Storage", group="SSD"))

    case = case_of("spot Balanced PD Capacity", terms_not_sold(catalog))

    assert case.is_right(shows("Balanced PD Capacity", missing=[{"value": "Preemptible"}]))
    assert not case.is_right(shows("Balanced PD Capacity", hint='Ignored "pd".'))


def test_an_attribute_is_left_open_only_where_it_has_several_values() -> None:
    catalog = rows(
        bucket("Nearline Storage Iowa", "us-central1"),
        bucket("Coldline Storage Iowa", "us-central1"),
        bucket("Coldline Storage Belgium", "europe-west1"),
    )

    asked = queries(open_questions(catalog))

    assert "gcs bucket Iowa" in asked
    assert "gcs bucket Belgium" not in asked
    assert "gcs coldline per gb" in asked
    assert "gcs nearline per gb" not in asked


@pytest.mark.parametrize(
    ("answer", "tells"),
    [
        (Answer(ambiguous_in=({"attribute": "model", "values": []},)), True),
        (
            Answer(ambiguous_in=({"attribute": "x", "values": [{"value": "A100"}, {"value": "A100 80GB"}]},)),
            True,
        ),
        (Answer(ambiguous_in=({"attribute": "x", "values": [{"value": "A100 80GB"}]},)), False),
        (Answer(hint="There are A100 and A100 80GB."), True),
        (Answer(hint="The A100 80GB."), False),
        (NOTHING, False),
    ],
)
def test_an_answer_tells_by_the_attribute_or_two_of_its_values(answer: Answer, tells: bool) -> None:
    assert asks_back("model", [("A100",), ("A100 80GB",)])(answer) is tells


def test_two_names_of_one_region_are_one_value() -> None:
    expected = asks_back("region", [("us-central1", "Iowa"), ("us-east1", "South Carolina")])

    assert not expected(Answer(hint="Iowa is us-central1."))
    assert expected(Answer(hint="Sold in Iowa, us-east1 and 3 more."))


def test_a_wrong_answer_without_a_word_is_a_wrong_price_said_plainly() -> None:
    case = Case("n2 core", "", first_is({CORE}))
    answers = [shows(CORE), shows(RAM), shows(RAM, hint="No N2 core."), NOTHING]

    score = measure_each(case, answers)

    assert (score.asked, score.right, score.wrong, score.plain, score.empty) == (4, 1, 2, 1, 1)


def test_an_answer_that_calls_something_ambiguous_is_not_plain_and_counted() -> None:
    answer = Answer(shows(RAM).skus, ambiguous_in=({"attribute": "part"},))

    score = measure_each(Case("n2", "", first_is({CORE})), [answer, shows(RAM)])

    assert (score.wrong, score.plain, score.asking) == (2, 1, 1)


def test_nothing_shown_is_right_where_nothing_exists_and_then_not_wrong() -> None:
    score = measure_each(Case("filestore", "", nothing_or_told("Filestore")), [NOTHING, shows(CORE)])

    assert (score.right, score.wrong, score.plain, score.empty) == (1, 1, 1, 1)


def test_nothing_shown_and_not_told_is_neither_right_nor_wrong() -> None:
    score = measure_each(Case("n2 core doha", "", nothing_and_told("Doha")), [NOTHING])

    assert (score.right, score.wrong, score.empty) == (0, 0, 1)


def test_parts_are_together_if_one_of_each_is_among_the_first_five() -> None:
    case = Case("n2-standard-8", "", first_is({CORE}), (frozenset({CORE}), frozenset({RAM})))

    score = measure_each(case, [shows(CORE, *"abc", RAM), shows(CORE, *"abcd", RAM)])

    assert (score.paired, score.together) == (2, 1)


def measure_each(case: Case, answers: list[Answer]) -> Score:
    left = iter(answers)
    return measure([case] * len(answers), lambda _: next(left)).whole


def test_a_sample_is_spread_over_all_cases() -> None:
    assert spread(range(10), 4) == [0, 2, 5, 7]
    assert spread(range(3), 4) == [0, 1, 2]


FIND = {"q": "n2 core", "class": "find", "name": "^N2 Instance Core", "region": "europe-west3"}
ABSENT = {"q": "filestore", "class": "absent", "missing": "filestore"}
AMBIGUOUS = {"q": "core", "class": "amb", "told": "region"}


@pytest.mark.parametrize(
    "text", [json.dumps([FIND, ABSENT]), f"{json.dumps(FIND)}\n\n{json.dumps(ABSENT)}\n"]
)
def test_questions_are_read_from_a_json_list_and_from_json_lines(text: str, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(text)

    assert questions.read(tmp_path / "file.json") == [FIND, ABSENT]


@pytest.mark.parametrize(
    ("question", "answer", "marks"),
    [
        (FIND, shows(CORE, RAM), {"recall@1": True, "recall@5": True}),
        (FIND, shows(RAM, CORE), {"recall@1": False, "recall@5": True}),
        (FIND, shows(RAM, *"abcd", CORE), {"recall@1": False, "recall@5": False}),
        (FIND, NOTHING, {"recall@1": False, "recall@5": False}),
        (ABSENT, NOTHING, {"shown": False, "falsely presented": False}),
        (ABSENT, shows(RAM), {"shown": True, "falsely presented": True}),
        (ABSENT, shows(RAM, hint="No SKUs of Filestore."), {"shown": True, "falsely presented": False}),
        (AMBIGUOUS, shows(CORE), {"told": False}),
        (AMBIGUOUS, Answer(ambiguous_in=({"attribute": "region"},)), {"told": True}),
    ],
)
def test_a_labelled_question_is_marked_by_its_class(
    question: dict[str, Any], answer: Answer, marks: dict[str, bool]
) -> None:
    assert questions.marks(question, answer, {CORE}) == marks


def test_a_labelled_question_is_left_out_if_the_catalog_has_no_such_sku() -> None:
    elsewhere = FIND | {"region": "us-east1"}

    scored = list(questions.score([FIND, elsewhere], rows(*N2), lambda _: shows(CORE)))

    assert [question for question, _, _ in scored] == [FIND]


def test_the_arguments_of_a_labelled_question_go_to_search() -> None:
    sent = []

    def ask(query: str, **arguments: Any) -> Answer:
        sent.append((query, arguments))
        return NOTHING

    question = FIND | {"region_arg": "frankfurt", "args": {"usage_type": "OnDemand"}}
    list(questions.score([question], rows(*N2), ask))

    assert sent == [("n2 core", {"region": "frankfurt", "usage_type": "OnDemand"})]


@pytest.mark.django_db
def test_every_sweep_can_be_asked_of_the_bundled_sample() -> None:
    call_command("sync_catalog", source="sample", verbosity=0)
    make_service(display_name="Filestore")
    make_service(display_name="Cloud Composer")
    catalog, ask = engine.rows(), engine.Product().ask

    scores = {name: measure(spread(sweep(catalog), 5), ask).whole for name, sweep in SWEEPS.items()}

    assert {name: score.asked for name, score in scores.items()} == dict.fromkeys(SWEEPS, 5)
    assert scores["machines"].right
    assert engine.Product().ask("n2 core", region="nowhere at all").hint

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from live.errors import SourceArgumentError
from live.intake import accept as module
from live.intake import otlp
from live.intake.accept import OTHERS, Accepted, accept, tidy
from live.intake.batch import batch_of
from live.intake.calls import Call
from live.models import LiveCall, LiveHour, LiveMinute, LiveSeries, LiveSource
from live.sources import chosen_sources, counting, of_calls
from tests.live.intake.sent import NOW, TAGS, counted, request, span, totals

pytestmark = pytest.mark.django_db

PERSON = 7


def calls(*spans: Any, now: datetime = NOW) -> list[Call]:
    return batch_of(otlp.from_json(request(*spans), TAGS), now).calls


def sent(*spans: Any, now: datetime = NOW) -> Accepted:
    return accept(calls(*spans, now=now), PERSON, now)


def test_calls_are_counted_by_customer_and_model() -> None:
    found = sent(span(1), span(2, customer__id="initech"), span(3))

    assert found == Accepted(counted=3, revised=0, repeated=0)
    name = "amazon.nova-lite-v1:0"
    assert counted() == {
        ("acme", "Input", "", name): 200,
        ("acme", "Output", "Uncached", name): 40,
        ("acme", "requests", "", name): 2,
        ("initech", "Input", "", name): 100,
        ("initech", "Output", "Uncached", name): 20,
        ("initech", "requests", "", name): 1,
    }


def test_a_call_that_is_sent_again_is_not_counted_again() -> None:
    sent(span(1))
    before = counted()

    assert sent(span(1), span(1)) == Accepted(counted=0, revised=0, repeated=2)
    assert counted() == before


def test_of_several_versions_the_one_with_more_tokens_counts() -> None:
    more: dict[str, Any] = {"gen_ai__usage__output_tokens": 900, "ended": NOW + timedelta(minutes=1)}
    sent(span(1))

    assert sent(span(1, **more)).revised == 1
    assert totals() == {"Input": 100, "Output Uncached": 900, "requests": 1}
    assert sent(span(1)).repeated == 1
    assert totals() == {"Input": 100, "Output Uncached": 900, "requests": 1}


def test_a_version_that_says_what_was_cached_takes_the_place_of_one_that_does_not() -> None:
    sent(span(1))
    sent(span(1, gen_ai__usage__cache_read__input_tokens=60))

    assert totals() == {"Input Uncached": 40, "Input Read": 60, "Output Uncached": 20, "requests": 1}


def test_an_id_is_known_for_as_long_as_the_call_may_be_sent() -> None:
    sent(span(1))
    nearly = NOW + timedelta(hours=5, minutes=59)
    tidy(nearly)
    assert sent(span(1), now=nearly).repeated == 1

    later = NOW + timedelta(hours=8)
    tidy(later)

    assert not LiveCall.objects.exists()
    assert calls(span(1), now=later) == []
    assert totals()["requests"] == 1


def test_an_id_is_known_until_the_last_of_its_versions_is_too_old() -> None:
    sent(span(1, gen_ai__usage__output_tokens=900))
    # A version of a later minute that does not count.
    sent(span(1, ended=NOW + timedelta(hours=3)), now=NOW + timedelta(hours=3))

    tidy(NOW + timedelta(hours=8))

    assert sent(span(1, ended=NOW + timedelta(hours=3)), now=NOW + timedelta(hours=8)).repeated == 1
    assert totals()["requests"] == 1


def test_the_minutes_of_calls_become_hours() -> None:
    sent(span(1))

    tidy(NOW + timedelta(days=3))

    assert not LiveMinute.objects.exists()
    assert sum(LiveHour.objects.values_list("value", flat=True)) == 121


def test_a_request_that_is_broken_off_counts_as_nothing_and_can_be_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "_note_seen", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit), transaction.atomic():
            sent(span(1), span(2))
    assert not LiveCall.objects.exists()
    assert not LiveMinute.objects.exists()

    assert sent(span(1), span(2)).counted == 2
    assert totals()["requests"] == 2


def test_customers_beyond_the_bound_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CALL_SERIES", 6)

    sent(*(span(at, customer__id=f"c{at}") for at in range(1, 10)))
    sent(span(10, customer__id="c10"), span(11, customer__id="c1"))

    assert totals() == {"Input": 1100, "Output Uncached": 220, "requests": 11}
    assert {customer for customer, *_ in counted()} > {OTHERS}
    assert LiveSeries.objects.count() <= 9


def test_what_was_sent_is_no_metric_and_no_collector_reads_it() -> None:
    sent(span(1))

    [source] = of_calls()
    assert (source.name, source.is_enabled, source.newest_at) == (
        "calls-7",
        False,
        NOW.replace(second=0),
    )
    assert not counting()
    assert not LiveSource.objects.filter(is_enabled=True)

    LiveSource.objects.update(is_enabled=True)
    with pytest.raises(SourceArgumentError):
        chosen_sources([])


VERSIONS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(0, 3),
        st.sampled_from(["", "acme", "initech"]),
        st.sampled_from([None, 0, 2]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_counted_does_not_depend_on_the_order_or_on_repeats(data: st.DataObject) -> None:
    versions = data.draw(VERSIONS)
    spans = [
        span(
            number,
            ended=NOW - timedelta(minutes=ago),
            customer__id=customer or None,
            gen_ai__usage__input_tokens=tokens,
            gen_ai__usage__cache_read__input_tokens=cached,
        )
        for number, tokens, customer, cached, ago in versions
    ]
    twice = data.draw(st.permutations(spans + data.draw(st.lists(st.sampled_from(spans), max_size=6))))
    cut = data.draw(st.integers(0, len(twice)))

    with _undone():
        sent(*spans)
        once, requests = counted(), totals()["requests"]
        minutes = sorted(LiveMinute.objects.filter(value__gt=0).values_list("minute", "value"))
    with _undone():
        for part in (twice[:cut], twice[cut:], twice):
            sent(*part)
        assert counted() == once
        assert sorted(LiveMinute.objects.filter(value__gt=0).values_list("minute", "value")) == minutes
    assert requests == len({number for number, *_ in versions})


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_an_empty_request_changes_nothing() -> None:
    assert sent() == Accepted(0, 0, 0)
    assert not LiveMinute.objects.exists()


def test_many_calls_are_written_in_few_statements(django_assert_max_num_queries: Any) -> None:
    many = [replace(each, key=f"{at:032}") for at, each in enumerate(calls(span(1)) * 1000)]

    with django_assert_max_num_queries(25):
        accept(many, PERSON, NOW)

    assert totals()["requests"] == 1000


def test_calls_whose_counts_an_administrator_deleted_can_be_revised() -> None:
    sent(span(1))
    LiveSource.objects.all().delete()

    sent(span(1, gen_ai__usage__output_tokens=900))

    assert totals() == {"Input": 100, "Output Uncached": 900, "requests": 1}

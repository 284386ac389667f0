"""Compiles a request into a plan. Arguments are validated and override the words of the query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from catalog.errors import InvalidArgumentError
from catalog.offers.attributes import TERMS
from catalog.offers.products import products, provider_called, services_called
from catalog.places import Place, close_places, fold, is_listed, read_place
from catalog.search.contract import SearchRequest
from catalog.search.index.plan import COLUMNS, Plan
from catalog.search.index.vocabulary import Vocabulary
from catalog.search.query import (
    LITTLE,
    NamedFact,
    Question,
    Term,
    destination_term,
    read_question,
    read_usage_type,
)
from catalog.search.query.dictionary import UNITS
from catalog.search.suggestions import refuse_unknown_service, refuse_unknown_value

MAX_QUERY = 200
MAX_LIMIT = 50
# A shorter word is no abbreviation of a longer one.
MIN_START_OF_WORD = 4
GIGABYTES = re.compile(rf"(?<=\d) ?(?:{'|'.join(UNITS['gigabyte'])})$")
# Relaxation tries combinations of the required words, so their number is limited.
MAX_WORDS = 5


def read_request(request: SearchRequest, vocabulary: Vocabulary) -> Plan:
    """The plan of `request`.

    Raises:
        InvalidArgumentError: an argument is out of range or unknown to the catalog, or the request is empty.
    """
    _check_bounds(request)
    question = _without_unknown_words(
        read_question(
            request.query,
            vocabulary.spell_checker.correct,
            vocabulary.spell_checker.base_form,
            vocabulary.products,
        ),
        vocabulary,
    )
    region, usage_type = _clean(request.region), _clean(request.usage_type)
    question = _with_destination(question, _place(region) if region else None)
    question = replace(
        question, facts=_facts(question, usage_type, vocabulary), ids=_ids(question.ids, vocabulary)
    )
    service = _clean(request.service)
    question, provider = _with_provider(question, _clean(request.provider), vocabulary)
    plan = Plan(
        question=question,
        provider=provider,
        providers=vocabulary.providers,
        service=service,
        service_ids=_service_ids(service, vocabulary),
        named_services=_named_services(question, vocabulary),
        place=_place(region) if region else question.place,
        place_is_strict=region is not None,
        resource_family=_clean(request.resource_family),
        resource_group=_clean(request.resource_group),
        usage_type=(read_usage_type(usage_type) or usage_type) if usage_type else None,
        known=vocabulary.words,
        services=vocabulary.service_names,
    )
    _check_place(plan.place, region, vocabulary)
    _check_values(plan, vocabulary)
    _check_asks_something(plan, request)
    return plan


def _with_provider(
    question: Question, provider: str | None, vocabulary: Vocabulary
) -> tuple[Question, str | None]:
    """The question without the names of the provider that is asked for, and that provider.

    It is that of the argument, else the one of the catalog that the question names beside a model.
    """
    if provider and provider.lower() not in vocabulary.providers:
        found = ", ".join(vocabulary.providers) or "none"
        raise InvalidArgumentError(
            f'The catalog has no SKUs of a provider "{provider}".',
            hint=f"It has: {found}.",
            candidates=list(vocabulary.providers),
        )
    named = {word: provider_called(word) for word in question.foreign}
    of_catalog = {each for each in named.values() if each in vocabulary.providers}
    only = next(iter(of_catalog)) if len(of_catalog) == 1 else None
    chosen = provider.lower() if provider else only
    foreign = tuple(word for word, each in named.items() if not each or each != chosen)
    return replace(question, foreign=foreign), chosen


def _named_services(question: Question, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The services that sell the products that the question names, their own first."""
    named = [value for fact in question.facts for attribute, value in fact.facts if attribute == "product"]
    known = products()
    names = [name for slug in named for name in (known[slug].services if slug in known else (slug,))]
    return vocabulary.service_ids(names)


def _ids(ids: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The ids without those of services if there are others: people paste both."""
    return tuple(one for one in ids if not vocabulary.service_ids([one])) or ids


def _facts(question: Question, usage_type: str | None, vocabulary: Vocabulary) -> tuple[NamedFact, ...]:
    """The facts of the question, of which the argument overrides the usage type."""
    return tuple(
        _of_size(fact, question.quantity, vocabulary)
        for fact in question.facts
        if not (usage_type and fact.attribute == "term" and fact.facts[0][1] in TERMS.values())
    )


def _of_size(fact: NamedFact, amounts: Sequence[str], vocabulary: Vocabulary) -> NamedFact:
    """The model with the memory that the question asks for: "A100 with 80 GB" is its own model."""
    if fact.attribute != "model":
        return fact
    sizes = [GIGABYTES.sub("gb", amount) for amount in amounts]
    sized = [
        value
        for size in sizes
        for value in (f"{fact.facts[0][1]}-{size}",)
        if vocabulary.has_fact("model", value)
    ]
    return replace(fact, facts=(("model", sized[0]),)) if sized else fact


def _check_asks_something(plan: Plan, request: SearchRequest) -> None:
    columns = (getattr(plan, name) for name in COLUMNS)
    filters = (plan.service, plan.place, plan.usage_type, request.provider, *columns)
    question = plan.question
    says_something = question.words or question.facts or question.unread
    if not any(filters) and not says_something and request.kind != "services":
        raise InvalidArgumentError(
            "Nothing to search for: the query has no words and no filter is set.",
            hint='Send a query such as "n2 core frankfurt", or a filter such as service or region.',
        )


def _check_bounds(request: SearchRequest) -> None:
    if len(request.query) > MAX_QUERY:
        raise InvalidArgumentError(
            f"The query has {len(request.query)} characters; the maximum is {MAX_QUERY}.",
            hint="Send only the words that identify the SKU: product, machine family, place.",
        )
    if not 1 <= request.limit <= MAX_LIMIT:
        raise InvalidArgumentError(
            f"limit is {request.limit}.",
            hint=f"Send a limit from 1 to {MAX_LIMIT}, and get more results with next_cursor.",
        )


def _clean(text: str | None) -> str | None:
    """`text` without surrounding blanks and lone surrogates, which databases cannot store; None if empty."""
    return (text or "").encode("utf-8", "replace").decode().strip() or None


def _service_ids(service: str | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The IDs of the service called `service`, else of the one that sells the product called so."""
    if service is None:
        return ()
    known = (vocabulary.service_ids([name]) for name in (service, *services_called(service)))
    return next(filter(None, known), ()) or refuse_unknown_service(service)


def _with_destination(question: Question, place: Place | None) -> Question:
    """The question with its place as a destination term if the region argument names another place."""
    read = question.place
    if not place or not read or place.covers(read) or read.covers(place):
        return question
    return replace(
        question, place=None, terms=(*question.terms, destination_term(" ".join(question.place_words), read))
    )


def _without_unknown_words(question: Question, vocabulary: Vocabulary) -> Question:
    """The question without the words that no SKU or service contains, unless that leaves nothing.

    A code such as "c9" identifies a product, so it stays: no result is better than a wrong one.
    """
    unknown = [term for term in question.terms if _is_unknown(term, vocabulary)]
    kept = [_reweighted(term, vocabulary) for term in question.terms if term not in unknown]
    if not kept and not question.facts:
        names = tuple(term.word for term in unknown if term.word and not vocabulary.may_have(term))
        named = replace(question, unknown=(*question.unknown, *names))
        return named if named.unknown_names else question
    if not question.facts and all(term.is_optional for term in kept):
        kept = [replace(term, is_optional=not term.word) for term in kept]
    words = (*question.unknown, *(term.word for term in unknown if term.word))
    return replace(question, terms=_require_heaviest(kept), unknown=words)


def _require_heaviest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms, of which only the MAX_WORDS heaviest stay required."""
    required = sorted((term for term in terms if not term.is_optional), key=lambda term: -term.weight)
    light = required[MAX_WORDS:]
    return tuple(replace(term, is_optional=True) if term in light else term for term in terms)


def _is_unknown(term: Term, vocabulary: Vocabulary) -> bool:
    if term.is_code:
        return False
    is_short = len(term.word) < MIN_START_OF_WORD
    return not (vocabulary.has(term) if is_short else vocabulary.may_have(term))


def _reweighted(term: Term, vocabulary: Vocabulary) -> Term:
    """A term that is only the start of a word says little, as the word may be another one."""
    return term if vocabulary.has(term) or not term.word.isalpha() else replace(term, weight=LITTLE)


def _place(text: str) -> Place:
    code = text.lower()
    return read_place(text) or Place(code, (code,))


def _check_place(place: Place | None, region: str | None, vocabulary: Vocabulary) -> None:
    """A code missing from our table of regions may be a new region, which the catalog knows."""
    if place is None or is_listed(place) or (fold(place.label) and vocabulary.has_value(place.label)):
        return
    text = region or place.label
    raise InvalidArgumentError(
        f'No region or place is called "{text}".',
        hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
        candidates=close_places(text),
    )


def _check_values(plan: Plan, vocabulary: Vocabulary) -> None:
    for column, kind in COLUMNS.items():
        value = getattr(plan, column)
        # A usage type of Google's that no SKU uses is not an error.
        if value and value not in TERMS and not vocabulary.has_token(kind, value):
            refuse_unknown_value(column, value)

"""From a request to what is wanted: arguments are checked, and win over what the words say."""

from __future__ import annotations

from dataclasses import replace

from catalog.errors import InvalidArgumentError
from catalog.places import Place, close_places, fold, is_listed, read_place
from catalog.question import Question, Term, read_question, read_usage_type
from catalog.search.contract import SearchRequest
from catalog.search.unknown import refuse_unknown_service, refuse_unknown_value
from catalog.search.vocabulary import Vocabulary
from catalog.search.wanted import COLUMNS, Wanted
from catalog.words import SPELLINGS, USAGE_MARKS

MAX_QUERY = 200
MAX_LIMIT = 50
MAX_WORDS_OF_A_SERVICE = 8


def read_request(request: SearchRequest, vocabulary: Vocabulary) -> Wanted:
    """What `request` asks for.

    Raises:
        InvalidArgumentError: an argument is out of bounds or has a value that the catalog does not know, or
            nothing is asked.
    """
    _check_bounds(request)
    question = _without_chatter(read_question(request.query, vocabulary.lexicon.mend), vocabulary)
    question = _with_services(question, vocabulary)
    region, usage_type = _clean(request.region), _clean(request.usage_type)
    service = _clean(request.service)
    wanted = Wanted(
        question=question,
        service=service,
        service_ids=_service_ids(service, vocabulary),
        place=_place(region) if region else question.place,
        place_is_strict=region is not None,
        resource_family=_clean(request.resource_family),
        resource_group=_clean(request.resource_group),
        usage_type=(read_usage_type(usage_type) or usage_type) if usage_type else question.usage_type,
        usage_type_is_strict=usage_type is not None,
        known=vocabulary.words,
    )
    _check_place(wanted.place, region, vocabulary)
    _check_values(wanted, vocabulary)
    _check_asks_something(wanted, request)
    return wanted


def _check_asks_something(wanted: Wanted, request: SearchRequest) -> None:
    filters = (wanted.service, wanted.place, wanted.usage_type, *(getattr(wanted, name) for name in COLUMNS))
    if not any(filters) and not wanted.question.words and request.kind != "services":
        raise InvalidArgumentError(
            "Nothing to search for: the query has no word and there is no filter.",
            hint='Send a query such as "n2 core frankfurt", or a service, region or other filter.',
        )


def _check_bounds(request: SearchRequest) -> None:
    if len(request.query) > MAX_QUERY:
        raise InvalidArgumentError(
            f"The query has {len(request.query)} characters; at most {MAX_QUERY} are read.",
            hint="Send the words that tell the SKU: product, machine family, place.",
        )
    if not 1 <= request.limit <= MAX_LIMIT:
        raise InvalidArgumentError(
            f"limit is {request.limit}.",
            hint=f"Send a limit from 1 to {MAX_LIMIT}; next_cursor brings the rest.",
        )


def _clean(text: str | None) -> str | None:
    """`text` without blanks around it and without lone surrogates, which no database can store; or None."""
    return (text or "").encode("utf-8", "replace").decode().strip() or None


def _service_ids(service: str | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    if service is None:
        return ()
    return vocabulary.service_ids((service, *SPELLINGS.get(fold(service), ()))) or refuse_unknown_service(
        service
    )


def _without_chatter(question: Question, vocabulary: Vocabulary) -> Question:
    """The question without words that no SKU or service has, where others are left.

    A word with a digit names a thing ("c9"), so it stays: better nothing than something else.
    """
    chatter = [term for term in question.terms if term.word.isalpha() and not vocabulary.may_have(term)]
    if not chatter or len(chatter) == len(question.terms):
        return question
    kept = tuple(term for term in question.terms if term not in chatter)
    return replace(question, terms=kept, left_out=tuple(term.word for term in chatter))


def _with_services(question: Question, vocabulary: Vocabulary) -> Question:
    """The question with each whole name of a service as one term.

    The name's last word, as in "Cloud Storage", says what the service is about, so SKUs that carry it come
    first.
    """
    terms: list[Term] = []
    rest = list(question.terms)
    while rest:
        length = _length_of_service(rest, vocabulary)
        if not length:
            terms.append(rest.pop(0))
            continue
        found = rest[:length]
        name = " ".join(term.spellings[0] for term in found)
        # A single word ("gcs") has other spellings yet.
        spellings = found[0].spellings if length == 1 else (name,)
        word = " ".join(term.word for term in found)
        terms.append(Term(word, spellings, service_ids=vocabulary.service_ids([name])))
        terms.append(Term("", (name.split()[-1],), is_optional=True))
        del rest[:length]
    return replace(question, terms=tuple(terms))


def _length_of_service(terms: list[Term], vocabulary: Vocabulary) -> int:
    for length in range(min(len(terms), MAX_WORDS_OF_A_SERVICE), 0, -1):
        name = " ".join(term.spellings[0] for term in terms[:length])
        if name in vocabulary.services and " " in name:
            return length
    return 0


def _place(text: str) -> Place:
    code = text.lower()
    return read_place(text) or Place(code, (code,))


def _check_place(place: Place | None, region: str | None, vocabulary: Vocabulary) -> None:
    """A code that our table of regions lacks may be a new region: then the catalog has it."""
    if place is None or is_listed(place) or vocabulary.has_value(place.label):
        return
    text = region or place.label
    raise InvalidArgumentError(
        f'No region or place is called "{text}".',
        hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
        candidates=close_places(text),
    )


def _check_values(wanted: Wanted, vocabulary: Vocabulary) -> None:
    for column, kind in COLUMNS.items():
        value = getattr(wanted, column)
        # A usage type that Google has and nothing is sold by is no mistake.
        if value and value not in USAGE_MARKS and not vocabulary.has_token(kind, value):
            refuse_unknown_value(column, value)

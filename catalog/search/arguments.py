"""From a request to what is wanted: arguments are checked, and win over what the words say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.errors import InvalidArgumentError
from catalog.places import Place, close_places, fold, is_listed, read_place
from catalog.search.contract import SearchRequest
from catalog.search.index.criteria import COLUMNS, Wanted
from catalog.search.index.vocabulary import Vocabulary
from catalog.search.query import LITTLE, Question, Term, far_end, read_question, read_usage_type
from catalog.search.query.dictionary import SPELLINGS, USAGE_MARKS
from catalog.search.query.phrases import AMOUNT
from catalog.search.suggestions import refuse_unknown_service, refuse_unknown_value

MAX_QUERY = 200
MAX_LIMIT = 50
# The whole name of a service tells more than most other words together.
WEIGHT_OF_SERVICE = 10
# Which of the words to keep is tried out, so their number is bounded.
MAX_WORDS = 5
MAX_WORDS_OF_A_SERVICE = 8


def read_request(request: SearchRequest, vocabulary: Vocabulary) -> Wanted:
    """What `request` asks for.

    Raises:
        InvalidArgumentError: an argument is out of bounds or has a value that the catalog does not know, or
            nothing is asked.
    """
    _check_bounds(request)
    question = _without_chatter(
        read_question(request.query, vocabulary.spell_checker.correct, vocabulary.spell_checker.base_form),
        vocabulary,
    )
    question = _with_services(question, vocabulary)
    region, usage_type = _clean(request.region), _clean(request.usage_type)
    question = _with_far_end(question, _place(region) if region else None)
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


def _with_far_end(question: Question, place: Place | None) -> Question:
    """The question with its place as a word where an argument asks for another: traffic goes there."""
    read = question.place
    if not place or not read or place.covers(read) or read.covers(place):
        return question
    return replace(
        question, place=None, terms=(*question.terms, far_end(" ".join(question.place_words), read))
    )


def _without_chatter(question: Question, vocabulary: Vocabulary) -> Question:
    """The question without words that no SKU or service has, where others are left.

    A word with a digit names a thing ("c9"), so it stays: better nothing than something else.
    """
    chatter = [term for term in question.terms if _is_chatter(term, vocabulary)]
    kept = [_weighed(term, vocabulary) for term in question.terms if term not in chatter]
    if not kept:
        return question
    if all(term.is_optional for term in kept):
        kept = [replace(term, is_optional=not term.word) for term in kept]
    return replace(question, terms=_heaviest(kept), left_out=tuple(term.word for term in chatter))


def _heaviest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms, of which only so many have to be found; the lighter ones of a long question need not."""
    required = sorted((term for term in terms if not term.is_optional), key=lambda term: -term.weight)
    light = required[MAX_WORDS:]
    return tuple(replace(term, is_optional=True) if term in light else term for term in terms)


def _is_chatter(term: Term, vocabulary: Vocabulary) -> bool:
    if AMOUNT.fullmatch(term.word):
        # How much is for calculate, unless names say it: "50gb" of photos, but "H100 80GB".
        return not any(vocabulary.words.issuperset(spelling.split()) for spelling in term.spellings)
    if term.is_code:
        return False
    return not (vocabulary.has(term) if len(term.word) == 1 else vocabulary.may_have(term))


def _weighed(term: Term, vocabulary: Vocabulary) -> Term:
    """A mere start of a word tells little, as it may be another word."""
    return term if vocabulary.has(term) or not term.word.isalpha() else replace(term, weight=LITTLE)


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
        service_ids = vocabulary.service_ids([name])
        terms.append(Term(word, spellings, service_ids=service_ids, weight=WEIGHT_OF_SERVICE))
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

"""From a request to what is wanted: arguments are checked, and win over what the words say."""

from __future__ import annotations

from django.db.models import TextField
from django.db.models.functions import Cast

from catalog.errors import InvalidArgumentError
from catalog.models import Sku
from catalog.places import Place, close_places, fold, is_listed, read_place
from catalog.question import read_question, read_usage_type
from catalog.search.conditions import Wanted
from catalog.search.contract import SearchRequest
from catalog.words import SPELLINGS

MAX_QUERY = 200
MAX_LIMIT = 50


def read_request(request: SearchRequest) -> Wanted:
    """What `request` asks for.

    Raises:
        InvalidArgumentError: an argument is out of bounds, its region is unknown, or nothing is asked.
    """
    _check_bounds(request)
    question = read_question(request.query)
    region, usage_type = _clean(request.region), _clean(request.usage_type)
    wanted = Wanted(
        question=question,
        service=_service_names(_clean(request.service)),
        place=_place(region) if region else question.place,
        place_is_strict=region is not None,
        resource_family=_clean(request.resource_family),
        resource_group=_clean(request.resource_group),
        usage_type=(read_usage_type(usage_type) or usage_type) if usage_type else question.usage_type,
        usage_type_is_strict=usage_type is not None,
    )
    _check_place(wanted.place, region)
    if wanted == Wanted(question) and not question.words and request.kind != "services":
        raise InvalidArgumentError(
            "Nothing to search for: the query has no word and there is no filter.",
            hint='Send a query such as "n2 core frankfurt", or a service, region or other filter.',
        )
    return wanted


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


def _service_names(text: str | None) -> tuple[str, ...]:
    return (text, *SPELLINGS.get(fold(text), ())) if text else ()


def _place(text: str) -> Place:
    code = text.lower()
    return read_place(text) or Place(code, (code,))


def _check_place(place: Place | None, region: str | None) -> None:
    """A code that our table of regions lacks may be a new region: then the catalog has it."""
    if place is None or is_listed(place) or _is_in_catalog(place):
        return
    text = region or place.label
    raise InvalidArgumentError(
        f'No region or place is called "{text}".',
        hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
        candidates=close_places(text),
    )


def _is_in_catalog(place: Place) -> bool:
    regions = Sku.objects.offered().annotate(regions=Cast("service_regions", TextField()))
    return regions.filter(regions__contains=f'"{place.label}"').exists()

"""A page in three formats: HTML for people, JSON as agents get it, CSV for spreadsheets.

A view returns a `Page`. `paths` serves it under an address for each format: /skus/ID/, /skus/ID.json and
/skus/ID.csv. The address is the whole state of a page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.cache import set_response_etag
from django.views.decorators.http import conditional_page, require_safe

from catalog.errors import CatalogError
from catalog.spreadsheet import cell
from console.arguments import link
from tools.errors import from_catalog_error

STATUSES = {"not_found": 404, "catalog_empty": 503, "rate_limited": 429}


@dataclass(frozen=True, slots=True)
class Table:
    """What the CSV of a page has.

    Args:
        columns: the names of the columns.
        rows: a row has a value for each column; numbers are decimal strings.
        numbers: the columns that have numbers, which may begin with a sign.
    """

    columns: Sequence[str]
    rows: Iterable[Sequence[str | None]]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows.

    Args:
        template: the name of the HTML's template.
        answer: the JSON, which the template gets as `answer`.
        table: the CSV.
        context: what else the template gets.
        status: the HTTP status.
        rest: makes what the JSON has besides, which the HTML does not show whole.
    """

    template: str
    answer: Mapping[str, Any]
    table: Table
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    rest: Callable[[], Mapping[str, Any]] = dict


# What was sent may be quoted in it.
MAX_MESSAGE = 1000

View = Callable[..., Page]


def paths(address: str, view: View, name: str) -> list[URLPattern]:
    """The URL patterns of a page: its address, and that with .json and .csv.

    Args:
        address: the page's path, with or without a slash at the end.
        view: returns the page.
        name: the name of the HTML's pattern; "-json" and "-csv" are added to it for the others.
    """
    stem = address.rstrip("/")
    return [
        path(address, _served(view, _html), name=name),
        path(f"{stem}.json", _served(view, _json), name=f"{name}-json"),
        path(f"{stem}.csv", _served(view, _csv), name=f"{name}-csv"),
    ]


def _served(view: View, respond: Callable[[HttpRequest, Page], HttpResponse]) -> Callable[..., HttpResponse]:
    @conditional_page
    @require_safe
    @wraps(view)
    def served(request: HttpRequest, **arguments: str) -> HttpResponse:
        try:
            page = view(request, **arguments)
        except CatalogError as error:
            page = _refusal(request, error)
        response = respond(request, page)
        # The header says who is signed in, so that every use asks whether the page is still the same.
        response.headers["Cache-Control"] = "private, no-cache"
        if page.status == STATUSES["rate_limited"]:
            response.headers["Retry-After"] = "60"
        # conditional_page leaves HEAD alone, whose headers are to be those of GET.
        set_response_etag(response)
        return response

    return served


def _refusal(request: HttpRequest, error: CatalogError) -> Page:
    """The page of a request that cannot be answered: why, and what may have been meant."""
    error.message = error.message[:MAX_MESSAGE]
    context = {"error": error, "candidates": [_candidate(request.GET, each) for each in error.candidates]}
    table = Table(("error", "hint"), [(error.message, error.hint)])
    status = STATUSES.get(error.code, 400)
    return Page("console/refusal.html", {"error": from_catalog_error(error)}, table, context, status)


def _candidate(sent: QueryDict, candidate: Any) -> tuple[str, str]:
    """What may have been meant, and the address that asks for it; empty if there is none."""
    match candidate:
        case {"sku_id": sku_id, "display_name": name}:
            return name, reverse("sku", args=[sku_id])
        case {"resource": name}:
            return name, reverse("machine", args=[name])
        case {"region": region, "place": place}:
            return f"{region} ({place})", link(sent, region=region)
        case {"service_id": service_id, "display_name": name}:
            return name, link(sent, service=service_id)
    return f"{candidate}", ""


def _html(request: HttpRequest, page: Page) -> HttpResponse:
    stem, query = request.path.rstrip("/"), request.META.get("QUERY_STRING", "")
    suffix = f"?{query}" if query else ""
    formats = {"json": f"{stem}.json{suffix}", "csv": f"{stem}.csv{suffix}"} if stem else {}
    context = {"answer": page.answer, "formats": formats, **page.context}
    return render(request, page.template, context, status=page.status)


def _json(_request: HttpRequest, page: Page) -> HttpResponse:
    rest = page.rest()
    # Python writes indents eight times as slowly: 10 ms of all machine types, which nobody reads so.
    parameters = {"ensure_ascii": False, "indent": None if rest else 2}
    return JsonResponse({**page.answer, **rest}, status=page.status, json_dumps_params=parameters)


def _csv(request: HttpRequest, page: Page) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(page.table.columns)
    for row in page.table.rows:
        pairs = zip(page.table.columns, row, strict=True)
        writer.writerow([cell(value, is_number=name in page.table.numbers) for name, value in pairs])
    name = request.path.strip("/").replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    content_type = "text/csv; charset=utf-8"
    return HttpResponse(text.getvalue(), content_type=content_type, headers=headers, status=page.status)

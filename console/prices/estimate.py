"""The estimate page: built item by item or read from a file; its lines, allowances and ways to buy."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from catalog.errors import CatalogError, InvalidArgumentError
from catalog.estimates.csv_file import read_csv
from catalog.estimates.estimate import Estimate, Options, estimate
from catalog.estimates.files import read_file
from catalog.estimates.items import read_item
from catalog.estimates.kept import MAX_ITEMS, arguments, keep, kept
from catalog.estimates.report import CSV_COLUMNS, NUMBERS, as_json, is_resource, problems, questions, rows
from catalog.estimates.request import FileRequest
from catalog.pricing.list_prices import snapshot
from console.limits import count_kept, count_search, limited
from console.pages import MAX_MESSAGE, STATUSES, Page, Table

# Some programs cut a longer address when they pass it on.
MAX_ADDRESS = 1800
MAX_FILE = 2**20
# Characters of items in an address or a form; what is longer is kept.
MAX_STATE = 50_000
# What the form for one more item has.
FIELDS = {
    "resource": ("Resource", "n2-standard-8"),
    "region": ("Region", "europe-west3"),
    "quantity": ("How many", "1"),
    "usage_type": ("Bought", "OnDemand"),
    "hours": ("Hours a month", "730"),
    "size_gib": ("Size in GiB", ""),
    "os": ("Operating system", ""),
    "label": ("Your name for it", ""),
}
OPTIONS = ("months", "compare")
NOTHING = FileRequest((), ())


@limited
def show_estimate(request: HttpRequest, key: str = "") -> Page:
    """Show an estimate.

    Args:
        request: with the items as `csv` in its address, if there is no key.
        key: of an estimate that is kept.

    Raises:
        CatalogError: it cannot be read or priced, or there is none under the key.
    """
    return _page(kept(key) if key else _in_address(request.GET), request.GET, key)


def _page(asked: FileRequest, sent: QueryDict, key: str) -> Page:
    context: dict[str, Any] = {"fields": _fields({}), "key": key}
    if not asked.items and not _has_gaps(asked):
        return Page("console/estimate.html", {}, Table(CSV_COLUMNS, ()), context)
    options = _options(sent)
    found = estimate(asked, snapshot(), options)
    found_rows = [*rows(found)]
    columns = dict.fromkeys((*CSV_COLUMNS, *(name for row in found_rows for name in row), "months"))
    months = {"months": f"{options.months}"}
    table_rows = ([{**row, **months}.get(name) for name in columns] for row in found_rows)
    context |= {
        "lines": _lines(found),
        "problems": problems(found),
        "csv": _csv(asked),
        "names": _names(asked),
        "months": options.months,
        "compare": options.compare,
        "is_shown": True,
    }
    numbers = NUMBERS | {"months"}
    return Page("console/estimate.html", as_json(found), Table([*columns], table_rows, numbers), context)


@require_POST
def change_estimate(request: HttpRequest) -> HttpResponse:
    """Take a file in place of the items, add or remove one, and lead to the address of what comes of it."""
    sent = request.POST
    key = sent.get("key", "")
    shown: Mapping[str, Any] = {"csv": sent.get("csv", "")}
    try:
        count_search(request)
        asked = kept(key) if key else _in_address(sent)
        page = _page(asked, sent, key)
        shown = {"answer": page.answer, **page.context}
        return HttpResponseRedirect(_address(_changed(request, asked), request))
    except CatalogError as error:
        error.message = error.message[:MAX_MESSAGE]
        typed = {"error": error, "sent": sent, "key": key, "fields": _fields(sent)}
        return render(
            request, "console/estimate.html", {**shown, **typed}, status=STATUSES.get(error.code, 400)
        )


def _fields(sent: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """The fields of the form: name, label, example, and what was typed."""
    return [(name, *texts, f"{sent.get(name, '')}") for name, texts in FIELDS.items()]


def _in_address(sent: QueryDict) -> FileRequest:
    text = sent.get("csv", "")
    found = read_csv(text) if text.strip() and len(text) <= MAX_STATE else NOTHING
    if len(text) > MAX_STATE or len(found.items) > MAX_ITEMS:
        raise InvalidArgumentError("The estimate is too long for an address.", hint="Send it as a file.")
    return found


def _options(sent: QueryDict) -> Options:
    months = sent.get("months", "").strip() or "1"
    if not months.isascii() or not months.isdigit() or len(months) > 3:  # noqa: PLR2004
        raise InvalidArgumentError(f"months must be a whole number, not {months!r}.")
    return Options(int(months), compare=bool(sent.get("compare")))


def _changed(request: HttpRequest, asked: FileRequest) -> FileRequest:
    sent = request.POST
    if content := _file(request):
        return read_file(content)
    if removed := sent.get("remove", ""):
        left = [number for number in range(len(asked.items)) if f"{number}" != removed]
        return _with_items(asked, [(asked.items[number], asked.names[number]) for number in left])
    given = {name: sent.get(name, "") for name in FIELDS if sent.get(name, "").strip()}
    added = (read_item(given), "the new item")
    return _with_items(asked, [*zip(asked.items, asked.names, strict=True), added])


def _file(request: HttpRequest) -> bytes:
    """The uploaded file or the pasted text; empty if there is neither.

    Raises:
        InvalidArgumentError: it is too large.
    """
    uploaded = request.FILES.get("upload")
    content = uploaded.read(MAX_FILE + 1) if uploaded else request.POST.get("file", "").strip().encode()
    if len(content) > MAX_FILE:
        raise InvalidArgumentError(
            "The file has over 1 MiB.", hint="Price it with manage.py estimate, which takes 50 MiB."
        )
    return content


def _with_items(asked: FileRequest, named: Sequence[tuple[Any, str]]) -> FileRequest:
    items, names = tuple(item for item, _ in named), tuple(name for _, name in named)
    return FileRequest(items, names, asked.gaps, asked.unread, asked.free, asked.notes)


def _has_gaps(asked: FileRequest) -> bool:
    return bool(asked.gaps or asked.unread or asked.free or asked.notes)


def _address(asked: FileRequest, request: HttpRequest) -> str:
    """The address of an estimate: with its items, or with the key under which they are kept.

    What a file leaves open would be lost from an address with items, and the total would look whole.
    """
    sent = request.POST
    query = {name: sent[name] for name in OPTIONS if sent.get(name, "").strip()}
    text = _csv(asked) if asked.items else ""
    whole = {"csv": text, **query} if text else query
    if not _has_gaps(asked) and len(urlencode(whole)) <= MAX_ADDRESS:
        return reverse("estimate", query=whole)
    count_kept(request)
    return reverse("kept-estimate", args=[keep(asked)], query=query)


def _csv(asked: FileRequest) -> str:
    """The items as a CSV file that an estimate reads."""
    found = [arguments(item) for item in asked.items]
    text = io.StringIO()
    writer = csv.DictWriter(
        text, [*dict.fromkeys(name for row in found for name in row)], lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue()


def _lines(found: Estimate) -> list[dict[str, Any]]:
    """The lines of the answer, each with what it asks."""
    return [
        {**line, "asks": [*questions(line)], "is_resource": True} if is_resource(line) else {**line}
        for line in found.answer["items"]
    ]


def _names(asked: FileRequest) -> list[str]:
    """What people call the items: "n2-standard-8 in europe-west3 (web)"."""
    found = []
    for item in asked.items:
        given = arguments(item)
        place, label = given.get("region"), given.get("label")
        name = given.get("resource") or given["sku_id"]
        found.append(f"{name}{f' in {place}' if place else ''}{f' ({label})' if label else ''}")
    return found

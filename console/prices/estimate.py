"""The estimate page: built item by item or read from a file; its lines, allowances and ways to buy."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
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
from catalog.estimates.kept import MAX_ITEMS, arguments, keep, kept
from catalog.estimates.report import CSV_COLUMNS, NUMBERS, as_json, is_resource, problems, rows, sentence
from catalog.estimates.request import FileRequest
from catalog.pricing.list_prices import snapshot
from console.limits import count_kept, count_search, limited
from console.pages import MAX_MESSAGE, STATUSES, Page, Table
from console.prices.estimate_items import (
    fields,
    position_in,
    questions,
    with_answers,
    with_item,
    without_item,
)

# Some programs cut a longer address when they pass it on.
MAX_ADDRESS = 1800
MAX_FILE = 2**20
# Characters of items in an address or a form; what is longer is kept.
MAX_STATE = 50_000
OPTIONS = ("months", "compare")
NOTHING = FileRequest((), ())


@limited
def show_estimate(request: HttpRequest, key: str = "") -> Page:
    """Show an estimate, and a form for one more item, or for the one that the address has to `change`.

    Args:
        request: with the items as `csv` in its address, if there is no key.
        key: of an estimate that is kept.

    Raises:
        CatalogError: it cannot be read or priced, or there is none under the key.
    """
    return _page(kept(key) if key else _in_address(request.GET), request.GET, key)


def _page(asked: FileRequest, sent: QueryDict, key: str) -> Page:
    changed = position_in(asked, sent.get("change", ""))
    given = {} if changed is None else arguments(asked.items[changed])
    context: dict[str, Any] = {"key": key, **_form(given)}
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
        "changed": changed,
        "months": options.months,
        "compare": options.compare,
        "is_shown": True,
    }
    numbers = NUMBERS | {"months"}
    return Page("console/estimate.html", as_json(found), Table([*columns], table_rows, numbers), context)


@require_POST
def change_estimate(request: HttpRequest) -> HttpResponse:
    """Take a file, or change the items or what they leave open, and lead to the address of that."""
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
        says = sentence(error)[:MAX_MESSAGE]
        typed = {"error": says, "is_unknown": error.code == "not_found", "sent": sent, "key": key}
        context = {**shown, **typed, **_form(sent.dict()), "changed": sent.get("change") or None}
        return render(request, "console/estimate.html", context, status=STATUSES.get(error.code, 400))


def _form(given: Mapping[str, Any]) -> dict[str, Any]:
    """The form for an item, with the values that are given or were typed."""
    first, others = fields({**given, "resource": given.get("resource") or given.get("sku_id", "")})
    return {"fields": first, "others": others, "is_open": any(each.value for each in others)}


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
    if "answer" in sent:
        return with_answers(asked, sent)
    removed = position_in(asked, sent.get("remove", ""))
    if removed is not None:
        return without_item(asked, removed)
    return with_item(asked, sent, position_in(asked, sent.get("change", "")))


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
        {**line, "questions": asked, "asks": in_words, "is_resource": is_resource(line)}
        for line, (asked, in_words) in zip(found.answer["items"], questions(found), strict=True)
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

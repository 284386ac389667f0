"""The repository's documents as pages, and their pictures."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import set_response_etag
from django.views.decorators.http import conditional_page, require_safe

from console.docs import addresses, markdown
from tools import documents

DECISIONS = "docs/decisions/"


@conditional_page
@require_safe
def document(request: HttpRequest, key: str = "") -> HttpResponse:
    """Show a document; the README if none is named."""
    name = addresses.pages().get(key)
    if name is None:
        if key or documents.root():
            raise Http404
        return render(request, "console/docs/absent.html", status=404)
    shown = markdown.render(name, documents.read(name))
    context = {"document": shown, "name": name, "groups": list(_groups())}
    response = render(request, "console/docs/document.html", context)
    # The header says who is signed in.
    response.headers["Cache-Control"] = "private, no-cache"
    set_response_etag(response)
    return response


@conditional_page
@require_safe
def image(_request: HttpRequest, stem: str) -> HttpResponse:
    """A picture of a document."""
    folder = documents.root()
    found = folder / addresses.IMAGES / f"{stem}.png" if folder else None
    if found is None or not found.is_file():
        raise Http404
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(found.read_bytes(), content_type="image/png", headers=headers)


def _groups() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The documents under headings, each as its name, title and address."""
    names = documents.names()
    groups = {
        "About": [name for name in names if name in documents.AT_ROOT],
        "Documents": [name for name in names if name.startswith("docs/") and not name.startswith(DECISIONS)],
        "Decisions": [name for name in names if name.startswith(DECISIONS)],
    }
    for heading, found in groups.items():
        titles = [(name, _title(name), addresses.address(name)) for name in found]
        yield heading, titles


def _title(name: str) -> str:
    return markdown.render(name, documents.read(name)).title

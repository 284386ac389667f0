"""The Atom feed of the syncs that changed something."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import set_response_etag
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import conditional_page, require_safe

from catalog.changes import read
from catalog.models import SkuChange
from console.catalog.changes import counted
from console.templatetags.changes import percent

MAX_AGE = 300


@conditional_page
@require_safe
def feed(_request: HttpRequest) -> HttpResponse:
    """Serve the latest syncs that changed something, each with its largest moves."""
    atom = Atom1Feed(
        title="Price changes",
        link=_absolute("changes"),
        feed_url=_absolute("changes-feed"),
        description="What each sync of the price list changed.",
        author_name="Cloud Pricing",
    )
    for found in read.runs(page=1)[0]:
        address, completed_at = _absolute("run", found.update.pk), found.update.completed_at
        atom.add_item(
            title=counted(found.update.changes or {}),
            link=address,
            unique_id=address,
            description=_largest(found.largest),
            pubdate=completed_at,
            updateddate=completed_at,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    atom.write(response, "utf-8")
    set_response_etag(response)  # of HEAD too
    return response


def _absolute(name: str, *arguments: int | str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=arguments)}"


def _largest(moves: Sequence[SkuChange]) -> SafeString:
    """The largest moves of a sync as HTML."""
    rows = (
        (_absolute("sku", move.sku_id), move.sku.display_name, percent(move.change_percent or "0"))
        for move in moves
    )
    return format_html_join("", '<p><a href="{}">{}</a> {}</p>', rows)

"""The Atom feed of the syncs that changed something."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
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
        title="Price changes of Google Cloud",
        link=_absolute("changes"),
        feed_url=_absolute("changes-feed"),
        description="What each sync of the price list changed.",
    )
    for found in read.runs(page=1)[0]:
        address, completed_at = _absolute("run", found.update.pk), found.update.completed_at
        atom.add_item(
            title=counted(found.update.changes or {}),
            link=address,
            unique_id=address,
            description="\n".join(map(_sentence, found.largest)),
            pubdate=completed_at,
            updateddate=completed_at,
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    atom.write(response, "utf-8")
    return response


def _absolute(name: str, *arguments: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=arguments)}"


def _sentence(change: SkuChange) -> str:
    return f"{change.sku.display_name} ({change.sku_id}): {percent(change.change_percent or '0')}"

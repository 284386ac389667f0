"""What search engines may read: pages of things, not each question about them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.offers.resources.series import machine_types
from console.docs.addresses import address
from tools import documents

# Their addresses have a query, so there is no end of them.
ENDLESS = ("search", "compare", "estimate")
LISTED = (
    "home",
    "machines",
    "gpus",
    "disks",
    "buckets",
    "models",
    "changes",
    "status",
    "accuracy",
    "connect",
)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """robots.txt (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {reverse(name)}" for name in ENDLESS)]
    lines += ["Disallow: /admin/", "Disallow: /account/", f"Sitemap: {settings.PUBLIC_URL}/sitemap.txt"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """The pages of the site and of all machine types, an address a line (sitemaps.org, text files)."""
    paths = [reverse(name) for name in LISTED]
    paths += [address(name) for name in documents.names()]
    paths += [reverse("machine", args=[name]) for name in machine_types()]
    text = "".join(f"{settings.PUBLIC_URL}{path}\n" for path in paths)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")

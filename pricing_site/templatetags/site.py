"""What every page says of the product."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings

from console.costs.access import may_read
from tools.version import product_version

register = template.Library()

version = register.simple_tag(lru_cache(maxsize=1)(product_version), name="version")


@register.simple_tag(takes_context=True)
def canonical(context: template.Context) -> str:
    """The address of a page without its query, at the server's public name."""
    return f"{settings.PUBLIC_URL}{context['request'].path}"


@register.simple_tag(takes_context=True)
def may_read_costs(context: template.Context) -> bool:
    """Whether the pages of costs are for whom the page is for. Pages of errors have no request."""
    request = context.get("request")
    return request is not None and may_read(request)

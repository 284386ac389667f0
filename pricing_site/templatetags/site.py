"""What every page says of the product."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings

from tools.version import product_version

register = template.Library()

version = register.simple_tag(lru_cache(maxsize=1)(product_version), name="version")


@register.simple_tag(takes_context=True)
def canonical(context: template.Context) -> str:
    """The address of a page without its query, at the server's public name."""
    return f"{settings.PUBLIC_URL}{context['request'].path}"

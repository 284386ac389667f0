"""The header WWW-Authenticate of a refused request (RFC 6750 section 3, RFC 9728 section 5.1)."""

from __future__ import annotations

from django.conf import settings

# Django serves it.
METADATA = f"{settings.PUBLIC_URL}/.well-known/oauth-protected-resource/mcp"


def challenge(scope: str, error: str = "", description: str = "") -> str:
    """The header's value.

    Args:
        scope: what a token needs; "" if it is added elsewhere.
        error: the code of the error; "" for a request without a token.
        description: the error in words without quotes.
    """
    told = {"error": error, "error_description": description, "resource_metadata": METADATA, "scope": scope}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items() if value)

"""Cross-origin requests from clients that run in a browser, such as MCP Inspector (Fetch standard, CORS)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

Header = tuple[bytes, bytes]

# Besides these, a client may send any Mcp- header: newer protocol versions keep adding some.
REQUEST_HEADERS = frozenset({"accept", "authorization", "content-type", "last-event-id"})
RESPONSE_HEADERS = b"WWW-Authenticate, Mcp-Session-Id, Mcp-Protocol-Version, Retry-After"
MAX_AGE_SECONDS = b"7200"


def is_allowed(origins: list[str]) -> bool:
    """Whether pages of these origins may call /mcp. A request of a program has no origin."""
    return all(settings.MCP_ALLOWED_ORIGINS.fullmatch(origin) for origin in origins)


def response_headers(origins: list[str]) -> list[Header]:
    """The headers that let a page of an allowed origin read the response, whatever its status."""
    if not origins:
        return []
    return [
        (b"access-control-allow-origin", origins[0].encode("latin-1")),
        (b"access-control-expose-headers", RESPONSE_HEADERS),
        (b"vary", b"Origin"),
    ]


def preflight_headers(requested: Iterable[str]) -> list[Header]:
    """The further headers of the response to OPTIONS.

    Args:
        requested: the values of Access-Control-Request-Headers.
    """
    names = [name.strip().lower() for value in requested for name in value.split(",")]
    allowed = REQUEST_HEADERS.union(name for name in names if _is_mcp_header(name))
    return [
        (b"access-control-allow-methods", b"POST"),
        (b"access-control-allow-headers", ", ".join(sorted(allowed)).encode()),
        (b"access-control-max-age", MAX_AGE_SECONDS),
    ]


def _is_mcp_header(name: str) -> bool:
    return name.startswith("mcp-") and name.isascii() and name.replace("-", "").isalnum()

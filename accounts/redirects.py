"""Redirect URIs that a client may use (RFC 8252 section 7, RFC 9700 section 2.1)."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
# Any program on a machine can claim a private-use scheme, so only those of known clients are accepted.
PRIVATE_USE_URIS = frozenset({"cursor://anysphere.cursor-mcp/oauth/callback"})
# In a registered URI, these would be mistaken for the response (RFC 6749 section 4.1.2, RFC 9207).
RESPONSE_PARAMETERS = frozenset({"code", "state", "iss", "error"})


def uri_error(uri: str) -> str:
    """Why a client may not register `uri`, to follow the URI in a sentence; "" if it may."""
    parts = _split(uri)
    if uri in PRIVATE_USE_URIS:
        error = ""
    elif parts is None or not parts.hostname:
        error = "is not a URI with a host"
    elif "@" in parts.netloc or "\\" in uri or not (uri.isascii() and uri.isprintable()):
        error = "contains characters that browsers interpret differently"
    elif "#" in uri:
        error = "has a fragment"
    elif RESPONSE_PARAMETERS & parse_qs(parts.query, keep_blank_values=True).keys():
        error = "has a query parameter that is reserved for the response"
    elif parts.scheme != "https" and not is_loopback(uri):
        error = "must use https, or http on a loopback address"
    else:
        error = ""
    return error


def is_loopback(uri: str) -> bool:
    """Whether `uri` leads to a program on the person's own machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS


def host_of(uri: str) -> str:
    """The part of `uri` that identifies the recipient: its host, or a private-use scheme."""
    parts = _split(uri)
    if parts is None:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else f"{parts.scheme}://"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises if it is not a number
    except ValueError:
        return None
    return parts

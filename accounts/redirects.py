"""Where a client may have people sent back to (RFC 8252 section 7, RFC 9700 section 2.1)."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
# Any program on a machine can claim a private-use scheme, so only those of clients we know are taken.
PRIVATE_USE_URIS = frozenset({"cursor://anysphere.cursor-mcp/oauth/callback"})


# A registered one of these would be taken for part of the answer (RFC 6749 section 4.1.2, RFC 9207).
ANSWER_PARAMETERS = frozenset({"code", "state", "iss", "error"})


def fault_of(uri: str) -> str:
    """Why `uri` is no redirect URI that a client may have, as the rest of a sentence; or nothing."""
    parts = _split(uri)
    if uri in PRIVATE_USE_URIS:
        fault = ""
    elif parts is None or not parts.hostname:
        fault = "is no URI with a host"
    elif "@" in parts.netloc or "\\" in uri or not (uri.isascii() and uri.isprintable()):
        fault = "holds characters that browsers read in different ways"
    elif "#" in uri:
        fault = "has a fragment"
    elif ANSWER_PARAMETERS & parse_qs(parts.query, keep_blank_values=True).keys():
        fault = "has a parameter that is part of the answer"
    elif parts.scheme != "https" and not is_loopback(uri):
        fault = "is neither https nor http on the person's own machine"
    else:
        fault = ""
    return fault


def is_loopback(uri: str) -> bool:
    """Whether `uri` leads to whatever program listens on the person's own machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS


def host_of(uri: str) -> str:
    """The part of `uri` that says who gets the answer: its host, or its scheme where it has none."""
    parts = _split(uri)
    if parts is None:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else f"{parts.scheme}://"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts

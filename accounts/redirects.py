"""Redirect URIs that a client may use (RFC 8252 section 7, RFC 9700 section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qs, urlsplit

from oauth2_provider.models import redirect_to_uri_allowed

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
# A native client may use any private-use scheme (RFC 8252 section 7.1): new clients appear every month, and
# few reverse a domain as the RFC advises. Another program can claim the same scheme, but cannot use the code
# without the PKCE verifier. Denied are the schemes that never lead to the client: those that browsers run,
# open or show, those of servers, and those of programs that come with an operating system.
DENIED_SCHEMES = frozenset(
    """
    about blob content data feed file filesystem jar javascript livescript mhtml mk mocha res resource
    vbs vbscript view-source wyciwyg
    cid dav ftp ftps git gopher imap imaps irc ircs ldap ldaps magnet mid mms news nfs nntp pop3 rsync rtmp
    rtsp scp sftp sip sips smb smtp ssh stun svn telnet tftp turn udp urn vnc ws wss xmpp
    android-app facetime geo hcp help intent itms itms-apps itms-services jdbc maps market openpgp4fpr prefs
    rdp search search-ms shell sms smsto tag tel webcal
    localhost mailto unknown
    """.split()  # noqa: SIM905 one on each line would fill a page
)
DENIED_PREFIXES = ("ms-", "microsoft-", "web+", "x-apple", "chrome", "edge", "moz-", "safari", "git+", "svn+")
# Two characters at least: one is a drive of Windows.
PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")
# In a registered URI, these would be mistaken for the response (RFC 6749 section 4.1.2, RFC 9207).
RESPONSE_PARAMETERS = frozenset({"code", "state", "iss", "error"})


def uri_error(uri: str, *, is_public: bool) -> str:
    """Why a client may not use `uri`, to follow the URI in a sentence; "" if it may.

    Args:
        uri: the redirect URI.
        is_public: whether the client has no secret. A client that can keep one is no native app.
    """
    parts = _split(uri)
    if "\\" in uri or not (uri.isascii() and uri.isprintable()) or " " in uri:
        error = "contains characters that browsers interpret differently"
    elif parts is None:
        error = "is not a valid URI: check its host and port"
    elif "@" in parts.netloc:
        error = "has a user name before its host"
    elif "#" in uri:
        error = "has a fragment"
    elif RESPONSE_PARAMETERS & parse_qs(parts.query, keep_blank_values=True).keys():
        error = "has a query parameter that is reserved for the response"
    elif parts.scheme in ("http", "https"):
        error = _web_error(uri, parts)
    else:
        error = _private_use_error(uri, parts, is_public=is_public)
    return error


def _web_error(uri: str, parts: SplitResult) -> str:
    if not parts.hostname:
        return "is not a URI with a host"
    if parts.port == 0:
        return "has port 0"
    if parts.scheme != "https" and not is_loopback(uri):
        return "must use https, or http on a loopback address"
    return ""


def _private_use_error(uri: str, parts: SplitResult, *, is_public: bool) -> str:
    if not is_private_use(uri):
        return "must use https, http on a loopback address, or the private-use scheme of an app"
    # Without a slash, "scheme:x" has no parts that could be compared.
    if not uri[len(parts.scheme) + 1 :].startswith("/") or not (parts.netloc or parts.path.strip("/")):
        return "is not a URI with a host or a path"
    if not is_public:
        return "has a private-use scheme, which requires token_endpoint_auth_method none"
    return ""


def is_private_use(uri: str) -> bool:
    """Whether `uri` opens an app on the person's own device by its scheme (RFC 8252 section 7.1)."""
    parts = _split(uri)
    scheme = parts.scheme if parts else ""
    is_denied = scheme in ("http", "https") or scheme in DENIED_SCHEMES or scheme.startswith(DENIED_PREFIXES)
    return bool(PRIVATE_USE_SCHEME.fullmatch(scheme)) and not is_denied


def schemes(uris: Iterable[str]) -> list[str]:
    """The schemes that a browser may be redirected to for a client with these URIs."""
    return ["https", "http", *{urlsplit(uri).scheme for uri in uris if is_private_use(uri)}]


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Whether `uri` is one of the registered URIs (RFC 9700 section 2.1, RFC 8252 section 7.3).

    They are equal character by character. Only the port of a loopback address may differ, and an empty path
    is the path "/" (RFC 3986 section 6.2.3).
    """
    if is_private_use(uri):
        return uri in registered
    return redirect_to_uri_allowed(with_path(uri), [with_path(other) for other in registered])


def with_path(uri: str) -> str:
    """`uri` with the path "/" if it is an http or https URI without any."""
    parts = _split(uri)
    if parts is None or parts.scheme not in ("http", "https") or parts.path or not parts.netloc:
        return uri
    end = len(f"{parts.scheme}://{parts.netloc}")
    return f"{uri[:end]}/{uri[end:]}"


def is_loopback(uri: str) -> bool:
    """Whether `uri` leads to a program on the person's own machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS


def is_local_program(uri: str) -> bool:
    """Whether a program on the person's own device receives the response, whichever that is."""
    return is_loopback(uri) or is_private_use(uri)


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

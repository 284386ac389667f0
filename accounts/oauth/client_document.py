"""Client ID metadata documents: a client's id is the https URL of its metadata.

Anyone can put any URL into an authorization request, so the fetch is limited in time, size and destination.
django-oauth-toolkit validates the document, but its fetcher limits each read and not the whole: a server that
sends one byte at a time would keep it busy for hours.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult

import httpx2

# All but CIMDError are private, but copies of these security checks would be worse.
from oauth2_provider.cimd import (
    CIMDError,
    _effective_max_age,
    _resolve_and_validate,
    _validate_client_id_url,
)

from accounts.oauth import fetch_share
from accounts.oauth.registration import supported_grant_types

DEADLINE_SECONDS = 5
MAX_BYTES = 16 * 1024
# A look-up cannot be interrupted. asyncio's own threads would hold the fetch until it ends; these do not, and
# there are as many as fetches (CIMD_MAX_CONCURRENT_FETCHES).
_lookups = ThreadPoolExecutor(max_workers=10, thread_name_prefix="lookups")

# Python and the library count as public whatever is not listed as special. Of IPv6, only this block is
# assigned to hosts (IANA, IPv6 Global Unicast Address Assignments). The special blocks within it are for
# tunnels, which embed an IPv4 address, for documentation and for protocols.
IPV6_UNICAST = ip_network("2000::/3")
IPV6_SPECIAL = [ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


def _is_public(address: str) -> bool:
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast  # Python counts multicast as global
    return ip in IPV6_UNICAST and not any(ip in block for block in IPV6_SPECIAL)


class DocumentFetcher:
    """Fetches a document from a public address within DEADLINE_SECONDS."""

    def fetch(self, client_id: str) -> tuple[dict[str, Any], int]:
        """Fetch the document at `client_id`.

        Returns:
            The document and how long it may be cached, in seconds.

        Raises:
            CIMDError: the address is not allowed, or the document could not be fetched.
        """
        parts = _validate_client_id_url(client_id)
        try:
            return asyncio.run(self._fetch(parts))
        except TimeoutError as error:
            raise CIMDError(f"the document did not arrive within {DEADLINE_SECONDS} s") from error
        except (httpx2.HTTPError, OSError, ValueError, RecursionError) as error:
            raise CIMDError(f"the document could not be fetched: {error}") from error

    def addresses(self, host: str, port: int) -> list[str]:
        """Resolve `host`.

        Raises:
            CIMDError: an address of `host` is not public.
        """
        addresses: list[str] = _resolve_and_validate(host, port)
        if not all(_is_public(address) for address in addresses):
            raise CIMDError(f"{host} has an address that is not public")
        return addresses

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _fetch(self, parts: SplitResult) -> tuple[dict[str, Any], int]:
        async with asyncio.timeout(DEADLINE_SECONDS):
            port = parts.port or 443
            lookup = _lookups.submit(self.addresses, parts.hostname or "", port)
            fetch_share.keep_until(lookup)
            addresses = await asyncio.wrap_future(lookup)
            # Connect to the address that was checked: a second lookup could return another one.
            target = httpx2.URL(parts.geturl(), host=addresses[0], port=port)
            async with httpx2.AsyncClient(verify=self.ssl_context(), trust_env=False) as http:
                request = http.build_request(
                    "GET",
                    target,
                    headers={
                        "Host": parts.netloc,
                        "Accept": "application/json",
                        "Accept-Encoding": "identity",
                    },
                    extensions={"sni_hostname": parts.hostname},
                )
                response = await http.send(request, stream=True)
                try:
                    return await _read(response)
                finally:
                    await response.aclose()


async def _read(response: httpx2.Response) -> tuple[dict[str, Any], int]:
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if response.status_code != httpx2.codes.OK or not is_json:
        raise CIMDError(f"the response is {response.status_code} {media_type!r}")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise CIMDError(f"the document is larger than {MAX_BYTES} bytes")
    document = json.loads(body)
    if not isinstance(document, dict):
        raise CIMDError("the document is not a JSON object")
    grant_types = document.get("grant_types")
    if isinstance(grant_types, list):
        document["grant_types"] = supported_grant_types(grant_types)
    return document, _effective_max_age(response.headers.get("cache-control"))

"""Client ID metadata documents: a client's id is the https address of what it says about itself.

The address is whatever somebody types into a browser, so fetching it is bounded in time, in size and in
where it may lead. django-oauth-toolkit checks the document; its own fetcher limits each read but not the
whole, so that a server that answers one byte at a time would hold it for hours.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx2
from django.urls import reverse

# All but CIMDError are private there; a second copy of a security check would be worse.
from oauth2_provider.cimd import (
    CIMDError,
    _effective_max_age,
    _resolve_and_validate,
    _validate_client_id_url,
)
from oauthlib.common import Request

from accounts.oauth.registration import served_grant_types

DEADLINE_SECONDS = 5
MAX_BYTES = 16 * 1024


class WhileAuthorizing:
    """A document is fetched for a signed-in person at the authorization endpoint, and for nobody else."""

    def has_permission(self, request: Request, _client_id: str) -> bool:
        return bool(urlsplit(request.uri).path == reverse("oauth2_provider:authorize"))


class DocumentFetcher:
    """Fetches a document from a public address within DEADLINE_SECONDS."""

    def fetch(self, client_id: str) -> tuple[dict[str, Any], int]:
        """The document and how long it may be kept, in seconds.

        Raises:
            CIMDError: there is none to be had.
        """
        parts = _validate_client_id_url(client_id)
        try:
            return asyncio.run(self._fetch(parts))
        except TimeoutError as error:
            raise CIMDError("the document did not come in time") from error
        except (httpx2.HTTPError, OSError, ValueError, RecursionError) as error:
            raise CIMDError(f"the document could not be fetched: {error}") from error

    def addresses(self, host: str, port: int) -> list[str]:
        """Where `host` is; an error where any of it is not public."""
        addresses: list[str] = _resolve_and_validate(host, port)
        if any(ip_address(address).is_multicast for address in addresses):  # global, as Python has it
            raise CIMDError(f"{host} is a multicast address")
        return addresses

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _fetch(self, parts: SplitResult) -> tuple[dict[str, Any], int]:
        async with asyncio.timeout(DEADLINE_SECONDS):
            port = parts.port or 443
            addresses = await asyncio.to_thread(self.addresses, parts.hostname or "", port)
            # The address that was checked is the one connected to: a second look-up could answer another.
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
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    if response.status_code != httpx2.codes.OK or not is_json:
        raise CIMDError(f"the answer is {response.status_code} {kind!r}")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise CIMDError(f"the document is larger than {MAX_BYTES} bytes")
    document = json.loads(body)
    if not isinstance(document, dict):
        raise CIMDError("the document is no JSON object")
    grant_types = document.get("grant_types")
    if isinstance(grant_types, list):
        document["grant_types"] = served_grant_types(grant_types)
    return document, _effective_max_age(response.headers.get("cache-control"))

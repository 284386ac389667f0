"""The official client, with its own OAuth: everything from the 401 to the call is its doing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from mcp_types import CallToolResult

from tests.harness.person import Person

CALLBACK = "http://127.0.0.1:41999/callback"


class RefusedError(Exception):
    """The authorization server sent the person back with an error."""


@dataclass
class Storage:
    """What the client keeps between its runs."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class OfficialClient:
    """One agent of `person`, which knows the server's address and nothing else.

    Args:
        server: the address of /mcp.
        person: who answers the browser.
        mode: the wire it speaks.
        document: its own metadata document; without one it registers.
    """

    def __init__(self, server: str, person: Person, mode: str = "auto", document: str | None = None) -> None:
        self.server = server
        self.person = person
        self.mode = mode
        self.storage = Storage()
        self.answers: list[str] = []
        metadata = OAuthClientMetadata.model_validate(
            {"client_name": "Official", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
        )
        self.provider = OAuthClientProvider(
            server, metadata, self.storage, self._open_browser, self._wait_for_callback, document
        )

    def tools(self) -> list[str]:
        return asyncio.run(self._tools())

    def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The structured content of a tool's answer."""
        return asyncio.run(self._call(tool, arguments))

    def expire(self) -> None:
        """Let the access token be past its time, as the client reckons."""
        self.provider.context.token_expiry_time = 1

    async def _tools(self) -> list[str]:
        async with self._client() as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    async def _call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        async with self._client() as client:
            result = await client.call_tool(tool, arguments)
            assert isinstance(result, CallToolResult)
            assert isinstance(result.structured_content, dict)
            return result.structured_content

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        async with httpx2.AsyncClient(auth=self.provider, timeout=60) as http:
            transport = streamable_http_client(self.server, http_client=http)
            async with Client(transport, mode=self.mode) as client:
                yield client

    async def _open_browser(self, url: str) -> None:
        self.answers.append(self.person.go(url, until=CALLBACK))

    async def _wait_for_callback(self) -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(self.answers[-1]).query)
        if "error" in query:
            raise RefusedError(query["error"][0])
        values = {name: query[name][0] for name in ("code", "state", "iss") if name in query}
        return AuthorizationCodeResult(**values)

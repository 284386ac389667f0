"""The product as a newcomer runs it: its commands and its server as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Tool

from tests.harness.sqld import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Product:
    """One installation: a database of its own and the address it is served at."""

    environment: dict[str, str]
    url: str

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints on stdout."""
        return _run([sys.executable, "manage.py", *arguments], self.environment)

    def ask(self, token: str, tool: str, arguments: dict[str, Any], *, mode: str = "auto") -> CallToolResult:
        """A tool's answer, through the official client."""
        return asyncio.run(self._ask(token, tool, arguments, mode))

    def tools(self, token: str, *, mode: str = "auto") -> list[Tool]:
        """What tools/list shows, through the official client."""
        return asyncio.run(self._tools(token, mode))

    async def _ask(self, token: str, tool: str, arguments: dict[str, Any], mode: str) -> CallToolResult:
        async with self._client(token, mode) as client:
            result = await client.call_tool(tool, arguments)
            assert isinstance(result, CallToolResult)
            return result

    async def _tools(self, token: str, mode: str) -> list[Tool]:
        async with self._client(token, mode) as client:
            return (await client.list_tools()).tools

    @contextlib.asynccontextmanager
    async def _client(self, token: str, mode: str) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(f"{self.url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client


@contextlib.contextmanager
def serve(
    product: Product, log: Path, application: str = "pricing_site.asgi:application"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run gunicorn as the README says, until the block ends."""
    with log.open("wb") as output:
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", application]
        process = subprocess.Popen(  # noqa: S603 our own command
            command, cwd=ROOT, env=product.environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(product.url, process, log)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def install(database: str, **settings: str) -> Product:
    """A product on a free port over `database`, migrated; `settings` are environment variables."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
        "SECRET_KEY": "product-test-" + "x" * 50,
        "DATABASE_URL": database,
        "PUBLIC_URL": url,
        "PORT": str(port),
        "DEBUG": "false",
        **settings,
    }
    product = Product(environment, url)
    product.manage("migrate", "--verbosity", "0")
    return product


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 our own commands
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx2.TransportError):
            httpx2.get(f"{url}/mcp")
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")

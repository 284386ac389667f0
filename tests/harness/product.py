"""The product as a newcomer runs it: its commands and its server as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import sqlite3
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

from tests.harness import once, starter
from tests.harness.ports import free_port
from tests.harness.starter import Started

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
COST_READER = """
from django.contrib.auth.models import Group
from accounts.models import User
from accounts.oauth import tokens
user, _ = User.objects.get_or_create(username="{login}")
user.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
print(tokens.issue(user, days=1, scopes=["pricing:read", "costs:read"]))
"""


@dataclass(frozen=True, slots=True)
class Product:
    """One installation: a database of its own and the address it is served at."""

    environment: dict[str, str]
    url: str

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints on stdout."""
        done = starter.run(["manage.py", *arguments], self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def token(self, login: str) -> str:
        """A new bearer token of the user `login`, who is made if missing."""
        return self.manage("issue_token", login, "--create").strip()

    def cost_reader(self, login: str) -> str:
        """A new bearer token for prices and costs of the user `login`, who joins the cost readers."""
        return self.manage("shell", "-v0", "-c", COST_READER.format(login=login)).strip()

    def start(self, *arguments: str, stderr: int = subprocess.STDOUT) -> subprocess.Popen[str]:
        """`manage.py` as a process that runs on."""
        return subprocess.Popen(  # noqa: S603 our own command
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

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
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            transport = streamable_http_client(f"{self.url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client


@contextlib.contextmanager
def serve(
    product: Product, log: Path, application: str = "pricing_site.asgi:application"
) -> Iterator[Started]:
    """Run gunicorn as the README says, until the block ends."""
    log.write_bytes(b"")
    command = ["-m", "gunicorn", "-c", "gunicorn.conf.py", application]
    process = starter.start(command, product.environment, log)
    try:
        _wait_for(product.url, process, log)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def over(database: str, **settings: str) -> Product:
    """A product on a free port over `database` as it is; `settings` are environment variables."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # Under coverage a server starts and answers half as fast, and other tests cover the same code.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
        "SECRET_KEY": "product-test-" + "x" * 50,
        "DATABASE_URL": database,
        "PUBLIC_URL": url,
        "PORT": str(port),
        "DEBUG": "false",
        **settings,
    }
    return Product(environment, url)


def install(folder: Path, source: str = "", **settings: str) -> Product:
    """A product over a file in `folder`: migrated, and synced from `source` if there is one."""
    path = folder / "catalog.db"
    copy_database(path, source)
    return over(f"file:{path}", **settings)


def copy_database(path: Path, source: str = "") -> None:
    """Put a database at `path`: migrated, and synced from `source` if there is one, once per test run."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        fill(copy, source, path.parent)


def fill(copy: sqlite3.Connection, source: str, folder: Path) -> None:
    """Overwrite an open database as copy_database says; outside a test run, its template is in `folder`."""
    name = f"template-{Path(source).name or 'empty'}"
    template = (once.folder or folder) / f"{name}.db"
    once.once(name, functools.partial(migrate_and_sync, f"file:{template}", source))
    with contextlib.closing(sqlite3.connect(template)) as kept:
        kept.backup(copy)


def migrate_and_sync(database: str, source: str = "") -> None:
    product = over(database)
    product.manage("migrate", "--verbosity", "0")
    if source:
        product.manage("sync_catalog", "--source", source)


def _wait_for(url: str, process: Started, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx2.TransportError):
            httpx2.get(f"{url}/mcp")
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")

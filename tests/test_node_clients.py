"""Third-party clients, as their users run them, against the real server and a fake GitHub."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.harness import node_tools
from tests.harness.github_product import serve_with_github
from tests.harness.person import Person
from tests.harness.ports import free_port
from tests.harness.product import Product

TOOLS = ["search", "details", "calculate"]
PATIENCE_SECONDS = 60
ADDRESS = re.compile(r"http://[^/\s]+/oauth/authorize\?\S+(?=\s)")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    node_tools.node()
    with serve_with_github(tmp_path_factory.mktemp("node")) as product:
        yield product


@pytest.fixture
def person() -> Iterator[Person]:
    with Person() as person:
        yield person


class Desktop:
    """A computer with a home directory of its own, where a person opens the URLs that programs print."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "stderr.txt"
        self.environment = node_tools.environment(
            HOME=str(folder), MCP_AUTO_OPEN_ENABLED="true", MCP_INSPECTOR_SECRET_STORE="memory"
        )

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        with self.said.open("w") as said:
            process = subprocess.Popen(  # noqa: S603 our own commands
                [node_tools.node(), *command],
                env=self.environment,
                cwd=node_tools.FOLDER,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def wait_for_address(self, process: subprocess.Popen[str]) -> str:
        """The URL that the program asks to open."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if found := ADDRESS.search(self.said.read_text()):
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no URL was printed: {self.said.read_text()}")


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    return Desktop(tmp_path)


def hand_over(answer: str) -> None:
    """Open the callback URL for the browser; some clients start listening there only a moment later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            assert httpx2.get(answer, timeout=PATIENCE_SECONDS).is_success
        except httpx2.ConnectError:
            assert time.monotonic() < deadline, f"nothing listens at {answer}"
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_typescript_sdk_connects_calls_refreshes_and_is_refused_after_revocation(
    product: Product, person: Person, desktop: Desktop, mode: str
) -> None:
    said: list[dict[str, Any]] = []
    with desktop.running("sdk_client.js", f"{product.url}/mcp", mode) as process:
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            said.append(json.loads(line))
            if "open" in said[-1]:
                answer = person.go(said[-1]["open"], until="http://127.0.0.1:41999/callback")
                process.stdin.write(f"{answer}\n")
                process.stdin.flush()
        assert process.wait(PATIENCE_SECONDS) == 0, desktop.said.read_text()

    steps = [step for step in said if "open" not in step]
    assert [step.get("asked") for step in steps] == [1, 1, None, 2]
    assert steps[0] == {"tools": TOOLS, "contract": "1", "asked": 1}
    assert steps[2] == {"revoked": 200}


@dataclass
class Stdio:
    """A client that speaks JSON-RPC to a program's standard input."""

    process: subprocess.Popen[str]

    def ask(self, method: str, **params: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["result"]


def test_mcp_remote_connects_a_client_that_supports_only_stdio(
    product: Product, person: Person, desktop: Desktop
) -> None:
    command = [node_tools.program("mcp-remote"), f"{product.url}/mcp", str(free_port())]
    with desktop.running(*command) as process:
        answer = person.go(desktop.wait_for_address(process), until="http://localhost:")
        hand_over(answer)
        client = Stdio(process)
        info = {"name": "stdio", "version": "1"}
        client.ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=info)
        tools = client.ask("tools/list")["tools"]
        result = client.ask("tools/call", name="search", arguments={"query": "n2 core"})

    assert [tool["name"] for tool in tools] == TOOLS
    assert result["structuredContent"]["contract"] == "1"


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_mcp_inspector_signs_in_and_finds_nothing_wrong_with_the_tools(
    product: Product, person: Person, desktop: Desktop, era: str
) -> None:
    callback = f"http://127.0.0.1:{free_port()}/oauth/callback"
    arguments = ["--cli", f"{product.url}/mcp", "--transport", "http", "--callback-url", callback]
    arguments += ["--protocol-era", era, "--method", "tools/list", "--strict", "--format", "json"]
    with desktop.running(node_tools.program("mcp-inspector"), *arguments) as process:
        answer = person.go(desktop.wait_for_address(process), until=callback)
        hand_over(answer)
        assert process.stdout
        output = process.stdout.read()
        assert process.wait(PATIENCE_SECONDS) == 0, desktop.said.read_text()

    assert [tool["name"] for tool in json.loads(output)["result"]["tools"]] == TOOLS
    assert "\nWarning: " not in desktop.said.read_text()
    assert "\nError: " not in desktop.said.read_text()

"""The MCP project's own conformance suite: every scenario that needs only what this server offers."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from werkzeug import Request, Response

from tests.harness import http_server, node_tools
from tests.harness.github_product import serve_with_github
from tests.harness.person import Person
from tests.harness.ports import free_port
from tests.harness.product import Product

TIMEOUT_SECONDS = 120
HOP_BY_HOP = {"Connection", "Content-Length", "Transfer-Encoding"}
AUTHORIZE = re.compile(r"http://\S+/oauth/authorize\?\S+")

# The other scenarios of each revision need sampling, or tools, resources and prompts of the suite's own.
SCENARIOS = {
    "2025-11-25": [
        "server-initialize",
        "ping",
        "tools-list",
        "resources-list",
        "prompts-list",
        "dns-rebinding-protection",
    ],
    "2026-07-28": [
        "server-stateless",
        "tools-list",
        "resources-list",
        "prompts-list",
        "server-sse-multiple-streams",
        "sep-2164-resource-not-found",
        "dns-rebinding-protection",
        "caching",
        "input-required-result-unsupported-methods",
        "input-required-result-ignore-extra-params",
        "input-required-result-validate-input",
        "http-header-validation",
    ],
}
# Within those scenarios: checks that need the suite's own tools.
NOT_OFFERED = re.compile(r"^Not testable: ")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    node_tools.node()
    with serve_with_github(tmp_path_factory.mktemp("conformance")) as product:
        yield product


@pytest.fixture(scope="module")
def behind_a_token(product: Product) -> Iterator[str]:
    """The address of a proxy that adds a token: the suite does not send tokens to servers."""
    token = product.token("conformance")

    def forward(request: Request) -> Response:
        headers = {name: value for name, value in request.headers if name not in HOP_BY_HOP}
        headers["Authorization"] = f"Bearer {token}"
        # Not httpx2: it refuses to send some headers that the suite sends.
        upstream = http.client.HTTPConnection(product.url.removeprefix("http://"))
        upstream.request(request.method, request.full_path.rstrip("?"), request.data, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        passed = [(name, value) for name, value in answer.getheaders() if name.title() not in HOP_BY_HOP]
        return Response(content, answer.status, passed)

    with http_server.serve(forward) as server:
        yield server.url_for("").rstrip("/")


def checks_of(folder: Path) -> list[dict[str, Any]]:
    found = [check for file in folder.rglob("checks.json") for check in json.loads(file.read_text())]
    assert found, "the suite checked nothing"
    return found


@pytest.mark.parametrize(
    ("revision", "scenario"),
    [(revision, scenario) for revision, scenarios in SCENARIOS.items() for scenario in scenarios],
)
def test_the_server_passes_the_scenario(
    behind_a_token: str, tmp_path: Path, revision: str, scenario: str
) -> None:
    command = [node_tools.node(), node_tools.program("conformance"), "server"]
    command += ["--url", f"{behind_a_token}/mcp", "--scenario", scenario]
    command += ["--spec-version", revision, "--force", "-o", str(tmp_path)]
    subprocess.run(  # noqa: S603 our own command; what failed is in its files
        command, env=node_tools.environment(), capture_output=True, timeout=TIMEOUT_SECONDS, check=False
    )

    checks = checks_of(tmp_path)
    assert "SUCCESS" in {check["status"] for check in checks}
    failed = [check for check in checks if check["status"] == "FAILURE"]
    assert [check for check in failed if not NOT_OFFERED.search(check.get("errorMessage", ""))] == []


def test_the_authorization_server_passes_the_suite(product: Product, tmp_path: Path) -> None:
    port = free_port()
    callback = f"http://127.0.0.1:{port}/callback"
    metadata = {"redirect_uris": [callback], "token_endpoint_auth_method": "none"}
    client_id = httpx2.post(f"{product.url}/oauth/register", json=metadata).json()["client_id"]
    command = [node_tools.node(), node_tools.program("conformance"), "authorization", "--url", product.url]
    command += ["--client-id", client_id, "--resource", f"{product.url}/mcp", "--port", str(port)]
    suite = subprocess.Popen(  # noqa: S603 our own command
        [*command, "-o", str(tmp_path)],
        env=node_tools.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with suite, Person() as person:
        assert suite.stdout
        output = ""
        for line in suite.stdout:
            output += line
            if found := AUTHORIZE.search(line):
                httpx2.get(person.go(found[0], until=callback))

    assert suite.returncode == 0, output
    statuses = {check["id"]: check["status"] for check in checks_of(tmp_path)}
    assert statuses == {
        "authorization-server-metadata": "SUCCESS",
        "authorization-server-metadata-cimd": "SUCCESS",
        "authorization-code-grant": "SUCCESS",
    }

"""The log of a whole OAuth flow: who did what, one line each, and no secret."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from accounts import events
from tests.accounts.oauth.agent import challenge_of
from tests.harness.github_product import serve_with_github
from tests.harness.person import Person
from tests.harness.product import install, serve

CALLBACK = "http://127.0.0.1:41999/callback"
QUESTION = "n2 core in a secret project"


def call(url: str, token: str, tool: str, arguments: dict[str, object]) -> int:
    params = {"name": tool, "arguments": arguments}
    return httpx2.post(
        f"{url}/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"},
    ).status_code


def events_of(log: Path) -> list[str]:
    """The lines of accounts and the MCP server, without times and numbers that differ between runs."""
    lines = re.findall(r" INFO (?:accounts\.\S+|mcp_api\.\S+): (.*)", log.read_text())
    return [re.sub(r"(user|token|ms)=\d+", r"\1=N", line) for line in lines]


def test_an_oauth_flow_leaves_a_line_for_each_step_and_no_secret(tmp_path: Path) -> None:
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with serve_with_github(tmp_path) as product, Person() as person:
        metadata = {
            "client_name": "Agent",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "client_secret_post",
        }
        client = httpx2.post(f"{product.url}/oauth/register", json=metadata).json()
        credentials = {"client_id": client["client_id"], "client_secret": client["client_secret"]}

        def exchange(**form: str) -> httpx2.Response:
            return httpx2.post(f"{product.url}/oauth/token", data={**credentials, **form})

        query = {
            "response_type": "code",
            "client_id": client["client_id"],
            "redirect_uri": CALLBACK,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            "state": state,
        }
        answer = person.go(f"{product.url}/oauth/authorize?{urlencode(query)}", until=CALLBACK)
        code = parse_qs(urlsplit(answer).query)["code"][0]
        redeem = {"code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
        tokens = exchange(grant_type="authorization_code", **redeem).json()
        newer = exchange(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
        assert call(product.url, newer["access_token"], "search", {"query": QUESTION}) == 200
        assert call(product.url, newer["access_token"], "details", {"sku_ids": []}) == 200
        assert call(product.url, "wrong-token-of-a-stranger", "search", {"query": QUESTION}) == 401
        revoke = {**credentials, "token": newer["refresh_token"]}
        assert httpx2.post(f"{product.url}/oauth/revoke", data=revoke).status_code == 200
        assert exchange(grant_type="refresh_token", refresh_token="guessed").status_code == 400
        session = [cookie.value for cookie in person.browser.cookies.jar]

    log = tmp_path / "server.log"
    agent = f"client={client['client_id']}"
    assert events_of(log) == [
        "sign_in user=N",
        f"consent user=N {agent} name=Agent",
        f"token_made user=N {agent} token=N",
        f"token_made user=N {agent} token=N",
        f"tool_call user=N {agent} tool=search ms=N outcome=ok",
        f"tool_call user=N {agent} tool=details ms=N outcome=invalid_argument",
        "token_refused",
        f"revocation {agent}",
        f"token_request_refused {agent} grant=refresh_token",
    ]
    text = log.read_text()
    hidden = [
        client["client_secret"],
        verifier,
        state,
        code,
        *(pair[kind] for pair in (tokens, newer) for kind in ("access_token", "refresh_token")),
        "wrong-token",
        "guessed",
        "secret project",
        product.environment["SECRET_KEY"],
        product.environment["GITHUB_CLIENT_SECRET"],
        *filter(None, session),
    ]
    assert [secret for secret in hidden if secret in text] == []


def test_a_password_or_personal_token_never_gets_into_the_log(tmp_path: Path) -> None:
    product, log = install(tmp_path), tmp_path / "server.log"
    password = "correct horse battery"
    make = "from accounts.models import User; User.objects.create_superuser('admin', password={!r})"
    product.manage("shell", "-c", make.format(password))

    with serve(product, log), httpx2.Client(base_url=product.url, timeout=60) as browser:

        def submit(path: str, **form: str) -> httpx2.Response:
            browser.get("/admin/login/")
            return browser.post(path, data={"csrfmiddlewaretoken": browser.cookies["csrftoken"], **form})

        submit("/admin/login/", username="wrong staple", password="wrong staple")
        submit("/admin/login/?next=/account/", username="admin", password=password)
        page = submit("/account/tokens/", name="report", days="7", scopes="costs:read").text
        [token] = {*re.findall(r"pricing_[\w-]{20,}", page)}  # alone, and in a command
        [path] = re.findall(r"/account/tokens/\d+/revoke/", page)
        submit(path)

    assert events_of(log) == [
        "sign_in_failed",
        "sign_in user=N",
        "token_made user=N client=personal token=N scope=costs:read",
        "token_revoked user=N client=personal token=N",
    ]
    assert [word for word in ("wrong staple", password, token) if word in log.read_text()] == []


def test_values_that_could_break_a_line_are_quoted() -> None:
    assert events.line("consent", user=1, client="a b\nsign_in user=2") == (
        'consent user=1 client="a b\\nsign_in user=2"'
    )
    assert events.line("consent", client="") == 'consent client=""'
    assert len(events.line("consent", client="x" * 9999)) < 300

"""An agent and its owner's browser, as the authorization server sees them."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client as Browser

from accounts.models import Client, User

REDIRECT_URI = "https://agent.example/callback"
# Redirect URIs of native clients (RFC 8252 section 7.1).
NATIVE = [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "vscode://saoudrizwan.claude-dev/mcp-auth/callback/abc",
    "vscode-insiders://publisher.extension/callback",
    "windsurf://codeium.windsurf/oauth/callback",
    "warp://mcp/oauth2callback",
    "zed://mcp/callback",
    "kiro://kiro.kiroagent/callback",
    "goose://mcp/callback",
    "lmstudio://oauth/callback?window=1",
    "com.raycast:/oauth",
    "com.example.app:/oauth2redirect/provider",
    "myapp://callback",
]
ISSUER = "http://127.0.0.1:8000"
RESOURCE = f"{ISSUER}/mcp"
OFFER = re.compile(r'name="offer" value="([^"]+)"')


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def redirect_parameters(response: Any) -> dict[str, str]:
    """The query parameters of the redirect to the client."""
    assert response.status_code == 302, response.content
    parameters = parse_qs(urlsplit(response["Location"]).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in parameters.values())
    return {name: values[0] for name, values in parameters.items()}


@dataclass
class Agent:
    """A client and its state between requests."""

    client: Client
    browser: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))
    http: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))
    redirect_uri: str = REDIRECT_URI
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    user: User = field(init=False)

    def sign_in(self, user: User) -> None:
        self.user = user
        self.browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def request(self, **changes: Any) -> dict[str, Any]:
        """The authorization request's parameters; a change to None omits one."""
        parameters = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "pricing:read",
            "state": "s-1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "resource": RESOURCE,
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def ask(self, **changes: Any) -> Any:
        """Open the authorization endpoint in the browser."""
        return self.browser.get("/oauth/authorize", self.request(**changes))

    def answer(self, page: Any, decision: str = "allow", **form: Any) -> Any:
        """Press a button of the consent page."""
        offer = OFFER.search(page.content.decode())
        assert offer, page.content
        token = page.context["csrf_token"]
        data = {"csrfmiddlewaretoken": str(token), "offer": offer[1], "decision": decision, **form}
        return self.browser.post(page.wsgi_request.get_full_path(), data)

    def code(self, **changes: Any) -> str:
        return redirect_parameters(self.answer(self.ask(**changes)))["code"]

    def redeem(self, code: str, **changes: Any) -> Any:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client.client_id,
            "code_verifier": self.verifier,
            **changes,
        }
        return self.post("/oauth/token", form)

    def refresh(self, refresh_token: str, **changes: Any) -> Any:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.client.client_id,
            **changes,
        }
        return self.post("/oauth/token", form)

    def revoke(self, token: str, **changes: Any) -> Any:
        return self.post("/oauth/revoke", {"token": token, "client_id": self.client.client_id, **changes})

    def post(self, path: str, form: dict[str, Any]) -> Any:
        return self.http.post(path, {name: value for name, value in form.items() if value is not None})

    def tokens(self) -> dict[str, Any]:
        """Go through the whole flow to an access and a refresh token."""
        response = self.redeem(self.code())
        assert response.status_code == 200, response.content
        body: dict[str, Any] = response.json()
        return body

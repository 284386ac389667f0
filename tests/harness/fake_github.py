"""GitHub as far as signing in goes, on loopback, with GitHub Enterprise's paths.

Who is signed in to it, and what it answers, is set from outside.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.harness.http_server import Server

CLIENT_ID = "github-client"
CLIENT_SECRET = "github-secret"


@dataclass
class GitHub:
    """One person's GitHub. `organizations` maps a name to the state of the membership."""

    user_id: int = 1001
    login: str = "octo-ann"
    organizations: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def authorize(self, query: dict[str, str]) -> str:
        """Where the person is sent once they agreed, which they do at once."""
        assert query["client_id"] == CLIENT_ID
        code = secrets.token_hex(10)
        self.codes[code] = query
        self.scopes.append(query.get("scope", ""))
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: dict[str, str]) -> dict[str, str]:
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if not asked or form.get("client_secret") != CLIENT_SECRET or asked["code_challenge"] != challenge:
            return {"error": "bad_verification_code"}
        token = "gho_" + secrets.token_hex(16)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "scope": ""}

    def read(self, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/api/v3/user":
            return 200, {"id": self.user_id, "login": self.login, "name": "Ann", "email": "ann@example.com"}
        organization = path.removeprefix("/api/v3/user/memberships/orgs/")
        if organization in self.organizations:
            return 200, {"state": self.organizations[organization]}
        return 404, {"message": "Not Found"}

    def answer_at(self, server: HTTPServer) -> None:
        """Let the server answer as this GitHub."""
        server.expect_request("/login/oauth/authorize").respond_with_handler(self._authorize)
        server.expect_request("/login/oauth/access_token").respond_with_handler(self._redeem)
        server.expect_request(re.compile("/api/v3/")).respond_with_handler(self._read)

    def _authorize(self, request: Request) -> Response:
        self.requests.append(request.path)
        return Response(status=302, headers={"Location": self.authorize(request.args.to_dict())})

    def _redeem(self, request: Request) -> Response:
        return _json(200, self.redeem(request.form.to_dict()))

    def _read(self, request: Request) -> Response:
        self.requests.append(request.path)
        if request.headers.get("Authorization", "").partition(" ")[2] not in self.tokens:
            return _json(401, {"message": "Bad credentials"})
        return _json(*self.read(request.path))


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


@contextlib.contextmanager
def serve(port: int) -> Iterator[GitHub]:
    github = GitHub()
    with Server(port) as server:
        github.answer_at(server)
        yield github
    server.check()

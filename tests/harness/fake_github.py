"""GitHub as far as signing in goes, on loopback, with GitHub Enterprise's paths.

Who is signed in to it, and what it answers, is set from outside.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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


@contextlib.contextmanager
def serve(port: int) -> Iterator[GitHub]:
    github = GitHub()
    handler = type("Handler", (_Handler,), {"github": github})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield github
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    github: GitHub

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.github.requests.append(parts.path)
        if parts.path == "/login/oauth/authorize":
            self.send_response(302)
            self.send_header("Location", self.github.authorize(_values(parts.query)))
            self.end_headers()
        elif self.headers.get("Authorization", "").partition(" ")[2] not in self.github.tokens:
            self._send(401, {"message": "Bad credentials"})
        else:
            self._send(*self.github.read(parts.path))

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send(200, self.github.redeem(_values(form)))

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def _values(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded).items()}

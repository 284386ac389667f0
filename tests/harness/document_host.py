"""An https site on loopback that publishes client metadata documents, well behaved or not."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from werkzeug import Request, Response

from accounts.oauth.client_document import DocumentFetcher
from tests.harness import http_server

CERTIFICATE_VARIABLE = "DOCUMENT_HOST_CERTIFICATE"


@dataclass
class Host:
    """The site: what it answers by path, and what it was asked."""

    certificate: Path
    port: int = 0
    documents: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, bytes] = field(default_factory=dict)
    drips: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def publish(self, path: str = "/client.json", **changes: Any) -> str:
        """Put a document up; its address, which is the client's id."""
        client_id = f"{self.url}{path}"
        self.documents[path] = {
            "client_id": client_id,
            "client_name": "Documented",
            "redirect_uris": ["https://agent.example/callback", "http://127.0.0.1/callback"],
            "token_endpoint_auth_method": "none",
            **changes,
        }
        return client_id

    def answer(self, request: Request) -> Response:
        self.requests.append(request.path)
        connection = request.environ["werkzeug.socket"]
        if request.path in self.drips:
            _drip(connection, *self.drips[request.path])
        elif request.path in self.answers:
            _send(connection, self.answers[request.path])
        elif request.path in self.documents:
            return Response(json.dumps(self.documents[request.path]), mimetype="application/json")
        return Response(status=404)


class LoopbackFetcher(DocumentFetcher):
    """The product's fetcher, to which this one loopback site is as public as any."""

    def addresses(self, host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "localhost" else super().addresses(host, port)

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=os.environ[CERTIFICATE_VARIABLE])


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Host]:
    host = Host(folder / "certificate.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(host.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with http_server.serve(host.answer, ssl_context=context) as server:
        host.port = server.port
        yield host


def _send(connection: socket.socket, answer: bytes) -> None:
    """Send what no HTTP library would, and hang up, so that nothing follows it."""
    with contextlib.suppress(OSError):
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)


def _drip(connection: socket.socket, start: bytes, drop: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(start)
        for _ in range(200):
            connection.sendall(drop)
            time.sleep(0.05)

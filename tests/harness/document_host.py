"""An https site on loopback that publishes client metadata documents, well behaved or not."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts.oauth.client_document import DocumentFetcher
from tests.harness.sqld import free_port

CERTIFICATE_VARIABLE = "DOCUMENT_HOST_CERTIFICATE"


@dataclass
class Host:
    """The site: what it answers by path, and what it was asked."""

    certificate: Path
    port: int = field(default_factory=free_port)
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


class LoopbackFetcher(DocumentFetcher):
    """The product's fetcher, to which this one loopback site is as public as any."""

    def addresses(self, host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "localhost" else super().addresses(host, port)

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=os.environ[CERTIFICATE_VARIABLE])


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Host]:
    host = Host(folder / "certificate.pem")
    key = _write_certificate(host.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host.certificate, key)
    handler = type("Handler", (_Handler,), {"host": host})
    with ThreadingHTTPServer(("127.0.0.1", host.port), handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    host: Host

    def do_GET(self) -> None:
        self.host.requests.append(self.path)
        with contextlib.suppress(OSError):
            if self.path in self.host.drips:
                self._drip(*self.host.drips[self.path])
            elif self.path in self.host.answers:
                self.wfile.write(self.host.answers[self.path])
            elif self.path in self.host.documents:
                body = json.dumps(self.host.documents[self.path]).encode()
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            else:
                self.send_error(404)

    def _drip(self, start: bytes, drop: bytes) -> None:
        self.wfile.write(start)
        for _ in range(200):
            self.wfile.write(drop)
            time.sleep(0.05)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def _write_certificate(path: Path) -> Path:
    """A self-signed certificate for localhost at `path`; the path of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
        key, hashes.SHA256()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path = path.with_suffix(".key")
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key_path

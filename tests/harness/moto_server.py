"""An S3 on loopback: moto's server in a thread, and a door to it that sees requests and can refuse them."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from unittest import mock

from moto.server import ThreadedMotoServer
from werkzeug import Request, Response

from tests.harness.http_server import LOOPBACK, serve
from tests.harness.ports import free_port

ACCESS_KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "made-up-secret"
# What concerns one connection, and not the next one.
_OF_CONNECTION = frozenset({"connection", "transfer-encoding", "host", "server", "date"})

# Answers a request instead of the server, or lets it through.
Hook = Callable[[Request], Response | None]


class Door:
    """What clients connect to.

    Args:
        port: of the server behind.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.url = ""
        self.requests: list[str] = []
        self.hook: Hook | None = None

    def __call__(self, request: Request) -> Response:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        self.requests.append(f"{request.method} {request.path}{query}")
        return (self.hook and self.hook(request)) or self.through(request)

    def through(self, request: Request) -> Response:
        """What the server behind answers."""
        target = request.full_path if request.query_string else request.path
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=30)
        headers = {name: value for name, value in request.headers if name.lower() not in _OF_CONNECTION}
        with contextlib.closing(connection):
            connection.request(request.method, target, request.get_data(), headers)
            answer = connection.getresponse()
            body = answer.read()
            kept = [
                (name, value) for name, value in answer.getheaders() if name.lower() not in _OF_CONNECTION
            ]
            return Response(body, answer.status, kept)


@contextlib.contextmanager
def moto_server() -> Iterator[int]:
    """The port of a server with nothing in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(LOOPBACK, free_port(), verbose=False)
    server.start()
    try:
        yield server.get_host_and_port()[1]
    finally:
        server.stop()


@contextlib.contextmanager
def door(port: int) -> Iterator[Door]:
    """A door to a server."""
    found = Door(port)
    with serve(found) as server:
        found.url = server.url_for("").rstrip("/")
        yield found


def refusal(code: str, status: int = 403, message: str = "made up") -> Response:
    """An error as S3 tells it."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(body, status, content_type="application/xml")


def environment(url: str, **variables: str) -> dict[str, str]:
    """The variables by which a client of AWS finds a server, and no credentials of this machine."""
    nothing = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "us-east-1", **nothing, **variables}


def with_key(url: str) -> dict[str, str]:
    """The same, with an access key."""
    return environment(url, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET)


@contextlib.contextmanager
def of_aws(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables, and no others that clients of AWS read."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with mock.patch.dict(os.environ, {**others, **variables}, clear=True):
        yield

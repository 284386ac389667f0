"""pytest-httpserver as the tests use it."""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

LOOPBACK = "127.0.0.1"
EVERYTHING = re.compile("")


class Server(HTTPServer):
    """A server that handles requests side by side and stops at once; the library's takes half a second."""

    def __init__(self, port: int = 0, ssl_context: ssl.SSLContext | None = None) -> None:
        super().__init__(LOOPBACK, port, ssl_context, threaded=True)

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.01)


@contextlib.contextmanager
def serve(
    handler: Callable[[Request], Response], port: int = 0, ssl_context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that answers every request with `handler`, whose faults fail the test at the end."""
    with Server(port, ssl_context) as server:
        server.expect_request(EVERYTHING).respond_with_handler(handler)
        yield server
    server.check()
